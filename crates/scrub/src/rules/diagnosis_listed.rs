//! Rule: diagnosis-listed. Each diagnosis is a code of ICD-10-CM.
//!
//! Why: A code that does not exist is refused at the door.
//! Source: ICD-10-CM, CDC/NCHS and CMS.
//! Example: a slip of the finger: E19.9 for E11.9.

use billing::claim::{Finding, Hand, Severity};

use crate::input::diagnosis_field;
use crate::{Rule, ScrubInput};

/// Each diagnosis is a code of ICD-10-CM.
pub const RULE: Rule = Rule {
    id: "diagnosis-listed",
    title: "Each diagnosis is a code of ICD-10-CM.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "A code that does not exist is refused at the door.",
    source: "ICD-10-CM, CDC/NCHS and CMS",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    input
        .body()
        .diagnoses
        .iter()
        .enumerate()
        .filter(|(_, code)| !codes::icd10cm::exists(code))
        .map(|(index, _)| {
            let problem = format!("Diagnosis {} is not a code of ICD-10-CM.", index + 1);
            RULE.finding(diagnosis_field(index), problem, "Look the diagnosis up again.")
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
    fn diagnosis_listed_is_found() {
        let mut claim = clean();
        claim.body.diagnoses[1] = "QQQ9".into();
        finds(&RULE, &claim, &["diagnoses[2]"]);
    }
}
