//! A patient's payment comes back: the bank returns a check, or a card's bank disputes a payment. What the payment did is turned by
//! entries: charges it paid are owed again, kept money goes. While a dispute runs only the bank's money moves; when it is lost
//! the payment is turned, when it is won the money comes back.

use std::collections::HashSet;

use billing::access::{Action, Actor, ResourceState};
use billing::deposit::SlipState;
use billing::patient_payment::PaymentOnCharge;
use billing::returned_payment::{CheckPlace, Facts, ReturnState, off_charge};
use billing::work::{WorkItem, WorkLinks, WorkReason};
use billing::{ChargeId, Money, PatientId, PatientPaymentId, PaymentReturnId, PracticeId};
use jiff::civil::Date;
use ledger::AccountKind;
use serde_json::json;
use store::bank::UNDEPOSITED;
use store::deposit::SLIP_OF_PAYMENT;
use store::ledger::postings_of_charge;
use store::money_rule::KEEP_EARMARK;
use store::patient_payment::{PAYMENT, PAYMENT_OF_RECEIPT, PatientPaymentRow};
use store::payment_return::{
    CHARGES_PAID_BY_PATIENT, DECIDE_RETURN, RETURN, RETURN_OF_PAYMENT, RETURNS_IN_STATE, ReturnLine, ReturnRow,
};
use store::{Db, Tx, params};

use crate::access::allow;
use crate::charge_capture::fee::charge_returned_check;
use crate::charge_capture::payments_on;
use crate::patient_payment::{apply_unapplied, mind_kept_money};
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, reason};

/// The counter of returns.
const RETURNS: &str = "payment-return";
/// Most rows of a list.
const MOST_SHOWN: i64 = 500;

/// What the bank or the processor says of a payment that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnNotice {
    /// The payment.
    pub payment: PatientPaymentId,
    /// When the money left the bank.
    pub on: Date,
    /// Why, in a sentence without a name: "insufficient funds".
    pub reason: String,
    /// By when a dispute must be answered; none for a check.
    pub respond_by: Option<Date>,
}

/// Records that a payment came back. A second time it is the same return.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words, for a day before the payment or after today, or a dispute without its last day;
/// `Refused` for cash.
pub fn record(db: &Db, actor: &Actor, practice: PracticeId, notice: &ReturnNotice) -> Result<PaymentReturnId, Error> {
    allow(actor, Action::ReturnPayment, &ResourceState::default())?;
    let words = reason::given(&notice.reason, "Say in a sentence what the bank or the processor says.")?;
    db.write(actor, practice, |tx| {
        let payment = tx.query_opt(&PAYMENT, params![notice.payment])?.ok_or(Error::NotFound("payment"))?;
        if let Some(known) = tx.query_opt(&RETURN_OF_PAYMENT, params![notice.payment])? {
            return Ok(known.id);
        }
        if notice.on < payment.received_on || notice.on > tx.today() {
            return Err(Error::invalid("on", "The day is between the payment's own and today."));
        }
        let (state, respond_by) = match payment.method.as_str() {
            "check" => (ReturnState::Returned, None),
            "card" => {
                let last = notice.respond_by.filter(|last| *last >= notice.on);
                let ask = "Give the last day on which the dispute can be answered; the processor says it.";
                (ReturnState::Disputed, Some(last.ok_or_else(|| Error::invalid("respond_by", ask))?))
            }
            _ => return Err(Error::refused("Cash does not come back. Money that is given back goes by a refund.")),
        };
        let row = ReturnRow {
            id: PaymentReturnId(tx.new_id()),
            return_number: format!("RP-{:05}", tx.next_number(RETURNS)?),
            patient_payment_id: payment.id,
            patient_id: payment.patient_id,
            kind: payment.method.clone(),
            state,
            amount_cents: payment.amount_cents,
            returned_on: notice.on,
            respond_by,
            reason: words.to_owned(),
            recorded_by_login: tx.actor().login.clone(),
            decided_on: None,
            decided_by_login: None,
            decision: String::new(),
        };
        tx.insert(&row)?;
        let detail = json!({ "cents": row.amount_cents, "number": row.return_number, "state": state.as_str() });
        tx.audit("payment_return.record", "payment_return", row.id, detail);
        let left = match state {
            ReturnState::Disputed => {
                let made = facts(&row).disputed(notice.on).map_err(unbalanced)?;
                tx.post(&made, &format!("payment_return:{}:disputed", row.id))?;
                Money::ZERO
            }
            ReturnState::Returned | ReturnState::Won | ReturnState::Lost => {
                let place = place_of(tx, &payment)?;
                let left = turn(tx, &row, &payment)?;
                let made = facts(&row).check_returned(notice.on, left, place).map_err(unbalanced)?;
                tx.post(&made, &format!("payment_return:{}:returned", row.id))?;
                if place == CheckPlace::Bank {
                    charge_returned_check(tx, row.patient_id, row.id, notice.on)?;
                }
                left
            }
        };
        open_work(tx, &row, &payment, left)?;
        settle(tx, row.patient_id)?;
        Ok(row.id)
    })
}

