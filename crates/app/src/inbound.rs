//! Files that come in, the one way in for every kind: recognised, read once, stored with what became of them. A file that
//! cannot be used is kept apart with a sentence that says where and what to do; it never moves a claim or a cent.

mod reading;

pub use reading::{ReadableFile, file_of_item, file_of_remittance, of_item, read_again};

use billing::access::{Action, Actor, ResourceState};
use billing::work::{WorkLinks, WorkReason};
use billing::{InboundFileId, Money, PracticeId};
use edi::inbound::{FileKind, canonical, defect, kind, kinds};
use edi::remittance_835::ReadRemittance;
use store::inbound_file::{InboundFileHead, InboundFileRow, LATEST_INBOUND_FILES, SAME_CONTENT, SAME_INBOUND_FILE};
use store::{Conn, Db, StoreError, Tx, params};

use crate::Error;
use crate::access::allow;
use crate::clearinghouse::Clearinghouse;
use crate::digest::{hex, sha256};
use crate::remittance_import::PaymentReport;
use crate::remittance_posting::Leave;
use crate::verify::records::RECEIVED;
use crate::worklist::{self, NewWork};
use crate::{claim_acknowledgment, claim_status, eligibility, remittance_import};

/// The largest file that is read: 64 MB hold about 100,000 claims, and no payer sends more in one file.
pub const LARGEST_FILE_BYTES: usize = 64 * 1024 * 1024;
/// Files shown in a list.
const FILES_SHOWN: i64 = 200;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything in it that is ours was used.
    Applied,
    /// It was here before, in these bytes or in another dress.
    Duplicate,
    /// It is X12 and could not be used.
    Quarantined,
    /// It is no X12.
    Unreadable,
}

impl Outcome {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Applied => "applied",
            Outcome::Duplicate => "duplicate",
            Outcome::Quarantined => "quarantined",
            Outcome::Unreadable => "unreadable",
        }
    }
}

/// What became of a file, and why, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its name where it came from.
    pub file_name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// In one sentence.
    pub note: String,
}

/// Fetches whatever waits at the clearinghouse, oldest first, and takes each file in. A file that cannot be used is
/// stored apart and the next one is read.
///
/// # Errors
/// `Denied`; `Refused` where the clearinghouse cannot be reached; the database's own.
pub fn collect(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    clearinghouse: &dyn Clearinghouse,
) -> Result<Vec<Receipt>, Error> {
    allow(actor, Action::ImportAcknowledgment, &ResourceState::default())?;
    let waiting = clearinghouse.waiting().map_err(|error| Error::refused(error.to_string()))?;
    let mut receipts = Vec::with_capacity(waiting.len());
    for file in waiting {
        let receipt = match take_in(db, actor, practice, &file.name, &file.bytes) {
            Ok(receipt) => receipt,
            Err(Error::Refused(why)) => set_apart(db, actor, practice, &file.name, &file.bytes, &why)?,
            Err(other) => return Err(other),
        };
        clearinghouse.taken(&file.name).map_err(|error| Error::refused(error.to_string()))?;
        receipts.push(receipt);
    }
    Ok(receipts)
}

/// Takes one file in, whatever it holds: acknowledgments, remittances, answers. Reading it a second time changes
/// nothing.
///
/// # Errors
/// `Denied` without the right to import what the file holds; `Refused` with file, place and remedy where it cannot be
/// used: then nothing is stored at all.
pub fn take_in(db: &Db, actor: &Actor, practice: PracticeId, file_name: &str, bytes: &[u8]) -> Result<Receipt, Error> {
    Ok(take(db, actor, practice, &incoming(actor, file_name, bytes)?, Leave::Setting, false)?.receipt)
}

/// Judges a file as [`take_in`] would before it changes anything, and changes nothing: of several files all are judged
/// before the first is taken in.
///
/// # Errors
/// As [`take_in`].
pub fn judge(actor: &Actor, file_name: &str, bytes: &[u8]) -> Result<(), Error> {
    judged(actor, &incoming(actor, file_name, bytes)?).map(|_| ())
}

/// A file with its payments read, where the actor may take them in.
fn incoming<'a>(actor: &Actor, file_name: &'a str, bytes: &'a [u8]) -> Result<Incoming<'a>, Error> {
    if bytes.len() > LARGEST_FILE_BYTES {
        return Err(Error::refused(format!(
            "{file_name}: the file is larger than 64 MB. Ask the clearinghouse to split it."
        )));
    }
    let payments = if kinds(bytes).contains(&FileKind::Remittance) {
        allow(actor, Action::ImportRemittance, &ResourceState::default())?;
        remittance_import::read_whole(bytes).map_err(|problem| Error::refused(format!("{file_name}: {problem}")))?
    } else {
        Vec::new()
    };
    Ok(Incoming { file_name, bytes, payments })
}

/// What the messages of one kind in a file did.
pub(crate) struct Taken {
    /// In a sentence.
    pub(crate) note: String,
    /// How much was used now, that was not before.
    pub(crate) news: usize,
    /// What was left out although it names claims of ours: somebody must look at the file.
    pub(crate) left_out: Option<String>,
}

