//! Taking a patient's payment: cash, check, or a card by the processor's token, with a receipt.
//!
//! What a person names is paid first, then the practice's order decides; the rest is kept for the patient as unapplied money,
//! for one visit alone where it was paid for that. One transaction: payment,
//! allocation, ledger entry, audit. The same key a second time is the same payment. Card numbers are refused unseen.

use billing::access::{Action, Actor, ResourceState};
use billing::allocation::{AllocationOrder, Named, Spread, spread};
use billing::encounter::EncounterStatus;
use billing::explain::Language;
use billing::money_rule::MoneyRules;
use billing::patient_payment::{
    Allocation, OpenBalance, PaymentMethod, PaymentRequest, Unacceptable, application_entry, payment_entry,
};
use billing::practice::Practice;
use billing::statement::StatementPractice;
use billing::work::{WorkLinks, WorkReason};
use billing::{Money, PatientId, PatientPaymentId, PracticeId};
pub use documents::Receipt;
use jiff::civil::Date;
use ledger::AccountKind;
use store::money_rule::{EARMARKS_OF_PATIENT, END_EARMARKS, EarmarkRow, KEEP_EARMARK};
use store::patient_account::{ACCOUNT_HEAD, OPEN_CHARGES_OF_PATIENT, STATEMENTS_OF_PATIENT};
use store::patient_payment::{
    APPLIED_BY_VISIT, AllocationRow, PATIENTS_WITH_UNAPPLIED, PAYMENT, PAYMENT_BY_KEY, PatientPaymentRow, PaymentBody,
};
use store::patient_statement::{PRACTICE_BODY, STATEMENT};
use store::{Conn, Db, Json, Tx, params};

use crate::access::allow;
use crate::patient_account::account_in;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, money_rules};

/// The counter of receipts.
const RECEIPTS: &str = "receipt";

/// A payment that was taken, or had been taken with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenPayment {
    /// The payment.
    pub id: PatientPaymentId,
    /// What the person is given.
    pub receipt_number: String,
    /// False where the same key had been taken already: nothing was added.
    pub is_new: bool,
    /// What paid open balances.
    pub applied: Money,
    /// What is kept for the patient.
    pub unapplied: Money,
    /// What the patient owes afterwards.
    pub left_to_pay: Money,
}

impl From<Unacceptable> for Error {
    fn from(unacceptable: Unacceptable) -> Self {
        Error::invalid(unacceptable.field, unacceptable.problem)
    }
}

/// Takes a payment.
///
/// # Errors
/// `Invalid` names the field; `Denied` without the right for this kind of payment; `NotFound` for another practice's
/// patient; `Refused` where the key was used for a different payment. Nothing is kept then.
pub fn take(db: &Db, actor: &Actor, practice: PracticeId, request: &PaymentRequest) -> Result<TakenPayment, Error> {
    take_for(db, actor, practice, request, None)
}

/// As [`take`], for a visit that who pays named.
///
/// # Errors
/// As [`take`]; `Invalid` for a visit that is not the patient's.
pub fn take_for(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    request: &PaymentRequest,
    named: Option<Named>,
) -> Result<TakenPayment, Error> {
    let action = match request.method {
        PaymentMethod::Cash => Action::TakeCashPayment,
        PaymentMethod::Check { .. } => Action::TakeCheckPayment,
        PaymentMethod::Card { .. } => Action::TakeCardPayment,
    };
    allow(actor, action, &ResourceState::amount(request.amount))?;
    request.check()?;
    db.write(actor, practice, |tx| take_in(tx, request, named))
}

