//! The books as stored: entries are sealed as they are added, chained by hash, and never changed.
//!
//! Postings go in first; inserting their entry seals them, and the engine itself refuses an entry that does not balance
//! or does not follow the last one. Balances are folds; only accounts that hold others' money keep a row beside.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{Account, AccountKind, BalancedEntry, Dimensions, Money};
use uuid::Uuid;

use crate::audit::ChainHash;
use crate::conn::Conn;
use crate::db::Tx;
use crate::error::StoreError;
use crate::{params, record, statements};

record! {
    /// An entry as stored.
    pub struct EntryRow in "ledger_entry" {
        /// Its id.
        pub id: Uuid,
        /// Gapless within the practice.
        pub sequence: i64,
        /// The civil day of the money fact.
        pub occurred_on: Date,
        /// When it was recorded.
        pub recorded_at: Timestamp,
        /// Why it exists.
        pub reason: String,
        /// What it was made from: the kind …
        pub source_kind: String,
        /// … and the record.
        pub source_id: Uuid,
        /// The entry it corrects.
        pub corrects: Option<Uuid>,
        /// One key, one effect.
        pub idempotency_key: String,
        /// How many postings it has.
        pub posting_count: i64,
        /// SHA-256 of facts and postings.
        pub content_hash: [u8; 32],
        /// Hash of the entry before.
        pub prev_hash: [u8; 32],
        /// SHA-256 over this entry and the hash before.
        pub hash: [u8; 32],
        /// The day that it concerns, where that lies in a closed month; none where it is dated that day.
        pub concerns_on: Option<Date>,
    }

    /// A posting as stored.
    pub struct PostingRow in "ledger_posting" {
        /// Its entry.
        pub entry_id: Uuid,
        /// Its place in the entry, from 0.
        pub ordinal: i64,
        /// Which account.
        pub account: AccountKind,
        /// The charge, where the account is per charge.
        pub charge_id: Option<Uuid>,
        /// The payer, where the account is per payer.
        pub payer_id: Option<Uuid>,
        /// The patient, where the account is per patient.
        pub patient_id: Option<Uuid>,
        /// The remittance, where the account is per remittance.
        pub remittance_id: Option<Uuid>,
        /// The reference or code, where the account has one.
        pub reference: Option<String>,
        /// Debit positive, credit negative; cents.
        pub cents: Money,
        /// Why this part.
        pub reason: String,
    }

    /// What is held of someone's money.
    pub struct HeldRow in "ledger_balance" {
        /// Which account.
        pub account: AccountKind,
        /// The payer or patient.
        pub owner_id: Uuid,
        /// Never below zero; cents.
        pub held_cents: Money,
    }
}

