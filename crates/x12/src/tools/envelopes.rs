//! The envelopes of a document by the index of their segments, for tools that move whole sets.
//!
//! Refuses what is not whole: a set without its end cannot be moved without guessing.

use std::ops::Range;

use crate::document::Document;
use crate::segment::Segment;

/// An interchange, by indexes of segments.
pub(super) struct Envelope {
    pub isa: usize,
    /// TA1 segments.
    pub acknowledgments: Vec<usize>,
    pub groups: Vec<GroupOf>,
    pub iea: usize,
}

/// A functional group.
pub(super) struct GroupOf {
    pub gs: usize,
    /// From each ST to its SE.
    pub sets: Vec<Range<usize>>,
    pub ge: usize,
}

/// The index of the first segment that does not stand where envelopes have it.
pub(super) struct NotWhole(pub usize);

/// What a segment is in the envelopes of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Isa,
    /// A TA1 of the interchange.
    Acknowledgment,
    Gs,
    St,
    /// Between ST and SE.
    Inside,
    Se,
    Ge,
    Iea,
}

/// Follows the envelopes of a file from segment to segment.
#[derive(Debug, Default)]
pub(super) struct Walk {
    is_open: bool,
    in_group: bool,
    in_set: bool,
    has_begun: bool,
}

impl Walk {
    /// What the next segment is. None where it does not stand where envelopes have it.
    pub fn step(&mut self, segment: &Segment<'_>) -> Option<Part> {
        let (is_open, in_group, in_set) = (self.is_open, self.in_group, self.in_set);
        let between_groups = is_open && !in_group && !in_set;
        let part = match segment.id() {
            "ISA" if !is_open && !in_group && !in_set => Part::Isa,
            "TA1" if between_groups => Part::Acknowledgment,
            "GS" if between_groups => Part::Gs,
            "ST" if in_group && !in_set => Part::St,
            "SE" if in_group && in_set => Part::Se,
            "GE" if in_group && !in_set => Part::Ge,
            "IEA" if between_groups => Part::Iea,
            "ISA" | "TA1" | "GS" | "ST" | "SE" | "GE" | "IEA" => return None,
            _ if !in_set => return None,
            _ => Part::Inside,
        };
        match part {
            Part::Isa => (self.is_open, self.has_begun) = (true, true),
            Part::Gs => self.in_group = true,
            Part::St => self.in_set = true,
            Part::Se => self.in_set = false,
            Part::Ge => self.in_group = false,
            Part::Iea => self.is_open = false,
            Part::Acknowledgment | Part::Inside => {}
        }
        Some(part)
    }

    /// Whether the file may end here.
    pub fn is_whole(&self) -> bool {
        self.has_begun && !self.is_open
    }
}

/// Takes the envelopes of a document apart.
pub(super) fn envelopes(document: &Document<'_>) -> Result<Vec<Envelope>, NotWhole> {
    let mut found: Vec<Envelope> = Vec::new();
    let (mut walk, mut open_set) = (Walk::default(), 0);
    for (index, segment) in document.segments().enumerate() {
        let part = walk.step(&segment).ok_or(NotWhole(index))?;
        if part == Part::Isa {
            found.push(Envelope { isa: index, acknowledgments: Vec::new(), groups: Vec::new(), iea: index });
        }
        let envelope = found.last_mut().ok_or(NotWhole(index))?;
        match part {
            Part::Isa | Part::Inside => {}
            Part::Acknowledgment => envelope.acknowledgments.push(index),
            Part::Gs => envelope.groups.push(GroupOf { gs: index, sets: Vec::new(), ge: index }),
            Part::St => open_set = index,
            Part::Se => envelope.groups.iter_mut().last().ok_or(NotWhole(index))?.sets.push(open_set..index + 1),
            Part::Ge => envelope.groups.iter_mut().last().ok_or(NotWhole(index))?.ge = index,
            Part::Iea => envelope.iea = index,
        }
    }
    if walk.is_whole() { Ok(found) } else { Err(NotWhole(document.len())) }
}
