//! Rule: patient-relationship. The relation to the member and the patient's own data agree.
//!
//! Why: A family member's claim needs the patient's name and address; the member's own must not carry a second person.
//! Source: 005010X222A1, loops 2000B SBR02 and 2010CA.
//! Example: relation "child" without the child's address.

use billing::claim::{Finding, Hand, Severity};
use billing::coverage::Relationship;

use crate::input::missing_parts;
use crate::{Rule, ScrubInput};

/// The relation to the member and the patient's own data agree.
pub const RULE: Rule = Rule {
    id: "patient-relationship",
    title: "The relation to the member and the patient's own data agree.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A family member's claim needs the patient's name and address; the member's own must not carry a second person.",
    source: "005010X222A1, loops 2000B SBR02 and 2010CA",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    match (body.relationship, &body.dependent) {
        (Relationship::SelfSubscriber, None) => Vec::new(),
        (Relationship::SelfSubscriber, Some(_)) => vec![RULE.finding(
            "coverage.relationship",
            "The patient is said to be the member, yet a second person stands on the claim.",
            "Correct the relation of the patient to the member in the coverage.",
        )],
        (Relationship::Spouse | Relationship::Child | Relationship::Other, None) => vec![RULE.finding(
            "coverage.relationship",
            "The patient is said to be a family member, yet the patient's data is missing.",
            "Correct the relation in the coverage, or make the claim again from the patient's registration.",
        )],
        (Relationship::Spouse | Relationship::Child | Relationship::Other, Some(dependent)) => {
            let mut findings = Vec::new();
            if dependent.name.last.trim().is_empty() || dependent.name.first.trim().is_empty() {
                let problem = "The patient's last or first name is missing.";
                findings.push(RULE.finding("patient.name", problem, "Complete the name in the registration."));
            }
            for (part, what) in missing_parts(&dependent.address) {
                let field = format!("patient.address.{part}");
                let problem = format!("The patient's {what} is missing or has the wrong form.");
                findings.push(RULE.finding(field, problem, "Complete the address in the registration."));
            }
            findings
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::clean_dependent;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        passes(&RULE, &clean_dependent());
    }

    #[test]
    fn patient_relationship_is_found() {
        let mut claim = clean();
        claim.body.relationship = Relationship::Spouse;
        finds(&RULE, &claim, &["coverage.relationship"]);
        let mut child = clean_dependent();
        child.body.dependent.as_mut().unwrap().address.state = "ZZ".into();
        finds(&RULE, &child, &["patient.address.state"]);
    }
}
