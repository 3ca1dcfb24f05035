//! Rule: date-order. Onset and accident do not come after the service.
//!
//! Why: What caused a visit happened before it.
//! Source: 005010X222A1, DTP 431, DTP 439.
//! Example: an accident dated the day after the visit.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Onset and accident do not come after the service.
pub const RULE: Rule = Rule {
    id: "date-order",
    title: "Onset and accident do not come after the service.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "What caused a visit happened before it.",
    source: "005010X222A1, DTP 431, DTP 439",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let Some(service) = body.first_date_of_service() else { return Vec::new() };
    let accident = body.accident.as_ref().map(|accident| ("accident.occurred_on", accident.occurred_on, "accident"));
    let onset = body.onset_on.map(|onset| ("onset_on", onset, "first day of the illness"));
    accident
        .into_iter()
        .chain(onset)
        .filter(|(_, day, _)| *day > service)
        .map(|(field, _, what)| {
            let problem = format!("The {what} is dated after the service.");
            RULE.finding(field, problem, "Correct whichever date is wrong.")
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
        let mut earlier = clean();
        earlier.body.onset_on = Some(date(2026, 3, 1));
        passes(&RULE, &earlier);
    }

    #[test]
    fn date_order_is_found() {
        let mut claim = clean();
        claim.body.onset_on = Some(date(2026, 3, 3));
        finds(&RULE, &claim, &["onset_on"]);
    }
}
