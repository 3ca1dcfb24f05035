//! From a visit to charges: diagnoses, procedures, places and people come in; priced charges and what is owed for them
//! come out, in one transaction.
//!
//! The payer whose coverage is in force owes a charge first; without one the patient does, and the front desk is asked
//! for the coverage unless the visit is self-pay. Whether a claim is fit to send is the scrub's question, so codes that
//! will not do are taken in and held later. Changes of a visit stand in `change`.

mod change;
pub(crate) mod dues;
pub mod fee;
mod owner;
mod reimport;
mod transfer;

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::charge::{Charge, Drug, Procedure, Units};
use billing::coverage::in_force;
use billing::encounter::{Accident, Encounter, EncounterStatus};
use billing::fee_schedule::price_on;
use billing::work::{WorkLinks, WorkReason};
use billing::{ChargeId, EncounterId, FacilityId, PatientId, PayerId, ProviderId};
use jiff::civil::Date;
use ledger::{Account, DraftEntry, EntrySource, Money};
use store::charge as rows;
use store::registration;
use store::{Conn, Db, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::patient_payment::{apply_unapplied, mind_kept_money};
use crate::worklist::{self, NewWork, subject_key};

pub(crate) use dues::{dues_are_asked, withdraw_after_others};
pub(crate) use owner::follow_credit;
pub use reimport::{Difference, ImportedAgain, import_visits};
pub(crate) use transfer::{keep_payments, owed_by, payments_on};

pub use change::{
    CodedLine, VisitChange, VisitCodes, bill_patient, bill_plan, change_codes, change_visit, not_billable,
};

/// Most that one charge may be: ten million dollars, above the dearest single treatment. More is a slip; the books never
/// forget it, and a few slips of the size of a 64-bit number would make every sum over them fail.
const LARGEST_CHARGE: Money = Money::from_cents(1_000_000_000);

/// A visit as it comes in, from the form, a CSV or a FHIR bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVisit {
    /// Who was seen.
    pub patient_id: PatientId,
    /// When.
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
    /// ICD-10-CM codes, with or without dots, the principal first.
    pub diagnoses: Vec<String>,
    /// Permission number.
    pub prior_authorization: Option<String>,
    /// Referral number.
    pub referral_number: Option<String>,
    /// An accident that caused it.
    pub accident: Option<Accident>,
    /// First day of the illness.
    pub onset_on: Option<Date>,
    /// The patient pays it all, by choice or for want of coverage.
    pub self_pay: bool,
    /// Key in the system it was imported from, or of the form it was entered with ([`form_key`]); the same key a second
    /// time changes nothing.
    pub source_key: Option<String>,
    /// What was done.
    pub services: Vec<NewService>,
}

/// One thing done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewService {
    /// Code and modifiers.
    pub procedure: Procedure,
    /// How often.
    pub units: Units,
    /// Which diagnoses, from 1.
    pub diagnosis_pointers: Vec<u8>,
    /// The price of all units; from the fee schedule where none is given.
    pub amount: Option<Money>,
    /// The drug given.
    pub drug: Option<Drug>,
}

/// What a capture made or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// The visit.
    pub encounter_id: EncounterId,
    /// Its charges, in order.
    pub charges: Vec<ChargeId>,
    /// Who owes first; none where the patient does.
    pub payer_id: Option<PayerId>,
    /// False where the source key was there already, so that nothing was added.
    pub is_new: bool,
}

/// What the key of a form begins with; imports never make one like it.
const FORM_KEY: &str = "form:";

/// The source key of a visit that a person enters: a second click on the same form is the same visit.
pub fn form_key(form: &str) -> String {
    format!("{FORM_KEY}{form}")
}

fn is_import(visit: &NewVisit) -> bool {
    visit.source_key.as_ref().is_some_and(|key| !key.starts_with(FORM_KEY))
}

