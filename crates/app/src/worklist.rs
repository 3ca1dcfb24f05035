//! The worklist: open, take, put back, escalate, return, resolve. Who may work a desk is asked of the matrix; whether
//! an item may move is asked of the item; nothing is closed without words.

pub mod bulk;
pub mod filter;
pub mod undo;

use std::collections::HashMap;

use billing::PracticeId;
use billing::access::{Action, Actor, ActorKind, ResourceState};
use billing::claim::ClaimStatus;
use billing::id::WorkReturnId;
use billing::work::own_reason::ReasonInForce;
use billing::work::{
    Desk, Handover, NoticeKind, Resolution, ResolutionCode, ReturnCode, WorkItem, WorkLinks, WorkReason, WorkState,
};
use billing::{ClaimId, InquiryId, Money, SubmissionId, UserId, WorkItemId};
use jiff::civil::Date;
use store::clock::business_days_after;
use store::follow_up::{CLAIM_PLACE, SET_FOLLOW_UP};
use store::inquiry::INQUIRY;
use store::submission::CLAIMS_OF_SUBMISSION;
use store::work_case::{WorkReturnRow, case_of};
use store::worklist::{
    OPEN_ITEM_BY_SUBJECT, OPEN_ITEMS_BY_SUBJECTS, OPEN_ITEMS_OF_CLAIM, OPEN_SUBJECTS, OWN_QUEUE, QUEUE_TOTALS,
    QueueCursor, QueueRow, QueueTotal, WORK_EVENTS, WORK_ITEM, WORKLIST_PAGE, WorkEventRow, WorkItemRow,
};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::bank;
use crate::cases::{self, own_reasons, people};
use crate::charge_capture::dues;
use crate::{
    Error, claim_acknowledgment, clocks, next_best, notices, remittance_posting, returned_payment, routing,
    unapplied_cash,
};

/// What is needed to open an item. `subject_key` names the thing it is about, such as "denied:" with the claim's id:
/// while an item of that key is open, a repeated message opens none.
#[derive(Debug, Clone)]
pub struct NewWork {
    /// Why.
    pub reason: WorkReason,
    /// One open item for one thing.
    pub subject_key: String,
    /// One sentence; names no patient.
    pub summary: String,
    /// What it is about.
    pub links: WorkLinks,
    /// Cents that depend on it.
    pub money_at_stake: Money,
    /// A legal or contract date.
    pub deadline_on: Option<Date>,
}

impl NewWork {
    /// Work about a claim: the key is the reason and the claim, so one claim has one open item of a reason.
    pub fn on_claim(reason: WorkReason, claim: ClaimId, summary: String, links: WorkLinks, stake: Money) -> Self {
        let links = WorkLinks { claim_id: Some(claim), ..links };
        let subject_key = subject_key(reason, claim);
        NewWork { reason, subject_key, summary, links, money_at_stake: stake, deadline_on: None }
    }

    /// The same with a legal or contract date.
    pub fn with_deadline(mut self, deadline_on: Option<Date>) -> Self {
        self.deadline_on = deadline_on;
        self
    }
}

/// The key of the one open item of a reason for one thing (a claim, a remittance, a file, an inquiry). Denials of one
/// claim are one thing, whatever the codes of the last decision.
pub fn subject_key(reason: WorkReason, thing: impl Into<uuid::Uuid>) -> String {
    format!("{}:{}", reason.subject_word(), thing.into())
}

/// Opens an item, or finds the open one of the same subject.
pub(crate) fn open(tx: &mut Tx, work: NewWork) -> Result<WorkItemId, Error> {
    if let Some(row) = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![work.subject_key])? {
        return Ok(row.id);
    }
    let own = own_reasons::in_force(tx, work.reason, tx.today())?;
    let subject_key = work.subject_key.clone();
    let item = new_item(tx, work, Some(&own))?;
    let id = item.id;
    routing::open(tx, vec![(item, subject_key)])?;
    Ok(id)
}

