//! Compiled rules: what to look at in which segment, which bit it sets, which bits together break a rule.
//!
//! Plain data; `src/rules/situations.rs` walks it.

/// No position or slot.
pub const NONE: u16 = u16::MAX;

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Equal,
}

/// How a value is compared with a kept one: days by the calendar, amounts by size, the rest byte by byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    Before,
    After,
    Same,
    Differs,
    Over,
    Under,
}

/// How a value is kept for comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    Day,
    Whole,
    Number,
}

/// What is asked of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// The segment, or the value, is there.
    Present,
    /// The packed value lies in one of these ranges, ends included.
    In(&'static [(u64, u64)]),
    /// It is there and lies in none.
    NotIn(&'static [(u64, u64)]),
    /// One of these texts, for values of more than eight bytes.
    Text(&'static [&'static str]),
    /// A number against a constant in thousandths.
    Number(Order, i64),
    /// A number against the number in another element of the segment.
    NumberOf(Order, u8),
    /// The first eight bytes, as a day, against a constant.
    Day(Against, u64),
    /// The value against one kept earlier.
    Kept(Against, u16),
    /// The value has one of these shapes: `9` digit, `A` letter, `X` either, `*` anything more.
    Shape(&'static [&'static str]),
    /// It has none of them.
    NoShape(&'static [&'static str]),
    /// The segment came more often than this within its owner; counted in a slot.
    MoreThan(u16, u16),
    /// Sets no bit: keeps the value in a slot.
    Keep(u16, Kept),
}

/// One thing to look at in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observe {
    /// Elements `first`, `first + step` … `last`; 0 for the segment as a whole.
    pub first: u8,
    pub last: u8,
    pub step: u8,
    /// The component, 0 for the whole element.
    pub component: u8,
    /// Of a range of days, its end.
    pub end: bool,
    pub test: Test,
    /// Only where this element and component has one of these codes; element 0 for always.
    pub guard: Guard,
    /// The bit to set.
    pub fact: u16,
    /// Where to keep the position, or [`NONE`].
    pub place: u16,
}

/// Words of the bit set with the bits meant.
pub type Words = &'static [(u8, u64)];

/// What is set by one thing that was seen. Tables are kept small: those of a claim shall stay in the first cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The bits of one word, which are nearly always all; none where nothing is set.
    pub bits: u64,
    /// Anything else.
    pub more: Option<&'static More>,
    pub word: u8,
}

/// What is set besides the bits of one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct More {
    /// The bits of other words.
    pub words: Words,
    /// Where its position is kept.
    pub places: &'static [u16],
}

/// Codes from `low` to `high`, ends included, and what they set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRange {
    pub low: u64,
    pub high: u64,
    pub marks: Marks,
}

/// How a value must stand to a kept one to set something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    pub against: Against,
    /// Of a range of days, its end.
    pub end: bool,
    pub marks: Marks,
}

/// A value against one kept earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compare {
    /// Where the kept value stands.
    pub value: u16,
    pub comparisons: &'static [Comparison],
}

/// How elements or components are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing is asked but whether the whole element is there.
    Presence,
    /// One whole element.
    Whole,
    /// Several whole elements, of which nothing is asked but the code, and the filter tells most others.
    Codes,
    /// Several elements or components of them.
    Each,
    /// Components of one element.
    Parts,
}

/// All that is asked of one element or component.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The first of the elements.
    pub first: u8,
    /// 0 for the whole element.
    pub component: u8,
    /// The elements of which one must be there, as bits by position; all bits where they lie past the thirtieth.
    pub there: u32,
    pub way: Way,
    /// How many of the looks that follow are at later components of the same element.
    pub further: u8,
    /// Set by any value.
    pub present: Marks,
    /// Sorted; no two share a code.
    pub codes: &'static [CodeRange],
    /// Where each of the ranges is one code, a bit for each, by [`bit_of`]: a code without one lies in none of them.
    /// All bits where they are not.
    pub filter: u64,
    /// What is asked but presence and codes.
    pub more: Option<&'static Questions>,
}

/// What is asked of a value besides its presence and its code.
#[derive(Debug, Clone, Copy)]
pub struct Questions {
    /// The slots that are compared with, by word, and the first of `compares` that belongs to one of the word.
    pub wanted: &'static [(u8, u64, u16)],
    /// One for each wanted slot, in their order.
    pub compares: &'static [Compare],
    /// Everything else.
    pub observes: &'static [Observe],
}

/// A value to keep.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    pub guard: Guard,
    /// The elements of which the last that is there is kept, as bits by position.
    pub there: u32,
    pub component: u8,
    pub kept: Kept,
    /// Of a range of days, its end.
    pub end: bool,
    /// Where the value is kept.
    pub value: u16,
    /// The slots that hold it: they differ in when they are forgotten.
    pub slots: Words,
}

