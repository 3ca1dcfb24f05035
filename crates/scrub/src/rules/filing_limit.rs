//! Rule: filing-limit. The payer's filing limit has not passed.
//!
//! Why: A late claim is refused and may not be billed to the patient.
//! Source: the payer's contract; Medicare: 42 CFR 424.44.
//! Example: a visit of last year found in a drawer.

use billing::claim::{ClaimFrequency, Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// The payer's filing limit has not passed.
pub const RULE: Rule = Rule {
    id: "filing-limit",
    title: "The payer's filing limit has not passed.",
    severity: Severity::Warning,
    hand: Hand::FrontDesk,
    why: "A late claim is refused and may not be billed to the patient.",
    source: "the payer's contract; Medicare: 42 CFR 424.44",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let claim = input.claim;
    if input.today <= claim.filing_limit_on {
        return Vec::new();
    }
    // A corrected claim runs on its own clock, from the first decision.
    let what = match claim.body.frequency {
        ClaimFrequency::Original => "this claim",
        ClaimFrequency::Replacement | ClaimFrequency::Void => "corrections of this claim",
    };
    vec![RULE.finding(
        "filing_limit_on",
        format!("The payer accepted {what} until {}.", claim.filing_limit_on),
        "Send it only with a ground for late filing, and write the ground as the reason.",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use jiff::civil::date;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut last_day = clean();
        last_day.filing_limit_on = crate::sample::TODAY;
        passes(&RULE, &last_day);
    }

    #[test]
    fn filing_limit_is_found() {
        let mut claim = clean();
        claim.filing_limit_on = date(2026, 3, 9);
        finds(&RULE, &claim, &["filing_limit_on"]);
    }
}
