//! The only ways into the database: `db.read` and `db.write`, each a closure in one transaction.
//!
//! Closures may be run again as a whole (another transaction was in the way), so they must do nothing outside the
//! database. Writers of one practice go one after another on both engines: the first statement of every write locks
//! the practice's head row, so a closure sees all that was committed and nothing changes under it.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use billing::access::{Actor, ActorKind};
use billing::id::PracticeId;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::BalancedEntry;
use uuid::Uuid;

use crate::audit::{Audit, Seen};
use crate::audit_read::Recorder;
use crate::conn::{Conn, Link};
use crate::engine::Engine;
use crate::env::Env;
use crate::error::{RefusalKind, StoreError};
use crate::head::Head;
use crate::migrate;

/// The practice of what belongs to none: the list of practices, who may sign in.
pub const NO_PRACTICE: PracticeId = PracticeId(Uuid::nil());

/// How often a closure is run before its conflict is reported: with doubling waits, about two seconds.
const ATTEMPTS: u32 = 9;
/// The first wait between attempts.
const FIRST_WAIT: Duration = Duration::from_millis(4);

thread_local! {
    static IN_WRITE: Cell<bool> = const { Cell::new(false) };
}

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    // Dropped first: it writes what was seen and lets go of the core.
    reads: Recorder,
    core: Arc<Core>,
}

/// Engine and environment, shared with the writer of the access log.
pub(crate) struct Core {
    pub(crate) engine: Engine,
    pub(crate) env: Env,
}

/// A transaction that only reads.
pub struct Read {
    conn: Conn,
    seen: RefCell<Vec<Seen>>,
}

/// A transaction that writes. Everything it did is committed together, with its audit, or not at all.
pub struct Tx {
    conn: Conn,
    head: RefCell<Head>,
    audits: RefCell<Vec<Audit>>,
    fault: Cell<Fault>,
    /// The entries put in the books since somebody began to listen; none where nobody does.
    heard: RefCell<Option<Vec<(BalancedEntry, Uuid)>>>,
    /// Entries are dated no earlier, whatever their own day; none where their own day decides.
    pub(crate) not_before: Cell<Option<Date>>,
}

/// Where a test wants the process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Rollback,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({})", self.0.core.engine.place())
    }
}

impl Deref for Read {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl Read {
    /// Notes that the actor was shown a patient's record; written to the access log in batches.
    pub fn saw(&self, what: &'static str, patient: billing::id::PatientId) {
        self.seen.borrow_mut().push(Seen::new(&self.conn, what, patient));
    }
}

impl Tx {
    /// A new time-ordered id from the injected clock and random source.
    pub fn new_id(&self) -> Uuid {
        self.conn.env.new_id()
    }

    /// Random bytes from the injected source, for secrets.
    pub fn fill_random(&self, bytes: &mut [u8]) {
        self.conn.env.fill(bytes);
    }

    /// Records what was done, to what. `detail` carries numbers, ids and codes; never a name or a diagnosis.
    pub fn audit(
        &self,
        action: &'static str,
        subject_kind: &'static str,
        subject: impl Into<Uuid>,
        detail: serde_json::Value,
    ) {
        self.audits.borrow_mut().push(Audit {
            action,
            subject_kind,
            subject: subject.into(),
            detail: detail.to_string(),
        });
    }

    /// Makes this transaction end without effect although its closure succeeds: for `--dry-run`.
    pub fn discard(&self) {
        self.fault.set(Fault::Rollback);
    }

    /// From now on every entry that is put in the books is kept for [`Tx::heard`]: a preview shows what was made.
    pub fn listen(&self) {
        self.heard.borrow_mut().get_or_insert_default();
    }

    /// The entries put in the books since [`Tx::listen`], in their order, with their ids; ends the listening.
    pub fn heard(&self) -> Vec<(BalancedEntry, Uuid)> {
        self.heard.borrow_mut().take().unwrap_or_default()
    }

