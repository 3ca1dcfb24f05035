//! The list of practices in a database: the one question that is asked before anybody acts for one of them.

use billing::PracticeId;
use billing::access::Actor;

use crate::{Db, NO_PRACTICE, StoreError, global_statements, params, record};

record! {
    /// A practice by name.
    pub struct PracticeName {
        /// Key.
        pub practice_id: PracticeId,
        /// Its name.
        pub name: String,
        /// Whether people train there: nothing of it is real.
        pub is_training: bool,
    }
}

global_statements! {
    /// Every practice, by name.
    pub const PRACTICES: PracticeName = "SELECT practice_id, name, is_training FROM practice ORDER BY name, practice_id";
}

/// Every practice in the database.
pub fn list(db: &Db) -> Result<Vec<PracticeName>, StoreError> {
    db.read(&Actor::system(NO_PRACTICE), NO_PRACTICE, |read| read.query(&PRACTICES, params![]))
}
