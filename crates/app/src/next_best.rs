//! The next best item: the first open one of the lanes that a person works, with one payer's share of the day kept; and
//! what is given out in the morning where a team wants it so. Every write of a practice has its turn (`store`'s heads), so
//! two people never get the same item; nothing is sorted when somebody asks.

use std::collections::HashMap;

use billing::access::{Action, Actor, ActorKind, ResourceState};
use billing::id::WorkPullId;
use billing::work::priority::Priority;
use billing::work::team::{Assignment, Lane, Staffing};
use billing::work::{Desk, Skill, WorkItem, WorkState};
use billing::{PayerId, PracticeId, UserId, WorkItemId};
use store::desk_setting::{LAST_PULLED_PAYERS, WorkPullRow};
use store::routing::{FIRST_OF_LANE, PLACES_OF_ITEMS, PlacedRow, TAKEN_BY, next_in_lane};
use store::users::USERS;
use store::worklist::{WORK_ITEM, WORK_ITEMS};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::teams::{self, Colleague, desks_of};
use crate::worklist::{action_for, change};
use crate::{Error, routing};

/// Most items of one person that are looked at: nobody has more in hand.
const MOST_TAKEN: i64 = 1_000;
/// Most items that the morning gives to one person, whatever their minutes: a day of very short ones.
const MOST_GIVEN: i64 = 200;

/// An item with why it comes now.
#[derive(Debug, Clone, PartialEq)]
pub struct Next {
    /// The item.
    pub item: WorkItem,
    /// Its number among the others.
    pub priority: i64,
    /// Key of the team that owns it.
    pub team: String,
    /// What people read of the team.
    pub team_name: String,
    /// What it asks of who works it.
    pub skill: Skill,
    /// Log-in of who has it.
    pub owner: Option<String>,
    /// Key of the rule that routed it; empty where its reason alone did.
    pub routed_by: String,
    /// Why it comes now, in a sentence.
    pub why: String,
}

/// What a person could take, and how their day is shared.
struct Reach {
    lanes: Vec<Lane>,
    spent: Vec<PayerId>,
}

fn reach(conn: &Conn, actor: &Actor, desks: &[Desk]) -> Result<Reach, Error> {
    let today = conn.today();
    let staffing = teams::staffing(conn, today)?;
    let share = teams::share(conn, today)?;
    let window = i64::from(share.of_next);
    let recent = conn.query(&LAST_PULLED_PAYERS, params![actor.user, window])?;
    let recent: Vec<Option<PayerId>> = recent.into_iter().map(|(payer,)| payer).collect();
    Ok(Reach { lanes: staffing.lanes(actor.user, desks, today), spent: share.spent(&recent) })
}

/// The desks among which a person asks: one that they named, else all that they may work.
fn asked(actor: &Actor, desk: Option<Desk>) -> Result<Vec<Desk>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    if let Some(desk) = desk {
        allow(actor, action_for(desk), &ResourceState::default())?;
    }
    let desks = desks_of(actor);
    Ok(desks.into_iter().filter(|one| desk.is_none_or(|desk| desk == *one)).collect())
}

/// The best item of the lanes: of other payers than those whose share is spent, else of any.
fn best(conn: &Conn, reach: &Reach) -> Result<Option<WorkItemId>, Error> {
    let first_from = Priority::least_of_the_first().stored();
    let mut found: Option<(WorkItemId, i64)> = None;
    for but in [reach.spent.as_slice(), &[]] {
        for lane in &reach.lanes {
            let head = next_in_lane(conn, (&lane.team, lane.skill), but, first_from)?;
            let is_better = |(id, number): (WorkItemId, i64)| {
                found.is_none_or(|(known, best)| number > best || (number == best && id < known))
            };
            found = head.filter(|head| is_better(*head)).or(found);
        }
        if found.is_some() || reach.spent.is_empty() {
            break;
        }
    }
    Ok(found.map(|(id, _)| id))
}

/// The item that the person would get now; it stays where it is.
///
/// # Errors
/// `Denied` without the right to see a worklist, or to work the desk.
pub fn peek(db: &Db, actor: &Actor, practice: PracticeId, desk: Option<Desk>) -> Result<Option<Next>, Error> {
    let desks = asked(actor, desk)?;
    db.read(actor, practice, |conn| {
        let reach = reach(conn, actor, &desks)?;
        best(conn, &reach)?.map(|id| told(conn, id)).transpose()
    })
}

