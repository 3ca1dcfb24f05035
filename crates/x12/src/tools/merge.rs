//! Joins files into one interchange: groups of a kind become one, control numbers that collide are given anew.
//!
//! Refuses to join what goes to or comes from somebody else, and data that the separators of the first file would cut.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use crate::check::binary::is_binary;
use crate::delimiters::Delimiters;
use crate::document::{Document, Piece};
use crate::segment::Segment;
use crate::tools::envelopes::{NotWhole, envelopes};

/// Why files were not joined. Files are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeError {
    /// There is no file.
    NoFile,
    /// The envelopes of a file are not whole.
    NotWhole {
        /// Which file.
        file: usize,
        /// The segment, counted from 1, where that shows.
        segment: usize,
    },
    /// Sender, receiver or usage (ISA05 to ISA08, ISA15) differ from those of the first file.
    OtherParties {
        /// Which file.
        file: usize,
    },
    /// Data holds a separator of the first file.
    SeparatorInData {
        /// Which file.
        file: usize,
        /// The segment, counted from 1.
        segment: usize,
    },
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile => f.write_str("there is no file to join; name at least one"),
            Self::NotWhole { file, segment } => {
                write!(f, "the envelopes of file {file} are not whole (segment {segment}); check it and mend it first")
            }
            Self::OtherParties { file } => write!(
                f,
                "file {file} has another sender, receiver or usage than the first; join only what goes the same way"
            ),
            Self::SeparatorInData { file, segment } => write!(
                f,
                "segment {segment} of file {file} holds data with a separator of the first file; name that file first"
            ),
        }
    }
}

impl std::error::Error for MergeError {}

struct OpenGroup<'a> {
    gs: Piece<'a>,
    sets: Vec<Vec<Piece<'a>>>,
    ge: Piece<'a>,
    numbers: BTreeSet<u64>,
}

/// One interchange with everything in it; header and separators are those of the first file.
pub fn merge(documents: &[Document<'_>]) -> Result<Vec<u8>, MergeError> {
    let mut head: Option<(Piece<'_>, Piece<'_>)> = None;
    let mut acknowledgments = Vec::new();
    let mut groups: Vec<OpenGroup<'_>> = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        let file = at + 1;
        let found = envelopes(document).map_err(|NotWhole(at)| MergeError::NotWhole { file, segment: at + 1 })?;
        for envelope in found {
            let piece = |index: usize| document.pieces()[index].clone();
            let (isa, _) = head.get_or_insert_with(|| (piece(envelope.isa), piece(envelope.iea)));
            if !goes_the_same_way(&isa.segment(0), &piece(envelope.isa).segment(0)) {
                return Err(MergeError::OtherParties { file });
            }
            let (delimiters, ending) = (isa.delimiters, isa.ending());
            let recoded = |index: usize| {
                recoded(piece(index), delimiters, &ending)
                    .ok_or(MergeError::SeparatorInData { file, segment: index + 1 })
            };
            for index in envelope.acknowledgments {
                acknowledgments.push(recoded(index)?);
            }
            for group in envelope.groups {
                let gs = recoded(group.gs)?;
                let place = match groups.iter().position(|open| is_same_kind(&open.gs.segment(0), &gs.segment(0))) {
                    Some(place) => place,
                    None => {
                        groups.push(OpenGroup {
                            gs,
                            sets: Vec::new(),
                            ge: recoded(group.ge)?,
                            numbers: BTreeSet::new(),
                        });
                        groups.len() - 1
                    }
                };
                for set in group.sets {
                    let pieces = set.map(recoded).collect::<Result<Vec<_>, _>>()?;
                    groups[place].push(pieces);
                }
            }
        }
    }
    let (isa, mut iea) = head.ok_or(MergeError::NoFile)?;
    iea.tail = Cow::Owned(iea.ending());
    let mut pieces = vec![isa];
    pieces.extend(acknowledgments);
    let mut numbers = BTreeSet::new();
    for group in groups {
        group.finish(&mut numbers, &mut pieces);
    }
    pieces.push(iea);
    let mut merged = Document::from_pieces(Cow::Borrowed(b""), pieces);
    merged.recount();
    Ok(merged.to_bytes())
}

impl<'a> OpenGroup<'a> {
    /// Adds a set; where its control number is taken, it gets the next free one.
    fn push(&mut self, mut pieces: Vec<Piece<'a>>) {
        let number = pieces.first().and_then(|st| st.segment(0).trimmed(2).parse::<u64>().ok());
        let is_taken = number.is_some_and(|number| !self.numbers.insert(number));
        if is_taken {
            let free = self.numbers.last().map_or(1, |last| last + 1);
            self.numbers.insert(free);
            for at in [0, pieces.len() - 1] {
                pieces[at] = with_element(pieces[at].clone(), 2, &format!("{free:04}"));
            }
        }
        self.sets.push(pieces);
    }

