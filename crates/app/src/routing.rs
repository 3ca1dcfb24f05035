//! Where work goes when it is opened or moved: rules are asked, a team owns it, its place among the others is written down.
//! A practice's own rules are data with a first day, a reason and a dry run on what was opened last month.

mod dry_run;
mod facts;

use billing::access::{Action, Actor, ResourceState};
use billing::work::priority::{Priority, Rankable};
use billing::work::routing::{Condition, Outcome, Routed, Rule, asks, program_rules, route};
use billing::work::team::{Staffing, key_problem};
use billing::work::{Desk, WorkItem, WorkState};
use billing::{PracticeId, WorkItemId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::desk_setting::{DeskSettingRow, SETTINGS_FROM, SettingKind, of_kind};
use store::routing::{PLACE_OF_ITEM, PlaceRow, RANKED, RankedRow};
use store::{Conn, Db, Tx, params};

pub use dry_run::{DryRun, Elsewhere, dry_run};

use crate::access::allow;
use crate::teams::{arranges, because, read, say};
use crate::{Error, teams};

/// Most items that the daily job looks at before it writes.
const PIECE: i64 = 1_000;
/// Most rules of a practice's own: more cannot be read by a person who wonders why.
const MOST_RULES: usize = 100;
/// Most characters of a rule's name.
const LONGEST_NAME: usize = 100;

/// A practice's own rule as it is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRule {
    /// Its place among the practice's own, the least first.
    pub place: u32,
    /// What people read.
    pub name: String,
    /// When it matches, in the notation of rules.
    pub when: String,
    /// What it decides, in the notation of rules.
    pub then: String,
    /// Whether it no longer counts.
    pub is_withdrawn: bool,
}

impl OwnRule {
    fn read(&self, key: &str) -> Result<Rule, Error> {
        let condition: Condition = self.when.parse().map_err(|problem| Error::invalid("when", format!("{problem}")))?;
        let outcome: Outcome = self.then.parse().map_err(|problem| Error::invalid("then", format!("{problem}")))?;
        Ok(Rule { key: key.to_owned(), name: self.name.clone(), condition, outcome })
    }
}

/// The rules as a page shows them.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The practice's own that stand or begin later, in the order in which they are asked, each with its first day.
    pub own: Vec<(String, OwnRule, Date)>,
    /// The program's own, asked after them.
    pub program: &'static [Rule],
}