/// Opens work that a person or a reader of files noticed, at the desk of its reason: what a payer has decided is Tier 2's.
///
/// # Errors
/// Of the store.
pub fn open_by_hand(tx: &mut Tx, work: NewWork) -> Result<WorkItemId, Error> {
    let is_decided = match work.links.claim_id {
        Some(claim) => tx.query_one(&CLAIM_PLACE, params![claim])?.status == ClaimStatus::Adjudicated,
        None => false,
    };
    open(tx, NewWork { reason: work.reason.on_claim(is_decided, 0), ..work })
}

/// A new item, due by the days that the practice set for its reason where it set any.
fn new_item(tx: &Tx, work: NewWork, own: Option<&ReasonInForce>) -> Result<WorkItem, Error> {
    let (id, today) = (WorkItemId(tx.new_id()), tx.today());
    let calendar = store::clock::calendar(tx)?;
    let item = WorkItem::open(id, work.reason, work.summary, work.links, work.money_at_stake, today, &calendar);
    let item = match own.filter(|own| own.resolve != work.reason.due_in_business_days()) {
        Some(own) => item.due_after(calendar.add_business_days(today, own.resolve)),
        None => item,
    };
    Ok(item.with_deadline(work.deadline_on))
}

/// Opens many items in few statements; subjects that have an open item keep it.
pub(crate) fn open_many(tx: &mut Tx, work: Vec<NewWork>) -> Result<(), Error> {
    let keys: Vec<String> = work.iter().map(|new| new.subject_key.clone()).collect();
    let mut known: std::collections::HashSet<String> =
        tx.query_in(&OPEN_SUBJECTS, params![], &keys)?.into_iter().map(|(key,)| key).collect();
    let own = own_reasons::set_on(tx, tx.today())?;
    let mut items = Vec::with_capacity(work.len());
    for new in work {
        if known.insert(new.subject_key.clone()) {
            let (subject_key, own) = (new.subject_key.clone(), own.get(&new.reason));
            items.push((new_item(tx, new, own)?, subject_key));
        }
    }
    routing::open(tx, items)
}

/// Opens items, or lets the open ones of their subjects say what is true now.
pub(crate) fn open_or_restate(tx: &mut Tx, work: Vec<NewWork>) -> Result<(), Error> {
    let keys: Vec<String> = work.iter().map(|new| new.subject_key.clone()).collect();
    let mut known: HashMap<String, WorkItemRow> = HashMap::new();
    for row in tx.query_in(&OPEN_ITEMS_BY_SUBJECTS, params![], &keys)? {
        known.insert(row.subject_key.clone(), row);
    }
    for new in work {
        let Some(row) = known.remove(&new.subject_key) else {
            open(tx, new)?;
            continue;
        };
        // Who only knows that it is denied does not unlearn why.
        let reason = if new.reason == WorkReason::Denied { row.reason } else { new.reason };
        if row.summary == new.summary && row.stake_cents == new.money_at_stake && row.reason == reason {
            continue;
        }
        let sentence = format!("It is about {} now: {}", new.money_at_stake, new.summary);
        change(tx, row.into(), "noted", &sentence, |item, _| {
            (item.reason, item.summary, item.money_at_stake) = (reason, new.summary, new.money_at_stake);
            item.revision += 1;
            Ok(())
        })?;
    }
    Ok(())
}

/// The open item of a subject, if there is one, must end by a day of law or contract: it is due then at the latest.
pub(crate) fn bind(tx: &mut Tx, subject_key: &str, deadline: Date) -> Result<(), Error> {
    let Some(row) = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![subject_key])? else { return Ok(()) };
    if row.deadline_on == Some(deadline) {
        return Ok(());
    }
    change(tx, row.into(), "noted", &format!("It must be done by {deadline}"), |item, _| {
        *item = item.clone().with_deadline(Some(deadline));
        item.revision += 1;
        Ok(())
    })
}

/// Resolves the open item of a subject, if there is one, because what it asked for has happened.
pub(crate) fn resolve_subject(tx: &mut Tx, subject_key: &str, outcome: &str, cause: &str) -> Result<(), Error> {
    if let Some(row) = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![subject_key])? {
        settle(tx, row.into(), happened(outcome, cause))?;
    }
    Ok(())
}

/// How an item ends because what it asked for has happened.
fn happened(outcome: &str, cause: &str) -> Resolution {
    Resolution {
        outcome: outcome.to_owned(),
        root_cause: cause.to_owned(),
        code: Some(ResolutionCode::HappenedByItself),
        ..Resolution::default()
    }
}

