//! What a check found, by interchange, group and set: the stuff that acknowledgments are made of.

use crate::check::sets::Sets;
use crate::delimiters::Delimiters;
use crate::problem::Problems;

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing rejects it; there may be warnings.
    Accepted,
    /// A part of it, or all of it, is rejected.
    Rejected,
    /// Not X12.
    Unreadable,
}

impl Verdict {
    /// `accepted`, `rejected` or `unreadable`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How far a set was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Against its guide.
    Guide,
    /// The envelope only: no guide for this kind is at hand.
    EnvelopeOnly,
    /// Not at all: its version or its kind is refused, and a problem says so.
    Refused,
}

/// A checked file.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What becomes of it.
    pub verdict: Verdict,
    /// What is wrong, in the order of the file.
    pub problems: Problems,
    /// The interchanges, in order, the first [`MAX_KEPT_INTERCHANGES`](crate::MAX_KEPT_INTERCHANGES) of them.
    pub interchanges: Vec<InterchangeReport>,
    /// How many interchanges and groups were checked and counted in the verdict, but not kept.
    pub not_kept: u64,
    /// How many segments were read.
    pub segments: u64,
}

/// A checked interchange.
#[derive(Debug, Clone)]
pub struct InterchangeReport {
    /// The separators it declares.
    pub delimiters: Delimiters,
    /// ISA05.
    pub sender_qualifier: String,
    /// ISA06 without padding.
    pub sender: String,
    /// ISA07.
    pub receiver_qualifier: String,
    /// ISA08 without padding.
    pub receiver: String,
    /// ISA09 and ISA10 as they stand.
    pub sent: (String, String),
    /// ISA13 as it stands.
    pub control_number: String,
    /// ISA14 asks for a TA1.
    pub wants_acknowledgment: bool,
    /// ISA15 marks it as a test.
    pub is_test: bool,
    /// The first TA105 note that rejects it; 0 for none.
    pub note: u8,
    /// How many TA1 segments it holds.
    pub acknowledgments: u32,
    /// Its groups.
    pub groups: Vec<GroupReport>,
    /// The ordinal of its ISA.
    pub ordinal: u64,
    /// Where its ISA begins in the file, in bytes.
    pub start: u64,
}

/// A checked functional group.
#[derive(Debug, Clone)]
pub struct GroupReport {
    /// GS01.
    pub functional_id: String,
    /// GS02.
    pub sender: String,
    /// GS03.
    pub receiver: String,
    /// GS06 as it stands.
    pub control_number: String,
    /// GS08.
    pub version: String,
    /// GE01, where it could be read.
    pub stated_sets: Option<u32>,
    /// AK905 codes.
    pub codes: Vec<u8>,
    /// Its sets.
    pub sets: Sets,
}

/// A checked transaction set.
#[derive(Debug, Clone)]
pub struct SetReport {
    /// ST01.
    pub id: String,
    /// ST02 as it stands.
    pub control_number: String,
    /// ST03, or empty.
    pub version: String,
    /// How far it was checked.
    pub coverage: Coverage,
    /// The ordinals of its first and last segment.
    pub ordinals: (u64, u64),
    /// Where its ST begins in the file, in bytes; kept of rejected sets, 0 of others.
    pub start: u64,
    /// Errors in it, kept or only counted.
    pub errors: u64,
    /// IK502 codes of the set as a whole; true for the implementation codes.
    pub codes: Vec<(bool, u8)>,
}

impl SetReport {
    /// Whether nothing rejects the set: no error in it, and no version that is refused as a whole.
    pub fn is_accepted(&self) -> bool {
        self.errors == 0 && self.coverage != Coverage::Refused
    }
}

impl Checked {
    /// The separators of the interchange that a segment stands in.
    pub(crate) fn delimiters_at(&self, ordinal: u64) -> Delimiters {
        let interchange = self.interchanges.iter().rev().find(|interchange| interchange.ordinal <= ordinal);
        interchange.map_or_else(Delimiters::default, |interchange| interchange.delimiters)
    }

    /// Every set with its group and interchange.
    pub fn sets(&self) -> impl Iterator<Item = (&InterchangeReport, &GroupReport, SetReport)> {
        self.interchanges.iter().flat_map(|interchange| {
            interchange.groups.iter().flat_map(move |group| group.sets.iter().map(move |set| (interchange, group, set)))
        })
    }
}
