//! A second ledger, as plain as one can be: a map from account to cents, moved posting by posting in the order of the
//! journal. It shares nothing with the books but the rows, and must hold what they hold.

use std::collections::BTreeMap;

use ledger::AccountKind;
use store::ledger::{EntryRow, HELD_ALL, PostingRow, trial_balance};
use store::{Conn, StoreError, params};
use uuid::Uuid;

/// An account: its kind and whatever it is of.
type Place = (AccountKind, Option<Uuid>, Option<Uuid>, Option<Uuid>, Option<Uuid>, Option<String>);

/// The second ledger.
#[derive(Default)]
pub(super) struct Replay {
    cents: BTreeMap<Place, i128>,
    postings: usize,
    fault: Option<String>,
}

impl Replay {
    /// Moves the accounts of one entry. After each entry all accounts together are zero, and nobody's money is overdrawn.
    pub(super) fn entry(&mut self, entry: &EntryRow, postings: &[PostingRow]) {
        let mut sum = 0_i128;
        for posting in postings {
            *self.cents.entry(place(posting)).or_default() += i128::from(posting.cents.cents());
            sum += i128::from(posting.cents.cents());
        }
        self.postings += postings.len();
        let overdrawn = postings.iter().any(|posting| {
            posting.account.has_floor() && self.cents.get(&place(posting)).is_some_and(|cents| cents.is_positive())
        });
        if self.fault.is_none() && (sum != 0 || overdrawn) {
            let what = if sum == 0 { "takes more than was held" } else { "does not sum to zero" };
            self.fault = Some(format!("entry {} (place {}) {what}", entry.id, entry.sequence));
        }
    }

    /// How many postings were replayed, or the first place where the books hold something else.
    pub(super) fn compare(self, conn: &Conn) -> Result<Result<usize, String>, StoreError> {
        if let Some(fault) = self.fault {
            return Ok(Err(fault));
        }
        let mut kinds: BTreeMap<AccountKind, i128> = BTreeMap::new();
        let mut held: BTreeMap<(AccountKind, Uuid), i128> = BTreeMap::new();
        for ((kind, _, payer, patient, ..), cents) in self.cents {
            *kinds.entry(kind).or_default() += cents;
            if let (true, Some(owner)) = (kind.has_floor(), payer.or(patient)) {
                *held.entry((kind, owner)).or_default() -= cents;
            }
        }
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

fn place(row: &PostingRow) -> Place {
    (row.account, row.charge_id, row.payer_id, row.patient_id, row.remittance_id, row.reference.clone())
}
