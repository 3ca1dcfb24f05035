//! Cash of a payer that no claim of ours took: it waits in unapplied cash or suspense, owned by the open work item of its
//! claim payment, and leaves it by an entry to a line of a claim. Never forgives, invents or hides a cent: the item ends
//! when nothing waits any more, and not before.

use billing::access::{Action, Actor, ResourceState};
use billing::claim::status::next;
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::remittance::posting::PAID;
use billing::work::{WorkItem, WorkReason, WorkState};
use billing::{ChargeId, ClaimPaymentId, Money, PayerId, PracticeId, WorkItemId};
use jiff::ToSpan;
use ledger::{Account, AccountKind, DraftEntry, EntrySource};
use serde_json::json;
use store::claim::ClaimEventRow;
use store::ledger::{charge_balances, postings_of_charge};
use store::remittance::{CLAIM_FACTS_BY_NUMBER, ClaimFactsRow, LAST_EVENTS, LINE_FACTS, SETTLE_CLAIMS};
use store::unapplied_cash::CASH_WAITING_OF;
use store::{Conn, Db, Json, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::claim_submission::PayerHabits;
use crate::limits;
use crate::provider_ledger;
use crate::reason;
use crate::worklist;
use crate::write_off;

/// Work that owns waiting cash: it ends only when its cash has a place.
const OWNERS: [WorkReason; 3] = [WorkReason::UnmatchedCash, WorkReason::ClaimSetAside, WorkReason::SuspenseDifference];

/// Where cash of a work item is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Our number of the claim.
    pub claim: String,
    /// The claim's line, from 1.
    pub line: i32,
    /// How much, above zero. Of cash that a payer took back: how much of it is this line's.
    pub amount: Money,
    /// Why it belongs there; names no patient.
    pub reason: String,
    /// The item's revision that the person saw: a second click is refused.
    pub revision: i32,
}

/// Cash of one claim payment that waits, or of one item of a payer's ledger.
struct Waiting {
    /// What an entry that places it is made from.
    source: EntrySource,
    account: Account,
    /// Above zero where it was received, below where a payer took it back.
    amount: Money,
}

/// What of an item's cash still waits: above zero where it was received, below where a payer took it back. Zero for work
/// that owns no cash.
///
/// # Errors
/// Of the database only.
pub fn waiting(conn: &Conn, item: WorkItemId) -> Result<Money, Error> {
    Ok(of_item(conn, item)?.map_or(Money::ZERO, |waiting| waiting.amount))
}

/// Refuses to end work whose cash has no place yet.
pub(crate) fn refuse_while_waiting(conn: &Conn, item: &WorkItem) -> Result<(), Error> {
    let found = conn.query_opt(&store::worklist::WORK_ITEM, params![item.id])?;
    if let Some((payer, reference)) = found.as_ref().and_then(|row| provider_ledger::subject_parts(&row.subject_key)) {
        return refuse_while_of_concern(conn, payer, reference);
    }
    let waiting = waiting(conn, item.id)?;
    if waiting.is_zero() {
        return Ok(());
    }
    if item.reason == WorkReason::SuspenseDifference {
        return Err(Error::refused(format!(
            "{} of this payment is in suspense. Move it to the line that the payer owes it for; the item then ends by \
             itself, as it does where the payer takes the decision back.",
            waiting.abs()
        )));
    }
    let place = if waiting.is_positive() { "waits in unapplied cash" } else { "taken back waits in suspense" };
    Err(Error::refused(format!(
        "{} of this payment still {place}. Apply it to a line of a claim; the item then ends by itself. Until the payer \
         has corrected it or has its money back, leave the item open with a note.",
        waiting.abs()
    )))
}

/// An item of a payer's ledger that went the wrong way is open until it is right; one that is only open for long may be
/// left to the payer.
fn refuse_while_of_concern(conn: &Conn, payer: PayerId, item: &str) -> Result<(), Error> {
    if !provider_ledger::is_of_concern(conn, payer, item)? {
        return Ok(());
    }
    let open = provider_ledger::balance(conn, payer, item)?.abs();
    Err(Error::refused(format!(
        "{open} of this item is still open in the payers' ledger. Apply it to a line of a claim, or wait for the payment \
         that closes it; the item then ends by itself. Until then leave it open with a note."
    )))
}

/// The keys of the work that may own the cash of a claim payment.
pub(crate) fn owners_of(source: ClaimPaymentId) -> [String; 3] {
    OWNERS.map(|reason| worklist::subject_key(reason, source.0))
}

