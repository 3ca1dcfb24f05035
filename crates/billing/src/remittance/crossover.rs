//! Whether a payer passed a claim on to the patient's next plan, so that the next plan decides it without a claim of ours,
//! and a second bill would only be refused as a duplicate.
//!
//! Sources: CLP02 19, 20 and 21 (processed and forwarded); NM1*TT, the crossover carrier, which the guide requires where the
//! claim was transferred and nowhere else; remark codes MA18 and N89 (forwarded), MA19 (not forwarded:
//! the supplemental insurer's data was absent or wrong). A payer with two plans may say 1 and pass it on all the same
//! (X12 RFI 2365): that is a setting of the payer.

use super::ClaimPayment;

/// Days that the next payer has before anybody bills it: payers refuse what a provider sends within thirty days of the
/// first one's remittance (bcbsnm.com, 29 May 2014).
pub const CROSSOVER_DAYS: i32 = 30;

/// The claim went on to the supplemental insurer.
const FORWARDED: [&str; 2] = ["MA18", "N89"];
/// It did not.
const NOT_FORWARDED: &str = "MA19";

/// Whether the payer passed the claim on. `by_habit`: it passes claims on without saying so.
pub fn is_passed_on(payment: &ClaimPayment, by_habit: bool) -> bool {
    let mut remarks = payment.remarks.iter().chain(payment.lines.iter().flat_map(|line| &line.remarks));
    if remarks.clone().any(|code| code == NOT_FORWARDED) {
        return false;
    }
    matches!(payment.status_code.as_str(), "19" | "20" | "21")
        || (!payment.about.passed_on_to.is_empty() && !payment.is_refused())
        || remarks.any(|code| FORWARDED.contains(&code.as_str()))
        || (by_habit && !payment.is_refused())
}

/// Whether a payer says that it decided as the second or third one (CLP02 2, 3, 20, 21). Some say so always, so it only
/// ever decides between claims of one visit.
pub fn is_after_another(payment: &ClaimPayment) -> bool {
    matches!(payment.status_code.as_str(), "2" | "3" | "20" | "21")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;

    fn said(status: &str, remarks: &[&str]) -> ClaimPayment {
        ClaimPayment {
            control_number: "C1".into(),
            status_code: status.into(),
            charge_amount: Money::ZERO,
            paid_amount: Money::ZERO,
            patient_responsibility: Money::ZERO,
            payer_claim_control_number: String::new(),
            adjustments: Vec::new(),
            remarks: remarks.iter().map(|code| (*code).to_owned()).collect(),
            lines: Vec::new(),
            about: Default::default(),
            raw: String::new(),
        }
    }

    #[test]
    fn a_named_crossover_carrier_says_that_it_went_on() {
        let mut named = said("1", &[]);
        named.about.passed_on_to = "STATE MEDICAID".into();
        assert!(is_passed_on(&named, false));
        named.remarks = vec!["MA19".into()];
        assert!(!is_passed_on(&named, false), "a word against it counts more");
        let mut refused = said("4", &[]);
        refused.about.passed_on_to = "STATE MEDICAID".into();
        assert!(!is_passed_on(&refused, false));
    }

    #[test]
    fn a_status_a_remark_or_a_habit_says_that_it_went_on() {
        for (status, remarks, by_habit, expected) in [
            ("1", &[][..], false, false),
            ("1", &["MA01"], false, false),
            ("19", &[], false, true),
            ("20", &[], false, true),
            ("1", &["MA18"], false, true),
            ("1", &["MA07", "N89"], false, true),
            ("19", &["MA19"], false, false),
            ("1", &["MA19"], true, false),
            ("1", &[], true, true),
            ("4", &[], true, false),
        ] {
            assert_eq!(is_passed_on(&said(status, remarks), by_habit), expected, "{status} {remarks:?} {by_habit}");
        }
    }
}
