//! Rule: birth-date. Patient and member were born before the service and within 125 years of it.
//!
//! Why: A birth date with a slip of the pen is refused as a mismatch with the payer's file.
//! Source: 005010X222A1, DMG02; 125 years: the oldest verified human age is 122.
//! Example: a child's year typed as this year.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// No verified person lived longer than 122 years; a little room above it.
const OLDEST_AGE_YEARS: i64 = 125;

/// Patient and member were born before the service and within 125 years of it.
pub const RULE: Rule = Rule {
    id: "birth-date",
    title: "Patient and member were born before the service and within 125 years of it.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A birth date with a slip of the pen is refused as a mismatch with the payer's file.",
    source: "005010X222A1, DMG02; 125 years: the oldest verified human age is 122",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let Some(service) = body.first_date_of_service() else { return Vec::new() };
    let oldest = service.saturating_sub(jiff::Span::new().years(OLDEST_AGE_YEARS));
    let dependent = body.dependent.as_ref().map(|dependent| ("patient.birth_date", *dependent.birth_date.reveal()));
    [("subscriber.birth_date", *body.subscriber.birth_date.reveal())]
        .into_iter()
        .chain(dependent)
        .filter(|(_, born)| *born > service || *born < oldest)
        .map(|(field, _)| {
            let problem = "The birth date is after the service or more than 125 years before it.";
            RULE.finding(field, problem, "Ask for the birth date and correct it.")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use jiff::civil::date;

    use crate::sample::clean_dependent;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn birth_date_is_found() {
        let mut claim = clean();
        claim.body.subscriber.birth_date = date(2026, 3, 3).into();
        finds(&RULE, &claim, &["subscriber.birth_date"]);
        let mut child = clean_dependent();
        child.body.dependent.as_mut().unwrap().birth_date = date(1890, 1, 1).into();
        finds(&RULE, &child, &["patient.birth_date"]);
    }
}
