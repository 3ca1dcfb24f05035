//! Commands for the database itself.

use store::{Db, Env};

use super::output::line;
use super::{Done, Failure, Place};

/// Brings the tables up to date and says how many steps that took.
pub fn migrate(place: &Place) -> Result<Done, Failure> {
    let db = Db::open_unmigrated(&place.database, Env::system())?;
    let steps = db.migrate()?;
    line(&match steps {
        0 => format!("{} is up to date.", db.place()),
        1 => format!("{}: 1 migration run.", db.place()),
        several => format!("{}: {several} migrations run.", db.place()),
    });
    Ok(Done::Clean)
}
