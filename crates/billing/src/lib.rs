//! The domain of medical billing: who was treated, who is covered, what was charged, what was claimed, what came
//! back, who owes what, and who must act. Pure data and decisions.
//!
//! Nothing here reads a clock, rolls dice, touches a file, a database or X12: facts come in as values, decisions go
//! out as values. Names follow GLOSSARY.md.
#![deny(clippy::float_arithmetic)]

pub mod access;
pub mod id;

pub use id::*;
