//! How cases become a problem: each case leaves signs of what it shows; where so many show the same within so many days, a
//! problem forms, or a closed one opens again; later cases join it by themselves. A case belongs to one problem.
//!
//! Denials are gathered in the transaction that posts them; causes, fields and scrub rules by the daily job.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use billing::access::Actor;
use billing::claim::Finding;
use billing::problem::{GatheringRule, Pattern, ProblemState, field_of};
use billing::work::{WorkLinks, WorkReason};
use billing::{ClaimId, Money, PracticeId, ProblemId, WorkItemId};
use jiff::ToSpan;
use jiff::civil::Date;
use scrub::own::PREFIX;
use serde_json::json;
use store::clock::business_days_after;
use store::problem::{
    ENDED_SINCE, GATHER, ITEMS_OF_SUBJECTS, LOOSE_PATTERNS, LOOSE_SIGNS, LooseSign, PROBLEMS_IN_STATE,
    PROBLEMS_OF_PATTERNS, ProblemRow, SIGNS_OF_ITEMS, SUMS_OF_PROBLEMS, SignRow, append_event, save,
};
use store::{Conn, Db, Json, Tx, params};

use crate::claim_scrub::{MendPlace, mend_place};
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, problems};

/// The counter of problems.
const PROBLEMS: &str = "problem";
/// Items of a piece of the daily look at what ended.
const PIECE: i64 = 1_000;
/// Most problems that the daily job looks at: more open ones are no problems but a state of things.
const MOST_OPEN: i64 = 1_000;

/// A case with what it shows.
pub(crate) struct Case {
    /// The item.
    pub(crate) item: WorkItemId,
    /// Its claim.
    pub(crate) claim: Option<ClaimId>,
    /// What it shows.
    pub(crate) patterns: Vec<Pattern>,
    /// When it was seen.
    pub(crate) seen_on: Date,
}

/// Denials were posted: their open items leave signs, and gather at once.
pub(crate) fn denied(tx: &mut Tx, shown: HashMap<ClaimId, Vec<Pattern>>) -> Result<(), Error> {
    if shown.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = shown.keys().map(|claim| subject_key(WorkReason::Denied, *claim)).collect();
    let today = tx.today();
    let mut shown = shown;
    let mut cases = Vec::with_capacity(keys.len());
    for (item, claim) in tx.query_in(&ITEMS_OF_SUBJECTS, params![], &keys)? {
        let patterns = claim.and_then(|claim| shown.remove(&claim)).unwrap_or_default();
        cases.push(Case { item, claim, patterns, seen_on: today });
    }
    let keys = note(tx, cases)?;
    gather(tx, keys).map(|_| ())
}

/// A claim is held: its item leaves signs of the rules and of the fields of registration. They gather by night.
pub(crate) fn held(
    tx: &mut Tx,
    item: WorkItemId,
    (claim, is_own): (ClaimId, bool),
    open: &[Finding],
) -> Result<(), Error> {
    let mut patterns = BTreeSet::new();
    // What a rule of the practice's own stops is what it was made for.
    for finding in open.iter().filter(|finding| !finding.rule.starts_with(PREFIX)) {
        patterns.insert(Pattern::Scrub { rule: finding.rule.clone() });
        if matches!(mend_place(&finding.field, is_own), MendPlace::Patient | MendPlace::Coverage) {
            patterns.insert(Pattern::Field { field: field_of(&finding.field) });
        }
    }
    let seen_on = tx.today();
    note(tx, vec![Case { item, claim: Some(claim), patterns: patterns.into_iter().collect(), seen_on }]).map(|_| ())
}

/// Adds the signs that cases did not leave yet; answers every pattern that they show. A case that belongs to a problem keeps
/// to it.
fn note(tx: &mut Tx, cases: Vec<Case>) -> Result<BTreeSet<String>, Error> {
    let items: Vec<WorkItemId> = cases.iter().map(|case| case.item).collect();
    let (mut known, mut belongs) = (BTreeSet::new(), HashMap::new());
    for (pattern, item, problem) in tx.query_in(&SIGNS_OF_ITEMS, params![], &items)? {
        known.insert((pattern, item));
        if let Some(problem) = problem {
            belongs.insert(item, problem);
        }
    }
    let (mut rows, mut keys) = (Vec::new(), BTreeSet::new());
    for case in cases {
        for key in case.patterns.iter().map(Pattern::key) {
            if known.insert((key.clone(), case.item)) {
                let problem_id = belongs.get(&case.item).copied();
                let (work_item_id, claim_id, seen_on) = (case.item, case.claim, case.seen_on);
                rows.push(SignRow { pattern: key.clone(), work_item_id, claim_id, seen_on, problem_id });
            }
            keys.insert(key);
        }
    }
    tx.insert_many(&rows)?;
    Ok(keys)
}

