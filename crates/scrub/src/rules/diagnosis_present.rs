//! Rule: diagnosis-present. The claim has between 1 and 12 diagnoses.
//!
//! Why: Every professional claim says why; the format holds twelve.
//! Source: 005010X222A1, HI.
//! Example: a visit whose note was not coded.

use billing::claim::{Finding, Hand, Severity};
use billing::encounter::MOST_DIAGNOSES;

use crate::{Rule, ScrubInput};

/// The claim has between 1 and 12 diagnoses.
pub const RULE: Rule = Rule {
    id: "diagnosis-present",
    title: "The claim has between 1 and 12 diagnoses.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "Every professional claim says why; the format holds twelve.",
    source: "005010X222A1, HI",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let count = input.body().diagnoses.len();
    match count {
        1..=MOST_DIAGNOSES => Vec::new(),
        0 => vec![RULE.finding(
            "diagnoses",
            "The claim has no diagnosis.",
            "Code the diagnosis from the note of the visit.",
        )],
        _ => vec![RULE.finding(
            "diagnoses",
            format!("The claim has {count} diagnoses; it holds {MOST_DIAGNOSES}."),
            "Keep the twelve that the services were for.",
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn diagnosis_present_is_found() {
        let mut claim = clean();
        claim.body.diagnoses.clear();
        finds(&RULE, &claim, &["diagnoses"]);
        claim.body.diagnoses = vec!["I10".into(); 13];
        finds(&RULE, &claim, &["diagnoses"]);
    }
}
