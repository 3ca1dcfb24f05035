//! Rule: future-date. No service lies in the future.
//!
//! Why: Nothing is billed before it happened.
//! Source: 005010X222A1, DTP 472; payers' front-end edits.
//! Example: a year typed one too high.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// No service lies in the future.
pub const RULE: Rule = Rule {
    id: "future-date",
    title: "No service lies in the future.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Nothing is billed before it happened.",
    source: "005010X222A1, DTP 472; payers' front-end edits",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| line.date_of_service > input.today)
        .map(|line| {
            let problem = format!("Line {} has a date of service that has not come yet.", line.number);
            RULE.finding(line_field(line, "date_of_service"), problem, "Correct the date of the visit.")
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
        let mut of_today = clean();
        of_today.body.lines[0].date_of_service = crate::sample::TODAY;
        passes(&RULE, &of_today);
    }

    #[test]
    fn future_date_is_found() {
        let mut claim = clean();
        claim.body.lines[1].date_of_service = date(2026, 3, 11);
        finds(&RULE, &claim, &["lines[2].date_of_service"]);
    }
}
