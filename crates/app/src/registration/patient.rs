//! Patients and the people responsible for their share.

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::coverage::{Coverage, Relationship};
use billing::patient::{Guarantor, Patient};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::{GuarantorId, PatientId, Phi};
use jiff::civil::Date;
use store::registration as rows;
use store::{Db, Json, Tx, params};

use super::Registered;
use super::setup::required;
use crate::Error;
use crate::access::allow;
use crate::claim_scrub;

/// The first account number; five digits from the start, so that none looks like a date or a ZIP of nobody.
const FIRST_ACCOUNT_NUMBER: i64 = 10_001;

/// A patient as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientData {
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
    /// Language of letters: "en" or "es".
    pub language: String,
    /// Identities were filled in by an import.
    pub invented: bool,
    /// Key in the system it was imported from.
    pub source_key: Option<String>,
}

/// Who pays the patient's share.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // one stands on the stack while a form is saved; never in a list
pub enum NewGuarantor {
    /// The patient.
    Patient,
    /// Somebody on file, a parent of another child for instance.
    Known(GuarantorId),
    /// Somebody else.
    Other {
        /// Name.
        name: PersonName,
        /// Where statements go.
        address: Address,
        /// Telephone and e-mail.
        contact: Contact,
    },
}

/// A patient with what belongs to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientRecord {
    /// The patient.
    pub patient: Patient,
    /// Who pays the share.
    pub guarantor: Guarantor,
    /// The latest version of each coverage, in the order in which they pay.
    pub coverages: Vec<Coverage>,
    /// Why no statements go out, if they are held.
    pub statement_hold: Option<String>,
}

/// Registers a patient with a guarantor, or finds the one of the same source key.
///
/// # Errors
/// `Denied`; `Invalid` for a name that is missing or a birth date to come; `NotFound` for an unknown guarantor.
pub fn register_patient(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    data: &PatientData,
    guarantor: &NewGuarantor,
) -> Result<Registered<PatientId>, Error> {
    allow(actor, Action::RegisterPatient, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        if let Some(key) = &data.source_key
            && let Some((id,)) = tx.query_opt(&rows::PATIENT_BY_SOURCE, params![key.as_str()])?
        {
            return Ok(Registered::known(id));
        }
        check(data, tx.today())?;
        let guarantor_id = guarantor_of(tx, data, guarantor)?;
        let id = PatientId(tx.new_id());
        let account_number = (FIRST_ACCOUNT_NUMBER - 1 + tx.next_number("patient account")?).to_string();
        let patient = Patient {
            id,
            account_number,
            name: data.name.clone(),
            birth_date: data.birth_date,
            gender: data.gender,
            address: tidy(&data.address),
            contact: tidy_contact(&data.contact),
            guarantor_id,
            language: data.language.clone(),
            invented: data.invented,
        };
        rows::insert_patient(tx, &patient, data.source_key.as_deref())?;
        tx.audit("register", "patient", id, serde_json::json!({ "imported": data.source_key.is_some() }));
        Ok(Registered::new(id))
    })
}

fn guarantor_of(tx: &mut Tx, data: &PatientData, guarantor: &NewGuarantor) -> Result<GuarantorId, Error> {
    let (name, address, contact) = match guarantor {
        NewGuarantor::Known(id) => {
            rows::guarantor(tx, *id)?.ok_or(Error::NotFound("guarantor"))?;
            return Ok(*id);
        }
        NewGuarantor::Patient => (&data.name, &data.address, &data.contact),
        NewGuarantor::Other { name, address, contact } => (name, address, contact),
    };
    required("guarantor's last name", &name.last)?;
    let id = GuarantorId(tx.new_id());
    let guarantor = Guarantor { id, name: name.clone(), address: tidy(address), contact: tidy_contact(contact) };
    rows::insert_guarantor(tx, &guarantor)?;
    Ok(id)
}

/// Changes a patient's data. Where the patient is the member, the coverages follow as new versions; where the patient
/// is the guarantor, so does the guarantor. Claims held for data are scrubbed again.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` as for registration.
pub fn change_patient(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: PatientId,
    data: &PatientData,
) -> Result<(), Error> {
    allow(actor, Action::EditDemographics, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        check(data, tx.today())?;
        let before = rows::patient(tx, id)?.ok_or(Error::NotFound("patient"))?;
        let after = Patient {
            name: data.name.clone(),
            birth_date: data.birth_date,
            gender: data.gender,
            address: tidy(&data.address),
            contact: tidy_contact(&data.contact),
            language: data.language.clone(),
            ..before.clone()
        };
        rows::save_patient(tx, &after)?;
        carry_to_guarantor(tx, &before, &after)?;
        carry_to_coverages(tx, &before, &after)?;
        tx.audit("change", "patient", id, serde_json::json!({}));
        claim_scrub::rescrub_held(tx, id)
    })
}

