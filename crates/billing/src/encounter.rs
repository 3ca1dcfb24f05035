//! One visit: what happened, to whom, where, and by whom.

pub mod imported;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{EncounterId, FacilityId, PatientId, ProviderId};

/// Where an encounter stands on its way to a claim; every signed one is billed, held with a reason, or not billable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EncounterStatus {
    /// Charges are entered, no claim yet.
    Open,
    /// At least one claim was made, or the patient owes it all.
    Billed,
    /// Nothing to bill, with a reason.
    NotBillable,
}

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encounter {
    /// Key.
    pub id: EncounterId,
    /// Who was seen.
    pub patient_id: PatientId,
    /// When the service happened.
    pub date_of_service: Date,
    /// The date the source system had, where an import moved it.
    pub original_date: Option<Date>,
    /// Two-digit setting code.
    pub place_of_service: String,
    /// Where, when not at the billing address.
    pub facility_id: Option<FacilityId>,
    /// Who did the service.
    pub rendering_id: ProviderId,
    /// Who sent the patient.
    pub referring_id: Option<ProviderId>,
    /// Who supervised.
    pub supervising_id: Option<ProviderId>,
    /// Who ordered.
    pub ordering_id: Option<ProviderId>,
    /// ICD-10-CM codes without dots, the principal first, at most twelve.
    pub diagnoses: Vec<String>,
    /// Permission number (REF G1).
    pub prior_authorization: Option<String>,
    /// Referral number (REF 9F).
    pub referral_number: Option<String>,
    /// An accident that caused it.
    pub accident: Option<Accident>,
    /// First day of the illness.
    pub onset_on: Option<Date>,
    /// Where it stands.
    pub status: EncounterStatus,
    /// Key in the system it was imported from; makes an import repeatable.
    pub source_key: Option<String>,
    /// What the import said, where it came by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<imported::ImportedVisit>,
}

/// What caused an accident (CLM11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AccidentCause {
    /// AA
    Auto,
    /// EM
    Employment,
    /// OA
    Other,
}

/// An accident that caused a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accident {
    /// What caused it.
    pub cause: AccidentCause,
    /// When.
    pub occurred_on: Date,
    /// In which state; required for an auto accident.
    pub state: Option<String>,
}

/// Most diagnoses a professional claim carries (HI, 005010X222A1).
pub const MOST_DIAGNOSES: usize = 12;
