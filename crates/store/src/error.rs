//! What can go wrong in the store. Messages say what to do next and never carry values from health records.

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened or used as asked.
    #[error("{0}")]
    Open(String),
    /// The engine refused a statement.
    #[error("the database refused {statement}: {reason}")]
    Refused {
        /// The statement's registered name.
        statement: String,
        /// What the engine said, without values.
        reason: String,
        /// What class of refusal this is.
        kind: RefusalKind,
    },
    /// A stored value does not have the type its reader expects.
    #[error(
        "column {column} of {statement} is not {expected}: the database was written by another version; run `tierline migrate`, then `tierline verify`"
    )]
    Column {
        /// The statement's registered name.
        statement: String,
        /// The column, by name or place.
        column: String,
        /// The expected type.
        expected: &'static str,
    },
    /// Exactly one row was expected.
    #[error("{statement} found {found} rows where exactly one was expected")]
    RowCount {
        /// The statement's registered name.
        statement: String,
        /// How many rows came.
        found: usize,
    },
    /// The actor belongs to another practice. Looks like absence to people.
    #[error("this person does not act for that practice")]
    OtherPractice,
    /// The same idempotency key came with other content.
    #[error(
        "this was already recorded with other content (key {key}): nothing was changed; look at the earlier record before trying again"
    )]
    KeyReused {
        /// The idempotency key.
        key: String,
    },
    /// An entry would take more from an account that holds others' money than is in it.
    #[error("the {account} account would fall below zero: nothing was posted; look at what is left on it first")]
    Overdrawn {
        /// The kind of account.
        account: &'static str,
    },
    /// The connection was lost while committing: the outcome is unknown.
    #[error(
        "the connection to the database was lost while saving: it is not known whether the change was kept; look before doing it again"
    )]
    UnknownOutcome,
    /// A migration's text differs from the one that was run.
    #[error(
        "migration {version} of this database was made by another version of Tierline: use that version, or restore a backup into a new database"
    )]
    MigrationChanged {
        /// The migration's number.
        version: i64,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A use case refuses; the text says why and what to do next.
    #[error("{0}")]
    Domain(String),
}

/// The class of an engine's refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// A unique key exists already.
    Unique,
    /// A foreign key, CHECK, NOT NULL or sealing rule.
    Constraint,
    /// Another transaction was in the way; the whole closure is run again.
    Retry,
    /// The connection is gone.
    Connection,
    /// Anything else: usually a defect in the statement.
    Other,
}

impl StoreError {
    /// True where the refusal is a unique key that exists already.
    pub fn is_unique(&self) -> bool {
        matches!(self, StoreError::Refused { kind: RefusalKind::Unique, .. })
    }

    /// True where a constraint or sealing rule refused.
    pub fn is_constraint(&self) -> bool {
        matches!(self, StoreError::Refused { kind: RefusalKind::Unique | RefusalKind::Constraint, .. })
    }
}
