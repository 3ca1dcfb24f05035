//! Which reason a decision opens: from its reason codes (CARC) and remarks (RARC), as the tables of `codes` sort them.
//! The most money decides where a decision has several; what no table knows stays [`WorkReason::Denied`].

use codes::carc::{self, CarcClass, DenialKind};
use codes::rarc;

use super::WorkReason;
use crate::Money;

/// A part of a claim that its payer left unpaid, with what it said.
#[derive(Debug, Clone, Copy)]
pub struct Unpaid<'p> {
    /// The reason (CARC).
    pub reason: &'p str,
    /// Remarks of the claim, then of the line.
    pub remarks: [&'p [String]; 2],
    /// How much.
    pub amount: Money,
}

/// Codes whose work is another's than their kind says: 208, the payer does not match our number to its roster; 15, the
/// number of the authorization does not fit.
const EXCEPTIONS: [(&str, WorkReason); 2] =
    [("208", WorkReason::DeniedProvider), ("15", WorkReason::DeniedAuthorization)];

/// Codes that leave it to a remark to say why.
const VAGUE: [&str; 2] = ["96", "A1"];

/// The charge is above what the payer allows: about a fee where nothing else was said.
const ABOVE_THE_FEE: &str = "45";

/// The reason of the work that a decision opens.
pub fn denial_reason<'p>(parts: impl IntoIterator<Item = Unpaid<'p>>) -> WorkReason {
    let mut found: Vec<(WorkReason, Money)> = Vec::new();
    let mut is_about_a_fee = false;
    for part in parts {
        is_about_a_fee |= part.reason == ABOVE_THE_FEE;
        let reason = of_part(&part);
        if reason == WorkReason::Denied {
            continue;
        }
        match found.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, amount)) => *amount = amount.checked_add(part.amount).unwrap_or(*amount),
            None => found.push((reason, part.amount)),
        }
    }
    // The first of equals: `max_by_key` would take the last.
    let most = found.iter().rev().max_by_key(|(_, amount)| *amount);
    match most {
        Some((reason, _)) => *reason,
        None if is_about_a_fee => WorkReason::DeniedFee,
        None => WorkReason::Denied,
    }
}

fn of_part(part: &Unpaid<'_>) -> WorkReason {
    if let Some((_, reason)) = EXCEPTIONS.iter().find(|(code, _)| *code == part.reason) {
        return *reason;
    }
    match carc::find(part.reason).and_then(|entry| entry.class) {
        Some(CarcClass::Denial(kind)) => {
            let is_vague = kind == DenialKind::Information || VAGUE.contains(&part.reason);
            let told = part.remarks.iter().flat_map(|remarks| remarks.iter()).filter(|_| is_vague);
            told.filter_map(|code| rarc::find(code)).find_map(|remark| of_theme(remark.theme)).unwrap_or(of_kind(kind))
        }
        Some(
            CarcClass::Contractual
            | CarcClass::Withheld
            | CarcClass::Patient(_)
            | CarcClass::PriorPayer
            | CarcClass::PaidElsewhere
            | CarcClass::Pending
            | CarcClass::Interest
            | CarcClass::Incentive
            | CarcClass::Recoupment
            | CarcClass::DoNotBillPatient
            | CarcClass::Informational,
        )
        | None => WorkReason::Denied,
    }
}

fn of_kind(kind: DenialKind) -> WorkReason {
    match kind {
        DenialKind::Eligibility => WorkReason::DeniedEligibility,
        DenialKind::OtherCoverage | DenialKind::WrongPayer => WorkReason::DeniedOtherPayer,
        DenialKind::Authorization => WorkReason::DeniedAuthorization,
        DenialKind::MedicalNecessity => WorkReason::DeniedMedicalNecessity,
        DenialKind::Bundling => WorkReason::DeniedBundled,
        DenialKind::Coding => WorkReason::DeniedCoding,
        DenialKind::Duplicate => WorkReason::DeniedDuplicate,
        DenialKind::FilingLimit => WorkReason::DeniedTimelyFiling,
        DenialKind::NotCovered | DenialKind::BenefitLimit => WorkReason::DeniedNotCovered,
        DenialKind::Information | DenialKind::Documentation => WorkReason::DeniedInformation,
        DenialKind::Provider => WorkReason::DeniedProvider,
    }
}

