//! What posting a payment would do, entry by entry, before it is done: the very posting runs in a transaction that is
//! thrown away, and what it put in the books is told with its reasons. It keeps nothing and guesses nothing.

use std::collections::{BTreeMap, HashMap};

use billing::access::{Action, Actor, ResourceState};
use billing::remittance::words::{account_words, posting_words};
use billing::{ChargeId, ClaimId, InboundFileId, Money, PatientId, PracticeId, RemittanceId};
use edi::remittance_835::ReadRemittance;
use jiff::civil::Date;
use ledger::{AccountKind, BalancedEntry};
use serde::Serialize;
use store::remittance::{CHARGES_NAMED, OPEN_WORK_OF_REMITTANCE, REMITTANCE, RemittanceRow};
use store::{Conn, Db, Tx, params};
use uuid::Uuid;

use super::waiting::{release, set_of};
use super::{PaymentReport, PaymentState, content_hash, incoming, objection, posted, quarantine, report, row_of};
use crate::Error;
use crate::access::allow;
use crate::digest::{hex, sha256};
use crate::inbound;
use crate::remittance_posting::{self, Counts, ForeseenClaim, Leave, Order, Verdict};

pub use crate::remittance_posting::ForeseenState;

/// What posting a payment would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Its key, where it is stored and waits.
    pub remittance_id: Option<RemittanceId>,
    /// Check or transfer number.
    pub trace: String,
    /// The payer's name in the file.
    pub payer_name: String,
    /// Day of the payment.
    pub paid_on: Date,
    /// What is paid in all, in cents.
    pub amount_cents: Money,
    /// What would become of it: "posted", "quarantined", "duplicate".
    pub state: PaymentState,
    /// Why nothing of it would be posted.
    pub problem: Option<String>,
    /// By how much its equation fails, in cents.
    pub difference_cents: Money,
    /// Why it is not posted by itself; empty where it is, or where nothing is posted.
    pub waits_because: Vec<String>,
    /// What would become of its claims.
    pub counts: Counts,
    /// Its claims in order, with their entries.
    pub claims: Vec<PreviewClaim>,
    /// The entry of the payment itself, with what stands outside any claim.
    pub payment: Vec<PreviewEntry>,
    /// What follows beside: patients' own money applied, forgiven debts that lapse, the bank.
    pub beside: Vec<PreviewEntry>,
    /// Every account that moves, by kind.
    pub totals: Vec<PreviewTotal>,
    /// What would be left on the clearing account, in cents: zero, or it would not be posted.
    pub clearing_cents: Money,
    /// The work that would open or be told anew.
    pub work: Vec<PreviewWork>,
    /// What names these very entries: posting asks for it, so that nothing else is posted.
    pub fingerprint: String,
}

/// What posting would do with one claim of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewClaim {
    /// Its number in the file.
    pub control_number: String,
    /// The claim of ours.
    pub claim_id: Option<ClaimId>,
    /// What would become of it.
    pub state: ForeseenState,
    /// It came with an earlier payment, was set aside, and finds its place by this one.
    pub is_earlier: bool,
    /// CLP03, in cents.
    pub charged_cents: Money,
    /// CLP04, in cents.
    pub paid_cents: Money,
    /// What the payer would still owe of it because it denied it, in cents.
    pub denied_cents: Money,
    /// Why it would be set aside, or matches nothing.
    pub problem: Option<String>,
    /// By how much its equation fails, in cents.
    pub difference_cents: Money,
    /// What somebody should know who posts it; it keeps nothing from being posted.
    pub advice: Option<String>,
    /// Its entries; none where no money moves.
    pub entries: Vec<PreviewEntry>,
    #[serde(skip)]
    patient: Option<PatientId>,
}

/// An entry of the books that would be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewEntry {
    /// The day that it is dated in the books.
    pub on: Date,
    /// The day that it concerns, where that lies in a closed month; none where it is dated that day.
    pub concerns_on: Option<Date>,
    /// Why it exists.
    pub reason: String,
    /// Its parts; they sum to zero.
    pub postings: Vec<PreviewPosting>,
}

/// One part of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewPosting {
    /// The kind of account, as it is stored.
    pub account: AccountKind,
    /// The account in words.
    pub account_words: &'static str,
    /// The procedure of the charge, where the account is per charge.
    pub procedure: Option<String>,
    /// The charge.
    pub charge_id: Option<Uuid>,
    /// Debit positive, in cents.
    pub amount_cents: Money,
    /// The stored reason, such as CO-45.
    pub reason: String,
    /// Why, in plain words.
    pub why: String,
}

/// The sums of one kind of account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewTotal {
    /// The kind.
    pub account: AccountKind,
    /// In words.
    pub account_words: &'static str,
    /// In cents.
    pub debit_cents: Money,
    /// In cents, as a positive amount.
    pub credit_cents: Money,
}

/// Work that would open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewWork {
    /// Its reason.
    pub reason: String,
    /// Its sentence.
    pub summary: String,
    /// What is at stake, in cents.
    pub stake_cents: Money,
}