    pub(crate) fn tell(&self, entry: &BalancedEntry, id: Uuid) {
        if let Some(heard) = self.heard.borrow_mut().as_mut() {
            heard.push((entry.clone(), id));
        }
    }

    pub(crate) fn head(&self) -> &RefCell<Head> {
        &self.head
    }
}

impl Db {
    /// Opens what a URL names (a file, `sqlite:file`, `postgres://…`) and brings its schema up to date.
    pub fn open(url: &str, env: Env) -> Result<Db, StoreError> {
        let db = Db::open_unmigrated(url, env)?;
        db.migrate()?;
        Ok(db)
    }

    /// Opens what a URL names and leaves its schema as it is.
    pub fn open_unmigrated(url: &str, env: Env) -> Result<Db, StoreError> {
        let core = Arc::new(Core { engine: Engine::open(url)?, env });
        Ok(Db(Arc::new(Shared { reads: Recorder::new(Arc::clone(&core)), core })))
    }

    /// Brings the schema up to date; says how many migrations were run.
    pub fn migrate(&self) -> Result<usize, StoreError> {
        migrate::run(&self.0.core)
    }

    /// The clock and random source.
    pub fn env(&self) -> &Env {
        &self.0.core.env
    }

    /// The time zone of a practice.
    ///
    /// # Errors
    /// Of the engine.
    pub fn zone(&self, practice: PracticeId) -> Result<TimeZone, StoreError> {
        self.read(&Actor::system(practice), practice, |read| Ok(read.zone()))
    }

    /// The civil day where a practice lives.
    ///
    /// # Errors
    /// Of the engine.
    pub fn today(&self, practice: PracticeId) -> Result<Date, StoreError> {
        Ok(self.env().now().to_zoned(self.zone(practice)?).date())
    }

