//! Questions from outside: find the account, verify two identifiers, answer, or escalate. Nothing of an account is
//! told before two identifiers matched, and what was told is written down.

use billing::access::{Action, Actor, ResourceState, Role};
use billing::work::inquiry::{Channel, IDENTIFIERS_NEEDED, Inquiry, InquiryReason};
use billing::work::item::SHORTEST_SENTENCE;
use billing::work::{Handover, NoticeKind, WorkItem, WorkLinks, WorkState};
use billing::{InquiryId, Money, PatientId, PracticeId, WorkItemId};
use jiff::civil::Date;
use store::inquiry::{
    FoundPatient, INQUIRY, InquiryRow, MOST_FOUND, PATIENTS_BY_ACCOUNT, PATIENTS_BY_BIRTH_DATE, PATIENTS_BY_BOTH_NAMES,
    PATIENTS_BY_CLAIM, PATIENTS_BY_NAME, PATIENTS_BY_PHONE, PATIENTS_BY_STATEMENT, PATIENTS_BY_WHOLE_NAME,
};
use store::worklist::{OPEN_ITEM_BY_SUBJECT, WORK_EVENTS};
use store::{Db, Read, Tx, params};

mod identity;

pub use identity::{Claimed, IdentityCheck, allow_checks, verify_identity};

use crate::access::allow;
use crate::cases;
use crate::worklist::{self, NewWork};
use crate::{Error, notices};

/// Most characters of a search.
pub const LONGEST_SEARCH: usize = 100;
/// Most characters of a question or an answer.
pub const LONGEST_TEXT: usize = 4_000;

/// Finds people by account, claim or statement number, telephone, birth date, or the beginning of the family name.
///
/// # Errors
/// `Invalid` for an empty or overlong search; `Denied` without the right to find patients.
pub fn find(db: &Db, actor: &Actor, practice: PracticeId, search: &str) -> Result<Vec<FoundPatient>, Error> {
    allow(actor, Action::FindPatient, &ResourceState::default())?;
    let search = search.trim();
    if search.is_empty() || search.chars().count() > LONGEST_SEARCH {
        return Err(Error::invalid(
            "search",
            "Type a name, birth date, telephone, account, claim or statement number.",
        ));
    }
    db.read(actor, practice, |read| {
        let mut found = by_number(read, search)?;
        if found.is_empty() {
            found = by_person(read, search)?;
        }
        Ok(found)
    })
}

