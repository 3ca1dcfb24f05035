//! Deposit slips: cash and checks that were taken are counted together, leave for the bank, and meet the bank's line by amount
//! and day. What was counted or booked differently is posted only after a second person approved it, and never by who took or
//! counted the money.

mod bank_side;

use std::collections::HashMap;

use billing::access::{Action, Actor, ResourceState};
use billing::bank::BankLineState;
use billing::deposit::{DAYS_LOOKED_BACK, Facts, ItemKind, MOST_ITEMS, SlipState};
use billing::{BankLineId, DepositSlipId, Money, PatientPaymentId, PracticeId, RemittanceId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::bank::{BANK_LINE, BankLineRow, UNDEPOSITED};
use store::deposit::{
    APPROVE_SLIP, ITEMS_OF_SLIP, ItemRow, READY_CHECKS, READY_PAYMENTS, RETURNS_OF_SLIP, ReadyCheck, ReadyPayment,
    SLIP, SLIP_BY_KEY, SLIP_TOTALS, SLIPS_IN_STATE, SlipRow, TAKE_SLIP_APART, TAKERS_OF_SLIP,
};
use store::ledger::ENTRY_IDS_OF_SOURCE;
use store::patient_statement::PRACTICE_BODY;
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::patient_payment::letterhead;
use crate::{Error, reason};

pub use bank_side::{approve_bank, match_line, refuse_bank};
pub(crate) use bank_side::{meet, open_missing, origin_of, taken_back};

/// The counter of slips.
const SLIPS: &str = "deposit-slip";
/// Most rows of a list.
const MOST_SHOWN: i64 = 500;

/// What is to go to the bank together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipRequest {
    /// Patients' cash and checks.
    pub payments: Vec<PatientPaymentId>,
    /// Payers' paper checks, by the remittance that came with each.
    pub checks: Vec<RemittanceId>,
    /// What the person counted, in all.
    pub counted: Money,
    /// Why that differs from what the items say; empty where it does not.
    pub reason: String,
    /// The same key a second time is the same slip.
    pub idempotency_key: String,
}

/// What can go to the bank.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Cash and checks of patients, the oldest first.
    pub payments: Vec<ReadyPayment>,
    /// Payers' paper checks.
    pub checks: Vec<ReadyCheck>,
    /// All of it together.
    pub total: Money,
}

/// A slip as a page shows it.
#[derive(Debug, Clone)]
pub struct SlipView {
    /// The slip.
    pub slip: SlipRow,
    /// Its items in their order.
    pub items: Vec<ItemRow>,
    /// The line of the bank, where it was named.
    pub line: Option<BankLineRow>,
    /// Whether this person took cash or checks of it, or counted it.
    pub is_own: bool,
}

/// What can go to the bank: what was taken within [`DAYS_LOOKED_BACK`] days and stands in no slip.
///
/// # Errors
/// `Denied`.
pub fn ready(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Ready, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| ready_in(read, read.today()))
}

fn ready_in(conn: &Conn, today: Date) -> Result<Ready, Error> {
    let since = today.saturating_sub(DAYS_LOOKED_BACK.days());
    let payments = conn.query(&READY_PAYMENTS, params![since, MOST_SHOWN])?;
    let checks = conn.query(&READY_CHECKS, params![since, MOST_SHOWN])?;
    let of_patients: Money = payments.iter().map(|row| row.amount_cents).sum();
    let total = of_patients + checks.iter().map(|row| row.amount_cents).sum::<Money>();
    Ok(Ready { payments, checks, total })
}

