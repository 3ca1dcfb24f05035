//! Whether what a resource tells of took place: sending systems keep what was planned, stopped, refused or typed by mistake
//! beside what was done, and tell them apart by a status alone. Decides nothing about codes or money.

use super::resources::Concept;

/// Why a Procedure or Immunization was not done, where its status does not say that it was. A missing status says
/// nothing, though FHIR R4 requires one, and is read as an Encounter's is: what nobody calls done is not billed. A procedure
/// that was stopped may have a price with a modifier for it; that is a person's decision.
pub fn not_done(status: Option<&str>) -> Option<String> {
    let status = status.unwrap_or("unknown");
    (status != "completed").then(|| format!("its status is {status}, not completed"))
}

/// Why a Condition is no diagnosis of a claim, where its verificationStatus doubts it: refuted, entered-in-error, and what
/// is only suspected too (ICD-10-CM guidelines, section IV.H: uncertain diagnoses are not coded for outpatient visits).
/// FHIR R4 does not require the status, so a condition without one counts. The clinicalStatus is as of the export, not
/// of the visit: a resolved sinusitis was there when the patient came, so it does not keep a condition off the claim.
pub fn not_confirmed(verification: Option<&Concept>) -> Option<String> {
    let status = verification?.first_code().unwrap_or("unknown");
    (status != "confirmed").then(|| format!("its verificationStatus is {status}, not confirmed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::fhir::resources::Coding;

    #[test]
    fn only_what_was_done_and_is_confirmed_counts() {
        assert_eq!(not_done(Some("completed")), None);
        for status in ["preparation", "in-progress", "not-done", "on-hold", "stopped", "entered-in-error", "unknown"] {
            assert_eq!(not_done(Some(status)), Some(format!("its status is {status}, not completed")));
        }
        assert_eq!(not_done(None), not_done(Some("unknown")));
        let verified = |code: &str| {
            let coding = vec![Coding { system: None, code: Some(code.to_owned()) }];
            not_confirmed(Some(&Concept { coding, text: None }))
        };
        assert_eq!((verified("confirmed"), not_confirmed(None)), (None, None));
        for status in ["refuted", "entered-in-error", "unconfirmed", "provisional", "differential"] {
            assert_eq!(verified(status), Some(format!("its verificationStatus is {status}, not confirmed")));
        }
        assert!(not_confirmed(Some(&Concept::default())).is_some(), "a status without a code confirms nothing");
    }
}
