//! The case around a work item: waiting, coming back, opening again, merging, steps and data, how likely its money is.
//! Whose desk an item stands at, and whether it may end, is the worklist's.

pub mod asking;
pub mod oversight;
pub mod own_reasons;
pub mod people;

use std::collections::BTreeMap;

use billing::access::{Action, Actor, ActorKind, ResourceState};
use billing::id::WorkStepId;
use billing::work::case::{self, CaseFile, WaitingOn};
use billing::work::own_reason::ReasonInForce;
use billing::work::{Handover, RequiredData, Resolution, ResolutionCode, WorkItem, WorkReason, WorkState};
use billing::{ClaimId, Money, PatientId, PayerId, PracticeId, ProblemId, WorkItemId};
use jiff::ToSpan;
use jiff::civil::Date;
use store::follow_up::CLEAR_FOLLOW_UP;
use store::work_case::{
    CONSULTS_OF_ITEM, MERGED_INTO, ON_FILE_OF_PATIENT, RETURNS_OF_ITEM, TRANSFERS_OF_ITEM, WAITS_ENDED,
    WAITS_OF_CLAIMS, WAITS_OF_PATIENT, WON_AND_LOST, WORK_STEPS, WorkConsultRow, WorkReturnRow, WorkStepRow,
    WorkTransferRow, case_of, save_case,
};
use store::worklist::{OPEN_ITEM_BY_SUBJECT, WORK_EVENTS, WORK_ITEM, WorkItemRow};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::worklist::{self, movable, workable};
use crate::{Error, problems, reason};

/// A case as its page shows it.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Waiting, first action, merges.
    pub file: CaseFile,
    /// The reason as the practice works it.
    pub reason: ReasonInForce,
    /// The steps: words, whether done, and the last row of each.
    pub steps: Vec<(String, Option<WorkStepRow>)>,
    /// The data: what, and where it stands.
    pub data: Vec<(RequiredData, OnFile)>,
    /// Questions to colleagues, oldest first.
    pub consults: Vec<WorkConsultRow>,
    /// Offers to named people, oldest first.
    pub transfers: Vec<WorkTransferRow>,
    /// Returns, oldest first.
    pub returns: Vec<WorkReturnRow>,
    /// Items that go on in this one: id and their one sentence.
    pub merged: Vec<(WorkItemId, String)>,
    /// How likely the money is, per mille, and from how many ended ones; 0 where the program's own figure stands.
    pub chance: (u16, i64),
    /// Whether somebody should have begun by now and nobody has.
    pub first_action_late: bool,
    /// The problem of Tier 3 that it belongs to, or is about: its number and what it is.
    pub problem: Option<(ProblemId, String)>,
}

/// Where a piece of data stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnFile {
    /// The system has it.
    Known,
    /// Somebody wrote it down.
    Written(String),
    /// Not yet.
    Missing,
}

/// The case of an item.
///
/// # Errors
/// `NotFound` where the person may neither work nor oversee its desk.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId) -> Result<CaseView, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let item = worklist::visible(read, actor, id)?;
        let file = case_of(read, id)?;
        let reason = own_reasons::in_force(read, item.reason, read.today())?;
        let rows = read.query(&WORK_STEPS, params![id])?;
        let latest: BTreeMap<(String, String), WorkStepRow> =
            rows.into_iter().map(|row| ((row.kind.clone(), row.name.clone()), row)).collect();
        let of = |kind: &str, name: &str| latest.get(&(kind.to_owned(), name.to_owned())).cloned();
        let steps = reason.checklist.iter().map(|step| (step.clone(), of("step", step))).collect();
        let mut data = Vec::new();
        for what in item.reason.spec().required {
            let written = of(DATA, what.as_str()).map(|row| row.words).filter(|words| !words.is_empty());
            let place = match written {
                Some(words) => OnFile::Written(words),
                None if is_known(read, &item, *what)? => OnFile::Known,
                None => OnFile::Missing,
            };
            data.push((*what, place));
        }
        let mut merged = Vec::new();
        for (other,) in read.query(&MERGED_INTO, params![id])? {
            merged.extend(read.query_opt(&WORK_ITEM, params![other])?.map(|row| (row.id, row.summary)));
        }
        let begin_by = store::clock::calendar(read)?.add_business_days(item.opened_on, reason.first_action);
        Ok(CaseView {
            problem: problems::of_item(read, &item, &file)?,
            first_action_late: item.state != WorkState::Resolved
                && file.first_action_on.is_none()
                && read.today() > begin_by,
            chance: chance(read, item.links.payer_id, item.reason)?,
            consults: read.query(&CONSULTS_OF_ITEM, params![id])?,
            transfers: read.query(&TRANSFERS_OF_ITEM, params![id])?,
            returns: read.query(&RETURNS_OF_ITEM, params![id])?,
            file,
            reason,
            steps,
            data,
            merged,
        })
    })
}

