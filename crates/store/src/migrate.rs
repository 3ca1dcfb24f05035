//! Migrations: numbered, forward only, each run once and remembered with its checksum.

use billing::access::Actor;

use crate::conn::{Conn, Link};
use crate::db::{Core, NO_PRACTICE};
use crate::error::StoreError;
use crate::schema::{Engine, MIGRATIONS, Migration};
use crate::value::Col;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum BYTEA NOT NULL, applied_at TIMESTAMPTZ NOT NULL)";
const TABLE_SQLITE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL, applied_at INTEGER NOT NULL) STRICT";

/// A row (not a table lock, which some engines of the PostgreSQL family lack) that starting nodes meet on.
const LOCK_ROW: &str = "INSERT INTO schema_migration VALUES (0, 'lock', '', to_timestamp(0)) ON CONFLICT DO NOTHING;
    SELECT version FROM schema_migration WHERE version = 0 FOR UPDATE";

const DONE: &str = "SELECT version, checksum FROM schema_migration WHERE version > 0 ORDER BY version";

/// Row-level security for every table with a practice, except the list of practices itself: a row of another practice
/// is neither seen nor written, and a connection that names no practice is refused.
const ROW_SECURITY: &str = "DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'practice_id' AND NOT a.attisdropped
             WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> 'practice' AND NOT c.relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY same_practice ON %I USING (practice_id = current_setting(''app.practice'')::uuid)', t);
    END LOOP; END $$";

/// Runs what was not run yet; says how many.
pub(crate) fn run(core: &Core) -> Result<usize, StoreError> {
    let actor = Actor::system(NO_PRACTICE);
    core.unchained(&actor, NO_PRACTICE, |conn| {
        let engine = match conn.link {
            Link::Sqlite(_) => Engine::Sqlite,
            Link::Postgres(_) => Engine::Postgres,
        };
        conn.batch("schema_migration", if engine == Engine::Sqlite { TABLE_SQLITE } else { TABLE })?;
        if engine == Engine::Postgres {
            // Several nodes may start at once: the second waits here and then finds everything done.
            conn.batch("schema_migration", LOCK_ROW)?;
        }
        let done: Vec<(i64, Vec<u8>)> = conn.query_text("schema_migration", DONE, &[])?;
        check(&done)?;
        let pending: Vec<&Migration> =
            MIGRATIONS.iter().filter(|m| !done.iter().any(|(version, _)| *version == m.version)).collect();
        for migration in &pending {
            apply(conn, engine, migration)?;
        }
        if !pending.is_empty() {
            match engine {
                Engine::Postgres => conn.batch("row security", ROW_SECURITY)?,
                Engine::Sqlite => crate::statistics::write(conn)?,
            }
        }
        Ok(pending.len())
    })
}

/// Refuses a database that another version made.
fn check(done: &[(i64, Vec<u8>)]) -> Result<(), StoreError> {
    for (version, checksum) in done {
        let ours = MIGRATIONS.iter().find(|m| m.version == *version);
        if ours.is_none_or(|m| m.checksum() != checksum.as_slice()) {
            return Err(StoreError::MigrationChanged { version: *version });
        }
    }
    Ok(())
}

fn apply(conn: &Conn, engine: Engine, migration: &Migration) -> Result<(), StoreError> {
    conn.batch(migration.name, &migration.text(engine))?;
    conn.execute_text(
        migration.name,
        "INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
        &[migration.version.to_val(), migration.name.to_val(), migration.checksum().to_val(), conn.now().to_val()],
    )?;
    Ok(())
}