    /// The place in words for people, without a password.
    pub fn place(&self) -> String {
        self.0.core.engine.place()
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<&std::path::Path> {
        self.0.core.engine.file()
    }

    /// Whether whoever connects could change the tables themselves: has the file, or on the server the role that owns
    /// them.
    ///
    /// # Errors
    /// Of the engine.
    pub fn is_owner(&self) -> Result<bool, StoreError> {
        const OWNS: &str = "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class \
            WHERE oid = to_regclass('app_user')";
        self.read(&Actor::system(NO_PRACTICE), NO_PRACTICE, |read| {
            if !read.is_postgres() {
                return Ok(true);
            }
            let rows: Vec<(bool,)> = read.query_text("owner", OWNS, &[])?;
            Ok(rows.iter().all(|(owns,)| *owns) && !rows.is_empty())
        })
    }

    pub(crate) fn core(&self) -> &Core {
        &self.0.core
    }

    /// Brings the planner's statistics up to date: after loads, and daily. The server counts; the embedded engine is
    /// told what a busy practice looks like, see `statistics`.
    pub fn analyze(&self) -> Result<(), StoreError> {
        let actor = Actor::system(NO_PRACTICE);
        self.0.core.unchained(&actor, NO_PRACTICE, |conn| {
            if conn.is_postgres() { conn.batch("analyze", "ANALYZE") } else { crate::statistics::write(conn) }
        })
    }

    /// Waits until everything that was seen so far stands in the access log.
    pub fn flush_reads(&self) {
        self.0.reads.flush();
    }

    /// Reads in one consistent snapshot.
    ///
    /// # Errors
    /// The closure's own, and [`StoreError`] of the engine.
    pub fn read<T, E: From<StoreError>>(
        &self,
        actor: &Actor,
        practice: PracticeId,
        mut closure: impl FnMut(&mut Read) -> Result<T, E>,
    ) -> Result<T, E> {
        allowed(actor, practice)?;
        let core = &self.0.core;
        let mut attempt = 0;
        loop {
            let (link, turn) = core.engine.reader()?;
            let conn = Conn::new(link, &core.env, actor, practice);
            if let Err(error) = conn.begin_read() {
                let again = core.again(&conn, attempt);
                core.engine.give_back(conn.link, turn, false);
                if again {
                    attempt += 1;
                    continue;
                }
                return Err(error.into());
            }
            let mut read = Read { conn, seen: RefCell::default() };
            let result = closure(&mut read);
            let sound = read.conn.end("ROLLBACK").is_ok();
            let again = result.is_err() && core.again(&read.conn, attempt);
            core.engine.give_back(read.conn.link, turn, sound);
            if again {
                attempt += 1;
                continue;
            }
            if result.is_ok() {
                self.0.reads.record(read.seen.into_inner());
            }
            return result;
        }
    }

    /// Writes in one transaction, with its audit. Calls must not be nested on one thread.
    ///
    /// # Errors
    /// The closure's own, and [`StoreError`] of the engine; nothing is kept then.
    pub fn write<T, E: From<StoreError>>(
        &self,
        actor: &Actor,
        practice: PracticeId,
        mut closure: impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        allowed(actor, practice)?;
        let _turn = NestedGuard::enter()?;
        let core = &self.0.core;
        let mut attempt = 0;
        loop {
            let (link, turn) = core.engine.writer()?;
            let conn = Conn::new(link, &core.env, actor, practice);
            let (conn, outcome) = attempt_write(conn, &mut closure);
            let again = outcome.is_retryable() && core.again(&conn, attempt);
            let sound = match &outcome {
                Outcome::Committed(_) => true,
                Outcome::BeforeCommit(_) => conn.end("ROLLBACK").is_ok(),
                Outcome::AtCommit(_) => false,
            };
            core.engine.give_back(conn.link, turn, sound);
            match outcome {
                Outcome::Committed(value) => return Ok(value),
                Outcome::BeforeCommit(_) | Outcome::AtCommit(_) if again => attempt += 1,
                Outcome::BeforeCommit(error) => return Err(error),
                Outcome::AtCommit(error) => return Err(error.into()),
            }
        }
    }
}

enum Outcome<T, E> {
    Committed(T),
    BeforeCommit(E),
    AtCommit(StoreError),
}

impl<T, E> Outcome<T, E> {
    fn is_retryable(&self) -> bool {
        match self {
            Outcome::Committed(_) => false,
            Outcome::BeforeCommit(_) => true,
            // A refused commit (serialization, constraint) is known not to have happened; a lost one is not.
            Outcome::AtCommit(error) => !matches!(error, StoreError::UnknownOutcome),
        }
    }
}

/// One run of the closure. Gives the connection back with what happened.
fn attempt_write<T, E: From<StoreError>>(
    conn: Conn,
    closure: &mut impl FnMut(&mut Tx) -> Result<T, E>,
) -> (Conn, Outcome<T, E>) {
    if let Err(error) = conn.begin_write() {
        return (conn, Outcome::BeforeCommit(error.into()));
    }
    let head = match Head::lock(&conn) {
        Ok(head) => head,
        Err(error) => return (conn, Outcome::BeforeCommit(error.into())),
    };
    let mut tx = Tx {
        conn,
        head: RefCell::new(head),
        audits: RefCell::default(),
        fault: Cell::new(Fault::None),
        heard: RefCell::default(),
        not_before: Cell::new(None),
    };
    let result = closure(&mut tx);
    let value = match result {
        Ok(value) => value,
        Err(error) => return (tx.conn, Outcome::BeforeCommit(error)),
    };
    if let Err(error) = finish(&tx) {
        return (tx.conn, Outcome::BeforeCommit(error.into()));
    }
    let ending = match tx.fault.get() {
        Fault::None => "COMMIT",
        Fault::Rollback => "ROLLBACK",
    };
    match tx.conn.end(ending) {
        Ok(()) => (tx.conn, Outcome::Committed(value)),
        Err(StoreError::Refused { kind: RefusalKind::Connection, .. }) => {
            (tx.conn, Outcome::AtCommit(StoreError::UnknownOutcome))
        }
        Err(error) => {
            // The embedded engine keeps the transaction open after a refused commit.
            let _ = tx.conn.end("ROLLBACK");
            (tx.conn, Outcome::AtCommit(error))
        }
    }
}

/// Audit, heads, and the rule that nothing is committed after a refused statement.
fn finish(tx: &Tx) -> Result<(), StoreError> {
    if let Some(kind) = tx.conn.failure() {
        return Err(StoreError::Refused {
            statement: "commit".into(),
            reason: "a statement of this transaction was refused, so none of it is kept".into(),
            kind,
        });
    }
    crate::clock_follow::follow(&tx.conn)?;
    let mut audits = tx.audits.take();
    if audits.is_empty() && tx.conn.changed() > 0 {
        // No change without a trace, even where the use case names none.
        let detail = serde_json::json!({ "rows": tx.conn.changed() }).to_string();
        let subject = tx.conn.practice().0;
        audits.push(Audit { action: "change", subject_kind: "practice", subject, detail });
    }
    tx.head.borrow_mut().save(&tx.conn, &audits)
}

/// A person acts only for their own practice; the system and the file's owner for any.
fn allowed(actor: &Actor, practice: PracticeId) -> Result<(), StoreError> {
    match actor.kind {
        ActorKind::User | ActorKind::Visitor if actor.practice != practice && practice != NO_PRACTICE => {
            Err(StoreError::OtherPractice)
        }
        ActorKind::User | ActorKind::Visitor | ActorKind::System | ActorKind::FileOwner => Ok(()),
    }
}

impl Core {
    /// Whether a failed attempt is worth another; waits before saying so.
    pub(crate) fn again(&self, conn: &Conn, attempt: u32) -> bool {
        let worth = match conn.failure() {
            Some(RefusalKind::Retry | RefusalKind::Connection) => attempt + 1 < ATTEMPTS,
            Some(RefusalKind::Unique | RefusalKind::Constraint | RefusalKind::Other) | None => false,
        };
        if worth {
            // Spread by the thread's stack place, not by the seeded source: retries must not change a seeded run.
            let spread = Duration::from_micros((&raw const worth as usize as u64 >> 4) % 4_000);
            std::thread::sleep(FIRST_WAIT * 2_u32.pow(attempt.min(7)) + spread);
        }
        worth
    }