fn by_number(read: &mut Read, search: &str) -> Result<Vec<FoundPatient>, Error> {
    let upper = search.to_ascii_uppercase();
    for statement in [&PATIENTS_BY_ACCOUNT, &PATIENTS_BY_CLAIM, &PATIENTS_BY_STATEMENT] {
        let found = read.query(statement, params![upper])?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn by_person(read: &mut Read, search: &str) -> Result<Vec<FoundPatient>, Error> {
    if let Some(day) = read_date(search) {
        return Ok(read.query(&PATIENTS_BY_BIRTH_DATE, params![day, MOST_FOUND])?);
    }
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 10 {
        return Ok(read.query(&PATIENTS_BY_PHONE, params![digits, MOST_FOUND])?);
    }
    if let Some((last, first)) = search.split_once(',') {
        return by_names(read, last, first);
    }
    // A family name may have several words, and so may a given name: first the whole is a family name, then each space
    // in turn stands between the two.
    let whole = store::name_key(search);
    let mut found = read.query(&PATIENTS_BY_NAME, params![whole, end_of(&whole), MOST_FOUND])?;
    for (place, _) in search.match_indices(' ').take(MOST_SPACES) {
        if !found.is_empty() {
            break;
        }
        found = by_names(read, &search[place + 1..], &search[..place])?;
    }
    Ok(found)
}

/// Spaces of a search at which a given name may end: a name of more words is found by its beginning.
const MOST_SPACES: usize = 4;

/// Where the names that begin so end in the alphabet.
fn end_of(key: &str) -> String {
    format!("{key}\u{10ffff}")
}

/// People of a family name, or of one that begins so, whose given name begins so. The given name is compared in the
/// database: of a frequent family name no list of twenty would hold everybody.
fn by_names(read: &mut Read, last: &str, first: &str) -> Result<Vec<FoundPatient>, Error> {
    let (last, first) = (store::name_key(last), store::name_key(first));
    if last.is_empty() {
        return Ok(read.query(&PATIENTS_BY_NAME, params![first, end_of(&first), MOST_FOUND])?);
    }
    let whole = read.query(&PATIENTS_BY_WHOLE_NAME, params![last, first, end_of(&first), MOST_FOUND])?;
    if !whole.is_empty() {
        return Ok(whole);
    }
    let both = params![last, end_of(&last), first, end_of(&first), MOST_FOUND];
    Ok(read.query(&PATIENTS_BY_BOTH_NAMES, both)?)
}

/// Reads 1980-01-31, 1/31/1980 or 01/31/1980.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// What is known when somebody asks.
#[derive(Debug, Clone)]
pub struct NewInquiry {
    /// How it came in.
    pub channel: Channel,
    /// What it is about.
    pub reason: InquiryReason,
    /// Whose account, if found.
    pub patient_id: Option<PatientId>,
    /// What was asked.
    pub question: String,
}

/// Writes down a question and opens its work item. A call is taken by the person who logs it, where they work the
/// desk of its reason; a letter or an e-mail waits in the queue.
///
/// # Errors
/// `Invalid` for an overlong or empty question; `Denied` without the right to log.
pub fn log(db: &Db, actor: &Actor, practice: PracticeId, new: NewInquiry) -> Result<InquiryId, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    check_text("question", &new.question)?;
    db.write(actor, practice, |tx| {
        let inquiry = Inquiry {
            id: InquiryId(tx.new_id()),
            channel: new.channel,
            reason: new.reason,
            patient_id: new.patient_id,
            verified: Vec::new(),
            failed_checks: 0,
            received_on: tx.today(),
            question: new.question.trim().to_owned(),
            answer: String::new(),
        };
        store::inquiry::insert(tx, &inquiry, "open")?;
        if let Some(patient) = inquiry.patient_id {
            cases::answer_of_patient(tx, patient, "The patient came forward; see the question of today")?;
        }
        let links = WorkLinks { patient_id: inquiry.patient_id, inquiry_id: Some(inquiry.id), ..WorkLinks::default() };
        let summary = format!("{} ({})", inquiry.reason.label(), inquiry.channel.label().to_lowercase());
        let item = worklist::open(
            tx,
            NewWork {
                reason: inquiry.reason.work_reason(),
                subject_key: subject_key(inquiry.id),
                summary,
                links,
                money_at_stake: Money::ZERO,
                deadline_on: None,
            },
        )?;
        if inquiry.reason == InquiryReason::Complaint {
            notices::tell_role(tx, Role::Manager, NoticeKind::Complaint, item)?;
        }
        if inquiry.channel == Channel::Phone {
            worklist::take_at_once(tx, item)?;
        }
        Ok(inquiry.id)
    })
}

fn subject_key(id: InquiryId) -> String {
    format!("inquiry:{id}")
}

/// One question.
///
/// # Errors
/// `NotFound`; `Denied`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: InquiryId) -> Result<(Inquiry, String), Error> {
    allow(actor, Action::AnswerInquiry, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let row = read.query_opt(&INQUIRY, params![id])?.ok_or(Error::NotFound("inquiry"))?;
        Ok((row.body.0, row.state))
    })
}

/// In whose hand a question is that was not answered yet.
#[derive(Debug, Clone)]
pub struct Hand {
    /// Its work item.
    pub item: WorkItem,
    /// The name of who has it.
    pub owner_name: Option<String>,
    /// Why it came back, in the words of the last desk, where it came back.
    pub returned: Option<String>,
    /// Whether the person who asks works its desk and no colleague has it.
    pub may_work: bool,
}

