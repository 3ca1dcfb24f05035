//! Looks ahead through a file for spans of whole transaction sets, which can be checked aside.
//!
//! Only guesses: whoever reads the file in order takes a span's result where the guess proves true, and reads the span
//! like all else where it does not. What it does not understand it leaves alone.

use std::sync::Arc;

use crate::check::binary;
use crate::check::cells::Cells;
use crate::check::envelope::{self, GE, GS, IEA, ISA, SE, ST};
use crate::check::isa;
use crate::check::stream::{is_isa, is_padding};
use crate::delimiters::Delimiters;
use crate::index::pass;
use crate::segment::SegmentId;

/// What the sets of a span depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Context {
    pub delimiters: Delimiters,
    /// GS01.
    pub functional_id: String,
    /// GS08.
    pub version: String,
    /// Whether GS01 and GS08 can be relied on.
    pub is_known: bool,
}

/// Whole sets, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Span {
    /// In the chunk.
    pub from: usize,
    pub to: usize,
    /// The ordinal of its first segment.
    pub ordinal: u64,
    pub context: Arc<Context>,
}

/// What was found in a chunk.
pub(super) enum Looked {
    /// These spans; the next chunk begins at this byte.
    Found(Vec<Span>, usize),
    /// Nothing whole stands in it: more is needed, and is looked through from where this ended.
    TooShort,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// At the beginning of the file.
    Start,
    /// Where an ISA is due.
    Between,
    Inside(Delimiters),
    /// What follows is not understood.
    Lost,
}

/// Sets that stand one after the other, the last perhaps open.
struct Run {
    from: usize,
    ordinal: u64,
    /// Behind the last SE: the byte, and the ordinal there.
    end: Option<(usize, u64)>,
}

/// Walks ahead of the reader.
pub(super) struct Scout {
    /// A span that has so many bytes goes on no further than to the end of its set.
    enough: usize,
    /// How far the chunk at hand was looked through.
    at: usize,
    state: State,
    ordinal: u64,
    context: Option<Arc<Context>>,
    is_in_set: bool,
    run: Option<Run>,
    spans: Vec<Span>,
}

/// Whether a segment is certainly one of those inside a set, as nearly all are, and has no binary data.
fn is_of_set(segment: &[u8]) -> bool {
    match segment {
        [b'S', b'T' | b'E', ..] | [b'G', b'S' | b'E', ..] | [b'I', b'S' | b'E', ..] | [b'B', b'I' | b'D', ..] => false,
        [first, ..] => first.is_ascii_uppercase(),
        [] => false,
    }
}

/// How a walk over segments ended.
enum Walked {
    /// At the end of the chunk; the next segment begins here.
    All(usize),
    /// The interchange ended.
    Ended(usize),
    Lost,
}

impl Scout {
    pub fn new(enough: usize) -> Self {
        Self {
            enough,
            at: 0,
            state: State::Start,
            ordinal: 0,
            context: None,
            is_in_set: false,
            run: None,
            spans: Vec::new(),
        }
    }

    /// Looks through what is there of the next chunk and was not looked through; gives how far it is understood.
    pub fn look(&mut self, chunk: &[u8], is_last: bool) -> usize {
        self.at = self.walk(chunk, self.at, is_last);
        self.at
    }

    /// What was found in a chunk of this length. `may_grow` when a longer one can be had that begins at the same byte.
    pub fn found(&mut self, length: usize, is_last: bool, may_grow: bool) -> Looked {
        let next = match &self.run {
            // What follows the last whole set begins the next chunk.
            Some(Run { end: Some((end, _)), .. }) => *end,
            Some(Run { from, end: None, .. }) if *from > 0 => *from,
            Some(_) | None => self.at,
        };
        let is_cut = next == 0 || matches!(self.run, Some(Run { from: 0, end: None, .. }));
        if is_cut && may_grow && !is_last {
            return Looked::TooShort;
        }
        match &self.run {
            Some(Run { end: Some((_, ordinal)), .. }) => self.rewind(*ordinal),
            Some(Run { from, ordinal, end: None }) if *from > 0 => self.rewind(*ordinal),
            Some(_) | None => {}
        }
        self.end_run();
        self.at = 0;
        let spans = std::mem::take(&mut self.spans);
        if next == 0 || is_last {
            // A segment longer than any chunk is the reader's; behind the end there is nothing.
            self.state = State::Lost;
            return Looked::Found(spans, length);
        }
        Looked::Found(spans, next)
    }

    /// Finds nothing any more.
    pub fn give_up(&mut self) {
        self.state = State::Lost;
    }

    /// Keeps what is whole of a run.
    fn keep(&mut self, run: Run) {
        if let (Some((to, _)), Some(context)) = (run.end, &self.context) {
            let context = Arc::clone(context);
            self.spans.push(Span { from: run.from, to, ordinal: run.ordinal, context });
        }
    }

