//! The schema: one portable text a feature, in PostgreSQL's type words, and how it is worded for SQLite.
//!
//! It never changes a migration that was released: a change is a further file at the end of the list.

use sha2::{Digest, Sha256};

/// One numbered step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number; they rise.
    pub version: i64,
    /// Its file name.
    pub name: &'static str,
    text: Text,
}

#[derive(Debug, Clone, Copy)]
enum Text {
    Portable(&'static str),
    /// Protection worded for each engine.
    PerEngine {
        sqlite: &'static str,
        postgres: &'static str,
    },
}

/// Which engine a text is worded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

macro_rules! portable {
    ($version:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            text: Text::Portable(include_str!(concat!("../schema/", $name, ".sql"))),
        }
    };
}

/// Every migration in order. A new feature's file is one more line.
pub const MIGRATIONS: &[Migration] = &[
    portable!(1, "00_core"),
    portable!(2, "01_practice"),
    portable!(3, "02_patient"),
    portable!(4, "03_encounter"),
    portable!(5, "04_claim"),
    portable!(6, "05_submission"),
    portable!(7, "06_eligibility"),
    portable!(8, "07_remittance"),
    portable!(9, "08_patient_money"),
    portable!(10, "09_work"),
    portable!(11, "10_ledger"),
    Migration {
        version: 12,
        name: "ledger_protection",
        text: Text::PerEngine {
            sqlite: include_str!("../schema/sqlite.sql"),
            postgres: include_str!("../schema/postgres.sql"),
        },
    },
    portable!(13, "20_access"),
    portable!(14, "21_lists"),
    portable!(15, "22_queues"),
    portable!(16, "23_money_in"),
    portable!(17, "24_jobs"),
    portable!(18, "25_versions"),
    portable!(19, "26_login_reset"),
    portable!(20, "27_statement_hold"),
    Migration {
        version: 21,
        name: "28_seals",
        text: Text::PerEngine {
            sqlite: include_str!("../schema/28_seals.sqlite.sql"),
            postgres: include_str!("../schema/28_seals.postgres.sql"),
        },
    },
    portable!(22, "29_access_log"),
    Migration {
        version: 23,
        name: "30_row_seals",
        text: Text::PerEngine {
            sqlite: include_str!("../schema/30_row_seals.sqlite.sql"),
            postgres: include_str!("../schema/30_row_seals.postgres.sql"),
        },
    },
    portable!(24, "31_refund"),
    portable!(25, "32_write_off"),
    portable!(26, "33_lookups"),
    portable!(27, "34_credit"),
    portable!(28, "35_bank_line"),
    portable!(29, "37_provider_item"),
    portable!(30, "38_adjustment_rule"),
    Migration {
        version: 31,
        name: "43_cash_request",
        text: Text::PerEngine {
            sqlite: include_str!("../schema/43_cash_request.sqlite.sql"),
            postgres: include_str!("../schema/43_cash_request.postgres.sql"),
        },
    },
    portable!(32, "41_deposit"),
    portable!(33, "42_payment_return"),
    portable!(34, "44_medicare_questions"),
    Migration {
        version: 35,
        name: "39_period",
        text: Text::PerEngine {
            sqlite: include_str!("../schema/39_period.sqlite.sql"),
            postgres: include_str!("../schema/39_period.postgres.sql"),
        },
    },
    portable!(36, "40_practice_limit"),
    Migration {
        version: 37,
        name: "43_posting_preview",
        text: Text::PerEngine {
            sqlite: include_str!("../schema/43_posting_preview.sqlite.sql"),
            postgres: include_str!("../schema/43_posting_preview.postgres.sql"),
        },
    },
    portable!(38, "45_pay_link"),
    portable!(39, "46_money_rules"),
    portable!(40, "49_contact"),
    portable!(41, "50_panes"),
    portable!(42, "46_estate"),
    portable!(43, "51_routing"),
    portable!(44, "47_cases"),
    portable!(45, "48_clock"),
    portable!(46, "54_adjustment_ruling"),
    portable!(47, "53_quality"),
    portable!(48, "52_problem"),
    portable!(49, "54_state_refund"),
];

impl Migration {
    /// SHA-256 of the text as written, to notice a database made by another version.
    pub fn checksum(&self) -> [u8; 32] {
        match self.text {
            Text::Portable(text) => Sha256::digest(text).into(),
            Text::PerEngine { sqlite, postgres } => {
                Sha256::new().chain_update(sqlite).chain_update([0]).chain_update(postgres).finalize().into()
            }
        }
    }

