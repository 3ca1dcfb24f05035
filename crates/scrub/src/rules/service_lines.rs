//! Rule: service-lines. The claim has between 1 and 50 lines.
//!
//! Why: A claim without a line asks for nothing; the format holds 50.
//! Source: 005010X222A1, loop 2400 repeats 50.
//! Example: a visit whose only charge was removed.

use billing::claim::{Finding, Hand, MOST_LINES, Severity};

use crate::{Rule, ScrubInput};

/// The claim has between 1 and 50 lines.
pub const RULE: Rule = Rule {
    id: "service-lines",
    title: "The claim has between 1 and 50 lines.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A claim without a line asks for nothing; the format holds 50.",
    source: "005010X222A1, loop 2400 repeats 50",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let count = input.body().lines.len();
    match count {
        1..=MOST_LINES => Vec::new(),
        0 => vec![RULE.finding("lines", "The claim has no service line.", "Enter the charges of the visit.")],
        _ => vec![RULE.finding(
            "lines",
            format!("The claim has {count} lines; a professional claim holds {MOST_LINES}."),
            "Split the visit into two claims.",
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::line;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn service_lines_is_found() {
        let mut claim = clean();
        claim.body.lines.clear();
        finds(&RULE, &claim, &["lines"]);
        claim.body.lines = (1..=51).map(|number| line(number, "99213", 100)).collect();
        finds(&RULE, &claim, &["lines"]);
    }
}