/// Counts a slip. What was counted as its items say is on its way; a difference waits for a second person.
///
/// # Errors
/// `Denied`; `Invalid` names the field; `Refused` for an item that is in a slip already, or a key of another slip. Nothing is
/// kept then.
pub fn count(db: &Db, actor: &Actor, practice: PracticeId, request: &SlipRequest) -> Result<DepositSlipId, Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        if let Some(known) = tx.query_opt(&SLIP_BY_KEY, params![request.idempotency_key])? {
            return same_slip(&known, request);
        }
        let items = items_of(tx, request)?;
        let expected: Money = items.iter().map(|item| item.amount_cents).sum();
        if !request.counted.is_positive() {
            return Err(Error::invalid("counted", "Enter what you counted, above zero."));
        }
        let reason = match expected == request.counted {
            true => "",
            false => reason::given(
                &request.reason,
                "The count differs from the items. Count again, or say in a sentence why; a second person reads it.",
            )?,
        };
        let state = if expected == request.counted { SlipState::OnTheWay } else { SlipState::Differs };
        let row = new_row(tx, request, (items.len(), expected), (state, reason))?;
        tx.insert(&row)?;
        let items: Vec<ItemRow> = items.into_iter().map(|item| ItemRow { slip_id: row.id, ..item }).collect();
        tx.insert_many(&items)?;
        tx.audit("deposit.count", "deposit_slip", row.id, json!({ "cents": row.counted_cents, "items": items.len() }));
        if state == SlipState::OnTheWay {
            send_off(tx, &row, &items)?;
        }
        Ok(row.id)
    })
}

fn same_slip(known: &SlipRow, request: &SlipRequest) -> Result<DepositSlipId, Error> {
    let items = (request.payments.len() + request.checks.len()) as i64;
    if known.counted_cents == request.counted && known.item_count == items {
        return Ok(known.id);
    }
    Err(Error::refused(format!(
        "This form was used for slip {}. Look at it; for another one open a new form.",
        known.slip_number
    )))
}

fn items_of(tx: &Tx, request: &SlipRequest) -> Result<Vec<ItemRow>, Error> {
    let wanted = request.payments.len() + request.checks.len();
    if wanted == 0 || wanted > MOST_ITEMS {
        return Err(Error::invalid("items", format!("Choose what goes to the bank: at most {MOST_ITEMS} items.")));
    }
    let ready = ready_in(tx, tx.today())?;
    let payments: HashMap<_, _> = ready.payments.into_iter().map(|row| (row.id, row)).collect();
    let checks: HashMap<_, _> = ready.checks.into_iter().map(|row| (row.id, row)).collect();
    let gone =
        || Error::refused("An item is in another slip already, or came back. Open the page again and choose anew.");
    let mut items = Vec::with_capacity(wanted);
    let mut add = |kind, payment, remittance, (attempts, amount_cents, reference): (i64, Money, String)| {
        let ordinal = items.len() as i64;
        items.push(ItemRow {
            slip_id: DepositSlipId(uuid::Uuid::nil()),
            ordinal,
            kind,
            patient_payment_id: payment,
            remittance_id: remittance,
            attempt: attempts + 1,
            amount_cents,
            reference,
        });
    };
    let mut seen = std::collections::HashSet::new();
    for id in &request.payments {
        let row = payments.get(id).filter(|_| seen.insert(id.0)).ok_or_else(gone)?;
        let kind = if row.method == "cash" { ItemKind::Cash } else { ItemKind::Check };
        add(kind, Some(*id), None, (row.attempts, row.amount_cents, row.reference.clone()));
    }
    for id in &request.checks {
        let row = checks.get(id).filter(|_| seen.insert(id.0)).ok_or_else(gone)?;
        add(ItemKind::PayerCheck, None, Some(*id), (row.attempts, row.amount_cents, row.trace.clone()));
    }
    Ok(items)
}

fn new_row(
    tx: &mut Tx,
    request: &SlipRequest,
    (items, expected): (usize, Money),
    (state, reason): (SlipState, &str),
) -> Result<SlipRow, Error> {
    Ok(SlipRow {
        id: DepositSlipId(tx.new_id()),
        slip_number: format!("DS-{:05}", tx.next_number(SLIPS)?),
        state,
        item_count: items as i64,
        expected_cents: expected,
        counted_cents: request.counted,
        counted_on: tx.today(),
        counted_by: tx.actor().user,
        counted_by_login: tx.actor().login.clone(),
        difference_reason: reason.to_owned(),
        approved_on: None,
        approved_by: None,
        approved_by_login: None,
        bank_line_id: None,
        bank_reason: String::new(),
        matched_by: None,
        matched_by_login: None,
        bank_approved_by: None,
        bank_approved_by_login: None,
        ended_on: None,
        decision: String::new(),
        idempotency_key: request.idempotency_key.clone(),
    })
}

