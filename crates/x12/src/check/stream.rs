//! Drives a file through the checker: finds each ISA, indexes block after block, hands over segment after segment.
//!
//! Blocks are small so that the index stays in the cache; a segment cut by a block's end is read again with the next.
//! Memory is one block, however long the file: what is read is never kept.

use std::io;
use std::sync::atomic::Ordering;

use crate::check::binary::{self, Beyond, Extent};
use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::envelope::{Envelope, Flow};
use crate::check::isa;
use crate::check::report::{Checked, Verdict};
use crate::check::sink::Rule;
use crate::check::source::Source;
use crate::delimiters::Delimiters;
use crate::index::{Index, Wanted, next_set, scan};
use crate::problem::{Code, Snip};
use crate::rules::language::tables::bit_of;
use crate::segment::{Segment, SegmentId};

/// How much is indexed at once: its index stays in the first two caches.
pub(super) const BLOCK: usize = 64 * 1024;
/// The longest segment, binary data apart: beyond it a terminator is missing. The index of a segment takes four times
/// its bytes, and all memory together shall stay below 20 MB.
const LONGEST_SEGMENT: usize = 1024 * 1024;
/// How far from its beginning a file is searched for a first ISA or GS.
const LEAD_IN: usize = 4096;

rules! {
    NOT_X12 = "not-x12", Syntax, Code::NotX12, "no interchange was found: the file does not begin with an ISA segment", "Check that this is the right file and that it is not compressed or encrypted.";
    NO_ISA = "isa-missing", Syntax, Code::Interchange(22), "the file begins inside an interchange: its ISA is missing", "Ask the sender for the whole file.";
    BAD_ISA = "isa-structure", Syntax, Code::Interchange(22), "the ISA is not 106 bytes with its sixteen elements in their places", "Pad every ISA element to its width.";
    TRAILING = "trailing-bytes", Syntax, Code::Interchange(22), "bytes follow the interchange that belong to none", "Remove them.";
    LEAD = "lead-in", Syntax, Code::Interchange(22), "bytes stand before the first ISA: a byte order mark, blanks or something else", "Begin the file with its ISA.";
    FILLED = "trailing-fill", Syntax, Code::Interchange(22), "control characters fill the file behind its interchange", "End the file with its last terminator.";
    UNTERMINATED = "last-terminator", Syntax, Code::Interchange(4), "the last segment has no terminator", "End every segment with the terminator.";
}

/// Reads a whole file through the envelope.
pub(super) fn check<S: Source>(source: S, envelope: Envelope<'_>) -> io::Result<Checked> {
    let mut reader = Reader { source, index: Index::default(), envelope, ordinal: 0, lengths_lie: false };
    let verdict = reader.read()?;
    Ok(reader.envelope.finish(verdict, reader.ordinal))
}

struct Reader<'c, S> {
    source: S,
    index: Index,
    envelope: Envelope<'c>,
    ordinal: u64,
    /// A length of binary data did not hold.
    lengths_lie: bool,
}

pub(super) fn is_padding(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a)
}

pub(super) fn is_isa(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ISA") && bytes.get(3).is_some_and(|byte| !byte.is_ascii_alphanumeric())
}