/// Gathers the cases of patterns that belong to no problem yet; answers how many problems formed or opened again.
fn gather(tx: &mut Tx, keys: BTreeSet<String>) -> Result<usize, Error> {
    let today = tx.today();
    let rules = problems::settings::in_force(tx, today)?;
    let mut asked: Vec<(usize, String, Pattern)> = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(pattern) = Pattern::from_key(&key) else { continue };
        let place = rules.iter().position(|rule| rule.kind == pattern.kind() && rule.cases > 0);
        asked.extend(place.map(|place| (place, key, pattern)));
    }
    asked.sort_unstable();
    let names: Vec<String> = asked.iter().map(|(_, key, _)| key.clone()).collect();
    let longest = rules.iter().map(|rule| rule.days).max().unwrap_or_default();
    let since = today.saturating_sub(longest.days());
    let mut loose: BTreeMap<String, Vec<LooseSign>> = BTreeMap::new();
    for sign in tx.query_in(&LOOSE_SIGNS, params![since], &names)? {
        loose.entry(sign.pattern.clone()).or_default().push(sign);
    }
    if loose.is_empty() {
        return Ok(0);
    }
    let known = tx.query_in(&PROBLEMS_OF_PATTERNS, params![], &names)?;
    let mut known: HashMap<String, ProblemRow> = known.into_iter().map(|row| (row.pattern.clone(), row)).collect();
    let (mut gathered, mut formed) = (BTreeSet::new(), 0);
    for (place, key, pattern) in asked {
        let (Some(rule), Some(signs)) = (rules.get(place), loose.remove(&key)) else { continue };
        let from = today.saturating_sub(rule.days.days());
        let fresh: Vec<&LooseSign> =
            signs.iter().filter(|sign| sign.seen_on > from && !gathered.contains(&sign.work_item_id)).collect();
        let items: Vec<WorkItemId> = fresh.iter().map(|sign| sign.work_item_id).collect();
        // A claim that was decided again is one case.
        let things = fresh.iter().map(|sign| sign.claim_id.map_or(sign.work_item_id.0, |claim| claim.0));
        let cases = things.collect::<BTreeSet<_>>().len();
        let is_new = match known.remove(&key) {
            _ if items.is_empty() => continue,
            Some(row) if row.state == ProblemState::Open => {
                join(tx, row.id, &items)?;
                false
            }
            standing if rule.is_reached(i64::try_from(cases).unwrap_or(i64::MAX)) => {
                begin(tx, standing, (&pattern, rule), (cases, &items))?;
                true
            }
            Some(_) | None => continue,
        };
        formed += usize::from(is_new);
        gathered.extend(items);
    }
    Ok(formed)
}

/// Cases join a problem.
fn join(tx: &mut Tx, problem: ProblemId, items: &[WorkItemId]) -> Result<(), Error> {
    tx.execute_in(&GATHER, params![problem], items)?;
    store::work_case::belong(tx, items, problem)?;
    let joined = billing::counting::counted(i64::try_from(items.len()).unwrap_or(i64::MAX), "item");
    Ok(append_event(tx, problem, "gathered", &format!("{joined} of work joined"))?)
}

/// A problem forms of cases, or a closed one opens again.
fn begin(
    tx: &mut Tx,
    closed: Option<ProblemRow>,
    (pattern, rule): (&Pattern, &GatheringRule),
    (cases, items): (usize, &[WorkItemId]),
) -> Result<(), Error> {
    let today = tx.today();
    let plan_due_on = business_days_after(tx, today, billing::problem::PLAN_BUSINESS_DAYS)?;
    let why = format!("{cases} cases within {} days: {}", rule.days, rule.says.to_lowercase());
    let row = match closed {
        Some(row) => {
            let before = row.revision;
            let row = ProblemRow {
                state: ProblemState::Open,
                opened_on: today,
                plan_due_on,
                plan: String::new(),
                planned_on: None,
                acted_on: None,
                closed_on: None,
                reopened: row.reopened + 1,
                revision: before + 1,
                ..row
            };
            if !save(tx, &row, before)? {
                return Err(Error::Changed);
            }
            append_event(tx, row.id, "reopened", &format!("Opened again by itself: {why}"))?;
            row
        }
        None => {
            let row = form(tx, pattern, plan_due_on)?;
            append_event(tx, row.id, "formed", &format!("Formed by itself: {why}"))?;
            row
        }
    };
    tx.audit("problem.form", "problem", row.id, json!({ "number": row.problem_number, "cases": cases }));
    join(tx, row.id, items)?;
    let work = work_of(tx, &row)?;
    work.map_or(Ok(()), |work| worklist::open(tx, work).map(|_| ()))
}

