//! Payments in quarantine: the work that they are, how it ends when a corrected file comes, and judging one again from the
//! stored file once our own data are mended. A payment is posted once, whatever is read how often.

use std::collections::HashSet;

use billing::remittance::Remittance;
use billing::work::{WorkLinks, WorkReason};
use billing::{InboundFileId, Money, PayerId, RemittanceId};
use edi::remittance_835::ReadRemittance;
use store::remittance::{KeptPayment, PAYMENTS_OF_FILE, QUARANTINED_WITH_TRACE, SETTLE_QUARANTINED};
use store::worklist::OPEN_ITEM_BY_SUBJECT;
use store::{Statement, Tx, params};

use super::{
    Objection, PaymentReport, PaymentState, content_hash, kept_out, objection, payer_of, payment_key, post_set, posted,
    report, summary, waiting,
};
use crate::Error;
use crate::digest::{hex, sha256};
use crate::inbound::Outcome;
use crate::remittance_posting::{self, Leave, Order, Verdict};
use crate::worklist::{self, NewWork};

/// What judging the payments of a stored file again did.
pub(crate) struct JudgedAgain {
    /// Each, in order; one that was settled before is a duplicate.
    pub(crate) payments: Vec<PaymentReport>,
    /// Something was posted, found posted meanwhile, or stored for the first time.
    pub(crate) is_changed: bool,
    outcome: Outcome,
}

impl JudgedAgain {
    /// What became of the file as it stands now, and its sentence; none where it holds no payment.
    pub(crate) fn summary(&self) -> Option<(Outcome, String)> {
        (!self.payments.is_empty()).then(|| (self.outcome, summary(&self.payments).1))
    }
}

/// Judges again what is in quarantine of a stored file, and posts what nothing stands against any more. Payments that
/// were never stored, because nothing of the file was used, are taken as new ones.
pub(crate) fn judge_again(
    tx: &mut Tx,
    file_id: InboundFileId,
    sets: &[ReadRemittance],
    bytes: &[u8],
    leave: Leave,
) -> Result<JudgedAgain, Error> {
    let stored = tx.query(&PAYMENTS_OF_FILE, params![file_id])?;
    let mut met = HashSet::new();
    let mut judged = JudgedAgain { payments: Vec::new(), is_changed: false, outcome: Outcome::Duplicate };
    let mut states = Vec::new();
    for set in sets {
        let raw = bytes.get(set.span.clone()).unwrap_or_default();
        let before = stored.iter().find(|one| one.raw == raw && met.insert(one.id));
        let report = match before {
            None => post_set(tx, file_id, set, bytes, leave)?,
            Some(kept) if kept.state == PaymentState::Quarantined.as_str() => rejudge(tx, kept, set, leave)?,
            Some(kept) if kept.state == PaymentState::Waiting.as_str() => waiting::met_again(tx, kept, set, leave)?,
            Some(kept) => report(kept.id, set, PaymentState::Duplicate, None),
        };
        judged.is_changed |= before.is_none_or(|kept| {
            let moved = |state: PaymentState| kept.state == state.as_str() && report.state != state;
            moved(PaymentState::Quarantined) || moved(PaymentState::Waiting)
        });
        let is_posted = before.is_some_and(|kept| kept.state == PaymentState::Posted.as_str());
        states.push(if is_posted { PaymentState::Posted } else { report.state });
        judged.payments.push(report);
    }
    if states.iter().any(|state| matches!(state, PaymentState::Posted | PaymentState::Waiting)) {
        judged.outcome = Outcome::Applied;
    } else if states.contains(&PaymentState::Quarantined) {
        judged.outcome = Outcome::Quarantined;
    }
    Ok(judged)
}

/// What stands against a stored payment now.
pub(super) struct Judged {
    /// What keeps it out; none where nothing does.
    pub(super) objection: Option<Objection>,
    /// Who pays, as our data have it now.
    pub(super) payer_id: Option<PayerId>,
    /// Where it stands by that.
    pub(super) state: PaymentState,
}

