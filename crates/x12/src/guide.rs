//! The compiled guides: const tables made from `guides/` when the crate is built.
//!
//! Holds data only. [`crate::check`] walks it; nothing here is written by hand except the shapes.

use crate::codes::CodeList;
#[allow(unused_imports)] // The tables use what the rules at hand need.
use crate::rules::language::tables::{
    Against, Cause, CodeRange, Compare, Comparison, Count, Cover, EntryTable, Group, Keeping, Kept, Look, LoopTable,
    Marks, More, Observe, Order, Point, Questions, Scope, Situation, Tables, Test, Trigger, Variant, Way,
};

/// How a guide uses an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    NotUsed,
    Situational,
    Required,
}

/// What an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Code,
    Whole,
    Decimal,
    Date,
    Time,
    /// A date in the form that a neighbour names (D8, RD8, DT, TM …).
    Dated,
    Composite,
    /// Octets, as many as the element before them says.
    Binary,
}

/// How a value is found to be in form at once; whatever is not is looked at closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quick {
    /// Any text of a fitting length.
    Length,
    /// The one code there is.
    OneCode,
    /// One of few codes.
    FewCodes,
    /// One of many codes.
    ManyCodes,
    /// Digits.
    Whole,
    /// Digits with at most one point and two decimals.
    Decimal,
    /// A day of eight digits.
    Day,
    /// The same, where a neighbour says so.
    Dated,
    /// A text of a fitting length that a list outside the guide may hold.
    Listed,
    /// Parts, each in its form.
    Composite,
    /// Never at once.
    No,
}

/// A list outside the guide that an element's value must stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outside {
    pub list: CodeList,
    /// Only where the neighbour at this place has one of these codes; 0 for always.
    pub only_if_at: u8,
    pub only_if: &'static [u64],
}

/// One element or component of a segment in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    /// The data element's number in the standard; 0 for a composite.
    pub number: u16,
    pub usage: Usage,
    pub kind: Kind,
    pub quick: Quick,
    pub min: u16,
    pub max: u16,
    /// Where the form of a [`Kind::Dated`] stands.
    pub form_at: u8,
    pub repeats: u16,
    /// Packed and sorted; empty for any.
    pub codes: &'static [u64],
    pub outside: Option<&'static Outside>,
    pub components: &'static [Element],
    /// The last component that must be there.
    pub least_components: u8,
}

/// A condition between elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationKind {
    Paired,
    AtLeastOne,
    AtMostOne,
    Conditional,
    ListConditional,
}

/// A condition with the elements it joins, as bits by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relation {
    pub kind: RelationKind,
    pub first: u8,
    pub places: u32,
}

/// What a guide says of a segment in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    pub tag: Tag,
    pub standard_length: u8,
    /// The elements that must be there, as bits by position.
    pub required: u32,
    /// Those of `elements` that must not be there.
    pub not_used: u32,
    pub elements: &'static [Element],
    pub relations: &'static [Relation],
    /// Elements of which one must be there for a relation to be broken, as bits by position; the lowest bit for a
    /// relation that an empty segment breaks.
    pub related: u32,
    /// Those of relations that can be broken though all elements are there that the guide requires.
    pub related_in_guide: u32,
}

/// A place in a loop: a segment, or a nested loop by its first segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Counted through all loops of the guide.
    pub number: u16,
    pub segment: u32,
    /// Entries of one group come in any order; groups come one after the other.
    pub group: u8,
    /// The bits of the entries before its group.
    pub before: u64,
    pub max: u16,
    /// Its bit among the entries of its loop.
    pub bit: u64,
    /// Takes the segment where its qualifier is known to no entry.
    pub takes_unknown: bool,
    /// Element and component (0 for the whole) that tell this entry from others; element 0 for none.
    pub qualifier_at: (u8, u8),
    pub qualifiers: &'static [u64],
    /// The whole first element tells, and nothing else is asked of it.
    pub is_told: bool,
    pub rules: &'static Rules,
    /// The nested loop, or `u16::MAX`.
    pub child: u16,
}

/// A loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loop {
    /// Its index in the guide.
    pub number: u16,
    pub id: &'static str,
    pub label: &'static str,
    pub entries: &'static [Entry],
    /// The segment ids that have a place here, and for each the entries that may take it.
    pub ids: &'static [u32],
    pub places: &'static [&'static [u8]],
    /// Bits of the entries that must occur.
    pub required: u64,
    /// Bits of the entries that must occur where no HL level stands below.
    pub required_in_leaf: u64,
}

/// A guide; loop 0 is the set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guide {
    pub set_id: &'static str,
    pub versions: &'static [&'static str],
    pub label: &'static str,
    /// What BHT02 says in this message, where another guide has the same set and version.
    pub heading: &'static [u64],
    pub loops: &'static [Loop],
}

include!(concat!(env!("OUT_DIR"), "/guides.rs"));

impl Loop {
    /// The entries that may take a segment id.
    pub fn entries_for(&self, id: u32) -> &'static [u8] {
        self.ids.iter().position(|segment| *segment == id).map_or(&[], |at| self.places[at])
    }
}

