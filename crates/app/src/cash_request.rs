//! Requests about a payer's waiting cash that two people decide: one asks, another approves or refuses, and nobody both. A claim
//! payment that does not add up is posted with the approval, its difference in suspense. Cash that is to leave leaves the
//! desk when it is asked for, so that it pays nothing else meanwhile, and the bank when who approves says that it was sent.

use billing::access::{Action, Actor, ResourceState};
use billing::cash_request::{CashRequestKind, CashRequestState};
use billing::refund::reference_problem;
use billing::remittance::balance;
use billing::{CashRequestId, ClaimPaymentId, Money, PracticeId};
use ledger::{Account, DraftEntry, EntrySource};
use serde_json::json;
use store::cash_request::{
    CASH_REQUEST, CASH_REQUEST_ASKED, CASH_REQUEST_BY_KEY, CASH_REQUESTS_ASKED, CASH_REQUESTS_IN_STATE,
    CashRequestLine, CashRequestRow, DECIDE_CASH_REQUEST, SEND_CASH_REQUEST,
};
use store::remittance::{CLAIM_PAYMENT, ClaimPaymentFacts};
use store::{Db, Tx, params};

use crate::access::allow;
use crate::approval::{Request, SAY_WHY};
use crate::remittance_posting::{self, Placing};
use crate::{Error, limits, reason, unmatched, worklist};

/// The counter of requests.
const CASH_REQUESTS: &str = "cash_request";
/// Requests shown of one state.
const SHOWN: i64 = 200;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// About which claim payment.
    pub claim_payment: ClaimPaymentId,
    /// What is to be done.
    pub kind: CashRequestKind,
    /// Who gets it, where it is handed over; empty otherwise.
    pub payee: String,
    /// Why; names no patient.
    pub reason: String,
    /// Made by the form or program that asks: the same key a second time is the same request.
    pub idempotency_key: String,
}

/// Asks for it. The same key a second time is the same request.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where it cannot be, another request about it waits, or the key was
/// used for another one.
pub fn ask(db: &Db, actor: &Actor, practice: PracticeId, asking: &Asking) -> Result<CashRequestId, Error> {
    allow(actor, actions(asking.kind).0, &ResourceState::default())?;
    if asking.kind == CashRequestKind::HandOver {
        reason::named("payee", &asking.payee, "Name the practice that it was meant for.")?;
    }
    let why = reason::given(&asking.reason, "Say in a sentence why; who approves it reads it.")?;
    db.write(actor, practice, |tx| {
        if let Some(known) = tx.query_opt(&CASH_REQUEST_BY_KEY, params![asking.idempotency_key])? {
            let is_same = known.claim_payment_id == asking.claim_payment && known.kind == asking.kind;
            return if is_same { Ok(known.id) } else { Err(request_of(&known).used_key()) };
        }
        let payment = tx.query_opt(&CLAIM_PAYMENT, params![asking.claim_payment])?.ok_or(Error::NotFound("payment"))?;
        refuse_while_asked(tx, payment.id)?;
        let row = match asking.kind {
            CashRequestKind::Suspense => {
                let amount = payment.body.0.paid_amount;
                let row = asked_row(tx, asking, &payment, (amount, difference_of(&payment)?), why)?;
                tx.insert(&row)?;
                row
            }
            CashRequestKind::Return | CashRequestKind::HandOver => {
                let (work, from, amount) = unmatched::received(tx, actor, &payment)?;
                let row = asked_row(tx, asking, &payment, (amount, Money::ZERO), why)?;
                tx.insert(&row)?;
                move_cash(tx, &row, (from, payable(&row)), "asked", "Cash of a payer is to leave")?;
                let sentence = format!("{amount} of it is to leave by request {}: {why}", row.request_number);
                worklist::cash_applied(tx, work, Money::ZERO, &sentence)?;
                row
            }
        };
        let detail = json!({ "cents": row.amount_cents, "kind": row.kind.as_str(), "number": row.request_number });
        tx.audit("cash_request.ask", "cash_request", row.id, detail);
        Ok(row.id)
    })
}

/// Refuses what would pull a claim payment away under a request that waits for a second person.
pub(crate) fn refuse_while_asked(tx: &Tx, payment: ClaimPaymentId) -> Result<(), Error> {
    let asked = tx.query_opt(&CASH_REQUEST_ASKED, params![payment])?;
    asked.map_or(Ok(()), |(_, number)| {
        Err(Error::refused(format!(
            "Request {number} about this payment waits for a second person. Have it decided, or withdraw it."
        )))
    })
}

