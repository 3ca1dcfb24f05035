//! Reads files once before they are joined: whether they can be, and where the groups of each kind stand.
//!
//! Keeps headers and trailers, no set.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{MOST_KINDS, MergeError, NotMerged, OpenAt, goes_the_same_way, kind_of, recoded};
use crate::delimiters::Delimiters;
use crate::document::{Passing, Piece};
use crate::tools::envelopes::{Part, Walk};

/// Groups that become one.
pub(super) struct Kind {
    /// Of the first of them, with the separators of the joined file.
    pub gs: Piece<'static>,
    /// Of the first of them.
    pub ge: Piece<'static>,
    /// How many sets they hold.
    pub sets: usize,
}

/// Groups of one kind that follow each other in a file.
pub(super) struct Run {
    /// Which file, counted from 0.
    pub file: usize,
    pub kind: usize,
    /// Where the first begins, in bytes.
    pub start: u64,
    pub groups: usize,
    pub delimiters: Delimiters,
}

/// What must be known of the files before anything is written.
#[derive(Default)]
pub(super) struct Survey {
    /// The first ISA, and its IEA.
    pub head: Option<(Piece<'static>, Piece<'static>)>,
    pub kinds: Vec<Kind>,
    pub runs: Vec<Run>,
    /// There are TA1 segments.
    pub has_acknowledgments: bool,
}

impl Survey {
    /// Reads the next file.
    pub fn read<'o>(&mut self, open: &'o OpenAt<'o>, at: usize, longest: usize) -> Result<(), NotMerged> {
        let file = at + 1;
        let failed = |error| NotMerged::File { file, error };
        let not_whole = |index: usize| NotMerged::Refused(MergeError::NotWhole { file, segment: index + 1 });
        let reader = open(at, 0).map_err(failed)?;
        let passing = Passing::begin_without_places(reader, longest).map_err(failed)?;
        let mut passing = passing.ok_or_else(|| not_whole(0))?;
        let mut places: HashMap<Vec<u8>, usize> =
            self.kinds.iter().enumerate().map(|(at, kind)| (kind_of(&kind.gs.segment(0)), at)).collect();
        let (mut walk, mut count, mut current) = (Walk::default(), 0, 0);
        while let Some(passed) = passing.next().map_err(failed)? {
            let index = passed.index;
            count = index + 1;
            let part = walk.step(&passed.segment()).ok_or_else(|| not_whole(index))?;
            if part == Part::Isa {
                let (isa, _) = self.head.get_or_insert_with(|| (passed.piece.owned(), Piece::default()));
                if !goes_the_same_way(&isa.segment(0), &passed.segment()) {
                    return Err(NotMerged::Refused(MergeError::OtherParties { file }));
                }
                continue;
            }
            let Some((isa, iea)) = &mut self.head else { return Err(not_whole(index)) };
            if part == Part::Iea {
                // Only the first is written.
                if iea.raw.is_empty() {
                    *iea = passed.piece.owned();
                }
                continue;
            }
            let is_same = passed.piece.delimiters == isa.delimiters;
            let is_kept = matches!(part, Part::Gs | Part::Ge);
            if is_same && !is_kept {
                self.count(part, current);
                continue;
            }
            let (start, delimiters) = (passed.piece.start as u64, passed.piece.delimiters);
            let piece = recoded(passed.piece, isa.delimiters, &isa.ending())
                .ok_or(NotMerged::Refused(MergeError::SeparatorInData { file, segment: index + 1 }))?;
            match part {
                Part::Gs => {
                    current = self.group(&mut places, &piece);
                    if current == MOST_KINDS {
                        return Err(NotMerged::Refused(MergeError::TooManyKinds { file }));
                    }
                    match self.runs.last_mut().filter(|run| run.file == at && run.kind == current) {
                        Some(run) => run.groups += 1,
                        None => self.runs.push(Run { file: at, kind: current, start, groups: 1, delimiters }),
                    }
                }
                Part::Ge => self.end_group(current, &piece),
                Part::Isa | Part::Acknowledgment | Part::St | Part::Inside | Part::Se | Part::Iea => {
                    self.count(part, current);
                }
            }
        }
        if walk.is_whole() { Ok(()) } else { Err(not_whole(count)) }
    }

    /// The place of a group's kind.
    fn group(&mut self, places: &mut HashMap<Vec<u8>, usize>, gs: &Piece<'_>) -> usize {
        let next = self.kinds.len();
        let place = *places.entry(kind_of(&gs.segment(0))).or_insert(next);
        if place == next {
            self.kinds.push(Kind { gs: gs.owned(), ge: Piece { raw: Cow::Borrowed(b""), ..gs.owned() }, sets: 0 });
        }
        place
    }

    fn end_group(&mut self, current: usize, ge: &Piece<'_>) {
        if let Some(kind) = self.kinds.get_mut(current).filter(|kind| kind.ge.raw.is_empty()) {
            kind.ge = ge.owned();
        }
    }

    fn count(&mut self, part: Part, current: usize) {
        self.has_acknowledgments |= part == Part::Acknowledgment;
        if let Some(kind) = self.kinds.get_mut(current).filter(|_| part == Part::Se) {
            kind.sets += 1;
        }
    }
}
