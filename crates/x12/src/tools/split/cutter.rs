//! Writes the parts of a file that was surveyed, segment after segment as they are read again.
//!
//! Judges nothing: what cannot be cut was refused before.

use std::borrow::Cow;
use std::io::{self, Read};

use super::survey::Survey;
use super::{NotSplit, OpenAt, Parts, SplitBy};
use crate::delimiters::Delimiters;
use crate::document::{Document, Passing, Piece};
use crate::tools::envelopes::{Part, Walk};

/// The highest control number: nine digits.
const MOST: u64 = 999_999_999;
/// How much is read for a trailer at first.
const TRAILER: usize = 256;
/// Line breaks behind a trailer, and doubled terminators, are looked at no further than this.
const LONGEST_TRAILER: usize = 1024 * 1024;

/// The part that is being written.
#[derive(Default)]
struct OpenPart {
    nth: u64,
    has_group: bool,
    sets: usize,
    claims: usize,
    /// Segments of the open set so far.
    segments: usize,
    levels: usize,
    /// The levels that were written last: which, and with what number.
    provider: (Option<usize>, usize),
    subscriber: (Option<usize>, usize),
    patient: Option<usize>,
}

/// A level's own segments, the HL first.
#[derive(Default)]
struct Level {
    /// Which segment of the file its HL is.
    start: Option<usize>,
    pieces: Vec<Piece<'static>>,
}

/// Where the reading stands inside a set.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Before its first level, or all of a set that is not cut inside.
    #[default]
    Head,
    Provider,
    Subscriber,
    Patient,
    Claim,
}

/// Segments that open what the file has open.
#[derive(Default)]
struct Held {
    isa: Piece<'static>,
    iea: Piece<'static>,
    gs: Piece<'static>,
    ge: Piece<'static>,
    /// ST and what stands before the first level.
    head: Vec<Piece<'static>>,
    se: Piece<'static>,
    provider: Level,
    subscriber: Level,
    patient: Option<Level>,
}

/// Goes through the file and writes its parts.
pub(super) struct Cutter<'c, 'o> {
    open: &'o OpenAt<'o>,
    by: SplitBy,
    survey: &'c Survey,
    parts: &'c mut dyn Parts,
    held: Held,
    inside: Inside,
    part: Option<OpenPart>,
    begun: usize,
    interchanges: usize,
    /// Acknowledgments behind the groups of the interchange are still to be written.
    awaits_late: bool,
    groups: usize,
    sets: usize,
    /// Subscriber levels that were written.
    subscribers: usize,
}

impl<'c, 'o> Cutter<'c, 'o> {
    pub fn new(open: &'o OpenAt<'o>, by: SplitBy, survey: &'c Survey, parts: &'c mut dyn Parts) -> Self {
        Self {
            open,
            by,
            survey,
            parts,
            held: Held::default(),
            inside: Inside::Head,
            part: None,
            begun: 0,
            interchanges: 0,
            awaits_late: false,
            groups: 0,
            sets: 0,
            subscribers: 0,
        }
    }

    pub fn cut(mut self, longest: usize) -> Result<(), NotSplit> {
        let reader = (self.open)(0).map_err(NotSplit::File)?;
        let changed = || NotSplit::File(io::Error::other("the file changed while it was cut; cut it again"));
        let passing = Passing::begin_without_places(reader, longest).map_err(NotSplit::File)?;
        let mut passing = passing.ok_or_else(changed)?;
        let mut walk = Walk::default();
        while let Some(passed) = passing.next().map_err(NotSplit::File)? {
            let part = walk.step(&passed.segment()).ok_or_else(changed)?;
            self.take(part, passed.index, &passed.piece)?;
        }
        if walk.is_whole() && self.begun == self.survey.parts { Ok(()) } else { Err(changed()) }
    }

