//! Rule: subscriber-address. The member has a whole address when the member is the patient.
//!
//! Why: The address of a patient is required data.
//! Source: 005010X222A1, loop 2010BA N3, N4.
//! Example: a street without a ZIP.

use billing::claim::{Finding, Hand, Severity};
use billing::coverage::Relationship;

use crate::input::missing_parts;
use crate::{Rule, ScrubInput};

/// The member has a whole address when the member is the patient.
pub const RULE: Rule = Rule {
    id: "subscriber-address",
    title: "The member has a whole address when the member is the patient.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The address of a patient is required data.",
    source: "005010X222A1, loop 2010BA N3, N4",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    if body.relationship != Relationship::SelfSubscriber {
        return Vec::new();
    }
    let address = &body.subscriber.address;
    missing_parts(address)
        .into_iter()
        .map(|(part, what)| {
            let field = format!("subscriber.address.{part}");
            RULE.finding(
                field,
                format!("The member's {what} is missing or has the wrong form."),
                "Ask the patient for the address.",
            )
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
    fn subscriber_address_is_found() {
        let mut claim = clean();
        claim.body.subscriber.address.zip = "0213".into();
        claim.body.subscriber.address.city.clear();
        finds(&RULE, &claim, &["subscriber.address.city", "subscriber.address.zip"]);
    }
}