/// A file with the payments that were read from it.
pub(crate) struct Incoming<'a> {
    pub(crate) file_name: &'a str,
    pub(crate) bytes: &'a [u8],
    /// Every payment of a file that is whole; none where it holds no remittance.
    pub(crate) payments: Vec<ReadRemittance>,
}

/// What became of a file and of its payments.
pub(crate) struct Intake {
    pub(crate) receipt: Receipt,
    pub(crate) file_id: InboundFileId,
    /// These very bytes were here before; nothing changed.
    pub(crate) is_known: bool,
    /// Each of them; of a known file each is a duplicate or still kept out.
    pub(crate) payments: Vec<PaymentReport>,
}

/// Stores a file and uses all of it in one transaction, its payments as there is leave to; nothing is kept where
/// `rehearse` asks what would be done.
pub(crate) fn take(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file: &Incoming<'_>,
    leave: Leave,
    rehearse: bool,
) -> Result<Intake, Error> {
    let (file_name, kinds) = (file.file_name, judged(actor, file)?);
    db.write(actor, practice, |tx| {
        if rehearse {
            tx.discard();
        }
        let file_id = InboundFileId(tx.new_id());
        match recognise(tx, file.bytes)? {
            Novelty::Before(head) => return reading::take_again(tx, file, &kinds, &head, leave),
            // Payments are recognised one by one, so that each is told.
            Novelty::SameContent(head) if file.payments.is_empty() => {
                let receipt = again(file_name, &head);
                keep(tx, file_id, file.bytes, &kinds, &receipt)?;
                return Ok(Intake { receipt, file_id, is_known: false, payments: Vec::new() });
            }
            Novelty::SameContent(_) | Novelty::New => {}
        }
        // The row comes first, because the events of claims name it; its note is known afterwards.
        let receipt = Receipt { file_name: file_name.to_owned(), outcome: Outcome::Applied, note: String::new() };
        keep(tx, file_id, file.bytes, &kinds, &receipt)?;
        let payments = remittance_import::post_sets(tx, file_id, &file.payments, file.bytes, leave)?;
        let summary = (!payments.is_empty()).then(|| remittance_import::summary(&payments));
        let receipt = settle(tx, file_id, file, &kinds, summary)?.receipt;
        Ok(Intake { receipt, file_id, is_known: false, payments })
    })
}

/// What a file holds, where all of it can be used and the actor may take it in.
pub(crate) fn judged(actor: &Actor, file: &Incoming<'_>) -> Result<Vec<FileKind>, Error> {
    let kinds = usable_kinds(file)?;
    if kinds.iter().any(|kind| *kind != FileKind::Remittance) {
        allow(actor, Action::ImportAcknowledgment, &ResourceState::default())?;
    }
    match defect(file.bytes) {
        Some(problem) => Err(Error::refused(format!("{}: {problem}.", file.file_name))),
        None => Ok(kinds),
    }
}

/// What a file holds, where all of it is for a practice.
fn usable_kinds(file: &Incoming<'_>) -> Result<Vec<FileKind>, Error> {
    let (file_name, kinds) = (file.file_name, kinds(file.bytes));
    if kinds.is_empty() {
        return Err(Error::refused(format!(
            "{file_name}: no X12 interchange begins at byte 0. Check that it is the file the clearinghouse sent."
        )));
    }
    if kinds.contains(&FileKind::Other) {
        return Err(Error::refused(format!(
            "{file_name}: it holds a kind of message that is not sent to a practice (ST01). Give it to its receiver."
        )));
    }
    Ok(kinds)
}

/// What came of a stored file.
struct Settled {
    receipt: Receipt,
    /// How many answers were used now, that were not before.
    news: usize,
    /// What could not be used, with the remedy.
    left_out: Option<String>,
}

/// Uses every answer in a stored file and keeps what came of the file: its payments' part is known. What was left out
/// is work, and ends with the reading that leaves nothing out.
fn settle(
    tx: &mut Tx,
    id: InboundFileId,
    file: &Incoming<'_>,
    kinds: &[FileKind],
    payments: Option<(Outcome, String)>,
) -> Result<Settled, Error> {
    let mut taken = Vec::new();
    if kinds.contains(&FileKind::Eligibility) {
        taken.push(eligibility::take_answers(tx, file.bytes)?);
    }
    if kinds.contains(&FileKind::ClaimStatus) {
        taken.push(claim_status::take_answers(tx, id, file.bytes)?);
    }
    let answers = edi::acknowledgment::read(file.bytes);
    if !answers.is_empty() {
        taken.push(claim_acknowledgment::take(tx, id, file.file_name, &answers)?);
    }
    let left_out: Vec<&str> = taken.iter().filter_map(|one| one.left_out.as_deref()).collect();
    let asked = worklist::subject_key(WorkReason::FileSetApart, id);
    if left_out.is_empty() {
        worklist::resolve_subject(tx, &asked, "What kept the file out was mended, and it was read.", "submission")?;
    } else {
        open_work(tx, id, left_out.join(" "))?;
    }
    let (outcome, of_payments) = payments.map_or((Outcome::Applied, None), |(outcome, note)| (outcome, Some(note)));
    let notes: Vec<&str> = of_payments
        .iter()
        .map(String::as_str)
        .chain(taken.iter().map(|one| one.note.as_str()))
        .chain(left_out.iter().copied())
        .collect();
    let receipt = Receipt { file_name: file.file_name.to_owned(), outcome, note: notes.join(" ") };
    tx.execute(&store::inbound_file::SETTLE_INBOUND_FILE, params![id, outcome.as_str(), receipt.note])?;
    let news = taken.iter().map(|one| one.news).sum();
    Ok(Settled { receipt, news, left_out: (!left_out.is_empty()).then(|| left_out.join(" ")) })
}