/// Resolves every open item of a claim whose reason is one of `reasons`, because what they asked for has happened.
/// `Denied` stands for every denial.
pub(crate) fn resolve_for_claim(
    tx: &mut Tx,
    claim: ClaimId,
    reasons: &[WorkReason],
    outcome: &str,
    cause: &str,
) -> Result<(), Error> {
    for row in tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim])? {
        if reasons.iter().any(|reason| reason.subject_word() == row.reason.subject_word()) {
            settle(tx, row.into(), happened(outcome, cause))?;
        }
    }
    Ok(())
}

fn settle(tx: &mut Tx, item: WorkItem, resolution: Resolution) -> Result<(), Error> {
    let sentence = resolution.outcome.clone();
    let inquiry = item.links.inquiry_id;
    change(tx, item, "resolved", &sentence, |item, _| Ok(item.resolve(resolution)?))?;
    inquiry.map_or(Ok(()), |inquiry| end_inquiry(tx, inquiry, &sentence))
}

/// A question whose work ended is answered, whoever ended it: the first desk reads the answer in the inquiry.
fn end_inquiry(tx: &mut Tx, id: InquiryId, outcome: &str) -> Result<(), Error> {
    let Some(row) = tx.query_opt(&INQUIRY, params![id])? else { return Ok(()) };
    let mut inquiry = row.body.0;
    if inquiry.answer.is_empty() {
        inquiry.answer = outcome.to_owned();
    }
    Ok(store::inquiry::save(tx, &inquiry, "answered")?)
}

/// One item with its history.
#[derive(Debug, Clone)]
pub struct WorkItemView {
    /// The item.
    pub item: WorkItem,
    /// What happened to it, oldest first.
    pub events: Vec<WorkEventRow>,
}

/// The action that working a desk needs.
pub fn action_for(desk: Desk) -> Action {
    match desk {
        Desk::Tier1 => Action::WorkTierOne,
        Desk::Tier2 => Action::WorkTierTwo,
        Desk::Tier3 => Action::WorkTierThree,
        Desk::Coder => Action::WorkCoding,
        Desk::Poster => Action::WorkPosting,
    }
}

/// Whether a person may see a desk's queue: those who work it, and those who oversee all work.
pub fn may_see(actor: &Actor, desk: Desk) -> bool {
    let state = ResourceState::default();
    allow(actor, action_for(desk), &state).is_ok() || allow(actor, Action::ViewAllWork, &state).is_ok()
}

/// One page of a desk's queue, most urgent first.
///
/// # Errors
/// `NotFound` where the person may neither work nor oversee the desk.
pub fn queue(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    desk: Desk,
    after: QueueCursor,
) -> Result<Vec<QueueRow>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    if !may_see(actor, desk) {
        return Err(Error::NotFound("worklist"));
    }
    db.read(actor, practice, |read| Ok(store::worklist::desk_queue(read, desk, after)?))
}

/// What the person has taken, most urgent first.
///
/// # Errors
/// `Denied` without the right to see a worklist.
pub fn mine(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<QueueRow>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    let page = i64::try_from(WORKLIST_PAGE).unwrap_or(i64::MAX);
    db.read(actor, practice, |read| Ok(read.query(&OWN_QUEUE, params![actor.user, page])?))
}

/// What stands in every desk's queue.
///
/// # Errors
/// `Denied` without the right to see the home page.
pub fn totals(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<QueueTotal>, Error> {
    allow(actor, Action::ViewHome, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&QUEUE_TOTALS, params![read.today()])?))
}

/// One item with its history.
///
/// # Errors
/// `NotFound` where there is none, or the person may neither work nor oversee its desk: the two look alike.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId) -> Result<WorkItemView, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let item = visible(read, actor, id)?;
        let events = read.query(&WORK_EVENTS, params![id])?;
        Ok(WorkItemView { item, events })
    })
}

pub(crate) fn visible(read: &Conn, actor: &Actor, id: WorkItemId) -> Result<WorkItem, Error> {
    let row = read.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?;
    if !may_see(actor, row.desk) {
        return Err(Error::NotFound("work item"));
    }
    Ok(row.into())
}

