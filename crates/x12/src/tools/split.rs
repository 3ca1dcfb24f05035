//! Cuts a file into smaller ones by transaction sets or by claims, each an interchange of its own.
//!
//! Claims keep their billing provider, subscriber and patient; levels are numbered anew and counts are right, so that
//! every part keeps its guide if the file did. Only an 837 can be cut by claims: the sums of other sets span them.
//! Reads the file twice and holds no set: first to see that it can be cut, and where trailers stand, then to write.

mod cutter;
mod survey;

use std::fmt;
use std::io::{self, Read};

use crate::document::{Document, LONGEST_PIECE};
use crate::tools::split::cutter::Cutter;
use crate::tools::split::survey::Survey;

/// What stands before the claims of a set or of one level, in bytes: it is held, to be written into each part.
const LONGEST_HEAD: usize = 1024 * 1024;

/// Where a file is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitBy {
    /// At most so many transaction sets in a part.
    Transactions(usize),
    /// At most so many claims of one 837 in a part.
    Claims(usize),
}

/// Why a file was not cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SplitError {
    /// The count is 0.
    NothingAPart,
    /// The envelopes are not whole; the segment, counted from 1, where that shows.
    NotWhole(usize),
    /// A set holds no claims of an 837; its ST01.
    NotClaims(String),
    /// Before the claims of a set or level stands more than can be held; the segment, counted from 1, where it ends.
    LongHead(usize),
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingAPart => f.write_str("a part must hold at least one; give a count of 1 or more"),
            Self::NotWhole(segment) => write!(
                f,
                "the envelopes of the file are not whole (segment {segment}); check the file and mend it first"
            ),
            Self::NotClaims(set) => {
                write!(f, "a set {set} has no claims to cut at; cut this file by transactions")
            }
            Self::LongHead(segment) => write!(
                f,
                "more than {} MB stand before the claims of a set or level (segment {segment}); cut this file by \
                 transactions",
                LONGEST_HEAD / (1024 * 1024)
            ),
        }
    }
}

impl std::error::Error for SplitError {}

/// Why a file was not cut, or not to its end.
#[derive(Debug)]
pub enum NotSplit {
    /// It cannot be cut so; no part was begun.
    Refused(SplitError),
    /// It cannot be read, or changed while it was read.
    File(io::Error),
    /// The parts take no more.
    Output(io::Error),
}

impl fmt::Display for NotSplit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::File(error) | Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotSplit {}

/// Takes the parts of a file one after the other.
pub trait Parts {
    /// The part at this index, counted from 0, begins; so many will there be.
    ///
    /// # Errors
    ///
    /// Where it cannot be written; then the cutting ends.
    fn begin(&mut self, index: usize, of: usize) -> io::Result<()>;

    /// More bytes of the part that was begun.
    ///
    /// # Errors
    ///
    /// Where they cannot be written; then the cutting ends.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// The part that was begun is whole.
    ///
    /// # Errors
    ///
    /// Where its last bytes cannot be written; then the cutting ends.
    fn end(&mut self) -> io::Result<()>;
}

/// Opens a file at a byte.
type OpenAt<'o> = dyn Fn(u64) -> io::Result<Box<dyn Read + 'o>> + 'o;

/// Cuts a file that is opened at a byte as often as is asked, and hands over the parts in order. Control numbers of
/// interchange and group count on from those of the file. Memory is what stands before the claims of a level, and eight
/// bytes for each set, group and interchange.
///
/// # Errors
///
/// A file that cannot be cut so; those of the file, and of the parts.
pub fn write_split<'o>(open: &'o OpenAt<'o>, by: SplitBy, parts: &mut dyn Parts) -> Result<(), NotSplit> {
    cut(open, by, LONGEST_PIECE, parts)
}

fn cut<'o>(open: &'o OpenAt<'o>, by: SplitBy, longest: usize, parts: &mut dyn Parts) -> Result<(), NotSplit> {
    let (SplitBy::Transactions(count) | SplitBy::Claims(count)) = by;
    if count == 0 {
        return Err(NotSplit::Refused(SplitError::NothingAPart));
    }
    let survey = Survey::of(open(0).map_err(NotSplit::File)?, by, longest)?;
    Cutter::new(open, by, &survey, parts).cut(longest)
}

