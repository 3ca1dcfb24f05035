//! Edits that touch nothing but what is named: an element, a component, a segment; counts follow when asked.
//!
//! Data can never smuggle in a separator: a value that holds one is refused.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::{Document, Piece};
use crate::delimiters::Delimiters;
use crate::text::X12Text;
use crate::value::Value;

/// Why nothing was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// There is no segment with this index.
    NoSuchSegment(usize),
    /// Elements and components are counted from 1.
    CountedFromOne,
    /// A segment id is not two or three capitals and digits.
    BadSegmentId(String),
    /// The value holds a separator of the interchange or a control character.
    HoldsSeparator,
    /// The value repeats, and the interchange has no repetition separator.
    CannotRepeat,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchSegment(index) => write!(f, "the file has no segment {index}; count again after inserting"),
            Self::CountedFromOne => f.write_str("elements and components are counted from 1; 0 is the segment id"),
            Self::BadSegmentId(id) => write!(f, "\"{id}\" is no segment id; write two or three capitals and digits"),
            Self::HoldsSeparator => {
                f.write_str("the value holds a separator of the interchange or a control character; remove it")
            }
            Self::CannotRepeat => f.write_str("this interchange has no repetition separator; write one value"),
        }
    }
}

impl std::error::Error for EditError {}

impl<'a> Document<'a> {
    /// Puts a value into element `n`, counted from 1. Absent elements before it are made empty; where the last element
    /// becomes empty, it goes with the empty ones before it. All other bytes stay.
    pub fn replace_element<'v>(
        &mut self,
        index: usize,
        n: usize,
        value: impl Into<Value<'v>>,
    ) -> Result<(), EditError> {
        let piece = self.pieces.get_mut(index).ok_or(EditError::NoSuchSegment(index))?;
        if n == 0 {
            return Err(EditError::CountedFromOne);
        }
        let bytes = encoded(&value.into(), &piece.delimiters)?;
        let separator = piece.delimiters.element;
        piece.splice(separator, n, &bytes);
        Ok(())
    }

    /// Puts a text into component `k` of element `n`, both counted from 1.
    pub fn replace_component(&mut self, index: usize, n: usize, k: usize, text: &str) -> Result<(), EditError> {
        let piece = self.pieces.get_mut(index).ok_or(EditError::NoSuchSegment(index))?;
        if n == 0 || k == 0 {
            return Err(EditError::CountedFromOne);
        }
        let bytes = encoded(&Value::from(text), &piece.delimiters)?;
        let element = piece.segment(index).element(n).to_vec();
        let mut inner = Piece { raw: Cow::Owned(element), tail: Cow::Borrowed(b""), ..*piece };
        inner.splice(piece.delimiters.component, k - 1, &bytes);
        piece.splice(piece.delimiters.element, n, &inner.raw);
        Ok(())
    }

    /// Puts another segment in the place of one; its terminator and line break stay.
    pub fn replace_segment<'v, I>(&mut self, index: usize, id: &str, elements: I) -> Result<(), EditError>
    where
        I: IntoIterator,
        I::Item: Into<Value<'v>>,
    {
        let piece = self.pieces.get_mut(index).ok_or(EditError::NoSuchSegment(index))?;
        piece.raw = Cow::Owned(segment_bytes(id, elements, &piece.delimiters)?);
        Ok(())
    }

    /// Puts a segment before segment `index`, ended as the one before it is; never before the first.
    pub fn insert<'v, I>(&mut self, index: usize, id: &str, elements: I) -> Result<(), EditError>
    where
        I: IntoIterator,
        I::Item: Into<Value<'v>>,
    {
        let before = index.checked_sub(1).and_then(|at| self.pieces.get(at));
        let before = before.ok_or(EditError::NoSuchSegment(index))?;
        let piece = Piece {
            raw: Cow::Owned(segment_bytes(id, elements, &before.delimiters)?),
            tail: Cow::Owned(before.ending()),
            start: before.start,
            delimiters: before.delimiters,
        };
        self.pieces.insert(index, piece);
        Ok(())
    }

    /// Takes a segment out, with its terminator and line break.
    pub fn remove(&mut self, index: usize) -> Result<(), EditError> {
        if index >= self.pieces.len() {
            return Err(EditError::NoSuchSegment(index));
        }
        self.pieces.remove(index);
        Ok(())
    }

    /// Makes SE01, GE01 and IEA01 count what there is; those that are right keep their bytes. Gives how many changed.
    pub fn recount(&mut self) -> usize {
        let (mut segments, mut sets, mut groups, mut changed) = (0_usize, 0_usize, 0_usize, 0);
        for piece in &mut self.pieces {
            let id: Vec<u8> = piece.raw.split(|byte| *byte == piece.delimiters.element).next().unwrap_or(b"").to_vec();
            segments += 1;
            let count = match id.as_slice() {
                b"ISA" => {
                    (sets, groups) = (0, 0);
                    continue;
                }
                b"GS" => {
                    (sets, groups) = (0, groups + 1);
                    continue;
                }
                b"ST" => {
                    (segments, sets) = (1, sets + 1);
                    continue;
                }
                b"SE" => segments,
                b"GE" => sets,
                b"IEA" => groups,
                _ => continue,
            };
            changed += usize::from(piece.recount(count));
        }
        changed
    }
}