    /// The text for an engine.
    pub fn text(&self, engine: Engine) -> String {
        match (self.text, engine) {
            (Text::Portable(text), Engine::Sqlite) => for_sqlite(text),
            (Text::Portable(text), Engine::Postgres) => for_postgres(text),
            (Text::PerEngine { sqlite, .. }, Engine::Sqlite) => sqlite.to_owned(),
            (Text::PerEngine { postgres, .. }, Engine::Postgres) => postgres.to_owned(),
        }
    }
}

/// Type words of the portable text and what SQLite's STRICT tables call them.
const SQLITE_TYPES: [(&str, &str); 9] = [
    ("UUID", "BLOB"),
    ("BIGINT", "INTEGER"),
    ("SMALLINT", "INTEGER"),
    ("INTEGER", "INTEGER"),
    ("DATE", "TEXT"),
    ("TIMESTAMPTZ", "INTEGER"),
    ("BOOLEAN", "INTEGER"),
    ("JSONB", "TEXT"),
    ("BYTEA", "BLOB"),
];

/// Columns that hold whole files: their tables keep a rowid, because long rows make a clustered key slow.
const FILE_COLUMNS: [&str; 2] = [" bytes BYTEA", " raw BYTEA"];

fn for_sqlite(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for statement in without_comments(text, "--sqlite:").split_inclusive(';') {
        let mut worded = replace_words(statement);
        if worded.trim_start().starts_with("CREATE TABLE") {
            let long = FILE_COLUMNS.iter().any(|column| statement.contains(column));
            let end = if long { " STRICT;" } else { " STRICT, WITHOUT ROWID;" };
            if let Some(at) = worded.rfind(';') {
                worded.replace_range(at.., end);
            }
        }
        out.push_str(&worded);
    }
    out
}

fn for_postgres(text: &str) -> String {
    // Every foreign key can be deferred, so that a restore may insert tables and rows in any order.
    let mut out = String::with_capacity(text.len());
    for line in without_comments(text, "--postgres:").lines() {
        let trimmed = line.trim_end();
        let (body, comma) = match trimmed.strip_suffix(',') {
            Some(body) => (body, ","),
            None => (trimmed, ""),
        };
        out.push_str(body);
        if body.contains("REFERENCES ") && !body.contains("DEFERRABLE") {
            out.push_str(" DEFERRABLE INITIALLY IMMEDIATE");
        }
        out.push_str(comma);
        out.push('\n');
    }
    out
}

/// Drops comments, and keeps lines marked for the engine.
fn without_comments(text: &str, mark: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let trimmed = line.trim_start();
        if let Some(kept) = trimmed.strip_prefix(mark) {
            out.push_str("   ");
            out.push_str(kept);
            out.push('\n');
        } else if !trimmed.starts_with("--") {
            out.push_str(line.split(" --").next().unwrap_or(line));
            out.push('\n');
        }
    }
    out
}

/// Replaces whole upper-case type words outside string literals.
fn replace_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    let mut quoted = false;
    let flush = |word: &mut String, out: &mut String, quoted: bool| {
        let mapped = SQLITE_TYPES.iter().find(|(from, _)| !quoted && *from == word.as_str());
        out.push_str(mapped.map_or(word.as_str(), |(_, to)| to));
        word.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        flush(&mut word, &mut out, quoted);
        if c == '\'' {
            quoted = !quoted;
        }
        out.push(c);
    }
    flush(&mut word, &mut out, quoted);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_worded_for_both_engines() {
        let text = "-- A table.\nCREATE TABLE t (\n    practice_id UUID NOT NULL REFERENCES p (practice_id),\n    day DATE NOT NULL CHECK (word IN ('DATE')),\n    --postgres: xid xid8,\n    --sqlite: only BLOB,\n    PRIMARY KEY (practice_id)\n);\n";
        assert_eq!(
            for_sqlite(text).trim(),
            "CREATE TABLE t (\n    practice_id BLOB NOT NULL REFERENCES p (practice_id),\n    day TEXT NOT NULL CHECK (word IN ('DATE')),\n    only BLOB,\n    PRIMARY KEY (practice_id)\n) STRICT, WITHOUT ROWID;"
        );
        assert!(for_postgres(text).contains("REFERENCES p (practice_id) DEFERRABLE INITIALLY IMMEDIATE,\n"));
        assert!(for_postgres(text).contains("xid xid8,\n"));
        assert!(!for_postgres(text).contains("only"));
    }

    #[test]
    fn versions_rise_by_one() {
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version, place as i64 + 1, "{}", migration.name);
        }
    }
}