fn carry_to_guarantor(tx: &mut Tx, before: &Patient, after: &Patient) -> Result<(), Error> {
    let guarantor = rows::guarantor(tx, before.guarantor_id)?.ok_or(Error::NotFound("guarantor"))?;
    if guarantor.name == before.name {
        let name = after.name.clone();
        let changed = Guarantor { name, address: after.address.clone(), contact: after.contact.clone(), ..guarantor };
        tx.execute(&rows::SAVE_GUARANTOR, params![changed.id, Json(changed.clone())])?;
    }
    Ok(())
}

fn carry_to_coverages(tx: &mut Tx, before: &Patient, after: &Patient) -> Result<(), Error> {
    for coverage in rows::coverages(tx, before.id)? {
        if coverage.relationship != Relationship::SelfSubscriber {
            continue;
        }
        let mut next = coverage.clone();
        let subscriber = &mut next.subscriber;
        // The name on the card may be spelled otherwise on purpose: it follows only where it was the same.
        if subscriber.name == before.name {
            subscriber.name = after.name.clone();
        }
        subscriber.birth_date = after.birth_date;
        subscriber.gender = after.gender;
        subscriber.address = after.address.clone();
        if next != coverage {
            next.version += 1;
            rows::insert_coverage(tx, &next, None)?;
        }
    }
    Ok(())
}

/// A patient with guarantor and coverages. Being shown is recorded.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show_patient(db: &Db, actor: &Actor, practice: PracticeId, id: PatientId) -> Result<PatientRecord, Error> {
    let state = ResourceState { patient: Some(id), ..ResourceState::default() };
    allow(actor, Action::ViewPatient, &state)?;
    db.read(actor, practice, |read| {
        let (Json(patient), statement_hold) =
            read.query_opt(&rows::PATIENT, params![id])?.ok_or(Error::NotFound("patient"))?;
        let guarantor = rows::guarantor(read, patient.guarantor_id)?.ok_or(Error::NotFound("guarantor"))?;
        let coverages = rows::coverages(read, id)?;
        read.saw("registration", id);
        Ok(PatientRecord { patient, guarantor, coverages, statement_hold })
    })
}

/// The patient of an account number.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn patient_by_account(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    account_number: &str,
) -> Result<PatientId, Error> {
    allow(actor, Action::FindPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let found = read.query_opt(&rows::PATIENT_BY_ACCOUNT, params![account_number.trim()])?;
        found.map(|row| row.0).ok_or(Error::NotFound("patient"))
    })
}

/// The patient of an import's key, if it was imported.
///
/// # Errors
/// `Denied`.
pub fn patient_by_source(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    source_key: &str,
) -> Result<Option<PatientId>, Error> {
    allow(actor, Action::FindPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query_opt(&rows::PATIENT_BY_SOURCE, params![source_key])?.map(|row| row.0)))
}

/// Only what no later step can do without; the scrub asks for the rest when a claim needs it.
fn check(data: &PatientData, today: Date) -> Result<(), Error> {
    required("last name", &data.name.last)?;
    required("first name", &data.name.first)?;
    if *data.birth_date.reveal() > today {
        return Err(Error::invalid("birth date", "A birth date cannot lie in the future."));
    }
    Ok(())
}

pub(super) fn tidy(address: &Address) -> Address {
    Address {
        line1: address.line1.trim().to_owned(),
        line2: address.line2.trim().to_owned(),
        city: address.city.trim().to_owned(),
        state: address.state.trim().to_ascii_uppercase(),
        zip: codes::postal::zip_digits(&address.zip),
    }
}

pub(super) fn tidy_contact(contact: &Contact) -> Contact {
    let digits: String = contact.phone.chars().filter(char::is_ascii_digit).collect();
    // A leading country code of the United States says nothing more.
    let phone = if digits.len() == 11 { digits.trim_start_matches('1').to_owned() } else { digits };
    Contact { phone, email: contact.email.trim().to_owned() }
}
