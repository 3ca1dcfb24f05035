//! One step for many items: a rehearsal that says of each what would happen and why some are left out, then the step
//! itself. The rehearsal runs the very step and takes it back, so it promises nothing that the step does not keep. Each
//! item stands alone: what is refused of one holds up no other.

use billing::access::Actor;
use billing::work::{Desk, NoticeKind, Resolution, WorkItem, WorkReason, WorkState};
use billing::{Money, PracticeId, UserId, WorkItemId};
use store::users::{ROLES, USER_BY_ID, USERS, UserRow};
use store::worklist::WORK_ITEM;
use store::{Conn, Db, StoreError, Tx, params};

use super::{action_for, change, gives_work, movable, resolve_in, visible, workable};
use crate::access::{allow, session};
use crate::{Error, notices};
use billing::access::{Action, ResourceState, UserState};

/// Items of one step: a page of the worklist.
pub const MOST_AT_ONCE: usize = store::worklist::WORKLIST_PAGE;

/// What is done to each item.
#[derive(Debug, Clone)]
pub enum Step {
    /// The person takes it.
    Take,
    /// It goes back into its queue.
    PutBack,
    /// It is given to a person.
    Assign(UserId),
    /// It gets a note.
    Note(String),
    /// It ends.
    Resolve(Resolution),
}

/// What happened, or would happen, to one item.
#[derive(Debug, Clone)]
pub struct Line {
    /// The item.
    pub id: WorkItemId,
    /// Why it is there; none where it is not for this person.
    pub reason: Option<WorkReason>,
    /// Cents that depend on it.
    pub stake: Money,
    /// What happens, or why nothing does.
    pub outcome: Result<String, String>,
}

/// Says of each item what the step would do. Changes nothing.
///
/// # Errors
/// `Denied` without the right to see a worklist; `Invalid` for none or too many items; of the database.
pub fn rehearse(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    step: &Step,
    ids: &[WorkItemId],
) -> Result<Vec<Line>, Error> {
    each(db, actor, practice, step, ids, true)
}

/// Does the step to each item that allows it.
///
/// # Errors
/// As [`rehearse`].
pub fn carry_out(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    step: &Step,
    ids: &[WorkItemId],
) -> Result<Vec<Line>, Error> {
    each(db, actor, practice, step, ids, false)
}

/// Why a rehearsal or a step of one item ended without being kept.
enum Stop {
    Rehearsed(String),
    Refused(Error),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Refused(error.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Refused(error)
    }
}

fn each(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    step: &Step,
    ids: &[WorkItemId],
    is_rehearsal: bool,
) -> Result<Vec<Line>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        return Err(Error::invalid("items", format!("Choose 1 to {MOST_AT_ONCE} items in the queue.")));
    }
    ids.iter()
        .map(|id| {
            let seen = db.read(actor, practice, |read| {
                let row = read.query_opt(&WORK_ITEM, params![*id])?;
                Ok::<_, Error>(row.filter(|row| super::may_see(actor, row.desk)))
            })?;
            let done = db.write(actor, practice, |tx| {
                let words = one(tx, actor, *id, step)?;
                if is_rehearsal { Err(Stop::Rehearsed(words)) } else { Ok(words) }
            });
            let outcome = match done {
                Ok(words) | Err(Stop::Rehearsed(words)) => Ok(words),
                Err(Stop::Refused(refusal)) => Err(in_words(refusal)?),
            };
            let (reason, stake) =
                (seen.as_ref().map(|row| row.reason), seen.map_or(Money::ZERO, |row| row.stake_cents));
            Ok(Line { id: *id, reason, stake, outcome })
        })
        .collect()
}

/// The refusal as a sentence; a broken world stays an error.
fn in_words(refusal: Error) -> Result<String, Error> {
    match refusal {
        Error::Invalid { problem, .. } => Ok(problem),
        Error::NotFound(_) | Error::Denied(_) => Ok("It stands at a desk that is not yours, or is gone.".to_owned()),
        Error::Refused(_) | Error::Changed => Ok(refusal.to_string()),
        broken @ Error::Store(_) => Err(broken),
    }
}

fn one(tx: &mut Tx, actor: &Actor, id: WorkItemId, step: &Step) -> Result<String, Error> {
    match step {
        Step::Take => {
            let item = movable(tx, actor, id)?;
            if item.owner == Some(actor.user) {
                return Err(Error::refused("It is yours already."));
            }
            let sentence = format!("Taken by {}", actor.login);
            change(tx, item, "taken", &sentence, |item, _| Ok(item.take(actor.user)?))?;
            Ok("Is yours from then on.".to_owned())
        }
        Step::PutBack => {
            let item = if gives_work(actor) { visible(tx, actor, id)? } else { movable(tx, actor, id)? };
            change(tx, item, "put_back", "Put back into the queue", |item, _| Ok(item.put_back()?))?;
            Ok("Stands in its queue again.".to_owned())
        }
        Step::Assign(person) => assign(tx, actor, id, *person),
        Step::Note(words) => {
            if words.trim().is_empty() {
                return Err(Error::invalid("note", "Write what the next person needs to know."));
            }
            let item = workable(tx, actor, id)?;
            store::worklist::append_event(tx, item.id, "noted", words.trim())?;
            Ok("Gets the note.".to_owned())
        }
        Step::Resolve(resolution) => {
            resolve_in(tx, actor, id, resolution.clone())?;
            Ok("Ends with these words.".to_owned())
        }
    }
}

/// Gives an item to a person who works its desk, and tells them.
fn assign(tx: &mut Tx, actor: &Actor, id: WorkItemId, person: UserId) -> Result<String, Error> {
    allow(actor, Action::AssignWork, &ResourceState::default())?;
    let item: WorkItem = visible(tx, actor, id)?;
    let user: UserRow = tx.query_opt(&USER_BY_ID, params![person])?.ok_or(Error::NotFound("person"))?;
    let receiver = session::actor_of(tx, &user)?;
    if user.state != UserState::Active || allow(&receiver, action_for(item.desk), &ResourceState::default()).is_err() {
        let desk = item.desk.label();
        return Err(Error::refused(format!("{} does not work {desk}. Choose somebody who does.", user.display_name)));
    }
    if item.owner == Some(person) {
        return Err(Error::refused(format!("{} has it already.", user.display_name)));
    }
    let sentence = format!("Given to {} by {}", user.login, actor.login);
    change(tx, item, "assigned", &sentence, |item, _| {
        if item.state == WorkState::Taken {
            item.put_back()?;
        }
        Ok(item.take(person)?)
    })?;
    notices::tell(tx, person, NoticeKind::Assigned, id)?;
    Ok(format!("Goes to {}, who is told.", user.display_name))
}

/// Everybody who works some desk and may sign in, by name.
///
/// # Errors
/// Of the database.
pub fn workers(conn: &Conn) -> Result<Vec<(UserId, String)>, Error> {
    let roles = conn.query(&ROLES, params![])?;
    let works = |user: &UserRow| {
        let held = roles.iter().filter(|row| row.user_id == user.id).map(|row| row.role).collect();
        let person = Actor::user(user.id, user.login.clone(), held, conn.practice());
        let may_work = |desk: &Desk| allow(&person, action_for(*desk), &ResourceState::default()).is_ok();
        user.state == UserState::Active && Desk::ALL.iter().any(may_work)
    };
    let mut people: Vec<(UserId, String)> =
        conn.query(&USERS, params![])?.into_iter().filter(works).map(|user| (user.id, user.display_name)).collect();
    people.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(people)
}
