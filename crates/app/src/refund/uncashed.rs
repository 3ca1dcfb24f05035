//! Refund checks that nobody cashed: after ninety days somebody asks the payee, after a hundred and eighty the check is stopped.
//! The money then stands where it stood before the refund, owed to its owner, never to the practice; it goes out again by a
//! refund of its own, or to the state as unclaimed property.

use billing::access::{Action, Actor, ResourceState};
use billing::refund::{RefundMethod, RefundState};
use billing::unclaimed::{dormant_on, rule_of};
use billing::work::{WorkLinks, WorkReason};
use billing::{PracticeId, RefundId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::estate::{CASHED, REFUND_STOP, RefundStopRow, UNCASHED_CHECKS, UncashedCheckRow, WAS_WORK};
use store::refund::{REFUND, RefundRow};
use store::{Db, Tx, params};

use super::{post, request_of};
use crate::access::allow;
use crate::patient_payment::mind_kept_money;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, reason};

/// Days after which the payee is asked: a check that was not lost is cashed within a quarter.
pub const ASK_AFTER_DAYS: i64 = 90;
/// Days after which a check is stopped: a bank need not pay one that is older than six months (UCC 4-404).
pub const STOP_AFTER_DAYS: i64 = 180;
/// Most checks that are looked at.
const MOST_LOOKED_AT: i64 = 1_000;

/// A check that nobody cashed, with what its days mean.
#[derive(Debug, Clone)]
pub struct Uncashed {
    /// The check.
    pub row: UncashedCheckRow,
    /// Days since it was sent.
    pub days: i32,
    /// It is time to ask the payee.
    pub ask: bool,
    /// It is time to stop it.
    pub stop: bool,
    /// When it is unclaimed property by the state's rule; none where the state's years are not known to us, or for a payer's.
    pub unclaimed_on: Option<Date>,
}

/// Every check of a refund that no line of the bank shows, the oldest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Uncashed>, Error> {
    allow(actor, Action::ViewRefunds, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let today = read.today();
        let rows = read.query(&UNCASHED_CHECKS, params![today, MOST_LOOKED_AT])?;
        Ok(rows.into_iter().map(|row| view(row, today)).collect())
    })
}

fn view(row: UncashedCheckRow, today: Date) -> Uncashed {
    let since = |days: i64| row.sent_on.saturating_add(days.days());
    let rule = rule_of(&row.state).filter(|_| row.payer_name.is_none());
    Uncashed {
        days: (today - row.sent_on).get_days(),
        ask: today >= since(ASK_AFTER_DAYS),
        stop: today >= since(STOP_AFTER_DAYS),
        unclaimed_on: rule.and_then(|rule| dormant_on(row.sent_on, rule)),
        row,
    }
}

/// The daily look: a check that is ninety days old is work once, and once more at a hundred and eighty. Says how many are new.
///
/// # Errors
/// Of the store.
pub(crate) fn open_uncashed(db: &Db, actor: &Actor, practice: PracticeId) -> Result<usize, Error> {
    db.write(actor, practice, |tx| {
        let today = tx.today();
        let until = today.saturating_sub(ASK_AFTER_DAYS.days());
        let mut opened = 0;
        for row in tx.query(&UNCASHED_CHECKS, params![until, MOST_LOOKED_AT])? {
            opened += usize::from(open_work(tx, &view(row, today))?);
        }
        Ok(opened)
    })
}

fn key_of(id: RefundId, is_to_stop: bool) -> String {
    let stage = if is_to_stop { "stop" } else { "ask" };
    format!("{}:{stage}", subject_key(WorkReason::RefundUncashed, id))
}

/// Opens the work of a check's stage, once ever: who asked and noted the answer is not told the same again tomorrow.
fn open_work(tx: &mut Tx, check: &Uncashed) -> Result<bool, Error> {
    let (row, key) = (&check.row, key_of(check.row.refund_id, check.stop));
    if tx.query_opt(&WAS_WORK, params![key])?.is_some() {
        return Ok(false);
    }
    let next = match (check.stop, check.unclaimed_on) {
        (false, _) => "Ask the payee whether it came.".to_owned(),
        (true, Some(on)) => {
            format!("Stop it at the bank, then send it again, or hold it for the state: unclaimed property from {on}.")
        }
        (true, None) => "Stop it at the bank, then send it again.".to_owned(),
    };
    if check.stop {
        let asked = key_of(row.refund_id, false);
        worklist::resolve_subject(tx, &asked, "It is time to stop the check.", "posting")?;
    }
    let work = NewWork {
        reason: WorkReason::RefundUncashed,
        subject_key: key,
        summary: format!(
            "Check {} of refund {}, {}, was not cashed in {} days. {next}",
            row.reference, row.refund_number, row.amount_cents, check.days
        ),
        links: WorkLinks { patient_id: Some(row.patient_id), ..WorkLinks::default() },
        money_at_stake: row.amount_cents,
        deadline_on: None,
    };
    worklist::open(tx, work)?;
    Ok(true)
}

/// Says that the bank stopped a check: the money is owed to its owner again. Never by who asked for the refund.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` for what was not sent by check, was cashed, or was stopped.
pub fn stop(db: &Db, actor: &Actor, practice: PracticeId, id: RefundId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, "Say what the bank gave for the stop, and what the payee said.")?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&REFUND, params![id])?.ok_or(Error::NotFound("refund"))?;
        allow(actor, Action::SendRefund, &ResourceState::made_by(row.asked_by, row.amount_cents))?;
        request_of(&row).must_be_anothers(actor)?;
        may_stop(tx, &row)?;
        tx.insert(&RefundStopRow {
            refund_id: id,
            stopped_on: tx.today(),
            stopped_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        })?;
        tx.audit("refund.stop", "refund", id, json!({ "cents": row.amount_cents, "number": row.refund_number }));
        post(tx, &row, "stopped", |facts, on| facts.stopped(on))?;
        for is_to_stop in [false, true] {
            worklist::resolve_subject(tx, &key_of(id, is_to_stop), "The check was stopped.", "posting")?;
        }
        super::follow(tx, &row)?;
        mind_kept_money(tx, row.patient_id)
    })
}

fn may_stop(tx: &Tx, row: &RefundRow) -> Result<(), Error> {
    let number = &row.refund_number;
    if row.state != RefundState::Sent || row.method.as_deref() != Some(RefundMethod::Check.as_str()) {
        return Err(Error::refused(format!("Refund {number} was not sent by check, so there is none to stop.")));
    }
    if let Some((on,)) = tx.query_opt(&CASHED, params![row.id])? {
        return Err(Error::refused(format!(
            "The bank paid the check of refund {number} on {on}. Nothing was changed."
        )));
    }
    if tx.query_opt(&REFUND_STOP, params![row.id])?.is_some() {
        return Err(Error::refused(format!("The check of refund {number} was stopped already. Nothing was changed.")));
    }
    Ok(())
}
