//! Rule: pointer-count. Each line has at most four pointers, all different.
//!
//! Why: The format holds four, and twice the same says nothing.
//! Source: 005010X222A1, SV107-1 to -4.
//! Example: pointers 1, 2, 1.

use billing::charge::MOST_POINTERS;
use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each line has at most four pointers, all different.
pub const RULE: Rule = Rule {
    id: "pointer-count",
    title: "Each line has at most four pointers, all different.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "The format holds four, and twice the same says nothing.",
    source: "005010X222A1, SV107-1 to -4",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| {
            let pointers = &line.diagnosis_pointers;
            let twice = pointers
                .iter()
                .enumerate()
                .any(|(at, pointer)| pointers.iter().take(at).any(|earlier| earlier == pointer));
            pointers.len() > MOST_POINTERS || twice
        })
        .map(|line| {
            let problem = format!("Line {} has more than {MOST_POINTERS} pointers or one twice.", line.number);
            RULE.finding(line_field(line, "diagnosis_pointers"), problem, "Keep the most important, each once.")
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
    fn pointer_count_is_found() {
        let mut claim = clean();
        claim.body.lines[0].diagnosis_pointers = vec![1, 2, 1];
        finds(&RULE, &claim, &["lines[1].diagnosis_pointers"]);
    }
}