/// Judges a stored payment against the books and our data of now, and writes what came of it into its row. `settle` is the
/// statement that moves a payment out of the state it is in, so that of two who judge at a time one does.
///
/// # Errors
/// `Changed` where another was faster.
pub(super) fn judge(
    tx: &mut Tx,
    id: RemittanceId,
    set: &ReadRemittance,
    settle: &Statement<()>,
) -> Result<Judged, Error> {
    let objection = objection(tx, set, content_hash(&set.remittance), Some(id))?;
    let payer_id = payer_of(tx, &set.remittance)?;
    let state = objection.as_ref().map_or(PaymentState::Posted, |objection| objection.state);
    let problem = objection.as_ref().map(|objection| objection.problem.clone());
    let difference = objection.as_ref().map_or(Money::ZERO, |objection| objection.difference);
    let posted_at = (state == PaymentState::Posted).then(|| tx.now());
    let settled = tx.execute(settle, params![id, state.as_str(), problem, difference, payer_id, posted_at])?;
    if settled == 0 {
        return Err(Error::Changed);
    }
    Ok(Judged { objection, payer_id, state })
}

/// One payment in quarantine: posted, known to be posted meanwhile, or kept with what stands against it now.
fn rejudge(tx: &mut Tx, kept: &KeptPayment, set: &ReadRemittance, leave: Leave) -> Result<PaymentReport, Error> {
    let Judged { objection, payer_id, state } = judge(tx, kept.id, set, &SETTLE_QUARANTINED)?;
    let own = key(&kept.payment_key);
    if objection.is_none() {
        let order = Order { id: kept.id, payer: payer_id, set, leave };
        return match remittance_posting::post(tx, order, None)? {
            Verdict::Posted(counts) => {
                let outcome = format!("What kept it out was mended, and it was posted: /remittances/{}", kept.id);
                worklist::resolve_subject(tx, &own, &outcome, "posting")?;
                posted(tx, kept.id, set, counts)
            }
            Verdict::Waits(reasons) => {
                let outcome = "What kept it out was mended; it waits to be posted.";
                worklist::resolve_subject(tx, &own, outcome, "posting")?;
                waiting::hold(tx, kept.id, payer_id, set, &reasons)
            }
        };
    }
    let told = report(kept.id, set, state, objection);
    match state {
        PaymentState::Duplicate => {
            tx.audit(kept_out(state), "remittance", kept.id, serde_json::json!({}));
            worklist::resolve_subject(tx, &own, "The payment was posted from another file.", "posting")?;
        }
        PaymentState::Quarantined if told.problem != kept.problem => {
            if let (Some(item), Some(problem)) = (tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![own])?, &told.problem) {
                store::worklist::append_event(tx, item.id, "noted", &format!("Read again: {problem}"))?;
            }
        }
        PaymentState::Posted | PaymentState::Quarantined | PaymentState::Waiting => {}
    }
    Ok(told)
}

/// Work about a payment in quarantine.
pub(super) fn open(
    tx: &mut Tx,
    id: RemittanceId,
    payer: Option<PayerId>,
    remittance: &Remittance,
    objection: &Objection,
) -> Result<(), Error> {
    let reason = WorkReason::RemittanceQuarantined;
    let links = WorkLinks { remittance_id: Some(id), payer_id: payer, ..WorkLinks::default() };
    let subject_key = key(&payment_key(remittance));
    let summary = format!("Nothing of payment {} was posted: {}", remittance.trace, objection.problem);
    let money_at_stake = remittance.amount;
    worklist::open(tx, NewWork { reason, subject_key, summary, links, money_at_stake, deadline_on: None })?;
    Ok(())
}

/// The same payment in another dress opens no second item.
fn key(payment_key: &str) -> String {
    let reason = WorkReason::RemittanceQuarantined;
    format!("{}:{}", reason.as_str(), hex(&sha256(payment_key.as_bytes())[..16]))
}

/// The payment that stood in quarantine is posted: work that asks for a corrected file ends, and names what was posted.
pub(super) fn end(tx: &mut Tx, id: RemittanceId, posted: &Remittance) -> Result<(), Error> {
    let earlier = tx.query(&QUARANTINED_WITH_TRACE, params![posted.trace, posted.payer_trace_id])?;
    for (payee, payment_key) in earlier {
        if payee.is_empty() || payee == posted.payee_npi {
            let outcome = format!("The payer's corrected file was posted: /remittances/{id}");
            worklist::resolve_subject(tx, &key(&payment_key), &outcome, "payer")?;
        }
    }
    Ok(())
}