/// What a claim payment is off by that may be posted with it in suspense.
fn difference_of(payment: &ClaimPaymentFacts) -> Result<Money, Error> {
    let said = &payment.body.0;
    if payment.state != "set_aside" || payment.problem.is_none() {
        return Err(Error::refused(
            "Only a claim payment that is set aside is posted with its difference in suspense.",
        ));
    }
    let Some(found) = balance::claim(said) else {
        return Err(Error::refused(
            "This payment adds up. Read why it is set aside; two people change nothing of that.",
        ));
    };
    if said.is_reversal() {
        return Err(Error::refused(
            "A reversal undoes exactly what was posted, so it has no difference. Ask the payer for a right one.",
        ));
    }
    if payment.claim_id.is_none() {
        return Err(Error::refused(
            "It names no claim of ours, so no difference can be posted with it. Split its cash over the lines that it pays, \
             or give it back to the payer.",
        ));
    }
    Ok(found.difference)
}

fn asked_row(
    tx: &mut Tx,
    asking: &Asking,
    payment: &ClaimPaymentFacts,
    (amount_cents, difference_cents): (Money, Money),
    why: &str,
) -> Result<CashRequestRow, Error> {
    Ok(CashRequestRow {
        id: CashRequestId(tx.new_id()),
        request_number: format!("CR-{:05}", tx.next_number(CASH_REQUESTS)?),
        kind: asking.kind,
        claim_payment_id: payment.id,
        payer_id: payment.payer_id,
        amount_cents,
        difference_cents,
        payee: asking.payee.trim().to_owned(),
        reason: why.to_owned(),
        state: CashRequestState::Asked,
        asked_on: tx.today(),
        asked_by: tx.actor().user,
        asked_by_login: tx.actor().login.clone(),
        decided_on: None,
        decided_by: None,
        decided_by_login: None,
        decision: String::new(),
        sent_on: None,
        sent_by_login: None,
        reference: String::new(),
        idempotency_key: asking.idempotency_key.clone(),
    })
}

/// A second person approves it, and it is carried out.
///
/// # Errors
/// `Denied` for who asked; `NotFound`; `Refused` where it does not wait, or cannot be carried out any more.
pub fn approve(db: &Db, actor: &Actor, practice: PracticeId, id: CashRequestId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        allow(actor, actions(row.kind).1, &made_by(tx, &row)?)?;
        request_of(&row).must_be_anothers(actor)?;
        decide(tx, &row, CashRequestState::Approved, "")?;
        match row.kind {
            CashRequestKind::Suspense => {
                let payment = tx.query_opt(&CLAIM_PAYMENT, params![row.claim_payment_id])?;
                let payment = payment.ok_or(Error::NotFound("payment"))?;
                difference_of(&payment)?;
                let claim = payment.claim_id.ok_or(Error::NotFound("claim"))?;
                let said = format!(
                    "posted with its difference in suspense: {} asked, {} approved: {}",
                    row.asked_by_login,
                    tx.actor().login,
                    row.reason
                );
                remittance_posting::place(tx, payment.id, claim, Placing::InSuspense, &said)
            }
            CashRequestKind::Return | CashRequestKind::HandOver => Ok(()),
        }
    })
}

/// A second person refuses it.
///
/// # Errors
/// As [`approve`]; `Invalid` without words.
pub fn refuse(db: &Db, actor: &Actor, practice: PracticeId, id: CashRequestId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        allow(actor, actions(row.kind).1, &made_by(tx, &row)?)?;
        request_of(&row).must_be_anothers(actor)?;
        give_up(tx, &row, CashRequestState::Refused, why)
    })
}

/// Who asked takes the request back.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` for another person's request, or one that was decided.
pub fn withdraw(db: &Db, actor: &Actor, practice: PracticeId, id: CashRequestId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        allow(actor, actions(row.kind).0, &ResourceState::default())?;
        request_of(&row).must_be_own(actor)?;
        give_up(tx, &row, CashRequestState::Withdrawn, why)
    })
}

/// Says that the cash of an approved request left: the number of the check or transfer. Never by who asked for it.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for the reference; `Refused` where it is not approved, or nothing leaves by it.
pub fn send(db: &Db, actor: &Actor, practice: PracticeId, id: CashRequestId, reference: &str) -> Result<(), Error> {
    if let Some(problem) = reference_problem(reference) {
        return Err(Error::invalid("reference", problem));
    }
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&CASH_REQUEST, params![id])?.ok_or(Error::NotFound("request"))?;
        allow(actor, Action::SendRefund, &made_by(tx, &row)?)?;
        request_of(&row).must_be_anothers(actor)?;
        if row.state != CashRequestState::Approved || !row.kind.is_sent() {
            return Err(Error::refused(format!("Nothing of request {} is to be sent now.", row.request_number)));
        }
        let (today, login) = (tx.today(), tx.actor().login.clone());
        tx.execute(&SEND_CASH_REQUEST, params![id, today, login, reference.trim()])?;
        tx.audit("cash_request.send", "cash_request", id, json!({ "cents": row.amount_cents }));
        move_cash(tx, &row, (payable(&row), Account::Bank), "sent", "Cash of a payer left")
    })
}

