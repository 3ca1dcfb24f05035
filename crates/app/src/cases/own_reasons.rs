//! What a practice says of a reason in place of the program: looked at, set from a day on with a reason, never changed in
//! place.

use std::collections::HashMap;

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::id::OwnReasonId;
use billing::work::WorkReason;
use billing::work::own_reason::{OwnReason, ReasonInForce};
use jiff::civil::Date;
use serde_json::json;

use store::work_case::{OWN_REASON, OWN_REASONS, OwnReasonRow};
use store::{Conn, Db, Json, params};

use crate::access::allow;
use crate::{Error, reason};

/// A reason as it is worked today, with all that the practice said of it, the latest first.
#[derive(Debug, Clone)]
pub struct ReasonView {
    /// As it is worked today.
    pub in_force: ReasonInForce,
    /// What was set, the latest first.
    pub history: Vec<OwnReasonRow>,
}

/// A reason as it is worked on a day.
///
/// # Errors
/// Of the store.
pub fn in_force(read: &Conn, reason: WorkReason, day: Date) -> Result<ReasonInForce, Error> {
    let rows = read.query(&OWN_REASON, params![reason])?;
    Ok(ReasonInForce::on(reason, rows.iter().map(|row| (row.valid_from, &row.body.0)), day))
}

/// The days of all reasons that the practice set any for, on a day.
///
/// # Errors
/// Of the store.
pub(crate) fn set_on(read: &Conn, day: Date) -> Result<HashMap<WorkReason, ReasonInForce>, Error> {
    let mut rows: HashMap<WorkReason, Vec<OwnReasonRow>> = HashMap::new();
    for row in read.query(&OWN_REASONS, params![])? {
        rows.entry(row.reason).or_default().push(row);
    }
    let on = |reason: WorkReason, rows: &[OwnReasonRow]| {
        ReasonInForce::on(reason, rows.iter().map(|row| (row.valid_from, &row.body.0)), day)
    };
    Ok(rows.iter().map(|(reason, rows)| (*reason, on(*reason, rows))).collect())
}

/// Every reason as it is worked today.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<ReasonView>, Error> {
    allow(actor, Action::ViewWorklist, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let rows = read.query(&OWN_REASONS, params![])?;
        let view = |reason: &WorkReason| {
            let mut history: Vec<OwnReasonRow> = rows.iter().filter(|row| row.reason == *reason).cloned().collect();
            let said = history.iter().map(|row| (row.valid_from, &row.body.0));
            let in_force = ReasonInForce::on(*reason, said, read.today());
            history.reverse();
            ReasonView { in_force, history }
        };
        Ok(WorkReason::ALL.iter().map(view).collect())
    })
}

/// Sets what the practice says of a reason from a day on. What it is silent about is the program's.
///
/// # Errors
/// `Denied`; `Refused` in a sentence where it cannot be worked with; `Invalid` for a day that is over.
pub fn set(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (of, own, from): (WorkReason, OwnReason, Date),
    why: &str,
) -> Result<(), Error> {
    allow(actor, Action::AssignWork, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why; who works by it reads it.")?;
    own.check()?;
    db.write(actor, practice, |tx| {
        if from < tx.today() {
            return Err(Error::invalid(
                "from",
                "What was done was done by what stood then: choose today or a later day.",
            ));
        }
        let before = in_force(tx, of, from)?;
        let row = OwnReasonRow {
            id: OwnReasonId(tx.new_id()),
            reason: of,
            valid_from: from,
            body: Json(own.clone()),
            why: why.to_owned(),
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
        };
        tx.insert(&row)?;
        let detail = json!({ "reason": of.as_str(), "from": from, "after": own,
            "before": { "first_action": before.first_action, "resolve": before.resolve, "title": before.title } });
        tx.audit("own_reason.set", "own_reason", row.id, detail);
        Ok(())
    })
}
