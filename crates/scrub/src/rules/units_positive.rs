//! Rule: units-positive. Each line has units above zero and below ten thousand.
//!
//! Why: Nothing done is not billed, and the format ends there.
//! Source: 005010X222A1, SV104.
//! Example: a line with 0 units.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Ten thousand units: payers take four digits before the point.
const MOST_THOUSANDTHS: i64 = 10_000_000;

/// Each line has units above zero and below ten thousand.
pub const RULE: Rule = Rule {
    id: "units-positive",
    title: "Each line has units above zero and below ten thousand.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Nothing done is not billed, and the format ends there.",
    source: "005010X222A1, SV104",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| !(1..MOST_THOUSANDTHS).contains(&line.units.thousandths()))
        .map(|line| {
            let problem = format!("Line {} has no units, or too many.", line.number);
            RULE.finding(line_field(line, "units"), problem, "Enter how often the service was done.")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use billing::charge::Units;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn units_positive_is_found() {
        let mut claim = clean();
        claim.body.lines[0].units = Units::whole(0);
        claim.body.lines[1].units = Units::whole(10_000);
        finds(&RULE, &claim, &["lines[1].units", "lines[2].units"]);
    }
}
