//! Joins files into one interchange: groups of a kind become one, control numbers that collide are given anew.
//!
//! Refuses to join what goes to or comes from somebody else, and data that the separators of the first file would cut.
//! Reads every file twice and holds no set: first to see that they can be joined, and where groups stand, then to write.

mod numbers;
mod survey;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Write};

use crate::check::binary::is_binary;
use crate::delimiters::Delimiters;
use crate::document::{Document, LONGEST_PIECE, Passing, Piece};
use crate::segment::Segment;
use crate::tools::merge::numbers::Numbers;
use crate::tools::merge::survey::{Kind, Run, Survey};

/// Groups of more kinds are no traffic between two partners: each kind is held.
const MOST_KINDS: usize = 10_000;

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
    /// The groups are of more kinds than can be held.
    TooManyKinds {
        /// Which file.
        file: usize,
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
            Self::TooManyKinds { file } => write!(
                f,
                "groups of more than {MOST_KINDS} kinds (GS01, GS02, GS03, GS08) were found up to file {file}; join fewer \
                 files at a time"
            ),
        }
    }
}

impl std::error::Error for MergeError {}

/// Why files were not joined, or not to their end.
#[derive(Debug)]
pub enum NotMerged {
    /// They cannot be joined; nothing was written.
    Refused(MergeError),
    /// One cannot be read, or changed while it was read.
    File {
        /// Which file, counted from 1.
        file: usize,
        /// Why.
        error: io::Error,
    },
    /// The output takes no more.
    Output(io::Error),
}

impl fmt::Display for NotMerged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::File { error, .. } | Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotMerged {}

/// Opens a file, counted from 0, at a byte.
type OpenAt<'o> = dyn Fn(usize, u64) -> io::Result<Box<dyn Read + 'o>> + 'o;

/// One interchange with everything in it; header and separators are those of the first file.
pub fn merge(documents: &[Document<'_>]) -> Result<Vec<u8>, MergeError> {
    let files: Vec<Vec<u8>> = documents.iter().map(Document::to_bytes).collect();
    let open = |file: usize, byte: u64| -> io::Result<Box<dyn Read + '_>> {
        let bytes = files.get(file).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        Ok(Box::new(&bytes[from..]))
    };
    let mut out = Vec::new();
    match join(&open, files.len(), usize::MAX, &mut out) {
        Ok(()) => Ok(out),
        Err(NotMerged::Refused(error)) => Err(error),
        // Memory gives all bytes and takes them.
        Err(NotMerged::File { file, .. }) => Err(MergeError::NotWhole { file, segment: 1 }),
        Err(NotMerged::Output(_)) => Err(MergeError::NoFile),
    }
}

/// Writes what [`merge`] gives of files that are opened at a byte as often as is asked. Memory is the longest segment, up
/// to [`LONGEST_PIECE`], a header for each kind of group, 32 bytes for each row of groups of a kind, and what tells taken
/// control numbers: little where they run on.
///
/// # Errors
///
/// Files that cannot be joined: then nothing was written; those of the files, and of the output.
pub fn write_merged<'o>(open: &'o OpenAt<'o>, files: usize, out: &mut dyn Write) -> Result<(), NotMerged> {
    join(open, files, LONGEST_PIECE, out)
}

fn join<'o>(open: &'o OpenAt<'o>, files: usize, longest: usize, out: &mut dyn Write) -> Result<(), NotMerged> {
    let mut survey = Survey::default();
    for file in 0..files {
        survey.read(open, file, longest)?;
    }
    let Survey { head, kinds, mut runs, has_acknowledgments } = survey;
    runs.sort_by_key(|run| run.kind);
    let (isa, mut iea) = head.ok_or(NotMerged::Refused(MergeError::NoFile))?;
    let mut joiner = Joiner { open, longest, delimiters: isa.delimiters, ending: isa.ending(), out };
    joiner.put(&isa)?;
    if has_acknowledgments {
        (0..files).try_for_each(|file| joiner.acknowledgments(file))?;
    }
    let mut numbers = Numbers::default();
    let groups = kinds.len();
    for (at, kind) in kinds.into_iter().enumerate() {
        let from = runs.partition_point(|run| run.kind < at);
        let to = runs.partition_point(|run| run.kind <= at);
        joiner.group(kind, &runs[from..to], &mut numbers)?;
    }
    iea.tail = Cow::Owned(iea.ending());
    iea.recount(groups);
    joiner.put(&iea)
}

/// Writes the joined file.
struct Joiner<'j, 'o> {
    open: &'o OpenAt<'o>,
    longest: usize,
    delimiters: Delimiters,
    ending: Vec<u8>,
    out: &'j mut dyn Write,
}

impl Joiner<'_, '_> {
    fn put(&mut self, piece: &Piece<'_>) -> Result<(), NotMerged> {
        self.out.write_all(&piece.raw).and_then(|()| self.out.write_all(&piece.tail)).map_err(NotMerged::Output)
    }

