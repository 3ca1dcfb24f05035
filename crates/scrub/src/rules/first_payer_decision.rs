//! Rule: first-payer-decision. A claim to a second payer carries what the first one decided.
//!
//! Why: The second payer pays what the first left; without the first decision it refuses.
//! Source: 005010X222A1, loops 2320 and 2330B.
//! Example: the only coverage on file was entered as secondary.

use billing::claim::{Finding, Hand, Severity};
use billing::coverage::CoverageRank;

use crate::{Rule, ScrubInput};

/// A claim to a second payer carries what the first one decided.
pub const RULE: Rule = Rule {
    id: "first-payer-decision",
    title: "A claim to a second payer carries what the first one decided.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The second payer pays what the first left; without the first decision it refuses.",
    source: "005010X222A1, loops 2320 and 2330B",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    match body.rank {
        CoverageRank::Primary => Vec::new(),
        CoverageRank::Secondary | CoverageRank::Tertiary if !body.prior_payers.is_empty() => Vec::new(),
        CoverageRank::Secondary | CoverageRank::Tertiary => vec![RULE.finding(
            "coverage.rank",
            "The coverage is ranked second or third, and no first payer's decision is on the claim.",
            "Correct the order of the coverages, or bill the first payer first.",
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
    fn first_payer_decision_is_found() {
        let mut claim = clean();
        claim.body.rank = CoverageRank::Secondary;
        finds(&RULE, &claim, &["coverage.rank"]);
        passes(&RULE, &crate::sample::after_another());
    }
}
