//! Reason codes in the words a patient understands. Our own short words, not the official descriptions.
//!
//! A reason says why a payer did not pay; it never says whose fault it is and never that the patient must pay.

use codes::carc::{CarcClass, DenialKind};

use super::Language;

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

/// Why the plan did not pay, for the sentence "The plan did not pay it because …". A code without words of its own in
/// the table of reasons gets those of its kind; none for a code nobody has classified.
pub fn denial_words(carc: &str, language: Language) -> Option<&'static str> {
    let carc = codes::carc::find(carc)?;
    let (own, (pending, elsewhere)) = match language {
        Language::English => (carc.patient_words, ("it has not decided yet", "it says it paid somebody else")),
        Language::Spanish => (carc.patient_words_es, ("todavía no ha decidido", "dice que le pagó a otra persona")),
    };
    if !own.is_empty() {
        return Some(own);
    }
    match carc.class? {
        CarcClass::Denial(kind) => Some(match language {
            Language::English => kind_words(kind),
            Language::Spanish => kind_words_es(kind),
        }),
        CarcClass::Pending => Some(pending),
        CarcClass::PaidElsewhere => Some(elsewhere),
        CarcClass::Contractual
        | CarcClass::Withheld
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

fn kind_words_es(kind: DenialKind) -> &'static str {
    match kind {
        DenialKind::Eligibility => "no encontró vigente la cobertura en ese día",
        DenialKind::Authorization => "no encontró una aprobación previa",
        DenialKind::Duplicate => "considera que esto se envió dos veces",
        DenialKind::FilingLimit => "dice que nuestra solicitud llegó tarde",
        DenialKind::Coding => "un dato del código del servicio no coincidía",
        DenialKind::Bundling => "lo cuenta como parte de otro servicio",
        DenialKind::MedicalNecessity => "no considera el servicio médicamente necesario",
        DenialKind::NotCovered => "no cubre este servicio",
        DenialKind::BenefitLimit => "se alcanzó un límite del plan",
        DenialKind::Information => "necesita más información de nuestra parte",
        DenialKind::Documentation => "no le ha llegado un documento que pidió",
        DenialKind::OtherCoverage => "cree que otro plan debe pagar primero",
        DenialKind::WrongPayer => "dice que otro pagador es responsable",
        DenialKind::Provider => "tiene una pregunta sobre la inscripción del proveedor",
    }
}

/// Whether a stored reason takes from a payer's payment and not from its price: "CO-253" is the reduction of federal
/// payments.
pub fn is_withheld(reason: &str) -> bool {
    match codes::carc::find(carc_of(reason)).and_then(|carc| carc.class) {
        Some(CarcClass::Withheld | CarcClass::Incentive) => true,
        Some(
            CarcClass::Contractual
            | CarcClass::Patient(_)
            | CarcClass::PriorPayer
            | CarcClass::Denial(_)
            | CarcClass::PaidElsewhere
            | CarcClass::Pending
            | CarcClass::Interest
            | CarcClass::Recoupment
            | CarcClass::DoNotBillPatient
            | CarcClass::Informational,
        )
        | None => false,
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
    fn every_denial_completes_the_sentence_of_a_patient() {
        assert_eq!(denial_words(carc_of("CO-197"), Language::English), Some("it found no approval in advance"));
        assert_eq!(denial_words(carc_of("CO-197"), Language::Spanish), Some("no encontró una aprobación previa"));
        assert_eq!(denial_words("99999", Language::English), None);
        // Every denial that the code tables classify has words for a patient.
        for carc in codes::carc::all() {
            if let Some(CarcClass::Denial(_)) = carc.class {
                for language in Language::ALL {
                    let words = denial_words(carc.code, language).unwrap_or_default();
                    let completes = words.starts_with(|c: char| c.is_ascii_lowercase()) && !words.ends_with('.');
                    assert!(completes, "{}: {words}", carc.code);
                }
                assert_eq!(carc.patient_words.is_empty(), carc.patient_words_es.is_empty(), "{}", carc.code);
            }
        }
    }
}
