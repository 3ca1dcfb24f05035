//! A connection in a transaction: the practice, the actor, the instant, and how registered statements are run.
//!
//! It never runs a statement without the practice: `$1` is bound here.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

use billing::access::Actor;
use billing::id::PracticeId;
use billing::work::Calendar;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock_follow::Touched;
use crate::env::Env;
use crate::error::{RefusalKind, StoreError};
use crate::record::{Record, TableRecord};
use crate::seal::Notes;
use crate::statement::Statement;
use crate::value::{Col, Kind, Val};
use crate::{postgres, sqlite};

/// Rows of one multi-row INSERT: measured knee of both engines, and 60 columns stay below SQLite's 32,766 parameters.
pub const INSERT_ROWS: usize = 500;
/// Sizes an IN list is padded to on SQLite, so that few texts are prepared.
const IN_SIZES: [usize; 4] = [1, 10, 100, 500];
/// The mark in a statement where the list of keys stands.
const KEYS_MARK: &str = "IN ({keys})";

/// The engine behind a connection.
#[allow(clippy::large_enum_variant)] // one a connection; boxing would cost each statement a step
pub(crate) enum Link {
    /// Embedded.
    Sqlite(rusqlite::Connection),
    /// PostgreSQL.
    Postgres(RefCell<postgres::Link>),
}

/// A connection in a transaction.
pub struct Conn {
    pub(crate) link: Link,
    pub(crate) env: Env,
    actor: Actor,
    practice: PracticeId,
    now: Timestamp,
    /// Set once a statement fails: nothing may be committed after that, on either engine.
    failed: Cell<Option<RefusalKind>>,
    changed: Cell<u64>,
    /// What was written, for the audit.
    pub(crate) notes: RefCell<Notes>,
    /// What was touched that clocks are about.
    pub(crate) touched: RefCell<Touched>,
    /// The practice's calendar, once it was asked for.
    pub(crate) calendar: OnceCell<Arc<Calendar>>,
}

impl Conn {
    pub(crate) fn new(link: Link, env: &Env, actor: &Actor, practice: PracticeId) -> Conn {
        Conn {
            link,
            env: env.clone(),
            actor: actor.clone(),
            practice,
            now: env.now(),
            failed: Cell::new(None),
            changed: Cell::new(0),
            notes: RefCell::default(),
            touched: RefCell::default(),
            calendar: OnceCell::new(),
        }
    }

    /// The practice whose rows this connection sees.
    pub fn practice(&self) -> PracticeId {
        self.practice
    }

    /// Who does this.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The instant of this transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The civil day of this transaction in the practice's time zone.
    pub fn today(&self) -> Date {
        self.now.to_zoned(self.zone()).date()
    }

    /// The practice's time zone; the environment's where the practice is not registered yet.
    pub fn zone(&self) -> TimeZone {
        self.env.learned_zone(self.practice).unwrap_or_else(|| {
            // A refused statement keeps this transaction from being committed, so a wrong day is never written.
            let practice = crate::registration::practice(self).ok().flatten();
            let zone = practice.and_then(|practice| TimeZone::get(&practice.time_zone).ok());
            match zone {
                Some(zone) => {
                    self.env.learn_zone(self.practice, zone.clone());
                    zone
                }
                None => self.env.zone_of(self.practice),
            }
        })
    }

    /// The instant at which this transaction's civil day began in the practice's time zone.
    pub fn today_began(&self) -> Timestamp {
        // Only a date at the end of the calendar has no midnight; "nothing yet today" is then the honest answer.
        self.today().to_zoned(self.zone()).map_or(self.now, |midnight| midnight.timestamp())
    }

    /// True on PostgreSQL; for the few texts that must differ.
    pub fn is_postgres(&self) -> bool {
        match self.link {
            Link::Sqlite(_) => false,
            Link::Postgres(_) => true,
        }
    }

    /// Runs a registered query. `params` begin at `$2`.
    pub fn query<R: Record>(&self, statement: &Statement<R>, params: &[Val]) -> Result<Vec<R>, StoreError> {
        let rows = self.query_text(statement.name, statement.sql, &self.bind(statement.tenant, params))?;
        if statement.tells_changes() {
            self.changed.set(self.changed.get() + rows.len() as u64);
        }
        self.notes.borrow_mut().ran(statement.name, params);
        self.touched.borrow_mut().ran(statement.name, params.iter().take(1));
        Ok(rows)
    }

