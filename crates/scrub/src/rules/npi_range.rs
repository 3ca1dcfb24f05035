//! Rule: npi-range. Every NPI begins with 1 or 2.
//!
//! Why: The check digit alone lets numbers through that were never given out.
//! Source: 45 CFR 162.406; CMS NPI check digit guide.
//! Example: a number that begins with 3 and passes the check digit.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Every NPI begins with 1 or 2.
pub const RULE: Rule = Rule {
    id: "npi-range",
    title: "Every NPI begins with 1 or 2.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The check digit alone lets numbers through that were never given out.",
    source: "45 CFR 162.406; CMS NPI check digit guide",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let people = [
        ("rendering", &body.rendering),
        ("referring", &body.referring),
        ("supervising", &body.supervising),
        ("ordering", &body.ordering),
    ];
    let people = people.into_iter().filter_map(|(role, person)| person.as_ref().map(|person| (role, &person.npi)));
    let facility = body.facility.as_ref().and_then(|facility| facility.npi.as_ref()).map(|npi| ("facility", npi));
    [("billing", &body.billing.npi)]
        .into_iter()
        .chain(people)
        .chain(facility)
        .filter(|(_, npi)| !codes::npi::is_valid(npi.as_str()))
        .map(|(role, _)| {
            let problem = format!("The {role} provider's NPI does not begin with 1 or 2.");
            RULE.finding(format!("{role}.npi"), problem, "Look the provider up in the NPI registry.")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use billing::identifier::Npi;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn npi_range_is_found() {
        let mut claim = clean();
        claim.body.rendering.as_mut().unwrap().npi = Npi::parse("3000000000").unwrap();
        finds(&RULE, &claim, &["rendering.npi"]);
    }
}
