//! Checks a span of whole transaction sets apart from the file it stands in, and adds what was found as if it had been
//! read in its place.
//!
//! Adds nothing where the span turns out to depend on what stands before it: then it is read again in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::check::envelope::Envelope;
use crate::check::memo::Memo;
use crate::check::numbers::Numbers;
use crate::check::scout::{Context, Span};
use crate::check::sets::Sets;
use crate::check::stream::{BLOCK, Walk, Walked};
use crate::codes::CodeSets;
use crate::index::{Index, Wanted, scan};
use crate::problem::{Problems, Snip};
use crate::rules::language::tables::Tables;

/// What every check of a file goes by.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'c> {
    pub codes: &'c (dyn CodeSets + Sync),
    pub loaded: &'c [&'static Tables],
    pub up_to: Snip,
}

impl<'c> Terms<'c> {
    pub(super) fn envelope(&self) -> Envelope<'c> {
        let mut envelope = Envelope::new(self.codes);
        envelope.sink.loaded = self.loaded;
        envelope.sink.up_to = self.up_to;
        envelope
    }
}

/// What is told once and was told already, as far as is known.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub extended: AtomicBool,
    pub empty: AtomicBool,
    /// How many spans were taken over.
    pub taken: AtomicUsize,
}

/// Something that is told once: whether it had been told before a span, and behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Once {
    pub before: bool,
    pub after: bool,
}

impl Once {
    /// Whether a span that assumed this may stand where it really was told, or not.
    pub fn holds(self, is_told: bool) -> bool {
        self.before == is_told || !self.before && !self.after
    }
}

/// What was found in a span.
pub(crate) struct Found {
    pub context: Arc<Context>,
    /// The ordinal of its first segment, as it was assumed.
    pub ordinal: u64,
    pub segments: u64,
    pub problems: Problems,
    pub sets: Sets,
    pub numbers: Numbers,
    pub note: u8,
    pub group_codes: Vec<u8>,
    pub extended: Once,
    pub empty: Once,
}

/// Checks spans; keeps its tools from one to the next.
#[derive(Default)]
pub(super) struct Aside {
    index: Index,
    memo: Memo,
}

impl Aside {
    /// Checks a span of a chunk that begins at a byte of the file. None where it is not what it seemed.
    pub fn check(&mut self, chunk: &[u8], base: u64, span: &Span, terms: &Terms<'_>, told: &Told) -> Option<Found> {
        let mut envelope = terms.envelope();
        let assumed = [&told.extended, &told.empty].map(|told| told.load(Ordering::Relaxed));
        envelope.enter(&span.context, span.ordinal, assumed);
        std::mem::swap(&mut envelope.sink.memo, &mut self.memo);
        let segments = self.walk(chunk, base, span, &mut envelope);
        std::mem::swap(&mut envelope.sink.memo, &mut self.memo);
        envelope.leave(Arc::clone(&span.context), span.ordinal, segments?, assumed)
    }

    /// Takes the segments of a span; gives how many they are.
    fn walk(&mut self, chunk: &[u8], base: u64, span: &Span, envelope: &mut Envelope<'_>) -> Option<u64> {
        let delimiters = span.context.delimiters;
        let wanted = Wanted::new(&delimiters);
        let (mut at, mut size) = (span.from, BLOCK);
        let (mut ordinal, mut lengths_lie) = (span.ordinal, false);
        while at < span.to {
            let block = &chunk[at..span.to.min(at + size)];
            scan(block, wanted, &mut self.index);
            let mut walk = Walk {
                block,
                base: base + at as u64,
                index: &self.index,
                delimiters: &delimiters,
                envelope,
                ordinal: &mut ordinal,
                lengths_lie: &mut lengths_lie,
                is_last: false,
                is_longest: false,
            };
            match walk.walk() {
                Walked::All(0) if at + block.len() == span.to => return None,
                Walked::All(0) => size *= 2,
                Walked::All(read) => {
                    at += read;
                    size = BLOCK;
                }
                Walked::Ended(_) | Walked::Binary(_) => return None,
            }
        }
        Some(ordinal - span.ordinal)
    }
}
