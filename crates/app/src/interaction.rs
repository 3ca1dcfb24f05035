//! Contacts that were, written down: with whom, by which channel, about which claims, what was promised. A contact that
//! goes out to a patient asks the governor first. Never changes a contact; a promise alone ends.

use billing::access::{Action, Actor, ResourceState};
use billing::claim::ClaimEvent;
use billing::contact::Purpose;
use billing::interaction::{
    Audience, ClaimAnswers, Direction, InteractionBody, Party, PromiseState, PromisedBy, Reached,
};
use billing::patient_payment::holds_card_number;
use billing::work::inquiry::{Channel, Identifier, Inquiry};
use billing::{ClaimId, InquiryId, InteractionId, PatientId, PayerId, PracticeId, PromiseId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::claim::Evidence;
use store::contact::{
    END_PROMISE, InteractionClaimRow, InteractionRow, PROMISE, PROMISES_DUE, PROMISES_OF_INQUIRY, PromiseRow,
};
use store::worklist::OPEN_ITEMS_OF_CLAIM;
use store::{Db, Json, Tx, params};

use crate::access::allow;
use crate::{Error, contact};

/// Fewest characters of a note: shorter ones say nothing to the next person.
const SHORTEST_NOTE: usize = 8;
/// Most characters of a note or a promise.
const LONGEST_NOTE: usize = 1_000;
/// Most characters of a name, a reference number, a telephone path or a place of a scan.
const LONGEST_FIELD: usize = 200;
/// Business days after its day in which a promise may still be marked as kept; then it counts as broken.
const GRACE_BUSINESS_DAYS: u32 = 1;
/// Most promises that one run of the job ends.
const MOST_PROMISES: i64 = 5_000;

/// What was said of one claim.
#[derive(Debug, Clone)]
pub struct ClaimSaid {
    /// The claim.
    pub claim_id: ClaimId,
    /// The outcome's word; empty where there was none.
    pub outcome: String,
    /// The sentence that stays on the claim.
    pub note: String,
    /// When somebody looks again.
    pub next_touch_on: Option<Date>,
    /// Answers to the outcome's questions.
    pub answers: ClaimAnswers,
}

/// A promise as it is made.
#[derive(Debug, Clone)]
pub struct NewPromise {
    /// Who promised.
    pub by: PromisedBy,
    /// What.
    pub what: String,
    /// By when.
    pub due_on: Date,
    /// About which claim.
    pub claim_id: Option<ClaimId>,
}

/// A contact as it is written down.
#[derive(Debug, Clone)]
pub struct NewInteraction {
    /// How.
    pub channel: Channel,
    /// Who began.
    pub direction: Direction,
    /// With whom.
    pub party: Party,
    /// What it was for; asked of the governor where it went out to a patient.
    pub purpose: Purpose,
    /// Whose account.
    pub patient_id: Option<PatientId>,
    /// Which payer.
    pub payer_id: Option<PayerId>,
    /// Which question.
    pub inquiry_id: Option<InquiryId>,
    /// Which work item.
    pub work_item_id: Option<WorkItemId>,
    /// When it began; now where none is given.
    pub started_at: Option<Timestamp>,
    /// Whether somebody was reached.
    pub reached: Reached,
    /// Who spoke for the other side.
    pub representative: String,
    /// Their number of the call.
    pub reference_number: String,
    /// Who may read it.
    pub audience: Audience,
    /// What was said, in a sentence or two.
    pub note: String,
    /// The way through the telephone menu.
    pub phone_path: String,
    /// Which identifiers were proved.
    pub verified: Vec<Identifier>,
    /// Where the scan or recording is kept.
    pub scan: String,
    /// Why it was made although the governor says no.
    pub although: String,
    /// The claims it was about.
    pub claims: Vec<ClaimSaid>,
    /// What was promised.
    pub promise: Option<NewPromise>,
}

impl NewInteraction {
    /// A call to a payer, without words yet.
    pub fn call_to_payer(payer: PayerId) -> NewInteraction {
        NewInteraction {
            party: Party::Payer,
            payer_id: Some(payer),
            direction: Direction::Out,
            ..NewInteraction::with_patient(Channel::Phone, Direction::In)
        }
    }

    /// A contact with a patient, without words yet.
    pub fn with_patient(channel: Channel, direction: Direction) -> NewInteraction {
        NewInteraction {
            channel,
            direction,
            party: Party::Patient,
            purpose: Purpose::Inform,
            patient_id: None,
            payer_id: None,
            inquiry_id: None,
            work_item_id: None,
            started_at: None,
            reached: Reached::Yes,
            representative: String::new(),
            reference_number: String::new(),
            audience: Audience::Internal,
            note: String::new(),
            phone_path: String::new(),
            verified: Vec::new(),
            scan: String::new(),
            although: String::new(),
            claims: Vec::new(),
            promise: None,
        }
    }
}

/// Writes a contact down: on the account, on each claim it was about and on their open work.
///
/// # Errors
/// `Denied` without the right to log; `Invalid` for words that say nothing, too many, or a card's number; `Refused` where
/// the governor says no and nobody says why it was made all the same; `NotFound`.
pub fn log(db: &Db, actor: &Actor, practice: PracticeId, new: &NewInteraction) -> Result<InteractionId, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    db.write(actor, practice, |tx| log_in(tx, new))
}

