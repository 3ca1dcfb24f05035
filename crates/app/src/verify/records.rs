//! What was sent, what came in and what patients were told: whether each is as it was recorded, and whether any is gone.
//! The chained audit names every file and statement, so what somebody takes away or exchanges is missed by name.

use billing::counting::counted;
use std::collections::HashMap;

use store::audit::AUDIT_AFTER;
use store::verify::{CLAIMS_OFF_THEIR_LINES, FILES_IN, FILES_OUT, LINES_OFF_THEIR_CHARGES, STATEMENTS_AFTER};
use store::{Read, params};
use uuid::Uuid;

use super::{Check, check, none};
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

pub(super) fn checks(read: &mut Read, checks: &mut Vec<Check>) -> Result<(), Error> {
    let mut found = Found::new();
    let says = "every file we sent is byte for byte what was sealed";
    checks.push(files(read, "files-as-sealed", says, &FILES_OUT, &mut found)?);
    let says = "every file that came in is byte for byte what was received";
    checks.push(files(read, "files-as-received", says, &FILES_IN, &mut found)?);
    checks.push(statements(read, &mut found)?);
    checks.push(nothing_gone(read, &found)?);
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

fn files(
    read: &Read,
    name: &'static str,
    says: &'static str,
    statement: &store::Statement<(Uuid, [u8; 32], Vec<u8>)>,
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
            if sha256(bytes) != *hash {
                broken.push(format!("file {id} is not what its hash says"));
            }
        }
    }
    let detail = if broken.is_empty() { counted(count, "file") } else { broken.join("; ") };
    Ok(check(name, says, broken.is_empty(), detail))
}

fn statements(read: &Read, found: &mut Found) -> Result<Check, Error> {
    let (mut after, mut count, mut broken) = (Uuid::nil(), 0, Vec::new());
    loop {
        let rows = read.query(&STATEMENTS_AFTER, params![after, ROWS_AT_ONCE])?;
        let Some((last, ..)) = rows.last() else { break };
        after = *last;
        for (id, due, body) in &rows {
            count += 1;
            found.insert(*id, due.cents().to_string());
            if body.0.amount_due != *due || body.0.total() != Some(*due) {
                broken.push(format!("statement {}", body.0.number));
            }
        }
    }
    let says = "a statement asks for what its visits add up to";
    let detail = if broken.is_empty() { counted(count, "statement") } else { broken.join("; ") };
    Ok(check("statements-add-up", says, broken.is_empty(), detail))
}

/// Compares what the audit names with what is stored.
fn nothing_gone(read: &Read, found: &Found) -> Result<Check, Error> {
    let (mut after, mut count, mut broken) = (0_i64, 0, Vec::new());
    loop {
        let rows = read.query(&AUDIT_AFTER, params![after, ROWS_AT_ONCE])?;
        let Some(last) = rows.last() else { break };
        after = last.sequence;
        for row in &rows {
            let field = match row.action.as_str() {
                SEALED | RECEIVED => "sha256",
                ISSUED => "cents",
                _ => continue,
            };
            count += 1;
            let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
            let recorded = detail.get(field).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
            match found.get(&row.subject_id) {
                None => broken.push(format!("{} {} is gone", row.subject_kind, row.subject_id)),
                Some(stored) if recorded.as_ref() != Some(stored) => {
                    broken.push(format!("{} {} is another than was recorded", row.subject_kind, row.subject_id));
                }
                Some(_) => {}
            }
        }
    }
    let says = "every file and statement that the audit names is there, as it was";
    let detail = if broken.is_empty() { format!("{count} recorded") } else { broken.join("; ") };
    Ok(check("nothing-gone", says, broken.is_empty(), detail))
}
