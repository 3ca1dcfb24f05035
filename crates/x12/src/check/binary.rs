//! Binary segments, BIN and BDS: data counted in octets, in which any separator may stand.
//!
//! Finds where such a segment ends; never looks into the data. A length is trusted only where a terminator follows
//! the data it counts: gateways that turn CR LF into LF break lengths, and then the next segment that reads as one tells.

use crate::check::element::rules;
use crate::check::sink::Rule;
use crate::delimiters::Delimiters;
use crate::guide::is_known_segment;
use crate::problem::{Code, Snip};
use crate::segment::SegmentId;

rules! {
    SHORT = "binary-length", Syntax, Code::Element(false, 4), "the binary data is shorter than its length says", "Count the octets of the data as it was sent; keep line ends as they are.";
    LONG = "binary-length", Syntax, Code::Element(false, 5), "the binary data is longer than its length says", "Count the octets of the data as it was sent; keep line ends as they are.";
    CUT = "binary-length", Syntax, Code::Element(false, 4), "the file ends before the binary data does", "Ask the sender for the whole file.";
}

const BIN: SegmentId = SegmentId::new(b"BIN");
const BDS: SegmentId = SegmentId::new(b"BDS");
/// The most digits of a length (element 784).
const LENGTH_DIGITS: usize = 15;
/// The header of a binary segment: `BDS*B64*` with fifteen digits fits well.
const HEADER: usize = 64;

/// Whether a segment carries counted data.
pub(crate) fn is_binary(id: SegmentId) -> bool {
    matches!(id, BIN | BDS)
}

/// Where a binary segment ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Its length holds. The ends of its id and elements, the terminator last, counted from its first byte.
    Counted(Vec<u32>),
    /// So many bytes, from its first, must be at hand to tell.
    Needs(usize),
    /// Its length does not hold: it ends at this terminator, if there is one, for this reason.
    Uncounted(Vec<u32>, &'static Rule),
    /// It has no readable length: its elements are told as those of any segment.
    Plain,
}

/// Finds the end of the binary segment that `bytes` begin with. `is_all` when no more bytes follow; `farthest` is how
/// far its length is believed.
pub(crate) fn extent(bytes: &[u8], delimiters: &Delimiters, is_all: bool, farthest: usize) -> Extent {
    let (mut ends, data, length) = match header(bytes, delimiters, is_all) {
        Ok(found) => found,
        Err(extent) => return extent,
    };
    let end = data.saturating_add(length);
    if end < bytes.len() && bytes[end] == delimiters.segment {
        ends.push(end as u32);
        return Extent::Counted(ends);
    }
    if end >= bytes.len() && !is_all && end < farthest {
        return Extent::Needs(end + 1);
    }
    match resynchronised(&bytes[data..], delimiters) {
        Some(found) => {
            ends.push((data + found) as u32);
            Extent::Uncounted(ends, if found < length { &SHORT } else { &LONG })
        }
        None if is_all => {
            ends.push(bytes.len() as u32);
            Extent::Uncounted(ends, &CUT)
        }
        None if bytes.len() < farthest => Extent::Needs(bytes.len() + 1),
        None => Extent::Plain,
    }
}

/// The ends before the data, where the data begins, and the length that is stated for it.
fn header(bytes: &[u8], delimiters: &Delimiters, is_all: bool) -> Result<(Vec<u32>, usize, usize), Extent> {
    let before_data = if bytes.starts_with(b"BIN") { 2 } else { 3 };
    let mut ends = Vec::with_capacity(before_data + 1);
    for (at, byte) in bytes.iter().enumerate().take(HEADER) {
        if *byte == delimiters.segment {
            return Err(Extent::Plain);
        }
        if *byte == delimiters.element {
            ends.push(at as u32);
            if ends.len() == before_data {
                break;
            }
        }
    }
    let [.., before, data] = ends.as_slice() else {
        return Err(if is_all || bytes.len() >= HEADER { Extent::Plain } else { Extent::Needs(HEADER) });
    };
    let (from, data) = (*before as usize + 1, *data as usize + 1);
    let length = number(&bytes[from..data - 1]).ok_or(Extent::Plain)?;
    Ok((ends, data, length))
}

/// A binary segment too long to be held: its data is passed over as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beyond {
    /// The ends of its id and elements before the data.
    pub ends: Vec<u32>,
    /// Where the data begins, counted from the segment's first byte.
    pub data: usize,
    /// How many octets it has, it says.
    pub length: u64,
}

/// The binary segment that `bytes` begin with, if it says that it ends past `farthest`.
pub(crate) fn beyond(bytes: &[u8], delimiters: &Delimiters, farthest: usize) -> Option<Beyond> {
    let (ends, data, length) = header(bytes, delimiters, false).ok()?;
    (data.saturating_add(length) >= farthest).then_some(Beyond { ends, data, length: length as u64 })
}

fn number(digits: &[u8]) -> Option<usize> {
    let is_number = (1..=LENGTH_DIGITS).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0, |number, byte| number * 10 + usize::from(byte - b'0')))
}

/// The first terminator after which a segment begins that the standard knows.
fn resynchronised(data: &[u8], delimiters: &Delimiters) -> Option<usize> {
    data.iter().enumerate().filter(|(_, byte)| **byte == delimiters.segment).map(|(at, _)| at).find(|at| {
        let rest = &data[at + 1..];
        let rest = &rest[rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()..];
        let id = rest.iter().take(4).position(|byte| *byte == delimiters.element);
        id.is_some_and(|length| {
            let id = SegmentId::new(&rest[..length]);
            id == SegmentId::new(b"SE") || is_known_segment(id.0)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Extent {
        extent(bytes, &Delimiters::default(), true, usize::MAX)
    }

    #[test]
    fn separators_inside_counted_data_are_data() {
        assert_eq!(of(b"BIN*9*A~B*C~SE*~SE*4*0001~"), Extent::Counted(vec![3, 5, 15]));
        assert_eq!(of(b"BDS*B64*4*QUJD~SE*4*0001~"), Extent::Counted(vec![3, 7, 9, 14]));
        assert_eq!(of(b"BIN*0*~SE*4*0001~"), Extent::Counted(vec![3, 5, 6]));
    }

    #[test]
    fn a_length_that_does_not_hold_is_told_and_the_next_segment_found() {
        assert_eq!(of(b"BIN*8*A~B*C~SE*4*0001~"), Extent::Uncounted(vec![3, 5, 11], &SHORT));
        assert_eq!(of(b"BIN*2*A~B*C~SE*4*0001~"), Extent::Uncounted(vec![3, 5, 11], &LONG));
        assert_eq!(of(b"BIN*2*ABC"), Extent::Uncounted(vec![3, 5, 9], &CUT));
    }

    #[test]
    fn without_a_readable_length_it_is_a_segment_like_any() {
        for bytes in [&b"BIN*~"[..], b"BIN~", b"BIN*A4*ABCD~", b"BIN*9999999999999999*A~", b"BDS*B64~", b""] {
            assert_eq!(of(bytes), Extent::Plain, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn data_cut_by_the_end_of_what_was_read_asks_for_the_rest() {
        let cut = |bytes: &[u8], farthest| extent(bytes, &Delimiters::default(), false, farthest);
        assert_eq!(cut(b"BIN*500*ABC", 1000), Extent::Needs(509));
        assert_eq!(cut(b"BIN*5", 1000), Extent::Needs(64));
        assert_eq!(cut(b"BIN*500*ABC~SE*", 100), Extent::Uncounted(vec![3, 7, 11], &SHORT));
    }
}
