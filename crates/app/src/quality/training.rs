//! Practice mode: a practice of its own in the same database, of invented people, in which cases with a known right answer
//! stand; and what people of the real practice answer. Nothing of it leaves, and no report of the real practice reads it.

use billing::access::{Action, Actor, ResourceState};
use billing::quality::scenario::{Compared, Scenario, TrainingAnswer, compare, points, scenario, skills};
use billing::work::Skill;
use billing::{PracticeId, TrainingAttemptId, TrainingCaseId, WorkItemId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::quality::{
    ALL_TRAINING_CASES, ATTEMPT_AT_CASE, ATTEMPTS_OF_PERSON, MARK_TRAINING, TRAINING_CASE, TRAINING_LINK,
    TrainingAttemptRow, TrainingCaseRow, TrainingLinkRow,
};
use store::worklist::WORK_ITEM;
use store::{Conn, Db, Json, params};

use crate::Error;
use crate::access::allow;

/// The word of a real practice's link.
const TRAINS_IN: &str = "trains_in";
/// The word of a training practice's link.
const TRAINS_FOR: &str = "trains_for";

/// What a case shows, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Facts of claim and decision: what they are about, and what they say.
    pub facts: Vec<(String, String)>,
}

/// A case for a person.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Its id.
    pub id: TrainingCaseId,
    /// What it trains.
    pub skill: Skill,
    /// What is shown.
    pub shown: Shown,
    /// The person's answer beside the right one, once it was given.
    pub answered: Option<Answered>,
}

/// What an answer came to.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Of 100.
    pub score: i64,
    /// Point by point.
    pub compared: Vec<Compared>,
    /// Why the answer is right.
    pub explanation: &'static str,
    /// When.
    pub at: Timestamp,
}

/// A person's results in one skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkillResult {
    /// Which skill.
    pub skill: Skill,
    /// Cases there are.
    pub cases: i64,
    /// Cases answered.
    pub answered: i64,
    /// Their mean, of 100, rounded down.
    pub mean: Option<i64>,
}

fn link(conn: &Conn, kind: &str) -> Result<Option<PracticeId>, Error> {
    let row = conn.query_opt(&TRAINING_LINK, params![])?;
    Ok(row.filter(|row| row.kind == kind).map(|row| row.other_id))
}

/// The practice in which this one's people train.
///
/// # Errors
/// Of the store.
pub fn training_practice(db: &Db, practice: PracticeId) -> Result<Option<PracticeId>, Error> {
    db.read(&Actor::system(practice), practice, |read| link(read, TRAINS_IN))
}

/// Whether this practice is one to train in.
///
/// # Errors
/// Of the store.
pub fn is_training(conn: &Conn) -> Result<bool, Error> {
    Ok(link(conn, TRAINS_FOR)?.is_some())
}

/// Joins a real practice and the one in which its people train; each can be joined once.
///
/// # Errors
/// `Denied` without the right to prepare training; `Refused` where the practice has one, or is one.
pub fn join(db: &Db, actor: &Actor, practice: PracticeId, training: PracticeId) -> Result<(), Error> {
    allow(actor, Action::PrepareTraining, &ResourceState::default())?;
    let again = || Error::refused("This practice has its training practice already.");
    if training_practice(db, practice)?.is_some() {
        return Err(again());
    }
    db.write(&Actor::system(training), training, |tx| {
        tx.execute(&MARK_TRAINING, params![])?;
        let row = TrainingLinkRow { kind: TRAINS_FOR.into(), other_id: practice, linked_at: tx.now() };
        Ok::<_, Error>(tx.insert(&row)?)
    })?;
    db.write(actor, practice, |tx| {
        if tx.query_opt(&TRAINING_LINK, params![])?.is_some() {
            return Err(again());
        }
        let row = TrainingLinkRow { kind: TRAINS_IN.into(), other_id: training, linked_at: tx.now() };
        tx.insert(&row)?;
        tx.audit("training.open", "practice", training, json!({}));
        Ok(())
    })
}

/// Keeps a case. The item is the one that the program opened of the simulator's answer; it must be what the scenario says.
///
/// # Errors
/// `Refused` where the program opened something else: then the scenario is wrong, and nobody may be taught by it.
pub fn keep_case(
    db: &Db,
    training: PracticeId,
    (scenario, item): (&Scenario, WorkItemId),
    shown: &Shown,
) -> Result<TrainingCaseId, Error> {
    db.write(&Actor::system(training), training, |tx| {
        if !is_training(tx)? {
            return Err(Error::refused("Cases are kept in a training practice alone."));
        }
        let row = tx.query_opt(&WORK_ITEM, params![item])?.ok_or(Error::NotFound("work item"))?;
        if row.reason != scenario.reason {
            let words = format!("{} opened {}, not {}.", scenario.key, row.reason.as_str(), scenario.reason.as_str());
            return Err(Error::Refused(words));
        }
        let id = TrainingCaseId(tx.new_id());
        tx.insert(&TrainingCaseRow {
            id,
            scenario: scenario.key.to_owned(),
            skill: scenario.reason.skill(),
            work_item_id: item,
            body: Json(json!(shown)),
            made_at: tx.now(),
        })?;
        Ok(id)
    })
}

