//! Rule: replacement-number. A replacement or void names the payer's claim number.
//!
//! Why: Without it the payer sees a duplicate.
//! Source: 005010X222A1, CLM05-3 and REF F8.
//! Example: frequency 7 without a number.

use billing::claim::{ClaimFrequency, Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// A replacement or void names the payer's claim number.
pub const RULE: Rule = Rule {
    id: "replacement-number",
    title: "A replacement or void names the payer's claim number.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Without it the payer sees a duplicate.",
    source: "005010X222A1, CLM05-3 and REF F8",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let named = body.payer_claim_control_number.as_deref().is_some_and(|number| !number.trim().is_empty());
    match body.frequency {
        ClaimFrequency::Original => Vec::new(),
        ClaimFrequency::Replacement | ClaimFrequency::Void if named => Vec::new(),
        ClaimFrequency::Replacement | ClaimFrequency::Void => vec![RULE.finding(
            "payer_claim_control_number",
            "The claim replaces or voids one, and the payer's number of that claim is missing.",
            "Copy the payer's claim number from its remittance or acceptance.",
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut numbered = clean();
        numbered.body.frequency = ClaimFrequency::Void;
        numbered.body.payer_claim_control_number = Some("P123".into());
        passes(&RULE, &numbered);
    }

    #[test]
    fn replacement_number_is_found() {
        let mut claim = clean();
        claim.body.frequency = ClaimFrequency::Replacement;
        finds(&RULE, &claim, &["payer_claim_control_number"]);
    }
}
