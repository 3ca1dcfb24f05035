//! The whole books in one pass over the embedded engine's rows: two scans in the order of their keys, each row judged
//! where it stands and never copied into a record. It says only that everything holds; whatever is amiss, or out of the
//! usual order, is left to the careful reading in `verify`, which says where. Changes nothing.

use ledger::{Account, AccountKind, Dimensions};
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Rows};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::conn::{Conn, Link};

/// Entries in the order of their keys, which is that of the books as long as no clock ran backwards.
const ENTRIES: &str = "SELECT id, sequence, occurred_on, recorded_at, reason, source_kind, source_id, corrects, \
    idempotency_key, posting_count, content_hash, prev_hash, hash FROM ledger_entry WHERE practice_id = ?1 ORDER BY id";
/// Postings in the order of their entries' keys.
const POSTINGS: &str = "SELECT entry_id, ordinal, account, charge_id, payer_id, patient_id, remittance_id, reference, \
    cents, reason FROM ledger_posting WHERE practice_id = ?1 ORDER BY entry_id, ordinal";

/// A posting where it stands in the books.
#[derive(Debug, Clone, Copy)]
pub struct BookedPosting {
    /// Which account.
    pub account: AccountKind,
    /// Whose money it is, where the account holds somebody's: the payer or the patient.
    pub owner: Option<Uuid>,
    /// Debit positive, in cents.
    pub cents: i64,
}

/// The place and the hash of the last entry where everything holds: every entry follows the one before, is as it was
/// recorded, and its postings are. `posting` is handed every posting in the order of the books, and `entry` the key and
/// the place of each entry after its postings. `None` where anything is amiss or the engine is a server.
pub fn hold(
    conn: &Conn,
    mut posting: impl FnMut(BookedPosting),
    mut entry: impl FnMut(Uuid, i64),
) -> Option<(i64, [u8; 32])> {
    let Link::Sqlite(connection) = &conn.link else { return None };
    let practice = conn.practice().0;
    scan(connection, practice, &mut posting, &mut entry)
}

fn scan(
    connection: &Connection,
    practice: Uuid,
    posting: &mut dyn FnMut(BookedPosting),
    entry: &mut dyn FnMut(Uuid, i64),
) -> Option<(i64, [u8; 32])> {
    let (mut of_entries, mut of_postings) =
        (connection.prepare_cached(ENTRIES).ok()?, connection.prepare_cached(POSTINGS).ok()?);
    let mut entries = of_entries.query([practice.as_bytes().as_slice()]).ok()?;
    let mut postings = of_postings.query([practice.as_bytes().as_slice()]).ok()?;
    let (mut sequence, mut last) = (0_i64, [0_u8; 32]);
    let mut text = Vec::with_capacity(4_096);
    let mut next = Waiting::of(&mut postings)?;
    while let Some(row) = entries.next().ok()? {
        let id: [u8; 16] = blob(row, 0)?;
        sequence += 1;
        if integer(row, 1)? != sequence || blob::<32>(row, 11)? != last {
            return None;
        }
        text.clear();
        text.extend_from_slice(&[0; 32]);
        for place in [2, 4, 5] {
            put(&mut text, bytes(row, place)?);
        }
        put(&mut text, blob::<16>(row, 6)?.as_slice());
        put(&mut text, optional(row, 7)?.as_ref().map_or(&[], <[u8; 16]>::as_slice));
        let mut count = 0;
        while next.entry == Some(id) {
            posting(judged(next.row(&postings)?, count, &mut text)?);
            count += 1;
            next = Waiting::of(&mut postings)?;
        }
        let content: [u8; 32] = Sha256::digest(&text).into();
        if count != integer(row, 9)? || content != blob::<32>(row, 10)? {
            return None;
        }
        text.clear();
        text.extend_from_slice(&last);
        put(&mut text, &id);
        text.extend_from_slice(&sequence.to_be_bytes());
        text.extend_from_slice(&integer(row, 3)?.to_be_bytes());
        put(&mut text, bytes(row, 8)?);
        put(&mut text, &content);
        last = Sha256::digest(&text).into();
        if last != blob::<32>(row, 12)? {
            return None;
        }
        entry(Uuid::from_bytes(id), sequence);
    }
    // A posting that is left over belongs to no entry.
    next.entry.is_none().then_some((sequence, last))
}

