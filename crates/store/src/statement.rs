//! Registered SQL: a name, one text for both engines, and the record its rows are read into.
//!
//! `$1` is always the practice and is bound by the connection itself, so that no caller can forget the tenant.
//! Every statement stands in a `statements!` block whose list is named in `registry.rs`; one test prepares all of
//! them on both engines and compares parameters, columns and types.

use std::marker::PhantomData;

use crate::record::{Column, Record};

/// A registered statement whose rows are `R`.
pub struct Statement<R> {
    /// Its name, for messages and the registry.
    pub name: &'static str,
    /// The SQL, `$1` being the practice.
    pub sql: &'static str,
    /// Whether `$1` is the practice; false only for the few tables that belong to no practice.
    pub tenant: bool,
    row: PhantomData<fn() -> R>,
}

impl<R: Record> Statement<R> {
    /// A statement. Use `statements!`, which also registers it.
    pub const fn new(name: &'static str, sql: &'static str) -> Statement<R> {
        Statement { name, sql, tenant: true, row: PhantomData }
    }

    /// A statement on tables that belong to no practice. Use `global_statements!`.
    pub const fn global(name: &'static str, sql: &'static str) -> Statement<R> {
        Statement { name, sql, tenant: false, row: PhantomData }
    }

    /// Whether its rows are the rows that it changed.
    pub fn tells_changes(&self) -> bool {
        self.sql.contains(" RETURNING ")
    }

    /// The entry for the registry.
    pub const fn registered(&self) -> Registered {
        Registered { name: self.name, sql: self.sql, tenant: self.tenant, columns: R::COLUMNS }
    }
}

/// A statement as the registry sees it.
#[derive(Debug, Clone, Copy)]
pub struct Registered {
    /// Its name.
    pub name: &'static str,
    /// The SQL.
    pub sql: &'static str,
    /// Whether `$1` is the practice.
    pub tenant: bool,
    /// The columns its record expects; none for statements that return no rows.
    pub columns: &'static [Column],
}

/// Declares statements and the list of them that `registry.rs` collects.
///
/// ```text
/// statements! {
///     /// One charge.
///     pub const CHARGE_BY_ID: ChargeRow = "SELECT id, charge_amount FROM charge WHERE practice_id = $1 AND id = $2";
///     /// Voids a charge.
///     pub const VOID_CHARGE: () = "UPDATE charge SET voided_at = $3 WHERE practice_id = $1 AND id = $2";
/// }
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $vis:vis const $name:ident : $row:ty = $sql:expr;)*) => {
        $($(#[$meta])* $vis const $name: $crate::Statement<$row> =
            $crate::Statement::new(concat!(module_path!(), "::", stringify!($name)), $sql);)*

        /// The statements of this file, for the registry.
        pub const STATEMENTS: &[$crate::Registered] = &[$($name.registered()),*];
    };
}

/// As `statements!`, for tables that belong to no practice (who may sign in, the list of practices): `$1` is the
/// caller's first parameter. The list is called `GLOBAL_STATEMENTS`.
#[macro_export]
macro_rules! global_statements {
    ($($(#[$meta:meta])* $vis:vis const $name:ident : $row:ty = $sql:expr;)*) => {
        $($(#[$meta])* $vis const $name: $crate::Statement<$row> =
            $crate::Statement::global(concat!(module_path!(), "::", stringify!($name)), $sql);)*

        /// The statements of this file that belong to no practice, for the registry.
        pub const GLOBAL_STATEMENTS: &[$crate::Registered] = &[$($name.registered()),*];
    };
}