    /// Runs a registered query that finds at most one row.
    pub fn query_opt<R: Record>(&self, statement: &Statement<R>, params: &[Val]) -> Result<Option<R>, StoreError> {
        let mut rows = self.query(statement, params)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            found => Err(StoreError::RowCount { statement: statement.name.to_owned(), found }),
        }
    }

    /// Runs a registered query that finds exactly one row.
    pub fn query_one<R: Record>(&self, statement: &Statement<R>, params: &[Val]) -> Result<R, StoreError> {
        self.query_opt(statement, params)?
            .ok_or_else(|| StoreError::RowCount { statement: statement.name.to_owned(), found: 0 })
    }

    /// Runs a registered query for many keys: its text holds `IN ({keys})`, and the keys come after `params`.
    /// Keys are asked for in pieces of 500; rows come in no particular order.
    pub fn query_in<R: Record, K: Col>(
        &self,
        statement: &Statement<R>,
        params: &[Val],
        keys: &[K],
    ) -> Result<Vec<R>, StoreError> {
        let bound = self.bind(statement.tenant, params);
        let mut rows = Vec::new();
        for piece in keys.chunks(IN_SIZES[IN_SIZES.len() - 1]) {
            let (sql, all) = self.spread(statement.sql, &bound, piece);
            rows.extend(self.query_text(statement.name, &sql, &all)?);
        }
        Ok(rows)
    }

    /// Runs a registered statement and says how many rows it changed. `params` begin at `$2`.
    pub fn execute(&self, statement: &Statement<()>, params: &[Val]) -> Result<u64, StoreError> {
        let changed = self.execute_text(statement.name, statement.sql, &self.bind(statement.tenant, params))?;
        self.notes.borrow_mut().ran(statement.name, params);
        self.touched.borrow_mut().ran(statement.name, params.iter().take(1));
        Ok(changed)
    }

    /// Runs a registered statement for many keys: its text holds `IN ({keys})`, and the keys come after `params`.
    /// Says how many rows it changed.
    pub fn execute_in<K: Col>(&self, statement: &Statement<()>, params: &[Val], keys: &[K]) -> Result<u64, StoreError> {
        let bound = self.bind(statement.tenant, params);
        let mut changed = 0;
        for piece in keys.chunks(IN_SIZES[IN_SIZES.len() - 1]) {
            let (sql, all) = self.spread(statement.sql, &bound, piece);
            changed += self.execute_text(statement.name, &sql, &all)?;
        }
        let keys: Vec<Val> = keys.iter().map(Col::to_val).collect();
        self.touched.borrow_mut().ran(statement.name, keys.iter());
        Ok(changed)
    }

    /// Sets one column of many rows, each to a value of its own, in pieces of 500.
    pub fn set_each<K: Col, V: Col>(
        &self,
        table: &'static str,
        column: &'static str,
        rows: &[(K, V)],
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        for piece in rows.chunks(INSERT_ROWS) {
            let mut all = self.bind(true, &[]);
            let given = if self.is_postgres() {
                all.push(Val::Many(piece.iter().map(|(key, _)| key.to_val()).collect()));
                all.push(Val::Many(piece.iter().map(|(_, value)| value.to_val()).collect()));
                format!("SELECT * FROM unnest($2::{}[],$3::{}[])", K::KIND.postgres_word(), V::KIND.postgres_word())
            } else {
                all.extend(piece.iter().flat_map(|(key, value)| [key.to_val(), value.to_val()]));
                let rows: Vec<String> =
                    (1..=piece.len()).map(|row| format!("(${},${})", row * 2, row * 2 + 1)).collect();
                format!("VALUES {}", rows.join(","))
            };
            let sql = format!(
                "WITH given(k, v) AS ({given}) UPDATE {table} SET {column} = given.v FROM given \
                 WHERE {table}.practice_id = $1 AND {table}.id = given.k"
            );
            changed += self.execute_text(table, &sql, &all)?;
            let keys: Vec<Val> = piece.iter().map(|(key, _)| key.to_val()).collect();
            self.notes.borrow_mut().column_set(table, column, &keys);
        }
        Ok(changed)
    }

    /// Runs a query put together from registered parts (filters of a list). `$1` is the practice, `params` begin at `$2`.
    pub fn query_dynamic<R: Record>(
        &self,
        name: &'static str,
        sql: &str,
        params: &[Val],
    ) -> Result<Vec<R>, StoreError> {
        self.query_text(name, sql, &self.bind(true, params))
    }

    /// Inserts one row. The practice is put first.
    pub fn insert<R: TableRecord>(&self, row: &R) -> Result<(), StoreError> {
        self.insert_many(std::slice::from_ref(row))
    }

    /// Inserts one row unless its key exists; says whether it was inserted.
    pub fn insert_new<R: TableRecord>(&self, row: &R) -> Result<bool, StoreError> {
        let mut vals = Vec::with_capacity(R::COLUMNS.len() + 1);
        self.row_vals(row, &mut vals);
        let sql = insert_text::<R>(1, " ON CONFLICT DO NOTHING");
        let is_new = self.execute_text(R::TABLE, &sql, &vals)? == 1;
        if is_new {
            self.note_rows::<R>(&vals);
        }
        Ok(is_new)
    }

    /// Inserts many rows in prepared pieces of 500. On PostgreSQL a piece is one array a column, so that every length
    /// of a piece is one prepared statement; SQLite has no arrays and takes a list of values.
    pub fn insert_many<R: TableRecord>(&self, rows: &[R]) -> Result<(), StoreError> {
        for piece in rows.chunks(INSERT_ROWS) {
            let mut vals = Vec::with_capacity(piece.len() * (R::COLUMNS.len() + 1));
            for row in piece {
                self.row_vals(row, &mut vals);
            }
            self.insert_piece::<R>(piece.len(), &vals)?;
            self.note_rows::<R>(&vals);
        }
        Ok(())
    }

    /// Notes inserted rows for the audit; their values stand one row after another.
    fn note_rows<R: TableRecord>(&self, vals: &[Val]) {
        let practice = usize::from(R::TENANT);
        let rows = || vals.chunks(R::COLUMNS.len() + practice).map(|row| &row[practice..]);
        self.notes.borrow_mut().added(R::TABLE, R::COLUMNS, rows());
        self.touched.borrow_mut().added(R::TABLE, R::COLUMNS, rows());
    }

    fn insert_piece<R: TableRecord>(&self, rows: usize, vals: &[Val]) -> Result<(), StoreError> {
        let inserted = match &self.link {
            Link::Postgres(link) if rows > 1 => {
                let sql = insert_arrays_text::<R>();
                self.watch(link.borrow_mut().execute_columns(R::TABLE, &sql, vals, vals.len() / rows))?
            }
            Link::Sqlite(_) | Link::Postgres(_) => {
                return self.execute_text(R::TABLE, &insert_text::<R>(rows, ""), vals).map(|_| ());
            }
        };
        self.changed.set(self.changed.get() + inserted);
        Ok(())
    }

    fn row_vals<R: TableRecord>(&self, row: &R, vals: &mut Vec<Val>) {
        if R::TENANT {
            vals.push(self.practice.to_val());
        }
        row.to_vals(vals);
    }

    /// The text and parameters of a statement with a list of keys. SQLite's is padded to one of few sizes by repeating
    /// the last key.
    fn spread<K: Col>(&self, sql: &str, bound: &[Val], piece: &[K]) -> (String, Vec<Val>) {
        let vals: Vec<Val> = piece.iter().map(Col::to_val).collect();
        self.spread_vals(sql, bound, &vals)
    }

    fn spread_vals(&self, sql: &str, bound: &[Val], piece: &[Val]) -> (String, Vec<Val>) {
        let mut all = bound.to_vec();
        let first = bound.len() + 1;
        if self.is_postgres() {
            all.push(Val::Many(piece.to_vec()));
            return (with_key_array(sql, first), all);
        }
        let size = IN_SIZES.into_iter().find(|size| *size >= piece.len()).unwrap_or(piece.len());
        all.extend_from_slice(piece);
        if let Some(last) = piece.last() {
            all.extend((piece.len()..size).map(|_| last.clone()));
        }
        (with_keys(sql, first, size), all)
    }

    fn bind(&self, tenant: bool, params: &[Val]) -> Vec<Val> {
        let mut bound = Vec::with_capacity(params.len() + 1);
        if tenant {
            bound.push(self.practice.to_val());
        }
        bound.extend_from_slice(params);
        bound
    }

    /// Inserts values that are ready, row after row, in prepared pieces of 500: the floor that posting is measured against.
    #[cfg(any(test, feature = "testing"))]
    pub fn insert_ready<R: TableRecord>(&self, vals: &[Val]) -> Result<(), StoreError> {
        let width = R::COLUMNS.len() + usize::from(R::TENANT);
        for piece in vals.chunks(INSERT_ROWS * width) {
            self.insert_piece::<R>(piece.len() / width, piece)?;
        }
        Ok(())
    }

    /// Every row of a table that a filter finds, as values ready for [`Conn::insert_ready`].
    #[cfg(any(test, feature = "testing"))]
    pub fn ready_rows<R: TableRecord>(&self, filter: &str) -> Result<Vec<Val>, StoreError> {
        let columns: Vec<&str> = R::COLUMNS.iter().map(|column| column.name).collect();
        let sql = format!("SELECT {} FROM {} WHERE practice_id = $1 AND {filter}", columns.join(","), R::TABLE);
        let mut vals = Vec::new();
        for row in self.query_text::<R>(R::TABLE, &sql, &[self.practice.to_val()])? {
            vals.push(self.practice.to_val());
            row.to_vals(&mut vals);
        }
        Ok(vals)
    }

    /// How the embedded engine would look for a registered statement's rows; none on PostgreSQL.
    #[cfg(any(test, feature = "testing"))]
    pub fn query_plan(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        if self.is_postgres() {
            return Ok(Vec::new());
        }
        let sql = with_keys(sql, 9, 3);
        let explained = sqlite::numbered(&format!("EXPLAIN QUERY PLAN {sql}")).into_owned();
        let numbers = explained
            .split('?')
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()));
        let nothing = vec![Val::Null; numbers.max().unwrap_or(0)];
        let rows: Vec<(i64, i64, i64, String)> = self.query_text("query plan", &explained, &nothing)?;
        Ok(rows.into_iter().map(|(_, _, _, detail)| detail).collect())
    }

    /// Runs SQL that is not registered, for tests that attack the engine's own protection.
    #[cfg(any(test, feature = "testing"))]
    pub fn execute_unregistered(&self, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
        self.execute_text("an unregistered statement", sql, params)
    }

    pub(crate) fn query_text<R: Record>(&self, name: &str, sql: &str, params: &[Val]) -> Result<Vec<R>, StoreError> {
        self.watch(match &self.link {
            Link::Sqlite(connection) => sqlite::query(connection, name, sql, params),
            Link::Postgres(link) => link.borrow_mut().query(name, sql, params),
        })
    }

    /// Runs a query and hands over each row as it comes, so that a whole table never stands in memory.
    pub(crate) fn each_row(
        &self,
        name: &str,
        sql: &str,
        params: &[Val],
        kinds: &[Kind],
        take: &mut dyn FnMut(Vec<Val>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.watch(match &self.link {
            Link::Sqlite(connection) => sqlite::each_row(connection, name, sql, params, kinds, take),
            Link::Postgres(link) => link.borrow_mut().each_row(name, sql, params, take),
        })
    }

    /// Hands over each row of a query of the practice with the keys' rows; the text holds `IN ({keys})`.
    pub(crate) fn each_row_in(
        &self,
        name: &str,
        sql: &str,
        kinds: &[Kind],
        keys: &[Val],
        take: &mut dyn FnMut(Vec<Val>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for piece in keys.chunks(INSERT_ROWS) {
            let bound = self.bind(true, &[]);
            let (sql, all) = self.spread_vals(sql, &bound, piece);
            self.each_row(name, &sql, &all, kinds, take)?;
        }
        Ok(())
    }

    /// Hands over each row of a query of the practice as it is stored; a value that is not of its column's type comes as
    /// an empty list, which no column holds.
    pub(crate) fn each_row_stored(
        &self,
        name: &str,
        sql: &str,
        kinds: &[Kind],
        take: &mut dyn FnMut(Vec<Val>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let bound = self.bind(true, &[]);
        self.watch(match &self.link {
            Link::Sqlite(connection) => sqlite::each_row_stored(connection, name, sql, &bound, kinds, take),
            Link::Postgres(link) => link.borrow_mut().each_row(name, sql, &bound, take),
        })
    }

    pub(crate) fn execute_text(&self, name: &str, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
        let changed = self.watch(match &self.link {
            Link::Sqlite(connection) => sqlite::execute(connection, name, sql, params),
            Link::Postgres(link) => link.borrow_mut().execute(name, sql, params),
        })?;
        self.changed.set(self.changed.get() + changed);
        Ok(changed)
    }

    pub(crate) fn batch(&self, name: &str, sql: &str) -> Result<(), StoreError> {
        self.watch(match &self.link {
            Link::Sqlite(connection) => sqlite::batch(connection, name, sql),
            Link::Postgres(link) => link.borrow_mut().batch(name, sql),
        })
    }

    fn watch<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Refused { kind, .. }) = &result {
            self.failed.set(Some(*kind));
        }
        result
    }

    /// The refusal that spoiled this transaction, if one did.
    pub(crate) fn failure(&self) -> Option<RefusalKind> {
        self.failed.get()
    }

    /// How many rows were changed so far.
    pub(crate) fn changed(&self) -> u64 {
        self.changed.get()
    }
}

