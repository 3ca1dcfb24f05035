//! Reads, checks, explains, acknowledges and writes the X12 messages of US medical billing.
//!
//! What this crate never does: it knows nothing of claims as a practice keeps them, of money as a
//! ledger keeps it, or of any code list that a licence guards. It reads no clock and no file.
//!
//! Start with [`read`] for the segments of a file, [`check`] for what is wrong with it, or [`Writer`] to make one.
#![doc = include_str!("../README.md")]
// Not `forbid`: the vector paths of `index` lift it for themselves, and nothing else may.
#![deny(unsafe_code)]
#![warn(missing_docs, rustdoc::broken_intra_doc_links)]

mod acknowledge;
pub mod amount;
mod check;
pub mod codes;
pub mod date;
mod delimiters;
mod document;
mod file;
mod guide;
mod ids;
mod index;
mod outline;
mod problem;
pub mod render;
mod rules;
mod segment;
mod text;
pub mod tools;
pub mod transactions;
mod value;
mod writer;

#[doc(hidden)]
pub mod measuring;

pub use acknowledge::{
    AcknowledgedFile, AcknowledgmentHeader, NotWritten, write_277ca, write_277ca_to, write_999, write_999_to,
    write_999_with, write_ta1,
};
pub use amount::Amount;
pub use check::{
    Checked, Coverage, GroupReport, InterchangeReport, MAX_KEPT_INTERCHANGES, SetReport, Sets, Verdict, check,
    check_each, check_reader, check_reader_on, check_reader_up_to, check_reader_with, check_with,
};
pub use codes::{CodeList, CodeSets, ShapeOnly, Standing};
pub use delimiters::Delimiters;
pub use document::{Document, EditError};
pub use file::{File, Group, Interchange, TransactionSet, read};
pub use outline::{Placed, outline};
pub use problem::{Code, Problem, Problems, Severity, Snip};
pub use rules::{RuleInfo, Rules, catalogue, coverage_page};
pub use segment::{Segment, SegmentId};
pub use text::{NotX12Text, X12Text};
pub use value::Value;
pub use writer::{GroupHeader, InterchangeHeader, Usage, WriteError, Writer};
