//! The suspense of one claim payment: the difference that two people posted although the payer's amounts do not add up. It is
//! somebody's open work until it is zero: moved to what the payer owes for a line, from where it is asked for, written off
//! by two people or given back; or emptied by the payer's own reversal. Never moves a cent to the patient.

use billing::access::{Action, Actor, ResourceState};
use billing::claim::status::next;
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::remittance::matching::ClaimFacts;
use billing::work::{WorkLinks, WorkReason};
use billing::{ChargeId, ClaimPaymentId, Money, PracticeId, RemittanceId};
use ledger::{Account, AccountKind, DraftEntry, EntrySource};
use serde_json::json;
use store::claim::Evidence;
use store::ledger::charge_balances;
use store::remittance::{
    CLAIM_FACTS_BY_ID, CLAIM_PAYMENT, ClaimFactsRow, ClaimPaymentFacts, LINE_FACTS, LineFactsRow, SETTLE_CLAIMS,
};
use store::unapplied_cash::{SUSPENSE, SUSPENSE_OF};
use store::worklist::{OPEN_ITEM_BY_SUBJECT, OPEN_ITEMS_BY_SUBJECTS};
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::charge_capture::follow_credit;
use crate::unapplied_cash::owners_of;
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, reason, write_off};

/// The stored kind of the source of entries that work a suspense.
pub const SOURCE: &str = billing::explain::SUSPENSE;

/// Where a difference in suspense is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The line of the claim, from 1, that the payer owes it for.
    pub line: i32,
    /// How much, above zero and at most what stands in suspense.
    pub amount: Money,
    /// Why; names no patient.
    pub reason: String,
    /// The work item's revision that the person saw: a second click is refused.
    pub revision: i32,
}

/// What stands in the suspense of a claim payment, debit positive: above zero where the payer's amounts leave something of
/// its charge untold.
///
/// # Errors
/// Of the database only.
pub fn open_of(conn: &Conn, item: ClaimPaymentId) -> Result<Money, Error> {
    Ok(conn.query_one(&SUSPENSE_OF, params![item.to_string()])?.0)
}

/// What a decision puts in the suspense of its claim payment.
pub(crate) fn of_postings(item: ClaimPaymentId, postings: &[ledger::Posting]) -> Money {
    let own = Account::Suspense { item: item.0 };
    postings.iter().filter(|posting| posting.account == own).map(|posting| posting.amount).sum()
}

/// Opens the work that a difference is; none where nothing of it is money.
pub(crate) fn open(
    tx: &mut Tx,
    payment: &ClaimPaymentFacts,
    claim: &ClaimFacts,
    difference: Money,
) -> Result<(), Error> {
    if difference.is_zero() {
        return Ok(());
    }
    let reason = WorkReason::SuspenseDifference;
    let links = WorkLinks {
        patient_id: Some(claim.patient_id),
        encounter_id: Some(claim.encounter_id),
        payer_id: Some(claim.payer_id),
        remittance_id: Some(payment.remittance_id),
        ..WorkLinks::default()
    };
    let side = if difference.is_positive() { "is told by none of its amounts" } else { "is told twice by its amounts" };
    let summary = format!("Claim {}: {} of payment {} {side}", claim.control_number, difference.abs(), payment.trace);
    let subject_key = subject_key(reason, payment.id);
    let new = NewWork { reason, subject_key, summary, links, money_at_stake: difference.abs(), deadline_on: None };
    worklist::open(tx, new).map(|_| ())
}

/// The work ends where nothing stands in suspense any more; else it is about what does.
pub(crate) fn follow(tx: &mut Tx, item: ClaimPaymentId, why: &str) -> Result<(), Error> {
    let key = subject_key(WorkReason::SuspenseDifference, item);
    let Some(row) = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![key])? else { return Ok(()) };
    let left = open_of(tx, item)?.abs();
    worklist::cash_applied(tx, row.into(), left, why)
}

