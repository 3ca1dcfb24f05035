//! Tools for whole files: to JSON and back, redacted, compared, split, merged, counted.
//!
//! They work on a [`Document`](crate::Document), need no clock, and judge nothing; what they write keeps the guides if
//! what they were given did.

mod counts;
mod diff;
mod envelopes;
mod json;
mod merge;
mod redact;
mod split;

pub use counts::Counts;
pub use diff::{Change, DiffOptions, Difference, diff};
pub use json::{FromJsonError, from_json, to_json};
pub use merge::{MergeError, merge};
pub use redact::{RedactOptions, redact};
pub use split::{SplitBy, SplitError, split};
