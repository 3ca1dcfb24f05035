//! The desk of payments that no claim took: what waits and why, the claims that one may be about, and what a person does with
//! it. Each act is an entry with a reason, ends or opens the work in the same transaction, and is undone by a further
//! entry. Proposes with reasons; a proposal posts nothing.

mod candidates;

use std::collections::HashMap;

use billing::access::{Action, Actor, ResourceState};
use billing::patient_payment::holds_card_number;
use billing::remittance::ClaimPayment;
use billing::work::{Desk, WorkItem, WorkLinks, WorkReason};
use billing::{ChargeId, ClaimId, ClaimPaymentId, Money, PracticeId, WorkItemId};
use jiff::civil::Date;
use ledger::{Account, AccountKind, DraftEntry, EntrySource, Posting};
use serde_json::json;
use store::ledger::POSTINGS_OF_ENTRIES;
use store::remittance::{CLAIM_FACTS_BY_ID, CLAIM_FACTS_BY_NUMBER, CLAIM_PAYMENT, ClaimPaymentFacts, LINE_FACTS};
use store::unapplied_cash::{CASH_WAITING_OF, HAND_MOVES};
use store::views::unmatched::{PAYMENTS_SHOWN, WAITING_PAYMENTS, WAITING_WORK, WaitingPayment, WaitingWork};
use store::worklist::OPEN_ITEMS_BY_SUBJECTS;
use store::{Conn, Db, Tx, params};

use crate::access::allow;
use crate::cash_request::refuse_while_asked;
use crate::remittance_posting::{self, Placing};
use crate::unapplied_cash::{Part, apply_parts, owners_of};
use crate::worklist::{self, NewWork, subject_key};
use crate::{Error, reason, suspense};

pub use candidates::Candidate;

/// Longest number of a claim of another system.
const LONGEST_REFERENCE: usize = 40;
/// What a person who moves waiting cash must say.
const SAY_WHY: &str = "Say in a sentence why it belongs there; an auditor reads it.";

/// A payment that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its open work.
    pub item: WorkItemId,
    /// Why it is work.
    pub reason: WorkReason,
    /// Whose queue the work stands in.
    pub desk: Desk,
    /// Since when it waits.
    pub opened_on: Date,
    /// By when somebody works it.
    pub due_on: Date,
    /// Cents that have no place, above zero.
    pub open: Money,
    /// What it is.
    pub payment: WaitingPayment,
}

/// One payment of the desk, whole.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What it is.
    pub facts: ClaimPaymentFacts,
    /// Cash of it that waits: above zero where it was received, below where a payer took it back.
    pub waits: Money,
    /// What of it stands in suspense although it is posted, debit positive.
    pub in_suspense: Money,
    /// Its open work; none where it is done.
    pub work: Option<Work>,
    /// Our number of the claim that it is posted to or names.
    pub claim: Option<String>,
    /// Claims that it may be about, the likeliest first. None is posted by itself.
    pub candidates: Vec<Candidate>,
    /// What was done with its cash by hand and stands.
    pub moves: usize,
    /// The number of a request about it that waits for a second person.
    pub asked: Option<String>,
}

/// The open work of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// The item.
    pub item: WorkItemId,
    /// Its revision: a second click is refused.
    pub revision: i32,
    /// Why it is work.
    pub reason: WorkReason,
}

impl Shown {
    /// As it was read.
    pub fn said(&self) -> &ClaimPayment {
        &self.facts.body.0
    }
}

/// What waits, the most urgent first.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Waiting>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let work: Vec<(WaitingWork, ClaimPaymentId)> = read
            .query(&WAITING_WORK, params![PAYMENTS_SHOWN])?
            .into_iter()
            .filter_map(|row| {
                let id = row.subject_key.split_once(':')?.1.parse().ok()?;
                Some((row, id))
            })
            .collect();
        let ids: Vec<ClaimPaymentId> = work.iter().map(|(_, id)| *id).collect();
        let mut payments: HashMap<ClaimPaymentId, WaitingPayment> =
            read.query_in(&WAITING_PAYMENTS, params![], &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let waiting = work.into_iter().filter_map(|(row, id)| {
            let payment = payments.remove(&id)?;
            let (item, reason, desk) = (row.id, row.reason, row.desk);
            Some(Waiting {
                item,
                reason,
                desk,
                opened_on: row.opened_on,
                due_on: row.due_on,
                open: row.stake_cents,
                payment,
            })
        });
        Ok(waiting.collect())
    })
}

