//! What guides demand beyond places and elements: sums that balance, what one segment demands of another.
//!
//! One file for each kind of set. A rule whose input is already faulty is not asked: one slip gives one problem.

mod acknowledgment_999;
mod catalogue;
mod claim_837;
mod claim_acknowledgment_277;
pub(crate) mod language;
mod loaded;
mod other_payers;
mod parts;
mod remittance_835;
mod situations;

pub use catalogue::{RuleInfo, catalogue, coverage_page};
pub use loaded::Rules;

use crate::amount::Amount;
use crate::check::cells::Cells;
use crate::check::element::Outcome;
use crate::check::memo::UNKNOWN_VARIANT;
use crate::check::sink::Sink;
use crate::guide::{Entry, Guide, Loop, RULES, Tag};
use crate::problem::Snip;
use crate::rules::claim_837::Form;
use crate::rules::language::tables::Tables;
use crate::rules::situations::Situations;

/// The rules of a set, told of each segment that found its place and of each loop that closes.
pub(crate) trait SetRules {
    /// A segment; `clean` when none of its elements is faulty.
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>);
    /// A loop closes, innermost first; the set itself has the empty id.
    fn close(&mut self, loop_id: &'static str, cells: &Cells<'_>, sink: &mut Sink<'_>);
    /// The structure is faulty here: sums over the open claim or payment mean nothing.
    fn broken(&mut self);
}

/// All that judges a set beyond places and elements.
pub(crate) struct Judges {
    written: Box<dyn SetRules>,
    situations: Vec<Situations>,
}

impl Judges {
    /// Those of a guide, and those loaded for it; rules as data are situations, and nobody asks them who wants none.
    pub fn of(guide: &Guide, loaded: &[&'static Tables], up_to: Snip) -> Self {
        let is_mine = |tables: &&'static Tables| {
            up_to >= Snip::Situation
                && tables.set_id == guide.set_id
                && guide.versions.contains(&tables.version)
                && guide.is_headed(tables.heading)
        };
        let tables = RULES.iter().chain(loaded.iter().copied()).filter(is_mine);
        let situations = tables.map(Situations::new).collect();
        Self { written: of(guide.set_id, guide.versions[0], up_to), situations }
    }

    /// None: for reading without judging.
    pub fn none() -> Self {
        Self { written: Box::new(NoRules), situations: Vec::new() }
    }

    /// A segment, with what was found of its elements; `variant` is what [`Judges::variant`] gave for it.
    #[inline(always)]
    pub fn segment(&mut self, entry: &Entry, variant: u8, cells: &Cells<'_>, outcome: Outcome, sink: &mut Sink<'_>) {
        if entry.rules.tag != Tag::None {
            self.written.segment(entry.rules.tag, cells, outcome.clean, sink);
        }
        if let [own, loaded @ ..] = self.situations.as_mut_slice() {
            own.segment(entry.number, variant, cells, outcome, sink);
            for situations in loaded {
                situations.segment(entry.number, UNKNOWN_VARIANT, cells, outcome, sink);
            }
        }
    }

    /// Which variant of the guide's rules looks at an entry's segments with this first element, so that the same need
    /// not be sought again; without one, where it is not known.
    pub fn variant(&self, entry: &Entry, first: Option<u64>) -> u8 {
        self.situations.first().map_or(UNKNOWN_VARIANT, |own| own.variant(entry.number, first))
    }

    /// A loop closes and another of its kind opens.
    pub fn reopen(&mut self, table: &Loop, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        self.written.close(table.id, cells, sink);
        for situations in &mut self.situations {
            situations.reopen(table.number, sink);
        }
    }

    /// A loop opens.
    pub fn open(&mut self, table: &Loop) {
        for situations in &mut self.situations {
            situations.open(table.number);
        }
    }

    /// A loop closes, innermost first.
    pub fn close(&mut self, table: &Loop, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        self.written.close(table.id, cells, sink);
        for situations in &mut self.situations {
            situations.close(table.number, sink);
        }
    }

    /// The structure is faulty here.
    pub fn broken(&mut self) {
        self.written.broken();
        for situations in &mut self.situations {
            situations.broken();
        }
    }
}

/// The written rules of a guide, as far as anybody wants them.
fn of(set_id: &str, version: &str, up_to: Snip) -> Box<dyn SetRules> {
    match (set_id, version) {
        ("837", _) if up_to < Snip::Balance => Box::new(claim_837::AddressRules),
        _ if up_to < Snip::Balance => Box::new(NoRules),
        ("837", "005010X222A1") => Box::new(claim_837::ClaimRules::new(Form::Professional)),
        ("837", "005010X223A2") => Box::new(claim_837::ClaimRules::new(Form::Institutional)),
        ("837", _) => Box::new(claim_837::ClaimRules::new(Form::Dental)),
        ("835", _) => Box::new(remittance_835::RemittanceRules::default()),
        ("277", "005010X214") => Box::new(claim_acknowledgment_277::ClaimAcknowledgmentRules::default()),
        ("999", _) => Box::new(acknowledgment_999::AcknowledgmentRules::default()),
        _ => Box::new(NoRules),
    }
}

/// A guide whose data says everything.
struct NoRules;

impl SetRules for NoRules {
    fn segment(&mut self, _: Tag, _: &Cells<'_>, _: bool, _: &mut Sink<'_>) {}
    fn close(&mut self, _: &'static str, _: &Cells<'_>, _: &mut Sink<'_>) {}
    fn broken(&mut self) {}
}

/// A whole number of up to nine digits.
fn whole_number(value: &[u8]) -> Option<u32> {
    let is_number = (1..=9).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    is_number.then(|| value.iter().fold(0, |number, byte| number * 10 + u32::from(byte - b'0')))
}

/// The amount in an element; zero where it is empty, None where it cannot be read as cents.
fn amount(value: &[u8]) -> Option<Amount> {
    if value.is_empty() { Some(Amount::ZERO) } else { Amount::parse(value).ok() }
}

/// The amount in an element of the segment whose elements were checked last.
#[inline]
fn amount_at(n: usize, cells: &Cells<'_>, sink: &Sink<'_>) -> Option<Amount> {
    sink.decimals.get(n).or_else(|| amount(cells.get(n)))
}

/// The elements of a CAS segment that hold its amounts: 3, 6, 9, 12, 15, 18, as far as they are there.
fn adjusted_elements(cells: &Cells<'_>) -> impl Iterator<Item = usize> {
    let last = cells.len().min(18);
    std::iter::successors(Some(3), |n| Some(n + 3)).take_while(move |n| *n <= last)
}

/// The sum of the amounts of a CAS segment whose elements were checked last.
fn adjustments(cells: &Cells<'_>, sink: &Sink<'_>) -> Option<Amount> {
    adjusted_elements(cells).try_fold(Amount::ZERO, |total, n| total.checked_add(amount_at(n, cells, sink)?))
}