/// Where a check's money stands: in a slip it went to the bank; in none it lies at the desk, as far as the books have that
/// much there (a line of the bank may have been named as patients' money without a slip).
fn place_of(tx: &Tx, payment: &PatientPaymentRow) -> Result<CheckPlace, Error> {
    if let Some(slip) = tx.query_opt(&SLIP_OF_PAYMENT, params![payment.id])? {
        return match slip.state {
            SlipState::Differs => Err(Error::refused(format!(
                "Slip {} holds the check and was not sent: its count waits for a second person. Take the slip apart, then \
                 record this.",
                slip.slip_number
            ))),
            SlipState::OnTheWay | SlipState::BankDiffers | SlipState::InBank | SlipState::TakenApart => {
                Ok(CheckPlace::Bank)
            }
        };
    }
    let (undeposited,) = tx.query_one(&UNDEPOSITED, params![])?;
    Ok(if undeposited < payment.amount_cents { CheckPlace::Bank } else { CheckPlace::Desk })
}

/// The payment of a receipt's number.
///
/// # Errors
/// `Denied`; `Invalid` where there is none.
pub fn payment_of_receipt(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    receipt: &str,
) -> Result<PatientPaymentId, Error> {
    allow(actor, Action::ReturnPayment, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let found = read.query_opt(&PAYMENT_OF_RECEIPT, params![receipt])?;
        found.map(|(id,)| id).ok_or_else(|| Error::invalid("receipt", "No payment has a receipt of that number."))
    })
}

/// Says how a dispute ended, and what was answered.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where no dispute is open.
pub fn decide(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: PaymentReturnId,
    is_won: bool,
    words: &str,
) -> Result<(), Error> {
    allow(actor, Action::ReturnPayment, &ResourceState::default())?;
    let words = reason::given(words, "Say in a sentence what was answered and what came of it.")?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&RETURN, params![id])?.ok_or(Error::NotFound("returned payment"))?;
        if row.state != ReturnState::Disputed {
            return Err(Error::refused(format!("{} is no open dispute: {}.", row.return_number, row.state.as_str())));
        }
        let (today, login) = (tx.today(), tx.actor().login.clone());
        let state = if is_won { ReturnState::Won } else { ReturnState::Lost };
        tx.execute(&DECIDE_RETURN, params![id, state, Some(today), Some(login), words])?;
        tx.audit("payment_return.decide", "payment_return", id, json!({ "state": state.as_str() }));
        if is_won {
            tx.post(&facts(&row).won(today).map_err(unbalanced)?, &format!("payment_return:{id}:won"))?;
        } else {
            let payment = tx.query_one(&PAYMENT, params![row.patient_payment_id])?;
            let left = turn(tx, &row, &payment)?;
            if left < row.amount_cents {
                tx.post(&facts(&row).lost(today, left).map_err(unbalanced)?, &format!("payment_return:{id}:lost"))?;
            }
        }
        let subject = subject_key(WorkReason::PaymentDisputed, id);
        worklist::resolve_subject(tx, &subject, &format!("The dispute was {}.", state.as_str()), "patient")?;
        settle(tx, row.patient_id)
    })
}

/// What is still kept of the patient's money pays what is owed again; what then pays for nothing is work as ever.
fn settle(tx: &mut Tx, patient: PatientId) -> Result<(), Error> {
    apply_unapplied(tx, patient)?;
    mind_kept_money(tx, patient)
}

