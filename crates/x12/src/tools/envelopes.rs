//! The envelopes of a file as its segments pass by, for tools that move whole sets.
//!
//! Refuses what is not whole: a set without its end cannot be moved without guessing.

use crate::segment::Segment;

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
