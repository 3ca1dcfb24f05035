//! The rule language: situational rules as text, compiled into tables of fact bits. Notation: `guides/rules/README.md`.
//!
//! Used when the crate is built (for its own rules) and at run time (for rule files that a user loads), so it knows
//! nothing of the rest of the crate.

pub mod compile;
mod gather;
pub mod outline;
pub mod resolve;
pub mod tables;
pub mod text;
