//! What was decided as entries of the books, in order, written in few statements.

use std::collections::{BTreeSet, HashMap};

use billing::remittance::posting;
use billing::{ChargeId, ClaimPaymentId, PayerId, RemittanceId};
use edi::remittance_835::ReadRemittance;
use ledger::{Account, BalancedEntry, DraftEntry, EntrySource, Posting};
use store::Tx;
use uuid::Uuid;

use super::history::Original;
use super::known::Known;
use super::outside::Placed;
use super::{Arrival, Decided, Outcome};
use crate::digest::{hex, sha256};
use crate::{Error, write_off};

/// The payment and each of its claims as entries. Together they leave the clearing account at zero, because the payment
/// balances.
pub(super) fn post(
    tx: &mut Tx,
    (id, payer): (RemittanceId, Option<PayerId>),
    set: &ReadRemittance,
    placed: &[Placed<'_>],
    decided: &[Decided<'_>],
    known: &Known,
) -> Result<(), Error> {
    let remittance = &set.remittance;
    // As `remittance_import` recognises a payment: one number may pay two payees.
    let named = format!("{}|{}|{}", remittance.payer_trace_id, remittance.trace, remittance.payee_npi);
    let key = hex(&sha256(named.as_bytes())[..16]);
    let mut books = Journal::for_entries(decided.len() + 1);
    let source = EntrySource { kind: "remittance".into(), id: id.0 };
    let outside = placed.iter().map(Placed::posting);
    let draft = DraftEntry::new(remittance.paid_on, "Payment of a payer", source);
    books.add(draft, posting::payment(remittance.amount, outside, id), format!("remittance:{key}"))?;
    books.add_decided(tx, payer, decided, known, &key)?;
    books.finish(tx)
}

/// A claim payment that is taken off its claim by hand, as entries: what was posted is undone, and its cash waits again.
pub(super) fn take_off(
    tx: &mut Tx,
    payer: Option<PayerId>,
    decided: &[Decided<'_>],
    known: &Known,
    taken: ClaimPaymentId,
) -> Result<(), Error> {
    let mut books = Journal::for_entries(decided.len());
    books.add_decided(tx, payer, decided, known, &format!("off:{taken}"))?;
    books.finish(tx)
}

/// What was set aside and finds its place, as entries: its cash leaves where it waited.
pub(super) fn place(tx: &mut Tx, decided: &[Decided<'_>], known: &Known) -> Result<(), Error> {
    let mut books = Journal::for_entries(decided.len());
    books.add_decided(tx, None, decided, known, "")?;
    books.finish(tx)
}

/// Postings whose cash comes from where it waited, not from the payment being posted.
fn from(waits_on: Option<&Account>, postings: &[Posting]) -> Vec<Posting> {
    let Some(waits_on) = waits_on else { return postings.to_vec() };
    let moved = |posting: &Posting| match &posting.account {
        Account::EraClearing { .. } => Posting { account: waits_on.clone(), ..posting.clone() },
        other => Posting { account: other.clone(), ..posting.clone() },
    };
    postings.iter().map(moved).collect()
}

/// Entries on their way into the books, in order. They are written in few statements; sooner only where an entry
/// corrects one of the same remittance, whose id the books give.
struct Journal {
    entries: Vec<(BalancedEntry, String)>,
    /// The entries written so far, by what they were made from.
    posted: HashMap<Uuid, Uuid>,
    /// The charges of which something moves.
    charges: BTreeSet<ChargeId>,
}

impl Journal {
    fn for_entries(count: usize) -> Journal {
        Journal { entries: Vec::with_capacity(count), posted: HashMap::new(), charges: BTreeSet::new() }
    }

    /// `key` names the payment that the claims came with.
    fn add_decided(
        &mut self,
        tx: &mut Tx,
        payer: Option<PayerId>,
        decided: &[Decided<'_>],
        known: &Known,
        key: &str,
    ) -> Result<(), Error> {
        for one in decided {
            let payment = one.payment;
            let source = EntrySource { kind: "claim_payment".into(), id: one.id.0 };
            let set_aside = || posting::set_aside(payment.paid_amount, payer, one.remittance, one.id);
            let (reason, postings, corrects) = match &one.outcome {
                Outcome::Posted { posting, takes_back: Some(original), .. } => {
                    let corrects = match original {
                        Original::Earlier(place) => known.earlier.entry(*place),
                        Original::Here(place) => self.entry_of(tx, decided.get(*place).map(|before| before.id))?,
                    };
                    ("A payer took a decision back", posting.postings.clone(), corrects)
                }
                Outcome::Posted { posting, takes_back: None, .. } => {
                    ("A payer decided a claim", posting.postings.clone(), None)
                }
                // Its cash waits where it waited.
                Outcome::SetAside { .. } if matches!(one.arrival, Arrival::Before(_)) => continue,
                Outcome::SetAside { .. } => ("Cash of a claim that is set aside", set_aside(), None),
                Outcome::Estimate { .. } => ("An estimate", Vec::new(), None),
                Outcome::Unmatched { .. } => ("Cash without a claim of ours", set_aside(), None),
            };
            let (day, postings, key) = match &one.arrival {
                Arrival::Now(ordinal) => {
                    let (number, payers) = (&payment.control_number, &payment.payer_claim_control_number);
                    let key = format!("claim_payment:{key}:{number}:{payers}:{}:{ordinal}", payment.status_code);
                    (one.paid_on, postings, key)
                }
                Arrival::Before(waits_on) => {
                    (tx.today(), from(waits_on.as_ref(), &postings), format!("claim_payment:placed:{}", one.id))
                }
            };
            self.add(DraftEntry { corrects, ..DraftEntry::new(day, reason, source) }, postings, key)?;
        }
        Ok(())
    }

    fn add(&mut self, draft: DraftEntry, postings: Vec<Posting>, key: String) -> Result<(), Error> {
        if postings.is_empty() {
            return Ok(());
        }
        self.charges.extend(postings.iter().filter_map(|one| one.account.dimensions().charge).map(ChargeId));
        let entry = DraftEntry { postings, ..draft }.balance().map_err(|e| Error::refused(e.to_string()))?;
        self.entries.push((entry, key));
        Ok(())
    }

    /// The entry of a claim payment of this remittance; none where it moved no money.
    fn entry_of(&mut self, tx: &mut Tx, source: Option<ClaimPaymentId>) -> Result<Option<Uuid>, Error> {
        self.write(tx)?;
        Ok(source.and_then(|source| self.posted.get(&source.0).copied()))
    }

    /// Writes the rest. A decision and its reversal in one payment are one: only what is owed in the end counts for what
    /// was forgiven.
    fn finish(mut self, tx: &mut Tx) -> Result<(), Error> {
        self.write(tx)?;
        write_off::follow_debt(tx, &self.charges.into_iter().collect::<Vec<_>>())
    }

    fn write(&mut self, tx: &mut Tx) -> Result<(), Error> {
        let written = tx.post_all(&self.entries)?;
        for ((entry, _), posted) in self.entries.drain(..).zip(written) {
            self.posted.insert(entry.source().id, posted.id);
        }
        Ok(())
    }
}
