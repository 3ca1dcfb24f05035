//! Changes of a visit before its claim is on its way: the front desk mends data, the coder codes. What a change of
//! codes or units makes of the price is posted as a difference; no posting is ever changed.

use std::collections::HashSet;

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::charge::{Charge, Drug, Procedure, Units};
use billing::claim::ClaimStatus;
use billing::encounter::{Accident, Encounter, EncounterStatus};
use billing::work::WorkReason;
use billing::{ChargeId, EncounterId, FacilityId, PatientId, ProviderId};
use jiff::civil::Date;
use ledger::{Account, AccountKind, DraftEntry, Money};
use store::charge as rows;
use store::{Db, Tx, params};

use super::{owner, people_exist, post, price, receivable, source, upper};
use crate::Error;
use crate::access::allow;
use crate::patient_payment::{apply_unapplied, mind_kept_money};
use crate::worklist::{self, subject_key};
use crate::{claim_creation, claim_scrub, corrected_claim};

/// The data of a visit that the front desk keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitChange {
    /// When.
    pub date_of_service: Date,
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
    /// Permission number.
    pub prior_authorization: Option<String>,
    /// Referral number.
    pub referral_number: Option<String>,
    /// An accident that caused it.
    pub accident: Option<Accident>,
    /// First day of the illness.
    pub onset_on: Option<Date>,
    /// Units and drugs of lines by their number; lines that are not named stay as they are.
    pub lines: Vec<(i32, Units, Option<Drug>)>,
}

impl From<&Encounter> for VisitChange {
    fn from(encounter: &Encounter) -> Self {
        VisitChange {
            date_of_service: encounter.date_of_service,
            place_of_service: encounter.place_of_service.clone(),
            facility_id: encounter.facility_id,
            rendering_id: encounter.rendering_id,
            referring_id: encounter.referring_id,
            supervising_id: encounter.supervising_id,
            ordering_id: encounter.ordering_id,
            prior_authorization: encounter.prior_authorization.clone(),
            referral_number: encounter.referral_number.clone(),
            accident: encounter.accident.clone(),
            onset_on: encounter.onset_on,
            lines: Vec::new(),
        }
    }
}

/// The codes of a visit, whole: lines that are not named are taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitCodes {
    /// ICD-10-CM codes, the principal first.
    pub diagnoses: Vec<String>,
    /// What was done.
    pub lines: Vec<CodedLine>,
}

/// One line as coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodedLine {
    /// The line's number; none for a new one.
    pub line_number: Option<i32>,
    /// Code and modifiers.
    pub procedure: Procedure,
    /// How often.
    pub units: Units,
    /// Which diagnoses, from 1.
    pub diagnosis_pointers: Vec<u8>,
}

impl VisitCodes {
    /// The codes as they stand, to be changed.
    pub fn of(encounter: &Encounter, charges: &[Charge]) -> VisitCodes {
        let line = |charge: &Charge| CodedLine {
            line_number: Some(charge.line_number),
            procedure: charge.procedure.clone(),
            units: charge.units,
            diagnosis_pointers: charge.diagnosis_pointers.clone(),
        };
        VisitCodes { diagnoses: encounter.diagnoses.clone(), lines: charges.iter().map(line).collect() }
    }
}

/// Changes a visit's data. On another day its charges are owed by whose coverage is in force then. Claims held for it
/// are scrubbed again.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid`; `Refused` where a claim of the visit is on its way or decided, or pinned to a coverage
/// that does not pay on the new day.
pub fn change_visit(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: EncounterId,
    change: &VisitChange,
) -> Result<(), Error> {
    allow(actor, Action::EnterCharges, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        if change.date_of_service > tx.today() {
            return Err(Error::invalid("date of service", "A visit is charged after it took place; correct the date."));
        }
        let mut encounter = changeable(tx, id)?;
        let people = [Some(change.rendering_id), change.referring_id, change.supervising_id, change.ordering_id];
        people_exist(tx, people, change.facility_id)?;
        let is_moved = encounter.date_of_service != change.date_of_service;
        apply(&mut encounter, change);
        rows::save_encounter(tx, &encounter)?;
        let before = rows::charges(tx, id)?;
        if is_moved {
            owner::follow_date(tx, &encounter, &before)?;
        }
        let mut after = before.clone();
        for charge in &mut after {
            charge.date_of_service = change.date_of_service;
            if let Some((_, units, drug)) = change.lines.iter().find(|line| line.0 == charge.line_number) {
                reprice(tx, charge, *units)?;
                charge.drug = drug.clone();
            }
        }
        save_charges(tx, &encounter, &before, &after)?;
        tx.audit("change visit", "encounter", id, serde_json::json!({}));
        claim_scrub::rescrub_held(tx, encounter.patient_id)
    })
}