/// The person takes the best open item that they may work, of one desk or of all of theirs; none where nothing is open.
///
/// # Errors
/// As [`peek`]; `Refused` for who is no person.
pub fn take(db: &Db, actor: &Actor, practice: PracticeId, desk: Option<Desk>) -> Result<Option<Next>, Error> {
    let desks = asked(actor, desk)?;
    if actor.kind != ActorKind::User {
        return Err(Error::refused("Only a person can hold an item. Sign in as the person who takes it."));
    }
    // What a person works and what they were given is read before their turn, which is then short.
    let reach = db.read(actor, practice, |conn| reach(conn, actor, &desks))?;
    db.write(actor, practice, |tx| {
        let Some(id) = best(tx, &reach)? else { return Ok(None) };
        let next = told(tx, id)?;
        give(tx, next.item.clone(), actor.user, &format!("Taken by {}: {}", actor.login, next.why))?;
        told(tx, id).map(Some)
    })
}

/// One item with its place.
fn told(conn: &Conn, id: WorkItemId) -> Result<Next, Error> {
    let mut all = told_many(conn, &[id])?;
    all.remove(&id).ok_or(Error::NotFound("work item"))
}

fn told_many(conn: &Conn, ids: &[WorkItemId]) -> Result<HashMap<WorkItemId, Next>, Error> {
    let today = conn.today();
    let names = teams::teams(conn, today)?;
    let people: HashMap<UserId, String> =
        conn.query(&USERS, params![])?.into_iter().map(|user| (user.id, user.login)).collect();
    let mut places: HashMap<WorkItemId, PlacedRow> =
        conn.query_in(&PLACES_OF_ITEMS, params![], ids)?.into_iter().map(|row| (row.id, row)).collect();
    let mut all = HashMap::new();
    for row in conn.query_in(&WORK_ITEMS, params![], ids)? {
        let item: WorkItem = row.into();
        let Some(place) = places.remove(&item.id) else { continue };
        let why = routing::why(&item, place.is_raised, today);
        let owner = item.owner.and_then(|owner| people.get(&owner).cloned());
        let (team_name, skill) = (names.name_of(&place.team), place.skill);
        let (team, routed_by) = (place.team, place.routed_by);
        all.insert(item.id, Next { item, priority: place.priority, team, team_name, skill, owner, routed_by, why });
    }
    Ok(all)
}

/// One item with its team, its place and why it stands there.
///
/// # Errors
/// As [`crate::worklist::show`].
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId) -> Result<Next, Error> {
    crate::worklist::show(db, actor, practice, id)?;
    db.read(actor, practice, |conn| told(conn, id))
}

/// Many items with their teams and places; those of desks that the person may not see are left out.
///
/// # Errors
/// `Denied` without the right to see a worklist.
pub fn show_many(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    ids: &[WorkItemId],
) -> Result<HashMap<WorkItemId, Next>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    let mut all = db.read(actor, practice, |conn| told_many(conn, ids))?;
    all.retain(|_, next| crate::worklist::may_see(actor, next.item.desk));
    Ok(all)
}

/// A person has the item from now on, and their day knows it.
fn give(tx: &mut Tx, item: WorkItem, to: UserId, sentence: &str) -> Result<(), Error> {
    let pull = WorkPullRow {
        id: WorkPullId(tx.new_id()),
        user_id: to,
        work_item_id: item.id,
        payer_id: item.links.payer_id,
        minutes: i64::from(item.reason.minutes_at(item.desk)),
        pulled_on: tx.today(),
    };
    change(tx, item, "taken", sentence, |item, _| Ok(item.take(to)?))?;
    Ok(tx.insert(&pull)?)
}