/// What a remark is about. Notices say nothing about the work; that some information is amiss is what the reason said.
fn of_theme(theme: &str) -> Option<WorkReason> {
    Some(of_kind(match theme {
        "eligibility" => DenialKind::Eligibility,
        "other-coverage" => DenialKind::OtherCoverage,
        "wrong-payer" => DenialKind::WrongPayer,
        "authorization" => DenialKind::Authorization,
        "medical-necessity" => DenialKind::MedicalNecessity,
        "bundling" => DenialKind::Bundling,
        "coding" => DenialKind::Coding,
        "duplicate" => DenialKind::Duplicate,
        "not-covered" => DenialKind::NotCovered,
        "benefit-limit" => DenialKind::BenefitLimit,
        "documentation" => DenialKind::Documentation,
        "provider" => DenialKind::Provider,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(parts: &[(&str, &[&str], i64)]) -> WorkReason {
        let remarks: Vec<Vec<String>> =
            parts.iter().map(|(_, remarks, _)| remarks.iter().map(|code| (*code).to_owned()).collect()).collect();
        denial_reason(parts.iter().zip(&remarks).map(|((reason, _, cents), remarks)| Unpaid {
            reason,
            remarks: [&[], remarks],
            amount: Money::from_cents(*cents),
        }))
    }

    #[test]
    fn each_code_of_the_catalogue_opens_its_own_work() {
        for (codes, opened) in [
            (&["26", "27", "31"][..], WorkReason::DeniedEligibility),
            (&["22", "109"], WorkReason::DeniedOtherPayer),
            (&["15", "197", "198"], WorkReason::DeniedAuthorization),
            (&["50", "55", "56"], WorkReason::DeniedMedicalNecessity),
            (&["97", "236", "B15"], WorkReason::DeniedBundled),
            (&["4", "11", "181", "182"], WorkReason::DeniedCoding),
            (&["18"], WorkReason::DeniedDuplicate),
            (&["29"], WorkReason::DeniedTimelyFiling),
            (&["96", "119", "204", "A1"], WorkReason::DeniedNotCovered),
            (&["16", "252", "226"], WorkReason::DeniedInformation),
            (&["B7", "185", "208"], WorkReason::DeniedProvider),
            (&["45"], WorkReason::DeniedFee),
            (&["23", "no-such-code"], WorkReason::Denied),
        ] {
            for code in codes {
                assert_eq!(reason(&[(code, &[], 100)]), opened, "CARC {code}");
            }
        }
    }

    #[test]
    fn a_remark_says_what_a_vague_reason_means_and_the_most_money_decides() {
        for (story, parts, opened) in [
            ("a diagnosis is wrong", &[("16", &["MA130", "M76"][..], 100)][..], WorkReason::DeniedCoding),
            ("the first payer's answer is absent", &[("16", &["MA04"], 100)], WorkReason::DeniedOtherPayer),
            ("a remark does not change a clear reason", &[("29", &["M76"], 100)], WorkReason::DeniedTimelyFiling),
            ("most money", &[("50", &[], 100), ("197", &[], 300)], WorkReason::DeniedAuthorization),
            (
                "two lines of one reason",
                &[("50", &[], 100), ("197", &[], 150), ("50", &[], 100)],
                WorkReason::DeniedMedicalNecessity,
            ),
            ("equals: the first", &[("50", &[], 100), ("197", &[], 100)], WorkReason::DeniedMedicalNecessity),
            ("a price beside a denial", &[("45", &[], 900), ("29", &[], 100)], WorkReason::DeniedTimelyFiling),
            ("nothing was said", &[], WorkReason::Denied),
        ] {
            assert_eq!(reason(parts), opened, "{story}");
        }
    }
}
