//! The scan of a paper remittance: a PDF, PNG or JPEG by its first bytes, kept with its hash, shown only to who keys payments or
//! may see patients unmasked. Its name where it came from is never kept or believed.

use billing::access::{Action, Actor, ResourceState};
use billing::{KeyedRemittanceId, KeyedScanId, PracticeId, RemittanceId};
use serde_json::json;
use store::keyed_remittance::{KEYED, KEYED_OF_REMITTANCE, SCAN, SCANS_OF_KEYED, ScanHead, ScanRow};
use store::remittance::CLAIM_FACTS_BY_NUMBER;
use store::{Db, params};

use crate::Error;
use crate::access::allow;
use crate::digest::sha256;

/// Largest scan: some pages in color; more is a mistake, and fills the database.
pub const LARGEST_SCAN_BYTES: usize = 10 * 1024 * 1024;

/// What a scan is, by its first bytes.
const KINDS: [(&str, &[u8], &str); 3] = [
    ("pdf", b"%PDF-", "application/pdf"),
    ("png", b"\x89PNG\r\n\x1a\n", "image/png"),
    ("jpeg", b"\xff\xd8\xff", "image/jpeg"),
];

/// A scan to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The media type of its bytes.
    pub media_type: &'static str,
    /// 'pdf', 'png', 'jpeg'.
    pub kind: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Attaches a scan to a keyed remittance, before or after it is posted.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for what is no PDF, PNG or JPEG, is empty or larger than [`LARGEST_SCAN_BYTES`].
pub fn attach(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: KeyedRemittanceId,
    bytes: &[u8],
) -> Result<KeyedScanId, Error> {
    allow(actor, Action::PostManualPayment, &ResourceState::default())?;
    if bytes.len() > LARGEST_SCAN_BYTES {
        return Err(Error::invalid("scan", "The scan is larger than 10 MB. Scan it in gray, or in parts."));
    }
    let kind = KINDS.iter().find(|(_, start, _)| bytes.starts_with(start)).map(|(kind, ..)| *kind);
    let kind = kind.ok_or_else(|| Error::invalid("scan", "It is no PDF, PNG or JPEG. Scan it in one of these."))?;
    db.write(actor, practice, |tx| {
        tx.query_opt(&KEYED, params![id])?.ok_or(Error::NotFound("keyed remittance"))?;
        let row = ScanRow {
            id: KeyedScanId(tx.new_id()),
            keyed_remittance_id: id,
            kind: kind.to_owned(),
            size_bytes: bytes.len() as i64,
            sha256: sha256(bytes),
            attached_at: tx.now(),
            attached_by_login: tx.actor().login.clone(),
            bytes: bytes.to_vec(),
        };
        tx.insert(&row)?;
        tx.audit("keyed_remittance.attach", "keyed_scan", row.id, json!({ "bytes": row.size_bytes, "kind": kind }));
        Ok(row.id)
    })
}

/// The scans of the paper that a remittance was keyed from; none for who may not see them.
///
/// # Errors
/// Of the database only.
pub fn scans_of(db: &Db, actor: &Actor, practice: PracticeId, id: RemittanceId) -> Result<Vec<ScanHead>, Error> {
    if !may_see(actor) {
        return Ok(Vec::new());
    }
    db.read(actor, practice, |read| match read.query_opt(&KEYED_OF_REMITTANCE, params![id])? {
        Some(keyed) => Ok(read.query(&SCANS_OF_KEYED, params![keyed.id])?),
        None => Ok(Vec::new()),
    })
}

/// Who keys payments sees a scan, and who sees remittances with their patients.
fn may_see(actor: &Actor) -> bool {
    let may = |action| allow(actor, action, &ResourceState::default());
    may(Action::PostManualPayment).is_ok()
        || (may(Action::ViewRemittance).is_ok() && may(Action::ViewPatient).is_ok_and(|allowed| !allowed.masked()))
}

/// A scan, for who keys payments and for who sees patients unmasked. That it was seen is noted.
///
/// # Errors
/// `Denied`; `NotFound`; `Refused` where the bytes are not the ones that were attached.
pub fn show_scan(db: &Db, actor: &Actor, practice: PracticeId, id: KeyedScanId) -> Result<Scan, Error> {
    if !may_see(actor) {
        return Err(Error::NotFound("scan"));
    }
    db.read(actor, practice, |read| {
        let row = read.query_opt(&SCAN, params![id])?.ok_or(Error::NotFound("scan"))?;
        if sha256(&row.bytes) != row.sha256 {
            return Err(Error::refused("The scan is not the one that was attached. Run verify and tell Tier 3."));
        }
        let keyed = read.query_opt(&KEYED, params![row.keyed_remittance_id])?.ok_or(Error::NotFound("scan"))?;
        let named: Vec<String> = keyed.body.0.claims.into_iter().map(|claim| claim.control_number).collect();
        for claim in read.query_in(&CLAIM_FACTS_BY_NUMBER, params![], &named)? {
            read.saw("keyed_scan", claim.patient_id);
        }
        let media_type =
            KINDS.iter().find(|(kind, ..)| *kind == row.kind).map_or("application/octet-stream", |kind| kind.2);
        Ok(Scan { media_type, kind: row.kind, bytes: row.bytes })
    })
}