/// The rules that stand or begin later.
///
/// # Errors
/// `Denied` without the right to see the work of every desk.
pub fn rules(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Rules, Error> {
    allow(actor, Action::ViewAllWork, &ResourceState::default())?;
    db.read(actor, practice, |conn| {
        let rows = conn.query(&SETTINGS_FROM, params![conn.today()])?;
        let mut own = Vec::new();
        for row in rows.iter().filter(|row| row.kind == SettingKind::Rule) {
            let rule: OwnRule = read(row)?;
            if !rule.is_withdrawn {
                own.push((row.subject.clone(), rule, row.from_on));
            }
        }
        own.sort_by(|(a_key, a, _), (b_key, b, _)| (a.place, a_key).cmp(&(b.place, b_key)));
        Ok(Rules { own, program: program_rules() })
    })
}

/// The practice's own rules that stand on a day, in the order in which they are asked.
pub(crate) fn own_rules(conn: &Conn, day: Date) -> Result<Vec<Rule>, Error> {
    in_order(&of_kind(conn, SettingKind::Rule, day)?)
}

fn in_order(rows: &[DeskSettingRow]) -> Result<Vec<Rule>, Error> {
    let mut own = Vec::new();
    for row in rows {
        let rule: OwnRule = read(row)?;
        if !rule.is_withdrawn {
            own.push((rule.place, rule.read(&row.subject)?));
        }
    }
    own.sort_by(|(a_place, a), (b_place, b)| (a_place, &a.key).cmp(&(b_place, &b.key)));
    Ok(own.into_iter().map(|(_, rule)| rule).collect())
}

/// Adds a rule, or says anew what it is, from a day on; work that is open already stays where it is.
///
/// # Errors
/// `Denied`; `Invalid` for what cannot be read, names no team of the practice, puts work down, matches everything or begins
/// in the past.
pub fn set_rule(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (key, rule, from_on): (&str, &OwnRule, Date),
    why: &str,
) -> Result<(), Error> {
    arranges(actor)?;
    let why = because(why)?;
    db.write(actor, practice, |tx| {
        let today = tx.today();
        checked(tx, key, rule)?;
        if from_on < today {
            return Err(Error::invalid("from_on", "A rule begins today or later: what was routed stays as it was."));
        }
        if own_rules(tx, from_on)?.len() >= MOST_RULES {
            return Err(Error::refused("There are a hundred rules. Withdraw one that nobody needs."));
        }
        say(tx, (SettingKind::Rule, key), (from_on, None), rule, why)?;
        Ok(())
    })
}

/// Whether a rule can stand.
fn checked(conn: &Conn, key: &str, rule: &OwnRule) -> Result<Rule, Error> {
    if let Some(problem) = key_problem(key) {
        return Err(Error::invalid("key", problem));
    }
    if program_rules().iter().any(|own| own.key == key) {
        return Err(Error::invalid("key", "This word is a rule of the program. Choose another one."));
    }
    if rule.name.trim().is_empty() || rule.name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid("name", "Say in at most 100 characters what the rule is for."));
    }
    let read = rule.read(key)?;
    if read.condition.is_empty() {
        return Err(Error::invalid("when", "A rule that asks nothing takes everything. Say when it counts."));
    }
    if read.outcome.is_empty() {
        return Err(Error::invalid("then", "Say what it decides: a desk, a team, a skill, or that it goes first."));
    }
    if let Some(desk) = read.outcome.desk {
        let down = |reason: &&billing::work::WorkReason| !billing::work::routing::lifts(reason.desk(), desk);
        if let Some(reason) = read.condition.reasons.iter().find(down) {
            let words = format!(
                "\"{}\" is work of {}: a rule may put it higher, never lower.",
                reason.title(),
                reason.desk().label()
            );
            return Err(Error::invalid("then", words));
        }
    }
    if let Some(team) = &read.outcome.team {
        let teams = teams::teams(conn, conn.today())?;
        if teams.open_team(team).is_none() {
            return Err(Error::invalid("then", format!("There is no open team {team}. Add it first.")));
        }
    }
    Ok(read)
}

/// A rule no longer counts, from today on.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without a reason.
pub fn withdraw_rule(db: &Db, actor: &Actor, practice: PracticeId, key: &str, why: &str) -> Result<(), Error> {
    arranges(actor)?;
    let why = because(why)?;
    db.write(actor, practice, |tx| {
        let today = tx.today();
        let rows = tx.query(&SETTINGS_FROM, params![today])?;
        let of_key = |row: &&DeskSettingRow| row.kind == SettingKind::Rule && row.subject == key;
        let row = rows.iter().rfind(of_key).ok_or(Error::NotFound("rule"))?;
        let rule: OwnRule = read(row)?;
        if rule.is_withdrawn {
            return Err(Error::NotFound("rule"));
        }
        say(tx, (SettingKind::Rule, key), (today, None), &OwnRule { is_withdrawn: true, ..rule }, why)?;
        Ok(())
    })
}

/// Puts new items where the rules say, stores them with their first event, and gives them their places.
pub(crate) fn open(tx: &mut Tx, mut items: Vec<(WorkItem, String)>) -> Result<(), Error> {
    if items.is_empty() {
        return Ok(());
    }
    let today = tx.today();
    let own = own_rules(tx, today)?;
    let teams = teams::teams(tx, today)?;
    let subjects: Vec<facts::Subject> = items.iter().map(|(item, _)| facts::Subject::of(item, today)).collect();
    let facts = facts::of(tx, &subjects, asks(&own))?;
    let mut places = Vec::with_capacity(items.len());
    for ((item, _), facts) in items.iter_mut().zip(&facts) {
        let routed = route(&own, facts);
        item.desk = routed.desk;
        places.push(place_of(item, &routed, &teams, today));
    }
    store::worklist::insert_items(tx, &items)?;
    write(tx, items.iter().map(|(item, _)| item.id).zip(places))
}

