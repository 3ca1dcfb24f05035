//! Rule: service-facility. Care in a hospital or other facility names the facility.
//!
//! Why: The place code says facility; the payer wants to know which.
//! Source: 005010X222A1, loop 2310C.
//! Example: place of service 21 without a hospital.

use billing::claim::{Finding, Hand, Severity};

use crate::{Rule, ScrubInput};

/// Care in a hospital or other facility names the facility.
pub const RULE: Rule = Rule {
    id: "service-facility",
    title: "Care in a hospital or other facility names the facility.",
    severity: Severity::Error,
    hand: Hand::FrontDesk,
    why: "The place code says facility; the payer wants to know which.",
    source: "005010X222A1, loop 2310C",
    check,
};

fn check(input: &ScrubInput<'_>) -> Vec<Finding> {
    let body = input.body();
    let facility = codes::place_of_service::find(&body.place_of_service)
        .is_some_and(|place| place.facility && !codes::place_of_service::is_telehealth(place.code));
    match &body.facility {
        None if facility => vec![RULE.finding(
            "facility",
            "The place of service is a facility, and none is named.",
            "Choose the facility in the visit, or correct the place of service.",
        )],
        Some(named) if !codes::postal::is_zip9(&codes::postal::zip_digits(&named.address.zip)) => {
            let problem = "The facility's ZIP does not have nine digits.";
            vec![RULE.finding("facility.address.zip", problem, "Enter the nine-digit ZIP of the facility.")]
        }
        None | Some(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::facility;
    use crate::sample::{clean, finds, passes};

    #[test]
    fn a_clean_claim_passes() {
        passes(&RULE, &clean());
        let mut inpatient = clean();
        inpatient.body.place_of_service = "21".into();
        inpatient.body.facility = Some(facility());
        passes(&RULE, &inpatient);
    }

    #[test]
    fn service_facility_is_found() {
        let mut claim = clean();
        claim.body.place_of_service = "21".into();
        finds(&RULE, &claim, &["facility"]);
        let mut short_zip = clean();
        short_zip.body.facility = Some(facility());
        short_zip.body.facility.as_mut().unwrap().address.zip = "02139".into();
        finds(&RULE, &short_zip, &["facility.address.zip"]);
    }
}
