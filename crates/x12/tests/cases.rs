//! Every conformance case gets the verdict and the code that `testdata/x12/cases/expected.tsv` gives.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::{Path, PathBuf};

use x12::{Checked, Severity, ShapeOnly, Verdict, check};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases")
}

/// Cases whose expected code is wrong, with the proof.
const DISPUTED: [(&str, &str); 1] = [
    // The adjustment of 20.00 was set to zero and nothing else: 100.00 - (0 + 20.00) is not the 60.00 of SVC03, so the
    // service, and with it the claim, does not balance. A warning would let 20.00 vanish from the books.
    ("bad-835-cas-zero.x12", "BAL"),
];

fn errors(checked: &Checked) -> Vec<String> {
    checked
        .problems
        .kept()
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| problem.code.to_string())
        .collect()
}

fn verdict_of(name: &str, expected: &str, checked: &Checked) -> Result<(), String> {
    let errors = errors(checked);
    let warnings = checked.problems.warnings();
    let told: Vec<String> = checked
        .problems
        .kept()
        .iter()
        .map(|problem| format!("{} {} {} {}", problem.severity.word(), problem.code, problem.ordinal, problem.text()))
        .collect();
    let fail = |why: &str| Err(format!("{name}: expected {expected}, {why}; got {:?} {told:#?}", checked.verdict));
    match expected {
        "VALID" if checked.verdict != Verdict::Accepted || warnings > 0 => fail("a clean file"),
        "WARN" | "TOLERATE" if checked.verdict != Verdict::Accepted || warnings == 0 => fail("accepted with a warning"),
        "ERROR" if checked.verdict != Verdict::Unreadable => fail("unreadable"),
        "VALID" | "WARN" | "TOLERATE" | "ANY" | "ERROR" => Ok(()),
        codes => {
            if checked.verdict != Verdict::Rejected {
                return fail("a rejection");
            }
            let matches = |code: &str| {
                errors.first().is_some_and(|first| first == code || first.starts_with(&format!("{code}=")))
            };
            if !codes.split('|').any(matches) {
                return fail("that code first");
            }
            if errors.len() != 1 { fail("exactly one problem") } else { Ok(()) }
        }
    }
}

#[test]
fn every_case_gets_its_verdict_and_its_code() {
    let table = std::fs::read_to_string(cases().join("expected.tsv")).unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (name, expected) = (columns[0], columns[3]);
        let expected = DISPUTED.iter().find(|(disputed, _)| *disputed == name).map_or(expected, |(_, code)| code);
        let bytes = std::fs::read(cases().join(name)).unwrap();
        seen += 1;
        if let Err(why) = verdict_of(name, expected, &check(&bytes, &ShapeOnly)) {
            wrong.push(why);
        }
    }
    assert!(seen > 90, "only {seen} cases were read");
    assert!(wrong.is_empty(), "{} of {seen} cases:\n{}", wrong.len(), wrong.join("\n"));
}
