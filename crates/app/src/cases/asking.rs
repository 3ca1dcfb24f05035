//! Asking a colleague or a desk about an item without giving it away, and offering it to a named person who accepts it.

use billing::access::{Action, Actor, ResourceState};
use billing::id::{WorkConsultId, WorkTransferId};
use billing::work::{Desk, WorkItem, WorkState};
use billing::{PracticeId, UserId, WorkItemId};
use store::work_case::{
    ANSWER_CONSULT, CONSULT, DECIDE_TRANSFER, OFFERED_TO, OPEN_CONSULTS, TRANSFERS_OF_ITEM, WorkConsultRow,
    WorkTransferRow,
};
use store::worklist::WORK_ITEM;
use store::{Db, Tx, params};

use super::people;
use crate::access::allow;
use crate::worklist::{self, movable};
use crate::{Error, reason};

/// Most questions that a page shows.
const MOST_SHOWN: i64 = 200;

/// Asks a desk, or a person of it. The item stays where it is.
///
/// # Errors
/// `Refused` where nobody is there who could answer; `Invalid` without a question.
pub fn ask(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    (desk, person, question): (Desk, Option<UserId>, &str),
) -> Result<WorkConsultId, Error> {
    let question = reason::given(question, "Ask in a sentence that can be answered without opening everything.")?;
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        if item.state == WorkState::Resolved {
            return Err(Error::refused("This item is resolved; reopen it to work on it again."));
        }
        let there = people::of_desk(tx, practice, desk)?;
        let asked = there.iter().filter(|colleague| person.is_none_or(|person| person == colleague.id));
        if asked.filter(|colleague| colleague.id != actor.user).count() == 0 {
            return Err(Error::refused(format!(
                "Nobody of {} is there who could answer. Ask another desk.",
                desk.label()
            )));
        }
        let row = WorkConsultRow {
            id: WorkConsultId(tx.new_id()),
            work_item_id: id,
            desk,
            user_id: person,
            question: question.to_owned(),
            asked_at: tx.now(),
            asked_by: actor.user,
            asked_by_login: actor.login.clone(),
            answer: None,
            answered_at: None,
            answered_by: None,
            answered_by_login: None,
        };
        tx.insert(&row)?;
        store::worklist::append_event(tx, id, "asked", &format!("Asked {}: {question}", desk.label()))?;
        super::first_action(tx, id)?;
        Ok(row.id)
    })
}

/// Answers a question: who works the desk that was asked, and the person where one was named.
///
/// # Errors
/// `NotFound` for others; `Refused` where it was answered.
pub fn answer(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkConsultId,
    words: &str,
) -> Result<WorkItemId, Error> {
    let words = reason::given(words, "Answer in a sentence; it comes back to the item.")?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&CONSULT, params![id])?.ok_or(Error::NotFound("question"))?;
        if !is_for(actor, &row) {
            return Err(Error::NotFound("question"));
        }
        let said = params![id, words, tx.now(), actor.user, actor.login.clone()];
        if tx.query_opt(&ANSWER_CONSULT, said)?.is_none() {
            return Err(Error::refused("A colleague answered it already."));
        }
        store::worklist::append_event(tx, row.work_item_id, "answered", &format!("{} answers: {words}", actor.login))?;
        Ok(row.work_item_id)
    })
}

fn is_for(actor: &Actor, row: &WorkConsultRow) -> bool {
    allow(actor, worklist::action_for(row.desk), &ResourceState::default()).is_ok()
        && row.user_id.is_none_or(|person| person == actor.user)
}

/// The questions that this person may answer, oldest first; each with the one sentence of its item.
///
/// # Errors
/// `Denied`.
pub fn asked_of(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<(WorkConsultRow, String)>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut found = Vec::new();
        for row in read.query(&OPEN_CONSULTS, params![MOST_SHOWN])? {
            if is_for(actor, &row) && row.asked_by != actor.user {
                let item = read.query_opt(&WORK_ITEM, params![row.work_item_id])?;
                found.push((row, item.map(|item| item.summary).unwrap_or_default()));
            }
        }
        Ok(found)
    })
}

/// Offers an item to a named person who works its desk. It stays in the offering hand until that person accepts.
///
/// # Errors
/// `Refused` where the person cannot work it, or it is offered already.
pub fn offer(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: WorkItemId,
    (to, words): (UserId, &str),
) -> Result<(), Error> {
    let words = reason::given(words, "Say in a sentence what the colleague must know.")?;
    db.write(actor, practice, |tx| {
        let item = movable(tx, actor, id)?;
        let there = people::of_desk(tx, practice, item.desk)?;
        let Some(colleague) = there.into_iter().find(|colleague| colleague.id == to && to != actor.user) else {
            return Err(Error::refused(format!("Choose a colleague who works {}.", item.desk.label())));
        };
        if item.state == WorkState::Resolved || open_offer(tx, id)?.is_some() {
            return Err(Error::refused("This item is resolved, or it is offered to somebody already."));
        }
        let row = WorkTransferRow {
            id: WorkTransferId(tx.new_id()),
            work_item_id: id,
            to_user: to,
            words: words.to_owned(),
            offered_at: tx.now(),
            offered_by: actor.user,
            offered_by_login: actor.login.clone(),
            state: "offered".to_owned(),
            decided_at: None,
        };
        tx.insert(&row)?;
        let sentence = format!("Offered to {}: {words}", colleague.name);
        Ok(store::worklist::append_event(tx, id, "offered", &sentence)?)
    })
}

fn open_offer(tx: &Tx, id: WorkItemId) -> Result<Option<WorkTransferRow>, Error> {
    Ok(tx.query(&TRANSFERS_OF_ITEM, params![id])?.into_iter().find(|row| row.state == "offered"))
}

/// The person accepts or declines what was offered to them; who offered it may take the offer back.
///
/// # Errors
/// `NotFound` where nothing is offered to, or by, this person.
pub fn decide(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, accept: bool) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let row = open_offer(tx, id)?.ok_or(Error::NotFound("offer"))?;
        let (is_asked, is_own) = (row.to_user == actor.user, row.offered_by == actor.user);
        let state = match (is_asked, is_own, accept) {
            (true, _, true) => "accepted",
            (true, _, false) => "declined",
            (false, true, false) => "withdrawn",
            (false, true, true) | (false, false, _) => return Err(Error::NotFound("offer")),
        };
        if tx.query_opt(&DECIDE_TRANSFER, params![row.id, state, tx.now()])?.is_none() {
            return Err(Error::Changed);
        }
        if !accept {
            return Ok(store::worklist::append_event(tx, id, "offered", &format!("Offer {state} by {}", actor.login))?);
        }
        hand_to(tx, actor, id, actor.user, &format!("Accepted by {}", actor.login))
    })
}

/// Puts an item into a person's hand.
pub(super) fn hand_to(tx: &mut Tx, actor: &Actor, id: WorkItemId, to: UserId, sentence: &str) -> Result<(), Error> {
    let item: WorkItem = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?.into();
    if !worklist::may_see(actor, item.desk) {
        return Err(Error::NotFound("work item"));
    }
    worklist::change(tx, item, "assigned", sentence, |item, _| {
        if item.state == WorkState::Taken && item.owner != Some(to) {
            item.put_back()?;
        }
        Ok(item.take(to)?)
    })
}

/// What is offered to this person.
///
/// # Errors
/// `Denied`.
pub fn offered_to(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<WorkTransferRow>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&OFFERED_TO, params![actor.user])?))
}
