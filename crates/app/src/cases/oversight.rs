//! What who oversees the desks looks at: what went up, what waits, what nobody answered or acknowledged; and giving an
//! item to a person, or back to the desk below.

use billing::access::{Action, Actor, ResourceState};
use billing::work::Desk;
use billing::{PracticeId, UserId, WorkItemId};
use store::work_case::{ESCALATED, OPEN_CONSULTS, OverseenRow, UNACKNOWLEDGED, WAITING, WorkConsultRow};
use store::worklist::WORK_ITEM;
use store::{Db, params};

use super::asking;
use super::people::{self, Colleague};
use crate::Error;
use crate::access::allow;
use crate::worklist;

/// Most rows of each list of the page.
const MOST_SHOWN: i64 = 200;

/// The page of who oversees.
#[derive(Debug, Clone)]
pub struct Oversight {
    /// What went up and is open, most urgent first.
    pub escalated: Vec<OverseenRow>,
    /// What waits, next to come back first.
    pub waiting: Vec<OverseenRow>,
    /// Complaints that nobody acknowledged.
    pub unacknowledged: Vec<OverseenRow>,
    /// Questions that nobody answered.
    pub questions: Vec<WorkConsultRow>,
    /// Who works each desk.
    pub people: Vec<(Desk, Vec<Colleague>)>,
}

/// What stands now.
///
/// # Errors
/// `Denied` without the right to see the work of every desk.
pub fn overview(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Oversight, Error> {
    allow(actor, Action::ViewAllWork, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut people = Vec::new();
        for desk in Desk::ALL {
            people.push((desk, people::of_desk(read, practice, desk)?));
        }
        Ok(Oversight {
            escalated: read.query(&ESCALATED, params![MOST_SHOWN])?,
            waiting: read.query(&WAITING, params![MOST_SHOWN])?,
            unacknowledged: read.query(&UNACKNOWLEDGED, params![MOST_SHOWN])?,
            questions: read.query(&OPEN_CONSULTS, params![MOST_SHOWN])?,
            people,
        })
    })
}

/// Gives an item to a person who works its desk, whoever had it.
///
/// # Errors
/// `Denied` without the right to give work; `Refused` where the person does not work the desk.
pub fn assign(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, to: UserId) -> Result<(), Error> {
    allow(actor, Action::AssignWork, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?;
        let there = people::of_desk(tx, practice, row.desk)?;
        let Some(colleague) = there.into_iter().find(|colleague| colleague.id == to) else {
            return Err(Error::refused(format!("Choose a person who works {}.", row.desk.label())));
        };
        asking::hand_to(tx, actor, id, to, &format!("Given to {} by {}", colleague.name, actor.login))
    })
}

/// Sends an escalated item back to its first desk.
///
/// # Errors
/// `Denied` without the right to give work; `Refused` where it was not escalated or no sentence is given.
pub fn de_escalate(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, why: &str) -> Result<(), Error> {
    allow(actor, Action::AssignWork, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?;
        let sentence = format!("Sent back by {}: {}", actor.login, why.trim());
        let calendar = store::clock::calendar(tx)?;
        worklist::change(tx, row.into(), "returned", &sentence, |item, today| {
            Ok(item.return_down(why, today, &calendar)?)
        })
    })
}
