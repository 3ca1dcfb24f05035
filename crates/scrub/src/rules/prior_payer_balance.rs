//! Rule: prior-payer-balance. What an earlier payer paid and adjusted makes up the charge.
//!
//! Why: The next payer refuses a claim whose sums do not hold, and nobody may add a line that makes them hold.
//! Source: 005010X222A1, loops 2320 and 2430: charge = paid + adjustments, line by line and for the claim.
//! Example: a charge was corrected after the first payer had decided it.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// What an earlier payer paid and adjusted makes up the charge.
pub const RULE: Rule = Rule {
    id: "prior-payer-balance",
    title: "What an earlier payer paid and adjusted makes up the charge.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The next payer refuses a claim whose sums do not hold, and nobody may add a line that makes them hold.",
    source: "005010X222A1, loops 2320 and 2430: charge = paid + adjustments",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let problems = body.prior_payers.iter().filter_map(|prior| prior.imbalance(&body.lines));
    problems
        .map(|problem| {
            RULE.finding(
                "prior_payers",
                problem,
                "Look at the earlier payer's remittance: ask it for a correction, or bill the next payer on paper.",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use billing::Money;

    use super::*;
    use crate::sample::{after_another, clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        passes(&RULE, &after_another());
    }

    #[test]
    fn prior_payer_balance_is_found() {
        let mut one_cent = after_another();
        one_cent.body.lines[0].charge_amount += Money::from_cents(1);
        finds(&RULE, &one_cent, &["prior_payers"]);
        let mut undecided = after_another();
        undecided.body.prior_payers[0].lines.pop();
        finds(&RULE, &undecided, &["prior_payers"]);
        let mut claim_level = after_another();
        claim_level.body.prior_payers[0].paid_amount += Money::from_cents(1);
        finds(&RULE, &claim_level, &["prior_payers"]);
    }
}