impl Piece<'_> {
    /// Makes the first element of a trailer this count; one that is right keeps its bytes. Tells whether it changed.
    pub(crate) fn recount(&mut self, count: usize) -> bool {
        let is_wrong = self.segment(0).trimmed(1).parse::<usize>() != Ok(count);
        if is_wrong {
            self.splice(self.delimiters.element, 1, count.to_string().as_bytes());
        }
        is_wrong
    }

    /// Puts bytes into part `n` (0 for the first).
    fn splice(&mut self, separator: u8, n: usize, bytes: &[u8]) {
        let range = part(&self.raw, separator, n);
        let raw = self.raw.to_mut();
        match range {
            Some(range) => {
                let is_last = range.end == raw.len();
                raw.splice(range, bytes.iter().copied());
                if is_last && bytes.is_empty() {
                    while raw.last() == Some(&separator) {
                        raw.pop();
                    }
                }
            }
            None if bytes.is_empty() => {}
            None => {
                let parts = raw.iter().filter(|byte| **byte == separator).count() + 1;
                let missing = n + 1 - parts;
                raw.extend(std::iter::repeat_n(separator, missing));
                raw.extend_from_slice(bytes);
            }
        }
    }

    /// Terminator and line break, without anything else that stands in the tail.
    pub(crate) fn ending(&self) -> Vec<u8> {
        let terminator = self.delimiters.segment;
        let breaks = self.tail.iter().skip(1).take_while(|byte| matches!(byte, b'\r' | b'\n') && **byte != terminator);
        let mut ending = vec![terminator];
        // One line break, even where blank lines follow.
        let breaks: Vec<u8> = breaks.copied().collect();
        match breaks.as_slice() {
            [b'\r', b'\n', ..] => ending.extend_from_slice(b"\r\n"),
            [first, ..] => ending.push(*first),
            [] => {}
        }
        ending
    }
}

fn part(bytes: &[u8], separator: u8, n: usize) -> Option<Range<usize>> {
    let mut from = 0;
    for (seen, piece) in bytes.split(|byte| *byte == separator).enumerate() {
        if seen == n {
            return Some(from..from + piece.len());
        }
        from += piece.len() + 1;
    }
    None
}

fn segment_bytes<'v, I>(id: &str, elements: I, delimiters: &Delimiters) -> Result<Vec<u8>, EditError>
where
    I: IntoIterator,
    I::Item: Into<Value<'v>>,
{
    let is_id =
        (2..=3).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !is_id {
        return Err(EditError::BadSegmentId(id.to_owned()));
    }
    let mut raw = id.as_bytes().to_vec();
    for element in elements {
        raw.push(delimiters.element);
        raw.extend_from_slice(&encoded(&element.into(), delimiters)?);
    }
    while raw.last() == Some(&delimiters.element) {
        raw.pop();
    }
    Ok(raw)
}

