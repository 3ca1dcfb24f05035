//! Rule: referring-provider. A referring provider is named where the payer requires one.
//!
//! Why: Plans with a gatekeeper refuse the claim without it.
//! Source: 005010X222A1, loop 2310A; the payer's setting.
//! Example: a plan that needs a referral, none in the visit.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// A referring provider is named where the payer requires one.
pub const RULE: Rule = Rule {
    id: "referring-provider",
    title: "A referring provider is named where the payer requires one.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Plans with a gatekeeper refuse the claim without it.",
    source: "005010X222A1, loop 2310A; the payer's setting",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    if !body.payer.needs_referral || body.referring.is_some() {
        return Vec::new();
    }
    vec![RULE.finding(
        "referring",
        "This payer requires a referring provider and none is named.",
        "Ask who sent the patient and choose the provider in the visit.",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::provider;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut referred = clean();
        referred.body.payer.needs_referral = true;
        referred.body.referring = Some(provider(3));
        passes(&RULE, &referred);
    }

    #[test]
    fn referring_provider_is_found() {
        let mut claim = clean();
        claim.body.payer.needs_referral = true;
        finds(&RULE, &claim, &["referring"]);
    }
}