fn apply(encounter: &mut Encounter, change: &VisitChange) {
    encounter.date_of_service = change.date_of_service;
    encounter.place_of_service = change.place_of_service.trim().to_owned();
    encounter.facility_id = change.facility_id;
    encounter.rendering_id = change.rendering_id;
    encounter.referring_id = change.referring_id;
    encounter.supervising_id = change.supervising_id;
    encounter.ordering_id = change.ordering_id;
    encounter.prior_authorization = change.prior_authorization.clone();
    encounter.referral_number = change.referral_number.clone();
    encounter.accident = change.accident.clone();
    encounter.onset_on = change.onset_on;
}

/// Codes a visit anew: diagnoses, procedures, modifiers, pointers; lines may come and go. Claims held for it are
/// scrubbed again.
///
/// # Errors
/// `Denied` for all but a coder; `NotFound`; `Invalid` for a code without a price or an unknown line; `Refused` where a
/// claim of the visit is on its way or decided.
pub fn change_codes(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: EncounterId,
    coded: &VisitCodes,
) -> Result<(), Error> {
    allow(actor, Action::ChangeCodes, &ResourceState::default())?;
    each_line_once(coded)?;
    db.write(actor, practice, |tx| {
        let mut encounter = changeable(tx, id)?;
        encounter.diagnoses = coded.diagnoses.iter().map(|code| codes::icd10cm::normalized(code)).collect();
        rows::save_encounter(tx, &encounter)?;
        let before = rows::charges(tx, id)?;
        let lines = coded.lines.iter().map(|line| coded_charge(tx, &encounter, &before, line));
        let after = lines.collect::<Result<_, _>>()?;
        let after = number_new(tx, id, after)?;
        save_charges(tx, &encounter, &before, &after)?;
        tx.audit("change codes", "encounter", id, serde_json::json!({ "lines": coded.lines.len() }));
        claim_scrub::rescrub_held(tx, encounter.patient_id)
    })
}

/// Takes a visit back: entered twice, or never took place. Its charges are voided, what is still owed for them is
/// cancelled, a claim that is not on its way is closed, and what the patient paid for it is kept for the patient.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for a reason that says nothing; `Refused` where a claim is on its way or decided, or a
/// payer paid something.
pub fn not_billable(db: &Db, actor: &Actor, practice: PracticeId, id: EncounterId, reason: &str) -> Result<(), Error> {
    allow(actor, Action::EnterCharges, &ResourceState::default())?;
    let reason = crate::reason::given(reason, "Say in a sentence why nothing is billed; an auditor reads it.")?;
    db.write(actor, practice, |tx| {
        let encounter = changeable(tx, id)?;
        if encounter.status == EncounterStatus::NotBillable {
            return Err(Error::refused("The visit is not billed already; nothing was changed."));
        }
        for (claim, _, status) in tx.query(&store::claim::LIVE_CLAIMS_OF_ENCOUNTER, params![id])? {
            if corrected_claim::is_being_made(tx, claim, status)? {
                return Err(Error::refused(
                    "A payer decided this visit, and a correction of its claim is being made. Void the claim instead; when \
                     the payer has taken its decision back, say that the visit is not billed.",
                ));
            }
        }
        let charges = rows::charges(tx, id)?;
        super::transfer::keep_payments(tx, charges.iter().map(|charge| (charge.id, charge.patient_id)))?;
        refuse_if_paid(tx, &charges)?;
        let of: Vec<ChargeId> = charges.iter().map(|charge| charge.id).collect();
        crate::write_off::lapse_debts(tx, &of, |_| true)?;
        // What a voided claim's payer owes in the books goes with the charges.
        let dues = super::dues::of_visit(tx, id)?;
        if !dues.is_empty() {
            super::dues::move_to(tx, &encounter, &dues, owner::payer_of(tx, &encounter)?)?;
            super::dues::end_work(tx, &encounter, "The visit is not billed.")?;
        }
        save_charges(tx, &encounter, &charges, &[])?;
        for (claim, _, _) in tx.query(&store::claim::LIVE_CLAIMS_OF_ENCOUNTER, params![id])? {
            claim_creation::withdraw(tx, claim, reason)?;
        }
        let subject = subject_key(WorkReason::CoverageMissing, id);
        worklist::resolve_subject(tx, &subject, &format!("The visit is not billed: {reason}"), "registration")?;
        let patient = encounter.patient_id;
        rows::save_encounter(tx, &Encounter { status: EncounterStatus::NotBillable, ..encounter })?;
        tx.audit("not billable", "encounter", id, serde_json::json!({ "reason": reason }));
        settle_patient(tx, patient)
    })
}