/// The person takes the item.
///
/// # Errors
/// `NotFound`, `Refused` where a colleague has it, `Changed` where somebody was faster.
pub fn take(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId) -> Result<(), Error> {
    moved(
        db,
        actor,
        practice,
        id,
        "taken",
        |_| format!("Taken by {}", actor.login),
        |item, _| Ok(item.take(actor.user)?),
    )
}

/// The person takes the best open item of a desk; none where nothing is open that they can work.
///
/// # Errors
/// `NotFound` where the person may not work the desk.
pub fn take_next(db: &Db, actor: &Actor, practice: PracticeId, desk: Desk) -> Result<Option<WorkItemId>, Error> {
    if allow(actor, action_for(desk), &ResourceState::default()).is_err() {
        return Err(Error::NotFound("worklist"));
    }
    Ok(next_best::take(db, actor, practice, Some(desk))?.map(|next| next.item.id))
}

/// The item goes back into its desk's queue: by who has it, or by who gives work to people.
///
/// # Errors
/// As [`take`]; `Refused` where a colleague has it.
pub fn put_back(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let item = if gives_work(actor) { visible(tx, actor, id)? } else { movable(tx, actor, id)? };
        change(tx, item, "put_back", "Put back into the queue", |item, _| Ok(item.put_back()?))
    })
}

/// Whether the person may free what a colleague has.
pub fn gives_work(actor: &Actor) -> bool {
    allow(actor, Action::AssignWork, &ResourceState::default()).is_ok()
}

/// The item goes to the next desk above that somebody works, with a handover.
///
/// # Errors
/// `Refused` where the handover lacks a sentence, or nobody works any desk above; `Denied` where the person may not
/// escalate.
pub fn escalate(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, handover: Handover) -> Result<(), Error> {
    allow(actor, Action::EscalateWork, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        let next = item.desk.above();
        let to = people::next_desk(tx, practice, item.desk)?;
        let mut sentence = format!("Escalated to {}: {}", to.map_or("nobody", Desk::label), handover.to_decide.trim());
        if let Some(next) = next.filter(|next| to != Some(*next)) {
            sentence.push_str(&format!(" (nobody works {} now)", next.label()));
        }
        let calendar = store::clock::calendar(tx)?;
        change(tx, item, "escalated", &sentence, |item, today| {
            item.escalate(handover.clone(), today, &calendar)?;
            item.desk = to.unwrap_or(item.desk);
            Ok(())
        })
    })
}

/// An escalated item goes back to the first desk, with a coded reason that quality counts and what is missing.
///
/// # Errors
/// `Refused` where it was not escalated or no sentence is given; `Denied` where the person may not return work.
pub fn return_item(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    (code, why): (ReturnCode, &str),
) -> Result<(), Error> {
    allow(actor, Action::ReturnWork, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        let sentence = format!("Returned ({}): {}", code.label().to_lowercase(), why.trim());
        let calendar = store::clock::calendar(tx)?;
        change(tx, item, "returned", &sentence, |item, today| Ok(item.return_down(why, today, &calendar)?))?;
        // Who handed it up has to bring what is missing.
        let events = tx.query(&WORK_EVENTS, params![id])?;
        let handed = events.into_iter().rev().find(|event| event.kind == "escalated").map(|event| event.actor);
        let row = WorkReturnRow {
            id: WorkReturnId(tx.new_id()),
            work_item_id: id,
            code,
            words: why.trim().to_owned(),
            handed_by_login: handed.clone().unwrap_or_default(),
            returned_at: tx.now(),
            returned_by: actor.user,
            returned_by_login: actor.login.clone(),
        };
        tx.insert(&row)?;
        handed.map_or(Ok(()), |login| notices::tell_login(tx, &login, NoticeKind::Returned, id))
    })
}

/// The item ends with words about what was done.
///
/// # Errors
/// `Refused` without a sentence, where it has ended, or where it alone has cash or a visit in hand; `NotFound` where the
/// person may not work its desk.
pub fn resolve(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    resolution: Resolution,
) -> Result<(), Error> {
    db.write(actor, practice, |tx| resolve_in(tx, actor, id, resolution.clone()))
}

