//! Refunds: money goes back to who paid it, asked for by one person and approved by another. Asking takes it out of where it
//! stood at once, so that it can neither be asked for twice nor pay another bill meanwhile; a refusal puts it back. Nobody
//! approves their own request, the file's owner included.

use billing::access::{Action, Actor, ResourceState};
use billing::refund::{Credit, Facts, Payee, RefundMethod, RefundPart, RefundState, reference_problem};
use billing::work::WorkReason;
use billing::write_off::Debtor;
use billing::{Money, PatientId, PayerId, PracticeId, RefundId};
use ledger::{AccountKind, BalancedEntry, Unbalanced};
use serde_json::json;
use store::estate::{ESTATE_REFUND, EstateRefundRow};
use store::patient_account::ACCOUNT_HEAD;
use store::refund::{
    APPROVED_THAT_DAY, DECIDE_REFUND, OVERPAID_OF_PATIENT, REFUND, REFUND_BY_KEY, REFUNDS_IN_STATE, REFUNDS_OF_PATIENT,
    REFUNDS_UNDER_WAY, RefundLine, RefundRow, SEND_REFUND,
};
use store::state_refund::{STATE_REFUND, StateRefundRow};
use store::{Conn, Db, Json, Tx, params};

use crate::access::allow;
use crate::approval::{Request, SAY_WHY};
use crate::charge_capture::follow_credit;
use crate::patient_payment::mind_kept_money;
use crate::worklist::{self, subject_key};
use crate::{Error, credit, estate, limits, reason, write_off};

pub mod origin;
pub mod to_state;
pub mod uncashed;

/// The counter of refunds.
const REFUNDS: &str = "refund";
/// Refunds shown of one state.
const REFUNDS_SHOWN: i64 = 200;

/// A refund as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// On whose account.
    pub patient_id: PatientId,
    /// Who gets it.
    pub payee: Payee,
    /// How much, above zero and at most what may go back to the payee.
    pub amount: Money,
    /// Why; names no patient.
    pub reason: String,
    /// Made by the form or program that asks: the same key a second time is the same refund.
    pub idempotency_key: String,
}

/// Money on an account that may go back, with who paid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditLine {
    /// Who paid it.
    pub payee: Payee,
    /// The payer's name; none for the patient.
    pub payer_name: Option<String>,
    /// How much.
    pub amount: Money,
}

/// What may go back of an account, the patient's first.
///
/// # Errors
/// `Denied`; `NotFound` for another practice's patient.
pub fn credits(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<Vec<CreditLine>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        read.query_opt(&ACCOUNT_HEAD, params![patient])?.ok_or(Error::NotFound("patient"))?;
        let mut lines = Vec::new();
        for credit in credits_in(read, patient)? {
            let payer_name = match credit.payee {
                Payee::Patient => None,
                Payee::Payer(payer) => store::registration::payer(read, payer)?.map(|payer| payer.name),
            };
            lines.push(CreditLine { payee: credit.payee, payer_name, amount: credit.amount() });
        }
        Ok(lines)
    })
}

/// What stands to go back, by who paid it: the patient's own first.
fn credits_in(conn: &Conn, patient: PatientId) -> Result<Vec<Credit>, Error> {
    let unapplied = store::ledger::held(conn, AccountKind::UnappliedPatient, patient.0)?;
    let mut credits: Vec<Credit> = Vec::new();
    let mut add = |payee: Payee, part: RefundPart| match credits.iter_mut().find(|credit| credit.payee == payee) {
        Some(credit) => credit.parts.push(part),
        None => credits.push(Credit { payee, parts: vec![part] }),
    };
    if unapplied.is_positive() {
        add(Payee::Patient, RefundPart { charge_id: None, amount: unapplied });
    }
    let overpaid = conn.query(&OVERPAID_OF_PATIENT, params![patient])?;
    let charges: Vec<_> = overpaid.iter().map(|row| row.charge_id).collect();
    let forgiven = write_off::forgiven(conn, &charges)?;
    for row in overpaid {
        let payee = row.payer_id.map_or(Payee::Patient, Payee::Payer);
        let debtor = row.payer_id.map_or(Debtor::Patient, Debtor::Payer);
        // What was written off was paid by nobody, so nobody gets it.
        let amount = row.over_cents - forgiven.get(&(row.charge_id, debtor)).copied().unwrap_or_default();
        if amount.is_positive() {
            add(payee, RefundPart { charge_id: Some(row.charge_id), amount });
        }
    }
    credits.sort_by_key(|credit| credit.payee);
    Ok(credits)
}

