//! The PostgreSQL engine: how connections are opened and checked and values travel. No statement of a feature stands here.

use std::collections::HashMap;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use jiff::Timestamp;
use jiff::civil::Date;
use postgres::error::SqlState;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls};
use uuid::Uuid;

use crate::error::{RefusalKind, StoreError};
use crate::record::Record;
use crate::value::Val;

/// Prepared statements kept per connection before all are let go: more than the statements of one busy day.
const CACHED_STATEMENTS: usize = 512;
/// A statement with a longer list of keys is planned anew each time, for tables as large as they are then. A kept plan,
/// made while a table was small, reads all of the table and compares each row with each key.
const KEYS_OF_KEPT_PLAN: usize = 10;

/// A connection with its prepared statements.
pub(crate) struct Link {
    client: Client,
    prepared: HashMap<String, postgres::Statement>,
}

/// Opens a connection and refuses a server that may lose what it has confirmed.
pub(crate) fn open(config: &Config) -> Result<Link, StoreError> {
    let client = config.connect(NoTls).map_err(|e| {
        StoreError::Open(format!("cannot connect to PostgreSQL ({e}): check that it runs and that the URL's host, name and password are right"))
    })?;
    Ok(Link { client, prepared: HashMap::new() })
}

/// The start-up check: commits must survive a crash of the server or the machine, and the role must not be able to
/// look past row-level security.
pub(crate) fn check_server(link: &mut Link) -> Result<(), StoreError> {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let rows: Vec<(String,)> =
            link.query("start-up check", "SELECT current_setting($1)", &[Val::Text(setting.to_owned())])?;
        if rows.iter().any(|(value,)| value == "off") {
            return Err(StoreError::Open(format!(
                "PostgreSQL runs with {setting} = off, so it may lose payments it has confirmed: turn {setting} on"
            )));
        }
    }
    let roles: Vec<(bool,)> = link.query(
        "start-up check",
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
        &[],
    )?;
    if roles.iter().any(|(unbound,)| *unbound) {
        return Err(StoreError::Open(
            "this PostgreSQL role is a superuser or bypasses row-level security, so one practice could see another's \
             rows: connect as a plain role that owns the database (CREATE ROLE tierline LOGIN)"
                .into(),
        ));
    }
    Ok(())
}

/// An engine error as the store's, without values (they stand in the detail, which is left out).
pub(crate) fn refused(statement: &str, error: &postgres::Error) -> StoreError {
    let Some(db) = error.as_db_error() else {
        let kind = if error.is_closed() || std::error::Error::source(error).is_some_and(|s| s.is::<std::io::Error>()) {
            RefusalKind::Connection
        } else {
            RefusalKind::Other
        };
        let reason = match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        return StoreError::Refused { statement: statement.to_owned(), reason, kind };
    };
    let code = db.code();
    let kind = if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        RefusalKind::Retry
    } else if *code == SqlState::UNIQUE_VIOLATION {
        RefusalKind::Unique
    } else if code.code().starts_with("23")
        || *code == SqlState::RAISE_EXCEPTION
        || *code == SqlState::INSUFFICIENT_PRIVILEGE
    {
        RefusalKind::Constraint
    } else if code.code().starts_with("08") || code.code().starts_with("57P") {
        RefusalKind::Connection
    } else {
        RefusalKind::Other
    };
    let reason = match db.constraint() {
        Some(constraint) => format!("{} ({constraint})", db.message()),
        None => db.message().to_owned(),
    };
    StoreError::Refused { statement: statement.to_owned(), reason, kind }
}

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Val::Null => Ok(IsNull::Yes),
            Val::Bool(value) => checked::<bool>(value, ty, out),
            Val::Int(value) => match *ty {
                Type::INT2 => i16::try_from(*value)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
                _ => checked::<i64>(value, ty, out),
            },
            Val::Text(text) => checked::<String>(text, ty, out),
            Val::Bytes(bytes) => checked::<Vec<u8>>(bytes, ty, out),
            Val::Uuid(id) => checked::<Uuid>(id, ty, out),
            Val::Date(date) => checked::<Date>(date, ty, out),
            Val::Timestamp(instant) => checked::<Timestamp>(instant, ty, out),
            Val::Json(text) => {
                if *ty == Type::JSONB {
                    // The binary form of jsonb: a version byte, then the text.
                    out.extend_from_slice(&[1]);
                    out.extend_from_slice(text.as_bytes());
                    Ok(IsNull::No)
                } else {
                    checked::<String>(text, ty, out)
                }
            }
            Val::Many(keys) => keys.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Each value checks against the column's type as it is written.
        true
    }

    to_sql_checked!();
}

/// One column of rows that stand one after another, as an array.
#[derive(Debug)]
struct Column<'v> {
    vals: &'v [Val],
    width: usize,
    place: usize,
}