/// What asking and approving need: what goes out is a refund, what is posted all the same a release.
fn actions(kind: CashRequestKind) -> (Action, Action) {
    match kind {
        CashRequestKind::Suspense => (Action::ReleaseQuarantine, Action::ApproveQuarantineRelease),
        CashRequestKind::Return | CashRequestKind::HandOver => (Action::RequestRefund, Action::ApproveRefund),
    }
}

fn payable(row: &CashRequestRow) -> Account {
    Account::PayerPayable { payer: row.payer_id.map(|payer| payer.0), reference: row.request_number.clone() }
}

/// One step of cash that is to leave. The claim payment is the source of each, so that what waits of it is known.
fn move_cash(
    tx: &mut Tx,
    row: &CashRequestRow,
    (from, to): (Account, Account),
    step: &str,
    why: &'static str,
) -> Result<(), Error> {
    let source = EntrySource { kind: "cash_request".into(), id: row.claim_payment_id.0 };
    let entry = DraftEntry::new(tx.today(), why, source)
        .debit(from, row.amount_cents, "leaves")
        .credit(to, row.amount_cents, "leaves")
        .balance()
        .map_err(|unbalanced| Error::refused(unbalanced.to_string()))?;
    tx.post(&entry, &format!("cash_request:{}:{step}", row.id))?;
    Ok(())
}

/// It is not done: cash that was to leave waits where it waited, and is work again.
fn give_up(tx: &mut Tx, row: &CashRequestRow, state: CashRequestState, why: &str) -> Result<(), Error> {
    decide(tx, row, state, why)?;
    if !row.kind.is_sent() {
        return Ok(());
    }
    let payment = tx.query_opt(&CLAIM_PAYMENT, params![row.claim_payment_id])?.ok_or(Error::NotFound("payment"))?;
    let item = row.claim_payment_id.0;
    let to = row.payer_id.map_or(Account::Suspense { item }, |payer| Account::UnappliedPayer { payer: payer.0 });
    move_cash(tx, row, (payable(row), to), "given_up", "Cash of a payer does not leave")?;
    unmatched::wait_again(tx, &payment, &format!("request {} was not done: {why}", row.request_number))
}

/// Requests of a state, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    state: CashRequestState,
) -> Result<Vec<CashRequestLine>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&CASH_REQUESTS_IN_STATE, params![state, SHOWN])?))
}

/// How many that others asked for wait for approval, with their sum.
///
/// # Errors
/// `Denied`.
pub fn asked(db: &Db, actor: &Actor, practice: PracticeId) -> Result<(i64, Money), Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query_one(&CASH_REQUESTS_ASKED, params![actor.user])?))
}

/// The amount that counts for a limit: what may be wrong with it, not what was paid.
fn made_by(tx: &Tx, row: &CashRequestRow) -> Result<ResourceState, Error> {
    let amount = if row.difference_cents.is_zero() { row.amount_cents } else { row.difference_cents };
    Ok(ResourceState::made_by(row.asked_by, amount.abs()).within(limits::in_force(tx)?))
}

fn waiting(tx: &Tx, id: CashRequestId) -> Result<CashRequestRow, Error> {
    let row = tx.query_opt(&CASH_REQUEST, params![id])?.ok_or(Error::NotFound("request"))?;
    request_of(&row).must_wait()?;
    Ok(row)
}

fn request_of(row: &CashRequestRow) -> Request<'_> {
    Request {
        thing: "request",
        number: &row.request_number,
        label: row.state.label(),
        waits: row.state == CashRequestState::Asked,
        asked_by: row.asked_by,
        asked_by_login: &row.asked_by_login,
    }
}

fn decide(tx: &mut Tx, row: &CashRequestRow, state: CashRequestState, why: &str) -> Result<(), Error> {
    let (today, user, login) = (tx.today(), tx.actor().user, tx.actor().login.clone());
    tx.execute(&DECIDE_CASH_REQUEST, params![row.id, state, today, user, login, why])?;
    let detail = json!({ "cents": row.amount_cents, "kind": row.kind.as_str(), "state": state.as_str() });
    tx.audit("cash_request.decide", "cash_request", row.id, detail);
    Ok(())
}