/// One payment with the claims that it may be about.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: ClaimPaymentId) -> Result<Shown, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let facts = payment(read, id)?;
        let cash = read.query(&CASH_WAITING_OF, params![id, id.to_string()])?;
        let is_posted = facts.state == "posted";
        let waits = if is_posted { Money::ZERO } else { -cash.iter().map(|(_, _, cents)| *cents).sum::<Money>() };
        let in_suspense = if is_posted { suspense::open_of(read, id)? } else { Money::ZERO };
        let candidates = if is_posted { Vec::new() } else { candidates::of(read, &facts)? };
        for one in &candidates {
            read.saw("unmatched_payment", one.patient_id);
        }
        let claim = match facts.claim_id {
            Some(claim) => read.query_in(&CLAIM_FACTS_BY_ID, params![], &[claim])?.into_iter().next(),
            None => None,
        };
        if let Some(claim) = &claim {
            read.saw("unmatched_payment", claim.patient_id);
        }
        Ok(Shown {
            waits,
            in_suspense,
            work: open_item(read, id)?,
            claim: claim.map(|claim| claim.control_number),
            candidates,
            moves: read.query(&HAND_MOVES, params![id])?.len(),
            asked: read.query_opt(&store::cash_request::CASH_REQUEST_ASKED, params![id])?.map(|(_, number)| number),
            facts,
        })
    })
}

/// Posts a payment that waits to a claim of ours, as the import would have.
///
/// # Errors
/// `Denied` over the person's limit; `NotFound`; `Invalid` without words or for a number that is no claim's; `Refused` where
/// the import would not post it either.
pub fn match_to(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ClaimPaymentId,
    claim: &str,
    why: &str,
) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let facts = payment(tx, id)?;
        allow(actor, Action::ApplyUnappliedCash, &ResourceState::amount(facts.body.0.paid_amount.abs()))?;
        refuse_while_asked(tx, id)?;
        own_work(tx, actor, id)?;
        match_in(tx, actor, id, claim, why)
    })
}

fn match_in(tx: &mut Tx, actor: &Actor, id: ClaimPaymentId, claim: &str, why: &str) -> Result<(), Error> {
    let to = numbered(tx, claim)?;
    let said = format!("matched to claim {} by {}: {why}", claim.trim(), actor.login);
    remittance_posting::place(tx, id, to, Placing::AsItStands, &said)
}

/// Undoes what was done by hand with a payment: one that is posted is taken off its claim, cash that was applied or left is
/// taken back. Its cash waits again, and is work. Gives the payment that waits.
///
/// # Errors
/// `Denied` over the person's limit; `NotFound`; `Invalid` without words; `Refused` where nothing of it stands.
pub fn unmatch(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ClaimPaymentId,
    why: &str,
) -> Result<ClaimPaymentId, Error> {
    let why = reason::given(why, "Say in a sentence what was wrong; an auditor reads it.")?;
    db.write(actor, practice, |tx| {
        let facts = payment(tx, id)?;
        allow(actor, Action::ApplyUnappliedCash, &ResourceState::amount(facts.body.0.paid_amount.abs()))?;
        refuse_while_asked(tx, id)?;
        unmatch_in(tx, actor, &facts, why)
    })
}

fn unmatch_in(tx: &mut Tx, actor: &Actor, facts: &ClaimPaymentFacts, why: &str) -> Result<ClaimPaymentId, Error> {
    if facts.state == "posted" {
        let said = format!("taken off its claim by {}: {why}", actor.login);
        return remittance_posting::take_off(tx, facts.id, &said);
    }
    take_back(tx, facts, why)?;
    Ok(facts.id)
}

/// Moves a payment from the claim that it is posted to, or was applied to, to another one, in one step.
///
/// # Errors
/// As [`unmatch`] and [`match_to`]; nothing moves where either cannot be.
pub fn reassign(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ClaimPaymentId,
    claim: &str,
    why: &str,
) -> Result<ClaimPaymentId, Error> {
    let why = reason::given(why, SAY_WHY)?;
    db.write(actor, practice, |tx| {
        let facts = payment(tx, id)?;
        allow(actor, Action::ApplyUnappliedCash, &ResourceState::amount(facts.body.0.paid_amount.abs()))?;
        refuse_while_asked(tx, id)?;
        let waits = unmatch_in(tx, actor, &facts, why)?;
        match_in(tx, actor, waits, claim, why)?;
        Ok(waits)
    })
}

