//! Tools for whole files: to JSON and back, redacted, compared, split, merged, counted.
//!
//! They work on a [`Document`](crate::Document), or on a file while it is read; they need no clock, and judge nothing;
//! what they write keeps the guides if what they were given did.

mod counts;
mod diff;
mod envelopes;
mod json;
mod merge;
mod redact;
mod split;

pub use crate::document::LONGEST_PIECE;
pub use counts::Counts;
pub use diff::{Change, DiffOptions, Difference, diff};
pub use json::{FromJsonError, NotFromJson, from_json, to_json, write_from_json, write_json};
pub use merge::{MergeError, NotMerged, merge, write_merged};
pub use redact::{RedactOptions, redact, write_redacted};
pub use split::{NotSplit, Parts, SplitBy, SplitError, split, write_split};
