//! Checks a file segment by segment: envelope, places, elements, rules. SNIP types 1 to 5 for the guides at hand.
//!
//! Never stops at a problem and never keeps segments: memory is one block and what is open.

mod ahead;
mod aside;
pub(crate) mod binary;
pub(crate) mod cells;
pub(crate) mod decimals;
pub(crate) mod element;
mod envelope;
mod following;
mod guess;
pub(crate) mod hierarchy;
pub(crate) mod isa;
pub(crate) mod memo;
mod numbers;
pub(crate) mod place;
mod quick;
mod report;
mod scout;
mod set;
mod sets;
pub(crate) mod sink;
pub(crate) mod source;
mod stream;

pub use envelope::MAX_KEPT_INTERCHANGES;
pub use report::{Checked, Coverage, GroupReport, InterchangeReport, SetReport, Verdict};

pub use sets::Sets;

use std::io::{self, Read};

pub(crate) use crate::check::ahead::Sizes;
use crate::check::ahead::{Ahead, Closing, Pool};
pub(crate) use crate::check::aside::Terms;
use crate::check::envelope::Envelope;
use crate::check::source::{Memory, Stream};
use crate::codes::CodeSets;
use crate::problem::Snip;
use crate::rules::Rules;

/// More threads than this find no more work in the memory that a check may take.
const MOST_THREADS: usize = 64;

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

/// Checks a file through one buffer a thread as [`check_reader_with`] does on one, with the same result to the last
/// problem. Whole transaction sets are checked side by side, so a file of one set, or of sets longer than 4 MB, takes
/// the time of one thread; so does what follows binary data, which may hold anything. Memory stays below 20 MB and 16
/// bytes for each set.
///
/// # Errors
///
/// Those of the reader; nothing that the file holds is one.
pub fn check_reader_on(
    reader: impl Read,
    codes: &(dyn CodeSets + Sync),
    rules: &Rules,
    threads: usize,
) -> io::Result<Checked> {
    let terms = Terms { codes, loaded: rules.tables(), up_to: Snip::Partner };
    on_threads(reader, terms, threads, Sizes::USUAL).map(|(checked, _)| checked)
}

/// Checks a file as [`check_reader_on`] does and hands over each interchange as it ends, with its problems, to be
/// answered: none is kept, so that a file of any length and any number of interchanges is answered in bounded memory.
/// Of each interchange as many problems are kept as of a whole file otherwise. What is given of the file in the end has
/// its verdict and counts, and of the problems only those that stand between interchanges.
///
/// # Errors
///
/// Those of the reader and of `each`; nothing that the file holds is one.
pub fn check_each(
    reader: impl Read,
    codes: &(dyn CodeSets + Sync),
    rules: &Rules,
    threads: usize,
    each: &mut dyn FnMut(&Checked) -> io::Result<()>,
) -> io::Result<Checked> {
    let terms = Terms { codes, loaded: rules.tables(), up_to: Snip::Partner };
    on_threads_each(reader, terms, threads, Sizes::USUAL, Some(each)).map(|(checked, _)| checked)
}

/// As [`check_reader_on`], in chunks of other sizes; tells also how many spans of sets were checked aside.
pub(crate) fn on_threads(
    reader: impl Read,
    terms: Terms<'_>,
    threads: usize,
    sizes: Sizes,
) -> io::Result<(Checked, usize)> {
    on_threads_each(reader, terms, threads, sizes, None)
}

fn on_threads_each<'c>(
    reader: impl Read,
    terms: Terms<'c>,
    threads: usize,
    sizes: Sizes,
    each: Option<envelope::Each<'c>>,
) -> io::Result<(Checked, usize)> {
    let mut envelope = terms.envelope();
    envelope.each = each;
    let threads = threads.min(MOST_THREADS);
    if threads < 2 {
        return stream::check(Stream::new(reader), envelope).map(|checked| (checked, 0));
    }
    let pool = Pool::new(terms);
    std::thread::scope(|scope| {
        let closing = Closing(&pool);
        // This thread works too, besides reading.
        for _ in 1..threads {
            scope.spawn(|| pool.work());
        }
        let checked = stream::check(Ahead::new(reader, &pool, threads, sizes), envelope);
        drop(closing);
        checked.map(|checked| (checked, pool.taken()))
    })
}