/// A value's bytes; trailing empty components are left out.
fn encoded(value: &Value<'_>, delimiters: &Delimiters) -> Result<Vec<u8>, EditError> {
    let exact = |text: &str| {
        X12Text::exact(text, delimiters)
            .map(|text| text.as_str().as_bytes().to_vec())
            .map_err(|_| EditError::HoldsSeparator)
    };
    match value {
        Value::Simple(text) => exact(text),
        Value::Composite(components) => {
            let parts: Vec<Vec<u8>> = components.iter().map(|text| exact(text)).collect::<Result<_, _>>()?;
            let mut joined = parts.join(&delimiters.component);
            while joined.last() == Some(&delimiters.component) {
                joined.pop();
            }
            Ok(joined)
        }
        Value::Repeated(values) => {
            let parts: Vec<Vec<u8>> = values.iter().map(|one| encoded(one, delimiters)).collect::<Result<_, _>>()?;
            match delimiters.repetition {
                Some(separator) => Ok(parts.join(&separator)),
                None if parts.len() > 1 => Err(EditError::CannotRepeat),
                None => Ok(parts.concat()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, Verdict, check, elements};

    fn case(name: &str) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        std::fs::read(folder.join(name)).unwrap()
    }

    fn index_of(document: &Document<'_>, id: &str) -> usize {
        document.segments().position(|segment| segment.is(id)).unwrap()
    }

    #[test]
    fn only_what_was_edited_changes() {
        for name in ["ok-837P.x12", "fmt-837P-crlf.x12", "fmt-837P-lf-terminator.x12", "fmt-837P-control-chars.x12"] {
            let before = case(name);
            let mut document = Document::read(&before);
            let claim = index_of(&document, "CLM");
            let span = document.segment(claim).unwrap().element_span(1);
            document.replace_element(claim, 1, "NEW-1").unwrap();
            let mut expected = before.clone();
            expected.splice(span, *b"NEW-1");
            assert_eq!(document.to_bytes(), expected, "{name}");
        }
    }

    #[test]
    fn elements_and_components_come_and_go_without_trailing_separators() {
        let bytes = case("ok-837P.x12");
        let mut document = Document::read(&bytes);
        let at = index_of(&document, "CLM");
        let raw = |document: &Document<'_>| String::from_utf8_lossy(document.segment(at).unwrap().raw()).into_owned();
        document.replace_element(at, 12, "02").unwrap();
        assert_eq!(raw(&document), "CLM*A1*150***11:B:1*Y*A*Y*Y***02");
        document.replace_element(at, 12, "").unwrap();
        assert_eq!(raw(&document), "CLM*A1*150***11:B:1*Y*A*Y*Y");
        document.replace_component(at, 5, 3, "7").unwrap();
        assert_eq!(raw(&document), "CLM*A1*150***11:B:7*Y*A*Y*Y");
        document.replace_component(at, 11, 4, "TX").unwrap();
        assert_eq!(raw(&document), "CLM*A1*150***11:B:7*Y*A*Y*Y**:::TX");
        document.replace_component(at, 11, 4, "").unwrap();
        document.replace_element(at, 5, Value::composite(["12", "B", "1", ""])).unwrap();
        assert_eq!(raw(&document), "CLM*A1*150***12:B:1*Y*A*Y*Y");
    }

    #[test]
    fn counts_follow_what_was_inserted_and_removed() {
        let bytes = case("fmt-837P-crlf.x12");
        let mut document = Document::read(&bytes);
        let claim = index_of(&document, "CLM");
        document.insert(claim + 1, "NTE", elements!["ADD", "CALLED"]).unwrap();
        assert_eq!(check(&document.to_bytes(), &ShapeOnly).problems.kept()[0].code.to_string(), "IK502=4");
        assert_eq!(document.recount(), 1);
        let text = String::from_utf8(document.to_bytes()).unwrap();
        assert!(text.contains("~\r\nNTE*ADD*CALLED~\r\n"), "{text}");
        document.remove(claim + 1).unwrap();
        assert_eq!(document.recount(), 1);
        assert_eq!(document.to_bytes(), bytes);
        assert_eq!(document.recount(), 0);
        assert_eq!(check(&bytes, &ShapeOnly).verdict, Verdict::Accepted);
    }

    #[test]
    fn a_value_cannot_open_a_segment() {
        let bytes = case("ok-837P.x12");
        let mut document = Document::read(&bytes);
        assert_eq!(document.replace_element(3, 1, "A~B"), Err(EditError::HoldsSeparator));
        assert_eq!(document.replace_element(3, 0, "A"), Err(EditError::CountedFromOne));
        assert_eq!(document.replace_element(9999, 1, "A"), Err(EditError::NoSuchSegment(9999)));
        assert_eq!(document.replace_segment(3, "n", ["A"]), Err(EditError::BadSegmentId("n".to_owned())));
        assert_eq!(document.insert(0, "NTE", ["A"]), Err(EditError::NoSuchSegment(0)));
        assert_eq!(document.to_bytes(), bytes);
    }
}