    /// The piece with the separators of the joined file; the survey saw that it can have them.
    fn recoded<'p>(&self, piece: Piece<'p>, file: usize) -> Result<Piece<'p>, NotMerged> {
        recoded(piece, self.delimiters, &self.ending).ok_or_else(|| changed(file))
    }

    /// The TA1 segments of a file.
    fn acknowledgments(&mut self, file: usize) -> Result<(), NotMerged> {
        let failed = |error| NotMerged::File { file: file + 1, error };
        let reader = (self.open)(file, 0).map_err(failed)?;
        let passing = Passing::begin_without_places(reader, self.longest).map_err(failed)?;
        let mut passing = passing.ok_or_else(|| changed(file))?;
        let mut is_in_group = false;
        while let Some(passed) = passing.next().map_err(failed)? {
            match passed.segment().id() {
                "GS" => is_in_group = true,
                "GE" => is_in_group = false,
                "TA1" if !is_in_group => {
                    let piece = self.recoded(passed.piece, file)?;
                    self.put(&piece)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// All groups of a kind as one.
    fn group(&mut self, kind: Kind, runs: &[Run], taken: &mut Numbers) -> Result<(), NotMerged> {
        let Kind { mut gs, mut ge, sets } = kind;
        let number = gs.segment(0).trimmed(6).parse::<u64>().ok();
        if let Some(free) = number.and_then(|number| taken.take(number)) {
            gs = with_element(gs, 6, &free.to_string());
            ge = with_element(ge, 2, &free.to_string());
        }
        self.put(&gs)?;
        let (mut numbers, mut written, mut last) = (Numbers::default(), 0, 0);
        for run in runs {
            last = run.file;
            written += self.sets(run, &mut numbers)?;
        }
        if written != sets {
            return Err(changed(last));
        }
        ge.recount(sets);
        self.put(&ge)
    }

    /// The sets of groups that stand one after the other; gives how many there are. One whose control number is taken
    /// gets the next free one.
    fn sets(&mut self, run: &Run, taken: &mut Numbers) -> Result<usize, NotMerged> {
        let file = run.file;
        let failed = |error| NotMerged::File { file: file + 1, error };
        let reader = (self.open)(file, run.start).map_err(failed)?;
        let passing = Passing::begin_whole_at_segment(reader, run.start, run.delimiters, self.longest);
        let mut passing = passing.map_err(failed)?;
        let (mut sets, mut groups) = (0, 0);
        let (mut segments, mut is_in_set, mut given) = (0_usize, false, None);
        while groups < run.groups
            && let Some(passed) = passing.next().map_err(failed)?
        {
            segments += 1;
            let (is_st, is_se) = (passed.segment().is("ST"), passed.segment().is("SE"));
            if !is_in_set && !is_st {
                groups += usize::from(passed.segment().is("GE"));
                continue;
            }
            if is_st {
                (segments, is_in_set) = (1, true);
                let number = passed.segment().trimmed(2).parse::<u64>().ok();
                given = number.and_then(|number| taken.take(number));
            }
            let mut piece = self.recoded(passed.piece, file)?;
            if let Some(free) = given.filter(|_| is_st || is_se) {
                piece = with_element(piece, 2, &format!("{free:04}"));
            }
            if is_se {
                (sets, is_in_set) = (sets + 1, false);
                piece.recount(segments);
            }
            self.put(&piece)?;
        }
        Ok(sets)
    }
}

fn changed(file: usize) -> NotMerged {
    NotMerged::File { file: file + 1, error: io::Error::other("the file changed while it was joined; join it again") }
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

/// What groups that become one have in common.
fn kind_of(gs: &Segment<'_>) -> Vec<u8> {
    [1, 2, 3, 8].map(|n| gs.trimmed(n).into_owned().into_bytes()).join(&0)
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

    #[test]
    fn groups_of_a_kind_become_one_whatever_stands_between_them() {
        let group = |kind: &str, number: u32, sets: &[&str]| {
            let sets: String = sets.iter().map(|set| format!("ST*837*{set}*X~BHT*1~SE*3*{set}~")).collect();
            format!("GS*{kind}*A*B*20260901*1253*{number}*X*005010X222A1~{sets}GE*9*{number}~")
        };
        let file = |number: u32, acknowledgments: &str, groups: &[String]| {
            format!(
                "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260901*1253*^*00501*{number:09}*0*T*:~\
                 {acknowledgments}{}IEA*{}*{number:09}~",
                groups.concat(),
                groups.len()
            )
        };
        let ack = |number: u32| format!("TA1*{number:09}*260901*1253*A*000~");
        let first =
            file(1, &ack(5), &[group("HC", 1, &["0001", "0002"]), group("HP", 2, &["0001"]), group("HC", 3, &[])]);
        let second = file(2, &ack(6), &[group("HP", 1, &["0007"]), group("HC", 1, &["0001", "0003", "0002"])]);
        let both = format!("{first}\r\n{second}");
        let expected = |sets: &[(&str, u32, &[&str])]| {
            let groups: Vec<String> = sets
                .iter()
                .map(|(kind, number, sets)| group(kind, *number, sets).replace("GE*9", &format!("GE*{}", sets.len())))
                .collect();
            file(1, &(ack(5) + &ack(6)), &groups)
        };
        // 0001 is taken and becomes the next behind all, so that 0003 is taken then, and so on.
        let wanted = expected(&[("HC", 1, &["0001", "0002", "0003", "0004", "0005"]), ("HP", 2, &["0001", "0007"])]);
        for files in [vec![first.into_bytes(), second.into_bytes()], vec![both.into_bytes()]] {
            assert_eq!(String::from_utf8(merged(&files).unwrap()).unwrap().trim_end(), wanted);
        }
    }

    #[test]
    fn a_file_that_is_another_one_when_it_is_written_is_told() {
        let (one, other) = (case("ok-835-two-sets.x12"), case("ok-835.x12"));
        let opened = std::cell::Cell::new(0);
        let open = |_: usize, byte: u64| -> io::Result<Box<dyn Read + '_>> {
            opened.set(opened.get() + 1);
            let bytes = if opened.get() == 1 { &one } else { &other };
            Ok(Box::new(&bytes[byte as usize..]))
        };
        let told = write_merged(&open, 1, &mut io::sink());
        assert!(matches!(told, Err(NotMerged::File { file: 1, .. })), "{told:?}");
    }
}
