//! Rule: replacement-accepted. The payer takes replacements.
//!
//! Why: Medicare part B and some others want a reopening instead.
//! Source: the payer's setting; facts of Medicare part B.
//! Example: frequency 7 to Medicare part B.

use billing::claim::{ClaimFrequency, Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// The payer takes replacements.
pub const RULE: Rule = Rule {
    id: "replacement-accepted",
    title: "The payer takes replacements.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Medicare part B and some others want a reopening instead.",
    source: "the payer's setting; facts of Medicare part B",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    match body.frequency {
        ClaimFrequency::Replacement | ClaimFrequency::Void if !body.payer.takes_replacements => vec![RULE.finding(
            "frequency",
            "This payer does not take replacement or void claims.",
            "Ask for a reopening or appeal instead.",
        )],
        ClaimFrequency::Original | ClaimFrequency::Replacement | ClaimFrequency::Void => Vec::new(),
    }
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
    fn replacement_accepted_is_found() {
        let mut claim = clean();
        claim.body.frequency = ClaimFrequency::Replacement;
        claim.body.payer.takes_replacements = false;
        finds(&RULE, &claim, &["frequency"]);
    }
}
