//! The person who got care and the person who is responsible for their share.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::person::{Address, Contact, Gender, PersonName};
use crate::{GuarantorId, PatientId, Phi};

/// The person who got care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Key.
    pub id: PatientId,
    /// What people say on the telephone: a short number of our own, unique in the practice.
    pub account_number: String,
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth_date: Phi<Date>,
    /// Administrative gender.
    pub gender: Gender,
    /// Home address.
    pub address: Address,
    /// Telephone and e-mail.
    pub contact: Contact,
    /// Who pays the patient's share.
    pub guarantor_id: GuarantorId,
    /// Language of letters: "en" or "es".
    pub language: String,
    /// Identities here were filled in by an import, not by a person.
    pub invented: bool,
}

/// Who is responsible for the patient's share; often the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarantor {
    /// Key.
    pub id: GuarantorId,
    /// Name.
    pub name: PersonName,
    /// Where statements go.
    pub address: Address,
    /// Telephone and e-mail.
    pub contact: Contact,
}
