//! Reports: each one query with its title and columns. Pages, CSV, JSON and the command line print them the same way.
//! A figure in a report is a fold over the books; nothing is stored as truth.

pub mod aging;
pub mod claims;
pub mod conflicts;
pub mod journal;
pub mod quality;
pub mod receipts;
pub mod unclaimed_property;
pub mod write_offs;

use billing::access::Action;
use ledger::Money;

use crate::{Read, StoreError};

/// One value of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Cents.
    Money(Money),
    /// A number of things.
    Count(i64),
}

/// A report: add a file, add a line to [`REPORTS`].
pub struct Report {
    /// The word on the command line and in the address.
    pub key: &'static str,
    /// What a page says.
    pub title: &'static str,
    /// What it answers, in a sentence.
    pub answers: &'static str,
    /// The right to read it.
    pub action: Action,
    /// What is said where there is no row.
    pub when_empty: &'static str,
    /// Heads of the columns, in the order of the cells.
    pub columns: &'static [&'static str],
    /// Runs it as of the transaction's today.
    pub run: fn(&mut Read) -> Result<Vec<Vec<Cell>>, StoreError>,
}

/// Every report.
pub const REPORTS: &[&Report] = &[
    &aging::AGING,
    &claims::CLAIMS,
    &conflicts::CONFLICTS,
    &journal::JOURNAL,
    &quality::QUALITY,
    &receipts::RECEIPTS,
    &unclaimed_property::UNCLAIMED_PROPERTY,
    &write_offs::WRITE_OFFS,
];

/// The report of a key.
pub fn find(key: &str) -> Option<&'static Report> {
    REPORTS.iter().copied().find(|report| report.key == key)
}
