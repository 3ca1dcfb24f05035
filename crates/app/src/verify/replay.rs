//! A second ledger, as plain as one can be: a map from account to cents, moved posting by posting in the order of the
//! journal. It shares nothing with the books but the rows, and must hold what they hold.

use std::collections::{BTreeMap, HashMap};

use ledger::AccountKind;
use store::books::BookedPosting;
use store::ledger::{EntryRow, HELD_ALL, PostingRow, trial_balance};
use store::{Conn, StoreError, params};
use uuid::Uuid;

/// The second ledger: each kind of account, and of those that hold somebody's money each owner.
#[derive(Default)]
pub(super) struct Replay {
    kinds: BTreeMap<AccountKind, i128>,
    /// What an owner's money stands at, debit positive.
    owned: HashMap<(AccountKind, Uuid), i128>,
    /// Of the entry being replayed: its sum, and the accounts with a floor that it moved.
    sum: i128,
    moved: Vec<(AccountKind, Uuid)>,
    postings: usize,
    fault: Option<String>,
}

impl Replay {
    /// Moves the account of one posting of an entry.
    pub(super) fn posting(&mut self, posting: BookedPosting) {
        let cents = i128::from(posting.cents);
        *self.kinds.entry(posting.account).or_default() += cents;
        self.sum += cents;
        self.postings += 1;
        if let (true, Some(owner)) = (posting.account.has_floor(), posting.owner) {
            let key = (posting.account, owner);
            *self.owned.entry(key).or_default() += cents;
            self.moved.push(key);
        }
    }

    /// Ends an entry: after each all accounts together are zero, and nobody's money is overdrawn.
    pub(super) fn entry(&mut self, id: Uuid, sequence: i64) {
        let sum = std::mem::take(&mut self.sum);
        let overdrawn = self.moved.drain(..).any(|key| self.owned.get(&key).is_some_and(|cents| cents.is_positive()));
        if self.fault.is_none() && (sum != 0 || overdrawn) {
            let what = if sum == 0 { "takes more than was held" } else { "does not sum to zero" };
            self.fault = Some(format!("entry {id} (place {sequence}) {what}"));
        }
    }

    /// An entry with its postings.
    pub(super) fn whole(&mut self, entry: &EntryRow, postings: &[PostingRow]) {
        for row in postings {
            let (account, cents) = (row.account, row.cents.cents());
            self.posting(BookedPosting { account, owner: row.payer_id.or(row.patient_id), cents });
        }
        self.entry(entry.id, entry.sequence);
    }

    /// How many postings were replayed, or the first place where the books hold something else.
    pub(super) fn compare(self, conn: &Conn) -> Result<Result<usize, String>, StoreError> {
        if let Some(fault) = self.fault {
            return Ok(Err(fault));
        }
        let mut kinds = self.kinds;
        let mut held: HashMap<(AccountKind, Uuid), i128> =
            self.owned.into_iter().map(|(key, cents)| (key, -cents)).collect();
        for (kind, cents) in trial_balance(conn)? {
            let replayed = kinds.remove(&kind).unwrap_or_default();
            if replayed != i128::from(cents.cents()) {
                return Ok(Err(format!("{}: the books hold {cents}, the replay {replayed} cents", kind.name())));
            }
        }
        held.retain(|_, cents| *cents != 0);
        for row in conn.query(&HELD_ALL, params![])? {
            if held.remove(&(row.account, row.owner_id)) != Some(i128::from(row.held_cents.cents())) {
                return Ok(Err(format!("{} of {} is not what the replay holds", row.account.name(), row.owner_id)));
            }
        }
        let left = kinds.values().any(|cents| *cents != 0) || !held.is_empty();
        Ok(if left { Err("the replay holds accounts that the books do not".to_owned()) } else { Ok(self.postings) })
    }
}