    fn take(&mut self, part: Part, index: usize, piece: &Piece<'_>) -> Result<(), NotSplit> {
        match part {
            Part::Isa => self.interchange(piece),
            Part::Acknowledgment if self.part.as_ref().is_some_and(|part| !part.has_group) => self.write(piece),
            // Written with the first part.
            Part::Acknowledgment => Ok(()),
            Part::Gs => {
                self.held.gs = piece.owned();
                self.held.ge = self.trailer(self.survey.groups.get(self.groups), piece.delimiters)?;
                self.groups += 1;
                Ok(())
            }
            Part::St => self.set(piece),
            Part::Inside => self.segment(index, piece),
            Part::Se => self.end_set(piece),
            Part::Ge if self.part.as_ref().is_some_and(|part| part.has_group) => self.end_part(),
            Part::Ge => Ok(()),
            Part::Iea if self.part.is_some() => self.end_part(),
            Part::Iea => Ok(()),
        }
    }

    /// Begins the first part of an interchange, so that its acknowledgments go there.
    fn interchange(&mut self, piece: &Piece<'_>) -> Result<(), NotSplit> {
        let nth = self.interchanges;
        self.interchanges += 1;
        let Some(iea) = self.survey.interchanges.get(nth).filter(|iea| **iea > 0) else { return Ok(()) };
        self.awaits_late = true;
        self.held.isa = piece.owned();
        self.held.iea = self.trailer(Some(iea), piece.delimiters)?;
        self.begin_part()
    }

    fn begin_part(&mut self) -> Result<(), NotSplit> {
        self.parts.begin(self.begun, self.survey.parts).map_err(NotSplit::Output)?;
        let part = OpenPart { nth: self.begun as u64, ..OpenPart::default() };
        self.begun += 1;
        let isa = counted_on(self.held.isa.clone(), 13, 9, part.nth);
        self.part = Some(part);
        self.write(&isa)
    }

    /// Opens the group in the part, if there is none yet.
    fn begin_group(&mut self) -> Result<(), NotSplit> {
        let Some(nth) = self.part.as_ref().filter(|part| !part.has_group).map(|part| part.nth) else { return Ok(()) };
        self.write_late()?;
        self.part.iter_mut().for_each(|part| part.has_group = true);
        let gs = counted_on(self.held.gs.clone(), 6, 0, nth);
        self.write(&gs)
    }

    /// Acknowledgments behind a group go with the first part, as the others do.
    fn write_late(&mut self) -> Result<(), NotSplit> {
        if !std::mem::take(&mut self.awaits_late) {
            return Ok(());
        }
        let survey = self.survey;
        let nth = self.interchanges - 1;
        let from = survey.late.partition_point(|(interchange, _)| *interchange < nth);
        for (_, byte) in survey.late[from..].iter().take_while(|(interchange, _)| *interchange == nth) {
            let acknowledgment = self.trailer(Some(byte), self.held.isa.delimiters)?;
            self.write(&acknowledgment)?;
        }
        Ok(())
    }

    fn end_part(&mut self) -> Result<(), NotSplit> {
        self.write_late()?;
        let Some(part) = self.part.take() else { return Ok(()) };
        if part.has_group {
            let mut ge = counted_on(self.held.ge.clone(), 2, 0, part.nth);
            ge.recount(part.sets);
            self.write(&ge)?;
        }
        let mut iea = counted_on(self.held.iea.clone(), 2, 9, part.nth);
        // What followed in the file belongs to none of the parts.
        iea.tail = Cow::Owned(iea.ending());
        iea.recount(usize::from(part.has_group));
        self.write(&iea)?;
        self.parts.end().map_err(NotSplit::Output)
    }

    fn set(&mut self, piece: &Piece<'_>) -> Result<(), NotSplit> {
        self.inside = Inside::Head;
        match self.by {
            SplitBy::Transactions(most) => {
                if self.part.as_ref().is_some_and(|part| part.sets == most) {
                    self.end_part()?;
                }
                self.begin_set()?;
                self.put(piece)
            }
            SplitBy::Claims(_) => {
                let se = self.trailer(self.survey.sets.get(self.sets), piece.delimiters)?;
                self.sets += 1;
                self.held = Held {
                    head: vec![piece.owned()],
                    se,
                    provider: Level::default(),
                    subscriber: Level::default(),
                    patient: None,
                    ..std::mem::take(&mut self.held)
                };
                Ok(())
            }
        }
    }

