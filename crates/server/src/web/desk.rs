//! What every page shares: the database, the practice, and how cookies are named. Blocking work is moved off the
//! threads that serve requests here, and only here.

use std::sync::Arc;

use billing::access::Actor;
use billing::id::PracticeId;
use jiff::tz::TimeZone;
use store::{Db, Read, Tx};
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use super::refusal::Refusal;
use super::wall;

/// Passwords hashed at the same time: 19 MiB and a core each.
const HASHES_AT_ONCE: usize = 4;

/// The state behind the pages. Clones share it.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
    exchanges: bool,
}

struct Inner {
    db: Db,
    practice: PracticeId,
    secure_cookies: bool,
    hashing: Semaphore,
    wall: wall::Kept,
    closing: watch::Sender<bool>,
    is_training: bool,
}

impl Desk {
    /// A desk over a database. `secure_cookies` is false only on plain HTTP over loopback.
    pub fn new(db: Db, practice: PracticeId, secure_cookies: bool) -> Desk {
        let hashing = Semaphore::new(HASHES_AT_ONCE);
        let closing = watch::Sender::new(false);
        let wall = wall::Kept::default();
        // A desk that cannot read its database says so on every page anyway.
        let is_training = db
            .read(&Actor::system(practice), practice, |read| app::quality::training::is_training(read))
            .unwrap_or(false);
        let inner = Arc::new(Inner { db, practice, secure_cookies, hashing, wall, closing, is_training });
        Desk { inner, exchanges: false }
    }

    /// The same desk beside an exchange that goes on by itself.
    #[must_use]
    pub fn exchanging(self) -> Desk {
        Desk { exchanges: true, ..self }
    }

    /// Whether the practice is one to train in.
    pub fn is_training(&self) -> bool {
        self.inner.is_training
    }

    /// Whether what is sealed leaves by itself.
    pub fn exchanges(&self) -> bool {
        self.exchanges
    }

    /// The figures of the wall as they were counted last.
    pub(super) fn wall(&self) -> &wall::Kept {
        &self.inner.wall
    }

    /// The desk is told to end: what streams news stops.
    pub fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// Comes when the desk is told to end.
    pub(super) async fn closes(&self) {
        // The sender lives as long as the desk: waiting ends only when it says so.
        let _ = self.inner.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// The practice that is served.
    pub fn practice(&self) -> PracticeId {
        self.inner.practice
    }

    /// The time zone in which its people read clocks.
    pub fn zone(&self) -> TimeZone {
        self.inner.db.env().zone_of(self.inner.practice)
    }

    /// Whether cookies are bound to HTTPS.
    pub fn secure_cookies(&self) -> bool {
        self.inner.secure_cookies
    }

    /// A fresh id, for a form that must not count twice.
    pub fn new_id(&self) -> Uuid {
        self.inner.db.env().new_id()
    }

    /// Reads in one snapshot.
    pub async fn read<T, F>(&self, actor: &Actor, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Read) -> Result<T, app::Error> + Send + 'static,
    {
        let actor = actor.clone();
        self.blocking(move |db, practice| db.read(&actor, practice, |read| work(read))).await
    }

    /// Changes in one transaction; the closure may run again after a conflict.
    pub async fn write<T, F>(&self, actor: &Actor, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T, app::Error> + Send + 'static,
    {
        let actor = actor.clone();
        self.blocking(move |db, practice| db.write(&actor, practice, |tx| work(tx))).await
    }

    /// Any work with the database.
    pub async fn blocking<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Db, PracticeId) -> Result<T, app::Error> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner.db, inner.practice))
            .await
            .map_err(|_| Refusal::Broken("a page stopped while it worked".into()))?
            .map_err(Refusal::from)
    }

    /// Work that hashes a password: few at a time.
    pub async fn hashing<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Db, PracticeId) -> Result<T, app::Error> + Send + 'static,
    {
        let _turn =
            self.inner.hashing.acquire().await.map_err(|_| Refusal::Broken("the desk is shutting down".into()))?;
        self.blocking(work).await
    }
}