/// Work about a file of which something, or all, could not be used.
fn open_work(tx: &mut Tx, id: InboundFileId, summary: String) -> Result<(), Error> {
    let work = NewWork {
        reason: WorkReason::FileSetApart,
        subject_key: worklist::subject_key(WorkReason::FileSetApart, id),
        summary,
        links: WorkLinks::default(),
        money_at_stake: Money::ZERO,
        deadline_on: None,
    };
    worklist::open(tx, work)?;
    Ok(())
}

fn again(file_name: &str, before: &InboundFileHead) -> Receipt {
    let day = before.received_at.strftime("%Y-%m-%d");
    Receipt {
        file_name: file_name.to_owned(),
        outcome: Outcome::Duplicate,
        note: format!("The same content came on {day} as {}; nothing was changed.", before.file_name),
    }
}

/// Keeps a file that could not be used, with the reason, and opens work: somebody must ask for a better one.
fn set_apart(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file_name: &str,
    bytes: &[u8],
    why: &str,
) -> Result<Receipt, Error> {
    let kinds = kinds(bytes);
    let outcome = if kinds.is_empty() { Outcome::Unreadable } else { Outcome::Quarantined };
    db.write(actor, practice, |tx| {
        if let Novelty::Before(head) = recognise(tx, bytes)? {
            return Ok(again(file_name, &head));
        }
        let receipt = Receipt { file_name: file_name.to_owned(), outcome, note: why.to_owned() };
        let id = InboundFileId(tx.new_id());
        keep(tx, id, bytes, &kinds, &receipt)?;
        open_work(tx, id, why.to_owned())?;
        Ok(receipt)
    })
}

/// Whether a file is news.
enum Novelty {
    /// Nothing like it was here.
    New,
    /// These very bytes were here; the row is theirs.
    Before(InboundFileHead),
    /// Another file said the same and was used.
    SameContent(InboundFileHead),
}

/// Looks for a file of the same bytes, then for one that says the same.
fn recognise(conn: &Conn, bytes: &[u8]) -> Result<Novelty, StoreError> {
    if let Some(head) = conn.query_opt(&SAME_INBOUND_FILE, params![sha256(bytes)])? {
        return Ok(Novelty::Before(head));
    }
    let same = conn.query(&SAME_CONTENT, params![sha256(&canonical(bytes))])?;
    Ok(same.into_iter().next().map_or(Novelty::New, Novelty::SameContent))
}

/// The key of a file that is here already, or of this one, stored: for who asks what its payments would do.
pub(crate) fn stored_or_kept(tx: &mut Tx, file: &Incoming<'_>, kinds: &[FileKind]) -> Result<InboundFileId, Error> {
    match recognise(tx, file.bytes)? {
        Novelty::Before(head) => Ok(head.id),
        Novelty::SameContent(_) | Novelty::New => {
            let id = InboundFileId(tx.new_id());
            let file_name = file.file_name.to_owned();
            let receipt = Receipt { file_name, outcome: Outcome::Applied, note: String::new() };
            keep(tx, id, file.bytes, kinds, &receipt)?;
            Ok(id)
        }
    }
}

/// Stores a file with what became of it.
fn keep(tx: &mut Tx, id: InboundFileId, bytes: &[u8], kinds: &[FileKind], receipt: &Receipt) -> Result<(), StoreError> {
    let kind = kind(kinds);
    let hash = sha256(bytes);
    tx.audit(RECEIVED, "inbound_file", id, serde_json::json!({ "sha256": hex(&hash), "kind": kind.as_str() }));
    tx.insert(&InboundFileRow {
        id,
        file_name: receipt.file_name.clone(),
        kind: kind.as_str().to_owned(),
        received_at: tx.now(),
        sha256: hash,
        canonical_sha256: sha256(&canonical(bytes)),
        outcome: receipt.outcome.as_str().to_owned(),
        note: receipt.note.clone(),
        bytes: bytes.to_vec(),
    })
}

/// The latest inbound files, newest first.
///
/// # Errors
/// `Denied` without the right to import acknowledgments.
pub fn files(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<InboundFileHead>, Error> {
    allow(actor, Action::ImportAcknowledgment, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&LATEST_INBOUND_FILES, params![FILES_SHOWN])?))
}