/// Gives the cash of a payment to lines of several claims, together or not at all. What is not given goes on waiting.
///
/// # Errors
/// `Denied` over the person's limit; `NotFound`; `Invalid` for a claim, line or amount that does not fit; `Refused` where
/// nothing waits or a line cannot take so much.
pub fn split(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ClaimPaymentId,
    parts: &[Part],
    why: &str,
) -> Result<Money, Error> {
    let why = reason::given(why, SAY_WHY)?;
    let amount = Money::checked_sum(parts.iter().map(|part| part.amount))
        .ok_or_else(|| Error::invalid("amount", "The parts together are no amount. Look at each."))?;
    allow(actor, Action::ApplyUnappliedCash, &ResourceState::amount(amount))?;
    db.write(actor, practice, |tx| {
        refuse_while_asked(tx, id)?;
        let work =
            own_work(tx, actor, id)?.ok_or_else(|| Error::refused("Nothing of this payment waits for a place."))?;
        if work.reason == WorkReason::SuspenseDifference {
            return Err(Error::refused("This payment is posted; what is left of it is a difference. Settle that."));
        }
        apply_parts(tx, work, parts, why)
    })
}

/// Says that a payment is for a claim that another system of this practice made: its cash leaves the desk for the receipts of
/// that system, under its number of the claim.
///
/// # Errors
/// `Denied` over the person's limit; `NotFound`; `Invalid` for the number; `Refused` where nothing was received that waits.
pub fn to_legacy(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ClaimPaymentId,
    reference: &str,
    why: &str,
) -> Result<(), Error> {
    let why = reason::given(why, SAY_WHY)?;
    let reference = reference.trim();
    let is_odd = reference.is_empty()
        || reference.chars().count() > LONGEST_REFERENCE
        || reference.chars().any(char::is_control)
        || holds_card_number(reference);
    if is_odd {
        return Err(Error::invalid("reference", "Give the other system's number of the claim, at most 40 characters."));
    }
    db.write(actor, practice, |tx| {
        refuse_while_asked(tx, id)?;
        let facts = payment(tx, id)?;
        let (work, from, amount) = received(tx, actor, &facts)?;
        allow(actor, Action::ApplyUnappliedCash, &ResourceState::amount(amount))?;
        let to =
            Account::LegacyReceipts { payer: facts.payer_id.map(|payer| payer.0), reference: reference.to_owned() };
        let source = EntrySource { kind: "unapplied_cash".into(), id: id.0 };
        let entry = DraftEntry::new(tx.today(), "Cash of a payer for a claim of another system", source)
            .debit(from, amount, "applied")
            .credit(to, amount, "applied")
            .balance()
            .map_err(|unbalanced| Error::refused(unbalanced.to_string()))?;
        let key = format!("unapplied_cash:{id}:{}", tx.new_id());
        tx.post(&entry, &key)?;
        tx.audit("unapplied_cash.legacy", "claim_payment", id, json!({ "cents": amount }));
        let sentence = format!("{amount} is for claim {reference} of another system: {why}");
        worklist::cash_applied(tx, work, Money::ZERO, &sentence)
    })
}

/// Cash of a payment that was received and waits: its work, where it stands, and how much.
pub(crate) fn received(
    tx: &mut Tx,
    actor: &Actor,
    facts: &ClaimPaymentFacts,
) -> Result<(WorkItem, Account, Money), Error> {
    let nothing = || Error::refused("No cash of this payment waits that was received, so none can leave.");
    let work = own_work(tx, actor, facts.id)?.ok_or_else(nothing)?;
    let cash = tx.query(&CASH_WAITING_OF, params![facts.id, facts.id.to_string()])?;
    match cash[..] {
        [(AccountKind::UnappliedPayer, Some(payer), cents)] if cents.is_negative() => {
            Ok((work, Account::UnappliedPayer { payer }, -cents))
        }
        [(AccountKind::Suspense, None, cents)] if cents.is_negative() && facts.state != "posted" => {
            Ok((work, Account::Suspense { item: facts.id.0 }, -cents))
        }
        _ => Err(nothing()),
    }
}