    /// Opens a part and a group, where none is, for another set.
    fn begin_set(&mut self) -> Result<(), NotSplit> {
        if self.part.is_none() {
            self.begin_part()?;
        }
        self.begin_group()?;
        if let Some(part) = &mut self.part {
            *part = OpenPart { nth: part.nth, has_group: true, sets: part.sets + 1, ..OpenPart::default() };
        }
        Ok(())
    }

    /// A segment between ST and SE.
    fn segment(&mut self, index: usize, piece: &Piece<'_>) -> Result<(), NotSplit> {
        let SplitBy::Claims(most) = self.by else { return self.put(piece) };
        let segment = piece.segment(index);
        let level = || Level { start: Some(index), pieces: vec![piece.owned()] };
        match (segment.id(), segment.element(3)) {
            ("HL", b"20") => {
                self.held.provider = level();
                (self.held.subscriber, self.held.patient) = (Level::default(), None);
                self.inside = Inside::Provider;
            }
            ("HL", b"22") => {
                (self.held.subscriber, self.held.patient) = (level(), None);
                self.inside = Inside::Subscriber;
            }
            ("HL", _) => {
                self.held.patient = Some(level());
                self.inside = Inside::Patient;
            }
            ("CLM", _) => {
                self.inside = Inside::Claim;
                return self.claim(most, piece);
            }
            _ => match self.inside {
                Inside::Head => self.held.head.push(piece.owned()),
                Inside::Provider => self.held.provider.pieces.push(piece.owned()),
                Inside::Subscriber => self.held.subscriber.pieces.push(piece.owned()),
                Inside::Patient => self.held.patient.iter_mut().for_each(|level| level.pieces.push(piece.owned())),
                Inside::Claim => return self.put(piece),
            },
        }
        Ok(())
    }

    /// Begins a claim, in another part where this one is full, below its levels.
    fn claim(&mut self, most: usize, piece: &Piece<'_>) -> Result<(), NotSplit> {
        if self.part.as_ref().is_some_and(|part| part.claims == most) {
            self.end_claims()?;
        }
        if self.part.as_ref().is_none_or(|part| part.claims == 0) {
            self.begin_set()?;
            for piece in self.held.head.clone() {
                self.put(&piece)?;
            }
        }
        let Some(mut part) = self.part.take() else { return Ok(()) };
        part.claims += 1;
        let mut above = Vec::new();
        if part.provider.0 != self.held.provider.start {
            part.provider = (self.held.provider.start, part.levels + 1);
            part.subscriber.0 = None;
            above.extend(part.level(&self.held.provider, None, true));
        }
        if part.subscriber.0 != self.held.subscriber.start {
            part.subscriber = (self.held.subscriber.start, part.levels + 1);
            part.patient = None;
            let has_patients = self.survey.has_patients.get(self.subscribers);
            self.subscribers += 1;
            above.extend(part.level(&self.held.subscriber, Some(part.provider.1), has_patients));
        }
        if let Some(patient) = self.held.patient.as_ref().filter(|patient| part.patient != patient.start) {
            part.patient = patient.start;
            above.extend(part.level(patient, Some(part.subscriber.1), false));
        }
        self.part = Some(part);
        for piece in &above {
            self.put(piece)?;
        }
        self.put(piece)
    }

    /// Ends the set of a part that was cut by claims, and the part.
    fn end_claims(&mut self) -> Result<(), NotSplit> {
        let se = self.held.se.clone();
        self.put_trailer(se)?;
        self.end_part()
    }

    fn end_set(&mut self, piece: &Piece<'_>) -> Result<(), NotSplit> {
        match self.by {
            SplitBy::Transactions(_) => self.put_trailer(piece.owned()),
            SplitBy::Claims(_) => self.end_claims(),
        }
    }

