//! Reason codes in the words a patient understands. Our own short words, not the official descriptions.
//!
//! A reason says why a payer did not pay; it never says whose fault it is and never that the patient must pay.

use codes::carc::{CarcClass, DenialKind};

/// The part of an allowed amount that falls to the patient, by what the plan calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatientShare {
    /// PR-1: paid before the plan starts paying.
    Deductible,
    /// PR-2: a percentage of the plan's price.
    Coinsurance,
    /// PR-3: a fixed sum for a visit.
    Copay,
    /// Any other amount the plan assigned to the patient.
    Other,
}

impl PatientShare {
    /// Reads the stored reason of a posting: "PR-3" is the copay.
    pub fn from_reason(reason: &str) -> PatientShare {
        match reason {
            "PR-1" => PatientShare::Deductible,
            "PR-2" => PatientShare::Coinsurance,
            "PR-3" => PatientShare::Copay,
            _ => PatientShare::Other,
        }
    }
}

/// Reason codes a patient asks about, in our own words; each completes "The plan did not pay it because …".
const WORDS: &[(&str, &str)] = &[
    ("4", "a detail of the service code did not fit"),
    ("11", "the diagnosis and the service did not fit together in its records"),
    ("16", "it needs more information from us"),
    ("18", "it sees this as sent twice"),
    ("19", "it believes a work injury insurer should pay"),
    ("20", "it believes an accident insurer should pay"),
    ("22", "it believes another plan should pay first"),
    ("26", "its records say the coverage had not started yet"),
    ("27", "its records say the coverage had ended"),
    ("29", "it says our request came too late"),
    ("31", "it could not find the patient in its records"),
    ("49", "it sees this as a routine examination it does not cover"),
    ("50", "it does not see the service as medically needed"),
    ("51", "it sees this as care for an earlier condition"),
    ("55", "it sees the treatment as experimental"),
    ("96", "it does not cover this service"),
    ("97", "it counts this as part of another service of the same day"),
    ("109", "it says another payer is responsible"),
    ("119", "a limit of the plan has been reached"),
    ("151", "it does not see this many services as needed"),
    ("163", "a document it asked for has not reached it"),
    ("167", "it does not cover this diagnosis"),
    ("170", "it does not pay for this kind of provider"),
    ("197", "it found no approval in advance"),
    ("198", "the approval in advance had run out"),
    ("204", "the service is not part of the plan"),
    ("226", "it needs more information from us"),
    ("227", "it needs information from the patient"),
    ("242", "the provider is outside its network"),
    ("252", "it asks for a document before it decides"),
    ("288", "it found no referral"),
    ("B7", "it did not find the provider approved for that day"),
];

/// Why the plan did not pay, for the sentence "The plan did not pay it because …". A code without words of its own
/// gets those of its kind; none for a code nobody has classified.
pub fn denial_words(carc: &str) -> Option<&'static str> {
    if let Some((_, words)) = WORDS.iter().find(|(code, _)| *code == carc) {
        return Some(words);
    }
    match codes::carc::find(carc)?.class? {
        CarcClass::Denial(kind) => Some(kind_words(kind)),
        CarcClass::Pending => Some("it has not decided yet"),
        CarcClass::PaidElsewhere => Some("it says it paid somebody else"),
        CarcClass::Contractual
        | CarcClass::Patient(_)
        | CarcClass::PriorPayer
        | CarcClass::Interest
        | CarcClass::Incentive
        | CarcClass::Recoupment
        | CarcClass::DoNotBillPatient
        | CarcClass::Informational => None,
    }
}

fn kind_words(kind: DenialKind) -> &'static str {
    match kind {
        DenialKind::Eligibility => "it did not find the coverage active on that day",
        DenialKind::Authorization => "it found no approval in advance",
        DenialKind::Duplicate => "it sees this as sent twice",
        DenialKind::FilingLimit => "it says our request came too late",
        DenialKind::Coding => "a detail of the service code did not fit",
        DenialKind::Bundling => "it counts this as part of another service",
        DenialKind::MedicalNecessity => "it does not see the service as medically needed",
        DenialKind::NotCovered => "it does not cover this service",
        DenialKind::BenefitLimit => "a limit of the plan has been reached",
        DenialKind::Information => "it needs more information from us",
        DenialKind::Documentation => "a document it asked for has not reached it",
        DenialKind::OtherCoverage => "it believes another plan should pay first",
        DenialKind::WrongPayer => "it says another payer is responsible",
        DenialKind::Provider => "it has a question about the provider’s enrollment",
    }
}

/// The reason code itself from a stored reason: "CO-197" is about 197.
pub fn carc_of(reason: &str) -> &str {
    reason.split_once('-').map_or(reason, |(_, carc)| carc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_listed_once_and_completes_its_sentence() {
        for (index, (code, words)) in WORDS.iter().enumerate() {
            assert!(WORDS[..index].iter().all(|(other, _)| other != code), "{code} twice");
            assert!(words.starts_with(|c: char| c.is_ascii_lowercase()) && !words.ends_with('.'), "{code}");
        }
        assert_eq!(denial_words(carc_of("CO-197")), Some("it found no approval in advance"));
        assert_eq!(denial_words("99999"), None);
        // Every denial that the code tables classify has words for a patient.
        for carc in codes::carc::all() {
            if let Some(CarcClass::Denial(_)) = carc.class {
                assert!(denial_words(carc.code).is_some(), "{}", carc.code);
            }
        }
    }
}
