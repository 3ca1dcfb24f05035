//! Work for after the commit. A row is written by the transaction that asks for it, so neither exists without the other.

use jiff::Timestamp;
use uuid::Uuid;

use crate::conn::Conn;
use crate::db::Tx;
use crate::error::StoreError;
use crate::value::Json;
use crate::{params, record, statements};

record! {
    /// A piece of work as stored.
    pub struct OutboxRow in "outbox" {
        /// Its id.
        pub id: Uuid,
        /// What is to be done.
        pub kind: String,
        /// With what.
        pub payload: Json<serde_json::Value>,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// How often it was tried.
        pub attempts: i64,
        /// When it was done.
        pub done_at: Option<Timestamp>,
    }
}

statements! {
    /// The oldest undone work of a kind.
    pub const OUTBOX_PENDING: OutboxRow =
        "SELECT id, kind, payload, created_at, attempts, done_at FROM outbox
         WHERE practice_id = $1 AND done_at IS NULL AND kind = $2 ORDER BY created_at, id LIMIT $3";
    /// Marks work as tried.
    pub const OUTBOX_TRIED: () =
        "UPDATE outbox SET attempts = attempts + 1 WHERE practice_id = $1 AND id = $2 AND done_at IS NULL";
    /// Marks work as done.
    pub const OUTBOX_DONE: () = "UPDATE outbox SET done_at = $3 WHERE practice_id = $1 AND id = $2 AND done_at IS NULL";
}

impl Tx {
    /// Asks for work after this transaction is committed.
    pub fn after_commit(&self, kind: &'static str, payload: serde_json::Value) -> Result<Uuid, StoreError> {
        let id = self.new_id();
        self.insert(&OutboxRow {
            id,
            kind: kind.to_owned(),
            payload: Json(payload),
            created_at: self.now(),
            attempts: 0,
            done_at: None,
        })?;
        Ok(id)
    }

    /// Marks work as done.
    pub fn outbox_done(&self, id: Uuid) -> Result<(), StoreError> {
        self.execute(&OUTBOX_DONE, params![id, self.now()])?;
        Ok(())
    }
}

/// The oldest undone work of a kind.
pub fn pending(conn: &Conn, kind: &str, limit: i64) -> Result<Vec<OutboxRow>, StoreError> {
    conn.query(&OUTBOX_PENDING, params![kind, limit])
}
