//! Rule: diagnosis-age. Each diagnosis fits the patient's age.
//!
//! Why: Newborn, pediatric, maternity and adult codes have age spans.
//! Source: Medicare Code Editor v44 age groups.
//! Example: a newborn code for a grown patient.

use billing::claim::{Finding, Hand, Severity};
use codes::icd10cm::Traits;
use jiff::civil::Date;

use crate::input::diagnosis_field;
use crate::{Rule, ScrubInput};

/// Each diagnosis fits the patient's age.
pub const RULE: Rule = Rule {
    id: "diagnosis-age",
    title: "Each diagnosis fits the patient's age.",
    severity: Severity::Warning,
    hand: Hand::Coder,
    why: "Newborn, pediatric, maternity and adult codes have age spans.",
    source: "Medicare Code Editor v44 age groups",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let Some(on) = input.body().first_date_of_service() else { return Vec::new() };
    let age = age_in_years(input.patient_birth_date(), on);
    input
        .body()
        .diagnoses
        .iter()
        .enumerate()
        .filter(|(_, code)| codes::icd10cm::lookup(code, on).is_some_and(|diagnosis| !fits(diagnosis.traits, age)))
        .map(|(index, _)| {
            let problem = format!("Diagnosis {} is meant for another age.", index + 1);
            RULE.finding(
                diagnosis_field(index),
                problem,
                "Check code and birth date; pass with a reason if both are right.",
            )
        })
        .collect()
}

/// The spans of the editor: newborn 0, pediatric 0-17, maternity 9-64, adult 15-124 (whole years).
fn fits(traits: Traits, age: i16) -> bool {
    (!traits.newborn || age == 0)
        && (!traits.pediatric || (0..=17).contains(&age))
        && (!traits.maternity || (9..=64).contains(&age))
        && (!traits.adult || (15..=124).contains(&age))
}

fn age_in_years(born: Date, on: Date) -> i16 {
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    on.year() - born.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{clean, finds, passes};
    use jiff::civil::date;

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
    }

    #[test]
    fn diagnosis_age_is_found() {
        let mut claim = clean();
        claim.body.diagnoses[0] = "A33".into();
        finds(&RULE, &claim, &["diagnoses[1]"]);
        assert_eq!(age_in_years(date(2008, 3, 3), date(2026, 3, 2)), 17);
        assert_eq!(age_in_years(date(2008, 3, 2), date(2026, 3, 2)), 18);
    }
}
