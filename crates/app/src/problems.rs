//! Problems of Tier 3: the list, one problem with its cases and its trend, the plan, notes, a payer's changed setting, and its
//! end. How cases gather stands in `gather`; rules, training, disputes and the effect beside it. Never works a case itself.

pub mod dispute;
pub mod effect;
pub(crate) mod gather;
pub mod rules;
pub mod settings;
pub mod training;

use std::collections::{BTreeMap, BTreeSet};

use billing::access::{Action, Actor, ResourceState};
use billing::problem::{ActionKind, Effect, Pattern, ProblemState};
use billing::work::cause::is_cause;
use billing::work::{CaseFile, WorkItem, WorkReason};
use billing::{Money, PracticeId, ProblemActionId, ProblemId};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde_json::json;
use store::problem::{
    ACTIONS_OF_PROBLEM, CASES_OF_PROBLEM, CaseOfProblem, OwnScrubRuleRow, PROBLEM, PROBLEM_BY_NUMBER, PROBLEM_EVENTS,
    PROBLEMS_IN_STATE, ProblemActionRow, ProblemEventRow, ProblemRow, ProblemSum, RECEIPTS_OF_ACTION, RULES_OF_PROBLEM,
    SUMS_OF_PROBLEMS, TrainingReceiptRow, append_event, save,
};
use store::registration_version::history;
use store::users::USER_BY_LOGIN;
use store::worklist::WORK_ITEM;
use store::{Conn, Db, Json, Tx, params};

use crate::access::allow;
use crate::{Error, reason, worklist};

/// Problems that a list shows of one state.
const MOST_SHOWN: i64 = 500;
/// Cases that a page shows; the counts are of all.
const CASES_SHOWN: i64 = 1_000;
/// Weeks of the trend.
pub const TREND_WEEKS: i64 = 12;

/// A problem in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The problem.
    pub row: ProblemRow,
    /// What its cases come to; none while it has none.
    pub sum: Option<ProblemSum>,
    /// Business days are over and there is no plan.
    pub is_late: bool,
}

/// A week of the trend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub from_on: Date,
    /// Cases seen in it.
    pub cases: i64,
    /// Cents that depend on them.
    pub stake: Money,
}

/// One problem.
#[derive(Debug, Clone)]
pub struct ProblemView {
    /// The problem.
    pub line: Line,
    /// Its cases, the latest first.
    pub cases: Vec<CaseOfProblem>,
    /// By week, the oldest first.
    pub trend: Vec<Week>,
    /// What was done, the first first.
    pub actions: Vec<ProblemActionRow>,
    /// Who shall read which note.
    pub receipts: Vec<TrainingReceiptRow>,
    /// Scrub rules made for it.
    pub rules: Vec<OwnScrubRuleRow>,
    /// The rate before and after the first action; none before there is one.
    pub effect: Option<Effect>,
    /// Its history.
    pub events: Vec<ProblemEventRow>,
}

impl ProblemView {
    /// What they have in common.
    pub fn pattern(&self) -> &Pattern {
        &self.line.row.body.0
    }
}

/// The problems of a state, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: ProblemState) -> Result<Vec<Line>, Error> {
    allow(actor, Action::ViewProblems, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let rows = read.query(&PROBLEMS_IN_STATE, params![state, MOST_SHOWN])?;
        lines(read, rows)
    })
}

fn lines(read: &Conn, rows: Vec<ProblemRow>) -> Result<Vec<Line>, Error> {
    let ids: Vec<ProblemId> = rows.iter().map(|row| row.id).collect();
    let sums = read.query_in(&SUMS_OF_PROBLEMS, params![], &ids)?;
    let mut sums: BTreeMap<ProblemId, ProblemSum> = sums.into_iter().map(|sum| (sum.problem_id, sum)).collect();
    let today = read.today();
    let line = |row: ProblemRow| Line {
        sum: sums.remove(&row.id),
        is_late: row.state == ProblemState::Open && row.planned_on.is_none() && row.plan_due_on < today,
        row,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The problem of a number, such as "PB-00001".
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn by_number(db: &Db, actor: &Actor, practice: PracticeId, number: &str) -> Result<ProblemId, Error> {
    allow(actor, Action::ViewProblems, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let found = read.query_opt(&PROBLEM_BY_NUMBER, params![number.trim().to_uppercase()])?;
        found.map(|(id,)| id).ok_or(Error::NotFound("problem"))
    })
}

/// One problem with its cases.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: ProblemId) -> Result<ProblemView, Error> {
    allow(actor, Action::ViewProblems, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let row = read.query_opt(&PROBLEM, params![id])?.ok_or(Error::NotFound("problem"))?;
        let line = lines(read, vec![row])?.pop().ok_or(Error::NotFound("problem"))?;
        let cases = read.query(&CASES_OF_PROBLEM, params![id, CASES_SHOWN])?;
        let actions = read.query(&ACTIONS_OF_PROBLEM, params![id])?;
        let keys: Vec<ProblemActionId> = actions.iter().map(|action| action.id).collect();
        Ok(ProblemView {
            trend: trend(&cases, read.today()),
            receipts: read.query_in(&RECEIPTS_OF_ACTION, params![], &keys)?,
            rules: read.query(&RULES_OF_PROBLEM, params![id])?,
            effect: effect::of(read, &line.row)?,
            events: read.query(&PROBLEM_EVENTS, params![id])?,
            line,
            cases,
            actions,
        })
    })
}

