//! Rule: charge-positive. Each line has a price above zero.
//!
//! Why: A line of nothing is refused or, worse, paid as nothing.
//! Source: 005010X222A1, SV102; payers' front-end edits.
//! Example: a code without a fee in the schedule.

use billing::claim::{Finding, Hand, Severity};
use ledger::Money;

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each line has a price above zero.
pub const RULE: Rule = Rule {
    id: "charge-positive",
    title: "Each line has a price above zero.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A line of nothing is refused or, worse, paid as nothing.",
    source: "005010X222A1, SV102; payers' front-end edits",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| line.charge_amount <= Money::ZERO)
        .map(|line| {
            let problem = format!("Line {} has no price.", line.number);
            RULE.finding(
                line_field(line, "charge_amount"),
                problem,
                "Add the fee to the schedule and enter the charge again.",
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
    fn charge_positive_is_found() {
        let mut claim = clean();
        claim.body.lines[0].charge_amount = Money::ZERO;
        finds(&RULE, &claim, &["lines[1].charge_amount"]);
    }
}
