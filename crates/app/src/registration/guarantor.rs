//! Who pays a patient's share, changed after registration: somebody else, or the same person at another address. A
//! guarantor may stand behind several patients; a change of the person holds for all of them.

use billing::access::{Action, Actor, ResourceState};
use billing::patient::{Guarantor, Patient};
use billing::person::{Address, Contact, PersonName};
use billing::{GuarantorId, PatientId, PracticeId};
use store::registration as rows;
use store::{Db, Json, params};

use super::setup::required;
use crate::Error;
use crate::access::allow;

/// Who pays from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // one stands on the stack while a form is saved; never in a list
pub enum GuarantorData {
    /// The patient, at the patient's own address.
    Patient,
    /// The one on file, with data put right.
    Same(PersonName, Address, Contact),
    /// Somebody else.
    Other(PersonName, Address, Contact),
}

/// Changes who pays a patient's share. Statements already sent keep whom they were sent to.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` where the name is missing.
pub fn change_guarantor(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: PatientId,
    data: &GuarantorData,
) -> Result<(), Error> {
    allow(actor, Action::EditDemographics, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let patient = rows::patient(tx, id)?.ok_or(Error::NotFound("patient"))?;
        let present = rows::guarantor(tx, patient.guarantor_id)?.ok_or(Error::NotFound("guarantor"))?;
        let guarantor = match data {
            GuarantorData::Patient if present.name == patient.name => {
                Guarantor { address: patient.address.clone(), contact: patient.contact.clone(), ..present.clone() }
            }
            GuarantorData::Patient => Guarantor {
                id: GuarantorId(tx.new_id()),
                name: patient.name.clone(),
                address: patient.address.clone(),
                contact: patient.contact.clone(),
            },
            GuarantorData::Same(name, address, contact) => {
                Guarantor { id: present.id, name: name.clone(), address: address.clone(), contact: contact.clone() }
            }
            GuarantorData::Other(name, address, contact) => Guarantor {
                id: GuarantorId(tx.new_id()),
                name: name.clone(),
                address: address.clone(),
                contact: contact.clone(),
            },
        };
        required("last", &guarantor.name.last)?;
        if guarantor.id == present.id {
            tx.execute(&rows::SAVE_GUARANTOR, params![guarantor.id, Json(guarantor.clone())])?;
        } else {
            rows::insert_guarantor(tx, &guarantor)?;
            rows::save_patient(tx, &Patient { guarantor_id: guarantor.id, ..patient })?;
        }
        tx.audit("change guarantor", "patient", id, serde_json::json!({ "guarantor": guarantor.id }));
        Ok(())
    })
}
