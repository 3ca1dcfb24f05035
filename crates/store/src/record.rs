//! Row structs: `record!` writes the struct, its column list, and how it is read and written. No SQL here.

use crate::value::{Col, Kind, Val};

/// One column of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The column's name in the result or table.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// What a statement's rows are read into.
pub trait Record: Sized {
    /// The columns, in the order of the SELECT list. Empty names are not compared.
    const COLUMNS: &'static [Column];
    /// Reads a row; on failure the place of the column that did not fit.
    fn from_vals(vals: &mut dyn Iterator<Item = Val>) -> Result<Self, usize>;
}

/// A record that can be inserted as it is. The practice is put first by the connection: it is no field.
pub trait TableRecord: Record {
    /// The table.
    const TABLE: &'static str;
    /// Whether the table's first column is `practice_id`, filled by the connection.
    const TENANT: bool;
    /// The values in the order of the columns.
    fn to_vals(&self, out: &mut Vec<Val>);
}

/// Nothing: for statements that return no rows.
impl Record for () {
    const COLUMNS: &'static [Column] = &[];
    fn from_vals(_: &mut dyn Iterator<Item = Val>) -> Result<Self, usize> {
        Ok(())
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:literal),+))*) => {$(
        impl<$($name: Col),+> Record for ($($name,)+) {
            const COLUMNS: &'static [Column] =
                &[$(Column { name: "", kind: <$name as Col>::KIND, nullable: <$name as Col>::NULLABLE }),+];
            fn from_vals(vals: &mut dyn Iterator<Item = Val>) -> Result<Self, usize> {
                Ok(($(vals.next().and_then(<$name as Col>::from_val).ok_or($index as usize)?,)+))
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// Declares row structs. With `in "table"` the struct can also be inserted (`tx.insert`, `tx.insert_many`);
/// `global "table"` is for the few tables that belong to no practice.
///
/// ```text
/// record! {
///     /// A charge as stored.
///     pub struct ChargeRow in "charge" {
///         /// Its id.
///         pub id: ChargeId,
///         /// What it costs.
///         pub charge_amount: Money,
///     }
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident $(in $table:literal)? $(global $global:literal)? {
        $($(#[$fmeta:meta])* $fvis:vis $field:ident : $type:ty),* $(,)?
    })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $type),* }

        impl $crate::Record for $name {
            const COLUMNS: &'static [$crate::Column] = &[$($crate::Column {
                name: stringify!($field),
                kind: <$type as $crate::Col>::KIND,
                nullable: <$type as $crate::Col>::NULLABLE,
            }),*];
            fn from_vals(vals: &mut dyn Iterator<Item = $crate::Val>) -> Result<Self, usize> {
                let mut place = 0_usize;
                $(
                    let $field = vals.next().and_then(<$type as $crate::Col>::from_val).ok_or(place)?;
                    place += 1;
                )*
                let _ = place;
                Ok($name { $($field),* })
            }
        }

        $(impl $crate::TableRecord for $name {
            const TABLE: &'static str = $table;
            const TENANT: bool = true;
            fn to_vals(&self, out: &mut Vec<$crate::Val>) { self.append_vals(out); }
        })?

        $(impl $crate::TableRecord for $name {
            const TABLE: &'static str = $global;
            const TENANT: bool = false;
            fn to_vals(&self, out: &mut Vec<$crate::Val>) { self.append_vals(out); }
        })?

        impl $name {
            #[allow(dead_code)] // only records of tables are inserted
            fn append_vals(&self, out: &mut Vec<$crate::Val>) {
                $(out.push($crate::Col::to_val(&self.$field));)*
            }
        }
    )*};
}
