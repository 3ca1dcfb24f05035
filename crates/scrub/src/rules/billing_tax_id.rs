//! Rule: billing-tax-id. The tax number could have been given out.
//!
//! Why: Payers match it with their enrollment file and pay by it.
//! Source: IRS and SSA rules of assignment; 005010X222A1, loop 2010AA REF EI, SY.
//! Example: 000-00-0000.

use billing::claim::{Finding, Hand, Severity};
use billing::identifier::TaxIdKind;

use crate::{Rule, ScrubInput};

/// The tax number could have been given out.
pub const RULE: Rule = Rule {
    id: "billing-tax-id",
    title: "The tax number could have been given out.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "Payers match it with their enrollment file and pay by it.",
    source: "IRS and SSA rules of assignment; 005010X222A1, loop 2010AA REF EI, SY",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let tax_id = &input.body().billing.tax_id;
    let good = match tax_id.kind {
        TaxIdKind::Ein => codes::identifier::is_ein(tax_id.digits()),
        TaxIdKind::Ssn => codes::identifier::is_ssn(tax_id.digits()),
    };
    if good {
        return Vec::new();
    }
    let problem = "The practice's tax number is one that is never given out.";
    vec![RULE.finding("billing.tax_id", problem, "Copy the number from the practice's W-9.")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use billing::identifier::TaxId;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn billing_tax_id_is_found() {
        let mut claim = clean();
        claim.body.billing.tax_id = TaxId::parse(TaxIdKind::Ssn, "000-12-3456").unwrap();
        finds(&RULE, &claim, &["billing.tax_id"]);
    }
}
