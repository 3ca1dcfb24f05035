//! A problem found in a file: where it is, which code an acknowledgment gives it, what to do about it.
//!
//! Never holds data of the file: people's names and diagnoses stay out of every text made here.

use std::fmt;
use std::ops::Range;

use crate::segment::SegmentId;

/// Problems beyond this many are counted, not kept: one systematic defect in a file of a million claims
/// must not fill the memory, and nobody reads further.
pub const MAX_KEPT_PROBLEMS: usize = 1000;

/// The WEDI SNIP type of the test that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Snip {
    /// 1: the syntax of the standard.
    Syntax,
    /// 2: the implementation guide.
    Guide,
    /// 3: sums that must balance.
    Balance,
    /// 4: what one segment demands of another.
    Situation,
    /// 5: external code sets.
    CodeSet,
    /// 6: what a kind of service demands.
    Service,
    /// 7: what one payer or partner demands.
    Partner,
}

impl Snip {
    /// The number of the type.
    pub const fn number(self) -> u8 {
        match self {
            Self::Syntax => 1,
            Self::Guide => 2,
            Self::Balance => 3,
            Self::Situation => 4,
            Self::CodeSet => 5,
            Self::Service => 6,
            Self::Partner => 7,
        }
    }

    /// The type with a number; rules have none but these.
    pub(crate) const fn of(number: u8) -> Self {
        match number {
            1 => Self::Syntax,
            2 => Self::Guide,
            3 => Self::Balance,
            5 => Self::CodeSet,
            6 => Self::Service,
            7 => Self::Partner,
            _ => Self::Situation,
        }
    }
}

/// Whether a problem stops the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file is accepted; its sender should mend this.
    Warning,
    /// The claim, set, group or interchange is rejected.
    Error,
}

impl Severity {
    /// `warning` or `error`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The code an acknowledgment carries for a problem, in the words of the conformance cases (`IK403=7`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Not X12 at all: no acknowledgment can be made.
    NotX12,
    /// TA105, the interchange note.
    Interchange(u8),
    /// AK905, the functional group.
    Group(u8),
    /// IK502, the transaction set; true for the implementation codes `I…`.
    Set(bool, u8),
    /// IK304, the segment.
    Segment(bool, u8),
    /// IK403, the element.
    Element(bool, u8),
    /// The HL hierarchy.
    Hierarchy,
    /// A sum that does not balance.
    Balance,
    /// A situational rule.
    Situation,
    /// An external code set.
    CodeSet,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let implementation = |flag: &bool| if *flag { "I" } else { "" };
        match self {
            Self::NotX12 => f.write_str("ERROR"),
            Self::Interchange(note) => write!(f, "TA105={note:03}"),
            Self::Group(code) => write!(f, "AK905={code}"),
            Self::Set(own, code) => write!(f, "IK502={}{code}", implementation(own)),
            Self::Segment(own, code) => write!(f, "IK304={}{code}", implementation(own)),
            Self::Element(own, code) => write!(f, "IK403={}{code}", implementation(own)),
            Self::Hierarchy => f.write_str("HL"),
            Self::Balance => f.write_str("BAL"),
            Self::Situation => f.write_str("SIT"),
            Self::CodeSet => f.write_str("CODE"),
        }
    }
}

/// One problem, a fixed record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which kind of test failed.
    pub snip: Snip,
    /// Whether it rejects.
    pub severity: Severity,
    /// The acknowledgment's code for it.
    pub code: Code,
    /// The segment it is about; for a missing one, the id that is missed.
    pub segment: SegmentId,
    /// Where that segment stands in the file, counted from 0; for a missing one, where its absence was seen.
    pub ordinal: u64,
    /// The loop by the guide's name; empty in the envelope.
    pub loop_id: &'static str,
    /// The element, counted from 1; 0 when the segment as a whole is meant.
    pub element: u8,
    /// The component, counted from 1; 0 when the element as a whole is meant.
    pub component: u8,
    /// The repetition, counted from 1; 0 when the element does not repeat.
    pub repetition: u16,
    /// The bytes of the file that are meant.
    pub span: (u64, u32),
    /// The rule that was broken, a stable id.
    pub rule: &'static str,
    /// What is wrong, as a sentence without data.
    pub message: &'static str,
    /// What to do about it, one sentence.
    pub remedy: &'static str,
}

impl Problem {
    /// The bytes of the file that are meant.
    pub fn bytes(&self) -> Range<usize> {
        let from = self.span.0 as usize;
        from..from + self.span.1 as usize
    }

    /// Where in the file, in the words billers use: "CLM05-3", "2400 REF", "ISA".
    pub fn place(&self) -> String {
        let mut place = String::new();
        if !self.loop_id.is_empty() {
            place.push_str(self.loop_id);
            place.push(' ');
        }
        place.push_str(&self.segment.to_string());
        if self.element > 0 {
            place.push_str(&format!("{:02}", self.element));
            if self.component > 0 {
                place.push_str(&format!("-{}", self.component));
            }
        }
        place
    }

    /// The problem as one sentence with its place.
    pub fn text(&self) -> String {
        format!("{}: {}", self.place(), self.message)
    }
}

/// The problems of a file: the first of them kept, all of them counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    kept: Vec<Problem>,
    errors: u64,
    warnings: u64,
}

impl Problems {
    /// Adds one; past the limit it is only counted.
    pub fn push(&mut self, problem: Problem) {
        self.count(problem.severity);
        if self.kept.len() < MAX_KEPT_PROBLEMS {
            self.kept.push(problem);
        }
    }

    /// Counts one that is not kept.
    pub(crate) fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
    }

    /// Adds those that were found in a later part of the file.
    pub(crate) fn append(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        let room = MAX_KEPT_PROBLEMS - self.kept.len();
        self.kept.extend(other.kept.into_iter().take(room));
    }

    /// Puts them in the order of the file: some are only known when a loop closes.
    pub(crate) fn sort_by_place(&mut self) {
        self.kept.sort_by_key(|problem| (problem.ordinal, problem.element));
    }

    /// Those that were kept, in the order of the file.
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// Those kept of the segments from one ordinal to another, both included.
    pub(crate) fn between(&self, first: u64, last: u64) -> &[Problem] {
        let from = self.kept.partition_point(|problem| problem.ordinal < first);
        let to = self.kept.partition_point(|problem| problem.ordinal <= last);
        self.kept.get(from..to).unwrap_or(&[])
    }

    /// Counts those that were told of already.
    pub(crate) fn count_told(&mut self, told: &Self) {
        self.errors += told.errors;
        self.warnings += told.warnings;
    }

    /// How many errors there were, kept or not.
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// How many warnings there were, kept or not.
    pub fn warnings(&self) -> u64 {
        self.warnings
    }

    /// How many were counted but not kept.
    pub fn dropped(&self) -> u64 {
        self.errors + self.warnings - self.kept.len() as u64
    }
}
