//! Scrub rules of a practice's own, made for a problem: tried on the claims of the last ninety days, asked for by one person,
//! switched on by another, and switched off with words. Never changes a claim by itself; what a rule finds, the scrub holds.

use std::collections::{BTreeSet, HashSet};

use billing::access::{Action, Actor, ResourceState};
use billing::problem::{ActionKind, OwnRuleState};
use billing::{ClaimId, Money, OwnScrubRuleId, PayerId, PracticeId, ProblemId};
use jiff::ToSpan;
use jiff::civil::Date;
use scrub::ScrubInput;
use scrub::own::StandingRule;
pub use scrub::own::{ClaimField, Demand, OwnRule, Subject};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::problem::{
    CLAIMS_OF_PAYER_SINCE, CLAIMS_OF_PROBLEM, CLAIMS_SINCE, DECIDE_OWN_SCRUB_RULE, MadeClaim, OWN_SCRUB_RULE,
    OwnScrubRuleRow, PAID_CLEAN, RULES_IN_STATE, append_event,
};
use store::{Conn, Db, Json, Tx, params};

use super::{acted, open_problem};
use crate::access::allow;
use crate::approval::Request;
use crate::{Error, claim_scrub, reason};

/// The counter of a practice's own rules.
const RULES: &str = "own_scrub_rule";
/// Days that a dry run looks back.
pub const LOOK_BACK_DAYS: i64 = 90;
/// Claims of a piece of a dry run.
const PIECE: i64 = 500;
/// Claims that a dry run lists; the counts are of all.
const MOST_LISTED: usize = 50;
/// Most rules that stand at once: more cannot be read by a person who wonders why a claim is held.
const MOST_STANDING: usize = 100;

/// What a rule would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// First day of the look.
    pub from_on: Date,
    /// Last day.
    pub to_on: Date,
    /// Claims made in the time.
    pub claims: i64,
    /// Claims that it would have found something in.
    pub found: i64,
    /// Of these, cases of the problem: what it is for.
    pub cases: i64,
    /// Of these, paid with nothing denied: what it would have stopped for nothing.
    pub paid: i64,
    /// What the found ones billed.
    pub billed: Money,
    /// The first of the found ones.
    pub listed: Vec<ClaimId>,
}

impl DryRun {
    /// What it came to, in a sentence.
    pub fn words(&self) -> String {
        format!(
            "Of {} claims made from {} to {} it finds something in {} ({} billed): {} are cases of the problem, {} were paid \
             with nothing denied.",
            self.claims, self.from_on, self.to_on, self.found, self.billed, self.cases, self.paid
        )
    }
}

/// The rules that scrub every claim.
pub(crate) fn standing(conn: &Conn) -> Result<Vec<StandingRule>, Error> {
    let rows = conn.query(&RULES_IN_STATE, params![OwnRuleState::On])?;
    let mut rules = Vec::with_capacity(rows.len());
    for (number, problem, body) in rows {
        let rule = read(&body.0).ok_or_else(|| {
            Error::refused(format!(
                "The scrub rule {number} cannot be read by this build. Switch it off and make it anew."
            ))
        })?;
        rules.push(StandingRule { number, problem, rule });
    }
    Ok(rules)
}

/// A rule as it is stored.
pub fn read(body: &serde_json::Value) -> Option<OwnRule> {
    serde_json::from_value(body.clone()).ok()
}

/// A dry run as it is stored.
pub fn read_run(body: &serde_json::Value) -> Option<DryRun> {
    serde_json::from_value(body.clone()).ok()
}

/// What a rule would have done with the claims of the last ninety days. Changes nothing.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` where the rule could not stand.
pub fn dry_run(db: &Db, actor: &Actor, practice: PracticeId, id: ProblemId, rule: &OwnRule) -> Result<DryRun, Error> {
    allow(actor, Action::ChangeContract, &ResourceState::default())?;
    checked(rule)?;
    db.read(actor, practice, |read| {
        open_problem(read, id)?;
        run(read, id, rule)
    })
}

