//! What every typed transaction is read with: a cursor that goes once over the structural index of a transaction set
//! and hands out the elements of one segment after the other.
//!
//! Never lists segments and never fails: what is absent is empty, what is no number is nothing and a problem.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;

use super::text::Text;
use crate::check::binary::{self, Extent};
use crate::date::parse_d8;
use crate::delimiters::Delimiters;
use crate::ids;
use crate::index::{Index, Wanted, scan};
use crate::problem::{Code, Severity, Snip};
use crate::segment::{SegmentId, nth, parts};
use crate::{Amount, Problem, TransactionSet};

/// Where a loop stands in its file, so that a screen can show the raw segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Ordinals of the first segment of the loop and of the one after its last.
    pub segments: Range<u64>,
    /// The bytes of the file from its first segment to the end of its last, without terminator.
    pub bytes: Range<usize>,
}

/// How what is read outlives the bytes it is read from: it borrows them, or it is a copy.
#[derive(Clone, Copy)]
struct Keep<'t, 'a> {
    text: fn(&'t str) -> Text<'a>,
    /// Text that is no UTF-8.
    decoded: fn(&'t [u8]) -> Text<'a>,
    octets: fn(&'t [u8]) -> Cow<'a, [u8]>,
    is_copy: bool,
}

impl<'t> Keep<'t, 't> {
    const BORROWED: Self = Self { text: Text::from, decoded: Text::borrowed, octets: Cow::Borrowed, is_copy: false };
}

impl Keep<'_, 'static> {
    const COPIED: Self = Self {
        text: |text| Text::copied(text.as_bytes()),
        decoded: Text::copied,
        octets: |octets| Cow::Owned(octets.to_vec()),
        is_copy: true,
    };
}

/// A cursor over the segments of some bytes: a transaction set, or a part of a file that holds whole loops.
pub struct Reader<'t, 'a> {
    block: &'t [u8],
    /// The block as text, where all of it is UTF-8 and text is borrowed: asked once, not for each element.
    whole: Option<&'t str>,
    index: Index,
    delimiters: Delimiters,
    /// Where the block begins in the file.
    base: usize,
    keep: Keep<'t, 'a>,
    place: Place,
    problems: Vec<Problem>,
}

/// Where a cursor stands.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    /// The id of the current segment.
    id: SegmentId,
    /// Where the current segment begins in the block.
    start: usize,
    /// The end of its id and its terminator, as places in `ends` of the index.
    first: usize,
    last: usize,
    /// The place of the next terminator in `segments` of the index.
    next: usize,
    /// Where the next segment begins in the block, line breaks before it included.
    rest: usize,
    /// The ordinal of the current segment and of the next.
    ordinal: u64,
    next_ordinal: u64,
    /// What the last segment before the current left: the ordinal after it and where it ended in the block.
    behind: (u64, usize),
}

impl Place {
    /// Before the first segment of a block, which has this ordinal.
    pub(crate) fn at_ordinal(ordinal: u64) -> Self {
        Self { next_ordinal: ordinal, ..Self::default() }
    }

    /// The id of the current segment.
    pub(crate) fn id(&self) -> SegmentId {
        self.id
    }

    /// Where the current segment begins in the block, and where the one after it does.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    pub(crate) fn rest(&self) -> usize {
        self.rest
    }

    /// The ordinals of the current segment and of the one that comes next.
    pub(crate) fn ordinal(&self) -> u64 {
        self.ordinal
    }

    pub(crate) fn next_ordinal(&self) -> u64 {
        self.next_ordinal
    }
}

impl<'a> Reader<'a, 'a> {
    /// Stands on the ST; what is read borrows the bytes of the set.
    pub(crate) fn new(set: &TransactionSet<'a>) -> Self {
        Reader::of_set(set, Keep::BORROWED)
    }
}

impl<'t> Reader<'t, 'static> {
    /// Stands on the ST; what is read is a copy.
    pub(crate) fn copying(set: &TransactionSet<'t>) -> Self {
        Reader::of_set(set, Keep::COPIED)
    }

    /// Stands where `place` says in a block that was indexed; what is read is a copy.
    pub(crate) fn resumed(block: &'t [u8], index: Index, delimiters: Delimiters, base: usize, place: Place) -> Self {
        let mut reader =
            Reader { block, whole: None, index, delimiters, base, keep: Keep::COPIED, place, problems: Vec::new() };
        if place.id == ids::END {
            reader.advance();
        }
        reader
    }
}

/// Indexes a block; one that ends without a terminator gets one.
pub(crate) fn index_block(block: &[u8], delimiters: &Delimiters, index: &mut Index) {
    scan(block, Wanted::new(delimiters), index);
    if block.last().is_some_and(|byte| *byte != delimiters.segment) {
        index.close(block.len() as u32);
    }
}

