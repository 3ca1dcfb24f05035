//! Rule: coverage-active. The coverage was in force on each date of service.
//!
//! Why: Coverage that ended or had not begun is the commonest denial.
//! Source: the coverage's own dates; CARC 26 and 27.
//! Example: a card that ended in December, a visit in March.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// The coverage was in force on each date of service.
pub const RULE: Rule = Rule {
    id: "coverage-active",
    title: "The coverage was in force on each date of service.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Coverage that ended or had not begun is the commonest denial.",
    source: "the coverage's own dates; CARC 26 and 27",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    input
        .lines()
        .filter(|line| {
            line.date_of_service < body.coverage_effective_on
                || body.coverage_ends_on.is_some_and(|end| line.date_of_service > end)
        })
        .map(|line| {
            let problem = format!("The coverage was not in force on the date of line {}.", line.number);
            let remedy = "Check eligibility for that day, correct the coverage's dates, or choose the coverage that was in force.";
            RULE.finding(line_field(line, "date_of_service"), problem, remedy)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use jiff::civil::date;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut last_day = clean();
        last_day.body.coverage_ends_on = Some(date(2026, 3, 2));
        passes(&RULE, &last_day);
    }

    #[test]
    fn coverage_active_is_found() {
        let mut claim = clean();
        claim.body.coverage_ends_on = Some(date(2026, 3, 1));
        finds(&RULE, &claim, &["lines[1].date_of_service", "lines[2].date_of_service"]);
    }
}