fn checked(rule: &OwnRule) -> Result<(), Error> {
    match rule.problem() {
        Some((field, problem)) => Err(Error::invalid(field, problem)),
        None => Ok(()),
    }
}

fn run(conn: &Conn, problem: ProblemId, rule: &OwnRule) -> Result<DryRun, Error> {
    let to_on = conn.today();
    let from_on = to_on.saturating_sub(LOOK_BACK_DAYS.days());
    let trial = StandingRule { number: "trial".to_owned(), problem: String::new(), rule: rule.clone() };
    let mut told =
        DryRun { from_on, to_on, claims: 0, found: 0, cases: 0, paid: 0, billed: Money::ZERO, listed: Vec::new() };
    let mut after = (from_on, ClaimId(uuid::Uuid::nil()));
    loop {
        let made = made_since(conn, after, rule.payer)?;
        let ids: Vec<ClaimId> = made.iter().map(|claim| claim.id).collect();
        let found: BTreeSet<ClaimId> = store::claim::load_many(conn, &ids)?
            .iter()
            .filter(|claim| {
                let input = ScrubInput { claim, today: to_on, already_billed: &[], own_rules: &[] };
                !trial.check(&input).is_empty()
            })
            .map(|claim| claim.id)
            .collect();
        told.count(conn, problem, &made, &found)?;
        let Some(last) = made.last() else { return Ok(told) };
        after = (last.created_on, last.id);
    }
}

fn made_since(conn: &Conn, after: (Date, ClaimId), payer: Option<PayerId>) -> Result<Vec<MadeClaim>, Error> {
    Ok(match payer {
        Some(payer) => conn.query(&CLAIMS_OF_PAYER_SINCE, params![after.0, after.1, payer, PIECE])?,
        None => conn.query(&CLAIMS_SINCE, params![after.0, after.1, PIECE])?,
    })
}

impl DryRun {
    fn count(
        &mut self,
        conn: &Conn,
        problem: ProblemId,
        made: &[MadeClaim],
        found: &BTreeSet<ClaimId>,
    ) -> Result<(), Error> {
        let ids: Vec<ClaimId> = found.iter().copied().collect();
        let cases: HashSet<ClaimId> =
            conn.query_in(&CLAIMS_OF_PROBLEM, params![problem], &ids)?.into_iter().map(|(id,)| id).collect();
        let paid = conn.query_in(&PAID_CLEAN, params![], &ids)?;
        let many = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.claims += many(made.len());
        self.found += many(found.len());
        self.cases += many(cases.len());
        self.paid += many(paid.iter().filter(|(id,)| !cases.contains(id)).count());
        for claim in made.iter().filter(|claim| found.contains(&claim.id)) {
            self.billed = self.billed.checked_add(claim.total_cents).unwrap_or(self.billed);
            if self.listed.len() < MOST_LISTED {
                self.listed.push(claim.id);
            }
        }
        Ok(())
    }
}

/// Asks for a rule; it scrubs nothing until a second person switched it on. What it would have done is kept with it.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` where the rule could not stand; `Refused` where the problem is closed.
pub fn ask(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ProblemId,
    rule: &OwnRule,
) -> Result<OwnScrubRuleId, Error> {
    allow(actor, Action::ChangeContract, &ResourceState::default())?;
    checked(rule)?;
    db.write(actor, practice, |tx| {
        open_problem(tx, id)?;
        if let Some(payer) = rule.payer {
            store::registration::payer(tx, payer)?.ok_or(Error::NotFound("payer"))?;
        }
        let told = run(tx, id, rule)?;
        let row = OwnScrubRuleRow {
            id: OwnScrubRuleId(tx.new_id()),
            rule_number: format!("OR-{:05}", tx.next_number(RULES)?),
            problem_id: id,
            body: Json(json!(rule)),
            dry_run: Json(json!(told)),
            state: OwnRuleState::Asked,
            asked_on: tx.today(),
            asked_by: tx.actor().user,
            asked_by_login: tx.actor().login.clone(),
            decided_on: None,
            decided_by: None,
            decided_by_login: String::new(),
            decision: String::new(),
        };
        tx.insert(&row)?;
        let words = format!("Scrub rule {} asked for: {}. {}", row.rule_number, rule.name, told.words());
        append_event(tx, id, "rule_asked", &words)?;
        tx.audit("own_scrub_rule.ask", "own_scrub_rule", row.id, json!({ "number": row.rule_number }));
        Ok(row.id)
    })
}

