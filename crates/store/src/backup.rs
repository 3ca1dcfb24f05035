//! One file that holds everything, made while others work, and restored into an empty place on either engine.
//!
//! The file is an embedded database of our own schema, whatever engine it came from: it can be opened, verified and
//! read as it is. It never overwrites a file or a database that holds a practice.

use std::path::{Path, PathBuf};

use billing::access::Actor;
use billing::id::PracticeId;
use uuid::Uuid;

use crate::conn::{Conn, INSERT_ROWS, Link};
use crate::db::{Core, Db, NO_PRACTICE};
use crate::engine::Engine;
use crate::env::Env;
use crate::error::StoreError;
use crate::migrate;
use crate::value::{Col, Kind, Val};

/// Rows of tables with whole files that are written at once: files are large.
const FILE_ROWS: usize = 20;

/// Tables that must be filled in this order, because inserting the later seals the earlier.
const SEALED_LAST: [(&str, &str); 4] = [
    ("ledger_entry", "sequence"),
    ("audit_record", "sequence"),
    ("audit_read", "sequence"),
    // It closes months: entries of them come before.
    ("practice_head", "ledger_sequence"),
];

/// A table as PostgreSQL describes it, which knows each column's true type.
#[derive(Debug, Clone)]
struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

impl Table {
    fn is_tenant(&self) -> bool {
        self.columns.iter().any(|(name, _)| name == "practice_id")
    }

    fn order(&self) -> Option<&'static str> {
        SEALED_LAST.iter().find(|(name, _)| *name == self.name).map(|(_, order)| *order)
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn select(&self) -> String {
        let tenant = if self.is_tenant() { " WHERE practice_id = $1" } else { "" };
        let order = self.order().map_or(String::new(), |column| format!(" ORDER BY {column}"));
        format!("SELECT {} FROM {}{tenant}{order}", self.names(), self.name)
    }

    fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let values: Vec<String> = (0..rows)
            .map(|row| {
                let marks: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
                format!("({})", marks.join(","))
            })
            .collect();
        format!("INSERT INTO {} ({}) VALUES {}", self.name, self.names(), values.join(","))
    }

    fn rows_at_once(&self) -> usize {
        let has_files = self.columns.iter().any(|(name, kind)| *kind == Kind::Bytes && !name.ends_with("hash"));
        if has_files { FILE_ROWS } else { INSERT_ROWS }
    }
}

impl Db {
    /// Writes everything into one new file, as of one instant, while others read and write.
    ///
    /// # Errors
    /// [`StoreError::Domain`] where the file exists; [`StoreError`] of the engine. No file is left then.
    pub fn backup(&self, file: &Path) -> Result<(), StoreError> {
        self.flush_reads();
        refuse_existing(file)?;
        let part = part_of(file);
        let made = match &self.core().engine {
            Engine::Sqlite(_) => {
                let source = self.file().map(Path::to_owned).unwrap_or_default();
                vacuum_into(&source, &part)
            }
            Engine::Postgres(_) => from_postgres(self.core(), &part),
        };
        let kept = made.and_then(|()| keep(&part, file));
        if kept.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        kept
    }
}

/// Restores a backup into an empty place and opens it: a new file, or a PostgreSQL database without a practice.
///
/// # Errors
/// [`StoreError::Domain`] where the place is not empty, [`StoreError::Open`] where the file is no backup; [`StoreError`]
/// of the engine.
pub fn restore(backup: &Path, url: &str, env: Env) -> Result<Db, StoreError> {
    if !backup.is_file() {
        return Err(StoreError::Domain(format!("{} does not exist: name a backup file", backup.display())));
    }
    if url.starts_with("postgres") {
        let db = Db::open(url, env)?;
        into_postgres(backup, db.core())?;
        db.analyze()?;
        return Ok(db);
    }
    let path = crate::embedded_file(url).map(Path::to_owned).unwrap_or_default();
    refuse_existing(&path)?;
    let part = part_of(&path);
    copy_backup(backup, &part)?;
    keep(&part, &path)?;
    let db = Db::open(url, env)?;
    db.analyze()?;
    Ok(db)
}

fn refuse_existing(file: &Path) -> Result<(), StoreError> {
    if file.exists() {
        return Err(StoreError::Domain(format!("{} exists and is not overwritten: name a new file", file.display())));
    }
    Ok(())
}

/// Where a file is written until it is whole.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

