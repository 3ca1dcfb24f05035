//! Teams, what people can do, who is away: said by who arranges the work, with a reason, never changed in place; and what
//! follows of it for work that is open. It gives nobody a right.

use std::str::FromStr;

use billing::access::{Action, Actor, ResourceState, Role, UserState};
use billing::id::DeskSettingId;
use billing::work::priority::PayerShare;
use billing::work::team::{Absence, MOST_MINUTES_A_DAY, Staffing, Team, Worker, key_problem};
use billing::work::{Desk, Skill};
use billing::{PracticeId, UserId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use store::desk_setting::{DeskSettingRow, LATEST_SETTINGS, SETTINGS_FROM, SettingKind, of_kind};
use store::routing::{LANE_TOTALS, LaneTotal, REHOME_TEAM};
use store::users::{ROLES, USERS};
use store::{Conn, Db, Json, Tx, params};

use crate::access::allow;
use crate::quality::skills;
use crate::worklist::action_for;
use crate::{Error, next_best, reason};

/// Most words that a page of history shows.
const MOST_SHOWN: i64 = 100;
/// Longest absence that one word covers, in days: a year; a longer one is a person who is disabled.
const LONGEST_ABSENCE: i32 = 366;
/// Most characters of a team's name.
const LONGEST_NAME: usize = 60;

/// A person who works at a desk, as the page of teams shows them.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// Who.
    pub user: UserId,
    /// The log-in name.
    pub login: String,
    /// The name that others read.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// The desks that the person may work.
    pub desks: Vec<Desk>,
    /// What somebody wrote down of their teams, skills and day.
    pub worker: Option<Worker>,
}

/// Open work that nobody who is there today can take.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmanned {
    /// What people read of the team.
    pub team: String,
    /// What it asks.
    pub skill: Skill,
    /// Open items.
    pub items: i64,
}

/// Everything that the page of teams shows.
#[derive(Debug, Clone)]
pub struct Arrangement {
    /// Teams, people, absences that stand.
    pub staffing: Staffing,
    /// Absences with their ids, which call them off.
    pub absences: Vec<(DeskSettingId, Absence)>,
    /// Everybody who may work a desk.
    pub colleagues: Vec<Colleague>,
    /// How much of a day one payer may fill.
    pub share: PayerShare,
    /// What stands open in every lane.
    pub lanes: Vec<LaneTotal>,
    /// What of it nobody can take today.
    pub unmanned: Vec<Unmanned>,
    /// What was said, the latest first.
    pub history: Vec<DeskSettingRow>,
}

/// Who is there on a day.
///
/// # Errors
/// Of the store; `Refused` where a word cannot be read.
pub fn staffing(conn: &Conn, day: Date) -> Result<Staffing, Error> {
    let mut staffing = Staffing::default();
    for row in conn.query(&SETTINGS_FROM, params![day])?.into_iter().filter(|row| row.from_on <= day) {
        match row.kind {
            SettingKind::Team => staffing.teams.push((row.subject.clone(), read(&row)?)),
            SettingKind::Worker => {
                let user = UserId::from_str(&row.subject).map_err(|_| unreadable(&row))?;
                staffing.workers.push((user, read(&row)?));
            }
            SettingKind::Absence => staffing.absences.push(read(&row)?),
            SettingKind::Rule | SettingKind::PayerShare => {}
        }
    }
    staffing.earned = skills::earned_by_all(conn)?;
    Ok(staffing)
}

/// The teams alone: what an item that is opened needs.
pub(crate) fn teams(conn: &Conn, day: Date) -> Result<Staffing, Error> {
    let rows = of_kind(conn, SettingKind::Team, day)?;
    let teams = rows.iter().map(|row| Ok((row.subject.clone(), read(row)?))).collect::<Result<_, Error>>()?;
    Ok(Staffing { teams, ..Staffing::default() })
}

/// How much of a person's day one payer may fill.
pub(crate) fn share(conn: &Conn, day: Date) -> Result<PayerShare, Error> {
    of_kind(conn, SettingKind::PayerShare, day)?.last().map_or(Ok(PayerShare::USUAL), read)
}

pub(crate) fn read<T: DeserializeOwned>(row: &DeskSettingRow) -> Result<T, Error> {
    serde_json::from_value(row.body.0.clone()).map_err(|_| unreadable(row))
}

fn unreadable(row: &DeskSettingRow) -> Error {
    let words = format!(
        "What was said of {} {} on {} cannot be read. Say it again on the page of teams and routing.",
        row.kind.as_str().replace('_', " "),
        row.subject,
        row.from_on
    );
    Error::refused(words)
}

