//! Rule: medicare-secondary-type. Medicare that pays after another is told why.
//!
//! Why: Medicare refuses such a claim without the type.
//! Source: 005010X222A1, SBR05: required where Medicare is not first.
//! Example: a patient of 66 with the plan of an employer, entered without the reason.

use billing::claim::{Finding, Hand, Severity};
use billing::coverage::CoverageRank;

use crate::{Rule, ScrubInput};

/// Medicare that pays after another is told why.
pub const RULE: Rule = Rule {
    id: "medicare-secondary-type",
    title: "Medicare that pays after another is told why.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Medicare refuses such a claim without the type.",
    source: "005010X222A1, SBR05",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    if !input.is_medicare() || body.rank == CoverageRank::Primary || body.medicare_secondary.is_some() {
        return Vec::new();
    }
    vec![RULE.finding(
        "coverage.medicare_secondary",
        "Medicare pays after another payer here, and the reason is missing.",
        "Ask the patient the questions on work, age and accidents, and enter the reason with the coverage.",
    )]
}

#[cfg(test)]
mod tests {
    use billing::coverage::MedicareSecondaryType;

    use super::*;
    use crate::sample::{after_another, clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        passes(&RULE, &after_another());
    }

    #[test]
    fn medicare_secondary_type_is_found() {
        let mut claim = after_another();
        claim.body.payer.filing_indicator = "MB".into();
        finds(&RULE, &claim, &["coverage.medicare_secondary"]);
        claim.body.medicare_secondary = Some(MedicareSecondaryType::WorkingAged);
        passes(&RULE, &claim);
    }
}