/// Bills the patient: a visit for want of any coverage, or what the next payer would owe where there is none. The work
/// that waited for it ends.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where a payer has the visit and has to decide first, or nothing of it waits.
pub fn bill_patient(db: &Db, actor: &Actor, practice: PracticeId, id: EncounterId) -> Result<(), Error> {
    allow(actor, Action::EditCoverage, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let encounter = rows::encounter(tx, id)?.ok_or(Error::NotFound("visit"))?;
        match encounter.status {
            EncounterStatus::Open => bill_open(tx, encounter.clone())?,
            EncounterStatus::Billed => bill_dues(tx, &encounter)?,
            EncounterStatus::NotBillable => {
                return Err(Error::refused("The visit is not billed, so nobody owes anything for it."));
            }
        }
        tx.audit("bill patient", "encounter", id, serde_json::json!({}));
        settle_patient(tx, encounter.patient_id)
    })
}

/// Bills the plan after all: a visit that the patient was billed for, whose coverage was found later. What the patient paid
/// is kept until their share is known. Never by itself: a patient may have paid so that the plan is not told.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where a payer has or decided the visit, it is not billed to the patient, or no coverage
/// is in force on its day.
pub fn bill_plan(db: &Db, actor: &Actor, practice: PracticeId, id: EncounterId) -> Result<(), Error> {
    allow(actor, Action::EditCoverage, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let encounter =
            rows::encounter(tx, id)?.filter(|one| !super::fee::is_fee(one)).ok_or(Error::NotFound("visit"))?;
        let claims = tx.query(&store::claim::PLACES_OF_CLAIMS_OF_ENCOUNTER, params![id])?;
        let is_with_payer = |status: ClaimStatus, decided: bool| status != ClaimStatus::Closed || decided;
        if encounter.status != EncounterStatus::Billed
            || claims.iter().any(|(_, status, decided_on)| is_with_payer(*status, decided_on.is_some()))
        {
            return Err(Error::refused("The visit is not billed to the patient alone; nothing was changed."));
        }
        let open = Encounter { status: EncounterStatus::Open, ..encounter };
        let Some(payer) = super::owner::payer_of(tx, &open)? else {
            return Err(Error::refused(format!(
                "No coverage is in force on {}. Enter it first, then bill the plan.",
                open.date_of_service
            )));
        };
        let charges = rows::charges(tx, id)?;
        super::owed_by(tx, &open, &charges, Some(payer), "coverage found later")?;
        rows::save_encounter(tx, &open)?;
        tx.audit("bill plan", "encounter", id, serde_json::json!({ "payer": payer.to_string() }));
        settle_patient(tx, open.patient_id)
    })
}

