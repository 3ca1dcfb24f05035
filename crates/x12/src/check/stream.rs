//! Drives a file through the checker: finds each ISA, indexes block after block, hands over segment after segment.
//!
//! Blocks are small so that the index stays in the cache; a segment cut by a block's end is read again with the next.

use crate::check::binary::{self, Extent};
use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::envelope::{Envelope, Flow};
use crate::check::isa;
use crate::check::report::{Checked, Verdict};
use crate::check::sink::Rule;
use crate::codes::CodeSets;
use crate::index::{Index, Wanted, scan};
use crate::problem::{Code, Snip};
use crate::segment::{Segment, SegmentId};

/// How much is indexed at once: its index stays in the first two caches.
const BLOCK: usize = 48 * 1024;
/// The longest segment: beyond it a terminator is missing, and positions must fit their integers.
const LONGEST_SEGMENT: usize = 64 * 1024 * 1024;
/// How far from its beginning a file is searched for a first ISA or GS.
const LEAD_IN: usize = 4096;

rules! {
    NOT_X12 = "not-x12", Syntax, Code::NotX12, "no interchange was found: the file does not begin with an ISA segment", "Check that this is the right file and that it is not compressed or encrypted.";
    NO_ISA = "isa-missing", Syntax, Code::Interchange(22), "the file begins inside an interchange: its ISA is missing", "Ask the sender for the whole file.";
    BAD_ISA = "isa-structure", Syntax, Code::Interchange(22), "the ISA is not 106 bytes with its sixteen elements in their places", "Pad every ISA element to its width.";
    TRAILING = "trailing-bytes", Syntax, Code::Interchange(22), "bytes follow the interchange that belong to none", "Remove them.";
    UNTERMINATED = "last-terminator", Syntax, Code::Interchange(4), "the last segment has no terminator", "End every segment with the terminator.";
}

/// Checks a file.
pub(super) fn check(bytes: &[u8], codes: &dyn CodeSets) -> Checked {
    let mut reader =
        Reader { bytes, index: Index::default(), envelope: Envelope::new(codes), ordinal: 0, lengths_lie: false };
    let verdict = reader.read();
    let (sink, interchanges) = reader.envelope.into_parts();
    let mut problems = sink.problems;
    problems.sort_by_place();
    let verdict = match verdict {
        Some(verdict) => verdict,
        None if problems.errors() > 0 => Verdict::Rejected,
        None => Verdict::Accepted,
    };
    Checked { verdict, problems, interchanges, segments: u64::from(reader.ordinal) }
}

struct Reader<'b, 'c> {
    bytes: &'b [u8],
    index: Index,
    envelope: Envelope<'c>,
    ordinal: u32,
    /// A length of binary data did not hold.
    lengths_lie: bool,
}

fn is_padding(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a)
}

impl Reader<'_, '_> {
    /// Reads everything; gives a verdict only where there is nothing to judge.
    fn read(&mut self) -> Option<Verdict> {
        let mut at = if self.bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        at = self.skip_padding(at);
        let is_isa = |at: usize| {
            self.bytes[at..].starts_with(b"ISA")
                && self.bytes.get(at + 3).is_some_and(|byte| !byte.is_ascii_alphanumeric())
        };
        if at >= self.bytes.len() || !is_isa(at) {
            match self.find_isa(at, LEAD_IN) {
                Some(found) if !self.bytes[at..].starts_with(b"GS") => at = found,
                _ => return Some(self.refuse(at)),
            }
        }
        while at < self.bytes.len() {
            at = self.interchange(at);
            at = self.skip_padding(at);
            if at < self.bytes.len() && !is_isa_at(self.bytes, at) {
                let next = self.find_isa(at, self.bytes.len());
                if self.envelope.ended_well() {
                    let span =
                        (at as u64, next.unwrap_or(self.bytes.len()).saturating_sub(at).min(u32::MAX as usize) as u32);
                    let at = At { segment: SegmentId::default(), ordinal: self.ordinal, span, ..At::default() };
                    self.envelope.sink.warning(&TRAILING, at);
                }
                at = next.unwrap_or(self.bytes.len());
            }
        }
        None
    }