/// Everything that the page of teams shows.
///
/// # Errors
/// `Denied` without the right to see the work of every desk.
pub fn arrangement(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Arrangement, Error> {
    allow(actor, Action::ViewAllWork, &ResourceState::default())?;
    db.read(actor, practice, |read_| {
        let today = read_.today();
        let rows = of_kind(read_, SettingKind::Absence, today)?;
        let absences = rows.iter().map(|row| Ok((row.id, read::<Absence>(row)?))).collect::<Result<Vec<_>, Error>>()?;
        let staffing = staffing(read_, today)?;
        let colleagues = colleagues(read_, &staffing)?;
        let lanes = read_.query(&LANE_TOTALS, params![])?;
        let unmanned = unmanned(&staffing, &colleagues, &lanes, today);
        Ok(Arrangement {
            absences: absences.into_iter().filter(|(_, absence)| !absence.is_called_off).collect(),
            colleagues,
            share: share(read_, today)?,
            lanes,
            unmanned,
            history: read_.query(&LATEST_SETTINGS, params![MOST_SHOWN])?,
            staffing,
        })
    })
}

/// Everybody who may work a desk and is not disabled.
pub(crate) fn colleagues(conn: &Conn, staffing: &Staffing) -> Result<Vec<Colleague>, Error> {
    let roles = conn.query(&ROLES, params![])?;
    let users = conn.query(&USERS, params![])?;
    let all = users.into_iter().filter(|user| user.state == UserState::Active).map(|user| {
        let roles: Vec<Role> = roles.iter().filter(|row| row.user_id == user.id).map(|row| row.role).collect();
        let actor = Actor::user(user.id, user.login.clone(), roles.clone(), conn.practice());
        Colleague {
            user: user.id,
            login: user.login,
            name: user.display_name,
            roles,
            desks: desks_of(&actor),
            worker: staffing.workers.iter().find(|(who, _)| *who == user.id).map(|(_, worker)| worker.clone()),
        }
    });
    Ok(all.filter(|colleague| !colleague.desks.is_empty()).collect())
}

/// The desks that a person may work.
pub fn desks_of(actor: &Actor) -> Vec<Desk> {
    let may = |desk: &Desk| allow(actor, action_for(*desk), &ResourceState::default()).is_ok();
    Desk::ALL.into_iter().filter(may).collect()
}

fn unmanned(staffing: &Staffing, people: &[Colleague], lanes: &[LaneTotal], today: Date) -> Vec<Unmanned> {
    let there = people.iter().filter(|person| !staffing.is_away(person.user, today));
    let worked: Vec<_> = there.flat_map(|person| staffing.lanes(person.user, &person.desks, today)).collect();
    let is_worked = |lane: &&LaneTotal| worked.iter().any(|one| one.team == lane.team && one.skill == lane.skill);
    let left = lanes.iter().filter(|lane| !is_worked(lane));
    left.map(|lane| Unmanned { team: staffing.name_of(&lane.team), skill: lane.skill, items: lane.items }).collect()
}

/// Adds a word that stands from a day on.
pub(crate) fn say(
    tx: &mut Tx,
    (kind, subject): (SettingKind, &str),
    (from_on, until_on): (Date, Option<Date>),
    body: &impl Serialize,
    why: &str,
) -> Result<DeskSettingId, Error> {
    let body =
        serde_json::to_value(body).map_err(|_| Error::refused("This cannot be written down. Say it otherwise."))?;
    let row = DeskSettingRow {
        id: DeskSettingId(tx.new_id()),
        kind,
        subject: subject.to_owned(),
        from_on,
        until_on,
        body: Json(body),
        recorded_at: tx.now(),
        recorded_by: tx.actor().user,
        recorded_by_login: tx.actor().login.clone(),
        why: why.to_owned(),
    };
    store::desk_setting::say(tx, &row)?;
    tx.audit("desk_setting.say", "desk_setting", row.id, json!({ "kind": kind.as_str(), "subject": subject }));
    Ok(row.id)
}

pub(crate) fn arranges(actor: &Actor) -> Result<(), Error> {
    allow(actor, Action::ArrangeWork, &ResourceState::default())?;
    Ok(())
}

pub(crate) fn because(why: &str) -> Result<&str, Error> {
    reason::given(why, "Say in a sentence why; the auditor reads it.")
}

/// Adds a team, or changes its name and how its items are given out. One that is closed passes its open items to its desk's
/// own team.
///
/// # Errors
/// `Denied`; `Invalid` for a key, a name or a reason; `Refused` where the team's desk would change.
pub fn set_team(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (key, team): (&str, &Team),
    why: &str,
) -> Result<(), Error> {
    arranges(actor)?;
    let why = because(why)?;
    if let Some(problem) = key_problem(key) {
        return Err(Error::invalid("key", problem));
    }
    let name = team.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid("name", "Give the team a name of at most 60 characters."));
    }
    db.write(actor, practice, |tx| {
        let today = tx.today();
        if teams(tx, today)?.desk_of(key).is_some_and(|desk| desk != team.desk) {
            return Err(Error::refused("A team stays at its desk. Close it and add one at the other desk."));
        }
        say(tx, (SettingKind::Team, key), (today, None), &Team { name: name.to_owned(), ..team.clone() }, why)?;
        if !team.is_open {
            tx.execute(&REHOME_TEAM, params![key, team.desk.as_str()])?;
        }
        Ok(())
    })
}

