//! Each situational rule with a document that breaks it and one that keeps it: the test writes both files and checks
//! them.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::collections::BTreeSet;
use std::path::Path;

use rule_documents::{case_files, documents};
use x12::{Problem, Rules, Severity, ShapeOnly, Verdict, check_with};

mod rule_documents;

fn told(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| format!("\n    {} {} {}", problem.severity.word(), problem.rule, problem.text()))
        .collect()
}

/// What is wrong with a case, given the rule it is for.
fn fault_of(path: &Path, rules: &Rules) -> Option<String> {
    let id = path.file_stem().unwrap().to_str().unwrap();
    let (kept, broken) = documents(&std::fs::read_to_string(path).unwrap());
    let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rules");
    std::fs::create_dir_all(&written).unwrap();
    let checked = |text: &str, word: &str| {
        let file = written.join(format!("{id}.{word}.x12"));
        std::fs::write(&file, text).unwrap();
        check_with(&std::fs::read(file).unwrap(), &ShapeOnly, rules)
    };
    let keeps = checked(&kept, "kept");
    if keeps.verdict != Verdict::Accepted || keeps.problems.kept().iter().any(|problem| problem.rule == id) {
        return Some(format!("{id}: the kept document is not clean:{}", told(keeps.problems.kept())));
    }
    let breaks = checked(&broken, "broken");
    let problems = breaks.problems.kept();
    let first = problems.iter().find(|problem| problem.rule == id);
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let is_warning = first.is_some_and(|problem| problem.severity == Severity::Warning);
    let is_its_own =
        problems.iter().filter(|problem| problem.rule == id).count() == 1 && errors == usize::from(!is_warning);
    (!is_its_own).then(|| format!("{id}: the broken document does not have just this problem:{}", told(problems)))
}

/// The rules that a sample file brings, for the cases in `tests/rules/loaded`.
fn sample() -> Rules {
    let mut rules = Rules::default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/payers.rules");
    rules.load("payers.rules", &std::fs::read_to_string(path).unwrap()).unwrap();
    rules
}

#[test]
fn each_rule_is_broken_by_one_document_and_kept_by_another() {
    let (none, sample) = (Rules::default(), sample());
    let wrong: Vec<String> = case_files()
        .iter()
        .filter_map(|path| fault_of(path, if path.parent().unwrap().ends_with("loaded") { &sample } else { &none }))
        .collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_rule_is_without_its_case_and_no_case_without_its_rule() {
    let cases: BTreeSet<String> =
        case_files().iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let rules: BTreeSet<String> = x12::catalogue().chain(sample().catalogue()).map(|rule| rule.id.to_owned()).collect();
    let bare: Vec<_> = rules.difference(&cases).collect();
    let lost: Vec<_> = cases.difference(&rules).collect();
    assert!(bare.is_empty() && lost.is_empty(), "rules without a case: {bare:#?}\ncases without a rule: {lost:#?}");
}