impl<'t, 'a> Reader<'t, 'a> {
    fn of_set(set: &TransactionSet<'t>, keep: Keep<'t, 'a>) -> Self {
        let (block, st) = (set.bytes(), set.st());
        let mut index = Index::default();
        index_block(block, &st.delimiters(), &mut index);
        let mut reader = Reader {
            block,
            whole: if keep.is_copy { None } else { std::str::from_utf8(block).ok() },
            index,
            delimiters: st.delimiters(),
            base: st.span().start,
            keep,
            place: Place::at_ordinal(st.ordinal),
            problems: Vec::new(),
        };
        reader.advance();
        reader
    }

    /// The id of the current segment; empty past the last, and at a segment of the envelope, so that no loop reads on.
    #[inline]
    pub(crate) fn id(&self) -> SegmentId {
        if ids::is_of_envelope(self.place.id) { ids::END } else { self.place.id }
    }

    /// The id of the current segment, also of the envelope.
    #[inline]
    pub(crate) fn any_id(&self) -> SegmentId {
        self.place.id
    }

    /// At the SE or past the last segment.
    #[inline]
    pub(crate) fn at_end(&self) -> bool {
        self.id() == ids::END
    }

    /// Goes on to the next segment that is not empty.
    pub(crate) fn advance(&mut self) {
        let place = &mut self.place;
        if place.id != ids::END {
            place.behind = (place.ordinal + 1, place.rest.saturating_sub(1));
        }
        let ends = self.index.ends.as_slice();
        while let Some(last) = self.index.segments.get(place.next) {
            let (first, last) = (if place.next == 0 { 0 } else { place.last + 1 }, *last as usize);
            place.next += 1;
            if last < first {
                // Inside binary data that was passed over.
                continue;
            }
            let end = ends[last] as usize;
            let mut start = place.rest;
            while start < end && matches!(self.block[start], b'\r' | b'\n') {
                start += 1;
            }
            place.ordinal = place.next_ordinal;
            place.next_ordinal += 1;
            (place.first, place.last, place.start, place.rest) = (first, last, start, end + 1);
            if start == end {
                continue;
            }
            place.id = SegmentId::new(self.block.get(start..ends[first] as usize).unwrap_or_default());
            if binary::is_binary(place.id) {
                self.bound_binary();
            }
            return;
        }
        // Past the last: no element is found any more.
        (place.id, place.first, place.start) = (ids::END, ends.len(), self.block.len());
    }

    /// Separators inside counted data are data: the last element of a binary segment ends where its length says.
    fn bound_binary(&mut self) {
        let place = &mut self.place;
        let bytes = &self.block[place.start..];
        let (Extent::Counted(found) | Extent::Uncounted(found, _)) =
            binary::extent(bytes, &self.delimiters, true, bytes.len())
        else {
            return;
        };
        let Some(length) = found.last() else { return };
        let end = place.start + *length as usize;
        let ends = &mut self.index.ends;
        let terminator = ends.partition_point(|at| (*at as usize) < end);
        if terminator >= ends.len() || terminator < place.first + found.len() - 1 {
            return;
        }
        // The ends that are none of the data's stand before the terminator; what stands before them is left unused.
        let first = terminator + 1 - found.len();
        for (at, from_start) in ends[first..=terminator].iter_mut().zip(found) {
            *at = place.start as u32 + from_start;
        }
        (place.first, place.last, place.rest) = (first, terminator, end + 1);
    }

    /// How many elements the current segment has.
    pub(crate) fn len(&self) -> usize {
        self.place.last.saturating_sub(self.place.first)
    }