/// Says what a person does: their teams, skills, minutes of a day.
///
/// # Errors
/// `Denied`; `Invalid` for a team that is not there, minutes beyond a day or no reason; `NotFound`.
pub fn set_worker(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (user, worker): (UserId, &Worker),
    why: &str,
) -> Result<(), Error> {
    arranges(actor)?;
    let why = because(why)?;
    if worker.minutes_a_day > MOST_MINUTES_A_DAY {
        return Err(Error::invalid("minutes_a_day", "Give minutes of a day, from 0 to 1440."));
    }
    db.write(actor, practice, |tx| {
        let today = tx.today();
        known(tx, user)?;
        let staffing = teams(tx, today)?;
        if let Some(missing) = worker.teams.iter().find(|key| staffing.open_team(key).is_none()) {
            return Err(Error::invalid("teams", format!("There is no open team {missing}. Add it first.")));
        }
        say(tx, (SettingKind::Worker, &user.to_string()), (today, None), worker, why)?;
        Ok(())
    })
}

fn known(conn: &Conn, user: UserId) -> Result<(), Error> {
    let is_known = conn.query(&USERS, params![])?.iter().any(|row| row.id == user && row.state == UserState::Active);
    if is_known { Ok(()) } else { Err(Error::NotFound("person")) }
}

/// A person is away, and who takes what they have. Where it begins today, their items move at once; else in the morning.
///
/// # Errors
/// `Denied`; `Invalid` for days that are past or the wrong way round, or a person who stands in for themselves; `NotFound`.
pub fn set_absence(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    absence: &Absence,
    why: &str,
) -> Result<DeskSettingId, Error> {
    arranges(actor)?;
    let why = because(why)?;
    if absence.substitute == Some(absence.user) {
        return Err(Error::invalid("substitute", "Nobody stands in for themselves. Choose a colleague, or nobody."));
    }
    db.write(actor, practice, |tx| {
        let today = tx.today();
        let days = (absence.to_on - absence.from_on).get_days();
        if absence.to_on < today || !(0..=LONGEST_ABSENCE).contains(&days) {
            return Err(Error::invalid(
                "to_on",
                "Give a last day from today on, not before the first day, within a year.",
            ));
        }
        known(tx, absence.user)?;
        absence.substitute.map_or(Ok(()), |substitute| known(tx, substitute))?;
        let subject = tx.new_id().to_string();
        let stands = Absence { is_called_off: false, ..absence.clone() };
        let until = Some(absence.to_on.saturating_add(1.day()));
        let id = say(tx, (SettingKind::Absence, &subject), (today, until), &stands, why)?;
        next_best::hand_over_absent(tx)?;
        Ok(id)
    })
}

/// An absence does not happen, or ends early.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without a reason.
pub fn call_off_absence(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: DeskSettingId,
    why: &str,
) -> Result<(), Error> {
    arranges(actor)?;
    let why = because(why)?;
    db.write(actor, practice, |tx| {
        let today = tx.today();
        let rows = of_kind(tx, SettingKind::Absence, today)?;
        let row = rows.iter().find(|row| row.id == id).ok_or(Error::NotFound("absence"))?;
        let absence = Absence { is_called_off: true, ..read(row)? };
        say(tx, (SettingKind::Absence, &row.subject), (today, row.until_on), &absence, why)?;
        Ok(())
    })
}

/// Sets how much of a person's day one payer may fill.
///
/// # Errors
/// `Denied`; `Invalid` for figures out of measure or without a reason.
pub fn set_share(db: &Db, actor: &Actor, practice: PracticeId, share: PayerShare, why: &str) -> Result<(), Error> {
    arranges(actor)?;
    let why = because(why)?;
    if !(1..=100).contains(&share.percent) || !(2..=PayerShare::MOST).contains(&share.of_next) {
        return Err(Error::invalid("percent", "Give from 1 to 100 percent of the next 2 to 200 items."));
    }
    db.write(actor, practice, |tx| {
        let today = tx.today();
        say(tx, (SettingKind::PayerShare, ""), (today, None), &share, why)?;
        Ok(())
    })
}
