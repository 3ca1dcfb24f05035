//! Payments that balance and wait for a person: held with the reasons, posted once by whoever says so, and never posted as
//! something else than was looked at: where the books moved since, nothing is posted and that is said.

use billing::access::{Action, Actor, ResourceState};
use billing::work::{WorkLinks, WorkReason};
use billing::{Money, PayerId, PracticeId, RemittanceId};
use edi::remittance_835::ReadRemittance;
use store::inbound_file::INBOUND_FILE;
use store::remittance::{HOLD_REMITTANCE, KeptPayment, REMITTANCE, RemittanceRow, SETTLE_WAITING, WAITING_REMITTANCES};
use store::{Conn, Db, Tx, params};

use super::preview::fingerprint;
use super::quarantine::Judged;
use super::{Objection, PaymentReport, PaymentState, detail, kept_out, posted, quarantine, read_whole, report};
use crate::Error;
use crate::access::allow;
use crate::remittance_posting::{self, ForeseenClaim, Leave, Order, Verdict};
use crate::worklist::{self, NewWork};

/// What a person saw before saying "post".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen<'a> {
    /// The preview with this fingerprint: nothing else is posted.
    Preview(&'a str),
    /// None: whatever it comes to is posted.
    Nothing,
}

/// What came of posting a payment that waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingPosted {
    /// It is settled: posted, or kept out by what came up meanwhile.
    Settled(PaymentReport),
    /// Somebody posted it before; nothing changed.
    Before,
    /// The books moved since the preview was made, so it would come to something else. Nothing was posted.
    Moved,
}

/// The payments that wait to be posted, the oldest first.
///
/// # Errors
/// `Denied` without the right to see remittances.
pub fn waiting(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<RemittanceId>, Error> {
    allow(actor, Action::ViewRemittance, &ResourceState::default())?;
    let rows = db.read(actor, practice, |read| read.query(&WAITING_REMITTANCES, params![]))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Posts a payment that waits, once, however many say so at a time.
///
/// # Errors
/// `Denied` without the right to post remittances; `NotFound`; `Refused` for a payment that does not wait and is not
/// posted.
pub fn post_waiting(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: RemittanceId,
    seen: Seen<'_>,
) -> Result<WaitingPosted, Error> {
    allow(actor, Action::PostRemittance, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&REMITTANCE, params![id])?.ok_or(Error::NotFound("remittance"))?;
        if row.state == PaymentState::Posted.as_str() {
            return Ok(WaitingPosted::Before);
        }
        if row.state != PaymentState::Waiting.as_str() {
            let state = &row.state;
            return Err(Error::refused(format!(
                "Payment {} is {state} and does not wait to be posted; its page says why.",
                row.trace
            )));
        }
        tx.listen();
        let set = set_of(tx, &row)?;
        let settled = release(tx, &row, &set, None)?;
        let made = fingerprint(tx, &tx.heard());
        match seen {
            Seen::Preview(seen) if settled.state == PaymentState::Posted && seen != made => {
                tx.discard();
                Ok(WaitingPosted::Moved)
            }
            Seen::Preview(_) | Seen::Nothing => Ok(WaitingPosted::Settled(settled)),
        }
    })
}

/// A payment is left to a person: it waits, and is somebody's work. Its row stands as one that is posted.
pub(super) fn hold(
    tx: &mut Tx,
    id: RemittanceId,
    payer: Option<PayerId>,
    set: &ReadRemittance,
    reasons: &[String],
) -> Result<PaymentReport, Error> {
    let problem = reasons.join(" ");
    if tx.execute(&HOLD_REMITTANCE, params![id, problem.as_str()])? == 0 {
        return Err(Error::Changed);
    }
    tx.audit(kept_out(PaymentState::Waiting), "remittance", id, detail(&set.remittance));
    let reason = WorkReason::RemittanceWaits;
    let work = NewWork {
        reason,
        subject_key: worklist::subject_key(reason, id),
        summary: format!("Payment {} waits to be posted: {problem}", set.remittance.trace),
        links: WorkLinks { remittance_id: Some(id), payer_id: payer, ..WorkLinks::default() },
        money_at_stake: set.remittance.amount,
        deadline_on: None,
    };
    worklist::open(tx, work)?;
    Ok(report(id, set, PaymentState::Waiting, Some(waits(problem))))
}

/// A payment of a file that came again, and waits.
pub(super) fn met_again(
    tx: &mut Tx,
    kept: &KeptPayment,
    set: &ReadRemittance,
    leave: Leave,
) -> Result<PaymentReport, Error> {
    match leave {
        Leave::Person => post_known(tx, kept.id),
        Leave::Setting | Leave::Nobody => {
            let problem = kept.problem.clone().unwrap_or_default();
            Ok(report(kept.id, set, PaymentState::Waiting, Some(waits(problem))))
        }
    }
}

/// A person asks for a payment that waits.
pub(super) fn post_known(tx: &mut Tx, id: RemittanceId) -> Result<PaymentReport, Error> {
    let row = tx.query_one(&REMITTANCE, params![id])?;
    let set = set_of(tx, &row)?;
    release(tx, &row, &set, None)
}

fn waits(problem: String) -> Objection {
    Objection { state: PaymentState::Waiting, problem, difference: Money::ZERO, waits_as: None }
}

/// The payment as it stands in its file.
pub(super) fn set_of(conn: &Conn, row: &RemittanceRow) -> Result<ReadRemittance, Error> {
    let file = conn.query_one(&INBOUND_FILE, params![row.inbound_file_id])?;
    let sets = read_whole(&file.bytes).map_err(Error::refused)?;
    let own = sets.into_iter().find(|set| file.bytes.get(set.span.clone()) == Some(&row.raw));
    own.ok_or_else(|| Error::refused("The payment is not in its stored file any more; run `tierline verify`."))
}

/// Posts a payment that waits, or says what stands against it now. With `told` it is asked for only: see
/// [`remittance_posting::post`].
pub(super) fn release(
    tx: &mut Tx,
    row: &RemittanceRow,
    set: &ReadRemittance,
    told: Option<&mut Vec<ForeseenClaim>>,
) -> Result<PaymentReport, Error> {
    let Judged { objection, payer_id, state } = quarantine::judge(tx, row.id, set, &SETTLE_WAITING)?;
    let own = worklist::subject_key(WorkReason::RemittanceWaits, row.id);
    let Some(objection) = objection else {
        let order = Order { id: row.id, payer: payer_id, set, leave: Leave::Person };
        return match remittance_posting::post(tx, order, told)? {
            Verdict::Posted(counts) => {
                worklist::resolve_subject(tx, &own, "It was posted.", "posting")?;
                posted(tx, row.id, set, counts)
            }
            Verdict::Waits(reasons) => Err(Error::refused(reasons.join(" "))),
        };
    };
    tx.audit(kept_out(state), "remittance", row.id, detail(&set.remittance));
    worklist::resolve_subject(tx, &own, "It is not to be posted as it is; its page says why.", "posting")?;
    if state == PaymentState::Quarantined {
        quarantine::open(tx, row.id, payer_id, &set.remittance, &objection)?;
    }
    Ok(report(row.id, set, state, Some(objection)))
}