/// The parts in order, as [`write_split`] gives them, of a file in memory.
pub fn split(document: &Document<'_>, by: SplitBy) -> Result<Vec<Vec<u8>>, SplitError> {
    let bytes = document.to_bytes();
    let open = |byte: u64| -> io::Result<Box<dyn Read + '_>> {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        Ok(Box::new(&bytes[from..]))
    };
    let mut parts = InMemory::default();
    match cut(&open, by, usize::MAX, &mut parts) {
        Ok(()) => Ok(parts.0),
        Err(NotSplit::Refused(error)) => Err(error),
        // Memory gives all bytes and takes them.
        Err(NotSplit::File(_) | NotSplit::Output(_)) => Err(SplitError::NotWhole(1)),
    }
}

#[derive(Default)]
struct InMemory(Vec<Vec<u8>>);

impl Parts for InMemory {
    fn begin(&mut self, _: usize, _: usize) -> io::Result<()> {
        self.0.push(Vec::new());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.iter_mut().rev().take(1).for_each(|part| part.extend_from_slice(bytes));
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, Verdict, check};

    fn case(name: &str) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        std::fs::read(folder.join(name)).unwrap()
    }

    /// A claim file of one provider: a subscriber with two claims, one with a claim and a dependent's.
    fn three_patients() -> String {
        let text = String::from_utf8(case("ok-837P.x12")).unwrap();
        let claim = &text[text.find("CLM*").unwrap()..text.find("SE*").unwrap()];
        let subscriber = &text[text.find("HL*2*").unwrap()..text.find("CLM*").unwrap()];
        let dependent = String::from_utf8(case("ok-837P-dependent.x12")).unwrap();
        let patients = &dependent[dependent.find("HL*2*").unwrap()..dependent.find("SE*").unwrap()];
        let patients = patients.replacen("HL*2*1*22", "HL*3*1*22", 1).replacen("HL*3*2*23", "HL*4*3*23", 1);
        let second = claim.replacen("CLM*A1*", "CLM*A2*", 1);
        let text = text.replacen(&format!("{subscriber}{claim}"), &format!("{subscriber}{claim}{second}{patients}"), 1);
        let mut document = Document::read(text.as_bytes());
        document.recount();
        String::from_utf8(document.to_bytes()).unwrap()
    }

    #[test]
    fn claims_keep_their_levels_and_every_part_keeps_its_guide() {
        let text = three_patients();
        assert_eq!(check(text.as_bytes(), &ShapeOnly).problems.kept(), []);
        for (count, expected) in [(1, vec![1, 1, 1]), (2, vec![2, 1]), (3, vec![3]), (50, vec![3])] {
            let parts = split(&Document::read(text.as_bytes()), SplitBy::Claims(count)).unwrap();
            let mut claims = Vec::new();
            let mut numbers = Vec::new();
            for part in &parts {
                let checked = check(part, &ShapeOnly);
                assert_eq!(checked.problems.kept(), [], "{}", String::from_utf8_lossy(part));
                claims.push(Document::read(part).segments().filter(|segment| segment.is("CLM")).count());
                numbers.push(checked.interchanges[0].control_number.clone());
            }
            assert_eq!(claims, expected);
            assert!(numbers.iter().enumerate().all(|(at, number)| *number == format!("{:09}", at + 1)), "{numbers:?}");
        }
    }

    #[test]
    fn sets_are_cut_into_interchanges_of_their_own() {
        let bytes = case("ok-835-two-sets.x12");
        let parts = split(&Document::read(&bytes), SplitBy::Transactions(1)).unwrap();
        assert_eq!(parts.len(), 2);
        for part in &parts {
            assert_eq!(check(part, &ShapeOnly).verdict, Verdict::Accepted, "{}", String::from_utf8_lossy(part));
        }
        let whole = split(&Document::read(&bytes), SplitBy::Transactions(9)).unwrap();
        assert_eq!(whole, [bytes]);
    }

    #[test]
    fn what_cannot_be_cut_is_refused_with_the_reason() {
        let remittance = case("ok-835.x12");
        let refusal = |bytes: &[u8], by| split(&Document::read(bytes), by).unwrap_err();
        assert_eq!(refusal(&remittance, SplitBy::Claims(1)), SplitError::NotClaims("835".to_owned()));
        assert_eq!(refusal(&remittance, SplitBy::Transactions(0)), SplitError::NothingAPart);
        assert!(matches!(refusal(&case("bad-env-no-ge.x12"), SplitBy::Transactions(1)), SplitError::NotWhole(_)));
        assert!(matches!(refusal(b"nothing", SplitBy::Transactions(1)), SplitError::NotWhole(1)));
    }
}