/// Stores a visit with its charges and what is owed for them.
///
/// # Errors
/// `Denied`; `NotFound` for patient, provider or facility; `Invalid` for a date to come, no service, or a service
/// without a price.
pub fn capture(db: &Db, actor: &Actor, practice: PracticeId, visit: &NewVisit) -> Result<Captured, Error> {
    let action = if is_import(visit) { Action::ImportCharges } else { Action::EnterCharges };
    allow(actor, action, &ResourceState::default())?;
    db.write(actor, practice, |tx| capture_in(tx, visit))
}

/// Stores many visits in one transaction: all of them or none.
///
/// # Errors
/// As [`capture`]; the first visit that fails stops all.
pub fn capture_all(db: &Db, actor: &Actor, practice: PracticeId, visits: &[NewVisit]) -> Result<Vec<Captured>, Error> {
    allow(actor, Action::ImportCharges, &ResourceState::default())?;
    db.write(actor, practice, |tx| visits.iter().map(|visit| capture_in(tx, visit)).collect())
}

fn capture_in(tx: &mut Tx, visit: &NewVisit) -> Result<Captured, Error> {
    if let Some(known) = already_there(tx, visit)? {
        return Ok(known);
    }
    check(tx, visit)?;
    let encounter_id = EncounterId(tx.new_id());
    let charges = charges(tx, encounter_id, visit)?;
    let coverages = if visit.self_pay { Vec::new() } else { registration::coverages(tx, visit.patient_id)? };
    let payer_id = in_force(&coverages, visit.date_of_service).first().map(|coverage| coverage.payer_id);
    let encounter = encounter(encounter_id, visit, &charges);
    rows::insert(tx, &encounter, &charges)?;
    recognise(tx, &encounter, &charges, payer_id)?;
    if payer_id.is_none() && !visit.self_pay {
        ask_for_coverage(tx, &encounter, &charges)?;
    }
    tx.audit("capture charges", "encounter", encounter_id, serde_json::json!({ "charges": charges.len() }));
    if visit.self_pay {
        // Nobody is asked for money that we already hold for them.
        apply_unapplied(tx, visit.patient_id)?;
    }
    // Money that paid for nothing may wait for this visit now.
    mind_kept_money(tx, visit.patient_id)?;
    let charges = charges.iter().map(|charge| charge.id).collect();
    Ok(Captured { encounter_id, charges, payer_id, is_new: true })
}

fn already_there(tx: &mut Tx, visit: &NewVisit) -> Result<Option<Captured>, Error> {
    let Some(key) = &visit.source_key else { return Ok(None) };
    let Some(encounter_id) = rows::encounter_by_source(tx, key)? else { return Ok(None) };
    let charges = rows::charges(tx, encounter_id)?.iter().map(|charge| charge.id).collect();
    let payer_id = tx.query(&store::claim::LIVE_CLAIMS_OF_ENCOUNTER, params![encounter_id])?.first().map(|row| row.1);
    Ok(Some(Captured { encounter_id, charges, payer_id, is_new: false }))
}

fn check(tx: &mut Tx, visit: &NewVisit) -> Result<(), Error> {
    if visit.date_of_service > tx.today() {
        return Err(Error::invalid("date of service", "A visit is charged after it took place; correct the date."));
    }
    if visit.services.is_empty() {
        return Err(Error::invalid("services", "Enter at least one service; nothing was done that could be charged."));
    }
    registration::patient(tx, visit.patient_id)?.ok_or(Error::NotFound("patient"))?;
    people_exist(
        tx,
        [Some(visit.rendering_id), visit.referring_id, visit.supervising_id, visit.ordering_id],
        visit.facility_id,
    )
}

pub(crate) fn people_exist(
    conn: &Conn,
    people: [Option<ProviderId>; 4],
    facility: Option<FacilityId>,
) -> Result<(), Error> {
    for provider in people.into_iter().flatten() {
        registration::provider(conn, provider)?.ok_or(Error::NotFound("provider"))?;
    }
    if let Some(facility) = facility {
        registration::facility(conn, facility)?.ok_or(Error::NotFound("facility"))?;
    }
    Ok(())
}

