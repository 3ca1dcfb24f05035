//! Rule: ordering-provider. Medicare tests and images name who ordered them.
//!
//! Why: Medicare refuses a test without an ordering or referring provider.
//! Source: 42 CFR 410.32(a); Medicare Claims Processing Manual ch. 26 §10.4 item 17.
//! Example: a blood panel for a Medicare patient, nobody ordered.

use billing::claim::{Finding, Hand, Severity};
use codes::procedure;

use crate::{Rule, ScrubInput};

/// Medicare tests and images name who ordered them.
pub const RULE: Rule = Rule {
    id: "ordering-provider",
    title: "Medicare tests and images name who ordered them.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Medicare refuses a test without an ordering or referring provider.",
    source: "42 CFR 410.32(a); Medicare Claims Processing Manual ch. 26 §10.4 item 17",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let ordered = body.ordering.is_some() || body.referring.is_some();
    if !input.is_medicare() || ordered {
        return Vec::new();
    }
    input
        .lines()
        .filter(|line| procedure::is_laboratory(&line.procedure.code) || procedure::is_imaging(&line.procedure.code))
        .take(1)
        .map(|line| {
            let problem = format!("Line {} is a test, and nobody is named as the one who ordered it.", line.number);
            RULE.finding("ordering", problem, "Choose the ordering provider in the visit.")
        })
        .collect()
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
    fn ordering_provider_is_found() {
        let mut claim = clean();
        claim.body.payer.filing_indicator = "MB".into();
        claim.body.lines.push(line(3, "80053", 4_000));
        finds(&RULE, &claim, &["ordering"]);
    }
}