/// Who has a question. What a desk handed over is told to those who may see that desk; to others it looks like absence.
///
/// # Errors
/// `Denied`.
pub fn hand(db: &Db, actor: &Actor, practice: PracticeId, id: InquiryId) -> Result<Option<Hand>, Error> {
    allow(actor, Action::AnswerInquiry, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let Some(row) = read.query_opt(&OPEN_ITEM_BY_SUBJECT, params![subject_key(id)])? else { return Ok(None) };
        let mut item = WorkItem::from(row);
        if !worklist::may_see(actor, item.desk) {
            item.handover = None;
        }
        let owner_name = match item.owner {
            Some(owner) => store::views::work::display_name(read, owner)?,
            None => None,
        };
        let last_move = read.query(&WORK_EVENTS, params![item.id])?.into_iter().rev();
        let returned = last_move
            .filter(|event| matches!(event.kind.as_str(), "returned" | "escalated"))
            .map(|event| (event.kind == "returned").then_some(event.sentence))
            .next()
            .flatten();
        let works_it = allow(actor, worklist::action_for(item.desk), &ResourceState::default()).is_ok();
        let may_work = works_it && worklist::refuse_colleagues(actor, item.owner).is_ok();
        Ok(Some(Hand { item, owner_name, returned, may_work }))
    })
}

/// Writes down the answer and resolves the work item. The caller must have proved who they are, where the answer
/// speaks of an account.
///
/// # Errors
/// `Refused` before two identifiers matched, while a question about an account has none, or where it was answered; `Denied` where the item stands at a
/// desk the person may not work.
pub fn answer(db: &Db, actor: &Actor, practice: PracticeId, id: InquiryId, words: &str) -> Result<(), Error> {
    allow(actor, Action::AnswerInquiry, &ResourceState::default())?;
    check_text("answer", words)?;
    db.write(actor, practice, |tx| {
        let (mut inquiry, state) = load(tx, id)?;
        if state == "answered" {
            return Err(Error::refused("This inquiry is answered. Log a new one for a new question."));
        }
        require_identity(&inquiry)?;
        if let Some(item) = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![subject_key(id)])? {
            allow(actor, worklist::action_for(item.desk), &ResourceState::default())?;
            worklist::refuse_colleagues(actor, item.owner_id)?;
        }
        inquiry.answer = words.trim().to_owned();
        store::inquiry::save(tx, &inquiry, "answered")?;
        crate::interaction::keep_promises(tx, &inquiry)?;
        worklist::resolve_subject(tx, &subject_key(id), "Answered; the words are in the inquiry.", "patient")
    })
}

/// Passes the question to the desk above, with a handover.
///
/// # Errors
/// `Refused` where the handover lacks a sentence or the question is answered.
pub fn escalate(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: InquiryId,
    handover: Handover,
) -> Result<WorkItemId, Error> {
    let item = db.read(actor, practice, |read| {
        read.query_opt(&OPEN_ITEM_BY_SUBJECT, params![subject_key(id)])?
            .filter(|row| row.state != WorkState::Resolved)
            .ok_or_else(|| Error::refused("This inquiry is answered. Log a new one for a new question."))
    })?;
    worklist::escalate(db, actor, practice, item.id, handover)?;
    Ok(item.id)
}

fn load(tx: &mut Tx, id: InquiryId) -> Result<(Inquiry, String), Error> {
    let row: InquiryRow = tx.query_opt(&INQUIRY, params![id])?.ok_or(Error::NotFound("inquiry"))?;
    Ok((row.body.0, row.state))
}

fn require_identity(inquiry: &Inquiry) -> Result<(), Error> {
    if inquiry.patient_id.is_none() && inquiry.reason.is_about_an_account() {
        return Err(Error::refused(format!(
            "The question is about an account, and none is found yet. Find it and verify {IDENTIFIERS_NEEDED} identifiers \
             first. Where there is none, resolve the work item with what was said."
        )));
    }
    if inquiry.patient_id.is_some() && !inquiry.is_verified() {
        return Err(Error::refused(format!(
            "Verify {IDENTIFIERS_NEEDED} identifiers before you speak about the account: ask for the birth date and the account number."
        )));
    }
    Ok(())
}

fn check_text(field: &str, text: &str) -> Result<(), Error> {
    let length = text.trim().chars().count();
    if !(SHORTEST_SENTENCE..=LONGEST_TEXT).contains(&length) {
        return Err(Error::invalid(field, "Write it down in a sentence or two, so that the next person can read it."));
    }
    Ok(())
}
