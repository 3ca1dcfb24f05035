//! Rule: diagnosis-in-force. Each diagnosis was valid on the date of service.
//!
//! Why: Codes begin and end on October 1 and April 1.
//! Source: ICD-10-CM yearly addenda; Medicare Code Editor.
//! Example: a code of the new year on a September visit.

use billing::claim::{Finding, Hand, Severity};
use codes::icd10cm::Standing;

use crate::input::diagnosis_field;
use crate::{Rule, ScrubInput};

/// Each diagnosis was valid on the date of service.
pub const RULE: Rule = Rule {
    id: "diagnosis-in-force",
    title: "Each diagnosis was valid on the date of service.",
    severity: Severity::Error,
    hand: Hand::Coder,
    why: "Codes begin and end on October 1 and April 1.",
    source: "ICD-10-CM yearly addenda; Medicare Code Editor",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let Some(on) = input.body().first_date_of_service() else { return Vec::new() };
    let mut findings = Vec::new();
    for (index, code) in input.body().diagnoses.iter().enumerate() {
        let Some(diagnosis) = codes::icd10cm::lookup(code, on) else { continue };
        let problem = match diagnosis.standing {
            Standing::Billable | Standing::Category => continue,
            Standing::NotYet(first) => format!("Diagnosis {} is valid only from {first}.", index + 1),
            Standing::Ended(last) => format!("Diagnosis {} was valid until {last}.", index + 1),
        };
        findings.push(RULE.finding(
            diagnosis_field(index),
            problem,
            "Choose the code that was valid on the date of service.",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use jiff::civil::date;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut new_year = clean();
        new_year.body.diagnoses[0] = "C7831".into();
        new_year.body.lines.iter_mut().for_each(|line| line.date_of_service = date(2026, 10, 1));
        passes(&RULE, &new_year);
    }

    #[test]
    fn diagnosis_in_force_is_found() {
        let mut claim = clean();
        claim.body.diagnoses[0] = "C7831".into();
        finds(&RULE, &claim, &["diagnoses[1]"]);
    }
}
