//! Rule: billing-street-address. The billing address is a street, not a post-office box.
//!
//! Why: A box belongs in the pay-to address; as billing address it is refused.
//! Source: 005010X222A1, loop 2010AA N301.
//! Example: PO Box 12.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// The billing address is a street, not a post-office box.
pub const RULE: Rule = Rule {
    id: "billing-street-address",
    title: "The billing address is a street, not a post-office box.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A box belongs in the pay-to address; as billing address it is refused.",
    source: "005010X222A1, loop 2010AA N301",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let address = &input.body().billing.address;
    [("billing.address.line1", &address.line1), ("billing.address.line2", &address.line2)]
        .into_iter()
        .filter(|(_, line)| codes::postal::is_post_office_box(line))
        .map(|(field, _)| {
            let problem = "The practice's billing address is a post-office box.";
            RULE.finding(field, problem, "Enter the street in the practice's settings and the box as pay-to address.")
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
    fn billing_street_address_is_found() {
        let mut claim = clean();
        claim.body.billing.address.line1 = "P.O. Box 12".into();
        finds(&RULE, &claim, &["billing.address.line1"]);
    }
}