const DATA: &str = "data";
const STEP: &str = "step";

/// Whether the system has a piece of data about what the item is linked to.
fn is_known(read: &Conn, item: &WorkItem, what: RequiredData) -> Result<bool, Error> {
    let links = &item.links;
    let of_patient = |place: fn((i64, i64, i64)) -> i64| -> Result<bool, Error> {
        let Some(patient) = links.patient_id else { return Ok(false) };
        Ok(read.query_opt(&ON_FILE_OF_PATIENT, params![patient])?.is_some_and(|counts| place(counts) > 0))
    };
    Ok(match what {
        RequiredData::Account | RequiredData::Balance | RequiredData::Ledger | RequiredData::Contact => {
            links.patient_id.is_some()
        }
        RequiredData::Summary => true,
        RequiredData::Coverage | RequiredData::EffectiveDates => of_patient(|counts| counts.0)?,
        RequiredData::EligibilityAnswer => of_patient(|counts| counts.1)?,
        RequiredData::Statement => of_patient(|counts| counts.2)?,
        RequiredData::Claim | RequiredData::Codes => links.claim_id.is_some(),
        RequiredData::Encounter => links.encounter_id.is_some() || links.claim_id.is_some(),
        RequiredData::Decision => links.remittance_id.is_some(),
        RequiredData::FilingLimit => item.deadline_on.is_some(),
        RequiredData::StatusCodes => {
            links.remittance_id.is_some() || item.reason.spec().family == billing::work::Family::Rejection
        }
        RequiredData::Acknowledgment
        | RequiredData::PaymentMethod
        | RequiredData::PaymentTrace
        | RequiredData::BankNotice
        | RequiredData::InsuranceCard
        | RequiredData::Eob
        | RequiredData::Note
        | RequiredData::Authorization
        | RequiredData::Estimate
        | RequiredData::NetworkStatus
        | RequiredData::Application
        | RequiredData::AgencyNumber
        | RequiredData::WrittenNotice
        | RequiredData::RequestForm
        | RequiredData::AuthorityDocument
        | RequiredData::DeathDate
        | RequiredData::BankruptcyCase
        | RequiredData::AccidentClaim
        | RequiredData::ReturnedItem
        | RequiredData::ConsentLog
        | RequiredData::Need
        | RequiredData::OriginalClaim
        | RequiredData::PayerClaimNumber
        | RequiredData::ReceivedDate
        | RequiredData::PayDate
        | RequiredData::CheckData
        | RequiredData::RequestLetter
        | RequiredData::DemandLetter
        | RequiredData::AppealLevel
        | RequiredData::Contract
        | RequiredData::ProviderNumber
        | RequiredData::EnrollmentForm => false,
    })
}

/// Days of history that a chance is computed from: one year, so that a payer's new ways show.
const HISTORY_DAYS: i32 = 365;
/// How many ended items the program's own figure weighs as: a payer with three ended ones has no history yet.
const PRIOR_WEIGHT: i64 = 10;

/// How likely money at stake comes in, per mille, by what became of the same payer's work of the same reason; and from how
/// many ended ones.
///
/// # Errors
/// Of the store.
pub fn chance(read: &Conn, payer: Option<PayerId>, reason: WorkReason) -> Result<(u16, i64), Error> {
    let shipped = reason.spec().chance;
    let Some(payer) = payer else { return Ok((shipped, 0)) };
    let since = read.today().saturating_sub(HISTORY_DAYS.days());
    let (ended, won) = read.query_one(&WON_AND_LOST, params![payer, reason, since])?;
    let likely = (won * 1_000 + PRIOR_WEIGHT * i64::from(shipped)) / (ended + PRIOR_WEIGHT);
    Ok((u16::try_from(likely.clamp(0, 1_000)).unwrap_or(shipped), ended))
}

/// Expected cents of an amount at a chance.
pub fn expected(stake: Money, per_mille: u16) -> Money {
    Money::from_cents(stake.cents().saturating_mul(i64::from(per_mille)) / 1_000)
}