impl<S: Source> Reader<'_, S> {
    /// Reads everything; gives a verdict only where there is nothing to judge.
    fn read(&mut self) -> io::Result<Option<Verdict>> {
        self.source.want(LEAD_IN + isa::LONGEST)?;
        if self.source.window().starts_with(b"\xef\xbb\xbf") {
            self.source.advance(3);
        }
        self.skip_padding()?;
        self.source.want(LEAD_IN + isa::LONGEST)?;
        if !is_isa(self.source.window()) {
            let begins_with_group = self.source.window().starts_with(b"GS");
            match self.isa_in_window(LEAD_IN) {
                Some(found) if !begins_with_group => self.source.advance(found),
                _ => return Ok(Some(self.refuse())),
            }
        }
        if self.source.offset() > 0 {
            let length = u32::try_from(self.source.offset()).unwrap_or(u32::MAX);
            self.envelope
                .sink
                .warning(&LEAD, At { segment: SegmentId::new(b"ISA"), span: (0, length), ..At::default() });
        }
        while !self.source.window().is_empty() {
            self.interchange()?;
            if let Some(failure) = self.envelope.failure() {
                return Err(failure);
            }
            let from = self.source.offset();
            if self.skip_padding()? {
                let length = u32::try_from(self.source.offset() - from).unwrap_or(u32::MAX);
                let at = At { ordinal: self.ordinal, span: (from, length), ..At::default() };
                self.envelope.sink.warning(&FILLED, at);
            }
            self.source.want(isa::LONGEST)?;
            if !self.source.window().is_empty() && !is_isa(self.source.window()) {
                self.trailing()?;
            }
        }
        Ok(None)
    }

    /// Passes over blanks and fill; tells whether there were more than blanks.
    fn skip_padding(&mut self) -> io::Result<bool> {
        let mut is_filled = false;
        loop {
            self.source.want(1)?;
            let window = self.source.window();
            let skipped = window.iter().take_while(|byte| is_padding(**byte)).count();
            let is_done = skipped < window.len() || window.is_empty();
            is_filled |= window[..skipped].iter().any(|byte| !byte.is_ascii_whitespace());
            self.source.advance(skipped);
            if is_done {
                return Ok(is_filled);
            }
        }
    }

    /// Passes over what belongs to no interchange, up to the next ISA.
    fn trailing(&mut self) -> io::Result<()> {
        let from = self.source.offset();
        self.find_isa()?;
        if self.envelope.ended_well() {
            let length = u32::try_from(self.source.offset() - from).unwrap_or(u32::MAX);
            self.envelope.sink.warning(&TRAILING, At { ordinal: self.ordinal, span: (from, length), ..At::default() });
        }
        Ok(())
    }

    /// Moves on to the next ISA that can be read, or to the end of the file.
    fn find_isa(&mut self) -> io::Result<()> {
        loop {
            self.source.want(BLOCK)?;
            let length = self.source.window().len();
            if let Some(found) = self.isa_in_window(length) {
                self.source.advance(found);
                return Ok(());
            }
            if self.source.is_whole() {
                self.source.advance(length);
                return Ok(());
            }
            // An ISA that the window cuts off is looked at again.
            self.source.advance(length.saturating_sub(isa::LONGEST));
        }
    }

    /// The next `ISA` in the window that has its separators in place and begins no longer word.
    fn isa_in_window(&self, within: usize) -> Option<usize> {
        let window = self.source.window();
        let searched = &window[..window.len().min(within)];
        let places = searched.windows(3).enumerate().filter(|(_, bytes)| *bytes == b"ISA").map(|(at, _)| at);
        let before = |at: usize| match at.checked_sub(1) {
            Some(before) => Some(window[before]),
            None => self.source.before(),
        };
        places.into_iter().find(|at| {
            let is_first = before(*at).is_none_or(|byte| !byte.is_ascii_alphanumeric());
            is_first && isa::read(&window[*at..]).is_some_and(|isa| isa.is_sound)
        })
    }

    fn refuse(&mut self) -> Verdict {
        let place = At { segment: SegmentId::new(b"ISA"), span: (self.source.offset(), 0), ..At::default() };
        let rest = self.source.window();
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

    /// Reads one interchange; afterwards the source stands where the search for the next begins.
    fn interchange(&mut self) -> io::Result<()> {
        self.source.want(isa::LONGEST)?;
        let window = self.source.window();
        let Some(found) = isa::read(window) else {
            let length = window.len();
            self.source.advance(length);
            return Ok(());
        };
        let end = found.end.min(window.len());
        let raw = &window[..end.saturating_sub(usize::from(found.is_sound))];
        let start = usize::try_from(self.source.offset()).unwrap_or(usize::MAX - isa::LONGEST);
        let header = Segment::new(raw, start, self.ordinal, found.delimiters);
        self.ordinal += 1;
        let is_readable = self.envelope.begin(&header, found.is_sound, &BAD_ISA);
        self.source.advance(end);
        if !is_readable {
            self.envelope.abandon(self.ordinal);
            return self.find_isa();
        }
        self.segments(found.delimiters)
    }

    /// Hands over segments until the interchange ends.
    fn segments(&mut self, delimiters: Delimiters) -> io::Result<()> {
        let wanted = Wanted::new(&delimiters);
        let mut size = BLOCK;
        loop {
            // Sets that were checked aside; up to the next of them, and no further, segments are read here.
            let to_aside = if size == BLOCK { self.adopt(delimiters)? } else { None };
            let limit = to_aside.filter(|limit| *limit < size);
            let most = limit.unwrap_or(size);
            self.source.want(most)?;
            let window = self.source.window();
            let block = &window[..window.len().min(most)];
            let is_last = self.source.is_whole() && block.len() == window.len();
            scan(block, wanted, &mut self.index);
            if is_last && block.last().is_some_and(|byte| *byte != delimiters.segment) {
                self.index.close(block.len() as u32);
            }
            let mut walk = Walk {
                block,
                base: self.source.offset(),
                index: &self.index,
                delimiters: &delimiters,
                envelope: &mut self.envelope,
                ordinal: &mut self.ordinal,
                lengths_lie: &mut self.lengths_lie,
                is_last,
                is_longest: size >= LONGEST_SEGMENT,
            };
            match walk.walk() {
                Walked::Ended(read) => {
                    self.source.advance(read);
                    return Ok(());
                }
                // The sets ahead do not begin with a segment, as the file is read here.
                Walked::All(read) if limit.is_some_and(|limit| read < limit) => {
                    self.source.advance(read);
                    self.source.drop_aside();
                }
                Walked::Binary(found) => {
                    if !self.pass_over(&found, &delimiters)? {
                        return self.cut_off();
                    }
                    size = BLOCK;
                }
                Walked::All(_) if is_last => {
                    let length = block.len();
                    self.source.advance(length);
                    return self.cut_off();
                }
                // Without a terminator in sight there is no way on.
                Walked::All(0) if size >= LONGEST_SEGMENT => return self.cut_off(),
                Walked::All(0) => size *= 2,
                Walked::All(read) => {
                    self.source.advance(read);
                    size = BLOCK;
                }
            }
        }
    }

    /// Takes over what was found aside in the sets that stand here. Gives how far the next ones are.
    fn adopt(&mut self, delimiters: Delimiters) -> io::Result<Option<usize>> {
        loop {
            match self.source.to_aside()? {
                Some(0) => {}
                far => return Ok(far.and_then(|far| usize::try_from(far).ok())),
            }
            let Some((found, length)) = self.source.aside() else { continue };
            let segments = found.segments;
            let is_taken = self.envelope.adopt(found, delimiters, self.ordinal);
            if is_taken {
                self.ordinal += segments;
                self.source.pass(length);
            }
            if let Some(told) = self.source.told() {
                self.envelope.tell(told);
                told.taken.fetch_add(usize::from(is_taken), Ordering::Relaxed);
            }
        }
    }

    /// The file, or what can be read of it, ended inside the interchange: nothing after it is looked at.
    fn cut_off(&mut self) -> io::Result<()> {
        self.envelope.cut_off(self.ordinal, self.source.offset());
        self.source.look_no_further();
        loop {
            let length = self.source.window().len();
            self.source.advance(length);
            self.source.want(BLOCK)?;
            if self.source.window().is_empty() {
                return Ok(());
            }
        }
    }

    /// Passes over binary data that no memory shall hold. False when the file ends in it.
    fn pass_over(&mut self, found: &Beyond, delimiters: &Delimiters) -> io::Result<bool> {
        let place = self.envelope.last_binary;
        self.source.advance(found.data);
        let mut left = found.length;
        while left > 0 {
            self.source.want(BLOCK)?;
            let here = u64::min(left, self.source.window().len() as u64) as usize;
            if here == 0 {
                self.envelope.sink.error(&binary::CUT, place);
                return Ok(false);
            }
            self.source.advance(here);
            left -= here as u64;
        }
        self.source.want(1)?;
        if self.source.window().first() != Some(&delimiters.segment) {
            self.lengths_lie = true;
            self.envelope.sink.error(&binary::LONG, place);
        }
        // Whatever stands up to the next terminator is the rest of this segment.
        loop {
            self.source.want(BLOCK)?;
            let window = self.source.window();
            if window.is_empty() {
                return Ok(false);
            }
            match window.iter().position(|byte| *byte == delimiters.segment) {
                Some(at) => {
                    self.source.advance(at + 1);
                    return Ok(true);
                }
                None => {
                    let length = window.len();
                    self.source.advance(length);
                }
            }
        }
    }
}

