//! Files of public projects, where a checkout of them lies beside the project: none panics, and what its project calls
//! valid is rejected only for a reason that `REASONS` names.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::collections::BTreeMap;
use std::path::Path;

use x12::{Severity, ShapeOnly, Verdict, check};

/// Rules by which files are rejected that their projects call valid, and why the rule is right.
const REASONS: &[(&str, &str)] = &[
    ("npi", "samples carry made-up identifiers whose check digit is wrong"),
    ("claim-billing-zip", "the guide wants nine digits for the billing provider; the samples were written for 4010"),
    ("gs08", "version 4010 is out of use since 2012"),
    ("isa-structure", "padding was lost when the sample was pasted"),
    ("interchange-content", "a comment mark stands before each segment"),
    ("ge02", "GE02 is not GS06"),
    ("se01", "SE01 does not count the segments"),
    ("se02", "SE02 is not ST02"),
    ("st01", "GS01 is HC or another kind around a set that is none of it"),
    ("element-required", "BPR16 or N103 or NM108, which their guides require, is empty"),
    ("element-date", "a day that does not exist, 20002316 or 20230229"),
    ("element-code", "a submitter with an entity code of another loop; a 271 with QC for its dependent"),
    ("element-too-long", "components parted by > under an ISA16 of :"),
    ("segment-missing", "a set cut down to its first segments, or an 835 without the payer's PER*BL"),
];

#[test]
fn files_of_other_projects_get_a_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/x12/corpus");
    let Ok(manifest) = std::fs::read_to_string(folder.join("MANIFEST.tsv")) else {
        println!("SKIPPED files_of_other_projects_get_a_verdict: {} is not there", folder.display());
        return;
    };
    let mut read = 0;
    let mut unexplained: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let Ok(bytes) = std::fs::read(folder.join(columns[0])) else { continue };
        read += 1;
        let checked = check(&bytes, &ShapeOnly);
        if checked.verdict == Verdict::Accepted || !columns[8].starts_with("valid") {
            continue;
        }
        let mut errors = checked.problems.kept().iter().filter(|problem| problem.severity == Severity::Error);
        if !errors.clone().any(|problem| REASONS.iter().any(|(rule, _)| *rule == problem.rule)) {
            let rule = errors.next().map_or("", |problem| problem.rule);
            unexplained.entry(rule).or_default().push(columns[0]);
        }
    }
    assert!(read > 200, "{read}");
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}