fn bill_open(tx: &mut Tx, encounter: Encounter) -> Result<(), Error> {
    let id = encounter.id;
    if !tx.query(&store::claim::LIVE_CLAIMS_OF_ENCOUNTER, params![id])?.is_empty() {
        return Err(Error::refused("The visit has a claim; its payer decides first what the patient owes."));
    }
    let charges = rows::charges(tx, id)?;
    super::owed_by(tx, &encounter, &charges, None, "self-pay")?;
    let subject = subject_key(WorkReason::CoverageMissing, id);
    worklist::resolve_subject(tx, &subject, "There is no coverage; the patient pays.", "registration")?;
    Ok(rows::save_encounter(tx, &Encounter { status: EncounterStatus::Billed, ..encounter })?)
}

fn bill_dues(tx: &mut Tx, encounter: &Encounter) -> Result<(), Error> {
    super::withdraw_after_others(tx, encounter.id, |_| true, "the patient is billed")?;
    let dues = super::dues::of_visit(tx, encounter.id)?;
    if dues.is_empty() {
        return Err(Error::refused(
            "Nothing of this visit waits to be billed: it is the patient's already, or its payer decides first.",
        ));
    }
    super::dues::move_to(tx, encounter, &dues, None)?;
    let protected: Money = super::dues::of_visit(tx, encounter.id)?.iter().map(|(_, _, amount)| *amount).sum();
    if !protected.is_zero() {
        return Err(Error::refused(format!(
            "The law forbids asking the patient for {protected} of it: a payer said so (a member of a Medicare savings \
             program, or Medicaid). Bill the plan that pays after it, or ask for a write-off. Nothing was changed."
        )));
    }
    super::dues::end_work(tx, encounter, "No further plan pays; the patient does.")
}

/// The patient's money that is kept pays what the patient owes now; what is left over becomes work.
pub(super) fn settle_patient(tx: &mut Tx, patient: PatientId) -> Result<(), Error> {
    apply_unapplied(tx, patient)?;
    mind_kept_money(tx, patient)
}

fn refuse_if_paid(tx: &mut Tx, charges: &[Charge]) -> Result<(), Error> {
    let ids: Vec<uuid::Uuid> = charges.iter().map(|charge| charge.id.0).collect();
    let balances = store::ledger::charge_balances(tx, &ids)?;
    let open = |charge: &Charge| -> Money {
        let owed = balances.iter().filter(|balance| balance.charge_id == charge.id.0);
        owed.filter(|balance| balance.account != AccountKind::Revenue).map(|balance| balance.cents).sum()
    };
    if charges.iter().any(|charge| open(charge) != charge.amount) {
        return Err(Error::refused(
            "A payer paid or adjusted something for this visit. Tier 2 must sort that out first.",
        ));
    }
    Ok(())
}

/// A line named twice would move the books twice and the charge once.
fn each_line_once(coded: &VisitCodes) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for number in coded.lines.iter().filter_map(|line| line.line_number) {
        if !seen.insert(number) {
            return Err(Error::invalid(format!("line {number}"), "The line is coded twice; keep one of the two."));
        }
    }
    Ok(())
}

fn coded_charge(tx: &mut Tx, encounter: &Encounter, before: &[Charge], line: &CodedLine) -> Result<Charge, Error> {
    let procedure = upper(&line.procedure);
    let Some(number) = line.line_number else {
        return Ok(Charge {
            id: ChargeId(tx.new_id()),
            encounter_id: encounter.id,
            patient_id: encounter.patient_id,
            line_number: 0,
            date_of_service: encounter.date_of_service,
            amount: price(tx, &procedure, line.units, encounter.date_of_service, 0)?,
            procedure,
            diagnosis_pointers: line.diagnosis_pointers.clone(),
            units: line.units,
            drug: None,
        });
    };
    let known = before.iter().find(|charge| charge.line_number == number);
    let mut charge = known.cloned().ok_or_else(|| {
        Error::invalid(format!("line {number}"), "The visit has no such line; look at it again before coding.")
    })?;
    charge.diagnosis_pointers = line.diagnosis_pointers.clone();
    let same_price = charge.procedure.code == procedure.code && charge.procedure.modifiers == procedure.modifiers;
    charge.procedure = procedure;
    if same_price {
        reprice(tx, &mut charge, line.units)?;
    } else {
        recode(tx, &mut charge, line.units)?;
    }
    Ok(charge)
}