/// Segments that are not simply handed to the open set: those of the envelope, binary ones, one without an id.
const SPECIAL: [SegmentId; 9] = [
    SegmentId::new(b""),
    SegmentId::new(b"ISA"),
    SegmentId::new(b"GS"),
    SegmentId::new(b"ST"),
    SegmentId::new(b"SE"),
    SegmentId::new(b"GE"),
    SegmentId::new(b"IEA"),
    SegmentId::new(b"BIN"),
    SegmentId::new(b"BDS"),
];
/// A bit for each of them.
const SPECIAL_BITS: u64 = {
    let (mut bits, mut at) = (0, 0);
    while at < SPECIAL.len() {
        bits |= bit_of(SPECIAL[at].0 as u64);
        at += 1;
    }
    bits
};

/// Whether a segment may be one of the special ones.
#[inline(always)]
fn is_special(id: SegmentId) -> bool {
    SPECIAL_BITS & bit_of(u64::from(id.0)) != 0
}

/// The segments of one block.
pub(super) struct Walk<'w, 'c> {
    pub block: &'w [u8],
    /// Where the block begins in the file.
    pub base: u64,
    pub index: &'w Index,
    pub delimiters: &'w Delimiters,
    pub envelope: &'w mut Envelope<'c>,
    pub ordinal: &'w mut u64,
    pub lengths_lie: &'w mut bool,
    /// Whether the file ends with the block.
    pub is_last: bool,
    /// Whether the block is as long as any may be.
    pub is_longest: bool,
}