/// The item waits for somebody until a day; its own days stop, the legal one does not.
///
/// # Errors
/// `Refused` in a sentence; `NotFound` where the person may not work the desk.
pub fn wait(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    (on, what, until): (WaitingOn, &str, Date),
) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        let mut file = case_of(tx, id)?;
        let sentence = format!("Waits for {} until {until}: {}", on.label(), what.trim());
        let calendar = store::clock::calendar(tx)?;
        worklist::change(tx, item, "waits", &sentence, |item, today| {
            Ok(case::wait(item, &mut file, (on, what, until), today, &calendar)?)
        })?;
        touch(&mut file, actor, tx.today());
        Ok(save_case(tx, id, &file)?)
    })
}

/// Ends a wait before its day.
///
/// # Errors
/// `Refused` where it does not wait; `NotFound`.
pub fn resume(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, "Say in a sentence what came, so that the next person knows.")?;
    db.write(actor, practice, |tx| {
        movable(tx, actor, id)?;
        if come_back(tx, id, why)? { Ok(()) } else { Err(Error::refused("This item waits for nobody.")) }
    })
}

fn come_back(tx: &mut Tx, id: WorkItemId, why: &str) -> Result<bool, Error> {
    let Some(row) = tx.query_opt(&WORK_ITEM, params![id])? else { return Ok(false) };
    let mut file = case_of(tx, id)?;
    if file.waiting.is_none() {
        return Ok(false);
    }
    let calendar = store::clock::calendar(tx)?;
    worklist::change(tx, row.into(), "resumed", why, |item, today| {
        case::resume(item, &mut file, today, &calendar);
        Ok(())
    })?;
    save_case(tx, id, &file)?;
    Ok(true)
}

/// Most waits that one run of the job ends; the rest follow the next day.
const MOST_ENDED: i64 = 5_000;

/// Every wait whose day has come ends: the item is work again.
///
/// # Errors
/// Of the store.
pub fn end_waits(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let mut ended = 0;
        for (id,) in tx.query(&WAITS_ENDED, params![tx.today(), MOST_ENDED])? {
            ended += usize::from(come_back(tx, id, "The day it waited for has come, and no answer did")?);
        }
        Ok(ended)
    })
}

/// An answer came about claims: what waited for that party is work again.
pub(crate) fn answer_about(tx: &mut Tx, claims: &[ClaimId], from: WaitingOn, what: &str) -> Result<(), Error> {
    for (id,) in tx.query_in(&WAITS_OF_CLAIMS, params![from], claims)? {
        come_back(tx, id, what)?;
    }
    Ok(())
}

/// A patient came forward: what waited for that person is work again.
pub(crate) fn answer_of_patient(tx: &mut Tx, patient: PatientId, what: &str) -> Result<(), Error> {
    for (id,) in tx.query(&WAITS_OF_PATIENT, params![patient, WaitingOn::Patient])? {
        come_back(tx, id, what)?;
    }
    Ok(())
}

/// Opens what had ended. Its history stays, and what it asked for is asked again.
///
/// # Errors
/// `Refused` where it is open, where another item of the same matter is, or without a sentence.
pub fn reopen(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, why: &str) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        workable(tx, actor, id)?;
        open_again(tx, id, "reopened", why)
    })
}

fn open_again(tx: &mut Tx, id: WorkItemId, kind: &str, why: &str) -> Result<(), Error> {
    let row: WorkItemRow = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?;
    if row.state == WorkState::Resolved
        && let Some(other) = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![row.subject_key])?
    {
        return Err(Error::refused(format!(
            "The same matter is open already, as “{}”. Work on that one.",
            other.summary
        )));
    }
    let mut file = case_of(tx, id)?;
    let own = own_reasons::in_force(tx, row.reason, tx.today())?;
    let due_on = store::clock::calendar(tx)?.add_business_days(tx.today(), own.resolve);
    // The claim comes back into our hand: its payer is not waited for.
    if let Some(claim) = row.claim_id.filter(|_| row.inquiry_id.is_none() && row.state == WorkState::Resolved) {
        tx.execute(&CLEAR_FOLLOW_UP, params![claim])?;
    }
    let sentence = format!("Opened again: {}", why.trim());
    worklist::change(tx, row.into(), kind, &sentence, |item, _| Ok(case::reopen(item, &mut file, why, due_on)?))?;
    Ok(save_case(tx, id, &file)?)
}