fn encounter(id: EncounterId, visit: &NewVisit, charges: &[Charge]) -> Encounter {
    Encounter {
        id,
        patient_id: visit.patient_id,
        date_of_service: visit.date_of_service,
        original_date: visit.original_date,
        place_of_service: visit.place_of_service.trim().to_owned(),
        facility_id: visit.facility_id,
        rendering_id: visit.rendering_id,
        referring_id: visit.referring_id,
        supervising_id: visit.supervising_id,
        ordering_id: visit.ordering_id,
        diagnoses: visit.diagnoses.iter().map(|code| codes::icd10cm::normalized(code)).collect(),
        prior_authorization: visit.prior_authorization.clone(),
        referral_number: visit.referral_number.clone(),
        accident: visit.accident.clone(),
        onset_on: visit.onset_on,
        // Self-pay is billed to the patient at once; no claim will come.
        status: if visit.self_pay { EncounterStatus::Billed } else { EncounterStatus::Open },
        source_key: visit.source_key.clone(),
        imported: is_import(visit).then(|| reimport::as_imported(visit, charges)),
    }
}

fn charges(tx: &mut Tx, encounter_id: EncounterId, visit: &NewVisit) -> Result<Vec<Charge>, Error> {
    let mut charges = Vec::with_capacity(visit.services.len());
    for (service, line_number) in visit.services.iter().zip(1_i32..) {
        let procedure = upper(&service.procedure);
        let amount = match service.amount {
            Some(amount) if amount < Money::ZERO => {
                return Err(Error::invalid(format!("service {line_number} amount"), "A price is zero or more."));
            }
            Some(amount) if amount > LARGEST_CHARGE => {
                return Err(Error::invalid(
                    format!("service {line_number} amount"),
                    "At most 10,000,000.00 for one service. Check the amount.",
                ));
            }
            Some(amount) => amount,
            None => price(tx, &procedure, service.units, visit.date_of_service, line_number)?,
        };
        charges.push(Charge {
            id: ChargeId(tx.new_id()),
            encounter_id,
            patient_id: visit.patient_id,
            line_number,
            date_of_service: visit.date_of_service,
            procedure,
            diagnosis_pointers: service.diagnosis_pointers.clone(),
            units: service.units,
            amount,
            drug: service.drug.clone(),
        });
    }
    Ok(charges)
}

fn upper(procedure: &Procedure) -> Procedure {
    let clean = |text: &String| text.trim().to_ascii_uppercase();
    Procedure { code: clean(&procedure.code), modifiers: procedure.modifiers.iter().map(clean).collect() }
}

/// The list price of all units on a day.
fn price(conn: &Conn, procedure: &Procedure, units: Units, on: Date, line_number: i32) -> Result<Money, Error> {
    let field = || format!("service {line_number} procedure");
    let items = registration::prices(conn, &procedure.code, on)?;
    let unit = price_on(&items, &procedure.code, &procedure.modifiers, on).ok_or_else(|| {
        Error::invalid(field(), "The fee schedule has no price for this code on that day. Add it, or enter the amount.")
    })?;
    of_units(unit, units)
        .filter(|amount| *amount <= LARGEST_CHARGE)
        .ok_or_else(|| Error::invalid(field(), "The price of so many units is too large; correct the units."))
}

/// Price of a unit times thousandths of units, rounded half up to the cent.
fn of_units(unit: Money, units: Units) -> Option<Money> {
    let thousandths = unit.cents().checked_mul(units.thousandths())?;
    Some(Money::from_cents(thousandths.checked_add(500)?.div_euclid(1000)))
}

/// Debits who owes and credits what was earned, one entry for the visit.
fn recognise(tx: &mut Tx, encounter: &Encounter, charges: &[Charge], payer: Option<PayerId>) -> Result<(), Error> {
    let mut entry = DraftEntry::new(encounter.date_of_service, "Charges of a visit", source(encounter.id));
    for charge in charges {
        entry = entry.debit(receivable(charge, payer), charge.amount, "charge").credit(
            Account::Revenue { charge: charge.id.0 },
            charge.amount,
            "charge",
        );
    }
    post(tx, entry, &format!("charges:{}", encounter.id))
}