/// Asks for a refund. The same key a second time is the same request.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` names the field; `Refused` where the key was used for another refund. Nothing moves then.
pub fn ask(db: &Db, actor: &Actor, practice: PracticeId, request: &RefundRequest) -> Result<RefundId, Error> {
    allow(actor, Action::RequestRefund, &ResourceState::amount(request.amount))?;
    reason::given(&request.reason, "Say in a sentence why the money goes back; who approves it reads it.")?;
    db.write(actor, practice, |tx| ask_in(tx, request, None::<fn(RefundId) -> StateRefundRow>))
}

/// `to_state`: the row of one that goes to a state. Only such a one goes to nobody of an estate.
fn ask_in(
    tx: &mut Tx,
    request: &RefundRequest,
    to_state: Option<impl FnOnce(RefundId) -> StateRefundRow>,
) -> Result<RefundId, Error> {
    if let Some(known) = tx.query_opt(&REFUND_BY_KEY, params![request.idempotency_key])? {
        return same_refund(&known, request);
    }
    tx.query_opt(&ACCOUNT_HEAD, params![request.patient_id])?.ok_or(Error::NotFound("patient"))?;
    let of_estate = match request.payee {
        Payee::Patient if to_state.is_none() => estate::payee(tx, request.patient_id)?,
        Payee::Patient | Payee::Payer(_) => None,
    };
    let credit = credits_in(tx, request.patient_id)?.into_iter().find(|credit| credit.payee == request.payee);
    let most = credit.as_ref().map_or(Money::ZERO, Credit::amount);
    let parts = credit.and_then(|credit| credit.take(request.amount)).ok_or_else(|| {
        Error::invalid("amount", format!("Give an amount above zero and at most the {most} that may go back."))
    })?;
    let row = asked_row(tx, request, parts)?;
    tx.insert(&row)?;
    if let Some(to_state) = to_state {
        tx.insert(&to_state(row.id))?;
    }
    if let Some(of_estate) = of_estate {
        tx.insert(&EstateRefundRow {
            refund_id: row.id,
            estate_id: of_estate.id,
            payee: format!("Estate, by {}", of_estate.representative),
            document: of_estate.document,
        })?;
    }
    post(tx, &row, "asked", |facts, on| facts.asked(on))?;
    tx.audit("refund.ask", "refund", row.id, json!({ "cents": row.amount_cents, "number": row.refund_number }));
    follow(tx, &row)?;
    Ok(row.id)
}

fn asked_row(tx: &mut Tx, request: &RefundRequest, parts: Vec<RefundPart>) -> Result<RefundRow, Error> {
    Ok(RefundRow {
        id: RefundId(tx.new_id()),
        refund_number: format!("RF-{:05}", tx.next_number(REFUNDS)?),
        patient_id: request.patient_id,
        payer_id: payer_of(request.payee),
        amount_cents: request.amount,
        reason: request.reason.trim().to_owned(),
        state: RefundState::Asked,
        asked_on: tx.today(),
        asked_by: tx.actor().user,
        asked_by_login: tx.actor().login.clone(),
        decided_on: None,
        decided_by: None,
        decided_by_login: None,
        decision: String::new(),
        sent_on: None,
        sent_by_login: None,
        method: None,
        reference: String::new(),
        idempotency_key: request.idempotency_key.clone(),
        parts: Json(parts),
    })
}

fn payer_of(payee: Payee) -> Option<PayerId> {
    match payee {
        Payee::Patient => None,
        Payee::Payer(payer) => Some(payer),
    }
}

fn same_refund(known: &RefundRow, request: &RefundRequest) -> Result<RefundId, Error> {
    let is_same = known.patient_id == request.patient_id
        && known.payer_id == payer_of(request.payee)
        && known.amount_cents == request.amount;
    if is_same {
        return Ok(known.id);
    }
    Err(request_of(known).used_key())
}