/// What importing a file and posting its payments would do. Nothing is stored.
///
/// # Errors
/// As [`super::import`].
pub fn of_file(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file_name: &str,
    bytes: &[u8],
) -> Result<Vec<Preview>, Error> {
    let file = incoming(actor, file_name, bytes)?;
    let kinds = inbound::judged(actor, &file)?;
    let previews = db.write(actor, practice, |tx| {
        tx.discard();
        let file_id = inbound::stored_or_kept(tx, &file, &kinds)?;
        file.payments.iter().map(|set| of_set(tx, file_id, set, bytes)).collect::<Result<Vec<Preview>, Error>>()
    })?;
    looked_at(db, actor, practice, &previews)?;
    Ok(previews)
}

/// What posting a payment that waits would do.
///
/// # Errors
/// `Denied` without the right to see remittances; `NotFound`; `Refused` for a payment that does not wait.
pub fn of_waiting(db: &Db, actor: &Actor, practice: PracticeId, id: RemittanceId) -> Result<Preview, Error> {
    allow(actor, Action::ViewRemittance, &ResourceState::default())?;
    let preview = db.write(actor, practice, |tx| {
        tx.discard();
        let row = tx.query_opt(&REMITTANCE, params![id])?.ok_or(Error::NotFound("remittance"))?;
        of_row(tx, &row)
    })?;
    looked_at(db, actor, practice, std::slice::from_ref(&preview))?;
    Ok(preview)
}

/// Who looks at a preview looks at the claims of everybody in it.
fn looked_at(db: &Db, actor: &Actor, practice: PracticeId, previews: &[Preview]) -> Result<(), Error> {
    db.read(actor, practice, |read| {
        let patients = previews.iter().flat_map(|one| &one.claims).filter_map(|claim| claim.patient);
        patients.for_each(|patient| read.saw("remittance", patient));
        Ok(())
    })
}

fn of_row(tx: &mut Tx, row: &RemittanceRow) -> Result<Preview, Error> {
    if row.state != PaymentState::Waiting.as_str() {
        let (trace, state) = (&row.trace, &row.state);
        return Err(Error::refused(format!("Payment {trace} is {state}; only one that waits has a preview.")));
    }
    let set = set_of(tx, row)?;
    let mut told = Vec::with_capacity(set.remittance.claims.len());
    tx.listen();
    let settled = release(tx, row, &set, Some(&mut told))?;
    let because = row.problem.clone().filter(|_| settled.state == PaymentState::Posted);
    let preview = build(tx, &set, settled, told, because.into_iter().collect())?;
    Ok(Preview { remittance_id: Some(row.id), ..preview })
}

fn of_set(tx: &mut Tx, file_id: InboundFileId, set: &ReadRemittance, bytes: &[u8]) -> Result<Preview, Error> {
    let objection = objection(tx, set, content_hash(&set.remittance), None)?;
    if let Some(known) = objection.as_ref().and_then(|objection| objection.waits_as) {
        let row = tx.query_one(&REMITTANCE, params![known])?;
        return of_row(tx, &row);
    }
    let row = row_of(tx, file_id, set, bytes, objection.as_ref())?;
    tx.insert(&row)?;
    tx.listen();
    if let Some(objection) = objection {
        if objection.state == PaymentState::Quarantined {
            quarantine::open(tx, row.id, row.payer_id, &set.remittance, &objection)?;
        }
        return build(tx, set, report(row.id, set, objection.state, Some(objection)), Vec::new(), Vec::new());
    }
    let mut told = Vec::with_capacity(set.remittance.claims.len());
    let order = Order { id: row.id, payer: row.payer_id, set, leave: Leave::Setting };
    let (counts, because) = match remittance_posting::post(tx, order, Some(&mut told))? {
        Verdict::Posted(counts) => (counts, Vec::new()),
        Verdict::Waits(reasons) => {
            match remittance_posting::post(tx, Order { leave: Leave::Person, ..order }, Some(&mut told))? {
                Verdict::Posted(counts) => (counts, reasons),
                Verdict::Waits(reasons) => return Err(Error::refused(reasons.join(" "))),
            }
        }
    };
    let settled = posted(tx, row.id, set, counts)?;
    build(tx, set, settled, told, because)
}

