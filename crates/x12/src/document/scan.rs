//! Cuts a file into pieces that lose no byte.
//!
//! Finds interchanges as the checker does, and like it trusts the length of a binary segment only where a terminator
//! follows the data.

use std::borrow::Cow;

use super::{Document, Piece};
use crate::check::isa;
use crate::delimiters::Delimiters;
use crate::file::segment_length;

/// Cuts a whole file.
pub(super) fn document(bytes: &[u8]) -> Document<'_> {
    let Some(first) = first_isa(bytes) else { return Document::from_pieces(Cow::Borrowed(bytes), Vec::new()) };
    let mut pieces = Vec::new();
    let mut at = first;
    while at < bytes.len() {
        at = interchange(bytes, at, &mut pieces);
    }
    Document::from_pieces(Cow::Borrowed(&bytes[..first]), pieces)
}

fn is_isa_at(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b"ISA") && bytes.get(at + 3).is_some_and(|byte| !byte.is_ascii_alphanumeric())
}

/// The first ISA: at the beginning, after padding, or the first that has its separators in place.
fn first_isa(bytes: &[u8]) -> Option<usize> {
    let from = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let is_padding = |byte: &&u8| byte.is_ascii_whitespace() || matches!(**byte, 0 | 0x1a);
    let at = from + bytes[from..].iter().take_while(is_padding).count();
    if is_isa_at(bytes, at) { Some(at) } else { next_sound_isa(bytes, at) }
}

fn next_sound_isa(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(3).enumerate().filter(|(_, window)| *window == b"ISA").map(|(at, _)| from + at).find(|at| {
        let is_first = *at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        is_first && isa::read(&bytes[*at..]).is_some_and(|isa| isa.is_sound)
    })
}

/// Where the next interchange begins: at once, after padding, or at the next sound ISA.
fn next_isa(bytes: &[u8], from: usize) -> usize {
    let is_padding = |byte: &&u8| byte.is_ascii_whitespace() || matches!(**byte, 0 | 0x1a);
    let at = from + bytes[from..].iter().take_while(is_padding).count();
    if is_isa_at(bytes, at) { at } else { next_sound_isa(bytes, at).unwrap_or(bytes.len()) }
}

/// Cuts the interchange whose ISA stands at `start`; gives where the next begins.
fn interchange<'a>(bytes: &'a [u8], start: usize, pieces: &mut Vec<Piece<'a>>) -> usize {
    let piece = |from: usize, to: usize, next: usize, delimiters: Delimiters| Piece {
        raw: Cow::Borrowed(&bytes[from..to]),
        tail: Cow::Borrowed(&bytes[to..next]),
        start: from,
        delimiters,
    };
    let Some(isa) = isa::read(&bytes[start..]) else {
        pieces.push(piece(start, bytes.len(), bytes.len(), Delimiters::default()));
        return bytes.len();
    };
    let end = (start + isa.end).min(bytes.len());
    let delimiters = isa.delimiters;
    if end == start + 3 {
        // Not one that can be read on from: all up to the next stands in its tail.
        let next = next_isa(bytes, end);
        pieces.push(piece(start, end, next, delimiters));
        return next;
    }
    let mut from = start;
    let mut to = end - 1;
    loop {
        let is_last = bytes[from..to].starts_with(b"IEA") && bytes.get(from + 3) == Some(&delimiters.element);
        if is_last {
            let next = next_isa(bytes, (to + 1).min(bytes.len()));
            pieces.push(piece(from, to, next, delimiters));
            return next;
        }
        // Doubled terminators and line breaks belong to the segment before them.
        let is_filling = |byte: &&u8| **byte == delimiters.segment || matches!(**byte, b'\r' | b'\n');
        let next = to + bytes[to..].iter().take_while(is_filling).count();
        pieces.push(piece(from, to, next, delimiters));
        if next >= bytes.len() || (next > to && is_isa_at(bytes, next) && bytes[next + 3] == delimiters.element) {
            return next;
        }
        from = next;
        to = segment_end(bytes, from, &delimiters);
    }
}

/// Where the segment at `from` ends: at its terminator, or at the end of the file.
fn segment_end(bytes: &[u8], from: usize, delimiters: &Delimiters) -> usize {
    segment_length(&bytes[from..], delimiters).map_or(bytes.len(), |length| from + length)
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
