//! Rule: diagnosis-twice. No diagnosis stands twice.
//!
//! Why: The second one says nothing and is refused.
//! Source: 005010X222A1, HI.
//! Example: I10 first and I10 fifth.

use billing::claim::{Finding, Hand, Severity};
use codes::icd10cm::normalized;

use crate::input::diagnosis_field;
use crate::{Rule, ScrubInput};

/// No diagnosis stands twice.
pub const RULE: Rule = Rule {
    id: "diagnosis-twice",
    title: "No diagnosis stands twice.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "The second one says nothing and is refused.",
    source: "005010X222A1, HI",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let diagnoses = &input.body().diagnoses;
    diagnoses
        .iter()
        .enumerate()
        .filter(|(index, code)| diagnoses.iter().take(*index).any(|earlier| normalized(earlier) == normalized(code)))
        .map(|(index, _)| {
            let problem = format!("Diagnosis {} stands on the claim already.", index + 1);
            RULE.finding(diagnosis_field(index), problem, "Remove it and correct the pointers of the lines.")
        })
        .collect()
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
    fn diagnosis_twice_is_found() {
        let mut claim = clean();
        claim.body.diagnoses.push("e11.9".into());
        finds(&RULE, &claim, &["diagnoses[3]"]);
    }
}
