//! Opens the database that the arguments name and finds out who acts. On an embedded database the owner of the file may
//! act, and is recorded as such; everywhere else a person acts with a token.

use store::{Db, Env};

use super::{Failure, Place};

/// An open database with the one who acts.
pub struct Session {
    /// The database.
    pub db: Db,
}

impl Session {
    /// Opens the database and brings its tables up to date.
    pub fn open(place: &Place) -> Result<Session, Failure> {
        Ok(Session { db: Db::open(&place.database, Env::system())? })
    }
}
