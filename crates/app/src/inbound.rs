//! Files that come in, the one way in for every kind: recognised, read once, stored with what became of them. A file that
//! cannot be used is kept apart with a sentence that says where and what to do; it never moves a claim or a cent.

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
/// `Denied` without the right to import what the file holds; `Refused` with file, place and remedy where it cannot be used: then nothing is stored at all.
pub fn take_in(db: &Db, actor: &Actor, practice: PracticeId, file_name: &str, bytes: &[u8]) -> Result<Receipt, Error> {
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
    Ok(take(db, actor, practice, &Incoming { file_name, bytes, payments }, false)?.receipt)
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
    pub(crate) payments: Vec<PaymentReport>,
}

/// Stores a file and uses all of it in one transaction; nothing is kept where `rehearse` asks what would be done.
pub(crate) fn take(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    file: &Incoming<'_>,
    rehearse: bool,
) -> Result<Intake, Error> {
    let (file_name, kinds) = (file.file_name, usable_kinds(file)?);
    if kinds.iter().any(|kind| *kind != FileKind::Remittance) {
        allow(actor, Action::ImportAcknowledgment, &ResourceState::default())?;
    }
    if let Some(problem) = defect(file.bytes) {
        return Err(Error::refused(format!("{file_name}: {problem}.")));
    }
    db.write(actor, practice, |tx| {
        if rehearse {
            tx.discard();
        }
        let mut file_id = InboundFileId(tx.new_id());
        let mut is_stored = false;
        match recognise(tx, file.bytes)? {
            // It was set apart and nothing of it was used; what kept it out may have been mended.
            Novelty::Before(head) if is_set_apart(&head) && file.payments.is_empty() => {
                (file_id, is_stored) = (head.id, true);
            }
            Novelty::Before(head) => {
                let (receipt, file_id) = (again(file_name, &head), head.id);
                return Ok(Intake { receipt, file_id, is_known: true, payments: Vec::new() });
            }
            // Payments are recognised one by one, so that each is told.
            Novelty::SameContent(head) if file.payments.is_empty() => {
                let receipt = again(file_name, &head);
                keep(tx, file_id, file.bytes, &kinds, &receipt)?;
                return Ok(Intake { receipt, file_id, is_known: false, payments: Vec::new() });
            }
            Novelty::SameContent(_) | Novelty::New => {}
        }
        // The row comes first, because the events of claims name it; its note is known afterwards.
        let mut receipt = Receipt { file_name: file_name.to_owned(), outcome: Outcome::Applied, note: String::new() };
        if is_stored {
            let asked = worklist::subject_key(WorkReason::FileSetApart, file_id);
            worklist::resolve_subject(tx, &asked, "What kept the file out was mended, and it was read.", "submission")?;
        } else {
            keep(tx, file_id, file.bytes, &kinds, &receipt)?;
        }
        let payments = apply(tx, file_id, file, &kinds, &mut receipt)?;
        let settled = params![file_id, receipt.outcome.as_str(), receipt.note];
        tx.execute(&store::inbound_file::SETTLE_INBOUND_FILE, settled)?;
        Ok(Intake { receipt, file_id, is_known: false, payments })
    })
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

/// Uses everything in a stored file; the receipt tells what came of it.
fn apply(
    tx: &mut Tx,
    id: InboundFileId,
    file: &Incoming<'_>,
    kinds: &[FileKind],
    receipt: &mut Receipt,
) -> Result<Vec<PaymentReport>, Error> {
    let (mut notes, mut payments) = (Vec::new(), Vec::new());
    for kind in kinds {
        let note = match kind {
            FileKind::InterchangeAcknowledgment | FileKind::GroupAcknowledgment | FileKind::ClaimAcknowledgment => {
                continue;
            }
            FileKind::Eligibility => eligibility::take_answers(tx, file.bytes)?,
            FileKind::ClaimStatus => claim_status::take_answers(tx, id, file.bytes)?,
            FileKind::Remittance => {
                payments = remittance_import::post_sets(tx, id, &file.payments, file.bytes)?;
                let (outcome, note) = remittance_import::summary(&payments);
                receipt.outcome = outcome;
                note
            }
            FileKind::Mixed | FileKind::Other | FileKind::Unreadable => continue,
        };
        notes.push(note);
    }
    let answers = edi::acknowledgment::read(file.bytes);
    if !answers.is_empty() {
        notes.push(claim_acknowledgment::take(tx, id, file.file_name, &answers)?);
    }
    receipt.note = notes.join(" ");
    Ok(payments)
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
        let work = NewWork {
            reason: WorkReason::FileSetApart,
            subject_key: worklist::subject_key(WorkReason::FileSetApart, id),
            summary: why.to_owned(),
            links: WorkLinks::default(),
            money_at_stake: Money::ZERO,
            deadline_on: None,
        };
        worklist::open(tx, work)?;
        Ok(receipt)
    })
}

/// Whether a file stands apart, unused.
fn is_set_apart(head: &InboundFileHead) -> bool {
    [Outcome::Quarantined, Outcome::Unreadable].iter().any(|outcome| outcome.as_str() == head.outcome)
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
