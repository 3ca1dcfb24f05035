//! Rule: rendering-provider. A person who did the service is named.
//!
//! Why: A practice bills; a person treats, and the payer wants to know who.
//! Source: 005010X222A1, loop 2310B.
//! Example: a visit without a provider.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// A person who did the service is named.
pub const RULE: Rule = Rule {
    id: "rendering-provider",
    title: "A person who did the service is named.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A practice bills; a person treats, and the payer wants to know who.",
    source: "005010X222A1, loop 2310B",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    match &input.body().rendering {
        Some(rendering) if !rendering.name.last.trim().is_empty() => Vec::new(),
        Some(_) | None => vec![RULE.finding(
            "rendering",
            "Nobody is named as the one who did the service.",
            "Choose the provider in the visit.",
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
    }

    #[test]
    fn rendering_provider_is_found() {
        let mut claim = clean();
        claim.body.rendering = None;
        finds(&RULE, &claim, &["rendering"]);
    }
}