fn place_of(item: &WorkItem, routed: &Routed, teams: &Staffing, today: Date) -> PlaceRow {
    PlaceRow {
        team: teams.owner(item.desk, routed.team.as_deref()),
        skill: routed.skill,
        priority: priority(item, routed.is_first, today),
        is_raised: routed.is_first,
        routed_by: routed.rule.clone().unwrap_or_default(),
    }
}

/// An item's place among the others today.
pub(crate) fn priority(item: &WorkItem, is_raised: bool, today: Date) -> i64 {
    Priority::of(&Rankable::of_item(item, is_raised), today).stored()
}

/// Why an item stands where it stands, in a sentence.
pub(crate) fn why(item: &WorkItem, is_raised: bool, today: Date) -> String {
    billing::work::priority::why(&Rankable::of_item(item, is_raised), today)
}

/// Writes places, those of one lane together.
fn write(tx: &mut Tx, places: impl Iterator<Item = (WorkItemId, PlaceRow)>) -> Result<(), Error> {
    let mut lanes: Vec<(PlaceRow, Vec<(WorkItemId, i64)>)> = Vec::new();
    for (id, place) in places {
        let numbered = (id, place.priority);
        let lane = PlaceRow { priority: 0, ..place };
        match lanes.iter_mut().find(|(known, _)| *known == lane) {
            Some((_, items)) => items.push(numbered),
            None => lanes.push((lane, vec![numbered])),
        }
    }
    for (place, items) in &lanes {
        store::routing::place(tx, place, items)?;
    }
    Ok(())
}

/// An item that changed keeps its place or finds a new one; one that moved to another desk or is about something else asks
/// the rules again, which no longer choose its desk.
pub(crate) fn follow(tx: &mut Tx, item: &WorkItem, is_moved: bool) -> Result<(), Error> {
    if item.state == WorkState::Resolved {
        return Ok(());
    }
    let today = tx.today();
    let stands = tx.query_one(&PLACE_OF_ITEM, params![item.id])?;
    if !is_moved {
        let number = priority(item, stands.is_raised, today);
        return if number == stands.priority { Ok(()) } else { Ok(store::routing::rank(tx, &[(item.id, number)])?) };
    }
    let own = own_rules(tx, today)?;
    let facts = facts::of(tx, &[facts::Subject::of(item, today)], asks(&own))?;
    let Some(facts) = facts.first() else { return Ok(()) };
    let routed = billing::work::routing::route_at(&own, facts, item.desk);
    let teams = teams::teams(tx, today)?;
    let raised = Routed { is_first: routed.is_first || stands.is_raised, ..routed };
    write(tx, std::iter::once((item.id, place_of(item, &raised, &teams, today))))
}

/// Writes down anew where everything stands that is not resolved: days pass, and with them what is urgent. Answers how many
/// items have another place.
///
/// # Errors
/// Where the database refuses.
pub(crate) fn rank_all(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    let mut changed = 0;
    for desk in Desk::ALL {
        let mut after = store::worklist::QueueCursor::START;
        loop {
            let (rows, moved) = db.write(actor, practice, |tx| {
                let today = tx.today();
                let rows: Vec<RankedRow> = tx.query(&RANKED, params![desk, after.due_on, after.id, PIECE])?;
                let number = |row: &RankedRow| place_now(row, today);
                let moved: Vec<(WorkItemId, i64)> = rows
                    .iter()
                    .map(|row| (row, number(row)))
                    .filter(|(row, number)| *number != row.priority)
                    .map(|(row, number)| (row.id, number))
                    .collect();
                store::routing::rank(tx, &moved)?;
                Ok::<_, Error>((rows, moved.len()))
            })?;
            changed += moved;
            let Some(last) = rows.last() else { break };
            after = store::worklist::QueueCursor { due_on: last.due_on, id: last.id };
        }
    }
    Ok(changed)
}

fn place_now(row: &RankedRow, today: Date) -> i64 {
    let days = (row.due_on, row.deadline_on);
    Priority::of(&Rankable::usual((row.reason, row.desk), row.stake_cents, days, row.is_raised), today).stored()
}