/// A new code, or other units, has its list price; where there is none the change is refused.
fn recode(tx: &mut Tx, charge: &mut Charge, units: Units) -> Result<(), Error> {
    charge.amount = price(tx, &charge.procedure, units, charge.date_of_service, charge.line_number)?;
    charge.units = units;
    Ok(())
}

/// The same code keeps its price while the units stay; other units are priced by the list.
fn reprice(tx: &mut Tx, charge: &mut Charge, units: Units) -> Result<(), Error> {
    if charge.units != units {
        recode(tx, charge, units)?;
    }
    Ok(())
}

fn number_new(tx: &mut Tx, id: EncounterId, mut charges: Vec<Charge>) -> Result<Vec<Charge>, Error> {
    let first = rows::next_line_number(tx, id)?;
    for (charge, number) in charges.iter_mut().filter(|charge| charge.line_number == 0).zip(first..) {
        charge.line_number = number;
    }
    Ok(charges)
}

/// The visit, if no claim of it is on its way or decided.
pub(super) fn changeable(tx: &mut Tx, id: EncounterId) -> Result<Encounter, Error> {
    let encounter = rows::encounter(tx, id)?.filter(|one| !super::fee::is_fee(one)).ok_or(Error::NotFound("visit"))?;
    for (payer, status, adjudicated_on) in tx.query(&store::claim::PLACES_OF_CLAIMS_OF_ENCOUNTER, params![id])? {
        match status {
            ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => {}
            // Withdrawn before any payer decided it: nothing of it is in the books.
            ClaimStatus::Closed if adjudicated_on.is_none() => {}
            // Taken back from its payer, which took back its decision.
            ClaimStatus::Closed if corrected_claim::is_voided(tx, id, payer)? => {}
            ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => {
                return Err(Error::refused(
                    "The claim of this visit is with the payer or decided. Wait for the answer; a decided one needs a \
                     corrected claim, which is Tier 2's.",
                ));
            }
        }
    }
    for (claim, _, status) in tx.query(&store::claim::LIVE_CLAIMS_OF_ENCOUNTER, params![id])? {
        if corrected_claim::is_void_being_made(tx, claim, status)? {
            return Err(Error::refused(
                "The claim of this visit is being voided: the void says what the payer decided, word for word. Send it or \
                 drop it first.",
            ));
        }
        if claim_scrub::payer_has_it(tx, claim, status)? {
            return Err(Error::refused(
                "The payer has an earlier version of this visit's claim. Tier 2 says first what is to become of it; the \
                 work item is with the claim.",
            ));
        }
    }
    Ok(encounter)
}

/// Saves what changed and posts what it makes of the money.
pub(super) fn save_charges(
    tx: &mut Tx,
    encounter: &Encounter,
    before: &[Charge],
    after: &[Charge],
) -> Result<(), Error> {
    let payer = owner::payer_of(tx, encounter)?;
    let mut entry = DraftEntry::new(tx.today(), "A visit was corrected", source(encounter.id));
    let move_by = |entry: DraftEntry, charge: &Charge, difference: Money, why: &'static str| {
        entry.debit(receivable(charge, payer), difference, why).credit(
            Account::Revenue { charge: charge.id.0 },
            difference,
            why,
        )
    };
    let mut added = Vec::new();
    for charge in after {
        match before.iter().find(|old| old.id == charge.id) {
            None => {
                entry = move_by(entry, charge, charge.amount, "charge");
                added.push(charge.clone());
            }
            Some(old) if old == charge => {}
            Some(old) => {
                entry = move_by(entry, charge, charge.amount - old.amount, "correction");
                rows::save_charge(tx, charge)?;
            }
        }
    }
    for old in before.iter().filter(|old| after.iter().all(|charge| charge.id != old.id)) {
        entry = move_by(entry, old, -old.amount, "taken back");
        rows::void_charge(tx, old.id)?;
    }
    rows::insert_charges(tx, &added)?;
    let stamp = tx.new_id();
    post(tx, entry, &format!("correction:{}:{stamp}", encounter.id))?;
    let touched: Vec<Charge> = before.iter().chain(&added).cloned().collect();
    owner::mind_credit(tx, encounter, &touched)
}
