//! Rule: two-visits-one-day. One provider has one visit a day.
//!
//! Why: Payers pay one; the second is refused.
//! Source: Medicare Claims Processing Manual ch. 12 §30.6.5; CARC B14.
//! Example: two office visits on one claim.

use billing::claim::{Finding, Hand, Severity};
use codes::procedure::is_visit;

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// One provider has one visit a day.
pub const RULE: Rule = Rule {
    id: "two-visits-one-day",
    title: "One provider has one visit a day.",
    severity: Severity::Warning,
    hand: Hand::Coder,
    why: "Payers pay one; the second is refused.",
    source: "Medicare Claims Processing Manual ch. 12 §30.6.5; CARC B14",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let visits: Vec<_> = input.lines().filter(|line| is_visit(&line.procedure.code)).collect();
    visits
        .iter()
        .enumerate()
        .filter(|(at, visit)| visits.iter().take(*at).any(|earlier| earlier.date_of_service == visit.date_of_service))
        .filter(|(_, visit)| {
            !visit.procedure.modifiers.iter().any(|one| matches!(one.as_str(), "25" | "27" | "59" | "XE"))
        })
        .map(|(_, visit)| {
            let problem = format!("Line {} is a second visit of the same day.", visit.number);
            RULE.finding(
                line_field(visit, "procedure.code"),
                problem,
                "Keep one visit, or say with a modifier why there were two.",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::line;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn two_visits_one_day_is_found() {
        let mut claim = clean();
        claim.body.lines.push(line(3, "99214", 18_000));
        finds(&RULE, &claim, &["lines[3].procedure.code"]);
    }
}