/// The claim payment that an item is about; none for work about something else.
///
/// # Errors
/// Of the database only.
pub fn payment_of(conn: &Conn, item: WorkItemId) -> Result<Option<ClaimPaymentId>, Error> {
    let found = conn.query_opt(&store::worklist::WORK_ITEM, params![item])?;
    Ok(found.filter(|row| OWNERS.contains(&row.reason)).and_then(|row| {
        let (_, thing) = row.subject_key.split_once(':')?;
        thing.parse().ok()
    }))
}

fn of_item(conn: &Conn, item: WorkItemId) -> Result<Option<Waiting>, Error> {
    let found = conn.query_opt(&store::worklist::WORK_ITEM, params![item])?;
    if let Some((payer, reference)) = found.as_ref().and_then(|row| provider_ledger::subject_parts(&row.subject_key)) {
        let amount = -provider_ledger::balance(conn, payer, reference)?;
        let source = EntrySource { kind: provider_ledger::SOURCE.into(), id: item.0 };
        let account = Account::Recoupment { payer: payer.0, reference: reference.to_owned() };
        return Ok((!amount.is_zero()).then_some(Waiting { source, account, amount }));
    }
    let Some(ClaimPaymentId(source)) = payment_of(conn, item)? else { return Ok(None) };
    let cash = conn.query(&CASH_WAITING_OF, params![source, source.to_string()])?;
    let Some((account, payer, cents)) = cash.into_iter().next() else { return Ok(None) };
    let account = match (account, payer) {
        (AccountKind::UnappliedPayer, Some(payer)) => Account::UnappliedPayer { payer },
        (AccountKind::Suspense, _) => Account::Suspense { item: source },
        (other, _) => {
            return Err(Error::refused(format!(
                "The cash waits in {}, from where none is applied. Tell Tier 3.",
                other.name()
            )));
        }
    };
    Ok(Some(Waiting { source: EntrySource { kind: "unapplied_cash".into(), id: source }, account, amount: -cents }))
}

/// Applies waiting cash of an item to a line of a claim of ours: cash that came pays what the payer owes for the line,
/// cash that was taken back is owed again. The item ends when nothing waits any more. Gives what still waits.
///
/// # Errors
/// `Denied` over the person's limit; `NotFound`; `Invalid` for a line or amount that does not fit, `Changed` for an old
/// revision; `Refused` where nothing waits or the claim cannot take it.
pub fn apply(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    item: WorkItemId,
    application: &Application,
) -> Result<Money, Error> {
    allow(actor, Action::ApplyUnappliedCash, &ResourceState::default())?;
    reason::given(&application.reason, "Say in a sentence why the cash belongs there; an auditor reads it.")?;
    db.write(actor, practice, |tx| {
        let state = ResourceState::amount(application.amount).within(limits::in_force(tx)?);
        allow(actor, Action::ApplyUnappliedCash, &state)?;
        let work = worklist::workable(tx, actor, item)?;
        if work.revision != application.revision {
            return Err(Error::Changed);
        }
        if work.reason == WorkReason::SuspenseDifference {
            return Err(Error::refused(
                "This is no cash but a difference: settle it on the page of unmatched payments.",
            ));
        }
        let part = Part { claim: application.claim.clone(), line: application.line, amount: application.amount };
        apply_parts(tx, work, &[part], application.reason.trim())
    })
}

/// A part of waiting cash with the line it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Our number of the claim.
    pub claim: String,
    /// The claim's line, from 1.
    pub line: i32,
    /// How much, above zero.
    pub amount: Money,
}

/// Applies parts of an item's cash to lines, together or not at all. The item ends when nothing waits any more. Gives what
/// still waits.
pub(crate) fn apply_parts(tx: &mut Tx, work: WorkItem, parts: &[Part], why: &str) -> Result<Money, Error> {
    let waiting = of_item(tx, work.id)?.filter(|_| work.state != WorkState::Resolved);
    let waiting = waiting.ok_or_else(|| Error::refused("Nothing of this item waits for a place any more."))?;
    let amount =
        Money::checked_sum(parts.iter().map(|part| part.amount)).unwrap_or_else(|| Money::from_cents(i64::MAX));
    let is_positive = !parts.is_empty() && parts.iter().all(|part| part.amount.is_positive());
    if !is_positive || amount > waiting.amount.abs() {
        let problem = format!("Give an amount above zero and at most the {} that waits.", waiting.amount.abs());
        return Err(Error::invalid("amount", problem));
    }
    let mut told = Vec::new();
    for part in parts {
        let named = [part.claim.trim().to_owned()];
        let claim = tx.query_in(&CLAIM_FACTS_BY_NUMBER, params![], &named)?.into_iter().next();
        let claim = claim.ok_or_else(|| Error::invalid("claim", "No claim of this practice has that number."))?;
        let lines = tx.query_in(&LINE_FACTS, params![], &[claim.id])?;
        let line = lines.iter().find(|line| line.line_number == i64::from(part.line));
        let charge =
            line.ok_or_else(|| Error::invalid("line", "The claim has no such line; lines begin at 1."))?.charge_id;
        post(tx, &waiting, &claim, charge.0, part.amount)?;
        if waiting.amount.is_negative() {
            give_back_to_payer(tx, &claim, part)?;
        }
        told.push(format!("{} applied to line {} of claim {}", part.amount, part.line, claim.control_number));
        let is_item = matches!(waiting.account, Account::Recoupment { .. });
        let subject = if is_item { "work_item" } else { "claim_payment" };
        tx.audit("unapplied_cash.apply", subject, waiting.source.id, json!({ "cents": part.amount }));
    }
    let left = waiting.amount.abs() - amount;
    worklist::cash_applied(tx, work, left, &format!("{}: {why}", told.join(", ")))?;
    Ok(if waiting.amount.is_negative() { -left } else { left })
}