fn facts(row: &ReturnRow) -> Facts {
    Facts { id: row.id, patient: row.patient_id, amount: row.amount_cents }
}

fn unbalanced(why: ledger::Unbalanced) -> Error {
    Error::refused(format!("{why}."))
}

/// Takes the payment off what it paid, so that its amount is among the patient's kept money: first its own charges, then what is
/// kept, then charges that the patient's money paid later. Gives what is found nowhere: it was given back already.
fn turn(tx: &mut Tx, row: &ReturnRow, payment: &PatientPaymentRow) -> Result<Money, Error> {
    // Nothing of it can be kept for a visit any more.
    tx.execute(&KEEP_EARMARK, params![payment.id, Money::ZERO])?;
    let kept = store::ledger::held(tx, AccountKind::UnappliedPatient, row.patient_id.0)?;
    let charges: Vec<ChargeId> =
        tx.query(&CHARGES_PAID_BY_PATIENT, params![row.patient_id])?.into_iter().map(|(charge,)| charge).collect();
    let mut standing = Vec::new();
    for charge in charges {
        let paid = payments_on(&postings_of_charge(tx, charge.0)?);
        standing.extend(paid.into_iter().map(|one| (charge, one)));
    }
    let is_own = |one: &PaymentOnCharge| one.source.id == payment.id.0;
    let mut left = row.amount_cents;
    let own: Vec<_> = standing.iter().filter(|(_, one)| is_own(one)).cloned().collect();
    take_off(tx, row.patient_id, own, &mut left)?;
    left -= left.min(kept);
    let others: Vec<_> = standing.into_iter().filter(|(_, one)| !is_own(one)).collect();
    take_off(tx, row.patient_id, others, &mut left)?;
    Ok(left)
}

fn take_off(
    tx: &mut Tx,
    patient: PatientId,
    standing: Vec<(ChargeId, PaymentOnCharge)>,
    left: &mut Money,
) -> Result<(), Error> {
    let mut touched: HashSet<ChargeId> = HashSet::new();
    for (charge, one) in standing {
        let amount = one.amount.min(*left);
        if !amount.is_positive() {
            continue;
        }
        *left -= amount;
        let made = off_charge(charge, patient, tx.today(), &PaymentOnCharge { amount, ..one }).map_err(unbalanced)?;
        let key = format!("payment_returned:{charge}:{}", tx.new_id());
        tx.post(&made, &key)?;
        touched.insert(charge);
    }
    let mut touched: Vec<ChargeId> = touched.into_iter().collect();
    touched.sort_unstable();
    crate::write_off::follow_debt(tx, &touched)
}

fn open_work(tx: &mut Tx, row: &ReturnRow, payment: &PatientPaymentRow, left: Money) -> Result<(), Error> {
    let amount = row.amount_cents;
    let links = WorkLinks { patient_id: Some(row.patient_id), ..WorkLinks::default() };
    let (reason, mut summary) = match row.state {
        ReturnState::Disputed => (
            WorkReason::PaymentDisputed,
            format!("{amount} of receipt {} is disputed by the card’s bank: {}", payment.receipt_number, row.reason),
        ),
        ReturnState::Returned | ReturnState::Won | ReturnState::Lost => (
            WorkReason::PaymentReturned,
            format!("The check of receipt {}, {amount}, came back: {}", payment.receipt_number, row.reason),
        ),
    };
    if left.is_positive() {
        summary.push_str(&format!(" {left} of it was given back to the patient before; ask for that too."));
    }
    let work = NewWork {
        reason,
        subject_key: subject_key(reason, row.id),
        summary,
        links,
        money_at_stake: amount,
        deadline_on: row.respond_by,
    };
    worklist::open(tx, work).map(|_| ())
}

/// Refuses to end work about a dispute by words: only its decision ends it.
pub(crate) fn refuse_while_open(item: &WorkItem) -> Result<(), Error> {
    if item.reason != WorkReason::PaymentDisputed {
        return Ok(());
    }
    Err(Error::refused(
        "The dispute is open. Say on the page of returned payments how it ended; the item then ends by itself.",
    ))
}

/// Returns of a state, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: ReturnState) -> Result<Vec<ReturnLine>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&RETURNS_IN_STATE, params![state, MOST_SHOWN])?))
}
