//! Rule: subscriber-name. The member has a last and a first name.
//!
//! Why: Payers find the member by the name on the card.
//! Source: 005010X222A1, loop 2010BA NM103, NM104.
//! Example: a registration with only a last name.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// The member has a last and a first name.
pub const RULE: Rule = Rule {
    id: "subscriber-name",
    title: "The member has a last and a first name.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Payers find the member by the name on the card.",
    source: "005010X222A1, loop 2010BA NM103, NM104",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let name = &input.body().subscriber.name;
    [("subscriber.name.last", &name.last, "last"), ("subscriber.name.first", &name.first, "first")]
        .into_iter()
        .filter(|(_, value, _)| value.trim().is_empty())
        .map(|(field, _, which)| {
            RULE.finding(field, format!("The member's {which} name is missing."), "Copy the name from the card.")
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
    fn subscriber_name_is_found() {
        let mut claim = clean();
        claim.body.subscriber.name.first = " ".into();
        finds(&RULE, &claim, &["subscriber.name.first"]);
    }
}
