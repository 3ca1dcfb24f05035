//! Rule: external-cause-first. The first diagnosis is not an external cause.
//!
//! Why: How it happened cannot be the reason for the visit.
//! Source: ICD-10-CM guidelines I.C.20; Medicare Code Editor.
//! Example: W01.0XXA in first place.

use billing::claim::{Finding, Hand, Severity};

use crate::input::first_diagnosis;
use crate::{Rule, ScrubInput};

/// The first diagnosis is not an external cause.
pub const RULE: Rule = Rule {
    id: "external-cause-first",
    title: "The first diagnosis is not an external cause.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "How it happened cannot be the reason for the visit.",
    source: "ICD-10-CM guidelines I.C.20; Medicare Code Editor",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    first_diagnosis(input, |traits| traits.external_cause)
        .map(|field| {
            let problem = "The first diagnosis is an external cause, which may never stand first.";
            RULE.finding(field, problem, "Put the injury or illness first and the cause after it.")
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut second = clean();
        second.body.diagnoses[1] = "W010XXA".into();
        passes(&RULE, &second);
    }

    #[test]
    fn external_cause_first_is_found() {
        let mut claim = clean();
        claim.body.diagnoses[0] = "W010XXA".into();
        finds(&RULE, &claim, &["diagnoses[1]"]);
    }
}
