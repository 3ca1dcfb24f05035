//! Rule: drug-form. A drug has eleven digits, a unit and a quantity.
//!
//! Why: A ten-digit number from the package must be padded to 5-4-2.
//! Source: 005010X222A1, LIN03, CTP04, CTP05.
//! Example: 0409-3796-01.

use billing::claim::{Finding, Hand, Severity};

use crate::input::line_field;
use crate::{Rule, ScrubInput};

/// International unit, gram, milligram, milliliter, unit (CTP05-1).
const UNITS: [&str; 5] = ["F2", "GR", "ME", "ML", "UN"];

/// A drug has eleven digits, a unit and a quantity.
pub const RULE: Rule = Rule {
    id: "drug-form",
    title: "A drug has eleven digits, a unit and a quantity.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "A ten-digit number from the package must be padded to 5-4-2.",
    source: "005010X222A1, LIN03, CTP04, CTP05",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in input.lines() {
        let Some(drug) = &line.drug else { continue };
        let number = line.number;
        if !codes::identifier::is_ndc11(&drug.ndc) {
            let problem = format!("The drug number of line {number} does not have eleven digits.");
            findings.push(RULE.finding(
                line_field(line, "drug.ndc"),
                problem,
                "Pad it to 5-4-2 digits, without hyphens.",
            ));
        }
        if !UNITS.contains(&drug.unit.as_str()) || drug.quantity.thousandths() <= 0 {
            let problem =
                format!("The drug of line {number} has no quantity, or a unit that is not F2, GR, ME, ML or UN.");
            findings.push(RULE.finding(
                line_field(line, "drug.quantity"),
                problem,
                "Enter how much was given, and in what.",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use billing::charge::{Drug, Units};

    fn drug(ndc: &str, unit: &str) -> Drug {
        Drug { ndc: ndc.into(), quantity: Units::ONE, unit: unit.into() }
    }

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut right = clean();
        right.body.lines[0].drug = Some(drug("00409379601", "ML"));
        passes(&RULE, &right);
    }

    #[test]
    fn drug_form_is_found() {
        let mut claim = clean();
        claim.body.lines[0].drug = Some(drug("0409379601", "MG"));
        finds(&RULE, &claim, &["lines[1].drug.ndc", "lines[1].drug.quantity"]);
    }
}
