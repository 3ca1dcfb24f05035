//! One segment of a file: an id and its elements, borrowed from the bytes it was read from.
//!
//! Never allocates except to decode Latin-1, never fails: an element that is absent is empty.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::delimiters::Delimiters;
use crate::guide::packed_at;

/// A segment id of up to three bytes, packed so that it compares as one integer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SegmentId(pub(crate) u32);

impl SegmentId {
    /// Packs an id; bytes after the third make an id that equals none of the standard's.
    pub const fn new(id: &[u8]) -> Self {
        match id.len() {
            0 => Self(0),
            1 => Self((id[0] as u32) << 16),
            2 => Self((id[0] as u32) << 16 | (id[1] as u32) << 8),
            3 => Self((id[0] as u32) << 16 | (id[1] as u32) << 8 | id[2] as u32),
            _ => Self(u32::MAX),
        }
    }
}

impl SegmentId {
    /// The id that stands in a block from `from` to before `to`.
    #[inline]
    pub(crate) fn at(block: &[u8], from: usize, to: usize) -> Self {
        // Packed the same way, in the three highest bytes of eight.
        if to.wrapping_sub(from) > 3 { Self(u32::MAX) } else { Self((packed_at(block, from, to) >> 40) as u32) }
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == u32::MAX {
            return f.write_str("?");
        }
        for shift in [16, 8, 0] {
            let byte = (self.0 >> shift) as u8;
            match byte {
                0 => {}
                b'!'..=b'~' => write!(f, "{}", byte as char)?,
                _ => f.write_str("?")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A segment as it stands in the file, without its terminator.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    raw: &'a [u8],
    start: usize,
    /// Where the segment stands in its file, counted from 0 over all segments.
    pub ordinal: u64,
    delimiters: Delimiters,
}

/// Shows the id and the place, never the data: segments carry names and diagnoses.
impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Segment({} #{} at byte {})", self.segment_id(), self.ordinal, self.start)
    }
}

impl<'a> Segment<'a> {
    pub(crate) fn new(raw: &'a [u8], start: usize, ordinal: u64, delimiters: Delimiters) -> Self {
        Self { raw, start, ordinal, delimiters }
    }

    /// The segment's bytes without terminator.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The separators it was read with.
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The id as text; empty where the id is not ASCII.
    pub fn id(&self) -> &'a str {
        std::str::from_utf8(self.element(0)).unwrap_or("")
    }

    /// The id packed for comparing.
    pub fn segment_id(&self) -> SegmentId {
        SegmentId::new(self.element(0))
    }

    /// Whether the segment has this id.
    pub fn is(&self, id: &str) -> bool {
        self.element(0) == id.as_bytes()
    }

    /// How many elements stand after the id, empty ones counted.
    pub fn len(&self) -> usize {
        self.raw.iter().filter(|byte| **byte == self.delimiters.element).count()
    }

    /// Whether nothing follows the id.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Element `n`, counted from 1 as guides do (0 is the id); empty when absent.
    pub fn element(&self, n: usize) -> &'a [u8] {
        nth(self.raw, self.delimiters.element, n)
    }

    /// Element `n` as text: UTF-8 where it is, Latin-1 otherwise, so that no byte is lost.
    pub fn text(&self, n: usize) -> Cow<'a, str> {
        decode(self.element(n))
    }

    /// Element `n` without the surrounding blanks that fixed-width writers leave.
    pub fn trimmed(&self, n: usize) -> Cow<'a, str> {
        decode(self.element(n).trim_ascii())
    }

    /// Component `k` of element `n`, both counted from 1; empty when absent.
    pub fn component(&self, n: usize, k: usize) -> &'a [u8] {
        if k == 0 { b"" } else { nth(self.element(n), self.delimiters.component, k - 1) }
    }

    /// Component `k` of element `n` as text.
    pub fn component_text(&self, n: usize, k: usize) -> Cow<'a, str> {
        decode(self.component(n, k))
    }

    /// The components of element `n`, in order; none when the element is empty.
    pub fn components(&self, n: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        parts(self.element(n), Some(self.delimiters.component))
    }

    /// The repetitions of element `n`, in order; none when the element is empty.
    pub fn repetitions(&self, n: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        parts(self.element(n), self.delimiters.repetition)
    }

    /// All elements after the id.
    pub fn elements(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let separator = self.delimiters.element;
        self.raw.split(move |byte| *byte == separator).skip(1)
    }

    /// The bytes of the file that the segment covers, without its terminator.
    pub fn span(&self) -> Range<usize> {
        self.start..self.start + self.raw.len()
    }

    /// The bytes of the file that element `n` covers; an empty range at the end when absent.
    pub fn element_span(&self, n: usize) -> Range<usize> {
        let (from, to) = nth_range(self.raw, self.delimiters.element, n).unwrap_or((self.raw.len(), self.raw.len()));
        self.start + from..self.start + to
    }
}

/// Bytes as text: UTF-8 where they are, Latin-1 otherwise.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| *byte as char).collect()),
    }
}

fn nth_range(bytes: &[u8], separator: u8, n: usize) -> Option<(usize, usize)> {
    let mut from = 0;
    let mut seen = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == separator {
            if seen == n {
                return Some((from, at));
            }
            seen += 1;
            from = at + 1;
        }
    }
    (seen == n).then_some((from, bytes.len()))
}

pub(crate) fn nth(bytes: &[u8], separator: u8, n: usize) -> &[u8] {
    nth_range(bytes, separator, n).map_or(b"", |(from, to)| &bytes[from..to])
}

pub(crate) fn parts<'a>(bytes: &'a [u8], separator: Option<u8>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let none = bytes.is_empty();
    bytes.split(move |byte| Some(*byte) == separator).filter(move |_| !none)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(raw: &[u8]) -> Segment<'_> {
        Segment::new(raw, 100, 3, Delimiters::default())
    }

    #[test]
    fn an_id_inside_a_block_is_the_id_alone() {
        let block = b"NM1*A*~N3~~LONG*X~SE";
        for from in 0..block.len() {
            for to in from..block.len() {
                assert_eq!(SegmentId::at(block, from, to), SegmentId::new(&block[from..to]), "{from}..{to}");
            }
        }
    }

    #[test]
    fn elements_are_counted_from_one_and_absent_ones_are_empty() {
        let svc = segment(b"SVC*HC:99213:25*100**60^70*");
        assert_eq!((svc.id(), svc.len()), ("SVC", 5));
        assert_eq!(svc.element(2), b"100");
        assert_eq!(svc.element(3), b"");
        assert_eq!(svc.element(9), b"");
        assert_eq!(svc.component(1, 3), b"25");
        assert_eq!(svc.component(1, 4), b"");
        assert_eq!(svc.repetitions(4).count(), 2);
        assert_eq!(svc.components(3).count(), 0);
        assert_eq!(svc.element_span(2), 116..119);
    }

    #[test]
    fn names_in_latin_1_lose_no_byte() {
        assert_eq!(segment(b"NM1*MU\xd1OZ").text(1), "MUÑOZ");
        assert_eq!(segment("NM1*MUÑOZ".as_bytes()).text(1), "MUÑOZ");
    }

    #[test]
    fn debug_output_holds_no_data() {
        assert_eq!(format!("{:?}", segment(b"NM1*IL*1*DOE")), "Segment(NM1 #3 at byte 100)");
    }
}