    fn skip_padding(&self, at: usize) -> usize {
        at + self.bytes[at.min(self.bytes.len())..].iter().take_while(|byte| is_padding(**byte)).count()
    }

    /// The next `ISA` that has its separators in place, or that at least begins a line.
    fn find_isa(&self, from: usize, within: usize) -> Option<usize> {
        let end = self.bytes.len().min(from.saturating_add(within));
        let window = self.bytes.get(from..end)?;
        window.windows(3).enumerate().filter(|(_, bytes)| *bytes == b"ISA").map(|(at, _)| from + at).find(|at| {
            let is_first = *at == 0 || !self.bytes[at - 1].is_ascii_alphanumeric();
            is_first && isa::read(self.bytes, *at).is_some_and(|isa| isa.is_sound)
        })
    }

    fn refuse(&mut self, at: usize) -> Verdict {
        let place = At { segment: SegmentId::new(b"ISA"), span: (at as u64, 0), ..At::default() };
        let rest = &self.bytes[at.min(self.bytes.len())..];
        let begins_inside = [&b"GS"[..], b"ST", b"TA1", b"IEA", b"ISA"].iter().any(|id| {
            rest.starts_with(id)
                && rest.get(id.len()).is_some_and(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ')
        });
        if begins_inside {
            self.envelope.sink.error(&NO_ISA, place);
            return Verdict::Rejected;
        }
        self.envelope.sink.error(&NOT_X12, place);
        Verdict::Unreadable
    }

    /// Reads one interchange and gives where the search for the next begins.
    fn interchange(&mut self, start: usize) -> usize {
        let Some(found) = isa::read(self.bytes, start) else { return self.bytes.len() };
        let end = found.end.min(self.bytes.len());
        let raw = &self.bytes[start..end.saturating_sub(usize::from(found.is_sound))];
        let header = Segment::new(raw, start, self.ordinal, found.delimiters);
        self.ordinal += 1;
        let is_readable = self.envelope.begin(&header, found.is_sound, &BAD_ISA);
        if !is_readable {
            self.envelope.abandon();
            return self.find_isa(end, self.bytes.len()).unwrap_or(self.bytes.len());
        }
        self.segments(end, &found)
    }

    /// Hands over segments from `at` until the interchange ends; gives where it ended.
    fn segments(&mut self, mut at: usize, isa: &isa::Isa) -> usize {
        let delimiters = isa.delimiters;
        let wanted = Wanted::new(&delimiters);
        let mut size = BLOCK;
        let mut index = std::mem::take(&mut self.index);
        let ended = loop {
            let block = &self.bytes[at..self.bytes.len().min(at + size)];
            let is_last = at + block.len() == self.bytes.len();
            scan(block, wanted, &mut index);
            if is_last && !block.is_empty() && block[block.len() - 1] != delimiters.segment {
                index.ends.push(block.len() as u32);
            }
            match self.walk(block, at, &index, &delimiters, is_last) {
                Walked::Ended(end) => break end,
                Walked::All(_) if is_last => {
                    self.envelope.cut_off(self.ordinal, self.bytes.len() as u64);
                    break self.bytes.len();
                }
                Walked::All(0) if size >= LONGEST_SEGMENT => {
                    self.envelope.cut_off(self.ordinal, at as u64);
                    break self.bytes.len();
                }
                Walked::All(0) => size *= 2,
                Walked::All(read) => {
                    at += read;
                    size = BLOCK;
                }
            }
        };
        self.index = index;
        ended
    }

    /// Hands over the segments of one block.
    fn walk(
        &mut self,
        block: &[u8],
        at: usize,
        index: &Index,
        delimiters: &crate::delimiters::Delimiters,
        is_last: bool,
    ) -> Walked {
        let mut start = 0;
        let mut first = 0;
        let mut odd = 0;
        let mut next = 0;
        while let Some(end) = index.ends.get(next) {
            let position = next;
            next += 1;
            let end_at = *end as usize;
            let is_virtual = end_at == block.len();
            if !is_virtual && block[end_at] != delimiters.segment {
                continue;
            }
            while start < end_at && matches!(block[start], b'\r' | b'\n') {
                start += 1;
            }
            while index.odd.get(odd).is_some_and(|place| (*place as usize) < start) {
                odd += 1;
            }
            let odd_from = odd;
            while index.odd.get(odd).is_some_and(|place| (*place as usize) < end_at) {
                odd += 1;
            }
            let cells = Cells {
                id: SegmentId::new(&block[start..index.ends[first] as usize]),
                block,
                ends: &index.ends[first..=position],
                odd: &index.odd[odd_from..odd],
                start: start as u32,
                base: at as u64,
                ordinal: self.ordinal,
                delimiters,
            };
            if binary::is_binary(cells.id) {
                match self.binary(&cells, is_last) {
                    Binary::Plain => {}
                    Binary::CutOff => return Walked::All(start),
                    Binary::Ends(end) => {
                        self.ordinal += 1;
                        start = end + 1;
                        next = index.ends.partition_point(|end| (*end as usize) < start);
                        first = next;
                        if start > block.len() {
                            break;
                        }
                        continue;
                    }
                }
            }
            if is_virtual && !self.is_worth_reading(&cells) {
                return Walked::All(end_at);
            }
            match self.envelope.take(&cells) {
                Flow::Go => self.ordinal += 1,
                Flow::Skip => {}
                Flow::End => {
                    self.ordinal += 1;
                    return Walked::Ended(at + end_at + usize::from(!is_virtual));
                }
                Flow::Anew => return Walked::Ended(at + start),
            }
            start = end_at + 1;
            first = position + 1;
        }
        Walked::All(start.min(block.len()))
    }

    /// Hands over a binary segment, whose data may hold any separator.
    fn binary(&mut self, cells: &Cells<'_>, is_last: bool) -> Binary {
        let bytes = &cells.block[cells.start as usize..];
        let farthest = if self.lengths_lie { BLOCK } else { LONGEST_SEGMENT };
        let (mut ends, broken) = match binary::extent(bytes, cells.delimiters, is_last, farthest) {
            Extent::Plain => return Binary::Plain,
            Extent::Needs(_) => return Binary::CutOff,
            Extent::Counted(ends) => (ends, None),
            Extent::Uncounted(ends, rule) => (ends, Some(rule)),
        };
        // Looking ahead in vain costs time: a file whose lengths lie is not believed again.
        self.lengths_lie |= broken.is_some();
        ends.iter_mut().for_each(|end| *end += cells.start);
        let cells = Cells { ends: &ends, odd: &[], ..*cells };
        if let Some(rule) = broken {
            self.envelope.sink.error(rule, cells.at_element(cells.len()));
        }
        self.envelope.take(&cells);
        Binary::Ends(ends[ends.len() - 1] as usize)
    }

    /// A last segment without terminator counts only where it is the IEA; anything else was cut off.
    fn is_worth_reading(&mut self, cells: &Cells<'_>) -> bool {
        let is_whole_iea = cells.id == SegmentId::new(b"IEA") && !cells.get(2).trim_ascii().is_empty();
        if is_whole_iea {
            self.envelope.sink.warning(&UNTERMINATED, cells.at());
        }
        is_whole_iea
    }
}

fn is_isa_at(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b"ISA") && bytes.get(at + 3).is_some_and(|byte| !byte.is_ascii_alphanumeric())
}

/// What became of a binary segment.
enum Binary {
    /// It is to be read like any other.
    Plain,
    /// More of the file must be at hand.
    CutOff,
    /// It was read; where its terminator stands in the block.
    Ends(usize),
}

enum Walked {
    /// The interchange ended here; a byte of the file.
    Ended(usize),
    /// So many bytes of the block were read.
    All(usize),
}
