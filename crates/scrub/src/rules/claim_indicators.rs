//! Rule: claim-indicators. Assignment, benefits and release carry a value of the format.
//!
//! Why: They say who may be paid and what may be told.
//! Source: 005010X222A1, CLM07, CLM08, CLM09.
//! Example: release of information left empty.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Assignment, benefits and release carry a value of the format.
pub const RULE: Rule = Rule {
    id: "claim-indicators",
    title: "Assignment, benefits and release carry a value of the format.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "They say who may be paid and what may be told.",
    source: "005010X222A1, CLM07, CLM08, CLM09",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    [
        ("assignment", body.assignment.as_str(), &["A", "B", "C"][..], "assignment"),
        ("benefits_assigned", &body.benefits_assigned, &["Y", "N", "W"], "assignment of benefits"),
        ("release_of_information", &body.release_of_information, &["Y", "I"], "release of information"),
    ]
    .into_iter()
    .filter(|(_, value, allowed, _)| !allowed.contains(value))
    .map(|(field, _, allowed, what)| {
        let problem = format!("The {what} is missing or unknown.");
        RULE.finding(field, problem, format!("Choose one of {}.", allowed.join(", ")))
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
    fn claim_indicators_is_found() {
        let mut claim = clean();
        claim.body.release_of_information = "N".into();
        finds(&RULE, &claim, &["release_of_information"]);
    }
}