fn build(
    tx: &mut Tx,
    set: &ReadRemittance,
    settled: PaymentReport,
    mut told: Vec<ForeseenClaim>,
    waits_because: Vec<String>,
) -> Result<Preview, Error> {
    let heard = tx.heard();
    let procedures = procedures(tx, &heard)?;
    let mut of_claims: HashMap<Uuid, Vec<PreviewEntry>> = HashMap::with_capacity(told.len());
    let (mut payment, mut beside) = (Vec::new(), Vec::new());
    let (mut totals, mut clearing) = (BTreeMap::<AccountKind, (Money, Money)>::new(), Money::ZERO);
    for (entry, _) in &heard {
        for posting in entry.postings() {
            let (kind, amount) = (posting.account.kind(), posting.amount);
            let (debit, credit) = totals.entry(kind).or_default();
            if amount.is_negative() {
                *credit -= amount
            } else {
                *debit += amount
            }
            if posting.account.dimensions().remittance == Some(settled.remittance_id.0)
                && kind == AccountKind::EraClearing
            {
                clearing += amount;
            }
        }
        let shown = shown(tx, entry, &procedures);
        match entry.source().kind.as_ref() {
            "claim_payment" => of_claims.entry(entry.source().id).or_default().push(shown),
            "remittance" if entry.source().id == settled.remittance_id.0 => payment.push(shown),
            _ => beside.push(shown),
        }
    }
    // What was decided after others stands in its place all the same; what came before stands last.
    told.sort_by_key(|one| (one.place.is_none(), one.place));
    let claims = told.into_iter().map(|one| claim(one, &mut of_claims)).collect();
    // What was set aside with an earlier payment and nobody told of here.
    beside.extend(of_claims.into_values().flatten());
    let work = tx.query(&OPEN_WORK_OF_REMITTANCE, params![settled.remittance_id])?;
    let total = |(account, (debit_cents, credit_cents))| PreviewTotal {
        account,
        account_words: account_words(account),
        debit_cents,
        credit_cents,
    };
    Ok(Preview {
        remittance_id: None,
        trace: settled.trace,
        payer_name: set.remittance.payer_name.clone(),
        paid_on: set.remittance.paid_on,
        amount_cents: settled.amount,
        state: settled.state,
        problem: settled.problem,
        difference_cents: settled.difference,
        waits_because,
        counts: settled.counts,
        claims,
        payment,
        beside,
        totals: totals.into_iter().map(total).collect(),
        clearing_cents: clearing,
        work: work
            .into_iter()
            .map(|(reason, summary, stake_cents)| PreviewWork { reason, summary, stake_cents })
            .collect(),
        fingerprint: fingerprint(tx, &heard),
    })
}

fn claim(one: ForeseenClaim, entries: &mut HashMap<Uuid, Vec<PreviewEntry>>) -> PreviewClaim {
    PreviewClaim {
        entries: entries.remove(&one.id.0).unwrap_or_default(),
        control_number: one.control_number,
        claim_id: one.claim,
        state: one.state,
        is_earlier: one.place.is_none(),
        charged_cents: one.charged,
        paid_cents: one.paid,
        denied_cents: one.denied,
        problem: one.problem,
        difference_cents: one.difference,
        advice: one.advice,
        patient: one.patient,
    }
}

/// The procedure of each charge that something would be posted for.
fn procedures(conn: &Conn, heard: &[(BalancedEntry, Uuid)]) -> Result<HashMap<Uuid, String>, Error> {
    let postings = heard.iter().flat_map(|(entry, _)| entry.postings());
    let mut charges: Vec<ChargeId> =
        postings.filter_map(|posting| posting.account.dimensions().charge).map(ChargeId).collect();
    charges.sort_unstable();
    charges.dedup();
    let rows = conn.query_in(&CHARGES_NAMED, params![], &charges)?;
    Ok(rows.into_iter().map(|(id, procedure)| (id.0, procedure)).collect())
}

fn shown(tx: &Tx, entry: &BalancedEntry, procedures: &HashMap<Uuid, String>) -> PreviewEntry {
    let posting = |posting: &ledger::Posting| {
        let (kind, charge) = (posting.account.kind(), posting.account.dimensions().charge);
        PreviewPosting {
            account: kind,
            account_words: account_words(kind),
            procedure: charge.and_then(|charge| procedures.get(&charge).cloned()),
            charge_id: charge,
            amount_cents: posting.amount,
            reason: posting.reason.to_string(),
            why: posting_words(kind, &posting.reason, posting.amount),
        }
    };
    let (on, concerns_on) = tx.dated(entry.occurred_on());
    PreviewEntry {
        on,
        concerns_on,
        reason: entry.reason().to_owned(),
        postings: entry.postings().iter().map(posting).collect(),
    }
}

/// What names these very entries: their days, reasons, accounts and cents, and none of the keys that are drawn anew each
/// time they are made.
pub(super) fn fingerprint(tx: &Tx, heard: &[(BalancedEntry, Uuid)]) -> String {
    let mut text = String::with_capacity(heard.len() * 512);
    for (entry, _) in heard {
        let (on, concerns_on) = tx.dated(entry.occurred_on());
        text.push_str(&format!("{on}|{concerns_on:?}|{}|{}\n", entry.reason(), entry.source().kind));
        for posting in entry.postings() {
            let (kind, of) = (posting.account.kind(), posting.account.dimensions());
            text.push_str(&format!(
                "{}|{:?}|{:?}|{:?}|{:?}|{}|{}|{}\n",
                kind.name(),
                of.charge,
                of.payer,
                of.patient,
                of.remittance,
                of.reference.as_deref().unwrap_or_default(),
                posting.amount.cents(),
                posting.reason
            ));
        }
    }
    hex(&sha256(text.as_bytes())[..16])
}