    fn end_run(&mut self) {
        if let Some(run) = self.run.take() {
            self.keep(run);
        }
    }

    /// Back to a segment where no set is open.
    fn rewind(&mut self, ordinal: u64) {
        self.ordinal = ordinal;
        self.is_in_set = false;
    }

    /// Walks on over the chunk; gives how far it is understood.
    fn walk(&mut self, chunk: &[u8], mut at: usize, is_last: bool) -> usize {
        loop {
            match self.state {
                State::Start => {
                    at += if chunk.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
                    self.state = State::Between;
                }
                State::Between => {
                    at += chunk[at..].iter().take_while(|byte| is_padding(**byte)).count();
                    let rest = &chunk[at..];
                    if rest.len() < isa::LONGEST && !is_last {
                        return at;
                    }
                    let found = is_isa(rest).then(|| isa::read(rest)).flatten().filter(|isa| isa.is_sound);
                    match found.filter(|isa| isa::is_readable(&isa.delimiters)) {
                        Some(isa) => {
                            at += isa.end;
                            self.ordinal += 1;
                            (self.context, self.is_in_set) = (None, false);
                            self.state = State::Inside(isa.delimiters);
                        }
                        None => self.state = State::Lost,
                    }
                }
                State::Inside(delimiters) => match self.segments(chunk, at, delimiters) {
                    Walked::All(next) => return next,
                    Walked::Ended(next) => {
                        at = next;
                        self.state = State::Between;
                    }
                    Walked::Lost => self.state = State::Lost,
                },
                State::Lost => return chunk.len(),
            }
        }
    }

    /// Walks over segments.
    fn segments(&mut self, chunk: &[u8], mut at: usize, delimiters: Delimiters) -> Walked {
        let mut ends = Vec::new();
        loop {
            if self.is_in_set {
                let passed = pass(&chunk[at..], delimiters.segment);
                self.ordinal += passed.segments;
                at += passed.bytes;
            }
            let Some(length) = chunk[at..].iter().position(|byte| *byte == delimiters.segment) else {
                return Walked::All(at);
            };
            let end = at + length;
            if self.is_in_set && is_of_set(&chunk[at..=end]) {
                self.ordinal += 1;
            } else {
                let separators = chunk[at..end].iter().enumerate();
                let separators = separators.filter(|(_, byte)| **byte == delimiters.element);
                ends.clear();
                ends.extend(separators.map(|(from, _)| (at + from) as u32).chain([end as u32]));
                let cells = self.cells(chunk, &ends, at, &delimiters);
                if let Some(ended) = self.take(&cells, at, end + 1) {
                    return ended;
                }
            }
            at = end + 1;
        }
    }

    fn cells<'b>(&self, block: &'b [u8], ends: &'b [u32], from: usize, delimiters: &'b Delimiters) -> Cells<'b> {
        let end = ends[ends.len() - 1] as usize;
        let skipped = block[from..end].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = from + skipped;
        Cells {
            id: SegmentId::new(&block[start..(ends[0] as usize).max(start)]),
            block,
            ends,
            parts: &[],
            strange: &[],
            next_part: usize::MAX,
            start: start as u32,
            base: 0,
            ordinal: self.ordinal,
            delimiters,
        }
    }

    /// Takes a segment that stands with what precedes it from one byte to another.
    fn take(&mut self, cells: &Cells<'_>, from: usize, to: usize) -> Option<Walked> {
        let id = cells.id;
        if binary::is_binary(id) {
            self.end_run();
            return Some(Walked::Lost);
        }
        match id {
            SegmentId(0) => return None,
            ISA => {
                self.end_run();
                // The reader too begins anew behind the line breaks.
                let skipped = to - 1 - (cells.ends[cells.ends.len() - 1] - cells.start) as usize;
                return Some(Walked::Ended(skipped));
            }
            IEA => {
                self.end_run();
                self.ordinal += 1;
                return Some(Walked::Ended(to));
            }
            GS | GE => {
                self.end_run();
                self.is_in_set = false;
                self.context = (id == GS).then(|| Arc::new(envelope::context(cells)));
            }
            ST if self.context.is_some() => {
                if !self.is_in_set && self.run.is_none() {
                    self.run = Some(Run { from, ordinal: self.ordinal, end: None });
                }
                self.is_in_set = true;
            }
            SE if self.is_in_set => {
                self.is_in_set = false;
                if let Some(run) = &mut self.run {
                    run.end = Some((to, self.ordinal + 1));
                    if to - run.from >= self.enough {
                        self.end_run();
                    }
                }
            }
            _ if !self.is_in_set => self.end_run(),
            _ => {}
        }
        self.ordinal += 1;
        None
    }
}