/// A segment that sets something when it came more often than `most` within its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub most: u16,
    pub slot: u16,
    pub marks: Marks,
}

/// A code that an element or component must have: its number, the component, the ranges; element 0 for no such demand.
pub type Guard = (u8, u8, &'static [(u64, u64)]);

/// What is looked at where a guard lets it.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    pub guard: Guard,
    /// Set by the segment, whatever it holds.
    pub present: Marks,
    pub counts: &'static [Count],
    /// The elements of which one must be there for any of the looks.
    pub there: u32,
    /// By element and component.
    pub looks: &'static [Look],
}

/// What of a rule is tested first: bits of one word that must be set, and bits of one that must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    pub word: u8,
    pub none_word: u8,
    /// Which of the rules.
    pub rule: u16,
    pub all: u64,
    pub none: u64,
}

/// Rules that are judged together.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// The bits that can set off a rule.
    pub leads: Words,
    /// One for each rule.
    pub triggers: &'static [Trigger],
    pub rules: &'static [Situation],
}

/// What is looked at in segments by their first element.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// The last first element, packed, that this is for; those before it have variants of their own.
    pub high: u64,
    pub groups: &'static [Group],
    /// Values to keep, after all was compared.
    pub keeps: &'static [Keeping],
}

/// What to do at an entry of the guide.
#[derive(Debug, Clone, Copy)]
pub struct EntryTable {
    /// Nothing is asked here.
    pub is_idle: bool,
    /// Bits that hold for one segment only.
    pub clear: Words,
    /// By the first element; none where nothing is looked at.
    pub variants: &'static [Variant],
    /// Rules of the segment itself.
    pub scope: Scope,
}

/// What to do with a loop.
#[derive(Debug, Clone, Copy)]
pub struct LoopTable {
    /// Bits that are forgotten when it opens, its own and those of the loops inside.
    pub clear: Words,
    pub clear_slots: Words,
    /// This loop and those inside it, by number.
    pub inside: u128,
    /// Rules judged when it closes.
    pub scope: Scope,
}

/// A rule: broken when all of `all` and none of `none` are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    pub id: &'static str,
    /// The SNIP type.
    pub snip: u8,
    pub is_warning: bool,
    pub message: &'static str,
    pub remedy: &'static str,
    /// The bit of `all` that sets it off: one that few files set, so that the rule is seldom asked.
    pub lead: u16,
    pub all: Words,
    pub none: Words,
    /// Where to point: a bit that must be set for it, its kept position.
    pub points: &'static [Point],
    /// Loops whose open instances it reads; faults there leave it unasked.
    pub reads: u128,
    /// The loop whose inside it reads as well, by number, or [`NONE`].
    pub reads_inside: u16,
    /// What sets it off: the places of its first condition that is no denial.
    pub causes: &'static [Cause],
}

/// A place whose value or presence sets a rule off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    /// The entry's number in the guide.
    pub entry: u16,
    /// Only where this element and component has one of these codes; element 0 for always.
    pub guard: (u8, u8, &'static [(u64, u64)]),
    /// Elements `first`, `first + step` … `last`; 0 for the segment or loop itself.
    pub first: u8,
    pub last: u8,
    pub step: u8,
    pub component: u8,
    /// The codes that set it off; empty for any value.
    pub codes: &'static [(u64, u64)],
}

/// Where a problem may point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub fact: u16,
    pub place: u16,
    /// The element to name instead of the observed one; 0 to leave it.
    pub element: u8,
    pub component: u8,
    pub loop_id: &'static str,
}

/// The rules of a guide.
#[derive(Debug, Clone, Copy)]
pub struct Tables {
    pub set_id: &'static str,
    pub version: &'static str,
    /// BHT02 of the guide, where several have the set and version; else empty.
    pub heading: &'static str,
    pub slots: usize,
    pub places: usize,
    /// By an entry's number in the guide.
    pub entries: &'static [EntryTable],
    /// By a loop's number in the guide.
    pub loops: &'static [LoopTable],
}

/// A thing of the guide that a rule decides on, or the reason why none does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// The rule's id, or the reason.
    pub by: &'static str,
    pub is_rule: bool,
    /// The entry's number in the guide.
    pub entry: u16,
    /// Elements `first`, `first + step` … `last`; 0 for the segment or loop itself.
    pub first: u8,
    pub last: u8,
    pub step: u8,
    pub component: u8,
}

/// The bit of a packed code in a filter.
#[inline(always)]
pub const fn bit_of(packed: u64) -> u64 {
    // Odd, with its bits spread: its product's highest bits depend on all bytes of the code.
    1 << (packed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
}
