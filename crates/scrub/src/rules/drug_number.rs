//! Rule: drug-number. Drug codes name the drug by its NDC.
//!
//! Why: Medicaid and commercial payers refuse a drug without it; Medicare part B does not ask.
//! Source: 005010X222A1, LIN03, CTP; Deficit Reduction Act of 2005 §6002.
//! Example: J1885 without an NDC.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// Drug codes name the drug by its NDC.
pub const RULE: Rule = Rule {
    id: "drug-number",
    title: "Drug codes name the drug by its NDC.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Medicaid and commercial payers refuse a drug without it; Medicare part B does not ask.",
    source: "005010X222A1, LIN03, CTP; Deficit Reduction Act of 2005 §6002",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    if input.is_medicare() {
        return Vec::new();
    }
    input
        .lines()
        .filter(|line| codes::hcpcs::is_drug(&line.procedure.code) && line.drug.is_none())
        .map(|line| {
            let problem = format!("Line {} is a drug, and its drug number (NDC) is missing.", line.number);
            RULE.finding(line_field(line, "drug.ndc"), problem, "Copy the eleven digits from the package.")
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
        let mut medicare = clean();
        medicare.body.lines.push(line(3, "J1885", 2_500));
        medicare.body.payer.filing_indicator = "MB".into();
        passes(&RULE, &medicare);
    }

    #[test]
    fn drug_number_is_found() {
        let mut claim = clean();
        claim.body.lines.push(line(3, "J1885", 2_500));
        finds(&RULE, &claim, &["lines[3].drug.ndc"]);
    }
}
