//! Rule: modifier-form. Modifiers have two characters, at most four stand on a line, none twice.
//!
//! Why: The format holds four of two characters.
//! Source: 005010X222A1, SV101-3 to -6.
//! Example: 25, 59, 25.

use billing::charge::MOST_MODIFIERS;
use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Modifiers have two characters, at most four stand on a line, none twice.
pub const RULE: Rule = Rule {
    id: "modifier-form",
    title: "Modifiers have two characters, at most four stand on a line, none twice.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "The format holds four of two characters.",
    source: "005010X222A1, SV101-3 to -6",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| {
            let modifiers = &line.procedure.modifiers;
            let twice =
                modifiers.iter().enumerate().any(|(at, one)| modifiers.iter().take(at).any(|earlier| earlier == one));
            modifiers.len() > MOST_MODIFIERS || twice || modifiers.iter().any(|one| !codes::modifier::has_shape(one))
        })
        .map(|line| {
            let problem =
                format!("A modifier of line {} has the wrong form, stands twice, or is one too many.", line.number);
            RULE.finding(line_field(line, "procedure.modifiers"), problem, "Correct the modifiers.")
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
        let mut with_one = clean();
        with_one.body.lines[0].procedure.modifiers = vec!["25".into()];
        passes(&RULE, &with_one);
    }

    #[test]
    fn modifier_form_is_found() {
        let mut claim = clean();
        for modifiers in [vec!["25", "25"], vec!["2"], vec!["25", "59", "RT", "76", "77"]] {
            claim.body.lines[0].procedure.modifiers = modifiers.into_iter().map(str::to_owned).collect();
            finds(&RULE, &claim, &["lines[1].procedure.modifiers"]);
        }
    }
}
