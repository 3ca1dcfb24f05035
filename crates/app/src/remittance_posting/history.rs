//! What was posted before for the claims that a remittance takes back, with the very postings, so that a reversal undoes
//! them and nothing else. Decides nothing: which payment a reversal means is asked of `billing::remittance::reversal`.

use std::collections::HashMap;

use billing::remittance::ClaimPayment;
use billing::remittance::matching::ClaimIndex;
use billing::remittance::reversal::{self, NoOriginal};
use billing::{ClaimId, ClaimPaymentId};
use ledger::Posting;
use store::ledger::{ENTRIES_OF_SOURCES, POSTINGS_OF_ENTRIES};
use store::remittance::POSTED_PAYMENTS_OF_CLAIMS;
use store::{Json, Tx, params};
use uuid::Uuid;

use super::{Decided, Outcome, distinct};
use crate::Error;

/// The payment that a reversal takes back, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Original {
    /// Among the payments posted by earlier remittances.
    Earlier(usize),
    /// Among the claims of this remittance.
    Here(usize),
}

/// A payment posted by an earlier remittance.
struct Posted {
    payment: ClaimPayment,
    /// Its entry; none where it moved no money.
    entry: Option<Uuid>,
    postings: Vec<Posting>,
}

/// Everything posted before for the claims that are taken back; empty where nothing is.
#[derive(Default)]
pub(super) struct Earlier {
    payments: Vec<Posted>,
    /// Places among the payments, oldest first.
    of_claim: HashMap<ClaimId, Vec<usize>>,
}

impl Earlier {
    /// Loads them with their postings, in few statements.
    pub(super) fn load(tx: &mut Tx, claims: &[ClaimPayment], index: &ClaimIndex) -> Result<Earlier, Error> {
        let taken_back = claims.iter().filter(|claim| claim.is_reversal()).filter_map(|claim| index.find(claim));
        let taken_back = distinct(taken_back.map(|claim| claim.id));
        let mut rows = tx.query_in(&POSTED_PAYMENTS_OF_CLAIMS, params![], &taken_back)?;
        // Keys grow with time.
        rows.sort_unstable_by_key(|(_, id, _)| *id);
        let sources: Vec<ClaimPaymentId> = rows.iter().map(|(_, id, _)| *id).collect();
        let entries = tx.query_in(&ENTRIES_OF_SOURCES, params![], &sources)?;
        let entry_of: HashMap<Uuid, Uuid> =
            entries.iter().filter(|e| e.source_kind == "claim_payment").map(|e| (e.source_id, e.id)).collect();
        let ids: Vec<Uuid> = entry_of.values().copied().collect();
        let mut stored = tx.query_in(&POSTINGS_OF_ENTRIES, params![], &ids)?;
        stored.sort_unstable_by_key(|posting| posting.ordinal);
        let mut postings: HashMap<Uuid, Vec<Posting>> = HashMap::new();
        for row in stored {
            let account = row.account().ok_or_else(|| {
                Error::refused(format!("Entry {} stands on no account; run `tierline verify`.", row.entry_id))
            })?;
            let posting = Posting { account, amount: row.cents, reason: row.reason.into() };
            postings.entry(row.entry_id).or_default().push(posting);
        }
        let mut earlier = Earlier::default();
        for (claim, id, Json(payment)) in rows {
            let entry = entry_of.get(&id.0).copied();
            let postings = entry.and_then(|entry| postings.remove(&entry)).unwrap_or_default();
            earlier.of_claim.entry(claim).or_default().push(earlier.payments.len());
            earlier.payments.push(Posted { payment, entry, postings });
        }
        Ok(earlier)
    }

    /// The payment of a claim that a reversal takes back: of an earlier remittance, or one decided before it in this.
    pub(super) fn original(
        &self,
        claim: ClaimId,
        reversal: &ClaimPayment,
        before: &[Decided<'_>],
    ) -> Result<Original, NoOriginal> {
        let places = self.of_claim.get(&claim).map_or(&[][..], Vec::as_slice);
        let earlier = places.iter().map(|place| (Original::Earlier(*place), &self.payments[*place].payment));
        let here = before.iter().enumerate().filter_map(|(place, one)| match &one.outcome {
            Outcome::Posted { claim: found, .. } if found.id == claim => Some((Original::Here(place), one.payment)),
            Outcome::Posted { .. }
            | Outcome::SetAside { .. }
            | Outcome::Unmatched { .. }
            | Outcome::Estimate { .. } => None,
        });
        let history: Vec<(Original, &ClaimPayment)> = earlier.chain(here).collect();
        reversal::original(&history, reversal)
    }

    /// The payment itself.
    pub(super) fn payment<'a>(&'a self, original: Original, before: &'a [Decided<'_>]) -> Option<&'a ClaimPayment> {
        match original {
            Original::Earlier(place) => self.payments.get(place).map(|posted| &posted.payment),
            Original::Here(place) => before.get(place).map(|one| one.payment),
        }
    }

    /// What was posted for it.
    pub(super) fn postings<'a>(&'a self, original: Original, before: &'a [Decided<'_>]) -> &'a [Posting] {
        match original {
            Original::Earlier(place) => self.payments.get(place).map_or(&[], |posted| &posted.postings),
            Original::Here(place) => match before.get(place).map(|one| &one.outcome) {
                Some(Outcome::Posted { posting, .. }) => &posting.postings,
                Some(Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. }) | None => &[],
            },
        }
    }

    /// The entry of a payment of an earlier remittance; none where it moved no money.
    pub(super) fn entry(&self, place: usize) -> Option<Uuid> {
        self.payments.get(place).and_then(|posted| posted.entry)
    }
}
