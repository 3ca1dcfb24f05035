//! Reading a stored file again: what kept it out, or a payment of it, may have been mended since. What was used of it stays
//! as it is: nothing is applied or posted twice.

use std::collections::BTreeSet;

use billing::access::{Action, Actor, ResourceState};
use billing::identifier::PatientControlNumber;
use billing::work::{WorkItem, WorkReason};
use billing::{InboundFileId, PatientId, PracticeId, RemittanceId, WorkItemId};
use edi::inbound::FileKind;
use store::inbound_file::{INBOUND_FILE, INBOUND_FILE_HEAD, InboundFileHead, InboundFileRow};
use store::remittance::{CLAIM_FACTS_BY_NUMBER, REMITTANCE};
use store::worklist::{OPEN_ITEM_BY_SUBJECT, WORK_ITEM};
use store::{Conn, Db, Read, Tx, params};

use super::{Incoming, Intake, Outcome, Receipt, again, incoming, settle, take};
use crate::Error;
use crate::access::allow;
use crate::remittance_import;
use crate::remittance_posting::Leave;
use crate::worklist;

/// A stored file that a work item is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadableFile {
    /// Its key.
    pub id: InboundFileId,
    /// Its name where it came from.
    pub file_name: String,
    /// What the person needs, to have it read again.
    pub needs: &'static [Action],
}

/// The stored file that an item is about; none where it is about something else.
///
/// # Errors
/// Of the database only.
pub fn of_item(conn: &Conn, item: &WorkItem) -> Result<Option<ReadableFile>, Error> {
    let file = match (item.reason, item.links.remittance_id) {
        (WorkReason::RemittanceQuarantined, Some(remittance)) => {
            conn.query_opt(&REMITTANCE, params![remittance])?.map(|row| row.inbound_file_id)
        }
        (WorkReason::FileSetApart, _) => {
            let row = conn.query_opt(&WORK_ITEM, params![item.id])?;
            row.and_then(|row| row.subject_key.rsplit(':').next()?.parse().ok()).map(InboundFileId)
        }
        _ => None,
    };
    let Some(file) = file else { return Ok(None) };
    let head = conn.query_opt(&INBOUND_FILE_HEAD, params![file])?;
    Ok(head.map(|head| ReadableFile { id: head.id, needs: needs(&head.kind), file_name: head.file_name }))
}

/// Which rights a file of a stored kind asks for.
fn needs(kind: &str) -> &'static [Action] {
    if kind == FileKind::Remittance.as_str() {
        &[Action::ImportRemittance]
    } else if kind == FileKind::Mixed.as_str() {
        &[Action::ImportAcknowledgment, Action::ImportRemittance]
    } else {
        &[Action::ImportAcknowledgment]
    }
}

/// The stored file that an item is about, with its bytes, for who works the item's desk.
///
/// # Errors
/// `Denied` without the right to work the item's desk; `NotFound` where there is no such item, or no file.
pub fn file_of_item(db: &Db, actor: &Actor, practice: PracticeId, item: WorkItemId) -> Result<InboundFileRow, Error> {
    db.read(actor, practice, |read| {
        let item: WorkItem = read.query_opt(&WORK_ITEM, params![item])?.ok_or(Error::NotFound("work item"))?.into();
        allow(actor, worklist::action_for(item.desk), &ResourceState::default())?;
        let file = of_item(read, &item)?.ok_or(Error::NotFound("file"))?;
        looked_at(read, file.id)
    })
}

/// The stored file that a remittance came in, with its bytes.
///
/// # Errors
/// `Denied` without the right to see remittances; `NotFound`.
pub fn file_of_remittance(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    remittance: RemittanceId,
) -> Result<InboundFileRow, Error> {
    allow(actor, Action::ViewRemittance, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let row = read.query_opt(&REMITTANCE, params![remittance])?.ok_or(Error::NotFound("remittance"))?;
        looked_at(read, row.inbound_file_id)
    })
}

/// A file with its bytes. Who looks at it looks at the records of everybody whose claim it names.
fn looked_at(read: &Read, file: InboundFileId) -> Result<InboundFileRow, Error> {
    let file = read.query_one(&INBOUND_FILE, params![file])?;
    let text = String::from_utf8_lossy(&file.bytes);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let numbers: BTreeSet<&str> = words.filter(|word| may_be_our_number(word)).collect();
    let numbers: Vec<String> = numbers.into_iter().map(str::to_owned).collect();
    let claims = read.query_in(&CLAIM_FACTS_BY_NUMBER, params![], &numbers)?;
    let patients: BTreeSet<PatientId> = claims.into_iter().map(|claim| claim.patient_id).collect();
    patients.into_iter().for_each(|patient| read.saw("file", patient));
    Ok(file)
}

/// Whether a word of a file can be our number of a claim: it has letters and digits, so codes, dates and amounts are left out.
fn may_be_our_number(word: &str) -> bool {
    PatientControlNumber::parse(word).is_ok()
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Reads the file of an item again, as if it came now: answers that were kept out are used where they fit, and payments
/// in quarantine are judged again and posted where nothing stands against them any more.
///
/// # Errors
/// `Denied` without the right to work the item's desk or to import what the file holds; `NotFound`; `Refused` with what
/// still stands in the way: then nothing changed.
pub fn read_again(db: &Db, actor: &Actor, practice: PracticeId, item: WorkItemId) -> Result<Receipt, Error> {
    let stored = file_of_item(db, actor, practice, item)?;
    let file = incoming(actor, &stored.file_name, &stored.bytes)?;
    let intake = take(db, actor, practice, &file, Leave::Setting, false)?;
    if !intake.is_known {
        return Ok(intake.receipt);
    }
    let still = intake.payments.into_iter().find_map(|payment| Some((payment.trace, payment.problem?)));
    Err(Error::refused(match still {
        Some((trace, problem)) => format!("Payment {trace} is still kept out: {problem} Nothing was changed."),
        None => format!("{}: everything in it was used before; nothing was changed.", stored.file_name),
    }))
}

/// A file whose very bytes were here before: what was kept out of it is judged again, and nothing else.
pub(super) fn take_again(
    tx: &mut Tx,
    file: &Incoming<'_>,
    kinds: &[FileKind],
    head: &InboundFileHead,
    leave: Leave,
) -> Result<Intake, Error> {
    let known = |payments| {
        let (receipt, file_id) = (again(file.file_name, head), head.id);
        Ok(Intake { receipt, file_id, is_known: true, payments })
    };
    let asked = worklist::subject_key(WorkReason::FileSetApart, head.id);
    let is_set_apart = [Outcome::Quarantined, Outcome::Unreadable].iter().any(|one| one.as_str() == head.outcome);
    let is_left_out = tx.query_opt(&OPEN_ITEM_BY_SUBJECT, params![asked])?.is_some();
    let again = remittance_import::judge_again(tx, head.id, &file.payments, file.bytes, leave)?;
    let has_answers = kinds.iter().any(|kind| *kind != FileKind::Remittance);
    if !again.is_changed && !(has_answers && (is_set_apart || is_left_out)) {
        return known(again.payments);
    }
    let settled = settle(tx, head.id, file, kinds, again.summary())?;
    if let (false, 0, Some(left_out)) = (again.is_changed, settled.news, settled.left_out) {
        return Err(Error::refused(left_out));
    }
    Ok(Intake { receipt: settled.receipt, file_id: head.id, is_known: false, payments: again.payments })
}