pub(crate) fn take_in(tx: &mut Tx, request: &PaymentRequest, named: Option<Named>) -> Result<TakenPayment, Error> {
    if let Some(known) = tx.query_opt(&PAYMENT_BY_KEY, params![request.idempotency_key])? {
        return same_payment(&known, request, named);
    }
    tx.query_opt(&ACCOUNT_HEAD, params![request.patient_id])?.ok_or(Error::NotFound("patient"))?;
    refuse_strange_visit(tx, request.patient_id, named)?;
    let open = open_balances(tx, request.patient_id)?;
    let (rules, stated) = how(tx, request.patient_id)?;
    let way = Spread { order: rules.order, named, today: tx.today(), stated: &stated };
    let allocation = spread(request.amount, &open, &way);
    // What waits for a coverage is not asked for, though somebody may pay it.
    let asked: Money = open.iter().filter(|balance| !balance.waits).map(|balance| balance.owes).sum();
    let paid: Money = allocation.charges.iter().filter(|(balance, _)| !balance.waits).map(|(_, part)| *part).sum();
    let left_to_pay = asked - paid;
    let applied = request.amount - allocation.unapplied;
    let id = PatientPaymentId(tx.new_id());
    let receipt_number = format!("R-{:05}", tx.next_number(RECEIPTS)?);
    let today = tx.today();
    tx.insert(&PatientPaymentRow {
        id,
        patient_id: request.patient_id,
        receipt_number: receipt_number.clone(),
        method: request.method.key().to_owned(),
        amount_cents: request.amount,
        received_on: today,
        recorded_at: tx.now(),
        taken_by: tx.actor().login.clone(),
        reference: request.method.reference().to_owned(),
        idempotency_key: request.idempotency_key.clone(),
        body: Json(PaymentBody {
            method: request.method.clone(),
            words: request.method.words(Language::English),
            note: request.note.clone(),
            unapplied: allocation.unapplied,
            left_to_pay,
            order: Some(rules.order),
            named,
        }),
    })?;
    save_allocation(tx, id, &allocation)?;
    keep_apart(tx, id, request.patient_id, named, allocation.unapplied)?;
    let entry = payment_entry(id, request.patient_id, today, &allocation)
        .map_err(|unbalanced| Error::refused(format!("{unbalanced}.")))?;
    tx.post(&entry, &format!("patient_payment:{}", id.0))?;
    let detail = serde_json::json!({ "cents": request.amount.cents(), "method": request.method.key(), "receipt": receipt_number });
    tx.audit("take_payment", "patient_payment", id.0, detail);
    mind_kept_money(tx, request.patient_id)?;
    Ok(TakenPayment { id, receipt_number, is_new: true, applied, unapplied: allocation.unapplied, left_to_pay })
}

/// The payment a key was used for, if it is the one that is offered again.
fn same_payment(
    known: &PatientPaymentRow,
    request: &PaymentRequest,
    named: Option<Named>,
) -> Result<TakenPayment, Error> {
    let body = &known.body.0;
    let same =
        known.patient_id == request.patient_id && known.amount_cents == request.amount && body.method == request.method;
    let same = same && body.named == named;
    if !same {
        return Err(Error::refused(format!(
            "This payment's key was used for receipt {}, which is a different payment. Look at that receipt; for a new \
             payment open a new form.",
            known.receipt_number
        )));
    }
    Ok(TakenPayment {
        id: known.id,
        receipt_number: known.receipt_number.clone(),
        is_new: false,
        applied: known.amount_cents - body.unapplied,
        unapplied: body.unapplied,
        left_to_pay: body.left_to_pay,
    })
}

fn save_allocation(tx: &Tx, payment: PatientPaymentId, allocation: &Allocation) -> Result<(), Error> {
    let rows: Vec<AllocationRow> = allocation
        .charges
        .iter()
        .map(|(balance, part)| AllocationRow {
            patient_payment_id: payment,
            charge_id: balance.charge_id,
            amount_cents: *part,
        })
        .collect();
    Ok(tx.insert_many(&rows)?)
}

fn open_balances(conn: &Conn, patient: PatientId) -> Result<Vec<OpenBalance>, Error> {
    let rows = conn.query(&OPEN_CHARGES_OF_PATIENT, params![patient])?;
    let open = rows.into_iter().map(|row| OpenBalance {
        charge_id: row.charge_id,
        encounter_id: row.encounter_id,
        date_of_service: row.date_of_service,
        owes: row.owes_cents,
        waits: row.status == EncounterStatus::Open,
    });
    Ok(open.collect())
}

