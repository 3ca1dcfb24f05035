//! Rule: claim-total. The total fits into the claim.
//!
//! Why: The paper and electronic forms end below 100,000,000.00.
//! Source: 005010X222A1, CLM02; element 782 as payers take it.
//! Example: a price with two zeros too many.

use billing::claim::{Finding, Hand, Severity};
use ledger::Money;

use crate::{Rule, ScrubInput};

/// The first sum that eight digits before the point do not hold.
const TOO_MUCH: Money = Money::from_cents(10_000_000_000);

/// The total fits into the claim.
pub const RULE: Rule = Rule {
    id: "claim-total",
    title: "The total fits into the claim.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The paper and electronic forms end below 100,000,000.00.",
    source: "005010X222A1, CLM02; element 782 as payers take it",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let total = input.body().total_charge();
    if total < TOO_MUCH {
        return Vec::new();
    }
    vec![RULE.finding(
        "total_charge",
        "The claim's total is 100,000,000.00 or more.",
        "Correct the price that is too high.",
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
    fn claim_total_is_found() {
        let mut claim = clean();
        claim.body.lines[0].charge_amount = TOO_MUCH;
        finds(&RULE, &claim, &["total_charge"]);
    }
}