    /// Writes an SE with its count.
    fn put_trailer(&mut self, mut se: Piece<'static>) -> Result<(), NotSplit> {
        se.recount(self.part.as_ref().map_or(0, |part| part.segments) + 1);
        self.put(&se)
    }

    /// Writes a segment of a set.
    fn put(&mut self, piece: &Piece<'_>) -> Result<(), NotSplit> {
        self.part.iter_mut().for_each(|part| part.segments += 1);
        self.write(piece)
    }

    fn write(&mut self, piece: &Piece<'_>) -> Result<(), NotSplit> {
        self.parts.write(&piece.raw).and_then(|()| self.parts.write(&piece.tail)).map_err(NotSplit::Output)
    }

    /// The segment that stands at a byte: a trailer, or a TA1.
    fn trailer(&self, byte: Option<&u64>, delimiters: Delimiters) -> Result<Piece<'static>, NotSplit> {
        let byte = byte.copied().unwrap_or(u64::MAX);
        let reader = (self.open)(byte).map_err(NotSplit::File)?;
        trailer(reader, byte, delimiters).map_err(NotSplit::File)
    }
}

impl OpenPart {
    /// A level with its new number, parent and word on levels below.
    fn level(&mut self, level: &Level, parent: Option<usize>, has_child: bool) -> Vec<Piece<'static>> {
        self.levels += 1;
        let mut pieces = level.pieces.clone();
        if let Some(first) = pieces.first_mut() {
            *first = hl(first, self.levels, parent, has_child);
        }
        pieces
    }
}

fn hl(piece: &Piece<'static>, number: usize, parent: Option<usize>, has_child: bool) -> Piece<'static> {
    let old = piece.segment(0);
    let parent = parent.map(|parent| parent.to_string()).unwrap_or_default();
    let elements = [number.to_string(), parent, old.text(3).into_owned(), u8::from(has_child).to_string()];
    let separator = char::from(piece.delimiters.element);
    let mut raw = b"HL".to_vec();
    for element in elements {
        raw.push(piece.delimiters.element);
        raw.extend_from_slice(element.replace(separator, "").as_bytes());
    }
    Piece { raw: Cow::Owned(raw), ..piece.clone() }
}

/// A control number `nth` further on; one that is no number stays.
fn counted_on(piece: Piece<'static>, element: usize, width: usize, nth: u64) -> Piece<'static> {
    let number = piece.segment(0).trimmed(element).parse::<u64>();
    let Some(number) = number.ok().filter(|_| nth > 0) else { return piece };
    let next = (number + nth - 1) % MOST + 1;
    let mut document = Document::from_pieces(Cow::Borrowed(b""), vec![piece.clone()]);
    match document.replace_element(0, element, format!("{next:0width$}")) {
        Ok(()) => document.into_pieces().pop().unwrap_or(piece),
        Err(_) => piece,
    }
}

/// The segment that a reader begins with, and the terminators and line breaks behind it.
fn trailer(reader: impl Read, byte: u64, delimiters: Delimiters) -> io::Result<Piece<'static>> {
    let is_filling = |byte: &&u8| **byte == delimiters.segment || matches!(**byte, b'\r' | b'\n');
    let mut reader = reader.take(LONGEST_TRAILER as u64);
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        reader.by_ref().take(before.max(TRAILER) as u64).read_to_end(&mut bytes)?;
        let is_all = bytes.len() == before;
        let end = bytes.iter().position(|byte| *byte == delimiters.segment).unwrap_or(bytes.len());
        let next = end + bytes[end..].iter().take_while(is_filling).count();
        if is_all || next < bytes.len() {
            let tail = bytes[end..next].to_vec();
            bytes.truncate(end);
            return Ok(Piece { raw: Cow::Owned(bytes), tail: Cow::Owned(tail), start: byte as usize, delimiters });
        }
    }
}