statements! {
    /// Entries by idempotency key.
    pub const ENTRIES_BY_KEY: (Uuid, String, [u8; 32]) =
        "SELECT id, idempotency_key, content_hash FROM ledger_entry WHERE practice_id = $1 AND idempotency_key IN ({keys})";
    /// A stretch of the chain, in order.
    pub const ENTRIES_AFTER: EntryRow =
        "SELECT id, sequence, occurred_on, recorded_at, reason, source_kind, source_id, corrects, idempotency_key,
                posting_count, content_hash, prev_hash, hash, concerns_on
         FROM ledger_entry WHERE practice_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    /// The entries made from many records.
    pub const ENTRIES_OF_SOURCES: EntryRow =
        "SELECT id, sequence, occurred_on, recorded_at, reason, source_kind, source_id, corrects, idempotency_key,
                posting_count, content_hash, prev_hash, hash, concerns_on
         FROM ledger_entry WHERE practice_id = $1 AND source_id IN ({keys})";
    /// The entries made from one record, in the order of the books.
    pub const ENTRY_IDS_OF_SOURCE: (Uuid,) =
        "SELECT id FROM ledger_entry WHERE practice_id = $1 AND source_id = $2 ORDER BY sequence";
    /// The postings of entries.
    pub const POSTINGS_OF_ENTRIES: PostingRow =
        "SELECT entry_id, ordinal, account, charge_id, payer_id, patient_id, remittance_id, reference, cents, reason
         FROM ledger_posting WHERE practice_id = $1 AND entry_id IN ({keys})";
    /// Everything posted for one charge, in the order of the books.
    pub const POSTINGS_OF_CHARGE: ChargePosting =
        "SELECT e.id AS entry_id, e.occurred_on, e.source_kind, e.source_id, e.reason AS entry_reason,
                p.account, p.payer_id, p.patient_id, p.cents, p.reason
         FROM ledger_posting p JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id
         WHERE p.practice_id = $1 AND p.charge_id = $2 ORDER BY e.sequence, p.ordinal";
    /// Balances of charges by account, debit positive.
    pub const CHARGE_BALANCES: ChargeBalance =
        "SELECT charge_id, account, payer_id, patient_id, CAST(SUM(cents) AS BIGINT) AS cents
         FROM ledger_posting WHERE practice_id = $1 AND charge_id IN ({keys})
         GROUP BY charge_id, account, payer_id, patient_id";
    /// What remittances still hold in clearing, debit positive.
    pub const CLEARING_BALANCES: (Uuid, Money) =
        "SELECT remittance_id, CAST(SUM(cents) AS BIGINT) FROM ledger_posting
         WHERE practice_id = $1 AND account = 'era_clearing' AND remittance_id IS NOT NULL
         GROUP BY remittance_id HAVING SUM(cents) <> 0 ORDER BY remittance_id";
    /// The balance of each kind of account, debit positive.
    pub const TRIAL_BALANCE: (AccountKind, Money) =
        "SELECT account, CAST(SUM(cents) AS BIGINT) FROM ledger_posting WHERE practice_id = $1
         GROUP BY account ORDER BY account";
    /// What is held on one account of an owner.
    pub const HELD: (Money,) =
        "SELECT held_cents FROM ledger_balance WHERE practice_id = $1 AND account = $2 AND owner_id = $3";
    /// Everything that is held.
    pub const HELD_ALL: HeldRow =
        "SELECT account, owner_id, held_cents FROM ledger_balance WHERE practice_id = $1 AND held_cents <> 0
         ORDER BY account, owner_id";
    /// What the postings say is held.
    pub const HELD_BY_FOLD: HeldRow =
        "SELECT account, COALESCE(payer_id, patient_id) AS owner_id, CAST(-SUM(cents) AS BIGINT) AS held_cents
         FROM ledger_posting
         WHERE practice_id = $1 AND account IN ('unapplied_payer', 'unapplied_patient', 'credit_balance', 'refund_payable')
         GROUP BY account, COALESCE(payer_id, patient_id) HAVING SUM(cents) <> 0 ORDER BY account, COALESCE(payer_id, patient_id)";
    /// Moves what is held; the CHECK refuses to fall below zero.
    pub const MOVE_HELD: () =
        "UPDATE ledger_balance SET held_cents = held_cents + $4
         WHERE practice_id = $1 AND account = $2 AND owner_id = $3";
}

record! {
    /// A posting of a charge with the facts of its entry.
    pub struct ChargePosting {
        /// The entry.
        pub entry_id: Uuid,
        /// Its civil day.
        pub occurred_on: Date,
        /// What it was made from: the kind …
        pub source_kind: String,
        /// … and the record.
        pub source_id: Uuid,
        /// Why the entry exists.
        pub entry_reason: String,
        /// Which account.
        pub account: AccountKind,
        /// The payer, where the account is per payer.
        pub payer_id: Option<Uuid>,
        /// The patient, where the account is per patient.
        pub patient_id: Option<Uuid>,
        /// Debit positive; cents.
        pub cents: Money,
        /// Why this part.
        pub reason: String,
    }

    /// The balance of one account of a charge.
    pub struct ChargeBalance {
        /// The charge.
        pub charge_id: Uuid,
        /// Which account.
        pub account: AccountKind,
        /// The payer, where the account is per payer.
        pub payer_id: Option<Uuid>,
        /// The patient, where the account is per patient.
        pub patient_id: Option<Uuid>,
        /// Debit positive; cents.
        pub cents: Money,
    }
}

/// What became of an entry that was given to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The entry's id: the new one, or the one its key had already.
    pub id: Uuid,
    /// False where the key was there already with the same content, so that nothing was added.
    pub is_new: bool,
}

impl Tx {
    /// Puts an entry in the books. The same key with the same content a second time changes nothing.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] for the same key with other content, [`StoreError::Overdrawn`] where an account that
    /// holds others' money would fall below zero.
    pub fn post(&self, entry: &BalancedEntry, key: &str) -> Result<Posted, StoreError> {
        let posted = self.post_all(&[(entry, key.to_owned())])?;
        posted.into_iter().next().ok_or(StoreError::RowCount { statement: "post".into(), found: 0 })
    }