/// Makes the finished file durable under its name, readable by its owner only.
fn keep(part: &Path, file: &Path) -> Result<(), StoreError> {
    let failed = |source: std::io::Error| StoreError::File { path: file.display().to_string(), source };
    let written = std::fs::OpenOptions::new().write(true).open(part).map_err(failed)?;
    #[cfg(unix)]
    {
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        written.set_permissions(private).map_err(failed)?;
    }
    written.sync_all().map_err(failed)?;
    std::fs::rename(part, file).map_err(failed)?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// A consistent copy of an embedded database, made by the engine itself.
fn vacuum_into(source: &Path, target: &Path) -> Result<(), StoreError> {
    let _ = std::fs::remove_file(target);
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(source, flags)
        .map_err(|e| StoreError::Open(format!("cannot open {}: {e}", source.display())))?;
    let path = target.display().to_string();
    connection.execute("VACUUM INTO ?1", [&path]).map_err(|e| crate::sqlite::refused("backup", &e))?;
    Ok(())
}

/// A copy of a backup, once it is known to be one; otherwise nothing is left of the copy.
fn copy_backup(backup: &Path, target: &Path) -> Result<(), StoreError> {
    let said = |reason: String| {
        StoreError::Open(format!(
            "cannot restore {}, for it is no backup of Tierline ({reason}): name a file that `tierline backup` wrote",
            backup.display()
        ))
    };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    rusqlite::Connection::open_with_flags(backup, flags)
        .and_then(|opened| opened.query_row("SELECT COUNT(*) FROM practice", [], |row| row.get::<_, i64>(0)))
        .map_err(|error| match crate::sqlite::refused("restore", &error) {
            StoreError::Refused { reason, .. } => said(reason),
            other => other,
        })?;
    vacuum_into(backup, target).inspect_err(|_| {
        let _ = std::fs::remove_file(target);
    })
}

/// Everything of a server into a new embedded database, from one snapshot.
fn from_postgres(core: &Core, target: &Path) -> Result<(), StoreError> {
    let _ = std::fs::remove_file(target);
    let file = Core { engine: Engine::open(&target.display().to_string())?, env: core.env.clone() };
    migrate::run(&file)?;
    let actor = Actor::system(NO_PRACTICE);
    let (link, turn) = core.engine.reader()?;
    let source = Conn::new(link, &core.env, &actor, NO_PRACTICE);
    let copied = source.begin_read().and_then(|()| {
        let tables = tables(&source)?;
        let practices = practices(&source)?;
        // Switched outside the transaction, as the engine wants it; the check below makes up for it.
        file.without_foreign_keys(|target| copy_all(&source, target, &tables, &practices))
    });
    let sound = source.end("ROLLBACK").is_ok();
    core.engine.give_back(source.link, turn, sound);
    copied?;
    file.settle_journal()
}

/// Everything of an embedded database into an empty server, in one transaction.
fn into_postgres(backup: &Path, core: &Core) -> Result<(), StoreError> {
    // A copy is brought to this version's schema first; the backup itself stays as it is.
    let copy = std::env::temp_dir().join(format!("tierline-restore-{}.db", core.env.new_id()));
    copy_backup(backup, &copy)?;
    let restored = copy_into_postgres(&copy, core);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", copy.display()));
    }
    restored
}

fn copy_into_postgres(copy: &Path, core: &Core) -> Result<(), StoreError> {
    let file = Core { engine: Engine::open(&copy.display().to_string())?, env: core.env.clone() };
    migrate::run(&file)?;
    let actor = Actor::system(NO_PRACTICE);
    let (link, turn) = file.engine.reader()?;
    let source = Conn::new(link, &core.env, &actor, NO_PRACTICE);
    let copied = core.unchained(&actor, NO_PRACTICE, |target| {
        let existing: Vec<(i64,)> = target.query_text("restore", "SELECT COUNT(*) FROM practice", &[])?;
        if existing.iter().any(|(count,)| *count > 0) {
            return Err(StoreError::Domain(
                "this database holds a practice already and is not overwritten: restore into an empty one".into(),
            ));
        }
        target.batch("restore", "SET CONSTRAINTS ALL DEFERRED")?;
        let tables = tables(target)?;
        let practices = practices(&source)?;
        copy_all(&source, target, &tables, &practices)
    });
    file.engine.give_back(source.link, turn, false);
    copied
}