/// The money leaves the desk: by entry, and a line of the bank that waits for it may meet it at once.
fn send_off(tx: &mut Tx, slip: &SlipRow, items: &[ItemRow]) -> Result<(), Error> {
    let of_patients: Money =
        items.iter().filter(|item| item.patient_payment_id.is_some()).map(|item| item.amount_cents).sum();
    let (undeposited,) = tx.query_one(&UNDEPOSITED, params![])?;
    if of_patients > undeposited {
        return Err(Error::refused(format!(
            "Only {undeposited} of patients’ money is not in the bank by the books, less than the {of_patients} of this \
             slip: some of it was named on the bank’s page already. Take that back there first, or leave it out."
        )));
    }
    let of_payers: Vec<(RemittanceId, Money)> =
        items.iter().filter_map(|item| Some((item.remittance_id?, item.amount_cents))).collect();
    let facts = Facts {
        id: slip.id,
        number: &slip.slip_number,
        of_patients,
        of_payers: &of_payers,
        counted: slip.counted_cents,
    };
    let entry = facts.entry(tx.today()).map_err(|why| Error::refused(format!("{why}.")))?;
    tx.post(&entry, &format!("deposit_slip:{}:sent", slip.id))?;
    bank_side::look_for_line(tx, slip)
}

/// A second person approves a count that differs: the slip is on its way, and what is missing is short.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` for who counted it or took money of it, or where it does not wait.
pub fn approve(db: &Db, actor: &Actor, practice: PracticeId, id: DepositSlipId) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        let slip = in_state(tx, id, SlipState::Differs)?;
        let difference = (slip.expected_cents - slip.counted_cents).abs();
        allow(actor, Action::ApproveDepositDifference, &ResourceState::made_by(slip.counted_by, difference))?;
        must_be_anothers(tx, actor, &slip)?;
        let (today, user, login) = (tx.today(), tx.actor().user, tx.actor().login.clone());
        tx.execute(&APPROVE_SLIP, params![id, SlipState::OnTheWay, today, user, login])?;
        tx.audit("deposit.approve", "deposit_slip", id, json!({ "difference_cents": difference }));
        let items = tx.query(&ITEMS_OF_SLIP, params![id])?;
        send_off(tx, &SlipRow { state: SlipState::OnTheWay, ..slip }, &items)
    })
}

