//! Rule: telehealth-place-of-service. A telehealth modifier stands only with a telehealth place.
//!
//! Why: Modifier and place must tell the same story; hospital outpatient telehealth is the exception.
//! Source: CMS place of service 02 and 10; Medicare telehealth list notes.
//! Example: modifier 95 with place 11.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// A telehealth modifier stands only with a telehealth place.
pub const RULE: Rule = Rule {
    id: "telehealth-place-of-service",
    title: "A telehealth modifier stands only with a telehealth place.",
    severity: Severity::Warning,
    hand: Hand::Coder,
    why: "Modifier and place must tell the same story; hospital outpatient telehealth is the exception.",
    source: "CMS place of service 02 and 10; Medicare telehealth list notes",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| {
            line.procedure.modifiers.iter().any(|one| codes::modifier::is_telehealth(one))
                && !codes::place_of_service::is_telehealth(input.place(line))
        })
        .map(|line| {
            let problem = format!("Line {} says telehealth, its place does not.", line.number);
            RULE.finding(input.place_field(line), problem, "Correct place or modifier, or pass with the payer's rule.")
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
        let mut at_home = clean();
        at_home.body.place_of_service = "10".into();
        at_home.body.lines[0].procedure.modifiers = vec!["95".into()];
        passes(&RULE, &at_home);
    }

    #[test]
    fn telehealth_place_of_service_is_found() {
        let mut claim = clean();
        claim.body.lines[0].procedure.modifiers = vec!["95".into()];
        finds(&RULE, &claim, &["place_of_service"]);
    }
}
