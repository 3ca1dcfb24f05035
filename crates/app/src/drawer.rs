//! A person's drawer: what was taken since the last close of the day, against what is counted. A difference is told with its
//! reason and accepted by a second person; no payment is changed by it. The money itself moves with the deposit slip.

use billing::access::{Action, Actor, ResourceState};
use billing::deposit::DrawerState;
use billing::patient_payment::LARGEST_PAYMENT;
use billing::{DrawerCloseId, Money, PracticeId};
use jiff::civil::Date;
use serde_json::json;
use store::deposit::{ACCEPT_DRAWER, DRAWER, DRAWERS_OF_DAY, DRAWERS_OF_PERSON, DrawerRow, TAKEN_ON};
use store::{Conn, Db, params};

use crate::access::allow;
use crate::{Error, reason};

/// What a person counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Notes and coins, without the change that stays in the drawer.
    pub cash: Money,
    /// Checks.
    pub checks: Money,
    /// Why it differs from what was taken; empty where it does not.
    pub reason: String,
}

/// What a person's drawer should hold now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    /// Cash taken since the last close of the day.
    pub cash: Money,
    /// Checks taken since the last close of the day.
    pub checks: Money,
    /// How often the person closed it on the day.
    pub rounds: i64,
}

/// What the person's own drawer should hold now.
///
/// # Errors
/// `Denied`.
pub fn expected(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Expected, Error> {
    allow(actor, Action::CloseDrawer, &ResourceState::default())?;
    db.read(actor, practice, |read| expected_in(read, actor, read.today()))
}

fn expected_in(conn: &Conn, actor: &Actor, on: Date) -> Result<Expected, Error> {
    let taken = conn.query(&TAKEN_ON, params![on])?;
    let of = |method: &str| {
        let own = taken.iter().filter(|(login, way, ..)| *login == actor.login && way == method);
        own.map(|(.., cents)| *cents).sum::<Money>()
    };
    let closed = conn.query(&DRAWERS_OF_PERSON, params![actor.user, on])?;
    Ok(Expected {
        cash: of("cash") - closed.iter().map(|row| row.cash_expected_cents).sum::<Money>(),
        checks: of("check") - closed.iter().map(|row| row.checks_expected_cents).sum::<Money>(),
        rounds: closed.len() as i64,
    })
}

/// Closes the person's own drawer.
///
/// # Errors
/// `Denied`; `Invalid` for an amount below zero or out of measure, and without words where the count differs.
pub fn close(db: &Db, actor: &Actor, practice: PracticeId, count: &Count) -> Result<DrawerCloseId, Error> {
    allow(actor, Action::CloseDrawer, &ResourceState::default())?;
    for (field, amount) in [("cash", count.cash), ("checks", count.checks)] {
        if amount.is_negative() || amount > LARGEST_PAYMENT {
            return Err(Error::invalid(field, "Enter what you counted: zero or more, at most 100,000.00."));
        }
    }
    db.write(actor, practice, |tx| {
        let expected = expected_in(tx, actor, tx.today())?;
        let agrees = expected.cash == count.cash && expected.checks == count.checks;
        let reason = match agrees {
            true => "",
            false => reason::given(
                &count.reason,
                "The count differs from what was taken. Count again, or say in a sentence why; a second person reads it.",
            )?,
        };
        let row = DrawerRow {
            id: DrawerCloseId(tx.new_id()),
            closed_on: tx.today(),
            round: expected.rounds + 1,
            closed_by: tx.actor().user,
            closed_by_login: tx.actor().login.clone(),
            closed_at: tx.now(),
            cash_expected_cents: expected.cash,
            cash_counted_cents: count.cash,
            checks_expected_cents: expected.checks,
            checks_counted_cents: count.checks,
            reason: reason.to_owned(),
            state: if agrees { DrawerState::Closed } else { DrawerState::Differs },
            accepted_on: None,
            accepted_by: None,
            accepted_by_login: None,
        };
        tx.insert(&row)?;
        let difference = count.cash + count.checks - expected.cash - expected.checks;
        tx.audit("drawer.close", "drawer_close", row.id, json!({ "difference_cents": difference }));
        Ok(row.id)
    })
}

/// A second person accepts the reason of a difference.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` for the drawer's own person, or where nothing waits.
pub fn accept(db: &Db, actor: &Actor, practice: PracticeId, id: DrawerCloseId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&DRAWER, params![id])?.ok_or(Error::NotFound("drawer"))?;
        if row.state != DrawerState::Differs {
            let label = row.state.label().to_lowercase();
            return Err(Error::refused(format!("Nothing of this drawer waits for a second person: {label}.")));
        }
        let difference =
            row.cash_counted_cents + row.checks_counted_cents - row.cash_expected_cents - row.checks_expected_cents;
        allow(actor, Action::ApproveDepositDifference, &ResourceState::made_by(row.closed_by, difference.abs()))?;
        if actor.user == row.closed_by {
            return Err(Error::refused("Nobody accepts the difference of their own drawer. Ask another person."));
        }
        let (today, user, login) = (tx.today(), tx.actor().user, tx.actor().login.clone());
        tx.execute(&ACCEPT_DRAWER, params![id, today, user, login])?;
        tx.audit("drawer.accept", "drawer_close", id, json!({ "difference_cents": difference }));
        Ok(())
    })
}

/// The drawers closed on a day.
///
/// # Errors
/// `Denied`.
pub fn of_day(db: &Db, actor: &Actor, practice: PracticeId, on: Date) -> Result<Vec<DrawerRow>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&DRAWERS_OF_DAY, params![on])?))
}
