//! The two engines behind one small enum: connections are lent from here and come back here.
//!
//! It never decides what a transaction does; that is `db.rs`.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::conn::Link;
use crate::error::StoreError;
use crate::sqlite::Use;
use crate::{postgres, sqlite};

/// Readers kept open on the embedded engine; more are opened when needed and closed after.
const KEPT_READERS: usize = 8;
/// PostgreSQL connections of one process: web workers wait for one rather than exhaust the server's 100.
const POSTGRES_CONNECTIONS: usize = 16;
/// How long a caller waits for a connection before it is told that the server is too busy.
const CONNECTION_WAIT: Duration = Duration::from_secs(30);

/// The engine of an open database.
pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The embedded engine: one writer, some readers.
pub(crate) struct Sqlite {
    path: PathBuf,
    /// Empty while nobody has written yet, or after a closure panicked.
    writer: Mutex<Option<rusqlite::Connection>>,
    readers: Mutex<Vec<rusqlite::Connection>>,
}

/// A pool of connections to a server.
pub(crate) struct Postgres {
    config: ::postgres::Config,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<postgres::Link>,
    lent: usize,
}

/// What a lent connection holds until it is returned or lost: the right to be the one writer (embedded engine), or a
/// place among the pool's connections (server). Dropped by a panic too, so that no place is lost.
pub(crate) enum Turn<'e> {
    Writer(MutexGuard<'e, Option<rusqlite::Connection>>),
    Reader,
    Place(Place<'e>),
}

/// A place among the pool's connections.
pub(crate) struct Place<'e>(&'e Postgres);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut pool = self.0.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.lent = pool.lent.saturating_sub(1);
        drop(pool);
        self.0.returned.notify_one();
    }
}

/// The file of an embedded database that a URL names; none where it names a server.
pub fn embedded_file(url: &str) -> Option<&Path> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return None;
    }
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
}

impl Engine {
    /// Opens what a URL names: a path, `sqlite:path`, or `postgres://…`.
    pub(crate) fn open(url: &str) -> Result<Engine, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Postgres::open(url).map(Engine::Postgres);
        }
        match embedded_file(url) {
            Some(path) if !path.as_os_str().is_empty() => Sqlite::open(path).map(Engine::Sqlite),
            Some(_) | None => {
                Err(StoreError::Open("no database is named: give a file, or postgres://user@host/name".into()))
            }
        }
    }

    /// A connection that may write, with the right to do so.
    pub(crate) fn writer(&self) -> Result<(Link, Turn<'_>), StoreError> {
        match self {
            Engine::Sqlite(sqlite) => {
                let mut turn = sqlite.writer.lock().unwrap_or_else(PoisonError::into_inner);
                let connection = match turn.take() {
                    Some(connection) => connection,
                    None => sqlite::open(&sqlite.path, Use::Write)?,
                };
                Ok((Link::Sqlite(connection), Turn::Writer(turn)))
            }
            Engine::Postgres(postgres) => postgres.lend(),
        }
    }

    /// A connection that only reads.
    pub(crate) fn reader(&self) -> Result<(Link, Turn<'_>), StoreError> {
        match self {
            Engine::Sqlite(sqlite) => {
                let idle = sqlite.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let connection = match idle {
                    Some(connection) => connection,
                    None => sqlite::open(&sqlite.path, Use::Read)?,
                };
                Ok((Link::Sqlite(connection), Turn::Reader))
            }
            Engine::Postgres(postgres) => postgres.lend(),
        }
    }

    /// Takes a connection back; `sound` is false where it must not be used again.
    pub(crate) fn give_back(&self, link: Link, turn: Turn<'_>, sound: bool) {
        if !sound {
            return;
        }
        match (self, link, turn) {
            (Engine::Sqlite(_), Link::Sqlite(connection), Turn::Writer(mut slot)) => *slot = Some(connection),
            (Engine::Sqlite(sqlite), Link::Sqlite(connection), Turn::Reader) => {
                let mut readers = sqlite.readers.lock().unwrap_or_else(PoisonError::into_inner);
                if readers.len() < KEPT_READERS {
                    readers.push(connection);
                }
            }
            (Engine::Postgres(postgres), Link::Postgres(link), Turn::Place(_place)) => {
                let link = link.into_inner();
                if link.is_open() {
                    postgres.pool.lock().unwrap_or_else(PoisonError::into_inner).idle.push(link);
                }
            }
            (Engine::Sqlite(_) | Engine::Postgres(_), Link::Sqlite(_) | Link::Postgres(_), _) => {}
        }
    }

    /// The place in words for people, without a password.
    pub(crate) fn place(&self) -> String {
        match self {
            Engine::Sqlite(sqlite) => sqlite.path.display().to_string(),
            Engine::Postgres(postgres) => {
                format!("PostgreSQL database {}", postgres.config.get_dbname().unwrap_or("of the user's name"))
            }
        }
    }

    /// The file of the embedded engine.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Engine::Sqlite(sqlite) => Some(&sqlite.path),
            Engine::Postgres(_) => None,
        }
    }
}

impl Sqlite {
    fn open(path: &Path) -> Result<Sqlite, StoreError> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::File { path: folder.display().to_string(), source })?;
        }
        create_private(path)?;
        let writer = sqlite::open(path, Use::Write)?;
        Ok(Sqlite { path: path.to_owned(), writer: Mutex::new(Some(writer)), readers: Mutex::default() })
    }
}

/// A new file is readable by its owner only: it will hold health records.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::File { path: path.display().to_string(), source }),
    }
}

impl Postgres {
    fn open(url: &str) -> Result<Postgres, StoreError> {
        let mut config: ::postgres::Config = url.parse().map_err(|e| {
            StoreError::Open(format!(
                "the database URL is not understood ({e}): write postgres://user:password@host/name"
            ))
        })?;
        config.application_name("tierline");
        let mut link = postgres::open(&config)?;
        postgres::check_server(&mut link)?;
        let pool = Pool { idle: vec![link], lent: 0 };
        Ok(Postgres { config, pool: Mutex::new(pool), returned: Condvar::new() })
    }

    fn lend(&self) -> Result<(Link, Turn<'_>), StoreError> {
        let until = Instant::now() + CONNECTION_WAIT;
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if pool.lent < POSTGRES_CONNECTIONS {
                pool.lent += 1;
                let idle = std::iter::from_fn(|| pool.idle.pop()).find(postgres::Link::is_open);
                drop(pool);
                let place = Place(self);
                let link = match idle {
                    Some(link) => link,
                    None => postgres::open(&self.config)?,
                };
                return Ok((Link::Postgres(link.into()), Turn::Place(place)));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Open("all connections to PostgreSQL are busy: try again in a moment".into()));
            }
            pool = self.returned.wait_timeout(pool, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