/// A code of up to eight bytes as one integer; longer ones give a value that no list holds.
#[inline]
pub(crate) fn packed_code(code: &[u8]) -> u64 {
    match code {
        [] => 0,
        [first] => u64::from(*first) << 56,
        [first, second] => u64::from(*first) << 56 | u64::from(*second) << 48,
        _ if code.len() > 8 => u64::MAX,
        _ => {
            // Codes are short: a loop beats a call to copy them.
            let packed = code.iter().fold(0_u64, |packed, byte| packed << 8 | u64::from(*byte));
            packed << (8 * (8 - code.len()))
        }
    }
}

/// [`packed_code`] of the bytes of a block from `from` to before `to`.
#[inline]
pub(crate) fn packed_at(block: &[u8], from: usize, to: usize) -> u64 {
    packed_within(block, from, to - from)
}

/// [`packed_code`] of so many bytes of a block: one load where eight bytes are at hand.
#[inline(always)]
pub(crate) fn packed_within(block: &[u8], from: usize, length: usize) -> u64 {
    match block.get(from..from.wrapping_add(8)).and_then(<[u8]>::first_chunk::<8>) {
        // A length of none wraps to the greatest.
        Some(bytes) if length.wrapping_sub(1) < 8 => u64::from_be_bytes(*bytes) & u64::MAX << (64 - 8 * length),
        _ => packed_code(&block[from..from + length]),
    }
}

/// Whether a list holds a code.
pub(crate) fn holds(codes: &[u64], code: &[u8]) -> bool {
    holds_packed(codes, packed_code(code))
}

/// Whether a list holds a packed code.
#[inline]
pub(crate) fn holds_packed(codes: &[u64], packed: u64) -> bool {
    if codes.len() <= 8 { codes.contains(&packed) } else { codes.binary_search(&packed).is_ok() }
}

/// The guide for a transaction set.
pub(crate) fn find(set_id: &str, version: &str) -> Option<&'static Guide> {
    GUIDES.iter().find(|guide| guide.set_id == set_id && guide.versions.contains(&version))
}

/// The guide of a set and version; where several have them, the one whose heading (BHT02) may be this.
pub(crate) fn find_headed(set_id: &str, version: &str, heading: &str) -> Option<&'static Guide> {
    let mut named = GUIDES.iter().filter(|guide| guide.set_id == set_id && guide.versions.contains(&version));
    named.find(|guide| guide.is_headed(heading))
}

impl Guide {
    /// Whether tables for a guide of this heading are for this one; the empty one stands for guides without.
    pub(crate) fn is_headed(&self, heading: &str) -> bool {
        if heading.is_empty() { self.heading.is_empty() } else { holds(self.heading, heading.as_bytes()) }
    }
}

/// The guide of the same set and version that the heading (BHT02) speaks of, where there are several; where it speaks
/// of none, the one whose rules it breaks least.
pub(crate) fn by_heading(
    guide: &'static Guide,
    heading: &[u8],
    faults: impl Fn(&'static Guide) -> u64,
) -> &'static Guide {
    if guide.heading.is_empty() {
        return guide;
    }
    let same = || GUIDES.iter().filter(|other| other.set_id == guide.set_id && other.versions == guide.versions);
    same()
        .find(|other| holds(other.heading, heading))
        .or_else(|| same().min_by_key(|other| faults(other)))
        .unwrap_or(guide)
}

/// Our short name of a data element; empty where it has none.
pub(crate) fn label_of(number: u16) -> &'static str {
    LABELS.binary_search_by_key(&number, |(known, _)| *known).map_or("", |at| LABELS[at].1)
}

/// Whether a segment id is one of the standard's that some guide uses.
pub(crate) fn is_known_segment(id: u32) -> bool {
    KNOWN_SEGMENTS.binary_search(&id).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guide_of_the_skeleton_is_there() {
        for (set, version) in [
            ("837", "005010X222A1"),
            ("837", "005010X222A2"),
            ("835", "005010X221A1"),
            ("999", "005010X231A1"),
            ("277", "005010X214"),
            ("276", "005010X212"),
            ("277", "005010X212"),
            ("270", "005010X279A1"),
            ("271", "005010X279A1"),
            ("837", "005010X223A1"),
            ("837", "005010X223A2"),
            ("837", "005010X223A3"),
            ("837", "005010X224A2"),
            ("837", "005010X224A3"),
            ("278", "005010X217"),
            ("275", "005010X210"),
            ("275", "006020X314"),
        ] {
            assert!(find(set, version).is_some(), "{set} {version}");
        }
    }

    #[test]
    fn lists_are_sorted_so_that_they_can_be_searched() {
        for guide in &GUIDES {
            for entry in guide.loops.iter().flat_map(|found| found.entries) {
                for element in entry.rules.elements.iter().flat_map(|found| found.components.iter().chain([found])) {
                    assert!(element.codes.is_sorted(), "{} {:?}", guide.set_id, element);
                }
            }
        }
        assert!(KNOWN_SEGMENTS.is_sorted());
    }
}
