//! Rule: billing-address. The billing address has street, city and a state.
//!
//! Why: Required data of the billing provider.
//! Source: 005010X222A1, loop 2010AA N3, N4.
//! Example: a practice without a city.

use billing::claim::{Finding, Hand, Severity};

use crate::input::missing_parts;
use crate::{Rule, ScrubInput};

/// The billing address has street, city and a state.
pub const RULE: Rule = Rule {
    id: "billing-address",
    title: "The billing address has street, city and a state.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Required data of the billing provider.",
    source: "005010X222A1, loop 2010AA N3, N4",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    missing_parts(&input.body().billing.address)
        .into_iter()
        .filter(|(part, _)| *part != "zip")
        .map(|(part, what)| {
            let problem = format!("The practice's {what} is missing or has the wrong form.");
            RULE.finding(format!("billing.address.{part}"), problem, "Complete the address in the practice's settings.")
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
    fn billing_address_is_found() {
        let mut claim = clean();
        claim.body.billing.address.state = "Massachusetts".into();
        claim.body.billing.address.line1.clear();
        finds(&RULE, &claim, &["billing.address.line1", "billing.address.state"]);
    }
}