/// Moves a difference out of suspense to what the claim's payer owes for a line: it is owed and worked as any denied part, or
/// is a credit that goes back. Gives what is left in suspense.
///
/// # Errors
/// `Denied` over the person's limit; `NotFound`; `Invalid` for a line or amount that does not fit, `Changed` for an old
/// revision; `Refused` where nothing is in suspense.
pub fn settle(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    item: ClaimPaymentId,
    settlement: &Settlement,
) -> Result<Money, Error> {
    allow(actor, Action::ApplyUnappliedCash, &ResourceState::amount(settlement.amount))?;
    let why = reason::given(&settlement.reason, "Say in a sentence why it belongs there; an auditor reads it.")?;
    db.write(actor, practice, |tx| {
        let payment = tx.query_opt(&CLAIM_PAYMENT, params![item])?.ok_or(Error::NotFound("payment"))?;
        let key = subject_key(WorkReason::SuspenseDifference, item);
        let row = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![key])?;
        let row = row.ok_or_else(|| Error::refused("Nothing of this payment is in suspense any more."))?;
        let work = worklist::workable(tx, actor, row.id)?;
        if work.revision != settlement.revision {
            return Err(Error::Changed);
        }
        let stands = open_of(tx, item)?;
        if !settlement.amount.is_positive() || settlement.amount > stands.abs() {
            let problem = format!("Give an amount above zero and at most the {} in suspense.", stands.abs());
            return Err(Error::invalid("amount", problem));
        }
        let claim_id = payment.claim_id.ok_or_else(|| Error::refused("The payment is posted to no claim."))?;
        let claim = tx.query_in(&CLAIM_FACTS_BY_ID, params![], &[claim_id])?.into_iter().next();
        let claim = claim.ok_or(Error::NotFound("claim"))?;
        let lines = tx.query_in(&LINE_FACTS, params![], &[claim_id])?;
        let line = lines.iter().find(|line| line.line_number == i64::from(settlement.line));
        let line = line.ok_or_else(|| Error::invalid("line", "The claim has no such line; lines begin at 1."))?;
        let moved = if stands.is_positive() { settlement.amount } else { -settlement.amount };
        let source = EntrySource { kind: SOURCE.into(), id: item.0 };
        let receivable = Account::PayerReceivable { charge: line.charge_id.0, payer: claim.payer_id.0 };
        let entry = DraftEntry::new(tx.today(), "A difference leaves suspense", source)
            .debit(receivable, moved, "difference")
            .credit(Account::Suspense { item: item.0 }, moved, "difference")
            .balance()
            .map_err(|unbalanced| Error::refused(unbalanced.to_string()))?;
        let key = format!("suspense:{item}:{}", tx.new_id());
        tx.post(&entry, &key)?;
        let sentence = format!(
            "{} of it is owed for line {} of claim {}: {why}",
            settlement.amount, settlement.line, claim.control_number
        );
        tx.audit(
            "suspense.settle",
            "claim_payment",
            item,
            json!({ "cents": settlement.amount, "line": line.charge_id }),
        );
        let left = stands.abs() - settlement.amount;
        worklist::cash_applied(tx, work, left, &sentence)?;
        claim_follows(tx, payment.remittance_id, &claim, &lines, &sentence)?;
        Ok(left)
    })
}

/// The claim is open as long as its payer owes something of it, and then somebody asks for it.
pub(crate) fn claim_follows(
    tx: &mut Tx,
    remittance: RemittanceId,
    claim: &ClaimFactsRow,
    lines: &[LineFactsRow],
    sentence: &str,
) -> Result<(), Error> {
    let charges: Vec<uuid::Uuid> = lines.iter().map(|line| line.charge_id.0).collect();
    let balances = charge_balances(tx, &charges)?;
    let of_payer = balances
        .iter()
        .filter(|one| one.account == AccountKind::PayerReceivable && one.payer_id == Some(claim.payer_id.0));
    let (mut owed, mut has_credit) = (Money::ZERO, false);
    for one in of_payer {
        owed += one.cents;
        has_credit |= one.cents.is_negative();
    }
    let event = match claim.status {
        ClaimStatus::Closed if owed.is_positive() => Some(ClaimEvent::Adjudicated),
        ClaimStatus::Adjudicated if !owed.is_positive() => Some(ClaimEvent::Closed),
        ClaimStatus::Draft
        | ClaimStatus::Held
        | ClaimStatus::Ready
        | ClaimStatus::Submitted
        | ClaimStatus::Accepted
        | ClaimStatus::Rejected
        | ClaimStatus::Adjudicated
        | ClaimStatus::Closed => None,
    };
    let status = match &event {
        Some(event) => {
            let status = next(claim.status, event)?;
            tx.execute_in(&SETTLE_CLAIMS, params![status, None::<jiff::civil::Date>, tx.today()], &[claim.id])?;
            store::claim::append_event(tx, claim.id, status, event, Evidence::words(sentence))?;
            status
        }
        None => claim.status,
    };
    if status == ClaimStatus::Adjudicated && owed.is_positive() {
        let links = WorkLinks {
            patient_id: Some(claim.patient_id),
            payer_id: Some(claim.payer_id),
            remittance_id: Some(remittance),
            ..WorkLinks::default()
        };
        let work = NewWork::on_claim(WorkReason::Denied, claim.id, sentence.to_owned(), links, owed);
        worklist::open_or_restate(tx, vec![work])?;
    } else if status == ClaimStatus::Closed {
        worklist::resolve_for_claim(tx, claim.id, &[WorkReason::Denied], sentence, "payer")?;
    }
    let charges: Vec<ChargeId> = lines.iter().map(|line| line.charge_id).collect();
    write_off::follow_debt(tx, &charges)?;
    let credit = subject_key(WorkReason::CreditBalance, claim.encounter_id);
    if has_credit || tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![credit])?.is_some() {
        follow_credit(tx, &charges)?;
    }
    Ok(())
}

/// What stands in suspense without work about exactly that much.
///
/// # Errors
/// Of the database only.
pub(crate) fn not_in_a_hand(conn: &Conn) -> Result<Vec<String>, Error> {
    let mut lost = Vec::new();
    for (reference, cents) in conn.query(&SUSPENSE, params![])? {
        let item = reference.as_deref().and_then(|item| item.parse::<uuid::Uuid>().ok());
        let keys = item.map(|item| owners_of(ClaimPaymentId(item)).to_vec()).unwrap_or_default();
        let items = conn.query_in(&OPEN_ITEMS_BY_SUBJECTS, params![], &keys)?;
        if !items.iter().any(|item| item.stake_cents == cents.abs()) {
            let place = reference.unwrap_or_else(|| "an earlier build".to_owned());
            lost.push(format!("{cents} of claim payment {place} is in suspense, and no open work is about it"));
        }
    }
    Ok(lost)
}
