//! Rule: note-length. The note to the payer has at most 80 characters.
//!
//! Why: The rest would be cut off.
//! Source: 005010X222A1, NTE02.
//! Example: a note of three sentences.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Most characters of NTE02.
const LONGEST: usize = 80;

/// The note to the payer has at most 80 characters.
pub const RULE: Rule = Rule {
    id: "note-length",
    title: "The note to the payer has at most 80 characters.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The rest would be cut off.",
    source: "005010X222A1, NTE02",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    if input.body().note.chars().count() <= LONGEST {
        return Vec::new();
    }
    vec![RULE.finding(
        "note",
        format!("The note has more than {LONGEST} characters."),
        "Shorten it, or send it as an attachment.",
    )]
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
    fn note_length_is_found() {
        let mut claim = clean();
        claim.body.note = "x".repeat(81);
        finds(&RULE, &claim, &["note"]);
    }
}