/// The practice's rules, and the days of the visits that the patient's last statement asked for, where they count.
fn how(conn: &Conn, patient: PatientId) -> Result<(MoneyRules, Vec<Date>), Error> {
    let rules = money_rules::in_force(conn)?;
    let last = match rules.order {
        AllocationOrder::StatementFirst => conn.query(&STATEMENTS_OF_PATIENT, params![patient])?.into_iter().next(),
        AllocationOrder::OldestFirst | AllocationOrder::TodayFirst | AllocationOrder::Proportional => None,
    };
    let Some(last) = last else { return Ok((rules, Vec::new())) };
    let statement = conn.query_one(&STATEMENT, params![last.id])?.body.0;
    let asked = statement.visits.iter().filter(|visit| visit.standing.patient_owes.is_positive());
    Ok((rules, asked.map(|visit| visit.date_of_service).collect()))
}

fn refuse_strange_visit(conn: &Conn, patient: PatientId, named: Option<Named>) -> Result<(), Error> {
    let Some(named) = named else { return Ok(()) };
    let visit = store::charge::encounter(conn, named.visit)?.filter(|visit| visit.patient_id == patient);
    visit.map(|_| ()).ok_or_else(|| Error::invalid("visit", "Choose a visit of this patient."))
}

/// Keeps what a payment for one visit left over for that visit alone.
fn keep_apart(
    tx: &Tx,
    payment: PatientPaymentId,
    patient: PatientId,
    named: Option<Named>,
    left: Money,
) -> Result<(), Error> {
    let Some(named) = named.filter(|named| named.only && left.is_positive()) else { return Ok(()) };
    tx.insert(&EarmarkRow {
        patient_payment_id: payment,
        patient_id: patient,
        encounter_id: named.visit,
        kept_cents: left,
    })?;
    Ok(())
}

/// What a payment would pay, before it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPreview {
    /// By visit, in the order in which they are paid.
    pub visits: Vec<(Date, Money)>,
    /// What would be kept for the patient.
    pub unapplied: Money,
    /// The practice's order.
    pub order: AllocationOrder,
    /// Since when; none for the program's own.
    pub order_since: Option<Date>,
}

/// Shows how a payment would be spread: the same way as it is when it is taken.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for a visit that is not the patient's.
pub fn preview(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    amount: Money,
    named: Option<Named>,
) -> Result<PaymentPreview, Error> {
    allow(actor, Action::TakeCashPayment, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        read.query_opt(&ACCOUNT_HEAD, params![patient])?.ok_or(Error::NotFound("patient"))?;
        refuse_strange_visit(read, patient, named)?;
        let (rules, stated) = how(read, patient)?;
        let way = Spread { order: rules.order, named, today: read.today(), stated: &stated };
        let allocation = spread(amount.max(Money::ZERO), &open_balances(read, patient)?, &way);
        let mut visits: Vec<(Date, Money)> = Vec::new();
        for (balance, part) in &allocation.charges {
            match visits.iter_mut().find(|(on, _)| *on == balance.date_of_service) {
                Some((_, sum)) => *sum += *part,
                None => visits.push((balance.date_of_service, *part)),
            }
        }
        let (order, order_since) = (rules.order, rules.order_since);
        Ok(PaymentPreview { visits, unapplied: allocation.unapplied, order, order_since })
    })
}

/// Takes the parts of an application off what is open, so that the next one pays no more than is owed.
fn reduce(open: &mut [OpenBalance], charges: &[(OpenBalance, Money)]) {
    for (paid, part) in charges {
        if let Some(balance) = open.iter_mut().find(|balance| balance.charge_id == paid.charge_id) {
            balance.owes -= *part;
        }
    }
}