/// As [`log`], inside an open transaction, for use cases that asked for their own right already.
pub(crate) fn log_in(tx: &mut Tx, new: &NewInteraction) -> Result<InteractionId, Error> {
    check(tx, new)?;
    mind_governor(tx, new)?;
    let id = InteractionId(tx.new_id());
    let (now, actor) = (tx.now(), tx.actor().clone());
    tx.insert(&InteractionRow {
        id,
        channel: new.channel,
        direction: new.direction,
        party: new.party,
        patient_id: new.patient_id,
        payer_id: new.payer_id,
        inquiry_id: new.inquiry_id,
        work_item_id: new.work_item_id,
        started_at: new.started_at.unwrap_or(now),
        ended_at: new.started_at.map(|_| now),
        reached: new.reached,
        representative: new.representative.trim().to_owned(),
        reference_number: new.reference_number.trim().to_owned(),
        audience: new.audience,
        note: new.note.trim().to_owned(),
        by_user: actor.user,
        by_login: actor.login.clone(),
        body: Json(InteractionBody {
            phone_path: new.phone_path.trim().to_owned(),
            verified: new.verified.clone(),
            scan: new.scan.trim().to_owned(),
            against_governor: new.although.trim().to_owned(),
        }),
    })?;
    for (ordinal, said) in (1..).zip(&new.claims) {
        touch(tx, (id, ordinal), said)?;
    }
    if let Some(promise) = &new.promise {
        tx.insert(&PromiseRow {
            id: PromiseId(tx.new_id()),
            interaction_id: id,
            patient_id: new.patient_id,
            payer_id: new.payer_id,
            claim_id: promise.claim_id,
            promised_by: promise.by,
            what: promise.what.trim().to_owned(),
            due_on: promise.due_on,
            owner_id: actor.user,
            owner_login: actor.login,
            state: PromiseState::Open,
            ended_on: None,
            ended_by_login: None,
        })?;
    }
    tx.audit(
        "interaction.log",
        "interaction",
        id.0,
        json!({ "channel": new.channel.as_str(), "claims": new.claims.len() }),
    );
    Ok(id)
}

/// What a contact said of a claim stands in its timeline and on its open work.
fn touch(tx: &mut Tx, (interaction, ordinal): (InteractionId, i64), said: &ClaimSaid) -> Result<(), Error> {
    let mut claim = store::claim::load(tx, said.claim_id)?.ok_or(Error::NotFound("claim"))?;
    let today = tx.today();
    tx.insert(&InteractionClaimRow {
        interaction_id: interaction,
        ordinal,
        claim_id: said.claim_id,
        outcome: said.outcome.clone(),
        touched_on: today,
        next_touch_on: said.next_touch_on,
        note: said.note.clone(),
        body: Json(said.answers.clone()),
    })?;
    let event = ClaimEvent::Noted { what: said.note.clone() };
    claim.apply(&event)?;
    store::claim::save_event(tx, &claim, &event, Evidence::words(said.note.as_str()))?;
    for item in tx.query(&OPEN_ITEMS_OF_CLAIM, params![said.claim_id])? {
        store::worklist::append_event(tx, item.id, "noted", &said.note)?;
    }
    Ok(())
}

