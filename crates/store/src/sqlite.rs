//! The embedded engine: how connections are opened and values travel. No statement of a feature stands here.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use uuid::Uuid;

use crate::error::{RefusalKind, StoreError};
use crate::record::Record;
use crate::value::{Kind, Val};

/// How long a writer of another process is waited for before the whole closure is tried again.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection: more than the statements of one busy day.
const CACHED_STATEMENTS: usize = 256;
/// Page cache per connection, in KiB (a negative `cache_size` counts KiB).
const CACHE_KIB: i64 = 16_384;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The one connection that writes.
    Write,
    /// One of the connections that read.
    Read,
}

/// Opens a connection with durable settings; a reader refuses to write.
pub(crate) fn open(path: &Path, for_use: Use) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|e| StoreError::Open(format!("cannot open the database {}: {}", path.display(), reason(&e))))?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    let set_up = || -> rusqlite::Result<()> {
        connection.busy_timeout(BUSY_WAIT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // FULL: a commit that was answered survives a power cut (NORMAL may roll it back).
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // So that INSERT OR REPLACE meets the append-only triggers too.
        connection.pragma_update(None, "recursive_triggers", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        if for_use == Use::Read {
            connection.pragma_update(None, "query_only", true)?;
        }
        Ok(())
    };
    set_up().map_err(|e| {
        let path = path.display();
        StoreError::Open(format!(
            "{path} cannot be used as a database ({}): name a Tierline database or a new file",
            reason(&e)
        ))
    })?;
    Ok(connection)
}

/// The engine's words without values.
fn reason(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => message.clone().unwrap_or_else(|| code.to_string()),
        other => other.to_string(),
    }
}

/// An engine error as the store's.
pub(crate) fn refused(statement: &str, error: &rusqlite::Error) -> StoreError {
    let kind = match error {
        rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => RefusalKind::Retry,
            ErrorCode::ConstraintViolation => match failure.extended_code {
                ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => RefusalKind::Unique,
                _ => RefusalKind::Constraint,
            },
            _ => RefusalKind::Other,
        },
        _ => RefusalKind::Other,
    };
    StoreError::Refused { statement: statement.to_owned(), reason: reason(error), kind }
}

/// `$1` is a *named* parameter on SQLite, numbered by first appearance; `?1` is what we mean.
pub(crate) fn numbered(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let digit = rest[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        out.push(if digit { '?' } else { '$' });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

impl rusqlite::ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Val::Null => ToSqlOutput::Owned(Value::Null),
            Val::Bool(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Val::Int(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Val::Text(text) | Val::Json(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Val::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Val::Uuid(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
            Val::Date(date) => ToSqlOutput::Owned(Value::Text(date.to_string())),
            Val::Timestamp(instant) => ToSqlOutput::Owned(Value::Integer(instant.as_microsecond())),
            Val::Many(_) => {
                return Err(rusqlite::Error::ToSqlConversionFailure("SQLite has no arrays of keys".into()));
            }
        })
    }
}

/// A stored value as the type its reader expects; `None` where it is another.
pub(crate) fn val(stored: ValueRef<'_>, kind: Kind) -> Option<Val> {
    match stored {
        ValueRef::Null => Some(Val::Null),
        ValueRef::Integer(value) => match kind {
            Kind::Bool => Some(Val::Bool(value != 0)),
            Kind::Int => Some(Val::Int(value)),
            Kind::Timestamp => Timestamp::from_microsecond(value).ok().map(Val::Timestamp),
            Kind::Text | Kind::Bytes | Kind::Uuid | Kind::Date | Kind::Json => None,
        },
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).ok()?;
            match kind {
                Kind::Text => Some(Val::Text(text.to_owned())),
                Kind::Json => Some(Val::Json(text.to_owned())),
                Kind::Date => text.parse().ok().map(Val::Date),
                Kind::Bool | Kind::Int | Kind::Bytes | Kind::Uuid | Kind::Timestamp => None,
            }
        }
        ValueRef::Blob(bytes) => match kind {
            Kind::Bytes => Some(Val::Bytes(bytes.to_vec())),
            Kind::Uuid => Uuid::from_slice(bytes).ok().map(Val::Uuid),
            Kind::Bool | Kind::Int | Kind::Text | Kind::Date | Kind::Timestamp | Kind::Json => None,
        },
        ValueRef::Real(_) => None,
    }
}

/// Runs a query and reads every row into its record.
pub(crate) fn query<R: Record>(
    connection: &Connection,
    name: &str,
    sql: &str,
    params: &[Val],
) -> Result<Vec<R>, StoreError> {
    let sql = numbered(sql);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| refused(name, &e))?;
    let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(|e| refused(name, &e))?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().map_err(|e| refused(name, &e))? {
        let mut vals = R::COLUMNS.iter().enumerate().map_while(|(place, column)| {
            let stored = row.get_ref(place).ok()?;
            val(stored, column.kind)
        });
        records.push(R::from_vals(&mut vals).map_err(|place| crate::conn::column_error::<R>(name, place))?);
    }
    Ok(records)
}

/// Runs a query and hands over each row as it comes.
pub(crate) fn each_row(
    connection: &Connection,
    name: &str,
    sql: &str,
    params: &[Val],
    kinds: &[Kind],
    take: &mut dyn FnMut(Vec<Val>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    rows(connection, name, sql, params, kinds, &|_| None, take)
}

/// As [`each_row`]; a value that is not of its column's type comes as an empty list.
pub(crate) fn each_row_stored(
    connection: &Connection,
    name: &str,
    sql: &str,
    params: &[Val],
    kinds: &[Kind],
    take: &mut dyn FnMut(Vec<Val>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    rows(connection, name, sql, params, kinds, &|_| Some(Val::Many(Vec::new())), take)
}

fn rows(
    connection: &Connection,
    name: &str,
    sql: &str,
    params: &[Val],
    kinds: &[Kind],
    unreadable: &dyn Fn(Kind) -> Option<Val>,
    take: &mut dyn FnMut(Vec<Val>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = numbered(sql);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| refused(name, &e))?;
    let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(|e| refused(name, &e))?;
    while let Some(row) = rows.next().map_err(|e| refused(name, &e))? {
        let mut vals = Vec::with_capacity(kinds.len());
        for (place, kind) in kinds.iter().enumerate() {
            let stored = row.get_ref(place).map_err(|e| refused(name, &e))?;
            vals.push(val(stored, *kind).or_else(|| unreadable(*kind)).ok_or_else(|| StoreError::Column {
                statement: name.to_owned(),
                column: (place + 1).to_string(),
                expected: kind.name(),
            })?);
        }
        take(vals)?;
    }
    Ok(())
}

/// Runs a statement and says how many rows it changed.
pub(crate) fn execute(connection: &Connection, name: &str, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
    let sql = numbered(sql);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| refused(name, &e))?;
    let changed = statement.execute(rusqlite::params_from_iter(params)).map_err(|e| refused(name, &e))?;
    Ok(changed as u64)
}

/// Runs several statements separated by semicolons.
pub(crate) fn batch(connection: &Connection, name: &str, sql: &str) -> Result<(), StoreError> {
    connection.execute_batch(sql).map_err(|e| refused(name, &e))
}