/// Every table with its columns, those last that seal others. The stamp of the writing transaction is made anew.
fn tables(postgres: &Conn) -> Result<Vec<Table>, StoreError> {
    const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, t.typname::text FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        JOIN pg_type t ON t.oid = a.atttypid
        WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND t.typname <> 'xid8' AND c.relname <> 'schema_migration' ORDER BY c.relname, a.attnum";
    let mut tables: Vec<Table> = Vec::new();
    for (table, column, word) in postgres.query_text::<(String, String, String)>("tables", COLUMNS, &[])? {
        let kind = kind_of(&word).ok_or_else(|| StoreError::Column {
            statement: table.clone(),
            column: column.clone(),
            expected: "of a portable type",
        })?;
        match tables.last_mut() {
            Some(last) if last.name == table => last.columns.push((column, kind)),
            Some(_) | None => tables.push(Table { name: table, columns: vec![(column, kind)] }),
        }
    }
    tables.sort_by_key(|table| table.order().is_some());
    Ok(tables)
}

fn kind_of(postgres_word: &str) -> Option<Kind> {
    match postgres_word {
        "bool" => Some(Kind::Bool),
        "int2" | "int4" | "int8" => Some(Kind::Int),
        "text" | "varchar" => Some(Kind::Text),
        "bytea" => Some(Kind::Bytes),
        "uuid" => Some(Kind::Uuid),
        "date" => Some(Kind::Date),
        "timestamptz" => Some(Kind::Timestamp),
        "jsonb" => Some(Kind::Json),
        _ => None,
    }
}

/// Every practice, and what belongs to none.
fn practices(conn: &Conn) -> Result<Vec<PracticeId>, StoreError> {
    let rows: Vec<(Uuid,)> = conn.query_text("practices", "SELECT practice_id FROM practice", &[])?;
    Ok(rows.into_iter().map(|(id,)| PracticeId(id)).chain([NO_PRACTICE]).collect())
}

fn copy_all(source: &Conn, target: &Conn, tables: &[Table], practices: &[PracticeId]) -> Result<(), StoreError> {
    for practice in practices {
        source.speak_for(*practice)?;
        target.speak_for(*practice)?;
        for table in tables {
            if table.is_tenant() {
                copy_table(source, target, table, &[practice.to_val()])?;
            } else if *practice == NO_PRACTICE {
                copy_table(source, target, table, &[])?;
            }
        }
    }
    Ok(())
}

fn copy_table(source: &Conn, target: &Conn, table: &Table, params: &[Val]) -> Result<(), StoreError> {
    let kinds: Vec<Kind> = table.columns.iter().map(|(_, kind)| *kind).collect();
    let at_once = table.rows_at_once();
    let full = table.insert(at_once);
    let mut vals: Vec<Val> = Vec::with_capacity(at_once * kinds.len());
    source.each_row(&table.name, &table.select(), params, &kinds, &mut |row| {
        vals.extend(row);
        if vals.len() == at_once * kinds.len() {
            target.execute_text(&table.name, &full, &vals)?;
            vals.clear();
        }
        Ok(())
    })?;
    if !vals.is_empty() {
        let rest = table.insert(vals.len() / kinds.len());
        target.execute_text(&table.name, &rest, &vals)?;
    }
    Ok(())
}

impl Conn {
    /// From here on this transaction speaks for a practice (row-level security).
    fn speak_for(&self, practice: PracticeId) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(_) => {
                self.batch("practice", &format!("SELECT set_config('app.practice', '{}', true)", practice.0))
            }
        }
    }
}

impl Core {
    /// A write into an embedded database whose foreign keys are checked once, at its end.
    fn without_foreign_keys(&self, fill: impl FnOnce(&Conn) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let actor = Actor::system(NO_PRACTICE);
        let (link, turn) = self.engine.writer()?;
        let conn = Conn::new(link, &self.env, &actor, NO_PRACTICE);
        let filled = conn.batch("backup", "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE").and_then(|()| {
            fill(&conn)?;
            let broken: Vec<(String,)> =
                conn.query_text("backup", "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", &[])?;
            match broken.first() {
                Some((table,)) => Err(StoreError::Domain(format!(
                    "a row of {table} points to nothing: the backup would not be whole; run `tierline verify`"
                ))),
                None => conn.end("COMMIT"),
            }
        });
        self.engine.give_back(conn.link, turn, false);
        filled
    }

    /// Brings the write-ahead log into the file, so that the file alone is everything.
    fn settle_journal(&self) -> Result<(), StoreError> {
        let (link, turn) = self.engine.writer()?;
        let settled = match &link {
            Link::Sqlite(connection) => crate::sqlite::batch(
                connection,
                "backup",
                "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE",
            ),
            Link::Postgres(_) => Ok(()),
        };
        self.engine.give_back(link, turn, false);
        settled
    }
}
