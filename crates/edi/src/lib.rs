//! The domain's values to X12 and back. The only crate that knows both claims and segments.
//!
//! Pure: bytes in, values out, or the other way round; control numbers and instants are given. Nothing
//! is invented: what a claim does not say is not in the file, and what a file does not say is not in the value.
//! Every file written here is read back before it is given out; one that does not say what was meant is refused.
#![deny(clippy::float_arithmetic)]

pub mod acknowledgment;
pub mod check;
pub mod claim_837;
pub mod claim_status;
pub mod eligibility;
pub mod envelope;
pub mod inbound;
pub mod keyed_remittance;
pub mod remittance_835;

mod amount;
mod text;

pub use envelope::{Envelope, NotWritten};
