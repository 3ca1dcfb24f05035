//! Cuts a file into pieces that lose no byte.
//!
//! Finds interchanges as the checker does, and like it trusts the length of a binary segment only where a terminator
//! follows the data.

use std::borrow::Cow;

use super::{Document, Piece};
use crate::check::binary::{self, Extent};
use crate::check::isa;
use crate::delimiters::Delimiters;

/// Cuts a whole file.
pub(super) fn document(bytes: &[u8]) -> Document<'_> {
    let mut cutter = Cutter::default();
    // All bytes are at hand: no more is ever asked for.
    let Ok(Some(first)) = cutter.lead(bytes, true) else {
        return Document::from_pieces(Cow::Borrowed(bytes), Vec::new());
    };
    let mut pieces = Vec::new();
    let mut at = first;
    while at < bytes.len() {
        let Ok(cut) = cutter.next(&bytes[at..], true) else { break };
        pieces.push(Piece {
            raw: Cow::Borrowed(&bytes[at..at + cut.raw]),
            tail: Cow::Borrowed(&bytes[at + cut.raw..at + cut.next]),
            start: at,
            delimiters: cut.delimiters,
        });
        at += cut.next;
    }
    Document::from_pieces(Cow::Borrowed(&bytes[..first]), pieces)
}

/// A segment and what follows it, by lengths from its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Without its terminator.
    pub raw: usize,
    /// Where the next piece begins.
    pub next: usize,
    pub delimiters: Delimiters,
}

/// More bytes must be at hand to tell.
#[derive(Debug)]
pub(super) struct MoreNeeded;

/// Cuts one piece after the other. `is_all` tells that no more bytes follow those at hand.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// Those of the open interchange; None where an ISA stands.
    inside: Option<Delimiters>,
}

fn is_isa_at(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b"ISA") && bytes.get(at + 3).is_some_and(|byte| !byte.is_ascii_alphanumeric())
}

impl Cutter {
    /// One that begins inside an interchange.
    pub fn inside(delimiters: Delimiters) -> Self {
        Self { inside: Some(delimiters) }
    }

    /// The separators of the open interchange.
    pub fn delimiters(&self) -> Option<Delimiters> {
        self.inside
    }

    /// Where the first ISA stands: at the beginning, after padding, or the first that has its separators in place.
    pub fn lead(&mut self, bytes: &[u8], is_all: bool) -> Result<Option<usize>, MoreNeeded> {
        if bytes.len() < isa::LONGEST && !is_all {
            return Err(MoreNeeded);
        }
        let from = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        next_isa(bytes, from, is_all)
    }

    /// Cuts the piece that these bytes begin with.
    pub fn next(&mut self, bytes: &[u8], is_all: bool) -> Result<Cut, MoreNeeded> {
        match self.inside {
            None => self.header(bytes, is_all),
            Some(delimiters) => {
                let raw = segment_end(bytes, &delimiters, is_all)?;
                self.tail(bytes, raw, delimiters, is_all)
            }
        }
    }

    fn header(&mut self, bytes: &[u8], is_all: bool) -> Result<Cut, MoreNeeded> {
        if bytes.len() < isa::LONGEST && !is_all {
            return Err(MoreNeeded);
        }
        let Some(isa) = isa::read(bytes) else {
            return Ok(Cut { raw: bytes.len(), next: bytes.len(), delimiters: Delimiters::default() });
        };
        let end = isa.end.min(bytes.len());
        if end == 3 {
            // Not one that can be read on from: all up to the next stands in its tail.
            let next = next_isa(bytes, end, is_all)?.unwrap_or(bytes.len());
            return Ok(Cut { raw: end, next, delimiters: isa.delimiters });
        }
        self.tail(bytes, end - 1, isa.delimiters, is_all)
    }

    /// What belongs to the segment that ends at `raw`.
    pub fn tail(&mut self, bytes: &[u8], raw: usize, delimiters: Delimiters, is_all: bool) -> Result<Cut, MoreNeeded> {
        if bytes[..raw].starts_with(b"IEA") && bytes.get(3) == Some(&delimiters.element) {
            let next = next_isa(bytes, (raw + 1).min(bytes.len()), is_all)?.unwrap_or(bytes.len());
            self.inside = None;
            return Ok(Cut { raw, next, delimiters });
        }
        // Doubled terminators and line breaks belong to the segment before them.
        let is_filling = |byte: &&u8| **byte == delimiters.segment || matches!(**byte, b'\r' | b'\n');
        let next = raw + bytes[raw..].iter().take_while(is_filling).count();
        if next + 4 > bytes.len() && !is_all {
            return Err(MoreNeeded);
        }
        let begins_anew =
            next < bytes.len() && next > raw && is_isa_at(bytes, next) && bytes[next + 3] == delimiters.element;
        self.inside = (!begins_anew && next < bytes.len()).then_some(delimiters);
        Ok(Cut { raw, next, delimiters })
    }
}

