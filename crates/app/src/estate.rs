//! A patient who died: recorded with day, county and who acts for the estate. Statements stop at once, the claim against the
//! estate is work with its day by the state's clock, and what is the patient's goes back to the estate alone, by a refund that
//! two people decide and a paper that names who takes it.

use billing::access::{Action, Actor, ResourceState};
use billing::estate::{ClaimDay, EstateOutcome, claim_day};
use billing::id::EstateId;
use billing::work::{WorkLinks, WorkReason};
use billing::{PatientId, PracticeId};
use jiff::civil::Date;
use serde_json::json;
use store::estate::{ESTATE_OF_PATIENT, EstateRow, SAVE_ESTATE};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::patient_account::account_in;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, reason};

/// What is recorded of an estate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstateEntry {
    /// When the patient died.
    pub died_on: Date,
    /// Where a case would be opened: the state's two letters.
    pub state: String,
    /// The county.
    pub county: String,
    /// Who acts for the estate; empty while nobody is known.
    pub representative: String,
    /// The paper that says so, as it was seen: "Letters testamentary of 4 May, copy on file"; empty while none was.
    pub document: String,
    /// When the court's letters were given.
    pub letters_on: Option<Date>,
    /// When the notice to creditors reached us.
    pub notice_on: Option<Date>,
    /// When our claim was filed.
    pub filed_on: Option<Date>,
    /// What came of it.
    pub outcome: EstateOutcome,
}

/// An estate with the day of the claim.
#[derive(Debug, Clone)]
pub struct EstateView {
    /// What is recorded.
    pub row: EstateRow,
    /// By when a claim must be filed.
    pub claim_day: ClaimDay,
}

/// The estate of a patient; none of one who lives, as far as we know.
///
/// # Errors
/// `Denied`; `Refused` for who may not see names; `NotFound` for another practice's patient.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<Option<EstateView>, Error> {
    if allow(actor, Action::ViewPatient, &ResourceState::default())?.masked() {
        return Err(Error::refused("An estate names people. Ask Tier 1 or Tier 2 to show it."));
    }
    db.read(actor, practice, |read| {
        store::registration::patient(read, patient)?.ok_or(Error::NotFound("patient"))?;
        read.saw("estate", patient);
        Ok(of(read, patient)?.map(|row| EstateView { claim_day: day_of(&row), row }))
    })
}

/// The estate of a patient.
pub(crate) fn of(conn: &Conn, patient: PatientId) -> Result<Option<EstateRow>, Error> {
    Ok(conn.query_opt(&ESTATE_OF_PATIENT, params![patient])?)
}

fn day_of(row: &EstateRow) -> ClaimDay {
    claim_day(&row.state, row.letters_on, row.notice_on)
}

/// Records that a patient died, or what became known since. `revision` is what the person looked at; none for the first time.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` names the field; `Changed` where a colleague recorded something meanwhile.
pub fn record(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    (entry, revision): (&EstateEntry, Option<i64>),
) -> Result<(), Error> {
    allow(actor, Action::EditDemographics, &ResourceState::default())?;
    let state = entry.state.trim().to_ascii_uppercase();
    if state.len() != 2 || !state.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Error::invalid("state", "Give the state in two letters, such as TX."));
    }
    let county = reason::named("county", &entry.county, "Give the county where the case would be opened.")?;
    let optional = |field, text: &str| match text.trim() {
        "" => Ok(String::new()),
        some => reason::named(field, some, "At most 80 characters on one line, and no card number.").map(str::to_owned),
    };
    let (representative, document) =
        (optional("representative", &entry.representative)?, optional("document", &entry.document)?);
    db.write(actor, practice, |tx| {
        let born = store::registration::patient(tx, patient)?.ok_or(Error::NotFound("patient"))?.birth_date;
        check_days(tx.today(), *born.reveal(), entry)?;
        let known = of(tx, patient)?;
        if known.as_ref().map(|row| row.revision) != revision {
            return Err(Error::Changed);
        }
        let row = EstateRow {
            id: known.as_ref().map_or_else(|| EstateId(tx.new_id()), |row| row.id),
            patient_id: patient,
            died_on: entry.died_on,
            state: state.clone(),
            county: county.to_owned(),
            representative: representative.clone(),
            document: document.clone(),
            letters_on: entry.letters_on,
            notice_on: entry.notice_on,
            filed_on: entry.filed_on,
            outcome: entry.outcome,
            recorded_on: tx.today(),
            recorded_by_login: tx.actor().login.clone(),
            revision: revision.unwrap_or(0) + 1,
        };
        if known.is_some() {
            save(tx, &row)?;
        } else {
            tx.insert(&row)?;
        }
        tx.audit("estate.record", "estate", row.id, json!({ "patient": patient, "revision": row.revision }));
        mind(tx, &row)
    })
}