/// A second person approves it; it can then be sent.
///
/// # Errors
/// `Denied` for who asked and over the person's limit, which sums what the person approved for the account that day;
/// `NotFound`; `Refused` where it does not wait for approval.
pub fn approve(db: &Db, actor: &Actor, practice: PracticeId, id: RefundId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        let (approved,) = tx.query_one(&APPROVED_THAT_DAY, params![row.patient_id, actor.user, tx.today()])?;
        let state = ResourceState::made_by(row.asked_by, row.amount_cents + approved).within(limits::in_force(tx)?);
        allow(actor, Action::ApproveRefund, &state)?;
        request_of(&row).must_be_anothers(actor)?;
        decide(tx, &row, RefundState::Approved, "")?;
        post(tx, &row, "approved", |facts, on| facts.approved(on))
    })
}

/// A second person refuses it; the money is where it was.
///
/// # Errors
/// As [`approve`]; `Invalid` without words.
pub fn refuse(db: &Db, actor: &Actor, practice: PracticeId, id: RefundId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        allow(actor, Action::ApproveRefund, &ResourceState::made_by(row.asked_by, Money::ZERO))?;
        request_of(&row).must_be_anothers(actor)?;
        give_up(tx, &row, RefundState::Refused, why)
    })
}

/// Who asked takes the request back; the money is where it was.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` for another person's request, or one that was decided.
pub fn withdraw(db: &Db, actor: &Actor, practice: PracticeId, id: RefundId, why: &str) -> Result<(), Error> {
    allow(actor, Action::RequestRefund, &ResourceState::default())?;
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = waiting(tx, id)?;
        request_of(&row).must_be_own(actor)?;
        give_up(tx, &row, RefundState::Withdrawn, why)
    })
}

/// An approved refund will not be sent after all: the money is where it was before it was asked for. Never by who asked.
///
/// # Errors
/// `Denied` for who asked; `NotFound`; `Invalid` without words; `Refused` where it is not approved, or was sent.
pub fn cancel(db: &Db, actor: &Actor, practice: PracticeId, id: RefundId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&REFUND, params![id])?.ok_or(Error::NotFound("refund"))?;
        allow(actor, Action::ApproveRefund, &ResourceState::made_by(row.asked_by, Money::ZERO))?;
        request_of(&row).must_be_anothers(actor)?;
        if row.state != RefundState::Approved {
            return Err(Error::refused(format!(
                "Refund {} does not wait to be sent: {}. Nothing was changed.",
                row.refund_number,
                row.state.label().to_lowercase()
            )));
        }
        decide(tx, &row, RefundState::Refused, why)?;
        post(tx, &row, "cancelled", |facts, on| facts.cancelled(on))?;
        follow(tx, &row)
    })
}

/// Says that an approved refund was sent: how, and the number of the check or of the processor. Never by who asked for it.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for the reference; `Refused` where it is not approved.
pub fn send(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: RefundId,
    method: RefundMethod,
    reference: &str,
) -> Result<(), Error> {
    if let Some(problem) = reference_problem(reference) {
        return Err(Error::invalid("reference", problem));
    }
    db.write(actor, practice, |tx| {
        let row = tx.query_opt(&REFUND, params![id])?.ok_or(Error::NotFound("refund"))?;
        allow(actor, Action::SendRefund, &ResourceState::made_by(row.asked_by, row.amount_cents))?;
        request_of(&row).must_be_anothers(actor)?;
        if row.state != RefundState::Approved {
            return Err(Error::refused(format!("Refund {} is not approved, so it is not sent.", row.refund_number)));
        }
        if method == RefundMethod::Card && tx.query_opt(&STATE_REFUND, params![id])?.is_some() {
            return Err(Error::refused("It goes to the state. Send a check or a transfer."));
        }
        if method == RefundMethod::Card && tx.query_opt(&ESTATE_REFUND, params![id])?.is_some() {
            return Err(Error::refused(
                "It goes to an estate, which has no card of the patient's. Send a check or a transfer.",
            ));
        }
        if method == RefundMethod::Card && !origin::of(tx, &row)?.iter().any(|paid| paid.method == "card") {
            return Err(Error::refused("No card paid this money. Send it back the way it came: by check or transfer."));
        }
        let (today, login) = (tx.today(), tx.actor().login.clone());
        tx.execute(&SEND_REFUND, params![id, today, login, method.as_str(), reference.trim()])?;
        tx.audit("refund.send", "refund", id, json!({ "cents": row.amount_cents, "method": method.as_str() }));
        post(tx, &row, "sent", |facts, on| facts.sent(on))
    })
}

