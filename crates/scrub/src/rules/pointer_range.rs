//! Rule: pointer-range. Each pointer meets a diagnosis.
//!
//! Why: A pointer beyond the list points at nothing.
//! Source: 005010X222A1, SV107.
//! Example: pointer 3 on a claim with two diagnoses.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Each pointer meets a diagnosis.
pub const RULE: Rule = Rule {
    id: "pointer-range",
    title: "Each pointer meets a diagnosis.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "A pointer beyond the list points at nothing.",
    source: "005010X222A1, SV107",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let count = input.body().diagnoses.len();
    input
        .lines()
        .filter(|line| line.diagnosis_pointers.iter().any(|pointer| !(1..=count).contains(&usize::from(*pointer))))
        .map(|line| {
            let problem = format!("Line {} points beyond the {count} diagnoses of the claim.", line.number);
            RULE.finding(line_field(line, "diagnosis_pointers"), problem, "Correct the pointer or add the diagnosis.")
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
    fn pointer_range_is_found() {
        let mut claim = clean();
        claim.body.lines[1].diagnosis_pointers = vec![1, 3];
        finds(&RULE, &claim, &["lines[2].diagnosis_pointers"]);
        claim.body.lines[1].diagnosis_pointers = vec![0];
        finds(&RULE, &claim, &["lines[2].diagnosis_pointers"]);
    }
}
