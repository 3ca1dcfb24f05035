//! The practice as the frame of every page shows it.

use crate::{Conn, StoreError, params, record, statements};

record! {
    /// The practice in the bar.
    pub struct PracticeRow {
        /// Its name.
        pub name: String,
        /// Whether everything in it is invented.
        pub is_demo: bool,
    }
}

statements! {
    /// The practice.
    pub const PRACTICE: PracticeRow = "SELECT name, is_demo FROM practice WHERE practice_id = $1";
}

/// The practice, if it was made.
pub fn get(conn: &Conn) -> Result<Option<PracticeRow>, StoreError> {
    conn.query_opt(&PRACTICE, params![])
}

/// Whether this is a demonstration.
pub fn is_demo(conn: &Conn) -> Result<bool, StoreError> {
    Ok(get(conn)?.is_some_and(|practice| practice.is_demo))
}
