//! Clean files with one change each, from a table that any tool can read: the verdict, the code first, one problem.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::{Path, PathBuf};

use x12::{Severity, ShapeOnly, Verdict, check};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12")
}

fn clean(name: &str) -> String {
    let path = if name.ends_with(".x12") { format!("clean/{name}") } else { format!("cases/ok-{name}.x12") };
    let text = std::fs::read_to_string(folder().join(path)).unwrap().replace('\n', "");
    // Binary data holds separators; without them segments can be counted by their terminators.
    text.replace("NOTE~WITH*ALL:SIGNS^IN", "NOTE WITH ALL SIGNS IN").replace("A~B*C:", "A_B_C_")
}

/// The file again, with SE01 counted anew.
fn recounted(text: &str) -> String {
    let mut count = 0;
    let mut out = String::new();
    for segment in text.split('~').filter(|segment| !segment.is_empty()) {
        count = if segment.starts_with("ST*") { 1 } else { count + 1 };
        match segment.strip_prefix("SE*") {
            Some(rest) => out.push_str(&format!("SE*{count}*{}", rest.split('*').nth(1).unwrap())),
            None => out.push_str(segment),
        }
        out.push('~');
    }
    out
}

/// Bytes that a line of the table cannot hold.
fn unescaped(text: &str) -> String {
    text.replace("\\r", "\r").replace("\\n", "\n").replace("\\x1a", "\u{1a}").replace("\\xef\\xbb\\xbf", "\u{feff}")
}

/// Whether the verdict and the problems are as one of the expected words says; `told` are the errors' codes.
fn is_as(word: &str, verdict: Verdict, told: &[String], warnings: u64) -> bool {
    match word {
        "VALID" => verdict == Verdict::Accepted && warnings == 0,
        "WARN" => verdict == Verdict::Accepted && warnings > 0,
        code => {
            verdict == Verdict::Rejected
                && told.len() == 1
                && (told[0] == code || told[0].starts_with(&format!("{code}=")))
        }
    }
}

#[test]
fn each_change_is_told_once_with_its_code() {
    let table = std::fs::read_to_string(folder().join("defects.tsv")).unwrap();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [base, counts, from, to, expected, note] = columns[..] else { panic!("{line}") };
        let text = clean(base);
        assert!(text.contains(from), "{base} has no {from}");
        let changed = if counts == "all" { text.replace(from, to) } else { text.replacen(from, &unescaped(to), 1) };
        let changed = if counts == "recount" { recounted(&changed) } else { changed };
        let checked = check(changed.as_bytes(), &ShapeOnly);
        let kept = checked.problems.kept();
        let errors = kept.iter().filter(|problem| problem.severity == Severity::Error);
        let told: Vec<String> = errors.map(|problem| problem.code.to_string()).collect();
        seen += 1;
        if !expected.split('|').any(|word| is_as(word, checked.verdict, &told, checked.problems.warnings())) {
            let texts: Vec<String> = kept.iter().map(|one| format!("{} {}", one.code, one.text())).collect();
            wrong.push(format!("{base}: {note} ({from} -> {to}) should be {expected}, is {texts:#?}"));
        }
    }
    assert!(seen > 200, "{seen}");
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}