/// Switches a rule on, or refuses it with words. Claims that wait for the next batch are scrubbed by it at once.
///
/// # Errors
/// `Denied` for who asked for it; `NotFound`; `Refused` where it was decided, or too many stand; `Invalid` without words.
pub fn decide(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: OwnScrubRuleId,
    (is_on, words): (bool, &str),
) -> Result<(), Error> {
    let words = if is_on { words.trim() } else { reason::given(words, crate::approval::SAY_WHY)? };
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&OWN_SCRUB_RULE, params![id])?.ok_or(Error::NotFound("scrub rule"))?;
        allow(actor, Action::ApproveContract, &ResourceState::made_by(row.asked_by, Money::ZERO))?;
        let request = request(&row);
        request.must_wait()?;
        request.must_be_anothers(actor)?;
        let (state, word) = if is_on { (OwnRuleState::On, "rule_on") } else { (OwnRuleState::Refused, "rule_refused") };
        if is_on && standing(tx)?.len() >= MOST_STANDING {
            return Err(Error::refused(
                "A hundred rules of the practice’s own stand. Switch one off that nobody needs.",
            ));
        }
        settle(tx, &row, state, words)?;
        if !is_on {
            return Ok(append_event(
                tx,
                row.problem_id,
                word,
                &format!("Scrub rule {} refused: {words}", row.rule_number),
            )?);
        }
        let rule = read(&row.body.0).ok_or_else(|| Error::refused("This build cannot read the rule. Make it anew."))?;
        let told = format!("Scrub rule {} switched on: {}", row.rule_number, rule.name);
        acted(tx, row.problem_id, ActionKind::Rule, (&told, json!({ "rule": row.id })))?;
        Ok(())
    })?;
    if is_on {
        claim_scrub::scrub_ready(db, practice)?;
    }
    Ok(())
}

/// A rule that stands scrubs no more.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where it does not stand; `Invalid` without words.
pub fn switch_off(db: &Db, actor: &Actor, practice: PracticeId, id: OwnScrubRuleId, words: &str) -> Result<(), Error> {
    allow(actor, Action::ApproveContract, &ResourceState::default())?;
    let words = reason::given(words, "Say in a sentence why it scrubs no more.")?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&OWN_SCRUB_RULE, params![id])?.ok_or(Error::NotFound("scrub rule"))?;
        if row.state != OwnRuleState::On {
            return Err(Error::refused(format!(
                "Scrub rule {} does not scrub: {}.",
                row.rule_number,
                row.state.label()
            )));
        }
        settle(tx, &row, OwnRuleState::Off, words)?;
        let told = format!("Scrub rule {} switched off: {words}", row.rule_number);
        Ok(append_event(tx, row.problem_id, "rule_off", &told)?)
    })
}

fn request(row: &OwnScrubRuleRow) -> Request<'_> {
    Request {
        thing: "scrub rule",
        number: &row.rule_number,
        label: row.state.label(),
        waits: row.state == OwnRuleState::Asked,
        asked_by: row.asked_by,
        asked_by_login: &row.asked_by_login,
    }
}

fn settle(tx: &mut Tx, row: &OwnScrubRuleRow, state: OwnRuleState, words: &str) -> Result<(), Error> {
    let (today, by) = (tx.today(), tx.actor().clone());
    let values = params![row.id, state, today, by.user, by.login, words, row.state];
    tx.query_opt(&DECIDE_OWN_SCRUB_RULE, values)?.ok_or(Error::Changed)?;
    tx.audit("own_scrub_rule.decide", "own_scrub_rule", row.id, json!({ "state": state.as_str() }));
    Ok(())
}