    /// Puts many entries in the books, in their order; see [`Tx::post`].
    pub fn post_all<E: std::borrow::Borrow<BalancedEntry>>(
        &self,
        entries: &[(E, String)],
    ) -> Result<Vec<Posted>, StoreError> {
        let mut known = self.known_keys(entries)?;
        let mut head = self.head().borrow_mut();
        let mut posted = Vec::with_capacity(entries.len());
        let mut rows = Vec::with_capacity(entries.len());
        let mut postings = Vec::with_capacity(entries.len() * 4);
        let mut held: BTreeMap<(AccountKind, Uuid), Money> = BTreeMap::new();
        for (entry, key) in entries {
            let entry: &BalancedEntry = entry.borrow();
            let content_hash = content_hash(entry);
            if let Some((id, known_hash)) = known.get(key) {
                if *known_hash != content_hash {
                    return Err(StoreError::KeyReused { key: key.clone() });
                }
                posted.push(Posted { id: *id, is_new: false });
                continue;
            }
            let id = self.new_id();
            known.insert(key.clone(), (id, content_hash));
            let row = self.entry_row(id, entry, key, content_hash, &head.row);
            head.row.ledger_sequence = row.sequence;
            head.row.ledger_hash = row.hash;
            rows.push(row);
            posting_rows(id, entry, &mut postings, &mut held);
            self.tell(entry, id);
            posted.push(Posted { id, is_new: true });
        }
        self.insert_many(&postings)?;
        self.insert_many(&rows)?;
        self.move_held(&held)?;
        Ok(posted)
    }

    fn known_keys<E>(&self, entries: &[(E, String)]) -> Result<HashMap<String, (Uuid, [u8; 32])>, StoreError> {
        let keys: Vec<String> = entries.iter().map(|(_, key)| key.clone()).collect();
        let rows = self.query_in(&ENTRIES_BY_KEY, params![], &keys)?;
        Ok(rows.into_iter().map(|(id, key, hash)| (key, (id, hash))).collect())
    }

    fn entry_row(
        &self,
        id: Uuid,
        entry: &BalancedEntry,
        key: &str,
        content_hash: [u8; 32],
        head: &crate::head::HeadRow,
    ) -> EntryRow {
        // What concerns a closed month, or is older than the books, is dated the first open day.
        let (occurred_on, concerns_on) = head.dated(self.not_before.get(), entry.occurred_on());
        let mut row = EntryRow {
            id,
            sequence: head.ledger_sequence + 1,
            occurred_on,
            concerns_on,
            recorded_at: self.now(),
            reason: entry.reason().to_owned(),
            source_kind: entry.source().kind.clone().into_owned(),
            source_id: entry.source().id,
            corrects: entry.corrects(),
            idempotency_key: key.to_owned(),
            posting_count: entry.postings().len() as i64,
            content_hash,
            prev_hash: head.ledger_hash,
            hash: [0; 32],
        };
        row.hash = row.computed_hash();
        row
    }

    /// Moves the rows of accounts that hold others' money, in the order of their keys.
    fn move_held(&self, held: &BTreeMap<(AccountKind, Uuid), Money>) -> Result<(), StoreError> {
        for ((account, owner_id), change) in held.iter().filter(|(_, change)| !change.is_zero()) {
            self.insert_new(&HeldRow { account: *account, owner_id: *owner_id, held_cents: Money::ZERO })?;
            self.execute(&MOVE_HELD, params![*account, *owner_id, *change]).map_err(|error| {
                if error.is_constraint() { StoreError::Overdrawn { account: account.name() } } else { error }
            })?;
        }
        Ok(())
    }
}

fn posting_rows(
    id: Uuid,
    entry: &BalancedEntry,
    rows: &mut Vec<PostingRow>,
    held: &mut BTreeMap<(AccountKind, Uuid), Money>,
) {
    for (ordinal, posting) in entry.postings().iter().enumerate() {
        let kind = posting.account.kind();
        let Dimensions { charge, payer, patient, remittance, reference } = posting.account.dimensions();
        if let (true, Some(owner)) = (kind.has_floor(), payer.or(patient)) {
            *held.entry((kind, owner)).or_default() -= posting.amount;
        }
        rows.push(PostingRow {
            entry_id: id,
            ordinal: ordinal as i64,
            account: kind,
            charge_id: charge,
            payer_id: payer,
            patient_id: patient,
            remittance_id: remittance,
            reference,
            cents: posting.amount,
            reason: posting.reason.clone().into_owned(),
        });
    }
}

