//! Rule: billing-zip-plus-four. The billing provider's ZIP has nine digits.
//!
//! Why: Payers refuse a billing address with five.
//! Source: 005010X222A1, loop 2010AA N403.
//! Example: 02139 instead of 021391234.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// The billing provider's ZIP has nine digits.
pub const RULE: Rule = Rule {
    id: "billing-zip-plus-four",
    title: "The billing provider's ZIP has nine digits.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Payers refuse a billing address with five.",
    source: "005010X222A1, loop 2010AA N403",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let zip = codes::postal::zip_digits(&input.body().billing.address.zip);
    if codes::postal::is_zip9(&zip) {
        return Vec::new();
    }
    vec![RULE.finding(
        "billing.address.zip",
        "The practice's ZIP does not have nine digits, or ends in 0000.",
        "Enter the nine-digit ZIP in the practice's settings.",
    )]
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
    fn billing_zip_plus_four_is_found() {
        let mut claim = clean();
        claim.body.billing.address.zip = "02139".into();
        finds(&RULE, &claim, &["billing.address.zip"]);
    }
}