/// Takes back what was applied or left by hand: each entry is reversed, and the cash is work again.
fn take_back(tx: &mut Tx, facts: &ClaimPaymentFacts, why: &str) -> Result<(), Error> {
    let moves = tx.query(&HAND_MOVES, params![facts.id])?;
    if moves.is_empty() {
        return Err(Error::refused("Nothing was done by hand with the cash of this payment, so nothing is undone."));
    }
    let ids: Vec<uuid::Uuid> = moves.iter().map(|(entry, _)| *entry).collect();
    let mut rows = tx.query_in(&POSTINGS_OF_ENTRIES, params![], &ids)?;
    rows.sort_unstable_by_key(|row| row.ordinal);
    let mut charges: Vec<uuid::Uuid> = Vec::new();
    for entry in ids {
        let mut postings = Vec::new();
        for row in rows.iter().filter(|row| row.entry_id == entry) {
            let account = row
                .account()
                .ok_or_else(|| Error::refused(format!("Entry {entry} stands on no account; run `tierline verify`.")))?;
            charges.extend(account.dimensions().charge);
            postings.push(Posting { account, amount: -row.cents, reason: row.reason.clone().into() });
        }
        let source = EntrySource { kind: "unapplied_cash".into(), id: facts.id.0 };
        let draft = DraftEntry::new(tx.today(), "Cash of a payer waits again", source);
        let back = DraftEntry { postings, corrects: Some(entry), ..draft };
        let back = back.balance().map_err(|unbalanced| Error::refused(unbalanced.to_string()))?;
        tx.post(&back, &format!("unapplied_cash:{}:back:{entry}", facts.id))?;
    }
    tx.audit("unapplied_cash.take_back", "claim_payment", facts.id, json!({ "entries": moves.len() }));
    wait_again(tx, facts, why)?;
    claims_follow(tx, facts, charges, why)
}

/// Opens the work that waiting cash is, or lets what is open tell how much waits.
pub(crate) fn wait_again(tx: &mut Tx, facts: &ClaimPaymentFacts, why: &str) -> Result<(), Error> {
    let reason = if facts.state == "set_aside" { WorkReason::ClaimSetAside } else { WorkReason::UnmatchedCash };
    let cash = tx.query(&CASH_WAITING_OF, params![facts.id, facts.id.to_string()])?;
    let waits: Money = cash.iter().map(|(_, _, cents)| *cents).sum();
    let links =
        WorkLinks { remittance_id: Some(facts.remittance_id), payer_id: facts.payer_id, ..WorkLinks::default() };
    let summary = format!("Payment for {}: its cash waits again: {why}", facts.body.0.control_number);
    let subject_key = subject_key(reason, facts.id);
    let new = NewWork { reason, subject_key, summary, links, money_at_stake: waits.abs(), deadline_on: None };
    worklist::open_or_restate(tx, vec![new])
}

/// Claims whose payer owes something again are asked for again.
fn claims_follow(tx: &mut Tx, facts: &ClaimPaymentFacts, mut charges: Vec<uuid::Uuid>, why: &str) -> Result<(), Error> {
    charges.sort_unstable();
    charges.dedup();
    let charges: Vec<ChargeId> = charges.into_iter().map(ChargeId).collect();
    let mut claims: Vec<ClaimId> =
        tx.query_in(&store::claim::CLAIMS_OF_CHARGES, params![], &charges)?.into_iter().map(|(claim,)| claim).collect();
    claims.sort_unstable();
    claims.dedup();
    for claim in tx.query_in(&CLAIM_FACTS_BY_ID, params![], &claims)? {
        let mut lines = tx.query_in(&LINE_FACTS, params![], &[claim.id])?;
        lines.sort_by_key(|line| line.line_number);
        let sentence = format!("Cash that was applied to claim {} was taken back: {why}", claim.control_number);
        suspense::claim_follows(tx, facts.remittance_id, &claim, &lines, &sentence)?;
    }
    Ok(())
}

fn payment(conn: &Conn, id: ClaimPaymentId) -> Result<ClaimPaymentFacts, Error> {
    conn.query_opt(&CLAIM_PAYMENT, params![id])?.ok_or(Error::NotFound("payment"))
}

fn numbered(conn: &Conn, number: &str) -> Result<ClaimId, Error> {
    let named = [number.trim().to_owned()];
    let found = conn.query_in(&CLAIM_FACTS_BY_NUMBER, params![], &named)?.into_iter().next();
    found.map(|claim| claim.id).ok_or_else(|| Error::invalid("claim", "No claim of this practice has that number."))
}

fn open_item(conn: &Conn, id: ClaimPaymentId) -> Result<Option<Work>, Error> {
    let rows = conn.query_in(&OPEN_ITEMS_BY_SUBJECTS, params![], &owners_of(id))?;
    Ok(rows.into_iter().next().map(|row| Work { item: row.id, revision: row.revision, reason: row.reason }))
}

/// The open work of a payment, where this person may work it and no colleague has it.
pub(crate) fn own_work(tx: &mut Tx, actor: &Actor, id: ClaimPaymentId) -> Result<Option<WorkItem>, Error> {
    let Some(work) = open_item(tx, id)? else { return Ok(None) };
    worklist::workable(tx, actor, work.item).map(Some)
}