/// Applies the patient's unapplied money to what they owe: what is kept for a visit to that visit, the rest by the
/// practice's order; says how much. Runs inside the transaction
/// of whoever made a patient balance (a posting, a statement run), so that nobody is asked for money we already hold.
pub(crate) fn apply_unapplied(tx: &mut Tx, patient: PatientId) -> Result<Money, Error> {
    let held = store::ledger::held(tx, AccountKind::UnappliedPatient, patient.0)?;
    if !held.is_positive() {
        return Ok(Money::ZERO);
    }
    // Money is not put on a visit whose payer is not known yet: others may ask for it meanwhile.
    let mut open = open_balances(tx, patient)?;
    open.retain(|balance| !balance.waits);
    let (rules, stated) = how(tx, patient)?;
    let way = Spread { order: rules.order, named: None, today: tx.today(), stated: &stated };
    let (mut free, mut charges) = (held, Vec::new());
    for mark in tx.query(&EARMARKS_OF_PATIENT, params![patient])? {
        // A refund may have taken of it meanwhile.
        let kept = mark.kept_cents.min(free);
        free -= kept;
        let named = Some(Named { visit: mark.encounter_id, only: true });
        let paid = spread(kept, &open, &Spread { named, ..way });
        // Once the visit's share is known and paid, the rest is free: it is kept for nothing any more.
        let still = if paid.charges.is_empty() { kept } else { Money::ZERO };
        free += paid.unapplied - still;
        reduce(&mut open, &paid.charges);
        charges.extend(paid.charges);
        if still != mark.kept_cents {
            tx.execute(&KEEP_EARMARK, params![mark.patient_payment_id, still])?;
        }
    }
    charges.extend(spread(free, &open, &way).charges);
    let applied: Money = charges.iter().map(|(_, part)| *part).sum();
    if applied.is_zero() {
        return Ok(Money::ZERO);
    }
    let allocation = Allocation { charges, unapplied: Money::ZERO };
    let entry = application_entry(patient, tx.today(), &allocation)
        .map_err(|unbalanced| Error::refused(format!("{unbalanced}.")))?;
    // What is held only falls by such entries and rises by payments, so the same state never comes twice with one id.
    let key = format!("apply_unapplied:{}:{}", patient.0, tx.new_id());
    tx.post(&entry, &key)?;
    let detail = serde_json::json!({ "cents": applied.cents(), "charges": allocation.charges.len() });
    tx.audit("apply_unapplied", "patient", patient.0, detail);
    if applied == held {
        let subject = subject_key(WorkReason::CreditBalance, patient.0);
        worklist::resolve_subject(tx, &subject, "The money pays for another visit.", "patient")?;
    }
    Ok(applied)
}

/// Money of the patient's that pays for nothing becomes work as soon as every visit is decided and paid: somebody must give
/// it back, or ask the patient whether it stays for the next visit. The work follows what stands: it tells another amount
/// anew, and ends by itself where something is owed or undecided again.
pub(crate) fn mind_kept_money(tx: &mut Tx, patient: PatientId) -> Result<(), Error> {
    let held = store::ledger::held(tx, AccountKind::UnappliedPatient, patient.0)?;
    if !held.is_positive() {
        return Ok(());
    }
    let subject_key = subject_key(WorkReason::CreditBalance, patient.0);
    let account = account_in(tx, patient)?;
    let is_settled = !account.visits.is_empty()
        && account.visits.iter().all(|visit| visit.decided)
        && account.with_payers.is_zero()
        && !account.owes_now.is_positive();
    if !is_settled {
        let outcome = "Something is open again; the money waits for it.";
        return worklist::resolve_subject(tx, &subject_key, outcome, "patient");
    }
    // Every visit is decided and paid, so none is left that it could be kept for.
    tx.execute(&END_EARMARKS, params![patient])?;
    let work = NewWork {
        reason: WorkReason::CreditBalance,
        subject_key,
        summary: format!("{held} of the patient's money pays for nothing: every visit is decided and paid."),
        links: WorkLinks { patient_id: Some(patient), ..WorkLinks::default() },
        money_at_stake: held,
        deadline_on: None,
    };
    worklist::open_or_restate(tx, vec![work])
}