/// The item goes on in another one that is about the same patient or claim; links and history of both are kept.
///
/// # Errors
/// `Refused` where they are not about one matter, where either has ended, or where this one alone has something in hand.
pub fn merge(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, into: WorkItemId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let (item, survivor) = (movable(tx, actor, id)?, workable(tx, actor, into)?);
        refuse_strangers(&item, &survivor)?;
        worklist::refuse_what_is_in_hand(tx, &item)?;
        let mut file = case_of(tx, id)?;
        let words = format!("Goes on in: {}", survivor.summary);
        let resolution = Resolution {
            outcome: words.clone(),
            root_cause: "submission".to_owned(),
            code: Some(ResolutionCode::Merged),
            ..Resolution::default()
        };
        let told = format!("Goes on here too: {}", item.summary);
        worklist::change(tx, item, "merged", &words, |item, _| Ok(item.resolve(resolution.clone())?))?;
        store::worklist::append_event(tx, into, "noted", &told)?;
        (file.merged_into, file.waiting) = (Some(into), None);
        touch(&mut file, actor, tx.today());
        Ok(save_case(tx, id, &file)?)
    })
}

fn refuse_strangers(item: &WorkItem, survivor: &WorkItem) -> Result<(), Error> {
    if item.id == survivor.id || survivor.state == WorkState::Resolved {
        return Err(Error::refused("Choose another open item in which this one goes on."));
    }
    let same = |one: Option<uuid::Uuid>, other: Option<uuid::Uuid>| one.is_some() && one == other;
    let (a, b) = (&item.links, &survivor.links);
    let is_one_matter = same(a.claim_id.map(Into::into), b.claim_id.map(Into::into))
        || same(a.patient_id.map(Into::into), b.patient_id.map(Into::into))
        || same(a.remittance_id.map(Into::into), b.remittance_id.map(Into::into));
    if !is_one_matter {
        return Err(Error::refused("The two are about different patients, claims and payments: each stays its own."));
    }
    // A claim is always in a hand: the survivor must hold it too.
    if a.claim_id.is_some() && a.claim_id != b.claim_id {
        return Err(Error::refused(
            "This item holds its claim, and the other is about another one. Merge the other way round.",
        ));
    }
    if item.links.inquiry_id.is_some() {
        return Err(Error::refused("A question is answered to who asked it. Answer it, then the item ends by itself."));
    }
    Ok(())
}

/// Takes a merge back: the item is open again on its own.
///
/// # Errors
/// `Refused` where it was not merged.
pub fn part(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, why: &str) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        workable(tx, actor, id)?;
        if case_of(tx, id)?.merged_into.is_none() {
            return Err(Error::refused("This item was not merged into another."));
        }
        open_again(tx, id, "parted", why)
    })
}

/// Who made a complaint was told that it arrived.
///
/// # Errors
/// `Refused` where it is no complaint or was acknowledged.
pub fn acknowledge(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, how: &str) -> Result<(), Error> {
    let how = reason::given(how, "Say how it was acknowledged: by letter, by telephone, to whom.")?;
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        let mut file = case_of(tx, id)?;
        if item.reason != WorkReason::Complaint || file.acknowledged_on.is_some() {
            return Err(Error::refused("Nothing is to be acknowledged here."));
        }
        file.acknowledged_on = Some(tx.today());
        touch(&mut file, actor, tx.today());
        save_case(tx, id, &file)?;
        Ok(store::worklist::append_event(tx, id, "acknowledged", &format!("Acknowledged: {how}"))?)
    })
}

/// Ticks a step of the checklist, or takes the tick back.
///
/// # Errors
/// `Refused` where the list has no such step.
pub fn tick(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    (step, done): (&str, bool),
) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        if !own_reasons::in_force(tx, item.reason, tx.today())?.checklist.iter().any(|known| known == step) {
            return Err(Error::refused("The checklist has no such step any more. Look at the list again."));
        }
        record(tx, &item, (STEP, step, done), "")
    })
}

/// Writes down a piece of data that the work needs.
///
/// # Errors
/// `Refused` where the reason asks for no such thing; `Invalid` without words.
pub fn write_down(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    (what, words): (RequiredData, &str),
) -> Result<(), Error> {
    if words.trim().is_empty() || words.chars().count() > LONGEST_DATA {
        return Err(Error::invalid("words", "Write it down in a few words, without a card number."));
    }
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        if !item.reason.spec().required.contains(&what) {
            return Err(Error::refused("This work does not ask for that."));
        }
        record(tx, &item, (DATA, what.as_str(), true), words.trim())
    })
}

