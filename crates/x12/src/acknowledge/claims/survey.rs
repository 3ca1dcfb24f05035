//! Reads claim files ahead: what a set holds in all, and its billing providers one by one.
//!
//! Counts and sums; writes nothing.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::reading::{ReadClaim, Reading, opens_provider};
use crate::acknowledge::AcknowledgedFile;
use crate::amount::Amount;
use crate::check::{Checked, InterchangeReport, SetReport};
use crate::document::Passing;
use crate::problem::{Problem, Severity};
use crate::segment::Segment;
use crate::transactions::{Name, QualifiedAmount, QualifiedQuantity};

/// What the check knows of a set.
pub(super) struct Known<'c> {
    pub problems: &'c [Problem],
    /// All its errors were kept.
    pub is_all: bool,
}

impl<'c> Known<'c> {
    pub fn of(checked: &'c Checked, set: &SetReport) -> Self {
        let is_detailed = set.start > 0;
        // Of an accepted set the check keeps only where it begins, and it may have warnings only.
        let problems = if is_detailed { checked.problems.between(set.ordinals.0, set.ordinals.1) } else { &[] };
        let kept = problems.iter().filter(|problem| problem.severity == Severity::Error).count() as u64;
        Self { problems, is_all: kept >= set.errors }
    }

    /// The problems that show at a segment.
    pub fn at(&self, ordinal: u64) -> &'c [Problem] {
        let from = self.problems.partition_point(|problem| problem.ordinal < ordinal);
        let to = self.problems.partition_point(|problem| problem.ordinal <= ordinal);
        &self.problems[from..to]
    }

    /// Whether nothing speaks against a claim.
    pub fn takes(&self, claim: &ReadClaim) -> bool {
        claim.faults.is_empty() && self.is_all
    }
}

/// Reads an interchange, from set to set.
pub(super) struct Cursor<'f> {
    pub passing: Passing<Box<dyn Read + 'f>>,
    /// The ordinal of its first segment.
    pub base: u64,
    /// Nothing more can be read.
    is_over: bool,
}

/// What a set holds in all.
pub(super) struct Survey {
    /// After its last segment.
    pub reading: Reading,
    /// The first billing provider.
    pub first: Name<'static>,
    pub totals: Totals,
    /// Of the providers in order, the next of them.
    pub providers: VecDeque<Totals>,
}

impl<'f> Cursor<'f> {
    pub fn begin(file: AcknowledgedFile<'f>, interchange: &InterchangeReport) -> io::Result<Self> {
        let passing = Passing::begin_at_interchange(file.read_from(interchange.start)?, interchange.start)?;
        Ok(Self { passing, base: interchange.ordinal, is_over: false })
    }

    /// Reads a set to its end and sums its claims; none where it has no end.
    pub fn survey(&mut self, set: &SetReport, known: &Known<'_>, most: usize) -> io::Result<Option<Survey>> {
        let mut sums = Sums::from(Reading::default(), most);
        let mut providers = VecDeque::new();
        while !self.is_over {
            let passed = match self.passing.next() {
                Ok(passed) => passed,
                // A segment too long to be read: the check ended there, too.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
                Err(error) => return Err(error),
            };
            let Some(passed) = passed else {
                self.is_over = true;
                break;
            };
            let (ordinal, segment) = (self.base + passed.index as u64, passed.segment());
            if ordinal < set.ordinals.0 {
                continue;
            }
            if ordinal == set.ordinals.0 && !segment.is("ST") {
                return Ok(None);
            }
            if sums.step(&segment, known, ordinal, &mut providers) {
                let first = sums.first.unwrap_or_default();
                return Ok(Some(Survey { reading: sums.reading, first, totals: sums.all, providers }));
            }
        }
        Ok(None)
    }
}

/// Sums the claims of the providers that follow.
pub(super) struct Sums {
    pub reading: Reading,
    first: Option<Name<'static>>,
    /// Of the provider at hand; before the first, of the claims that stand there: they count as its own.
    open: Option<(Totals, bool)>,
    all: Totals,
    most: usize,
}

impl Sums {
    pub fn from(reading: Reading, most: usize) -> Self {
        Self { reading, first: None, open: None, all: Totals::default(), most }
    }

    /// Takes a segment; whether it ends the set.
    pub fn step(
        &mut self,
        segment: &Segment<'_>,
        known: &Known<'_>,
        ordinal: u64,
        providers: &mut VecDeque<Totals>,
    ) -> bool {
        let before = self.reading.ended_by(segment);
        self.count(before.as_ref(), known);
        if opens_provider(segment) {
            let (totals, has_begun) = self.open.take().unwrap_or_default();
            if has_begun {
                self.close(totals, providers);
                self.open = Some((Totals::default(), true));
            } else {
                self.open = Some((totals, true));
            }
        }
        let last = self.reading.take(segment, known.at(ordinal));
        self.count(last.as_ref(), known);
        if self.first.is_none() && !self.reading.provider.role.is_empty() {
            self.first = Some(self.reading.provider.clone());
        }
        let is_end = segment.is("SE");
        if is_end && let Some((totals, true)) = self.open.take() {
            self.close(totals, providers);
        }
        is_end
    }

    fn count(&mut self, claim: Option<&ReadClaim>, known: &Known<'_>) {
        if let Some(claim) = claim {
            let (totals, _) = self.open.get_or_insert_default();
            totals.count(claim.charge, known.takes(claim));
        }
    }

    fn close(&mut self, totals: Totals, providers: &mut VecDeque<Totals>) {
        self.all.add(&totals);
        if providers.len() < self.most {
            providers.push_back(totals);
        }
    }
}

/// Claims and charges, taken and sent back.
#[derive(Default)]
pub(super) struct Totals {
    accepted: (u32, Amount),
    rejected: (u32, Amount),
}

impl Totals {
    fn count(&mut self, charge: Amount, is_accepted: bool) {
        let side = if is_accepted { &mut self.accepted } else { &mut self.rejected };
        *side = (side.0 + 1, side.1 + charge);
    }

    fn add(&mut self, other: &Self) {
        for (side, more) in [(&mut self.accepted, other.accepted), (&mut self.rejected, other.rejected)] {
            *side = (side.0 + more.0, side.1 + more.1);
        }
    }

    pub fn charges(&self) -> Amount {
        self.accepted.1 + self.rejected.1
    }

    pub fn claims(&self) -> u32 {
        self.accepted.0 + self.rejected.0
    }

    /// QTY and AMT of the sides that have claims; a provider's quantities have other qualifiers than a receiver's.
    pub fn told(
        &self,
        accepted: &'static str,
        rejected: &'static str,
    ) -> (Vec<QualifiedQuantity<'static>>, Vec<QualifiedAmount<'static>>) {
        let sides = [(self.accepted, accepted, "YU"), (self.rejected, rejected, "YY")];
        let there = || sides.iter().filter(|((count, _), ..)| *count > 0);
        (
            there().map(|((count, _), quantity, _)| QualifiedQuantity::new(*quantity, count.to_string())).collect(),
            there().map(|((_, sum), _, amount)| QualifiedAmount::new(*amount, *sum)).collect(),
        )
    }
}
