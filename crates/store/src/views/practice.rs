//! The practice as the frame of every page shows it.

use billing::practice::Practice;

use crate::{Conn, Json, StoreError, params, record, statements};

record! {
    /// The practice in the bar.
    pub struct PracticeRow {
        /// Its name.
        pub name: String,
        /// Whether everything in it is invented.
        pub is_demo: bool,
        /// All of it.
        pub body: Json<Practice>,
    }
}

statements! {
    /// The practice.
    pub const PRACTICE: PracticeRow = "SELECT name, is_demo, body FROM practice WHERE practice_id = $1";
    /// Its name.
    pub const PRACTICE_NAME: (String,) = "SELECT name FROM practice WHERE practice_id = $1";
}

/// The practice, if it was made.
pub fn get(conn: &Conn) -> Result<Option<PracticeRow>, StoreError> {
    conn.query_opt(&PRACTICE, params![])
}

/// The practice's name as it is now; empty before it was made.
pub fn name(conn: &Conn) -> Result<String, StoreError> {
    Ok(conn.query_opt(&PRACTICE_NAME, params![])?.map(|row| row.0).unwrap_or_default())
}

/// Whether this is a demonstration.
pub fn is_demo(conn: &Conn) -> Result<bool, StoreError> {
    Ok(get(conn)?.is_some_and(|practice| practice.is_demo))
}

/// Whether one person may hold conflicting roles, reported to the owner daily.
pub fn is_solo(conn: &Conn) -> Result<bool, StoreError> {
    Ok(get(conn)?.is_some_and(|practice| practice.body.0.solo))
}