/// Where the next interchange begins: at once, after padding, or at the next sound ISA. None where there is none.
fn next_isa(bytes: &[u8], from: usize, is_all: bool) -> Result<Option<usize>, MoreNeeded> {
    let is_padding = |byte: &&u8| byte.is_ascii_whitespace() || matches!(**byte, 0 | 0x1a);
    let at = from + bytes[from..].iter().take_while(is_padding).count();
    if at + isa::LONGEST > bytes.len() && !is_all {
        return Err(MoreNeeded);
    }
    if is_isa_at(bytes, at) {
        return Ok(Some(at));
    }
    let rest = &bytes[at..];
    let places = rest.windows(3).enumerate().filter(|(_, window)| *window == b"ISA").map(|(place, _)| at + place);
    let found = places.into_iter().find(|at| {
        let is_first = *at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        is_first && (is_all || at + isa::LONGEST <= bytes.len()) && {
            isa::read(&bytes[*at..]).is_some_and(|isa| isa.is_sound)
        }
    });
    if found.is_none() && !is_all { Err(MoreNeeded) } else { Ok(found) }
}

/// Where a segment ends: at its terminator, or at the end of the file. Binary data may hold terminators.
fn segment_end(bytes: &[u8], delimiters: &Delimiters, is_all: bool) -> Result<usize, MoreNeeded> {
    if bytes.len() < 3 && !is_all {
        return Err(MoreNeeded);
    }
    if bytes.starts_with(b"BIN") || bytes.starts_with(b"BDS") {
        match binary::extent(bytes, delimiters, is_all, usize::MAX) {
            Extent::Counted(ends) | Extent::Uncounted(ends, _) => {
                return Ok(ends.last().map_or(bytes.len(), |end| (*end as usize).min(bytes.len())));
            }
            Extent::Needs(_) => return Err(MoreNeeded),
            Extent::Plain => {}
        }
    }
    match bytes.iter().position(|byte| *byte == delimiters.segment) {
        Some(end) => Ok(end),
        None if is_all => Ok(bytes.len()),
        None => Err(MoreNeeded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const ISA: &str =
        "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*HOUSE          *260901*1253*^*00501*000000001*0*T*:~";

    #[test]
    fn every_case_is_written_back_byte_for_byte_also_when_it_is_cut() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            for end in (0..bytes.len()).step_by(37).chain([bytes.len()]) {
                let cut = &bytes[..end];
                assert!(Document::read(cut).to_bytes() == cut);
            }
            seen += 1;
        }
        assert!(seen > 90);
    }

    #[test]
    fn what_stands_around_and_between_segments_is_kept_with_them() {
        let text = format!(
            "\u{feff}\r\n{ISA}\r\nIEA*0*000000001~~\r\n\u{0}trailing {}IEA*1*000000001~",
            ISA.replace('~', "\n")
        );
        let document = Document::read(text.as_bytes());
        let ids: Vec<_> = document.segments().map(|segment| segment.id().to_owned()).collect();
        assert_eq!(ids, ["ISA", "IEA", "ISA", "IEA*1*000000001~".split('*').next().unwrap()]);
        assert_eq!(document.lead(), "\u{feff}\r\n".as_bytes());
        assert_eq!(&*document.pieces()[1].tail, "~~\r\n\u{0}trailing ".as_bytes());
        assert_eq!(document.to_bytes(), text.as_bytes());
    }

    #[test]
    fn separators_inside_binary_data_are_data() {
        let text = format!("{ISA}GS*PI*A*B*20260901*1253*1*X*006020X314~ST*275*0001~BIN*9*AB~IEA*~!~SE*3*0001~");
        let document = Document::read(text.as_bytes());
        let binary = document.segments().find(|segment| segment.is("BIN")).unwrap();
        assert_eq!(binary.raw(), b"BIN*9*AB~IEA*~!");
        assert_eq!(document.to_bytes(), text.as_bytes());
        let wrong = text.replace("BIN*9*", "BIN*7*");
        assert_eq!(Document::read(wrong.as_bytes()).to_bytes(), wrong.as_bytes());
    }

    #[test]
    fn what_is_no_x12_is_kept_whole() {
        for bytes in [&b""[..], b"nothing", b"ISA", b"ISA*", b"\xff\xfe"] {
            assert!(Document::read(bytes).to_bytes() == bytes);
        }
    }
}