/// The posting that was reached and whose entry was not yet.
struct Waiting {
    entry: Option<[u8; 16]>,
}

impl Waiting {
    fn of(postings: &mut Rows<'_>) -> Option<Waiting> {
        match postings.next().ok()? {
            Some(row) => Some(Waiting { entry: Some(blob(row, 0)?) }),
            None => Some(Waiting { entry: None }),
        }
    }

    #[allow(clippy::unused_self)] // only who holds one that waits may look at its row
    fn row<'r>(&self, postings: &'r Rows<'_>) -> Option<&'r Row<'r>> {
        postings.get()
    }
}

/// A posting, with what its entry's hash says of it added to the text.
fn judged(row: &Row<'_>, ordinal: i64, text: &mut Vec<u8>) -> Option<BookedPosting> {
    if integer(row, 1)? != ordinal {
        return None;
    }
    let name = bytes(row, 2)?;
    let account = AccountKind::ALL.into_iter().find(|kind| kind.name().as_bytes() == name)?;
    let (charge, payer) = (optional(row, 3)?, optional(row, 4)?);
    let (patient, remittance) = (optional(row, 5)?, optional(row, 6)?);
    let reference = match row.get_ref(7).ok()? {
        ValueRef::Null => None,
        ValueRef::Text(text) => Some(text),
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => return None,
    };
    let dimensions = Dimensions {
        charge: charge.map(Uuid::from_bytes),
        payer: payer.map(Uuid::from_bytes),
        patient: patient.map(Uuid::from_bytes),
        remittance: remittance.map(Uuid::from_bytes),
        reference: reference.map(|text| String::from_utf8_lossy(text).into_owned()),
    };
    let owner = dimensions.payer.or(dimensions.patient);
    Account::from_parts(account, dimensions)?;
    let cents = integer(row, 8)?;
    put(text, name);
    for id in [charge, payer, patient, remittance] {
        put(text, id.as_ref().map_or(&[], <[u8; 16]>::as_slice));
    }
    put(text, reference.unwrap_or_default());
    text.extend_from_slice(&cents.to_be_bytes());
    put(text, bytes(row, 9)?);
    Some(BookedPosting { account, owner, cents })
}

/// As `ChainHash` feeds bytes: their length, then themselves.
fn put(text: &mut Vec<u8>, bytes: &[u8]) {
    text.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    text.extend_from_slice(bytes);
}

fn integer(row: &Row<'_>, place: usize) -> Option<i64> {
    match row.get_ref(place).ok()? {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => None,
    }
}

fn bytes<'r>(row: &'r Row<'_>, place: usize) -> Option<&'r [u8]> {
    match row.get_ref(place).ok()? {
        ValueRef::Text(text) => Some(text),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    }
}

fn blob<const N: usize>(row: &Row<'_>, place: usize) -> Option<[u8; N]> {
    match row.get_ref(place).ok()? {
        ValueRef::Blob(bytes) => bytes.try_into().ok(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Text(_) => None,
    }
}

/// An id or none; the outer `None` is something else than either.
#[allow(clippy::option_option)] // a missing id and a wrong one are not the same
fn optional(row: &Row<'_>, place: usize) -> Option<Option<[u8; 16]>> {
    match row.get_ref(place).ok()? {
        ValueRef::Null => Some(None),
        ValueRef::Blob(bytes) => bytes.try_into().ok().map(Some),
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Text(_) => None,
    }
}