fn form(tx: &mut Tx, pattern: &Pattern, plan_due_on: Date) -> Result<ProblemRow, Error> {
    let payer_name = match pattern.payer() {
        Some(payer) => store::registration::payer(tx, payer)?.map(|payer| payer.name).unwrap_or_default(),
        None => String::new(),
    };
    let today = tx.today();
    let row = ProblemRow {
        id: ProblemId(tx.new_id()),
        problem_number: format!("PB-{:05}", tx.next_number(PROBLEMS)?),
        pattern: pattern.key(),
        body: Json(pattern.clone()),
        title: pattern.title(&payer_name),
        payer_id: pattern.payer(),
        state: ProblemState::Open,
        formed_on: today,
        opened_on: today,
        plan_due_on,
        plan: String::new(),
        planned_on: None,
        acted_on: None,
        owner_id: None,
        owner_login: String::new(),
        closed_on: None,
        stage: String::new(),
        cause: String::new(),
        outcome: String::new(),
        reopened: 0,
        revision: 0,
    };
    tx.insert(&row)?;
    Ok(row)
}

/// The key of the one open item of a problem.
pub(crate) fn subject(problem: ProblemId) -> String {
    subject_key(WorkReason::Problem, problem)
}

/// What a person must do about a problem now: plan it, or judge it when four weeks have passed since the first action.
fn work_of(conn: &Conn, row: &ProblemRow) -> Result<Option<NewWork>, Error> {
    let today = conn.today();
    let judged_from = row.acted_on.map(|day| day.saturating_add(billing::problem::effect::DAYS.days()));
    let ask = match (row.state, row.planned_on) {
        (ProblemState::Closed, _) => return Ok(None),
        (ProblemState::Open, None) => format!("write the plan by {}", row.plan_due_on),
        (ProblemState::Open, Some(_)) if judged_from.is_some_and(|day| day <= today) => {
            "four weeks have passed since the first action: judge its effect and close it".to_owned()
        }
        (ProblemState::Open, Some(_)) => return Ok(None),
    };
    let sum = conn.query_in(&SUMS_OF_PROBLEMS, params![], &[row.id])?.pop();
    let (cases, stake) = sum.map_or((0, Money::ZERO), |sum| (sum.cases, sum.stake_cents));
    Ok(Some(NewWork {
        reason: WorkReason::Problem,
        subject_key: subject(row.id),
        summary: format!("Problem {}: {} ({cases} cases); {ask}", row.problem_number, row.title),
        links: WorkLinks { payer_id: row.payer_id, ..WorkLinks::default() },
        money_at_stake: stake,
        deadline_on: None,
    }))
}

/// The daily job: ended work leaves signs of its cause, what is loose gathers, and each open problem has its work. Answers how
/// many problems formed or opened again.
///
/// # Errors
/// Of the store.
pub fn find(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    note_causes(db, actor, practice)?;
    let formed = db.write(actor, practice, |tx| {
        let today = tx.today();
        let longest =
            billing::problem::gathering::program_rules().iter().map(|rule| rule.days).max().unwrap_or_default();
        let loose = tx.query(&LOOSE_PATTERNS, params![today.saturating_sub(longest.days())])?;
        gather(tx, loose.into_iter().map(|(pattern, _)| pattern).collect())
    })?;
    db.write(actor, practice, |tx| {
        let rows = tx.query(&PROBLEMS_IN_STATE, params![ProblemState::Open, MOST_OPEN])?;
        let mut work = Vec::new();
        for row in &rows {
            work.extend(work_of(tx, row)?);
        }
        worklist::open_or_restate(tx, work)
    })?;
    Ok(formed)
}

/// What ended lately with a cause of the front desk leaves its sign.
fn note_causes(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(), Error> {
    let rule = billing::problem::gathering::program_rules()
        .iter()
        .find(|rule| rule.kind == billing::problem::GatheringKind::FrontDeskCause);
    let Some(rule) = rule else { return Ok(()) };
    let counts = |stage: &String| rule.stages.is_empty() || rule.stages.contains(stage);
    let today = db.today(practice)?;
    let mut after = (today.saturating_sub(rule.days.days()), WorkItemId(uuid::Uuid::nil()));
    loop {
        let rows = db.write(actor, practice, |tx| {
            let rows = tx.query(&ENDED_SINCE, params![after.0, after.1, PIECE])?;
            let mut cases = Vec::new();
            for row in &rows {
                let (Some(Json(resolution)), Some(seen_on)) = (&row.resolution, row.resolved_on) else { continue };
                if resolution.cause.is_empty() || !counts(&resolution.root_cause) {
                    continue;
                }
                let (stage, cause) = (resolution.root_cause.clone(), resolution.cause.clone());
                let patterns = vec![Pattern::Cause { stage, cause }];
                cases.push(Case { item: row.id, claim: row.claim_id, patterns, seen_on });
            }
            note(tx, cases)?;
            Ok::<_, Error>(rows)
        })?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.resolved_on.unwrap_or(after.0), last.id);
    }
}
