//! Control numbers from a locked counter row: gapless, never reused, portable to every engine.

use crate::db::Tx;
use crate::error::StoreError;
use crate::{params, record, statements};

record! {
    /// A counter as stored.
    pub struct ControlNumberRow in "control_number" {
        /// Which counter: "interchange", "group", "set", "claim", "statement", "receipt" …
        pub name: String,
        /// The last number given.
        pub last_value: i64,
    }
}

statements! {
    /// Takes numbers; the practice's head row is locked already, so nobody is between the two steps.
    pub const TAKE_NUMBERS: (i64,) =
        "UPDATE control_number SET last_value = last_value + $3 WHERE practice_id = $1 AND name = $2
         RETURNING last_value";
}

impl Tx {
    /// The next number of a counter; the first is 1.
    pub fn next_number(&self, name: &'static str) -> Result<i64, StoreError> {
        self.next_numbers(name, 1)
    }

    /// The first of `count` consecutive numbers.
    pub fn next_numbers(&self, name: &'static str, count: u32) -> Result<i64, StoreError> {
        let count = i64::from(count);
        if let Some((last,)) = self.query_opt(&TAKE_NUMBERS, params![name, count])? {
            return Ok(last - count + 1);
        }
        self.insert(&ControlNumberRow { name: name.to_owned(), last_value: count })?;
        Ok(1)
    }
}