    /// A writing transaction without head, audit and retry: migrations, the access log, restores.
    pub(crate) fn unchained<T>(
        &self,
        actor: &Actor,
        practice: PracticeId,
        closure: impl FnOnce(&Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (link, turn) = self.engine.writer()?;
        let conn = Conn::new(link, &self.env, actor, practice);
        let result = conn.begin_write().and_then(|()| closure(&conn)).and_then(|value| {
            conn.end("COMMIT")?;
            Ok(value)
        });
        let sound = result.is_ok() || conn.end("ROLLBACK").is_ok();
        self.engine.give_back(conn.link, turn, sound);
        result
    }
}

impl Conn {
    pub(crate) fn begin_write(&self) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => self.batch("begin", "BEGIN IMMEDIATE"),
            Link::Postgres(_) => self.batch("begin", &format!("BEGIN; {}", self.tenant_setting())),
        }
    }

    pub(crate) fn begin_read(&self) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => self.batch("begin", "BEGIN"),
            Link::Postgres(_) => self
                .batch("begin", &format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {}", self.tenant_setting())),
        }
    }

    /// Row-level security compares with this; an id has no characters that could end the text.
    pub(crate) fn tenant_setting(&self) -> String {
        format!("SELECT set_config('app.practice', '{}', true)", self.practice().0)
    }

    pub(crate) fn end(&self, how: &'static str) -> Result<(), StoreError> {
        self.batch(how, how)
    }
}

/// Refuses a write inside a write of the same thread, which would wait for itself.
struct NestedGuard;

impl NestedGuard {
    fn enter() -> Result<NestedGuard, StoreError> {
        if IN_WRITE.replace(true) {
            return Err(StoreError::Domain(
                "a write was begun inside a write: pass the open transaction on instead".into(),
            ));
        }
        Ok(NestedGuard)
    }
}

impl Drop for NestedGuard {
    fn drop(&mut self) {
        IN_WRITE.set(false);
    }
}
