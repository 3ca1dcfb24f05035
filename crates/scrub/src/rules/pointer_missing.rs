//! Rule: pointer-missing. Each line points at a diagnosis.
//!
//! Why: A line without a reason is refused.
//! Source: 005010X222A1, SV107-1.
//! Example: a line added later without a diagnosis.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each line points at a diagnosis.
pub const RULE: Rule = Rule {
    id: "pointer-missing",
    title: "Each line points at a diagnosis.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "A line without a reason is refused.",
    source: "005010X222A1, SV107-1",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .lines()
        .filter(|line| line.diagnosis_pointers.is_empty())
        .map(|line| {
            let problem = format!("Line {} points at no diagnosis.", line.number);
            RULE.finding(line_field(line, "diagnosis_pointers"), problem, "Say which diagnosis the service was for.")
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
    fn pointer_missing_is_found() {
        let mut claim = clean();
        claim.body.lines[0].diagnosis_pointers.clear();
        finds(&RULE, &claim, &["lines[1].diagnosis_pointers"]);
    }
}