/// The Monday of a day's week.
pub fn monday_of(day: Date) -> Date {
    let since = i64::from(day.weekday().since(Weekday::Monday));
    day.saturating_sub(since.days())
}

/// Cases by the week in which each was first seen, up to this one; a claim that was decided again counts once.
fn trend(cases: &[CaseOfProblem], today: Date) -> Vec<Week> {
    let this = monday_of(today);
    let mut weeks: Vec<Week> = (0..TREND_WEEKS)
        .rev()
        .map(|back| Week { from_on: this.saturating_sub((back * 7).days()), cases: 0, stake: Money::ZERO })
        .collect();
    let mut known = BTreeSet::new();
    for case in cases.iter().rev().filter(|case| case.claim_id.is_none_or(|claim| known.insert(claim))) {
        let monday = monday_of(case.seen_on);
        if let Some(week) = weeks.iter_mut().find(|week| week.from_on == monday) {
            week.cases += 1;
            week.stake = week.stake.checked_add(case.stake_cents).unwrap_or(week.stake);
        }
    }
    weeks
}

/// The problem that an item belongs to, or is the work of: its number and what it is.
pub(crate) fn of_item(conn: &Conn, item: &WorkItem, file: &CaseFile) -> Result<Option<(ProblemId, String)>, Error> {
    let about = if item.reason == WorkReason::Problem {
        let row = conn.query_opt(&WORK_ITEM, params![item.id])?;
        row.and_then(|row| row.subject_key.split_once(':').and_then(|(_, id)| id.parse().ok()))
    } else {
        file.problem
    };
    let Some(id) = about else { return Ok(None) };
    let row = conn.query_opt(&PROBLEM, params![id])?;
    Ok(row.map(|row| (row.id, format!("{}: {}", row.problem_number, row.title))))
}

/// A problem that is open.
pub(crate) fn open_problem(conn: &Conn, id: ProblemId) -> Result<ProblemRow, Error> {
    let row = conn.query_opt(&PROBLEM, params![id])?.ok_or(Error::NotFound("problem"))?;
    match row.state {
        ProblemState::Open => Ok(row),
        ProblemState::Closed => Err(Error::refused(format!(
            "Problem {} is closed. It opens again by itself when its pattern returns.",
            row.problem_number
        ))),
    }
}

/// Changes a problem and keeps who did.
fn change(tx: &mut Tx, row: ProblemRow, (kind, sentence): (&str, &str)) -> Result<(), Error> {
    let before = row.revision;
    let row = ProblemRow { revision: before + 1, ..row };
    if !save(tx, &row, before)? {
        return Err(Error::Changed);
    }
    append_event(tx, row.id, kind, sentence)?;
    tx.audit("problem.change", "problem", row.id, json!({ "number": row.problem_number, "kind": kind }));
    Ok(())
}

/// Something was done about a problem: it is kept, and the first that acts is what the rate is measured from.
pub(crate) fn acted(
    tx: &mut Tx,
    id: ProblemId,
    kind: ActionKind,
    (words, body): (&str, serde_json::Value),
) -> Result<ProblemActionId, Error> {
    let row = open_problem(tx, id)?;
    let action = ProblemActionRow {
        id: ProblemActionId(tx.new_id()),
        problem_id: id,
        kind,
        words: words.to_owned(),
        body: Json(body),
        taken_on: tx.today(),
        recorded_at: tx.now(),
        recorded_by: tx.actor().user,
        recorded_by_login: tx.actor().login.clone(),
    };
    tx.insert(&action)?;
    let acted_on = row.acted_on.or_else(|| kind.acts().then(|| tx.today()));
    change(tx, ProblemRow { acted_on, ..row }, (kind.as_str(), words))?;
    Ok(action.id)
}

