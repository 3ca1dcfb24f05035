//! Double entry: money in integer cents, accounts, and entries that balance or do not exist.
//!
//! This crate knows nothing of claims, payers' files or databases: charges, payers, patients and
//! remittances are opaque ids here. It never rounds silently, never uses floats, and offers no way
//! to change an entry: a mistake is corrected by a further entry that names the one it corrects.

#![deny(clippy::float_arithmetic)]

mod account;
mod balance;
mod entry;
mod money;

pub use account::{Account, AccountKind, Dimensions};
pub use balance::Balances;
pub use entry::{BalancedEntry, DraftEntry, EntrySource, Posting, Unbalanced};
pub use money::{Money, MoneyParseError};