fn check(tx: &Tx, new: &NewInteraction) -> Result<(), Error> {
    let length = new.note.trim().chars().count();
    if !(SHORTEST_NOTE..=LONGEST_NOTE).contains(&length) {
        return Err(Error::invalid("note", "Write down in a sentence or two what was said."));
    }
    let fields = [
        ("representative", &new.representative),
        ("reference_number", &new.reference_number),
        ("phone_path", &new.phone_path),
        ("scan", &new.scan),
        ("although", &new.although),
    ];
    for (field, words) in fields {
        if words.chars().count() > LONGEST_FIELD {
            return Err(Error::invalid(field, format!("At most {LONGEST_FIELD} characters.")));
        }
    }
    let of_promise = new.promise.as_ref().map_or("", |promise| promise.what.as_str());
    if [new.note.as_str(), of_promise, new.although.as_str()].into_iter().any(holds_card_number) {
        return Err(Error::invalid(
            "note",
            "This holds what looks like a card number. Nothing was kept; name the card by its last four digits.",
        ));
    }
    if new.started_at.is_some_and(|at| at > tx.now()) {
        return Err(Error::invalid("started", "A contact is written down when it was, not before."));
    }
    if let Some(promise) = &new.promise {
        let length = promise.what.trim().chars().count();
        if !(SHORTEST_NOTE..=LONGEST_NOTE).contains(&length) {
            return Err(Error::invalid("promise", "Say in a sentence what was promised."));
        }
        if promise.due_on < tx.today() {
            return Err(Error::invalid("promise_on", "Give a day from today on."));
        }
    }
    match (new.party, new.patient_id, new.payer_id) {
        (Party::Patient, None, _) => Err(Error::invalid("patient", "Say whose account it is about.")),
        (Party::Payer, _, None) => Err(Error::invalid("payer", "Say which payer it was.")),
        (Party::Patient | Party::Payer | Party::Provider | Party::Agency | Party::Other, ..) => Ok(()),
    }
}

fn mind_governor(tx: &Tx, new: &NewInteraction) -> Result<(), Error> {
    let (Party::Patient, Direction::Out, Some(patient)) = (new.party, new.direction, new.patient_id) else {
        return Ok(());
    };
    let Some(why) = contact::may_contact(tx, patient, new.channel, new.purpose)?.refusal() else { return Ok(()) };
    if new.although.trim().chars().count() >= SHORTEST_NOTE {
        return Ok(());
    }
    Err(Error::refused(format!("{why} Where the contact was made all the same, say why; a manager reads it.")))
}

/// A promise ends: kept, or broken.
///
/// # Errors
/// `Denied` without the right to log; `NotFound`; `Refused` where it ended before.
pub fn end_promise(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: PromiseId,
    kept: bool,
) -> Result<PromiseRow, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let promise = tx.query_opt(&PROMISE, params![id])?.ok_or(Error::NotFound("promise"))?;
        if promise.state != PromiseState::Open {
            return Err(Error::refused("It ended before. Look at the account again."));
        }
        end(tx, id, if kept { PromiseState::Kept } else { PromiseState::Broken })?;
        Ok(promise)
    })
}

fn end(tx: &mut Tx, id: PromiseId, state: PromiseState) -> Result<(), Error> {
    let (today, login) = (tx.today(), tx.actor().login.clone());
    tx.execute(&END_PROMISE, params![id, state, today, login])?;
    tx.audit("promise.end", "promise", id.0, json!({ "state": state.as_str() }));
    Ok(())
}

/// A question that was answered keeps what we promised in its contacts.
///
/// # Errors
/// Of the store.
pub(crate) fn keep_promises(tx: &mut Tx, inquiry: &Inquiry) -> Result<(), Error> {
    let Some(patient) = inquiry.patient_id else { return Ok(()) };
    for promise in tx.query(&PROMISES_OF_INQUIRY, params![patient, inquiry.id])? {
        end(tx, promise.id, PromiseState::Kept)?;
    }
    Ok(())
}

/// Open promises that are due, the oldest first.
///
/// # Errors
/// `Denied` without the right to log.
pub fn promises_due(db: &Db, actor: &Actor, practice: PracticeId, most: i64) -> Result<Vec<PromiseRow>, Error> {
    allow(actor, Action::LogInquiry, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&PROMISES_DUE, params![read.today(), most])?))
}

/// Promises whose day passed and that nobody marked as kept are broken. Answers for how many.
///
/// # Errors
/// Of the store.
pub(crate) fn break_late_promises(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let (today, calendar) = (tx.today(), store::clock::calendar(tx)?);
        let due = tx.query(&PROMISES_DUE, params![today, MOST_PROMISES])?;
        let late: Vec<PromiseRow> = due
            .into_iter()
            .filter(|promise| calendar.add_business_days(promise.due_on, GRACE_BUSINESS_DAYS) < today)
            .collect();
        for promise in &late {
            end(tx, promise.id, PromiseState::Broken)?;
        }
        Ok(late.len())
    })
}
