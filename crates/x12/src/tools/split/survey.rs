//! Reads a file once before it is cut: whether it can be, how many parts there will be, where trailers stand.
//!
//! Keeps no segment.

use std::io::Read;

use super::{LONGEST_HEAD, NotSplit, SplitBy, SplitError};
use crate::document::Passing;
use crate::segment::Segment;
use crate::tools::envelopes::{Part, Walk};

/// What must be known of a file before its first part is written.
#[derive(Default)]
pub(super) struct Survey {
    pub parts: usize,
    /// The byte of each IEA; 0 where its interchange makes no part.
    pub interchanges: Vec<u64>,
    /// The byte of each GE.
    pub groups: Vec<u64>,
    /// The byte of each SE, where it is cut by claims.
    pub sets: Vec<u64>,
    /// TA1 segments that stand behind a group: the interchange, and the byte.
    pub late: Vec<(usize, u64)>,
    /// Whether each subscriber level that will be written has patient levels below it in its part.
    pub has_patients: Flags,
}

/// Many truths, one bit each.
#[derive(Default)]
pub(super) struct Flags {
    words: Vec<u64>,
    count: usize,
}

impl Flags {
    fn push(&mut self) {
        if self.count.is_multiple_of(64) {
            self.words.push(0);
        }
        self.count += 1;
    }

    fn set_last(&mut self) {
        if let (Some(word), Some(last)) = (self.words.last_mut(), self.count.checked_sub(1)) {
            *word |= 1 << (last % 64);
        }
    }

    pub fn get(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

/// The claims of the open set.
#[derive(Default)]
struct Claims {
    is_claim_file: bool,
    id: String,
    has_provider: bool,
    /// The subscriber level, by its segment.
    subscriber: Option<usize>,
    has_patient: bool,
    count: usize,
    /// Bytes since the set or its level began; none inside a claim.
    head: Option<usize>,
    /// The subscriber that was written last in the part.
    written: Option<usize>,
}

/// What is known of the open interchange.
#[derive(Default)]
struct Open {
    parts: usize,
    groups: usize,
    has_acknowledgments: bool,
    sets_in_group: usize,
}

impl Survey {
    pub fn of(reader: impl Read, by: SplitBy, longest: usize) -> Result<Self, NotSplit> {
        let mut survey = Self::default();
        let mut refused = None;
        let (mut walk, mut open, mut claims) = (Walk::default(), Open::default(), Claims::default());
        let passing = Passing::begin_without_places(reader, longest).map_err(NotSplit::File)?;
        let not_whole = |index: usize| NotSplit::Refused(SplitError::NotWhole(index + 1));
        let mut passing = passing.ok_or_else(|| not_whole(0))?;
        let mut count = 0;
        while let Some(passed) = passing.next().map_err(NotSplit::File)? {
            let segment = passed.segment();
            let part = walk.step(&segment).ok_or_else(|| not_whole(passed.index))?;
            survey.take(part, &segment, by, &mut open);
            if let (SplitBy::Claims(most), None) = (by, &refused) {
                let length = passed.piece.raw.len() + passed.piece.tail.len();
                refused = survey.take_claim(part, &segment, most, length, &mut claims).err();
                open.parts += usize::from(part == Part::Se) * claims.count.div_ceil(most);
            }
            count = passed.index + 1;
        }
        if !walk.is_whole() {
            return Err(not_whole(count));
        }
        match refused {
            Some(error) => Err(NotSplit::Refused(error)),
            None => Ok(survey),
        }
    }

    fn take(&mut self, part: Part, segment: &Segment<'_>, by: SplitBy, open: &mut Open) {
        let start = segment.span().start as u64;
        match part {
            Part::Isa => {
                self.interchanges.push(0);
                *open = Open::default();
            }
            Part::Acknowledgment => {
                open.has_acknowledgments = true;
                if open.groups > 0 {
                    self.late.push((self.interchanges.len() - 1, start));
                }
            }
            Part::Gs => {
                open.groups += 1;
                open.sets_in_group = 0;
            }
            Part::St => open.sets_in_group += 1,
            Part::Inside | Part::Se => {}
            Part::Ge => {
                self.groups.push(start);
                if let SplitBy::Transactions(most) = by {
                    open.parts += open.sets_in_group.div_ceil(most);
                }
            }
            Part::Iea => {
                // Acknowledgments are lost in no case, and an empty interchange is a part too.
                let is_bare = open.parts == 0 && (open.groups == 0 || open.has_acknowledgments);
                open.parts += usize::from(is_bare);
                self.parts += open.parts;
                if let (Some(last), true) = (self.interchanges.last_mut(), open.parts > 0) {
                    *last = start;
                }
            }
        }
    }

    fn take_claim(
        &mut self,
        part: Part,
        segment: &Segment<'_>,
        most: usize,
        length: usize,
        claims: &mut Claims,
    ) -> Result<(), SplitError> {
        match part {
            Part::St => {
                *claims = Claims {
                    is_claim_file: segment.element(1) == b"837",
                    id: segment.text(1).into_owned(),
                    head: Some(0),
                    ..Claims::default()
                };
            }
            Part::Se => {
                self.sets.push(segment.span().start as u64);
                claims.head = None;
                return if claims.count == 0 { Err(claims.refused()) } else { Ok(()) };
            }
            Part::Inside => match segment.id() {
                "HL" => claims.level(segment)?,
                "CLM" => self.claim(most, claims)?,
                _ => {}
            },
            Part::Isa | Part::Acknowledgment | Part::Gs | Part::Ge | Part::Iea => return Ok(()),
        }
        if let Some(head) = &mut claims.head {
            *head += length;
            if *head > LONGEST_HEAD {
                return Err(SplitError::LongHead(segment.ordinal as usize + 1));
            }
        }
        Ok(())
    }

    fn claim(&mut self, most: usize, claims: &mut Claims) -> Result<(), SplitError> {
        let Some(subscriber) = claims.subscriber.filter(|_| claims.is_claim_file && claims.has_provider) else {
            return Err(claims.refused());
        };
        if claims.count.is_multiple_of(most) {
            claims.written = None;
        }
        claims.count += 1;
        claims.head = None;
        if claims.written != Some(subscriber) {
            claims.written = Some(subscriber);
            self.has_patients.push();
        }
        if claims.has_patient {
            self.has_patients.set_last();
        }
        Ok(())
    }
}

impl Claims {
    fn refused(&self) -> SplitError {
        SplitError::NotClaims(self.id.clone())
    }

    fn level(&mut self, segment: &Segment<'_>) -> Result<(), SplitError> {
        self.head = Some(0);
        match segment.element(3) {
            b"20" => (self.has_provider, self.subscriber, self.has_patient) = (true, None, false),
            b"22" => (self.subscriber, self.has_patient) = (Some(segment.ordinal as usize), false),
            b"23" => self.has_patient = true,
            _ => return Err(self.refused()),
        }
        Ok(())
    }
}