/// Refunds of a state, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: RefundState) -> Result<Vec<RefundLine>, Error> {
    allow(actor, Action::ViewRefunds, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&REFUNDS_IN_STATE, params![state, REFUNDS_SHOWN])?))
}

/// Refunds of an account, the latest first.
///
/// # Errors
/// `Denied`.
pub fn of_patient(db: &Db, actor: &Actor, practice: PracticeId, patient: PatientId) -> Result<Vec<RefundLine>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&REFUNDS_OF_PATIENT, params![patient])?))
}

/// How many that others asked for wait for approval, and how many to be sent, each with its sum.
///
/// # Errors
/// `Denied`.
pub fn under_way(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<(RefundState, i64, Money)>, Error> {
    allow(actor, Action::ViewRefunds, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&REFUNDS_UNDER_WAY, params![actor.user])?))
}

fn waiting(tx: &Tx, id: RefundId) -> Result<RefundRow, Error> {
    let row = tx.query_opt(&REFUND, params![id])?.ok_or(Error::NotFound("refund"))?;
    request_of(&row).must_wait()?;
    Ok(row)
}

fn request_of(row: &RefundRow) -> Request<'_> {
    Request {
        thing: "refund",
        number: &row.refund_number,
        label: row.state.label(),
        waits: row.state == RefundState::Asked,
        asked_by: row.asked_by,
        asked_by_login: &row.asked_by_login,
    }
}

fn decide(tx: &mut Tx, row: &RefundRow, state: RefundState, why: &str) -> Result<(), Error> {
    let (today, user, login) = (tx.today(), tx.actor().user, tx.actor().login.clone());
    tx.execute(&DECIDE_REFUND, params![row.id, state, today, user, login, why])?;
    tx.audit("refund.decide", "refund", row.id, json!({ "cents": row.amount_cents, "state": state.as_str() }));
    Ok(())
}

fn give_up(tx: &mut Tx, row: &RefundRow, state: RefundState, why: &str) -> Result<(), Error> {
    decide(tx, row, state, why)?;
    post(tx, row, "given_up", |facts, on| facts.given_up(on))?;
    follow(tx, row)
}

/// The books first, then what the daily look knows of the account.
fn post(
    tx: &mut Tx,
    row: &RefundRow,
    step: &str,
    entry: impl FnOnce(&Facts<'_>, jiff::civil::Date) -> Result<BalancedEntry, Unbalanced>,
) -> Result<(), Error> {
    let payee = row.payer_id.map_or(Payee::Patient, Payee::Payer);
    let facts = Facts { id: row.id, patient_id: row.patient_id, payee, parts: &row.parts.0 };
    let entry = entry(&facts, tx.today()).map_err(|unbalanced| Error::refused(format!("{unbalanced}.")))?;
    tx.post(&entry, &format!("refund:{}:{step}", row.id))?;
    credit::look(tx, row.patient_id).map(|_| ())
}

/// The work about the credit ends where nothing is left to give back, and opens again where something is.
fn follow(tx: &mut Tx, row: &RefundRow) -> Result<(), Error> {
    let charges: Vec<_> = row.parts.0.iter().filter_map(|part| part.charge_id).collect();
    follow_credit(tx, &charges)?;
    if charges.len() < row.parts.0.len() {
        let held = store::ledger::held(tx, AccountKind::UnappliedPatient, row.patient_id.0)?;
        if held.is_zero() {
            let subject = subject_key(WorkReason::CreditBalance, row.patient_id.0);
            worklist::resolve_subject(tx, &subject, "A refund was asked for.", "patient")?;
        }
        mind_kept_money(tx, row.patient_id)?;
    }
    Ok(())
}
