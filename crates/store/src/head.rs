//! The heads of a practice's two hash chains (books and audit): locked first, saved last, in every write.

use jiff::civil::Date;

use crate::audit::{self, Audit};
use crate::conn::Conn;
use crate::error::StoreError;
use crate::{params, record, statements};

record! {
    /// The stored heads.
    pub struct HeadRow in "practice_head" {
        /// Sequence of the last entry.
        pub ledger_sequence: i64,
        /// Hash of the last entry.
        pub ledger_hash: [u8; 32],
        /// Sequence of the last audit record.
        pub audit_sequence: i64,
        /// Hash of the last audit record.
        pub audit_hash: [u8; 32],
        /// The first day that takes entries; none before the first closing of a month.
        pub open_from: Option<Date>,
    }
}

statements! {
    /// The heads, without a lock (verify).
    pub const HEAD: HeadRow =
        "SELECT ledger_sequence, ledger_hash, audit_sequence, audit_hash, open_from FROM practice_head WHERE practice_id = $1";
    /// Saves the heads.
    pub const SAVE_HEAD: () =
        "UPDATE practice_head SET ledger_sequence = $2, ledger_hash = $3, audit_sequence = $4, audit_hash = $5
         WHERE practice_id = $1";
}

impl HeadRow {
    /// On which day the books date what happened on a day, and that day where it lies before the first day that takes entries:
    /// the first open one, or `not_before` where that is later.
    pub(crate) fn dated(&self, not_before: Option<Date>, own_day: Date) -> (Date, Option<Date>) {
        match self.open_from.max(not_before).filter(|first| own_day < *first) {
            Some(first) => (first, Some(own_day)),
            None => (own_day, None),
        }
    }
}

/// The heads as this transaction moves them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    stored: Option<HeadRow>,
    pub(crate) row: HeadRow,
}

impl Head {
    /// Reads the heads and locks them, so that writers of this practice go one after another.
    pub(crate) fn lock(conn: &Conn) -> Result<Head, StoreError> {
        // On the embedded engine BEGIN IMMEDIATE is the lock.
        let lock = if conn.is_postgres() { " FOR UPDATE" } else { "" };
        let sql = format!("{}{lock}", HEAD.sql);
        let mut rows: Vec<HeadRow> = conn.query_dynamic(HEAD.name, &sql, &[])?;
        if rows.is_empty() && conn.is_postgres() {
            // The very first writers of a practice must meet on the row too.
            conn.insert_new(&genesis())?;
            rows = conn.query_dynamic(HEAD.name, &sql, &[])?;
        }
        let stored = rows.pop();
        Ok(Head { row: stored.clone().unwrap_or_else(genesis), stored })
    }

    /// Writes the audit of the transaction and the heads it moved.
    pub(crate) fn save(&mut self, conn: &Conn, audits: &[Audit]) -> Result<(), StoreError> {
        audit::append(conn, &mut self.row, audits)?;
        match &self.stored {
            Some(stored) if *stored == self.row => Ok(()),
            Some(_) => {
                let row = &self.row;
                conn.execute(
                    &SAVE_HEAD,
                    params![row.ledger_sequence, row.ledger_hash, row.audit_sequence, row.audit_hash],
                )?;
                Ok(())
            }
            None if self.row == genesis() => Ok(()),
            None => conn.insert(&self.row),
        }
    }
}

/// The heads of a practice before its first write.
fn genesis() -> HeadRow {
    HeadRow { ledger_sequence: 0, ledger_hash: [0; 32], audit_sequence: 0, audit_hash: [0; 32], open_from: None }
}
