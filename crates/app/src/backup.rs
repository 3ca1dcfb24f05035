//! One file that holds everything, and back. The file is a database by itself: it can be verified where it lies.

use std::path::Path;

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use store::{Db, Env, StoreError};

use crate::Error;
use crate::access::allow;

/// Writes everything into one new file, as of one instant, while others work. The file holds health records: it is
/// readable by its owner only, and belongs on an encrypted place.
///
/// # Errors
/// `Denied`; `Store` where the file exists or cannot be written, and then no file is left.
pub fn backup(db: &Db, actor: &Actor, practice: PracticeId, file: &Path) -> Result<(), Error> {
    allow(actor, Action::BackUp, &ResourceState::default())?;
    db.backup(file)?;
    db.write(actor, practice, |tx| {
        tx.audit("backup.make", "practice", practice, serde_json::json!({}));
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

/// Restores a backup into an empty place, a new file or an empty PostgreSQL database, and opens it. Whoever may write
/// that place may do so; the restored books say that it was done.
///
/// # Errors
/// `Store` where the place holds anything, or the file is no backup; nothing is changed then.
pub fn restore(file: &Path, url: &str, env: Env) -> Result<Db, Error> {
    let db = store::restore(file, url, env)?;
    for practice in store::practices::list(&db)? {
        let practice = practice.practice_id;
        db.write(&Actor::system(practice), practice, |tx| {
            tx.audit("backup.restore", "practice", practice, serde_json::json!({}));
            Ok::<_, StoreError>(())
        })?;
    }
    Ok(db)
}