/// As [`apply_unapplied`] for those of many patients whose money we hold, asked for at once: after a posting. What is
/// left over becomes work.
pub(crate) fn apply_unapplied_of(tx: &mut Tx, patients: &[PatientId]) -> Result<(), Error> {
    let mut holding: Vec<PatientId> =
        tx.query_in(&PATIENTS_WITH_UNAPPLIED, params![], patients)?.into_iter().map(|(patient,)| patient).collect();
    // One order, so that the same posting gives the same books.
    holding.sort_unstable();
    for patient in holding {
        apply_unapplied(tx, patient)?;
        mind_kept_money(tx, patient)?;
    }
    Ok(())
}

/// By which order a payment was spread, and what who paid named; none of a payment of an earlier build.
///
/// # Errors
/// `Denied`; `NotFound`, also for another patient's.
pub fn spread_of(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    payment: PatientPaymentId,
) -> Result<Option<(AllocationOrder, Option<Named>)>, Error> {
    allow(actor, Action::ViewPatient, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let paid = read.query_opt(&PAYMENT, params![payment])?.filter(|paid| paid.patient_id == patient);
        let body = paid.ok_or(Error::NotFound("payment"))?.body.0;
        Ok(body.order.map(|order| (order, body.named)))
    })
}

/// What a receipt of a patient says.
///
/// # Errors
/// `NotFound` for a payment that is not this practice's, or another patient's; `Denied` without the right to see the
/// patient.
pub fn receipt(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    payment: PatientPaymentId,
) -> Result<Receipt, Error> {
    let allowed = allow(actor, Action::ViewPatient, &ResourceState::default())?;
    if allowed.masked() {
        return Err(Error::refused("A receipt names the patient. Ask Tier 1 or Tier 2 to print it."));
    }
    db.read(actor, practice, |read| {
        let paid = read.query_opt(&PAYMENT, params![payment])?.filter(|paid| paid.patient_id == patient);
        let paid = paid.ok_or(Error::NotFound("payment"))?;
        let head = read.query_opt(&ACCOUNT_HEAD, params![paid.patient_id])?.ok_or(Error::NotFound("patient"))?;
        let practice = read.query_one(&PRACTICE_BODY, params![])?.body.0;
        let applied = read.query(&APPLIED_BY_VISIT, params![payment])?;
        read.saw("receipt", paid.patient_id);
        let patient = head.patient_body.0;
        let language = Language::of_tag(&patient.language);
        Ok(Receipt {
            number: paid.receipt_number,
            language,
            practice: letterhead(&practice),
            patient: patient.name,
            account_number: patient.account_number,
            received_on: paid.received_on,
            method: paid.body.0.method.words(language),
            taken_by: paid.taken_by,
            amount: paid.amount_cents,
            applied: applied.into_iter().map(|row| (row.date_of_service, row.amount_cents)).collect(),
            unapplied: paid.body.0.unapplied,
            left_to_pay: paid.body.0.left_to_pay,
        })
    })
}

/// The receipt as PDF.
///
/// # Errors
/// As [`receipt`].
pub fn receipt_pdf(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    payment: PatientPaymentId,
) -> Result<Vec<u8>, Error> {
    let receipt = receipt(db, actor, practice, patient, payment)?;
    documents::receipt(&receipt).map_err(|error| Error::refused(format!("{error}.")))
}

/// What stands at the head of papers to patients: the address payments go to.
pub(crate) fn letterhead(practice: &Practice) -> StatementPractice {
    StatementPractice {
        name: practice.name.clone(),
        address: practice.pay_to.clone().unwrap_or_else(|| practice.billing.address.clone()),
        phone: practice.contact.phone.clone(),
    }
}