/// An entry without money (every price zero) is no entry.
fn post(tx: &mut Tx, entry: DraftEntry, key: &str) -> Result<(), Error> {
    if entry.postings.iter().all(|posting| posting.amount.is_zero()) {
        return Ok(());
    }
    let entry = entry.balance().map_err(|unbalanced| Error::refused(format!("{unbalanced}.")))?;
    tx.post(&entry, key)?;
    Ok(())
}

fn source(encounter: EncounterId) -> EntrySource {
    EntrySource { kind: "encounter".into(), id: encounter.0 }
}

/// The account of who owes a charge: a payer, else the patient.
fn receivable(charge: &Charge, payer: Option<PayerId>) -> Account {
    match payer {
        Some(payer) => Account::PayerReceivable { charge: charge.id.0, payer: payer.0 },
        None => Account::PatientReceivable { charge: charge.id.0, patient: charge.patient_id.0 },
    }
}

fn ask_for_coverage(tx: &mut Tx, encounter: &Encounter, charges: &[Charge]) -> Result<(), Error> {
    let stake = charges.iter().map(|charge| charge.amount).sum();
    worklist::open(
        tx,
        NewWork {
            reason: WorkReason::CoverageMissing,
            subject_key: subject_key(WorkReason::CoverageMissing, encounter.id),
            summary: format!("No coverage was in force on {}.", encounter.date_of_service),
            links: WorkLinks {
                patient_id: Some(encounter.patient_id),
                encounter_id: Some(encounter.id),
                ..WorkLinks::default()
            },
            money_at_stake: stake,
            deadline_on: None,
        },
    )?;
    Ok(())
}

/// After coverages changed: each visit without a claim is owed by the payer whose coverage is in force on its day, and the
/// question for a coverage ends; where none is in force any more, the question is asked. What a payer owes that no claim
/// asks for and whose coverage is gone is the patient's.
pub(crate) fn follow_coverages(tx: &mut Tx, patient: PatientId) -> Result<(), Error> {
    let open = tx.query(&rows::OPEN_ENCOUNTERS_OF_PATIENT, params![patient])?;
    let coverages = registration::coverages(tx, patient)?;
    for (id,) in open {
        let encounter = rows::encounter(tx, id)?.ok_or(Error::NotFound("visit"))?;
        let charges = rows::charges(tx, id)?;
        match in_force(&coverages, encounter.date_of_service).first() {
            Some(coverage) => {
                let why = format!("coverage {}", coverage.id);
                owed_by(tx, &encounter, &charges, Some(coverage.payer_id), &why)?;
                let outcome = "A coverage that was in force was entered.";
                worklist::resolve_subject(tx, &subject_key(WorkReason::CoverageMissing, id), outcome, "registration")?;
            }
            None => {
                owed_by(tx, &encounter, &charges, None, "no coverage")?;
                ask_for_coverage(tx, &encounter, &charges)?;
            }
        }
    }
    dues::follow_coverages(tx, patient, &coverages)?;
    mind_kept_money(tx, patient)
}

/// A visit with its charges, voided ones left out. Being shown is recorded.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show_visit(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: EncounterId,
) -> Result<(Encounter, Vec<Charge>), Error> {
    allow(actor, Action::ViewClaim, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let encounter = rows::encounter(read, id)?.ok_or(Error::NotFound("visit"))?;
        let charges = rows::charges(read, id)?;
        read.saw("visit", encounter.patient_id);
        Ok((encounter, charges))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_units_are_priced_to_the_cent() {
        let price = |cents, units: &str| of_units(Money::from_cents(cents), units.parse().unwrap());
        assert_eq!(price(1_001, "1.5"), Some(Money::from_cents(1_502)));
        assert_eq!(price(900, "4"), Some(Money::from_cents(3_600)));
        assert_eq!(price(1, "0.499"), Some(Money::ZERO));
        assert_eq!(price(i64::MAX, "2"), None);
    }
}
