//! Rule: payer-identity. The payer has an electronic identifier, a route and a kind.
//!
//! Why: Without them the file cannot find its way.
//! Source: 005010X222A1, loop 2010BB NM109, SBR09.
//! Example: a payer entered by name only.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// The payer has an electronic identifier, a route and a kind.
pub const RULE: Rule = Rule {
    id: "payer-identity",
    title: "The payer has an electronic identifier, a route and a kind.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Without them the file cannot find its way.",
    source: "005010X222A1, loop 2010BB NM109, SBR09",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let payer = &input.body().payer;
    [
        ("payer.payer_identifier", &payer.payer_identifier, "electronic payer id"),
        ("payer.route", &payer.route, "route"),
        ("payer.filing_indicator", &payer.filing_indicator, "kind of insurance (claim filing indicator)"),
    ]
    .into_iter()
    .filter(|(_, value, _)| value.trim().is_empty())
    .map(|(field, _, what)| {
        let problem = format!("The payer has no {what}.");
        RULE.finding(field, problem, "Complete the payer; the clearinghouse's payer list has the value.")
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
    fn payer_identity_is_found() {
        let mut claim = clean();
        claim.body.payer.payer_identifier.clear();
        finds(&RULE, &claim, &["payer.payer_identifier"]);
    }
}
