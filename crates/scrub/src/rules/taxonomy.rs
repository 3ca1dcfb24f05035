//! Rule: taxonomy. Billing and rendering provider carry a taxonomy of the right shape.
//!
//! Why: Several payers choose the enrollment by it.
//! Source: 005010X222A1, PRV03 in loops 2000A and 2310B; shape: NUCC.
//! Example: a rendering provider without a specialty.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Billing and rendering provider carry a taxonomy of the right shape.
pub const RULE: Rule = Rule {
    id: "taxonomy",
    title: "Billing and rendering provider carry a taxonomy of the right shape.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Several payers choose the enrollment by it.",
    source: "005010X222A1, PRV03 in loops 2000A and 2310B; shape: NUCC",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let mut findings = Vec::new();
    let remedy = "Enter the taxonomy that the provider is enrolled with; the NPI registry shows it.";
    if !codes::taxonomy::has_shape(body.billing.taxonomy.as_str()) {
        let problem = "The practice's taxonomy does not have the form of one.";
        findings.push(RULE.finding("billing.taxonomy", problem, remedy));
    }
    if let Some(rendering) = &body.rendering
        && !rendering.taxonomy.as_ref().is_some_and(|taxonomy| codes::taxonomy::has_shape(taxonomy.as_str()))
    {
        let problem = "The rendering provider's taxonomy is missing or does not have the form of one.";
        findings.push(RULE.finding("rendering.taxonomy", problem, remedy));
    }
    findings
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
    fn taxonomy_is_found() {
        let mut claim = clean();
        claim.body.rendering.as_mut().unwrap().taxonomy = None;
        finds(&RULE, &claim, &["rendering.taxonomy"]);
    }
}