    fn finish(mut self, numbers: &mut BTreeSet<u64>, pieces: &mut Vec<Piece<'a>>) {
        let number = self.gs.segment(0).trimmed(6).parse::<u64>().ok();
        if number.is_some_and(|number| !numbers.insert(number)) {
            let free = numbers.last().map_or(1, |last| last + 1);
            numbers.insert(free);
            self.gs = with_element(self.gs, 6, &free.to_string());
            self.ge = with_element(self.ge, 2, &free.to_string());
        }
        pieces.push(self.gs);
        pieces.extend(self.sets.into_iter().flatten());
        pieces.push(self.ge);
    }
}

fn with_element<'a>(piece: Piece<'a>, element: usize, text: &str) -> Piece<'a> {
    let mut document = Document::from_pieces(Cow::Borrowed(b""), vec![piece.clone()]);
    match document.replace_element(0, element, text) {
        Ok(()) => document.into_pieces().pop().unwrap_or(piece),
        Err(_) => piece,
    }
}

fn goes_the_same_way(first: &Segment<'_>, other: &Segment<'_>) -> bool {
    [5, 6, 7, 8, 15].iter().all(|n| first.trimmed(*n) == other.trimmed(*n))
}

fn is_same_kind(first: &Segment<'_>, other: &Segment<'_>) -> bool {
    [1, 2, 3, 8].iter().all(|n| first.trimmed(*n) == other.trimmed(*n))
}

/// The piece with other separators; None where its data holds one of them.
fn recoded<'a>(mut piece: Piece<'a>, to: Delimiters, ending: &[u8]) -> Option<Piece<'a>> {
    let from = piece.delimiters;
    piece.tail = Cow::Owned(ending.to_vec());
    if from == to {
        return Some(piece);
    }
    let data_from = match piece.segment(0).segment_id() {
        // Counted data is taken as it is.
        id if is_binary(id) => {
            let before = if piece.segment(0).is("BIN") { 2 } else { 3 };
            let separators = piece.raw.iter().enumerate().filter(|(_, byte)| **byte == from.element);
            separators.map(|(at, _)| at + 1).nth(before - 1).unwrap_or(piece.raw.len())
        }
        _ => piece.raw.len(),
    };
    let raw = piece.raw.to_mut();
    for byte in &mut raw[..data_from] {
        *byte = match *byte {
            old if old == from.element => to.element,
            old if old == from.component => to.component,
            old if Some(old) == from.repetition => to.repetition?,
            data if to.contains(data) => return None,
            data => data,
        };
    }
    piece.delimiters = to;
    Some(piece)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{SplitBy, split};
    use crate::{ShapeOnly, Verdict, check};

    fn case(name: &str) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        std::fs::read(folder.join(name)).unwrap()
    }

    fn merged(files: &[Vec<u8>]) -> Result<Vec<u8>, MergeError> {
        let documents: Vec<Document<'_>> = files.iter().map(|file| Document::read(file)).collect();
        merge(&documents)
    }

    #[test]
    fn what_was_split_can_be_joined_again() {
        let whole = case("ok-835-two-sets.x12");
        let parts = split(&Document::read(&whole), SplitBy::Transactions(1)).unwrap();
        assert_eq!(merged(&parts).unwrap(), whole);
    }

    #[test]
    fn files_with_other_separators_and_the_same_numbers_are_joined() {
        let files = ["ok-837P.x12", "fmt-837P-control-chars.x12", "fmt-837P-lf-terminator.x12"].map(case);
        let bytes = merged(&files).unwrap();
        let checked = check(&bytes, &ShapeOnly);
        assert_eq!(checked.verdict, Verdict::Accepted, "{:?}", checked.problems.kept());
        let numbers: Vec<String> = checked.sets().map(|(_, _, set)| set.control_number.clone()).collect();
        assert_eq!(numbers, ["0001", "0002", "0003"]);
        assert_eq!(checked.interchanges[0].groups.len(), 1);
    }

    #[test]
    fn what_goes_another_way_is_not_joined() {
        let claims = case("ok-837P.x12");
        let other = String::from_utf8(claims.clone()).unwrap().replacen("RECEIVER ", "SOMEBODY ", 1).into_bytes();
        assert_eq!(merged(&[claims.clone(), other]), Err(MergeError::OtherParties { file: 2 }));
        assert!(matches!(merged(&[claims, case("bad-env-no-ge.x12")]), Err(MergeError::NotWhole { file: 2, .. })));
        assert_eq!(merged(&[]), Err(MergeError::NoFile));
    }
}