/// Undoes a slip that the bank does not have: its items wait for another one.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` without words; `Refused` where the bank has it.
pub fn take_apart(db: &Db, actor: &Actor, practice: PracticeId, id: DepositSlipId, why: &str) -> Result<(), Error> {
    allow(actor, Action::WorkDeposits, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why the slip is taken apart.")?;
    db.write(actor, practice, |tx| {
        let slip = tx.query_opt(&SLIP, params![id])?.ok_or(Error::NotFound("deposit slip"))?;
        if !matches!(slip.state, SlipState::Differs | SlipState::OnTheWay) {
            let label = slip.state.label().to_lowercase();
            return Err(Error::refused(format!("Slip {} cannot be taken apart: {label}.", slip.slip_number)));
        }
        if let Some((number,)) = tx.query(&RETURNS_OF_SLIP, params![id])?.first() {
            return Err(Error::refused(format!(
                "A check of slip {} came back ({number}), so the bank has the slip. Nothing was changed.",
                slip.slip_number
            )));
        }
        tx.execute(&TAKE_SLIP_APART, params![id, tx.today(), why])?;
        if slip.state == SlipState::OnTheWay {
            let entries = tx.query(&ENTRY_IDS_OF_SOURCE, params![id.0])?;
            let items = tx.query(&ITEMS_OF_SLIP, params![id])?;
            if let Some((sent,)) = entries.last() {
                let made = sent_entry(tx, &slip, &items)?;
                let undone = made.reversed(*sent, tx.today(), "The slip was taken apart");
                tx.post(&undone, &format!("deposit_slip:{id}:apart"))?;
            }
        }
        tx.audit("deposit.take_apart", "deposit_slip", id, json!({ "cents": slip.counted_cents }));
        bank_side::end_missing(tx, id, "The slip was taken apart.")
    })
}

fn sent_entry(tx: &Tx, slip: &SlipRow, items: &[ItemRow]) -> Result<ledger::BalancedEntry, Error> {
    let of_payers: Vec<(RemittanceId, Money)> =
        items.iter().filter_map(|item| Some((item.remittance_id?, item.amount_cents))).collect();
    let of_patients = items.iter().filter(|item| item.patient_payment_id.is_some()).map(|item| item.amount_cents).sum();
    let counted = slip.counted_cents;
    let facts = Facts { id: slip.id, number: &slip.slip_number, of_patients, of_payers: &of_payers, counted };
    facts.entry(tx.today()).map_err(|why| Error::refused(format!("{why}.")))
}

fn in_state(tx: &Tx, id: DepositSlipId, state: SlipState) -> Result<SlipRow, Error> {
    let slip = tx.query_opt(&SLIP, params![id])?.ok_or(Error::NotFound("deposit slip"))?;
    if slip.state == state {
        return Ok(slip);
    }
    let label = slip.state.label().to_lowercase();
    Err(Error::refused(format!("Slip {} does not wait for this: {label}.", slip.slip_number)))
}

/// Refuses who counted the slip or took money of it, whatever their rights.
fn must_be_anothers(conn: &Conn, actor: &Actor, slip: &SlipRow) -> Result<(), Error> {
    if is_own(conn, actor, slip)? {
        return Err(Error::refused(
            "Who took or counted the money does not approve what is missing of it. Ask another person.",
        ));
    }
    Ok(())
}

fn is_own(conn: &Conn, actor: &Actor, slip: &SlipRow) -> Result<bool, Error> {
    let takers = conn.query(&TAKERS_OF_SLIP, params![slip.id])?;
    Ok(actor.user == slip.counted_by || takers.iter().any(|(login,)| *login == actor.login))
}

/// Slips of a state, the latest first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId, state: SlipState) -> Result<Vec<SlipRow>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&SLIPS_IN_STATE, params![state, MOST_SHOWN])?))
}

/// How many slips of each state, and their sum.
///
/// # Errors
/// `Denied`.
pub fn totals(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<(SlipState, i64, Money)>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&SLIP_TOTALS, params![])?))
}

/// One slip with its items.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: DepositSlipId) -> Result<SlipView, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let slip = read.query_opt(&SLIP, params![id])?.ok_or(Error::NotFound("deposit slip"))?;
        let items = read.query(&ITEMS_OF_SLIP, params![id])?;
        let line = match slip.bank_line_id {
            Some(line) => read.query_opt(&BANK_LINE, params![line])?,
            None => None,
        };
        let is_own = is_own(read, actor, &slip)?;
        Ok(SlipView { slip, items, line, is_own })
    })
}

/// The slip as the teller gets it.
///
/// # Errors
/// As [`show`].
pub fn slip_pdf(db: &Db, actor: &Actor, practice: PracticeId, id: DepositSlipId) -> Result<Vec<u8>, Error> {
    let view = show(db, actor, practice, id)?;
    let practice = db
        .read(actor, practice, |read| Ok::<_, Error>(letterhead(&read.query_one(&PRACTICE_BODY, params![])?.body.0)))?;
    let sum = |kind| {
        let of_kind = view.items.iter().filter(|item| item.kind == kind);
        of_kind.map(|item| item.amount_cents).sum::<Money>()
    };
    let checks = view.items.iter().filter(|item| item.kind != ItemKind::Cash);
    let paper = documents::DepositSlip {
        number: view.slip.slip_number.clone(),
        practice,
        counted_on: view.slip.counted_on,
        counted_by: view.slip.counted_by_login.clone(),
        cash: sum(ItemKind::Cash),
        checks: checks.map(|item| (item.kind.label(), item.reference.clone(), item.amount_cents)).collect(),
        items: view.items.len(),
        expected: view.slip.expected_cents,
        counted: view.slip.counted_cents,
    };
    documents::deposit_slip(&paper).map_err(|error| Error::refused(format!("{error}.")))
}
