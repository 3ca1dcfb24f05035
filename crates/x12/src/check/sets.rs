//! The sets of a group, sixteen bytes each, so that a file of a million sets fits into memory.
//!
//! Holds a whole report of those that are rejected, up to a limit; of the others what an acknowledgment says of them.

use crate::check::report::{Coverage, SetReport};

/// Rejected sets of a group beyond this many are only marked: as many as there are problems that are kept.
const MAX_DETAILED: usize = 1000;
/// Kinds of sets beyond this many in one group are not told apart: a group has one.
const MAX_KINDS: usize = 256;
/// ST02 has nine characters at most.
const NUMBER_WIDTH: usize = 9;
/// Marks are stored in pieces of this many, so that growing never copies and never holds the memory twice.
const PIECE: usize = 4096;

/// What is kept of every set.
#[derive(Debug, Clone, Copy)]
struct Mark {
    number: [u8; NUMBER_WIDTH],
    length: u8,
    kind: u8,
    is_rejected: bool,
    /// The ordinal of its first segment, counted from the group's.
    first: u32,
}

// Stated in the limits of memory.
const _: () = assert!(std::mem::size_of::<Mark>() == 16);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    id: String,
    version: String,
    coverage: Coverage,
}

/// The sets of a group, in order.
#[derive(Debug, Clone, Default)]
pub struct Sets {
    /// The ordinal of the group's header.
    base: u64,
    pieces: Vec<Vec<Mark>>,
    kinds: Vec<Kind>,
    detailed: Vec<(usize, SetReport)>,
    rejected: usize,
}

impl Sets {
    pub(crate) fn new(base: u64) -> Self {
        Self { base, ..Self::default() }
    }

    /// How many sets there are.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// How many are accepted.
    pub fn accepted(&self) -> usize {
        self.len() - self.rejected
    }

    pub(crate) fn push(&mut self, report: SetReport) {
        let index = self.len();
        let kind = self.kind(&report.id, &report.version, report.coverage);
        let mut number = [0; NUMBER_WIDTH];
        let length = report.control_number.len().min(NUMBER_WIDTH);
        number[..length].copy_from_slice(&report.control_number.as_bytes()[..length]);
        let mark = Mark {
            number,
            length: length as u8,
            kind,
            is_rejected: !report.is_accepted(),
            first: u32::try_from(report.ordinals.0.saturating_sub(self.base)).unwrap_or(u32::MAX),
        };
        self.push_mark(mark);
        if mark.is_rejected {
            self.rejected += 1;
            if self.detailed.len() < MAX_DETAILED {
                self.detailed.push((index, report));
            }
        }
    }

    /// Adds the sets of another that follow these in the file. False, and nothing is added, where that cannot be done
    /// as if they had been added one by one.
    pub(crate) fn append(&mut self, other: &Self) -> bool {
        if other.kinds.len() == MAX_KINDS {
            return false;
        }
        let kinds: Vec<u8> = other.kinds.iter().map(|kind| self.kind(&kind.id, &kind.version, kind.coverage)).collect();
        let base = self.base;
        let first_index = self.len();
        for mark in other.pieces.iter().flatten() {
            let first = (other.base + u64::from(mark.first)).saturating_sub(base);
            let first = u32::try_from(first).unwrap_or(u32::MAX);
            self.push_mark(Mark { kind: kinds[usize::from(mark.kind)], first, ..*mark });
        }
        self.rejected += other.rejected;
        let room = MAX_DETAILED - self.detailed.len();
        let detailed = other.detailed.iter().take(room);
        self.detailed.extend(detailed.map(|(index, report)| (first_index + index, report.clone())));
        true
    }

    fn push_mark(&mut self, mark: Mark) {
        match self.pieces.last_mut().filter(|piece| piece.len() < PIECE) {
            Some(piece) => piece.push(mark),
            None => self.pieces.push(vec![mark]),
        }
    }

    fn kind(&mut self, id: &str, version: &str, coverage: Coverage) -> u8 {
        let is_same = |kind: &Kind| kind.coverage == coverage && kind.id == id && kind.version == version;
        // The sets of a group are alike: the newest kind is nearly always the one.
        if let Some(at) = self.kinds.iter().rposition(is_same) {
            return at as u8;
        }
        if self.kinds.len() < MAX_KINDS {
            self.kinds.push(Kind { id: id.to_owned(), version: version.to_owned(), coverage });
        }
        (self.kinds.len() - 1) as u8
    }

    /// The set at an index.
    pub fn get(&self, index: usize) -> Option<SetReport> {
        let mark = self.pieces.get(index / PIECE)?.get(index % PIECE)?;
        if mark.is_rejected
            && let Ok(at) = self.detailed.binary_search_by_key(&index, |(index, _)| *index)
        {
            return Some(self.detailed[at].1.clone());
        }
        let kind = &self.kinds[usize::from(mark.kind)];
        let number = &mark.number[..usize::from(mark.length)];
        let first = self.base + u64::from(mark.first);
        Some(SetReport {
            id: kind.id.clone(),
            control_number: String::from_utf8_lossy(number).into_owned(),
            version: kind.version.clone(),
            coverage: kind.coverage,
            ordinals: (first, first),
            start: 0,
            errors: u64::from(mark.is_rejected),
            codes: Vec::new(),
        })
    }

    /// Every set, in order. Of an accepted one the last ordinal is not kept; it is given as the first.
    pub fn iter(&self) -> impl Iterator<Item = SetReport> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The control numbers so far, as they stand.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &[u8]> {
        self.pieces.iter().flatten().map(|mark| &mark.number[..usize::from(mark.length)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(number: usize, errors: u64) -> SetReport {
        SetReport {
            id: "837".to_owned(),
            control_number: format!("{number:04}"),
            version: "005010X222A1".to_owned(),
            coverage: Coverage::Guide,
            ordinals: (10 + number as u64 * 5, 14 + number as u64 * 5),
            start: 0,
            errors,
            codes: if errors > 0 { vec![(false, 5)] } else { Vec::new() },
        }
    }

    #[test]
    fn what_an_acknowledgment_needs_of_a_set_is_kept_in_order() {
        let mut sets = Sets::new(1);
        for number in 0..10_000 {
            sets.push(report(number, u64::from(number % 7 == 3)));
        }
        assert_eq!((sets.len(), sets.accepted()), (10_000, 10_000 - 1429));
        for (number, set) in sets.iter().enumerate() {
            let expected = report(number, u64::from(number % 7 == 3));
            assert_eq!(
                (&set.id, &set.control_number, &set.version),
                (&expected.id, &expected.control_number, &expected.version)
            );
            assert_eq!(set.is_accepted(), expected.is_accepted());
            assert_eq!(set.ordinals.0, expected.ordinals.0);
        }
        assert_eq!(sets.get(3).unwrap().codes, [(false, 5)]);
        assert_eq!(sets.get(9_999 - 3).unwrap().ordinals.1, sets.get(9_999 - 3).unwrap().ordinals.0);
    }
}
