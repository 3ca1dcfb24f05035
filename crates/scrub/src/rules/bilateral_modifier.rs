//! Rule: bilateral-modifier. Both sides and one side are not said of the same line.
//!
//! Why: 50 says both sides, LT and RT say one: together they contradict each other.
//! Source: Medicare Claims Processing Manual ch. 12 §40.7.
//! Example: 50 with RT.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Both sides and one side are not said of the same line.
pub const RULE: Rule = Rule {
    id: "bilateral-modifier",
    title: "Both sides and one side are not said of the same line.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "50 says both sides, LT and RT say one: together they contradict each other.",
    source: "Medicare Claims Processing Manual ch. 12 §40.7",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| {
            let has = |wanted: &str| line.procedure.modifiers.iter().any(|one| one == wanted);
            has("50") && (has("LT") || has("RT"))
        })
        .map(|line| {
            let problem = format!("Line {} says both sides and one side.", line.number);
            RULE.finding(
                line_field(line, "procedure.modifiers"),
                problem,
                "Keep 50 for both sides, or LT or RT for one.",
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
    fn bilateral_modifier_is_found() {
        let mut claim = clean();
        claim.body.lines[1].procedure.modifiers = vec!["50".into(), "RT".into()];
        finds(&RULE, &claim, &["lines[2].procedure.modifiers"]);
    }
}