impl ToSql for Column<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.vals.iter().skip(self.place).step_by(self.width).collect::<Vec<&Val>>().to_sql(ty, out)
    }

    fn accepts(_: &Type) -> bool {
        // Each value checks against the member's type as it is written.
        true
    }

    to_sql_checked!();
}

fn checked<T: ToSql>(
    value: &T,
    ty: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
    if !T::accepts(ty) {
        return Err(format!("a parameter of another type stands where {ty} is expected").into());
    }
    value.to_sql(ty, out)
}

impl<'a> FromSql<'a> for Val {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Val, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::BOOL => Val::Bool(bool::from_sql(ty, raw)?),
            Type::INT2 => Val::Int(i64::from(i16::from_sql(ty, raw)?)),
            Type::INT4 => Val::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT8 => Val::Int(i64::from_sql(ty, raw)?),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Val::Text(String::from_sql(ty, raw)?),
            Type::BYTEA => Val::Bytes(raw.to_vec()),
            Type::UUID => Val::Uuid(Uuid::from_sql(ty, raw)?),
            Type::DATE => Val::Date(Date::from_sql(ty, raw)?),
            Type::TIMESTAMPTZ => Val::Timestamp(Timestamp::from_sql(ty, raw)?),
            Type::JSONB => Val::Json(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned()),
            _ => return Err(format!("a column of type {ty} is not used here: CAST it (sums to BIGINT)").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Val, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Val::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Link {
    /// True where the connection can be used again.
    pub(crate) fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    fn prepare(&mut self, name: &str, sql: &str, params: &[Val]) -> Result<postgres::Statement, StoreError> {
        if params.iter().any(|val| matches!(val, Val::Many(keys) if keys.len() > KEYS_OF_KEPT_PLAN)) {
            return self.client.prepare(sql).map_err(|e| refused(name, &e));
        }
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|e| refused(name, &e))?;
        if self.prepared.len() >= CACHED_STATEMENTS {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Runs a query and reads every row into its record.
    pub(crate) fn query<R: Record>(&mut self, name: &str, sql: &str, params: &[Val]) -> Result<Vec<R>, StoreError> {
        let statement = self.prepare(name, sql, params)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &params).map_err(|e| refused(name, &e))?;
        rows.iter()
            .map(|row| {
                let mut vals = (0..R::COLUMNS.len()).map_while(|place| row.try_get::<_, Val>(place).ok());
                R::from_vals(&mut vals).map_err(|place| crate::conn::column_error::<R>(name, place))
            })
            .collect()
    }

    /// Runs a query and hands over each row as it comes.
    pub(crate) fn each_row(
        &mut self,
        name: &str,
        sql: &str,
        params: &[Val],
        take: &mut dyn FnMut(Vec<Val>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.prepare(name, sql, params)?;
        let width = statement.columns().len();
        let mut rows = self.client.query_raw(&statement, params).map_err(|e| refused(name, &e))?;
        while let Some(row) = rows.next().map_err(|e| refused(name, &e))? {
            let vals: Result<Vec<Val>, postgres::Error> = (0..width).map(|place| row.try_get(place)).collect();
            take(vals.map_err(|e| refused(name, &e))?)?;
        }
        Ok(())
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn execute(&mut self, name: &str, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
        let statement = self.prepare(name, sql, params)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &params).map_err(|e| refused(name, &e))
    }

    /// Runs a statement whose parameters are arrays, one a column of the rows that stand one after another in `vals`.
    pub(crate) fn execute_columns(
        &mut self,
        name: &str,
        sql: &str,
        vals: &[Val],
        width: usize,
    ) -> Result<u64, StoreError> {
        let statement = self.prepare(name, sql, &[])?;
        let columns: Vec<Column<'_>> = (0..width).map(|place| Column { vals, width, place }).collect();
        let params: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|c| c as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &params).map_err(|e| refused(name, &e))
    }

    /// Runs several statements separated by semicolons.
    pub(crate) fn batch(&mut self, name: &str, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|e| refused(name, &e))
    }

    /// The parameter and column types of a statement, without running it.
    #[cfg(test)]
    pub(crate) fn describe(&mut self, name: &str, sql: &str) -> Result<Described, StoreError> {
        let statement = self.client.prepare(sql).map_err(|e| refused(name, &e))?;
        Ok(Described {
            params: statement.params().len(),
            columns: statement.columns().iter().map(|c| (c.name().to_owned(), c.type_().name().to_owned())).collect(),
        })
    }
}

#[cfg(test)]
/// What a statement asks for and gives.
#[cfg(test)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    /// How many parameters.
    pub params: usize,
    /// Name and type word of each result column.
    pub columns: Vec<(String, String)>,
}
