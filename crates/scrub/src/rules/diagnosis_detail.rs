//! Rule: diagnosis-detail. Each diagnosis is coded to its last character.
//!
//! Why: A heading of the book may not be billed.
//! Source: ICD-10-CM guidelines I.B.2.
//! Example: E11 instead of E11.9.

use billing::claim::{Finding, Hand, Severity};
use codes::icd10cm::Standing;

use crate::input::diagnosis_field;
use crate::{Rule, ScrubInput};

/// Each diagnosis is coded to its last character.
pub const RULE: Rule = Rule {
    id: "diagnosis-detail",
    title: "Each diagnosis is coded to its last character.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "A heading of the book may not be billed.",
    source: "ICD-10-CM guidelines I.B.2",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let Some(on) = input.body().first_date_of_service() else { return Vec::new() };
    let diagnoses = input.body().diagnoses.iter().enumerate();
    diagnoses
        .filter(|(_, code)| {
            codes::icd10cm::lookup(code, on).is_some_and(|diagnosis| diagnosis.standing == Standing::Category)
        })
        .map(|(index, _)| {
            let problem = format!("Diagnosis {} is a heading; a longer code exists.", index + 1);
            RULE.finding(diagnosis_field(index), problem, "Choose the full code that the note supports.")
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
    fn diagnosis_detail_is_found() {
        let mut claim = clean();
        claim.body.diagnoses[0] = "E11".into();
        finds(&RULE, &claim, &["diagnoses[1]"]);
    }
}
