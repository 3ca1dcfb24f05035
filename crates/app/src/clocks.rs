//! Clocks as people meet them: what runs, when it ends, and what somebody decides about it. A clock starts and stops with
//! what it is about (`store::clock_follow`); here it is looked at, decided, and started by hand where no event of ours tells
//! of it. Nothing expires but by a person's word.

use billing::access::{Action, Actor, ResourceState};
use billing::clock::{ClockDecision, ClockKind, ClockState, left_words};
use billing::work::Calendar;
use billing::{ClaimId, ClockId, PatientId, PracticeId};
use jiff::civil::Date;
use serde_json::json;
use store::claim::CLAIM_ROW;
use store::clock::{
    CLOCK, CLOCK_COUNTS, CLOCK_EVENTS, CLOCKS_OF_SUBJECT, ClockCount, ClockEventRow, ClockFilter, ClockLine, ClockRow,
    DECIDE_CLOCK, GRANTED, MOVE_CLOCK, RUNNING_CLOCKS_OF, RUNNING_CLOCKS_OF_ITEM, RUNNING_CLOCKS_OF_PATIENT,
    append_event,
};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::{Error, reason, worklist};

pub mod ahead;
mod look;
pub mod proof;
pub mod terms;

pub(crate) use look::look;

/// The key of the item that a clock opens before its last day.
pub(crate) fn warning_key(clock: ClockId) -> String {
    format!("clock_warning:{clock}")
}

/// The key of the lead's item once its last day is here and nobody decided.
pub(crate) fn overdue_key(clock: ClockId) -> String {
    format!("clock_overdue:{clock}")
}

/// One clock with what was said of it.
#[derive(Debug, Clone)]
pub struct ClockView {
    /// The clock.
    pub clock: ClockRow,
    /// What was said of it, oldest first.
    pub events: Vec<ClockEventRow>,
    /// "Wed 25 Nov, 4 business days left — filing limit, payer's contract"; of one that ended, why.
    pub words: String,
    /// What may be decided about it by this person.
    pub decisions: Vec<ClockDecision>,
}

/// A running clock in a few words, for the page of what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Key.
    pub id: ClockId,
    /// Which.
    pub kind: ClockKind,
    /// Its last day.
    pub due_on: Date,
    /// Business days left; below zero where it is past.
    pub left: i64,
    /// "Wed 25 Nov, 4 business days left — filing limit, payer's contract".
    pub words: String,
}

/// A page of clocks.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, filter: &ClockFilter) -> Result<Vec<ClockLine>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let lines = store::clock::lines(read, filter)?;
        for patient in lines.iter().filter_map(|line| line.patient_id) {
            read.saw("list of clocks", patient);
        }
        Ok(lines)
    })
}

/// How many clocks run of each kind, with the practice's calendar for words about days.
///
/// # Errors
/// `Denied`.
pub fn counts(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(Vec<ClockCount>, Calendar), Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let today = read.today();
        let week = today.saturating_add(jiff::Span::new().days(7));
        let calendar = Calendar::clone(&*store::clock::calendar(read)?);
        Ok((read.query(&CLOCK_COUNTS, params![today, week])?, calendar))
    })
}

/// One clock.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: ClockId) -> Result<ClockView, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let clock = read.query_opt(&CLOCK, params![id])?.ok_or(Error::NotFound("clock"))?;
        if let Some(patient) = clock.patient_id {
            read.saw("clock", patient);
        }
        let (today, calendar) = (read.today(), store::clock::calendar(read)?);
        let words = match clock.state {
            ClockState::Running => left_words(clock.kind, clock.due_on, &clock.term_source, today, &calendar),
            ClockState::Met | ClockState::Moot | ClockState::LetGo | ClockState::Expired => clock.words.clone(),
        };
        let may = |decision: &ClockDecision| allow(actor, needed(*decision), &ResourceState::default()).is_ok();
        let decisions = match clock.state {
            ClockState::Running => clock.kind.decisions(clock.due_on < today).into_iter().filter(may).collect(),
            ClockState::Met | ClockState::Moot | ClockState::LetGo | ClockState::Expired => Vec::new(),
        };
        Ok(ClockView { events: read.query(&CLOCK_EVENTS, params![id])?, clock, words, decisions })
    })
}

/// The running clocks of a claim, the nearest first; for whoever may see the claim.
///
/// # Errors
/// Of the store.
pub fn of_claim(conn: &Conn, claim: ClaimId) -> Result<Vec<Running>, Error> {
    let rows = conn.query(&CLOCKS_OF_SUBJECT, params![claim])?;
    in_words(conn, rows.into_iter().filter(|clock| clock.state == ClockState::Running))
}

/// The running clocks of a patient's account, the nearest first.
///
/// # Errors
/// Of the store.
pub fn of_patient(conn: &Conn, patient: PatientId) -> Result<Vec<Running>, Error> {
    let rows = conn.query(&RUNNING_CLOCKS_OF_PATIENT, params![patient])?;
    in_words(conn, rows.into_iter())
}