fn resolve_in(tx: &mut Tx, actor: &Actor, id: WorkItemId, resolution: Resolution) -> Result<(), Error> {
    let item = movable(tx, actor, id)?;
    if actor.kind == ActorKind::User {
        resolution.check(item.reason)?;
        refuse_unacknowledged(tx, &item)?;
    }
    refuse_what_is_in_hand(tx, &item)?;
    let (claim, file) = (item.links.claim_id, item.links.submission_id);
    let reason = item.reason;
    settle(tx, item, resolution)?;
    if let Some(file) = file.filter(|_| reason == WorkReason::FileRejected) {
        keep_file_in_hand(tx, file)?;
    }
    let Some(claim) = claim else { return Ok(()) };
    if reason == WorkReason::EarlierVersionAccepted {
        let held = store::claim::load(tx, claim)?.filter(|claim| claim.status == ClaimStatus::Held);
        held.map_or(Ok(()), |claim| claim_acknowledgment::leave_with_payer(tx, claim))?;
    }
    keep_in_one_hand(tx, claim)
}

/// A complaint ends after who made it was told that it arrived.
fn refuse_unacknowledged(tx: &Tx, item: &WorkItem) -> Result<(), Error> {
    let is_complaint = item.reason == WorkReason::Complaint && item.links.inquiry_id.is_none();
    if is_complaint && case_of(tx, item.id)?.acknowledged_on.is_none() {
        return Err(Error::refused("Acknowledge the complaint first, and write down how; then it can end."));
    }
    Ok(())
}

/// Refuses to end an item that alone has cash, a visit or a file in hand.
pub(crate) fn refuse_what_is_in_hand(tx: &mut Tx, item: &WorkItem) -> Result<(), Error> {
    unapplied_cash::refuse_while_waiting(tx, item)?;
    dues::refuse_while_in_hand(tx, item)?;
    bank::refuse_while_waiting(item)?;
    remittance_posting::refuse_while_owed_twice(tx, item)?;
    clocks::refuse_while_running(tx, item)?;
    returned_payment::refuse_while_open(item)
}

/// Cash that an item owns found a place: the item goes on with what is left, and ends where nothing is.
pub(crate) fn cash_applied(tx: &mut Tx, item: WorkItem, left: Money, sentence: &str) -> Result<(), Error> {
    if left.is_zero() {
        return settle(tx, item, happened(sentence, "posting"));
    }
    change(tx, item, "noted", sentence, |item, _| {
        item.money_at_stake = left;
        item.revision += 1;
        Ok(())
    })
}

/// Business days until somebody looks again at a claim that a desk gave back to its payer.
const LOOK_AGAIN_BUSINESS_DAYS: u32 = 15;

/// Every open claim is in exactly one hand: after its last item ended, the payer has it with a date to look again. A
/// claim that is held or rejected has no payer, so its item ends only by mending it.
fn keep_in_one_hand(tx: &mut Tx, claim: ClaimId) -> Result<(), Error> {
    if !tx.query(&OPEN_ITEMS_OF_CLAIM, params![claim])?.is_empty() {
        return Ok(());
    }
    let place = tx.query_one(&CLAIM_PLACE, params![claim])?;
    match place.status {
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Rejected => Err(Error::refused(
            "The claim is still held. Mend it and scrub it again; this item then resolves by itself.",
        )),
        ClaimStatus::Ready | ClaimStatus::Closed => Ok(()),
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated => {
            if place.follow_up_on.is_none() {
                let day = business_days_after(tx, tx.today(), LOOK_AGAIN_BUSINESS_DAYS)?;
                tx.execute(&SET_FOLLOW_UP, params![claim, day])?;
            }
            Ok(())
        }
    }
}

/// Claims that were refused with their file are in the hand of the file's item: it ends by taking them up, not by words.
fn keep_file_in_hand(tx: &mut Tx, file: SubmissionId) -> Result<(), Error> {
    for row in tx.query(&CLAIMS_OF_SUBMISSION, params![file])? {
        let is_rejected = tx.query_one(&CLAIM_PLACE, params![row.claim_id])?.status == ClaimStatus::Rejected;
        if is_rejected && tx.query(&OPEN_ITEMS_OF_CLAIM, params![row.claim_id])?.is_empty() {
            return Err(Error::refused(
                "Claims of this file are still refused and nobody else has them. Take them up again and send them in a \
                 new file; this item then resolves by itself.",
            ));
        }
    }
    Ok(())
}

