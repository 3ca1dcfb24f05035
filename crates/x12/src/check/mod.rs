//! Checks a file segment by segment: envelope, places, elements, rules. SNIP types 1 to 5 for the guides at hand.
//!
//! Never stops at a problem and never keeps segments: memory is one block and what is open.

pub(crate) mod binary;
pub(crate) mod cells;
pub(crate) mod element;
mod envelope;
pub(crate) mod hierarchy;
mod isa;
pub(crate) mod place;
mod report;
mod set;
pub(crate) mod sink;
mod stream;

pub use report::{Checked, Coverage, GroupReport, InterchangeReport, SetReport, Verdict};

use crate::codes::CodeSets;

/// Checks a file against the envelope's rules and, where the guide is at hand, against its guide.
pub fn check(bytes: &[u8], codes: &dyn CodeSets) -> Checked {
    stream::check(bytes, codes)
}