fn in_words(conn: &Conn, rows: impl Iterator<Item = ClockRow>) -> Result<Vec<Running>, Error> {
    let (today, calendar) = (conn.today(), store::clock::calendar(conn)?);
    Ok(rows
        .map(|clock| Running {
            id: clock.id,
            kind: clock.kind,
            due_on: clock.due_on,
            left: calendar.business_days_between(today, clock.due_on),
            words: left_words(clock.kind, clock.due_on, &clock.term_source, today, &calendar),
        })
        .collect())
}

/// The running clocks of a claim or of an account, for a page.
///
/// # Errors
/// `Denied`.
pub fn running_of(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    claim: Option<ClaimId>,
    patient: Option<PatientId>,
) -> Result<Vec<Running>, Error> {
    allow(actor, Action::ViewHome, &ResourceState::default())?;
    db.read(actor, practice, |read| match (claim, patient) {
        (Some(claim), _) => of_claim(read, claim),
        (None, Some(patient)) => of_patient(read, patient),
        (None, None) => Ok(Vec::new()),
    })
}

/// The right that a decision needs: whoever works may say that something was done, a lead that it is given up.
fn needed(decision: ClockDecision) -> Action {
    if decision.gives_up() { Action::DecideClock } else { Action::KeepClocks }
}

/// What a person says about a clock.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// What.
    pub decision: ClockDecision,
    /// Of more time: the new last day.
    pub until: Option<Date>,
    /// Why, in a sentence; the auditor reads it.
    pub words: String,
}

/// A person decides about a running clock: it was done, more time was granted, it is let go, or it was missed.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words or a day; `Refused` where the clock ended, or its kind knows no such end.
pub fn decide(db: &Db, actor: &Actor, practice: PracticeId, id: ClockId, new: &NewDecision) -> Result<(), Error> {
    allow(actor, needed(new.decision), &ResourceState::default())?;
    let words = reason::given(&new.words, "Say in a sentence why; the auditor and the payer may ask.")?;
    db.write(actor, practice, |tx| {
        let clock = tx.query_opt(&CLOCK, params![id])?.ok_or(Error::NotFound("clock"))?;
        let today = tx.today();
        if clock.state != ClockState::Running {
            return Err(Error::refused(format!("This clock ended already: {}", clock.words)));
        }
        if !clock.kind.decisions(clock.due_on < today).contains(&new.decision) {
            return Err(Error::refused(why_not(&clock, new.decision, today)));
        }
        let (state, outcome) = match new.decision {
            ClockDecision::Done => (ClockState::Met, "It was done"),
            ClockDecision::LetGo => (ClockState::LetGo, "It was let go"),
            ClockDecision::Expired => (ClockState::Expired, "It was missed"),
            ClockDecision::Extended => return extend(tx, &clock, new.until, words),
        };
        let actor = tx.actor().clone();
        tx.execute(&DECIDE_CLOCK, params![id, state, today, Some(actor.user), Some(actor.login), words])?;
        said(tx, id, new.decision, words)?;
        end_items(tx, id, &format!("{outcome}: {words}"))
    })
}

fn why_not(clock: &ClockRow, decision: ClockDecision, today: Date) -> String {
    let title = clock.kind.title();
    match decision {
        ClockDecision::LetGo if clock.due_on < today => {
            format!(
                "The last day of {title} was {}. Say that it was missed, or that it was done in time.",
                clock.due_on
            )
        }
        ClockDecision::LetGo => format!("{title} is a duty: nobody lets it go. Do it, and say that it was done."),
        ClockDecision::Expired => {
            format!("The last day of {title} is {}: it is not missed yet. Let it go if it is not wanted.", clock.due_on)
        }
        ClockDecision::Extended => format!("Nobody extends {title}. Do it in time, or decide what it ends with."),
        ClockDecision::Done => "This clock cannot be ended so.".to_owned(),
    }
}

/// Most days by which one word extends a clock: whoever grants more says so again.
const MOST_EXTENSION_DAYS: i32 = 366;

fn extend(tx: &mut Tx, clock: &ClockRow, until: Option<Date>, words: &str) -> Result<(), Error> {
    let until = until.ok_or_else(|| Error::invalid("until", "Say until which day more time was granted."))?;
    if until <= clock.due_on || until < tx.today() || (until - clock.due_on).get_days() > MOST_EXTENSION_DAYS {
        return Err(Error::invalid("until", "Give a day after the present last day, within a year of it."));
    }
    tx.execute(&MOVE_CLOCK, params![clock.id, until, "", GRANTED, 0_i64])?;
    let sentence = format!("More time until {until}, before {}: {words}", clock.due_on);
    said(tx, clock.id, ClockDecision::Extended, &sentence)?;
    end_items(tx, clock.id, &sentence)
}

fn said(tx: &mut Tx, clock: ClockId, decision: ClockDecision, words: &str) -> Result<(), Error> {
    append_event(tx, clock, decision.as_str(), words)?;
    tx.audit("clock.decide", "clock", clock, json!({ "decision": decision.as_str() }));
    Ok(())
}

