//! Rule: excludes-one. No two diagnoses exclude each other.
//!
//! Why: The book's Excludes1 notes say which conditions are not coded together; unrelated ones may be.
//! Source: ICD-10-CM tabular list, Excludes1 notes; guidelines I.A.12.a.
//! Example: type 1 and type 2 diabetes on one claim.

use billing::claim::{Finding, Hand, Severity};

use crate::input::diagnosis_field;
use crate::{Rule, ScrubInput};

/// No two diagnoses exclude each other.
pub const RULE: Rule = Rule {
    id: "excludes-one",
    title: "No two diagnoses exclude each other.",
    severity: Severity::Warning,
    hand: Hand::Coder,
    why: "The book's Excludes1 notes say which conditions are not coded together; unrelated ones may be.",
    source: "ICD-10-CM tabular list, Excludes1 notes; guidelines I.A.12.a",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let diagnoses = &input.body().diagnoses;
    let mut findings = Vec::new();
    for (index, one) in diagnoses.iter().enumerate() {
        for (earlier, other) in diagnoses.iter().enumerate().take(index) {
            if codes::excludes::excludes1(one, other) {
                let problem =
                    format!("The book says that diagnoses {} and {} are not coded together.", earlier + 1, index + 1);
                let remedy = "Keep the one the note supports, or pass with the reason that they are unrelated.";
                findings.push(RULE.finding(diagnosis_field(index), problem, remedy));
            }
        }
    }
    findings
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
    fn excludes_one_is_found() {
        let mut claim = clean();
        claim.body.diagnoses[1] = "E109".into();
        finds(&RULE, &claim, &["diagnoses[2]"]);
    }
}
