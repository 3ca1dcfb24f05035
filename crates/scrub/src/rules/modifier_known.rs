//! Rule: modifier-known. Each modifier is a known one.
//!
//! Why: An unknown modifier is refused; a new one may be missing from this program's list.
//! Source: CMS HCPCS modifiers; two-digit modifiers by number.
//! Example: 24 typed as 42.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each modifier is a known one.
pub const RULE: Rule = Rule {
    id: "modifier-known",
    title: "Each modifier is a known one.",
    severity: Severity::Warning,
    hand: Hand::Coder,
    why: "An unknown modifier is refused; a new one may be missing from this program's list.",
    source: "CMS HCPCS modifiers; two-digit modifiers by number",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| {
            let known = |one: &String| codes::modifier::words(one).is_some();
            line.procedure.modifiers.iter().any(|one| codes::modifier::has_shape(one) && !known(one))
        })
        .map(|line| {
            let problem = format!("A modifier of line {} is not on the list of this program.", line.number);
            RULE.finding(
                line_field(line, "procedure.modifiers"),
                problem,
                "Correct it, or pass with where it was published.",
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
    fn modifier_known_is_found() {
        let mut claim = clean();
        claim.body.lines[0].procedure.modifiers = vec!["42".into()];
        finds(&RULE, &claim, &["lines[1].procedure.modifiers"]);
    }
}