/// The items that a clock opened end with it; those of others only heard of it.
fn end_items(tx: &mut Tx, clock: ClockId, outcome: &str) -> Result<(), Error> {
    worklist::resolve_subject(tx, &warning_key(clock), outcome, "payer")?;
    worklist::resolve_subject(tx, &overdue_key(clock), outcome, "payer")
}

/// An item that a clock opened ends with the clock, not by words about the item.
///
/// # Errors
/// `Refused` while the clock runs.
pub(crate) fn refuse_while_running(tx: &Tx, item: &billing::work::WorkItem) -> Result<(), Error> {
    use billing::work::WorkReason;
    if !matches!(item.reason, WorkReason::ClockWarning | WorkReason::ClockOverdue) {
        return Ok(());
    }
    if tx.query(&RUNNING_CLOCKS_OF_ITEM, params![item.id])?.is_empty() {
        return Ok(());
    }
    Err(Error::refused(
        "The clock of this item still runs. Do what it waits for, or decide on the clock's page that it was done, extended, \
         let go or missed; the item then ends by itself.",
    ))
}

/// A clock that a person starts: a letter came, a court wrote, an estimate was asked for.
#[derive(Debug, Clone)]
pub struct NewClock {
    /// Which.
    pub kind: ClockKind,
    /// About this claim …
    pub claim: Option<ClaimId>,
    /// … or about this account.
    pub patient: Option<PatientId>,
    /// Day 0: of the letter, of the request.
    pub started_on: Date,
    /// Its last day, where a letter or a court gave one.
    pub due_on: Option<Date>,
    /// What started it, in a sentence without a name.
    pub words: String,
}

/// Starts a clock by hand.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words, a subject, or a last day where none can be counted; `Refused` where one
/// of the kind runs for it already.
pub fn start(db: &Db, actor: &Actor, practice: PracticeId, new: &NewClock) -> Result<ClockId, Error> {
    allow(actor, Action::KeepClocks, &ResourceState::default())?;
    let words = reason::given(&new.words, "Say in a sentence what started it: which letter, whose request.")?;
    db.write(actor, practice, |tx| {
        if new.started_on > tx.today() {
            return Err(Error::invalid("started_on", "A clock starts today or on a day that has passed."));
        }
        let (claim, payer, patient, stake) = match (new.claim, new.patient) {
            (Some(claim), _) => {
                let row = tx.query_opt(&CLAIM_ROW, params![claim])?.ok_or(Error::NotFound("claim"))?;
                (Some(claim), Some(row.payer_id), row.patient_id, row.total_cents)
            }
            (None, Some(patient)) => {
                store::registration::patient(tx, patient)?.ok_or(Error::NotFound("patient"))?;
                (None, None, patient, billing::Money::ZERO)
            }
            (None, None) => return Err(Error::invalid("claim", "Say of which claim or of which account.")),
        };
        let subject = claim.map_or(patient.0, |claim| claim.0);
        let runs = tx.query_in(&RUNNING_CLOCKS_OF, params![], &[subject])?;
        if runs.iter().any(|clock| clock.kind == new.kind) {
            return Err(Error::refused("Such a clock runs for it already. Look at it, and decide that one first."));
        }
        let calendar = store::clock::calendar(tx)?;
        let found = terms::terms_for(tx, new.kind, payer, new.started_on)?;
        let due_on = match (new.due_on, found) {
            (Some(due_on), _) if due_on >= new.started_on => due_on,
            (Some(_), _) => return Err(Error::invalid("due_on", "The last day is not before the day it starts on.")),
            (None, Some(terms)) => terms.length.after(new.started_on, &calendar),
            (None, None) => {
                return Err(Error::invalid(
                    "due_on",
                    "No law or contract that we know sets its length: give its last day.",
                ));
            }
        };
        let counted = found.filter(|terms| terms.length.after(new.started_on, &calendar) == due_on);
        let clock = ClockRow {
            id: ClockId(tx.new_id()),
            kind: new.kind,
            subject_id: subject,
            state: ClockState::Running,
            patient_id: Some(patient),
            claim_id: claim,
            encounter_id: None,
            payer_id: payer,
            inquiry_id: None,
            stake_cents: stake,
            started_on: new.started_on,
            started_by: words.to_owned(),
            due_on,
            term: counted.map(|terms| terms.length.to_string()).unwrap_or_default(),
            term_source: counted.map_or("the date that was given", |terms| terms.source.words()).to_owned(),
            warned: 0,
            work_item_id: None,
            ended_on: None,
            decided_by: None,
            ended_by_login: None,
            words: String::new(),
        };
        tx.insert(&clock)?;
        append_event(tx, clock.id, "started", words)?;
        tx.audit(
            "clock.start",
            "clock",
            clock.id,
            json!({ "kind": clock.kind.as_str(), "due_on": due_on.to_string() }),
        );
        look::mind(tx, &clock, &calendar)?;
        Ok(clock.id)
    })
}
