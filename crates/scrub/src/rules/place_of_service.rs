//! Rule: place-of-service. Each place of service is on CMS's list.
//!
//! Why: A place that does not exist is refused.
//! Source: CMS place of service code set.
//! Example: 00 or 1.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each place of service is on CMS's list.
pub const RULE: Rule = Rule {
    id: "place-of-service",
    title: "Each place of service is on CMS's list.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A place that does not exist is refused.",
    source: "CMS place of service code set",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if codes::place_of_service::find(&input.body().place_of_service).is_none() {
        let problem = "The claim's place of service is not on the list.";
        findings.push(RULE.finding("place_of_service", problem, "Choose where the visit took place."));
    }
    for line in input.lines().filter(|line| line.place_of_service.is_some()) {
        if codes::place_of_service::find(input.place(line)).is_none() {
            let problem = format!("The place of service of line {} is not on the list.", line.number);
            findings.push(RULE.finding(
                line_field(line, "place_of_service"),
                problem,
                "Choose where the service took place.",
            ));
        }
    }
    findings
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
    fn place_of_service_is_found() {
        let mut claim = clean();
        claim.body.place_of_service = "00".into();
        claim.body.lines[1].place_of_service = Some("1".into());
        finds(&RULE, &claim, &["place_of_service", "lines[2].place_of_service"]);
    }
}