impl Walk<'_, '_> {
    /// Hands over the segments of one block.
    pub fn walk(&mut self) -> Walked {
        let Index { ends, segments, parts, strange } = self.index;
        // Nearly no block has strange bytes; then no segment of it is asked.
        let strange: &[u64] = if strange.iter().all(|word| *word == 0) { &[] } else { strange };
        let mut start = 0;
        let mut first = 0;
        // Made once for the block: of each segment only what differs is written down.
        let mut cells = Cells {
            id: SegmentId::default(),
            block: self.block,
            ends: &[],
            parts,
            strange,
            next_part: 0,
            start: 0,
            base: self.base,
            ordinal: *self.ordinal,
            delimiters: self.delimiters,
        };
        for last in segments {
            // Nothing is left between them inside binary data that was handed over already.
            let beyond = (*last as usize).wrapping_add(1);
            let Some(own @ [id_end, ..]) = ends.get(first..beyond) else { continue };
            let end = own[own.len() - 1] as usize;
            // Nearly no segment begins with one.
            while start < end && self.block[start] <= b'\r' && matches!(self.block[start], b'\r' | b'\n') {
                start += 1;
            }
            cells.id = SegmentId::at(self.block, start, *id_end as usize);
            cells.ends = own;
            cells.start = start as u32;
            cells.ordinal = *self.ordinal;
            if cells.next_part <= start {
                cells.next_part = next_set(parts, start);
                if !strange.is_empty() {
                    cells.next_part = cells.next_part.min(next_set(strange, start));
                }
            }
            let is_usual = !is_special(cells.id);
            if !is_usual && binary::is_binary(cells.id) {
                match self.binary(&cells) {
                    Binary::Plain => {}
                    Binary::CutOff => return Walked::All(start),
                    Binary::Beyond(found) => return Walked::Binary(found),
                    Binary::Ends(end) => {
                        start = end + 1;
                        first = ends.partition_point(|place| (*place as usize) <= end);
                        continue;
                    }
                }
            }
            let is_virtual = end == self.block.len();
            if is_virtual && !self.is_worth_reading(&cells) {
                return Walked::All(end);
            }
            let flow = if is_usual { self.envelope.take_inside(&cells) } else { self.envelope.take(&cells) };
            match flow {
                Flow::Go => *self.ordinal += 1,
                Flow::Skip => {}
                Flow::End => {
                    *self.ordinal += 1;
                    return Walked::Ended(end + usize::from(!is_virtual));
                }
                Flow::Anew => return Walked::Ended(start),
            }
            start = end + 1;
            first = beyond;
        }
        // A binary segment whose data holds no terminator as far as it is at hand.
        if start == 0
            && let Some(end) = ends.get(first)
            && binary::is_binary(SegmentId::new(&self.block[..*end as usize]))
        {
            let cells = Cells {
                id: SegmentId::new(&self.block[..*end as usize]),
                block: self.block,
                ends: &ends[first..],
                parts: &[],
                strange: &[],
                next_part: usize::MAX,
                start: 0,
                base: self.base,
                ordinal: *self.ordinal,
                delimiters: self.delimiters,
            };
            if let Some(found) = self.beyond(&cells) {
                return Walked::Binary(found);
            }
        }
        Walked::All(start.min(self.block.len()))
    }

