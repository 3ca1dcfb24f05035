//! Rule: gender. The administrative gender is known.
//!
//! Why: Many payers compare it with their file; U is allowed and often refused.
//! Source: 005010X222A1, DMG03.
//! Example: a web registration that left it open.

use billing::claim::{Finding, Hand, Severity};
use billing::person::Gender;

use crate::{Rule, ScrubInput};

/// The administrative gender is known.
pub const RULE: Rule = Rule {
    id: "gender",
    title: "The administrative gender is known.",
    severity: Severity::Warning,
    hand: Hand::FrontDesk,
    why: "Many payers compare it with their file; U is allowed and often refused.",
    source: "005010X222A1, DMG03",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let dependent = body.dependent.as_ref().map(|dependent| ("patient.gender", dependent.gender));
    // A family member's claim is matched by the patient; the member's gender is then not sent.
    let asked = dependent.unwrap_or(("subscriber.gender", body.subscriber.gender));
    match asked.1 {
        Gender::Female | Gender::Male => Vec::new(),
        Gender::Unknown => vec![RULE.finding(
            asked.0,
            "The gender is unknown.",
            "Ask what the payer has on file, or pass with the reason that the patient prefers it so.",
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
    fn gender_is_found() {
        let mut claim = clean();
        claim.body.subscriber.gender = Gender::Unknown;
        finds(&RULE, &claim, &["subscriber.gender"]);
    }
}