/// Gives an open item to a person who may work it.
///
/// # Errors
/// `Denied` without the right to give work to people; `NotFound`; `Refused` where the person may not work the desk, is away,
/// or a colleague has the item.
pub fn assign(db: &Db, actor: &Actor, practice: PracticeId, id: WorkItemId, to: UserId) -> Result<(), Error> {
    allow(actor, Action::AssignWork, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let staffing = teams::staffing(tx, tx.today())?;
        let item: WorkItem = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?.into();
        let people = teams::colleagues(tx, &staffing)?;
        let Some(person) = people.iter().find(|person| person.user == to && person.desks.contains(&item.desk)) else {
            let words = format!("This person may not work {}. Give it to somebody who may.", item.desk.label());
            return Err(Error::refused(words));
        };
        if staffing.is_away(to, tx.today()) {
            return Err(Error::refused("This person is away today. Give it to who stands in for them."));
        }
        if item.state == WorkState::Taken {
            return Err(Error::refused("A colleague has this item. Put it back first, then give it to somebody."));
        }
        give(tx, item, to, &format!("Given to {} by {}", person.login, actor.login))
    })
}

/// What people have who are away goes to who stands in for them, where these may work its desk; else back into its queue.
/// Answers how many items moved.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn hand_over_absent(tx: &mut Tx) -> Result<usize, Error> {
    let today = tx.today();
    let staffing = teams::staffing(tx, today)?;
    let people = teams::colleagues(tx, &staffing)?;
    let mut away: Vec<UserId> =
        staffing.absences.iter().filter(|absence| absence.covers(today)).map(|absence| absence.user).collect();
    away.sort();
    away.dedup();
    let mut moved = 0;
    for user in away {
        let substitute = staffing.substitute_of(user, today);
        let substitute = substitute.and_then(|who| people.iter().find(|person| person.user == who));
        for (id, desk, _) in tx.query(&TAKEN_BY, params![user, MOST_TAKEN])? {
            let item: WorkItem = tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?.into();
            let to = substitute.filter(|person| person.desks.contains(&desk));
            let back = "Back in the queue: its owner is away";
            change(tx, item.clone(), "put_back", back, |item, _| Ok(item.put_back()?))?;
            if let Some(person) = to {
                let freed: WorkItem =
                    tx.query_opt(&WORK_ITEM, params![id])?.ok_or(Error::NotFound("work item"))?.into();
                give(tx, freed, person.user, &format!("Taken over by {} while its owner is away", person.login))?;
            }
            moved += 1;
        }
    }
    Ok(moved)
}

/// The morning of a practice: what absent people have moves on, and teams that want it so give out what each day holds.
/// Answers how many items found a person.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn begin_day(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let moved = hand_over_absent(tx)?;
        let today = tx.today();
        let staffing = teams::staffing(tx, today)?;
        let there: Vec<Colleague> = teams::colleagues(tx, &staffing)?
            .into_iter()
            .filter(|person| !staffing.is_away(person.user, today))
            .collect();
        let pushing = staffing.teams.iter().filter(|(_, team)| team.is_open && team.assignment == Assignment::Push);
        let teams: Vec<String> = pushing.map(|(key, _)| key.clone()).collect();
        let mut given = 0;
        for person in &there {
            given += give_out(tx, &staffing, person, &teams)?;
        }
        Ok(moved + given)
    })
}

/// Fills the day of a person with the best items of the teams that give them out.
fn give_out(tx: &mut Tx, staffing: &Staffing, person: &Colleague, teams: &[String]) -> Result<usize, Error> {
    let today = tx.today();
    let lanes = staffing.lanes(person.user, &person.desks, today).into_iter().filter(|lane| teams.contains(&lane.team));
    let has = tx.query(&TAKEN_BY, params![person.user, MOST_TAKEN])?;
    let mut left = i64::from(staffing.minutes_a_day(person.user))
        - has.iter().map(|(_, desk, reason)| i64::from(reason.minutes_at(*desk))).sum::<i64>();
    let mut open = Vec::new();
    for lane in lanes {
        open.extend(tx.query(&FIRST_OF_LANE, params![lane.team, lane.skill, MOST_GIVEN])?);
    }
    open.sort_by(|a, b| b.priority.cmp(&a.priority).then(a.id.cmp(&b.id)));
    let mut given = 0;
    for row in open {
        let minutes = i64::from(row.reason.minutes_at(row.desk));
        if minutes > left {
            break;
        }
        left -= minutes;
        let item: WorkItem = tx.query_opt(&WORK_ITEM, params![row.id])?.ok_or(Error::NotFound("work item"))?.into();
        give(tx, item, person.user, &format!("Given to {} in the morning", person.login))?;
        given += 1;
    }
    Ok(given)
}