impl EntryRow {
    /// The hash this entry must carry.
    pub fn computed_hash(&self) -> [u8; 32] {
        let mut chain = ChainHash::after(self.prev_hash);
        chain.bytes(self.id.as_bytes());
        chain.number(self.sequence);
        chain.number(self.recorded_at.as_microsecond());
        chain.text(&self.idempotency_key);
        chain.bytes(&self.content_hash);
        if self.concerns_on.is_some() {
            chain.text(&self.occurred_on.to_string());
        }
        chain.finish()
    }

    /// The content hash this entry must carry, from its stored facts and its postings in order.
    pub fn computed_content_hash(&self, postings: &[PostingRow]) -> [u8; 32] {
        let own_day = self.concerns_on.unwrap_or(self.occurred_on);
        let mut hash = facts_hash(own_day, &self.reason, &self.source_kind, self.source_id, self.corrects);
        for posting in postings {
            posting.hash_into(&mut hash);
        }
        hash.finish()
    }
}

impl PostingRow {
    /// The account as the ledger's type; `None` where the dimensions do not fit it.
    pub fn account(&self) -> Option<Account> {
        let dimensions = Dimensions {
            charge: self.charge_id,
            payer: self.payer_id,
            patient: self.patient_id,
            remittance: self.remittance_id,
            reference: self.reference.clone(),
        };
        Account::from_parts(self.account, dimensions)
    }

    fn hash_into(&self, hash: &mut ChainHash) {
        hash.text(self.account.name());
        hash.optional(self.charge_id);
        hash.optional(self.payer_id);
        hash.optional(self.patient_id);
        hash.optional(self.remittance_id);
        hash.text(self.reference.as_deref().unwrap_or(""));
        hash.number(self.cents.cents());
        hash.text(&self.reason);
    }
}

fn facts_hash(occurred_on: Date, reason: &str, kind: &str, source: Uuid, corrects: Option<Uuid>) -> ChainHash {
    let mut hash = ChainHash::after([0; 32]);
    hash.text(&occurred_on.to_string());
    hash.text(reason);
    hash.text(kind);
    hash.bytes(source.as_bytes());
    hash.optional(corrects);
    hash
}

fn content_hash(entry: &BalancedEntry) -> [u8; 32] {
    let source = entry.source();
    let mut hash = facts_hash(entry.occurred_on(), entry.reason(), &source.kind, source.id, entry.corrects());
    for posting in entry.postings() {
        let Dimensions { charge, payer, patient, remittance, reference } = posting.account.dimensions();
        hash.text(posting.account.kind().name());
        hash.optional(charge);
        hash.optional(payer);
        hash.optional(patient);
        hash.optional(remittance);
        hash.text(reference.as_deref().unwrap_or(""));
        hash.number(posting.amount.cents());
        hash.text(&posting.reason);
    }
    hash.finish()
}

/// What is held on an account of an owner; zero where nothing ever was.
pub fn held(conn: &Conn, account: AccountKind, owner: Uuid) -> Result<Money, StoreError> {
    Ok(conn.query_opt(&HELD, params![account, owner])?.map_or(Money::ZERO, |(cents,)| cents))
}

/// Balances of charges by account, debit positive.
pub fn charge_balances(conn: &Conn, charges: &[Uuid]) -> Result<Vec<ChargeBalance>, StoreError> {
    conn.query_in(&CHARGE_BALANCES, params![], charges)
}

/// Everything posted for one charge, in the order of the books.
pub fn postings_of_charge(conn: &Conn, charge: Uuid) -> Result<Vec<ChargePosting>, StoreError> {
    conn.query(&POSTINGS_OF_CHARGE, params![charge])
}

/// The balance of each kind of account, debit positive; their sum is zero in true books.
pub fn trial_balance(conn: &Conn) -> Result<Vec<(AccountKind, Money)>, StoreError> {
    conn.query(&TRIAL_BALANCE, params![])
}