/// Longest words of a piece of data: a number, a day, a name, a place; more is a note.
const LONGEST_DATA: usize = 300;

fn record(tx: &mut Tx, item: &WorkItem, (kind, name, done): (&str, &str, bool), words: &str) -> Result<(), Error> {
    if item.state == WorkState::Resolved {
        return Err(Error::refused("This item is resolved; reopen it to work on it again."));
    }
    let actor = tx.actor().clone();
    let row = WorkStepRow {
        id: WorkStepId(tx.new_id()),
        work_item_id: item.id,
        kind: kind.to_owned(),
        name: name.to_owned(),
        is_done: i64::from(done),
        words: words.to_owned(),
        recorded_at: tx.now(),
        recorded_by: actor.user,
        recorded_by_login: actor.login.clone(),
    };
    tx.insert(&row)?;
    first_action(tx, item.id)
}

/// The first thing that a person did counts as the beginning.
pub(crate) fn first_action(tx: &mut Tx, id: WorkItemId) -> Result<(), Error> {
    let actor = tx.actor().clone();
    let mut file = case_of(tx, id)?;
    if touch(&mut file, &actor, tx.today()) { Ok(save_case(tx, id, &file)?) } else { Ok(()) }
}

/// An item moved or ended: nothing waits any more, and a person's move is an action.
pub(crate) fn follow(tx: &mut Tx, item: &WorkItem, kind: &str) -> Result<(), Error> {
    let ends_wait = matches!(kind, "escalated" | "returned" | "resolved" | "cash");
    let actor = tx.actor().clone();
    if !ends_wait && actor.kind != ActorKind::User {
        return Ok(());
    }
    let mut file = case_of(tx, item.id)?;
    let stops = ends_wait && file.waiting.take().is_some();
    let begins = ACTIONS.contains(&kind) && touch(&mut file, &actor, tx.today());
    if stops || begins { Ok(save_case(tx, item.id, &file)?) } else { Ok(()) }
}

/// What counts as having begun. To put an item back, or to be given one, is no action.
const ACTIONS: [&str; 5] = ["taken", "escalated", "returned", "resolved", "noted"];

fn touch(file: &mut CaseFile, actor: &Actor, today: Date) -> bool {
    actor.kind == ActorKind::User && file.touched(actor.user, today)
}

/// A handover that the machine knows already: what was ticked and noted, the money, the dates, the data.
pub fn draft_handover(case: &CaseView, view: &worklist::WorkItemView) -> Handover {
    let done: Vec<&str> = case
        .steps
        .iter()
        .filter(|(_, row)| row.as_ref().is_some_and(|row| row.is_done == 1))
        .map(|(step, _)| step.as_str())
        .collect();
    let open = case.steps.len() - done.len();
    let mut tried = if done.is_empty() { String::new() } else { format!("Done: {}. ", done.join("; ")) };
    if open > 0 && !done.is_empty() {
        tried.push_str(&format!("{open} steps are open. "));
    }
    let notes = view.events.iter().filter(|event| event.kind == "noted").map(|event| event.sentence.as_str());
    tried.push_str(&notes.collect::<Vec<_>>().join(" "));
    let mut evidence = format!("{} at stake, due {}", view.item.money_at_stake, view.item.due_on);
    if let Some(deadline) = view.item.deadline_on {
        evidence.push_str(&format!(", legal or contract date {deadline}"));
    }
    for (what, place) in &case.data {
        match place {
            OnFile::Written(words) => evidence.push_str(&format!(". {}: {words}", what.label())),
            OnFile::Missing => evidence.push_str(&format!(". {}: missing", what.label())),
            OnFile::Known => {}
        }
    }
    Handover {
        problem: view.item.summary.clone(),
        tried: tried.trim().to_owned(),
        evidence,
        promised: String::new(),
        to_decide: String::new(),
    }
}

/// The events of an item, for those who merge it.
///
/// # Errors
/// Of the store.
pub fn history(read: &Conn, id: WorkItemId) -> Result<Vec<store::worklist::WorkEventRow>, Error> {
    Ok(read.query(&WORK_EVENTS, params![id])?)
}