    /// Element `n`, counted from 1, as it stands; empty when absent.
    #[inline]
    pub(crate) fn bytes(&self, n: usize) -> &'t [u8] {
        let at = self.place.first + n;
        match self.index.ends.get(at.wrapping_sub(1)..=at) {
            Some([before, end]) if at <= self.place.last => {
                self.block.get(*before as usize + 1..*end as usize).unwrap_or_default()
            }
            Some(_) | None => b"",
        }
    }

    /// Component `k` of element `n`, both counted from 1, as it stands.
    #[inline]
    pub(crate) fn component_bytes(&self, n: usize, k: usize) -> &'t [u8] {
        match self.bytes(n) {
            b"" => b"",
            element => nth(element, self.delimiters.component, k.wrapping_sub(1)),
        }
    }

    #[inline]
    fn keep(&self, bytes: &'t [u8]) -> Text<'a> {
        if bytes.is_empty() {
            return Text::EMPTY;
        }
        if self.keep.is_copy
            && let Some(short) = Text::short_ascii(bytes)
        {
            return short;
        }
        // Where the bytes stand in the block.
        let from = bytes.as_ptr().addr().wrapping_sub(self.block.as_ptr().addr());
        match self.whole.and_then(|whole| whole.get(from..from + bytes.len())) {
            Some(text) => (self.keep.text)(text),
            None => (self.keep.decoded)(bytes),
        }
    }

    #[inline]
    pub(crate) fn text(&self, element: usize) -> Text<'a> {
        self.keep(self.bytes(element))
    }

    /// Every element of the current segment.
    pub(crate) fn texts(&self) -> Vec<Text<'a>> {
        (1..=self.len()).map(|n| self.text(n)).collect()
    }

    /// Every element of the current segment, each with its components.
    pub(crate) fn composites(&self) -> Vec<Vec<Text<'a>>> {
        (1..=self.len()).map(|n| self.components(n)).collect()
    }

    #[inline]
    pub(crate) fn is(&self, element: usize, value: &str) -> bool {
        self.bytes(element) == value.as_bytes()
    }

    pub(crate) fn component(&self, element: usize, component: usize) -> Text<'a> {
        self.keep(self.component_bytes(element, component))
    }

    /// The first components of an element; those that are absent are empty.
    pub(crate) fn first_components<const COUNT: usize>(&self, element: usize) -> [Text<'a>; COUNT] {
        let mut parts = parts(self.bytes(element), Some(self.delimiters.component));
        std::array::from_fn(|_| parts.next().map_or(Text::EMPTY, |part| self.keep(part)))
    }

    /// What follows the separator before element `element` to the segment's end, as octets: binary data may hold any
    /// separator.
    pub(crate) fn octets(&self, element: usize) -> Cow<'a, [u8]> {
        let ends = self.index.ends.get(self.place.first..=self.place.last).unwrap_or_default();
        let (Some(before), Some(end)) = (element.checked_sub(1).and_then(|at| ends.get(at)), ends.last()) else {
            return Cow::Borrowed(b"");
        };
        (self.keep.octets)(self.block.get(*before as usize + 1..*end as usize).unwrap_or_default())
    }

    pub(crate) fn components(&self, element: usize) -> Vec<Text<'a>> {
        parts(self.bytes(element), Some(self.delimiters.component)).map(|part| self.keep(part)).collect()
    }

    pub(crate) fn repetitions(&self, element: usize) -> Vec<Text<'a>> {
        parts(self.bytes(element), self.delimiters.repetition).map(|part| self.keep(part)).collect()
    }

    /// An amount that should be there: absent or unreadable is nothing, unreadable also a problem.
    pub(crate) fn amount(&mut self, element: usize) -> Amount {
        self.optional_amount(element).unwrap_or(Amount::ZERO)
    }

    /// An amount that may be absent.
    pub(crate) fn optional_amount(&mut self, element: usize) -> Option<Amount> {
        let bytes = self.bytes(element);
        if bytes.is_empty() {
            return None;
        }
        let amount = Amount::parse(bytes).ok();
        if amount.is_none() {
            self.unreadable(element, "unreadable-amount", 6, "the amount is no number of dollars and cents");
        }
        amount
    }

    /// A day written CCYYMMDD.
    pub(crate) fn date(&mut self, element: usize) -> Option<Date> {
        let bytes = self.bytes(element);
        if bytes.is_empty() {
            return None;
        }
        let date = parse_d8(bytes);
        if date.is_none() {
            self.unreadable(element, "unreadable-date", 8, "the date is no day of the calendar");
        }
        date
    }

    #[cold]
    fn unreadable(&mut self, element: usize, rule: &'static str, code: u8, message: &'static str) {
        let bytes = self.bytes(element);
        // An element that was found stands between two ends.
        let from = self.index.ends.get(self.place.first + element - 1).map_or(0, |end| *end as usize + 1);
        self.problems.push(Problem {
            snip: Snip::Syntax,
            severity: Severity::Error,
            code: Code::Element(false, code),
            segment: self.place.id,
            ordinal: self.place.ordinal,
            loop_id: "",
            element: u8::try_from(element).unwrap_or(0),
            component: 0,
            repetition: 0,
            span: ((self.base + from) as u64, u32::try_from(bytes.len()).unwrap_or(u32::MAX)),
            rule,
            message,
            remedy: "Ask the sender for a corrected file.",
        });
    }

    /// Where the current segment begins, for [`source_since`](Self::source_since).
    pub(crate) fn position(&self) -> (u64, usize) {
        (self.place.ordinal, self.base + self.place.start)
    }

    /// The place of the segments from `start` to the one before the current.
    pub(crate) fn source_since(&self, start: (u64, usize)) -> Source {
        let (ordinal, end) = self.place.behind;
        Source { segments: start.0..ordinal, bytes: start.1..self.base + end }
    }

    /// The place of the segments from `start` to the current, which is included.
    pub(crate) fn source_since_with_current(&self, start: (u64, usize)) -> Source {
        Source {
            segments: start.0..self.place.ordinal + 1,
            bytes: start.1..self.base + self.place.rest.saturating_sub(1),
        }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Gives back what [`resumed`](Reader::resumed) takes, and the problems since.
    pub(crate) fn into_parts(self) -> (Index, Place, Vec<Problem>) {
        (self.index, self.place, self.problems)
    }
}

/// Adds to a list that nearly always has one item, and a large one: room is made for one, not for four.
pub(crate) fn push_one<T>(items: &mut Vec<T>, item: T) {
    if items.is_empty() {
        items.reserve_exact(1);
    }
    items.push(item);
}

/// The last of a list; where there is none yet, an empty one is made, so that nothing below a missing level is lost.
pub(crate) fn last_or_new<T: Default>(items: &mut Vec<T>) -> &mut T {
    if items.is_empty() {
        items.push(T::default());
    }
    let last = items.len() - 1;
    &mut items[last]
}