fn all_cases(db: &Db, practice: PracticeId) -> Result<Vec<TrainingCaseRow>, Error> {
    let Some(training) = training_practice(db, practice)? else { return Ok(Vec::new()) };
    db.read(&Actor::system(training), training, |read| Ok(read.query(&ALL_TRAINING_CASES, params![])?))
}

fn attempts(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<TrainingAttemptRow>, Error> {
    db.read(actor, practice, |read| Ok(read.query(&ATTEMPTS_OF_PERSON, params![actor.user])?))
}

/// One's own results, skill by skill.
///
/// # Errors
/// `Denied` without a desk.
pub fn results(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<SkillResult>, Error> {
    allow(actor, Action::TrainWithCases, &ResourceState::default())?;
    let (cases, attempts) = (all_cases(db, practice)?, attempts(db, actor, practice)?);
    let of_skill = |skill: Skill| {
        let scores: Vec<i64> = attempts.iter().filter(|one| one.skill == skill).map(|one| one.score).collect();
        let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        SkillResult {
            skill,
            cases: count(cases.iter().filter(|case| case.skill == skill).count()),
            answered: count(scores.len()),
            mean: (!scores.is_empty()).then(|| scores.iter().sum::<i64>() / count(scores.len())),
        }
    };
    Ok(skills().into_iter().map(of_skill).collect())
}

/// The next case of a skill that the person has not answered; none where all are.
///
/// # Errors
/// `Denied` without a desk.
pub fn next_case(db: &Db, actor: &Actor, practice: PracticeId, skill: Skill) -> Result<Option<TrainingCaseId>, Error> {
    allow(actor, Action::TrainWithCases, &ResourceState::default())?;
    let (cases, attempts) = (all_cases(db, practice)?, attempts(db, actor, practice)?);
    let is_open = |case: &&TrainingCaseRow| case.skill == skill && !attempts.iter().any(|one| one.case_id == case.id);
    Ok(cases.iter().find(is_open).map(|case| case.id))
}

fn kept(db: &Db, practice: PracticeId, id: TrainingCaseId) -> Result<(TrainingCaseRow, &'static Scenario), Error> {
    let none = || Error::NotFound("training case");
    let training = training_practice(db, practice)?.ok_or_else(none)?;
    let row = db.read(&Actor::system(training), training, |read| {
        read.query_opt(&TRAINING_CASE, params![id])?.ok_or_else(none)
    })?;
    let scenario = scenario(&row.scenario).ok_or_else(none)?;
    Ok((row, scenario))
}

/// A case: what is shown of it, and once the person answered, the answer beside the right one.
///
/// # Errors
/// `Denied` without a desk; `NotFound`.
pub fn case(db: &Db, actor: &Actor, practice: PracticeId, id: TrainingCaseId) -> Result<CaseView, Error> {
    allow(actor, Action::TrainWithCases, &ResourceState::default())?;
    let (row, scenario) = kept(db, practice, id)?;
    let attempt =
        db.read(actor, practice, |read| Ok::<_, Error>(read.query_opt(&ATTEMPT_AT_CASE, params![actor.user, id])?))?;
    let answered = attempt.and_then(|attempt| {
        let answer: TrainingAnswer = serde_json::from_value(attempt.body.0).ok()?;
        let compared = compare(scenario, &answer);
        Some(Answered { score: attempt.score, compared, explanation: scenario.explanation, at: attempt.answered_at })
    });
    let shown = serde_json::from_value(row.body.0).map_err(|_| Error::refused("This case cannot be read."))?;
    Ok(CaseView { id, skill: row.skill, shown, answered })
}

/// The person answers a case, once; the answer is compared with what the simulator knows to be right.
///
/// # Errors
/// `Denied` without a desk; `NotFound`; `Refused` for a second answer, whose right one was shown.
pub fn attempt(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: TrainingCaseId,
    answer: &TrainingAnswer,
) -> Result<i64, Error> {
    allow(actor, Action::TrainWithCases, &ResourceState::default())?;
    let (row, scenario) = kept(db, practice, id)?;
    let score = points(&compare(scenario, answer));
    db.write(actor, practice, |tx| {
        if tx.query_opt(&ATTEMPT_AT_CASE, params![actor.user, id])?.is_some() {
            return Err(Error::refused("You answered this case; its right answer was shown. Take the next one."));
        }
        tx.insert(&TrainingAttemptRow {
            id: TrainingAttemptId(tx.new_id()),
            user_id: actor.user,
            case_id: id,
            scenario: row.scenario.clone(),
            skill: row.skill,
            score,
            body: Json(json!(answer)),
            answered_at: tx.now(),
        })?;
        tx.audit("training.answer", "training_case", id, json!({ "score": score }));
        Ok(score)
    })
}