/// The entry between where the cash waits and what the claim's payer owes for the line.
fn post(tx: &mut Tx, waiting: &Waiting, claim: &ClaimFactsRow, charge: uuid::Uuid, amount: Money) -> Result<(), Error> {
    let payer = claim.payer_id.0;
    if let Account::Recoupment { payer: of, .. } = &waiting.account
        && *of != payer
    {
        return Err(Error::invalid("claim", "Another payer was asked for this claim; the item is not its money."));
    }
    let is_received = waiting.amount.is_positive();
    let most = if is_received {
        let owed = charge_balances(tx, &[charge])?;
        let of_payer = |one: &&store::ledger::ChargeBalance| {
            one.account == AccountKind::PayerReceivable && one.payer_id == Some(payer)
        };
        owed.iter().filter(of_payer).map(|one| one.cents).sum::<Money>()
    } else {
        let posted = postings_of_charge(tx, charge)?;
        let cash = posted.iter().filter(|one| one.account == AccountKind::PayerReceivable && one.reason == PAID);
        -cash.filter(|one| one.payer_id == Some(payer)).map(|one| one.cents).sum::<Money>()
    };
    if amount > most {
        let what = if is_received { "still owes" } else { "has paid" };
        let most = if most.is_positive() { most } else { Money::ZERO };
        return Err(Error::refused(format!(
            "The claim's payer {what} {most} for that line, less than the {amount} to be applied. Apply no more than \
             that, or choose another line."
        )));
    }
    // The sign turns the whole entry where the cash was taken back.
    let moved = if is_received { amount } else { -amount };
    let entry =
        DraftEntry::new(tx.today(), "Waiting cash of a payer applied to a line of a claim", waiting.source.clone())
            .debit(waiting.account.clone(), moved, "applied")
            .credit(Account::PayerReceivable { charge, payer }, moved, PAID)
            .balance()
            .map_err(|unbalanced| Error::refused(unbalanced.to_string()))?;
    let key = format!("{}:{}:{}", waiting.source.kind, waiting.source.id, tx.new_id());
    tx.post(&entry, &key)?;
    write_off::follow_debt(tx, &[ChargeId(charge)])
}

/// A closed claim whose payer took cash back is open again and in the payer's hand; one that is open stays in its hand.
fn give_back_to_payer(tx: &mut Tx, claim: &ClaimFactsRow, part: &Part) -> Result<(), Error> {
    match claim.status {
        ClaimStatus::Closed => {}
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated => return Ok(()),
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => {
            return Err(Error::invalid("claim", "No payer has decided this claim, so none took cash of it back."));
        }
    }
    let days = PayerHabits::default().of(tx, claim.payer_id)?.follow_up_days;
    let follow_up_on = tx.today().saturating_add(days.days());
    let event = ClaimEvent::Reversed { follow_up_on };
    let status = next(claim.status, &event)?;
    tx.execute_in(&SETTLE_CLAIMS, params![status, Some(follow_up_on), tx.today()], &[claim.id])?;
    let last = tx.query_in(&LAST_EVENTS, params![], &[claim.id])?.first().map_or(0, |(_, sequence)| *sequence);
    tx.insert(&ClaimEventRow {
        claim_id: claim.id,
        sequence: last + 1,
        occurred_at: tx.now(),
        actor: tx.actor().login.clone(),
        kind: event.kind().to_owned(),
        status_after: status,
        sentence: format!("The payer took {} of line {} back", part.amount, part.line),
        raw: None,
        submission_id: None,
        inbound_file_id: None,
        remittance_id: None,
        body: Json(event),
    })?;
    Ok(())
}
