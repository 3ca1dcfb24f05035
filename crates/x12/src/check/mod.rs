//! Checks a file segment by segment: envelope, places, elements, rules. SNIP types 1 to 5 for the guides at hand.
//!
//! Never stops at a problem and never keeps segments: memory is one block and what is open.

pub(crate) mod binary;
pub(crate) mod cells;
pub(crate) mod element;
mod envelope;
pub(crate) mod hierarchy;
pub(crate) mod isa;
mod memo;
mod numbers;
pub(crate) mod place;
mod quick;
mod report;
mod set;
mod sets;
pub(crate) mod sink;
pub(crate) mod source;
mod stream;

pub use envelope::MAX_KEPT_INTERCHANGES;
pub use report::{Checked, Coverage, GroupReport, InterchangeReport, SetReport, Verdict};

pub use sets::Sets;

use std::io::{self, Read};

use crate::check::envelope::Envelope;
use crate::check::source::{Memory, Stream};
use crate::codes::CodeSets;
use crate::problem::Snip;
use crate::rules::Rules;

/// Checks a file against the envelope's rules and, where the guide is at hand, against its guide.
pub fn check(bytes: &[u8], codes: &dyn CodeSets) -> Checked {
    // Memory gives no errors; a file that cannot be read is one without interchanges.
    let checked = stream::check(Memory::new(bytes), Envelope::new(codes));
    checked.unwrap_or_else(|_| Envelope::new(codes).finish(Some(Verdict::Unreadable), 0))
}

/// Checks a file as [`check`] does, but reads it through one buffer: memory stays below 20 MB and 16 bytes for each
/// transaction set, whatever the length of the file. Give it the file itself, it needs no buffer around it.
///
/// # Errors
///
/// Those of the reader; nothing that the file holds is one.
pub fn check_reader(reader: impl Read, codes: &dyn CodeSets) -> io::Result<Checked> {
    stream::check(Stream::new(reader), Envelope::new(codes))
}

/// Checks a file as [`check`] does, and against rules that were loaded.
pub fn check_with(bytes: &[u8], codes: &dyn CodeSets, rules: &Rules) -> Checked {
    let mut envelope = Envelope::new(codes);
    envelope.sink.loaded = rules.tables();
    let checked = stream::check(Memory::new(bytes), envelope);
    checked.unwrap_or_else(|_| Envelope::new(codes).finish(Some(Verdict::Unreadable), 0))
}

/// Checks a file through one buffer as [`check_reader`] does, and against rules that were loaded.
///
/// # Errors
///
/// Those of the reader; nothing that the file holds is one.
pub fn check_reader_with(reader: impl Read, codes: &dyn CodeSets, rules: &Rules) -> io::Result<Checked> {
    let mut envelope = Envelope::new(codes);
    envelope.sink.loaded = rules.tables();
    stream::check(Stream::new(reader), envelope)
}

/// Checks a file as [`check_reader`] does, and tells problems of no later SNIP type than this: the structure alone with
/// [`Snip::Guide`], all but external codes with [`Snip::Situation`].
///
/// # Errors
///
/// Those of the reader; nothing that the file holds is one.
pub fn check_reader_up_to(reader: impl Read, codes: &dyn CodeSets, up_to: Snip) -> io::Result<Checked> {
    let mut envelope = Envelope::new(codes);
    envelope.sink.up_to = up_to;
    stream::check(Stream::new(reader), envelope)
}