    /// Hands over a binary segment, whose data may hold any separator.
    #[cold]
    fn binary(&mut self, cells: &Cells<'_>) -> Binary {
        let bytes = &cells.block[cells.start as usize..];
        let is_believed = !self.is_last && !*self.lengths_lie;
        if is_believed && binary::beyond(bytes, cells.delimiters, LONGEST_SEGMENT).is_some() {
            return self.beyond(cells).map_or(Binary::CutOff, Binary::Beyond);
        }
        let farthest = if *self.lengths_lie { BLOCK } else { LONGEST_SEGMENT };
        let (mut ends, broken) = match binary::extent(bytes, cells.delimiters, self.is_last, farthest) {
            Extent::Plain => return Binary::Plain,
            Extent::Needs(_) => return Binary::CutOff,
            Extent::Counted(ends) => (ends, None),
            Extent::Uncounted(ends, rule) => (ends, Some(rule)),
        };
        // Looking ahead in vain costs time: a file whose lengths lie is not believed again.
        *self.lengths_lie |= broken.is_some();
        ends.iter_mut().for_each(|end| *end += cells.start);
        let cells = Cells { ends: &ends, parts: &[], strange: &[], next_part: usize::MAX, ..*cells };
        if let Some(rule) = broken {
            self.envelope.sink.error(rule, cells.at_element(cells.len()));
        }
        self.take(&cells);
        Binary::Ends(ends[ends.len() - 1] as usize)
    }

    /// Hands over the beginning of a binary segment that is too long to be held. None until it begins a block of the
    /// greatest length that does not end the file: in a shorter file its length is a lie.
    #[cold]
    fn beyond(&mut self, cells: &Cells<'_>) -> Option<Beyond> {
        if cells.start > 0 || !self.is_longest || self.is_last || *self.lengths_lie {
            return None;
        }
        let found = binary::beyond(cells.block, cells.delimiters, LONGEST_SEGMENT)?;
        let mut ends = found.ends.clone();
        ends.push(cells.block.len() as u32);
        let cells = Cells { ends: &ends, parts: &[], strange: &[], next_part: usize::MAX, ..*cells };
        self.envelope.last_binary = cells.at_element(cells.len());
        self.take(&cells);
        Some(found)
    }

    fn take(&mut self, cells: &Cells<'_>) {
        if let Flow::Go = self.envelope.take(cells) {
            *self.ordinal += 1;
        }
    }

    /// A last segment without terminator counts only where it is the IEA; anything else was cut off.
    #[cold]
    fn is_worth_reading(&mut self, cells: &Cells<'_>) -> bool {
        let is_whole_iea = cells.id == SegmentId::new(b"IEA") && !cells.get(2).trim_ascii().is_empty();
        if is_whole_iea {
            self.envelope.sink.warning(&UNTERMINATED, cells.at());
        }
        is_whole_iea
    }
}

/// What became of a binary segment.
enum Binary {
    /// It is to be read like any other.
    Plain,
    /// More of the file must be at hand, or it must begin the block.
    CutOff,
    /// It was handed over; its data reaches further than any memory.
    Beyond(Beyond),
    /// It was handed over; where its terminator stands in the block.
    Ends(usize),
}

pub(super) enum Walked {
    /// The interchange ended here; a byte of the block.
    Ended(usize),
    /// So many bytes of the block were read.
    All(usize),
    /// The block begins with a binary segment that was handed over and is now to be passed over.
    Binary(Beyond),
}
