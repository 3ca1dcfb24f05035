//! Rule: hands-on-at-a-distance. Nothing hands-on is billed from a telehealth place.
//!
//! Why: A blood draw or an image cannot be done by video.
//! Source: CMS telehealth list.
//! Example: a blood draw with place 10.

use billing::claim::{Finding, Hand, Severity};
use codes::procedure;

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Nothing hands-on is billed from a telehealth place.
pub const RULE: Rule = Rule {
    id: "hands-on-at-a-distance",
    title: "Nothing hands-on is billed from a telehealth place.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "A blood draw or an image cannot be done by video.",
    source: "CMS telehealth list",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| codes::place_of_service::is_telehealth(input.place(line)))
        .filter(|line| {
            let code = &line.procedure.code;
            procedure::is_surgery(code) || procedure::is_imaging(code) || procedure::is_laboratory(code)
        })
        .map(|line| {
            let problem = format!("Line {} is a hands-on service at a telehealth place.", line.number);
            RULE.finding(
                line_field(line, "place_of_service"),
                problem,
                "Give the line its own place, or move it to the visit where it was done.",
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
    fn hands_on_at_a_distance_is_found() {
        let mut claim = clean();
        claim.body.place_of_service = "10".into();
        finds(&RULE, &claim, &["lines[2].place_of_service"]);
    }
}