fn check_days(today: Date, born: Date, entry: &EstateEntry) -> Result<(), Error> {
    if entry.died_on < born || entry.died_on > today {
        return Err(Error::invalid("died_on", "The day is between the birth date and today."));
    }
    for (field, day) in [("letters_on", entry.letters_on), ("notice_on", entry.notice_on), ("filed_on", entry.filed_on)]
    {
        if day.is_some_and(|day| day < entry.died_on || day > today) {
            return Err(Error::invalid(field, "The day is between the death and today."));
        }
    }
    Ok(())
}

fn save(tx: &mut Tx, row: &EstateRow) -> Result<(), Error> {
    tx.execute(
        &SAVE_ESTATE,
        params![
            row.id,
            row.died_on,
            row.state,
            row.county,
            row.representative,
            row.document,
            row.letters_on,
            row.notice_on,
            row.filed_on,
            row.outcome,
            row.recorded_on,
            row.recorded_by_login,
            row.revision
        ],
    )?;
    Ok(())
}

/// The claim against the estate is work while something is owed and it was not filed; its day is the state's.
fn mind(tx: &mut Tx, row: &EstateRow) -> Result<(), Error> {
    let owed = account_in(tx, row.patient_id)?.owes_now;
    let subject_key = subject_key(WorkReason::Deceased, row.patient_id);
    let is_done = row.filed_on.is_some() || row.outcome != EstateOutcome::Open;
    if is_done || !owed.is_positive() {
        let outcome =
            if is_done { "The claim against the estate was filed, or is closed." } else { "Nothing is owed." };
        return worklist::resolve_subject(tx, &subject_key, outcome, "patient");
    }
    let (deadline_on, words) = match day_of(row) {
        ClaimDay::By(day, source) => (Some(day), format!("File the claim by {day} ({source}).")),
        ClaimDay::NotStarted(source) => (None, format!("The clock starts with the letters or the notice ({source}).")),
        ClaimDay::NotKnown => (None, format!("How long {} leaves is not known here: ask counsel today.", row.state)),
    };
    let work = NewWork {
        reason: WorkReason::Deceased,
        subject_key: subject_key.clone(),
        summary: format!("The patient died on {}; {owed} is owed by the estate. {words}", row.died_on),
        links: WorkLinks { patient_id: Some(row.patient_id), ..WorkLinks::default() },
        money_at_stake: owed,
        deadline_on,
    };
    worklist::open_or_restate(tx, vec![work])?;
    deadline_on.map_or(Ok(()), |day| worklist::bind(tx, &subject_key, day))
}

/// To whom the patient's own money goes: none for who lives. Nobody of the family is paid on their word.
///
/// # Errors
/// `Refused` where nobody is known to act for the estate, or no paper says so.
pub(crate) fn payee(conn: &Conn, patient: PatientId) -> Result<Option<EstateRow>, Error> {
    let Some(row) = of(conn, patient)? else { return Ok(None) };
    if row.representative.is_empty() || row.document.is_empty() {
        return Err(Error::refused(
            "The patient died, so the money goes to the estate alone. Record who acts for it and the paper that says so \
             first; nobody of the family is paid on their word.",
        ));
    }
    Ok(Some(row))
}
