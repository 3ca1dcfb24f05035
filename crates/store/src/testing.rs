//! Databases for tests: every check runs on both engines, on a database of its own that is gone afterwards.
//!
//! PostgreSQL is used where `TIERLINE_TEST_POSTGRES` names a server (`cargo xtask test` starts one). Where it does not,
//! the skip is said loudly, and it is a failure where CI=true.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot be set up must stop

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use billing::access::Actor;
use billing::claim::ClaimStatus;
use billing::id::PracticeId;
use billing::work::WorkReason;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::db::Db;
use crate::env::Env;

/// Names a PostgreSQL that tests may make schemas in.
pub const POSTGRES_VARIABLE: &str = "TIERLINE_TEST_POSTGRES";

/// The instant at which simulated clocks of tests begin.
pub const START: &str = "2026-03-02T14:00:00Z";

/// A practice id for tests.
pub const PRACTICE: PracticeId = PracticeId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
/// Another practice, to test that its rows stay out of reach.
pub const OTHER_PRACTICE: PracticeId = PracticeId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002));

/// Which engine a test database is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestEngine {
    /// A file in a temporary folder.
    Sqlite,
    /// A schema of its own on the test server.
    Postgres,
}

/// An open database of its own, dropped with everything in it.
pub struct TestDb {
    db: Option<Db>,
    /// The environment: a simulated clock and a seeded random source.
    pub env: Env,
    /// The URL, for opening it a second time or from another process.
    pub url: String,
    /// Its engine.
    pub engine: TestEngine,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Schema { server: String, schema: String },
}

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Runs a check on a fresh database of each engine.
pub fn for_each_engine(check: impl Fn(&TestDb)) {
    for engine in engines() {
        let db = TestDb::new(engine);
        check(&db);
    }
}

/// The engines that can be tested here.
pub fn engines() -> Vec<TestEngine> {
    if std::env::var(POSTGRES_VARIABLE).is_ok() {
        return vec![TestEngine::Sqlite, TestEngine::Postgres];
    }
    let thread = std::thread::current();
    eprintln!("SKIPPED {} (no PostgreSQL)", thread.name().unwrap_or("a test"));
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "{POSTGRES_VARIABLE} is not set: in CI every test runs on both engines; use `cargo xtask test`"
    );
    vec![TestEngine::Sqlite]
}

impl TestDb {
    /// A fresh, migrated database.
    pub fn new(engine: TestEngine) -> TestDb {
        TestDb::with_env(engine, Env::simulated(7, START.parse::<Timestamp>().unwrap()))
    }

    /// A fresh, migrated database over an environment.
    pub fn with_env(engine: TestEngine, env: Env) -> TestDb {
        let mut empty = TestDb::empty(engine, env);
        empty.db = Some(Db::open(&empty.url, empty.env.clone()).expect("the test database opens"));
        empty
    }

    /// A place for a database with nothing in it; `db()` is not there until it is opened by its URL.
    pub fn empty(engine: TestEngine, env: Env) -> TestDb {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let random = Env::system().random_u64();
        let name = format!("tierline_test_{}_{number}_{random:x}", std::process::id());
        let (url, place) = match engine {
            TestEngine::Sqlite => {
                let folder = std::env::temp_dir().join(name);
                std::fs::create_dir_all(&folder).unwrap();
                (folder.join("tierline.db").display().to_string(), Place::Folder(folder))
            }
            TestEngine::Postgres => {
                let server = std::env::var(POSTGRES_VARIABLE).expect("a test server");
                on_server(&server, &format!("CREATE SCHEMA {name}"));
                let separator = if server.contains('?') { '&' } else { '?' };
                let url = format!("{server}{separator}options=-csearch_path%3D{name}");
                (url, Place::Schema { server, schema: name })
            }
        };
        TestDb { db: None, env, url, engine, place }
    }

    /// The system as an actor of the test practice.
    pub fn system(&self) -> Actor {
        Actor::system(PRACTICE)
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        self.db.as_ref().expect("the database was opened")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db = None;
        match &self.place {
            Place::Folder(folder) => {
                let _ = std::fs::remove_dir_all(folder);
            }
            Place::Schema { server, schema } => on_server(server, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE")),
        }
    }
}

/// A claim's number, place, follow-up date and the payer's number.
pub type ClaimPlace = (String, ClaimStatus, Option<Date>, Option<String>);

/// What tests look at from outside: never used by the program.
pub mod facts {
    use super::{ClaimPlace, WorkReason};
    use crate::{Conn, StoreError};
    use ledger::Money;

    /// Reason and stake of all open work, ordered.
    pub fn open_work(conn: &Conn) -> Result<Vec<(WorkReason, Money)>, StoreError> {
        let sql = "SELECT reason, stake_cents FROM work_item WHERE practice_id = $1 AND state <> 'resolved'
            ORDER BY reason, stake_cents";
        conn.query_dynamic("open work", sql, &[])
    }

    /// What was written into the history of all work.
    pub fn work_words(conn: &Conn) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT sentence FROM work_event WHERE practice_id = $1";
        let rows: Vec<(String,)> = conn.query_dynamic("work words", sql, &[])?;
        Ok(rows.into_iter().map(|(words,)| words).collect())
    }

    /// Where every claim is, ordered by its number.
    pub fn claim_places(conn: &Conn) -> Result<Vec<ClaimPlace>, StoreError> {
        let sql = "SELECT control_number, status, follow_up_on, payer_claim_control_number FROM claim
            WHERE practice_id = $1 ORDER BY control_number";
        conn.query_dynamic("claim places", sql, &[])
    }

    /// What stands in a column of a table, as text.
    pub fn texts(conn: &Conn, table: &'static str, column: &'static str) -> Result<Vec<String>, StoreError> {
        let sql = format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE practice_id = $1");
        let rows: Vec<(String,)> = conn.query_dynamic("texts", &sql, &[])?;
        Ok(rows.into_iter().map(|(text,)| text).collect())
    }

    /// The ids of a table, in their order.
    pub fn ids(conn: &Conn, table: &'static str) -> Result<Vec<uuid::Uuid>, StoreError> {
        let sql = format!("SELECT DISTINCT id FROM {table} WHERE practice_id = $1 ORDER BY id");
        let rows: Vec<(uuid::Uuid,)> = conn.query_dynamic("ids", &sql, &[])?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// How many rows of a practice a table holds.
    pub fn count(conn: &Conn, table: &'static str) -> Result<i64, StoreError> {
        count_where(conn, table, "1 = 1")
    }

    /// How many rows of a practice a table holds that a condition finds.
    pub fn count_where(conn: &Conn, table: &'static str, condition: &'static str) -> Result<i64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE practice_id = $1 AND {condition}");
        let rows: Vec<(i64,)> = conn.query_dynamic("count", &sql, &[])?;
        Ok(rows.first().map_or(0, |(count,)| *count))
    }
}

fn on_server(server: &str, sql: &str) {
    let mut client = ::postgres::Client::connect(server, ::postgres::NoTls).expect("the test server answers");
    client.batch_execute("SET client_min_messages = warning").unwrap();
    client.batch_execute(sql).unwrap();
}