/// The text for SQLite with a list of keys: `$n` placeholders in the place of the mark.
pub(crate) fn with_keys(sql: &str, first: usize, count: usize) -> String {
    let marks: Vec<String> = (first..first + count).map(|n| format!("${n}")).collect();
    sql.replace(KEYS_MARK, &format!("IN ({})", marks.join(",")))
}

/// The text for PostgreSQL with a list of keys: they are one array.
pub(crate) fn with_key_array(sql: &str, number: usize) -> String {
    sql.replace(KEYS_MARK, &format!("= ANY(${number})"))
}

/// "INSERT INTO table (columns) ".
fn insert_into<R: TableRecord>() -> String {
    let practice = R::TENANT.then_some("practice_id");
    let names: Vec<&str> = practice.into_iter().chain(R::COLUMNS.iter().map(|column| column.name)).collect();
    format!("INSERT INTO {} ({}) ", R::TABLE, names.join(","))
}

/// The text of an INSERT of any number of rows, each column an array. PostgreSQL's.
fn insert_arrays_text<R: TableRecord>() -> String {
    let practice = R::TENANT.then_some(Kind::Uuid);
    let kinds = practice.into_iter().chain(R::COLUMNS.iter().map(|column| column.kind));
    let arrays: Vec<String> =
        kinds.zip(1_usize..).map(|(kind, number)| format!("${number}::{}[]", kind.postgres_word())).collect();
    format!("{}SELECT * FROM unnest({})", insert_into::<R>(), arrays.join(","))
}

/// The text of a multi-row INSERT.
fn insert_text<R: TableRecord>(rows: usize, suffix: &str) -> String {
    let width = R::COLUMNS.len() + usize::from(R::TENANT);
    let mut sql = insert_into::<R>();
    sql.reserve(16 + rows * width * 7);
    sql.push_str("VALUES ");
    let mut number = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            number += 1;
            sql.push_str(if column == 0 { "$" } else { ",$" });
            sql.push_str(&number.to_string());
        }
        sql.push(')');
    }
    sql.push_str(suffix);
    sql
}

/// The error of a column that did not fit its record.
pub(crate) fn column_error<R: Record>(statement: &str, place: usize) -> StoreError {
    let column = R::COLUMNS.get(place);
    StoreError::Column {
        statement: statement.to_owned(),
        column: match column {
            Some(column) if !column.name.is_empty() => column.name.to_owned(),
            _ => (place + 1).to_string(),
        },
        expected: column.map_or("expected", |c| c.kind.name()),
    }
}