/// A note for the next person.
///
/// # Errors
/// `Invalid` for an empty note.
pub fn note(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, words: &str) -> Result<(), Error> {
    if words.trim().is_empty() {
        return Err(Error::invalid("note", "Write what the next person needs to know."));
    }
    db.write(actor, practice, |tx| {
        let item = workable(tx, actor, id)?;
        store::worklist::append_event(tx, item.id, "noted", words.trim())?;
        cases::first_action(tx, item.id)
    })
}

/// An item that the person may work. A desk that the person may not work looks like absence.
pub(crate) fn workable(tx: &mut Tx, actor: &Actor, id: WorkItemId) -> Result<WorkItem, Error> {
    let row = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?;
    if allow(actor, action_for(row.desk), &ResourceState::default()).is_err() {
        return Err(Error::NotFound("work item"));
    }
    Ok(row.into())
}

/// An item that the person may move: one they may work, and that no colleague has.
pub(crate) fn movable(tx: &mut Tx, actor: &Actor, id: WorkItemId) -> Result<WorkItem, Error> {
    let item = workable(tx, actor, id)?;
    refuse_colleagues(actor, item.owner)?;
    Ok(item)
}

/// Refuses what a colleague has; a job and the file's owner are nobody's colleagues.
pub(crate) fn refuse_colleagues(actor: &Actor, owner: Option<UserId>) -> Result<(), Error> {
    let is_another = owner.is_some_and(|owner| owner != actor.user);
    match actor.kind {
        ActorKind::User if is_another && !gives_work(actor) => {
            Err(Error::refused("A colleague has this item. Ask them to put it back, or ask a manager to."))
        }
        ActorKind::User | ActorKind::Visitor | ActorKind::System | ActorKind::FileOwner => Ok(()),
    }
}

/// A person on the telephone is answered by who picked up: the item is theirs at once, where they work its desk.
pub(crate) fn take_at_once(tx: &mut Tx, id: WorkItemId) -> Result<(), Error> {
    let actor = tx.actor().clone();
    let item: WorkItem = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?.into();
    let works_it = allow(&actor, action_for(item.desk), &ResourceState::default()).is_ok();
    if actor.kind != ActorKind::User || !works_it {
        return Ok(());
    }
    change(tx, item, "taken", &format!("Taken by {}", actor.login), |item, _| Ok(item.take(actor.user)?))
}

/// Loads, asks the item to move, saves with its history.
fn moved(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    kind: &str,
    sentence: impl Fn(&WorkItem) -> String,
    step: impl Fn(&mut WorkItem, Date) -> Result<(), Error>,
) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        let words = sentence(&item);
        change(tx, item, kind, &words, &step)
    })
}

/// Moves an item, saves it with its history, and has its place follow.
pub(crate) fn change(
    tx: &mut Tx,
    mut item: WorkItem,
    kind: &str,
    sentence: &str,
    step: impl FnOnce(&mut WorkItem, Date) -> Result<(), Error>,
) -> Result<(), Error> {
    let (before, stood) = (item.revision, (item.desk, item.reason));
    step(&mut item, tx.today())?;
    if !store::worklist::save_item(tx, &item, before)? {
        return Err(Error::Changed);
    }
    store::worklist::append_event(tx, item.id, kind, sentence)?;
    routing::follow(tx, &item, stood != (item.desk, item.reason))?;
    cases::follow(tx, &item, kind)?;
    follow_in_inquiry(tx, &item)
}

/// A question stands where its work stands: handed up while the item is above its own desk, open when it came back.
fn follow_in_inquiry(tx: &mut Tx, item: &WorkItem) -> Result<(), Error> {
    let Some(id) = item.links.inquiry_id.filter(|_| item.state != WorkState::Resolved) else { return Ok(()) };
    let Some(row) = tx.query_opt(&INQUIRY, params![id])? else { return Ok(()) };
    let state = if item.desk == item.reason.desk() { "open" } else { "escalated" };
    if row.state == state || row.state == "answered" {
        return Ok(());
    }
    Ok(store::inquiry::save(tx, &row.body.0, state)?)
}
