//! What a practice allows its roles to decide alone, and its policy of discounts: looked at, set with a reason, never
//! changed in place. Who approves within a limit does not set it.

use billing::access::{Action, Actor, LimitKind, LimitUnit, Limits, ResourceState};
use billing::id::PracticeLimitId;
use billing::{Money, PracticeId};
use serde_json::json;
use store::practice_limit::{PRACTICE_LIMITS, PracticeLimitRow};
use store::{Conn, Db, params};

use crate::access::allow;
use crate::{Error, reason};

/// The figures that stand, and everything that was set, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(Limits, Vec<PracticeLimitRow>), Error> {
    allow(actor, Action::ViewSettings, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let mut rows = read.query(&PRACTICE_LIMITS, params![])?;
        let limits = of(&rows);
        rows.reverse();
        Ok((limits, rows))
    })
}

/// The figures that stand.
///
/// # Errors
/// Of the store.
pub fn in_force(conn: &Conn) -> Result<Limits, Error> {
    Ok(of(&conn.query(&PRACTICE_LIMITS, params![])?))
}

fn of(rows: &[PracticeLimitRow]) -> Limits {
    let mut limits = Limits::default();
    for row in rows {
        limits.set(row.kind, row.amount);
    }
    limits
}

/// Sets a figure: cents, or percent. It counts from the next decision on.
///
/// # Errors
/// `Denied`; `Invalid` for a figure below zero or out of all measure, or without a reason; `Refused` where it stands already.
pub fn set(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (kind, amount): (LimitKind, i64),
    why: &str,
) -> Result<(), Error> {
    allow(actor, Action::ChangeLimits, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why; the auditor reads it.")?;
    let (least, most) = kind.bounds();
    if !(least..=most).contains(&amount) {
        let right = match kind.unit() {
            LimitUnit::Money => {
                format!("Give an amount from {} to {}.", Money::from_cents(least), Money::from_cents(most))
            }
            LimitUnit::Percent => format!("Give whole percent from {least} to {most}."),
            LimitUnit::Count => format!("Give a whole number from {least} to {most}."),
        };
        return Err(Error::invalid("amount", right));
    }
    db.write(actor, practice, |tx| {
        if in_force(tx)?.get(kind) == amount {
            return Err(Error::refused("The figure stands at that already. Nothing was changed."));
        }
        let row = PracticeLimitRow {
            id: PracticeLimitId(tx.new_id()),
            kind,
            amount,
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        };
        tx.insert(&row)?;
        tx.audit("practice_limit.set", "practice_limit", row.id, json!({ "kind": kind.as_str(), "amount": amount }));
        Ok(())
    })
}