/// Writes the plan, with who answers for it; the work that asked for it ends by itself.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where it is closed; `Invalid` without words, or for a name that nobody has.
pub fn plan(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ProblemId,
    (words, owner): (&str, &str),
) -> Result<(), Error> {
    allow(actor, Action::WorkTierThree, &ResourceState::default())?;
    let words = reason::given(words, "Say in some sentences what shall be done, by whom and until when.")?;
    db.write(actor, practice, |tx| {
        let row = open_problem(tx, id)?;
        let (owner_id, owner_login) = owner_of(tx, owner)?;
        let planned_on = row.planned_on.or(Some(tx.today()));
        let told = format!("Plan of {owner_login}: {words}");
        let row = ProblemRow { plan: words.to_owned(), planned_on, owner_id: Some(owner_id), owner_login, ..row };
        change(tx, row, ("planned", &told))?;
        worklist::resolve_subject(tx, &gather::subject(id), "The plan is written; see the problem.", "claim build")
    })
}

/// The person of a log-in name; who writes, where none is named.
fn owner_of(tx: &Tx, login: &str) -> Result<(billing::UserId, String), Error> {
    match login.trim() {
        "" => Ok((tx.actor().user, tx.actor().login.clone())),
        login => {
            let user = tx.query_opt(&USER_BY_LOGIN, params![login])?;
            let user = user.filter(|user| user.state == billing::access::UserState::Active);
            let user =
                user.ok_or_else(|| Error::invalid("owner", "Nobody has this log-in name. Choose who answers for it."))?;
            Ok((user.id, user.login))
        }
    }
}

/// Words for who reads it.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where it is closed; `Invalid` without words.
pub fn note(db: &Db, actor: &Actor, practice: PracticeId, id: ProblemId, words: &str) -> Result<(), Error> {
    allow(actor, Action::WorkTierThree, &ResourceState::default())?;
    let words = reason::given(words, "Write what the next person needs to know.")?;
    db.write(actor, practice, |tx| acted(tx, id, ActionKind::Note, (words, json!({}))).map(|_| ()))
}

/// A setting of the problem's payer was changed because of it: the change itself is made on the payer's page, and must be
/// there.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where no payer is concerned, or none of its settings was changed since the problem opened;
/// `Invalid` without words.
pub fn payer_setting(db: &Db, actor: &Actor, practice: PracticeId, id: ProblemId, words: &str) -> Result<(), Error> {
    allow(actor, Action::EditPayer, &ResourceState::default())?;
    let words = reason::given(words, "Say which setting was changed, and what it shall do.")?;
    db.write(actor, practice, |tx| {
        let row = open_problem(tx, id)?;
        let payer = row.payer_id.ok_or_else(|| Error::refused("This problem is about no single payer."))?;
        let latest = history(tx, "payer", payer.0)?.into_iter().next();
        let zone = tx.zone();
        let changed = latest.filter(|version| version.recorded_at.to_zoned(zone.clone()).date() >= row.opened_on);
        let version = changed.ok_or_else(|| {
            Error::refused(
                "No setting of this payer was changed since the problem opened. Change it first, then say so here.",
            )
        })?;
        acted(tx, id, ActionKind::PayerSetting, (words, json!({ "payer": payer, "version": version.version })))?;
        Ok(())
    })
}

/// How a problem ends.
#[derive(Debug, Clone)]
pub struct End {
    /// Where it began.
    pub stage: String,
    /// What went wrong there.
    pub cause: String,
    /// What came of it, in words.
    pub outcome: String,
    /// Log-in name of who answers for it from now on; the planned one where empty.
    pub owner: String,
}

/// Closes a problem with its cause and a name. It opens again by itself when its pattern returns.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where it is closed, or has no plan; `Invalid` without a cause or words.
pub fn close(db: &Db, actor: &Actor, practice: PracticeId, id: ProblemId, end: &End) -> Result<(), Error> {
    allow(actor, Action::WorkTierThree, &ResourceState::default())?;
    let outcome = reason::given(&end.outcome, "Say in a sentence what came of it; who meets it again reads it.")?;
    if !is_cause(&end.stage, &end.cause) {
        return Err(Error::invalid("cause", "Choose where it began and what went wrong there."));
    }
    db.write(actor, practice, |tx| {
        let row = open_problem(tx, id)?;
        if row.planned_on.is_none() {
            return Err(Error::refused("Write the plan first: a problem without one was not worked on."));
        }
        let (owner_id, owner_login) = match (end.owner.trim(), row.owner_id) {
            ("", Some(owner)) => (owner, row.owner_login.clone()),
            (login, _) => owner_of(tx, login)?,
        };
        let told = format!("Closed ({}: {}), {owner_login} answers for it: {outcome}", end.stage, end.cause);
        let row = ProblemRow {
            state: ProblemState::Closed,
            closed_on: Some(tx.today()),
            stage: end.stage.clone(),
            cause: end.cause.clone(),
            outcome: outcome.to_owned(),
            owner_id: Some(owner_id),
            owner_login,
            ..row
        };
        change(tx, row, ("closed", &told))?;
        worklist::resolve_subject(tx, &gather::subject(id), "The problem is closed.", &end.stage)
    })
}
