//! Rule: manifestation-first. The first diagnosis is not a manifestation.
//!
//! Why: The book asks for the underlying disease first.
//! Source: ICD-10-CM guidelines I.A.13; Medicare Code Editor.
//! Example: a retinal disorder "in diseases classified elsewhere" in first place.

use billing::claim::{Finding, Hand, Severity};

use crate::input::first_diagnosis;
use crate::{Rule, ScrubInput};

/// The first diagnosis is not a manifestation.
pub const RULE: Rule = Rule {
    id: "manifestation-first",
    title: "The first diagnosis is not a manifestation.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "The book asks for the underlying disease first.",
    source: "ICD-10-CM guidelines I.A.13; Medicare Code Editor",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    first_diagnosis(input, |traits| traits.manifestation)
        .map(|field| {
            let problem = "The first diagnosis is the manifestation of another disease.";
            RULE.finding(field, problem, "Put the underlying disease first.")
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
    }

    #[test]
    fn manifestation_first_is_found() {
        let mut claim = clean();
        claim.body.diagnoses[0] = "H42".into();
        finds(&RULE, &claim, &["diagnoses[1]"]);
    }
}
