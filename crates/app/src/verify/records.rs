//! Every record of fact: whether each row is as it was written, and whether any is gone; whether the bytes of files are
//! those that their hashes name. The chained audit names every row, file and statement, so what somebody changes, takes
//! away or exchanges past the program is missed by name.

use std::collections::HashMap;

use billing::counting::counted;
use billing::statement::Statement;
use store::audit::AuditRow;
use store::verify::{
    CLAIMS_OFF_THEIR_LINES, FILES_IN, FILES_OUT, LINES_OFF_THEIR_CHARGES, SCANS, STATEMENTS_AFTER, each_seals,
};
use store::{Read, Recorded, params};
use uuid::Uuid;

use super::{Check, check, none, readable};
use crate::Error;
use crate::digest::{hex, sha256};

/// The audit's word for a file that was sealed.
pub(crate) const SEALED: &str = "seal_file";
/// The audit's word for a file that came in.
pub(crate) const RECEIVED: &str = "receive_file";
/// The audit's word for a statement.
pub(crate) const ISSUED: &str = "issue_statement";

/// Files read at once: each may be many megabytes.
const FILES_AT_ONCE: i64 = 16;
/// Rows read at once.
const ROWS_AT_ONCE: i64 = 1_000;

/// What is stored, by key: of a file its hash, of a statement its cents.
type Found = HashMap<Uuid, String>;

/// What the audit says was recorded, gathered on the way along its chain.
#[derive(Default)]
pub(super) struct Told {
    rows: Recorded,
    /// Files and statements: the kind of thing, which, and its hash or cents.
    things: Vec<(String, Uuid, Option<String>)>,
}

impl Told {
    pub(super) fn take(&mut self, row: &AuditRow) {
        if let Some(seals) = &row.seals {
            self.rows.take(seals);
        }
        let field = match row.action.as_str() {
            SEALED | RECEIVED => "sha256",
            ISSUED => "cents",
            _ => return,
        };
        let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
        let recorded = detail.get(field).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
        self.things.push((row.subject_kind.clone(), row.subject_id, recorded));
    }
}

pub(super) fn checks(read: &mut Read, told: Told, checks: &mut Vec<Check>) -> Result<(), Error> {
    let Told { rows, things } = told;
    checks.push(rows_as_recorded(read, rows)?);
    let mut found = Found::new();
    let says = "every file we sent is byte for byte what was sealed";
    checks.push(readable("files-as-sealed", says, files(read, "files-as-sealed", says, &FILES_OUT, &mut found))?);
    let says = "every file that came in is byte for byte what was received";
    checks.push(readable("files-as-received", says, files(read, "files-as-received", says, &FILES_IN, &mut found))?);
    let says = "every scan of paper is byte for byte what was attached";
    // The audit names no scan: that one is gone, its row says.
    let scans = files(read, "scans-as-attached", says, &SCANS, &mut Found::new());
    checks.push(readable("scans-as-attached", says, scans)?);
    let says = "a statement asks for what its visits add up to";
    checks.push(readable("statements-add-up", says, statements(read, says, &mut found))?);
    checks.push(nothing_gone(&things, &found));
    checks.push(none(
        read,
        "claims-are-their-lines",
        "a claim asks for what its lines add up to",
        &CLAIMS_OFF_THEIR_LINES,
        |(_, number, cents)| format!("claim {number} is off by {cents}"),
    )?);
    checks.push(none(
        read,
        "lines-are-their-charges",
        "a claim's line asks for what its charge costs",
        &LINES_OFF_THEIR_CHARGES,
        |(_, number)| format!("line {number}"),
    )?);
    Ok(())
}

fn rows_as_recorded(read: &Read, rows: Recorded) -> Result<Check, Error> {
    let says = "every row is as it was written, none was added past the program, none is gone";
    let (count, broken) = rows.compare(read, |note| each_seals(read, note))?;
    let detail = if broken.is_empty() { counted(count, "row") } else { broken.join("; ") };
    Ok(check("rows-as-recorded", says, broken.is_empty(), detail))
}

fn files(
    read: &Read,
    name: &'static str,
    says: &'static str,
    statement: &store::Statement<(Uuid, Vec<u8>, Vec<u8>)>,
    found: &mut Found,
) -> Result<Check, Error> {
    let (mut after, mut count, mut broken) = (Uuid::nil(), 0, Vec::new());
    loop {
        let rows = read.query(statement, params![after, FILES_AT_ONCE])?;
        let Some((last, ..)) = rows.last() else { break };
        after = *last;
        for (id, hash, bytes) in &rows {
            count += 1;
            found.insert(*id, hex(hash));
            if sha256(bytes) != hash.as_slice() {
                broken.push(format!("file {id} is not what its hash says"));
            }
        }
    }
    let detail = if broken.is_empty() { counted(count, "file") } else { broken.join("; ") };
    Ok(check(name, says, broken.is_empty(), detail))
}

fn statements(read: &Read, says: &'static str, found: &mut Found) -> Result<Check, Error> {
    let (mut after, mut count, mut broken) = (Uuid::nil(), 0, Vec::new());
    loop {
        let rows = read.query(&STATEMENTS_AFTER, params![after, ROWS_AT_ONCE])?;
        let Some((last, ..)) = rows.last() else { break };
        after = *last;
        for (id, number, due, body) in &rows {
            count += 1;
            found.insert(*id, due.cents().to_string());
            match serde_json::from_str::<Statement>(&body.0) {
                Ok(body) if body.amount_due == *due && body.total() == Some(*due) => {}
                Ok(_) => broken.push(format!("statement {number}")),
                Err(_) => broken.push(format!("statement {number} cannot be read")),
            }
        }
    }
    let detail = if broken.is_empty() { counted(count, "statement") } else { broken.join("; ") };
    Ok(check("statements-add-up", says, broken.is_empty(), detail))
}

/// Compares what the audit names with what is stored.
fn nothing_gone(things: &[(String, Uuid, Option<String>)], found: &Found) -> Check {
    let mut broken = Vec::new();
    for (kind, id, recorded) in things {
        match found.get(id) {
            None => broken.push(format!("{kind} {id} is gone")),
            Some(stored) if recorded.as_ref() != Some(stored) => {
                broken.push(format!("{kind} {id} is another than was recorded"));
            }
            Some(_) => {}
        }
    }
    let says = "every file and statement that the audit names is there, as it was";
    let detail = if broken.is_empty() { format!("{} recorded", things.len()) } else { broken.join("; ") };
    check("nothing-gone", says, broken.is_empty(), detail)
}
