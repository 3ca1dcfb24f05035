//! Judges situational rules: keeps a bit for each fact that a rule asks of, and tests masks where a segment or loop ends.
//!
//! Allocates when a set begins and never after; reads no text of rules.

use std::cmp::Ordering;

use crate::amount::plain_cents;
use crate::check::cells::{At, Cells};
use crate::check::decimals::Decimals;
use crate::check::element::Outcome;
use crate::check::sink::{Rule, Sink};
use crate::date::is_eight_digits;
use crate::guide::{packed_at, packed_code, packed_within};
use crate::problem::{Code, Snip};
use crate::rules::language::tables::{
    Against, CodeRange, Compare, Count, EntryTable, Group, Guard, Keeping, Kept, Look, Marks, More, NONE, Observe,
    Order, Questions, Scope, Situation, Tables, Test, Words,
};
use crate::rules::parts::Parts;

/// Ranges of codes that are gone through one after the other.
const FEW_RANGES: usize = 6;

/// As many words as a byte counts, so that none is past the end.
type Bits = [u64; 256];

/// The facts of an open set.
#[derive(Debug)]
pub(super) struct Situations {
    tables: &'static Tables,
    facts: Box<Bits>,
    /// Values kept for comparison and counts, and a bit for each that is there.
    slots: Vec<u64>,
    kept: Box<Bits>,
    places: Vec<At>,
    /// The open loops by number, outermost first.
    open: Vec<u16>,
    /// Loops whose newest instance has a fault itself.
    doubted: u128,
    /// Loops whose newest instance has a fault somewhere inside.
    doubted_inside: u128,
}

/// A segment that is looked at, with the amounts that were read when its elements were checked.
#[derive(Clone, Copy)]
struct Asked<'c, 'b> {
    cells: &'c Cells<'b>,
    decimals: &'c Decimals,
    /// A bit for each element that is there.
    present: u32,
}

/// A value that is looked at: where it stands in the block, and in which element and component.
#[derive(Clone, Copy)]
struct Seen<'c, 'b> {
    asked: Asked<'c, 'b>,
    element: u8,
    component: u8,
    from: usize,
    to: usize,
}

impl Asked<'_, '_> {
    /// A whole element as a decimal in thousandths.
    fn thousandths(&self, element: u8, value: &[u8]) -> Option<i64> {
        match self.decimals.get(usize::from(element)) {
            Some(amount) => amount.cents().checked_mul(10),
            None => thousandths(value),
        }
    }
}

impl<'b> Seen<'_, 'b> {
    fn value(&self) -> &'b [u8] {
        &self.asked.cells.block[self.from..self.to]
    }

    fn at(&self) -> At {
        let cells = self.asked.cells;
        let span = (cells.base + self.from as u64, self.to.wrapping_sub(self.from) as u32);
        At { element: self.element, component: self.component, span, ..cells.at() }
    }

    /// The value as a decimal in thousandths.
    fn thousandths(&self) -> Option<i64> {
        match self.component {
            0 => self.asked.thousandths(self.element, self.value()),
            _ => thousandths(self.value()),
        }
    }

    /// The value as it is kept for comparison.
    #[inline(always)]
    fn as_kept(&self, kept: Kept, end: bool) -> u64 {
        match kept {
            Kept::Day => day_of(self.value(), end),
            Kept::Whole => fingerprint(self.asked.cells.block, self.from, self.to),
            Kept::Number => self.thousandths().map_or(0, sortable),
        }
    }
}

impl Situations {
    pub fn new(tables: &'static Tables) -> Self {
        Self {
            tables,
            facts: Box::new([0; 256]),
            slots: vec![0; tables.slots],
            kept: Box::new([0; 256]),
            places: vec![At::default(); tables.places],
            open: vec![0],
            doubted: 0,
            doubted_inside: 0,
        }
    }

    /// A loop opens: what was known of the one before it is forgotten.
    pub fn open(&mut self, number: u16) {
        let table = &self.tables.loops[usize::from(number)];
        clear(&mut self.facts, table.clear);
        clear(&mut self.kept, table.clear_slots);
        self.doubted &= !table.inside;
        self.doubted_inside &= !table.inside;
        self.open.push(number);
    }

    /// A loop closes.
    pub fn close(&mut self, number: u16, sink: &mut Sink<'_>) {
        self.judge(&self.tables.loops[usize::from(number)].scope, sink);
        self.open.pop();
    }

    /// The structure is faulty around here.
    pub fn broken(&mut self) {
        for number in &self.open {
            self.doubted |= 1 << number;
            self.doubted_inside |= 1 << number;
        }
    }

    /// A segment in its place.
    #[inline]
    pub fn segment(&mut self, entry: u16, cells: &Cells<'_>, outcome: Outcome, sink: &mut Sink<'_>) {
        if !outcome.clean {
            self.doubt();
        }
        let table = &self.tables.entries[usize::from(entry)];
        if !table.is_idle {
            self.observe(table, cells, outcome, sink);
        }
    }

    /// A segment has a fault.
    #[cold]
    fn doubt(&mut self) {
        self.doubted |= self.open.last().map_or(0, |number| 1 << number);
        for number in &self.open {
            self.doubted_inside |= 1 << number;
        }
    }

    #[inline(never)]
    fn observe(&mut self, table: &EntryTable, cells: &Cells<'_>, outcome: Outcome, sink: &mut Sink<'_>) {
        clear(&mut self.facts, table.clear);
        let variant = match table.variants {
            [] => None,
            [one] => Some(one),
            variants => {
                let first = cells.packed_first();
                match variants.len() {
                    ..=FEW_RANGES => variants.iter().find(|variant| first <= variant.high),
                    _ => variants.get(variants.partition_point(|variant| variant.high < first)),
                }
            }
        };
        if let Some(variant) = variant {
            let asked = Asked { cells, decimals: &sink.decimals, present: outcome.present };
            for group in variant.groups.iter().filter(|group| lets_in(&group.guard, cells)) {
                self.group(group, asked);
            }
            for keeping in variant.keeps.iter().filter(|keeping| lets_in(&keeping.guard, cells)) {
                self.keep(keeping, asked);
            }
        }
        if outcome.clean {
            self.judge(&table.scope, sink);
        }
    }

    /// Looks at what a group asks of.
    #[inline(always)] // Nearly every entry has one group.
    fn group(&mut self, group: &Group, asked: Asked<'_, '_>) {
        let Asked { cells, present, .. } = asked;
        self.mark(&group.present, || cells.at());
        for count in group.counts {
            self.count(count, cells);
        }
        if group.there & present == 0 {
            return;
        }
        let mut parts = Parts::new(cells);
        let mut looks = group.looks;
        while let [look, rest @ ..] = looks {
            looks = rest;
            if look.there & present == 0 {
                continue;
            }
            if look.is_presence {
                self.mark(&look.present, || cells.at_element(usize::from(look.first)));
                continue;
            }
            if look.first != look.last {
                self.look_at_each(look, asked, &mut parts);
                continue;
            }
            let (from, to) = parts.find(look.first, look.component);
            if from < to {
                self.look(look, look.first, (from, to), asked);
            } else if parts.is_past(look.component) {
                looks = looks.get(usize::from(look.further)..).unwrap_or_default();
            }
        }
    }

    /// Counts a segment within its owner.
    fn count(&mut self, count: &Count, cells: &Cells<'_>) {
        let slot = usize::from(count.slot);
        let (word, bit) = (&mut self.kept[slot / 64], 1 << (slot % 64));
        let times = if *word & bit == 0 { 1 } else { self.slots[slot] + 1 };
        self.slots[slot] = times;
        *word |= bit;
        if times > u64::from(count.most) {
            self.mark(&count.marks, || cells.at());
        }
    }

    /// Looks at several elements alike: backwards, so that the first that sets something is the one whose place is kept.
    fn look_at_each<'b>(&mut self, look: &Look, asked: Asked<'_, 'b>, parts: &mut Parts<'_, 'b>) {
        let mut left = look.there & asked.present;
        while left != 0 {
            let element = (31 - left.leading_zeros()) as u8;
            left ^= 1 << element;
            let (from, to) = parts.find(element, look.component);
            if from < to {
                self.look(look, element, (from, to), asked);
            }
        }
    }

    /// Looks at a value; where it stands is written down only for what keeps it.
    #[inline(always)]
    fn look(&mut self, look: &Look, element: u8, (from, to): (usize, usize), asked: Asked<'_, '_>) {
        let seen = || Seen { asked, element, component: look.component, from, to };
        if look.present.bits != 0 {
            self.mark(&look.present, || seen().at());
        }
        if !look.codes.is_empty()
            && let Some(range) = range_of(look.codes, packed_at(asked.cells.block, from, to))
        {
            self.mark(&range.marks, || seen().at());
        }
        if let Some(questions) = look.more {
            self.look_further(questions, &seen());
        }
    }

    /// What is asked of a value besides its code.
    #[inline(never)]
    fn look_further(&mut self, questions: &Questions, seen: &Seen<'_, '_>) {
        for (word, wanted, first) in questions.wanted {
            let mut kept = self.kept[usize::from(*word)] & wanted;
            while kept != 0 {
                let below = (kept & kept.wrapping_neg()).wrapping_sub(1);
                let at = usize::from(*first) + (wanted & below).count_ones() as usize;
                self.compare(&questions.compares[at], seen);
                kept &= kept - 1;
            }
        }
        for observe in questions.observes {
            if holds(observe, seen) {
                self.set(observe, seen);
            }
        }
    }

    /// Compares a value with a kept one.
    #[inline(always)]
    fn compare(&mut self, compare: &Compare, seen: &Seen<'_, '_>) {
        let kept = self.slots[usize::from(compare.value)];
        for comparison in compare.comparisons {
            let as_kept = match comparison.against {
                Against::Before | Against::After => Kept::Day,
                Against::Same | Against::Differs => Kept::Whole,
                Against::Over | Against::Under => Kept::Number,
            };
            if compares(seen.as_kept(as_kept, comparison.end), comparison.against, kept) {
                self.mark(&comparison.marks, || seen.at());
            }
        }
    }

    /// Keeps a value, of several the last.
    #[inline(never)]
    fn keep(&mut self, keeping: &Keeping, asked: Asked<'_, '_>) {
        let mut left = keeping.there & asked.present;
        while left != 0 {
            let element = (31 - left.leading_zeros()) as u8;
            left ^= 1 << element;
            let (from, to) = match keeping.component {
                0 => asked.cells.bounds(usize::from(element)),
                component => Parts::new(asked.cells).find(element, component),
            };
            if from < to {
                let seen = Seen { asked, element, component: keeping.component, from, to };
                self.keep_value(keeping, seen.as_kept(keeping.kept, keeping.end));
                return;
            }
        }
    }

    #[inline(always)]
    fn keep_value(&mut self, keeping: &Keeping, kept: u64) {
        self.slots[usize::from(keeping.value)] = kept;
        match kept {
            0 => clear(&mut self.kept, keeping.slots),
            _ => add(&mut self.kept, keeping.slots),
        }
    }

    #[inline]
    fn set(&mut self, observe: &Observe, seen: &Seen<'_, '_>) {
        if observe.fact == NONE {
            return;
        }
        self.facts[usize::from(observe.fact / 64)] |= 1 << (observe.fact % 64);
        if observe.place != NONE {
            self.places[usize::from(observe.place)] = seen.at();
        }
    }

    #[inline(always)]
    fn mark(&mut self, marks: &Marks, at: impl FnOnce() -> At) {
        self.facts[usize::from(marks.word)] |= marks.bits;
        if let Some(more) = marks.more {
            self.mark_more(more, at());
        }
    }

    #[inline(never)]
    fn mark_more(&mut self, more: &More, at: At) {
        add(&mut self.facts, more.words);
        for place in more.places {
            self.places[usize::from(*place)] = at;
        }
    }

    fn has(&self, fact: u16) -> bool {
        self.facts[usize::from(fact / 64)] >> (fact % 64) & 1 == 1
    }

    #[inline(always)]
    fn judge(&self, scope: &Scope, sink: &mut Sink<'_>) {
        let is_set_off = |(word, leads): &(u8, u64)| self.facts[usize::from(*word)] & leads != 0;
        if scope.leads.iter().any(is_set_off) {
            self.judge_all(scope, sink);
        }
    }

    #[inline(never)]
    fn judge_all(&self, scope: &Scope, sink: &mut Sink<'_>) {
        let has = |word: u8, bits: u64| self.facts[usize::from(word)] & bits;
        for trigger in scope.triggers {
            if has(trigger.word, trigger.all) != trigger.all || has(trigger.none_word, trigger.none) != 0 {
                continue;
            }
            let rule = &scope.rules[usize::from(trigger.rule)];
            let is_broken = rule.all.iter().all(|(word, bits)| has(*word, *bits) == *bits)
                && rule.none.iter().all(|(word, bits)| has(*word, *bits) == 0);
            if is_broken && !self.is_doubtful(rule) {
                self.tell(rule, sink);
            }
        }
    }

    /// Whether a fault in what the rule reads is told already.
    fn is_doubtful(&self, rule: &Situation) -> bool {
        self.doubted & rule.reads != 0 || rule.reads_inside != NONE && self.doubted_inside >> rule.reads_inside & 1 == 1
    }

    fn tell(&self, rule: &Situation, sink: &mut Sink<'_>) {
        let Some(point) = rule.points.iter().find(|point| self.has(point.fact)) else { return };
        let mut at = self.places[usize::from(point.place)];
        if point.element > 0 {
            (at.element, at.component) = (point.element, point.component);
        }
        let told = Rule {
            id: rule.id,
            snip: Snip::of(rule.snip),
            code: Code::Situation,
            message: rule.message,
            remedy: rule.remedy,
        };
        if rule.is_warning {
            sink.warning_in(&told, at, point.loop_id);
        } else {
            sink.error_in(&told, at, point.loop_id);
        }
    }
}

#[inline(always)]
fn clear(words: &mut Bits, meant: Words) {
    match meant {
        [] => {}
        // Nearly always all of them are in one word.
        [(word, bits)] => words[usize::from(*word)] &= !bits,
        _ => clear_each(words, meant),
    }
}

/// Kept apart, so that the common way stays short.
#[inline(never)]
fn clear_each(words: &mut Bits, meant: Words) {
    meant.iter().for_each(|(word, bits)| words[usize::from(*word)] &= !bits);
}

#[inline(always)]
fn add(words: &mut Bits, meant: Words) {
    match meant {
        [] => {}
        [(word, bits)] => words[usize::from(*word)] |= bits,
        _ => add_each(words, meant),
    }
}

#[inline(never)]
fn add_each(words: &mut Bits, meant: Words) {
    meant.iter().for_each(|(word, bits)| words[usize::from(*word)] |= bits);
}

/// The range of codes that a packed value lies in.
#[inline(always)]
fn range_of(ranges: &'static [CodeRange], packed: u64) -> Option<&'static CodeRange> {
    let found = match ranges.len() {
        // Few are sooner gone through than halved.
        ..=FEW_RANGES => ranges.iter().find(|range| packed <= range.high),
        _ => ranges.get(ranges.partition_point(|range| range.high < packed)),
    };
    found.filter(|range| range.low <= packed)
}

/// Whether a segment has the code that a guard demands.
#[inline(always)]
fn lets_in((element, component, codes): &Guard, cells: &Cells<'_>) -> bool {
    match (element, component) {
        (0, _) => true,
        (_, 0) => within(codes, packed_code(cells.get(usize::from(*element)))),
        _ => within(codes, packed_code(cells.component(usize::from(*element), usize::from(*component)))),
    }
}

fn holds(observe: &Observe, seen: &Seen<'_, '_>) -> bool {
    let value = seen.value();
    match observe.test {
        Test::Text(texts) => texts.iter().any(|text| text.as_bytes() == value),
        Test::Number(order, number) => seen.thousandths().is_some_and(|found| is_in_order(found, order, number)),
        Test::NumberOf(order, other) => {
            let other = seen.asked.thousandths(other, seen.asked.cells.get(usize::from(other)));
            seen.thousandths().zip(other).is_some_and(|(found, other)| is_in_order(found, order, other))
        }
        Test::Day(against, day) => compares(day_of(value, observe.end), against, day),
        Test::Shape(shapes) => shapes.iter().any(|shape| has_shape(value, shape.as_bytes())),
        Test::NoShape(shapes) => !shapes.iter().any(|shape| has_shape(value, shape.as_bytes())),
        // These have tables of their own.
        Test::Present | Test::In(_) | Test::NotIn(_) | Test::Kept(..) | Test::MoreThan(..) | Test::Keep(..) => false,
    }
}

fn within(ranges: &[(u64, u64)], packed: u64) -> bool {
    ranges.iter().any(|(low, high)| (*low..=*high).contains(&packed))
}

/// The day at the beginning, or the end, of a date or range, as eight digits in one integer; 0 for none.
fn day_of(value: &[u8], end: bool) -> u64 {
    let day = if end && value.len() == 17 { &value[9..] } else { value };
    let word = day.first_chunk().map_or(0, |digits| u64::from_be_bytes(*digits));
    if is_eight_digits(word) { word } else { 0 }
}

/// A value of the block as an integer, never 0: itself where it is short, a hash of it where not.
#[inline(always)]
fn fingerprint(block: &[u8], from: usize, to: usize) -> u64 {
    if to.wrapping_sub(from) <= 8 {
        return packed_within(block, from, to.wrapping_sub(from)).max(1);
    }
    hash(&block[from..to])
}

/// A hash of a value of more than eight bytes.
#[inline(never)]
fn hash(value: &[u8]) -> u64 {
    // Words of eight bytes, the last of which may overlap the one before.
    let (words, _) = value.as_chunks::<8>();
    let hash = words.iter().chain(value.last_chunk::<8>()).fold(value.len() as u64, |hash, word| {
        (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x517c_c1b7_2722_0a95)
    });
    hash | 1
}

/// A number as an integer that sorts as the number does.
fn sortable(number: i64) -> u64 {
    number as u64 ^ 1 << 63
}

fn compares(found: u64, against: Against, other: u64) -> bool {
    match against {
        Against::Before | Against::Under => found != 0 && found < other,
        Against::After | Against::Over => found != 0 && found > other,
        Against::Same => found == other,
        Against::Differs => found != other,
    }
}

fn is_in_order(found: i64, order: Order, other: i64) -> bool {
    let is = found.cmp(&other);
    match order {
        Order::Less => is == Ordering::Less,
        Order::LessOrEqual => is != Ordering::Greater,
        Order::More => is == Ordering::Greater,
        Order::MoreOrEqual => is != Ordering::Less,
        Order::Equal => is == Ordering::Equal,
    }
}

/// A decimal in thousandths, finer digits cut off; None where it is none or too large.
fn thousandths(value: &[u8]) -> Option<i64> {
    if let Some(cents) = plain_cents(value) {
        return Some(cents * 10);
    }
    let (is_negative, digits) = match value {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut number: i64 = 0;
    let mut decimals = 0;
    let mut is_after_point = false;
    for byte in digits {
        match byte {
            b'.' if !is_after_point => is_after_point = true,
            b'0'..=b'9' if decimals < 3 => {
                number = number.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                decimals += i32::from(is_after_point);
            }
            b'0'..=b'9' => {}
            _ => return None,
        }
    }
    for _ in decimals..3 {
        number = number.checked_mul(10)?;
    }
    (!digits.is_empty()).then_some(if is_negative { -number } else { number })
}

/// `9` a digit, `A` a letter, `X` either, `*` anything more; other characters stand for themselves.
fn has_shape(value: &[u8], shape: &[u8]) -> bool {
    let (shape, is_open) = match shape {
        [shape @ .., b'*'] => (shape, true),
        shape => (shape, false),
    };
    let fits = |byte: u8, shape: u8| match shape {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_alphabetic(),
        b'X' => byte.is_ascii_alphanumeric(),
        other => byte == other,
    };
    (value.len() == shape.len() || is_open && value.len() > shape.len())
        && value.iter().zip(shape).all(|(byte, shape)| fits(*byte, *shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_shapes_and_days_are_read_as_written() {
        for (text, number) in [("1", 1000), ("-.5", -500), ("0.0009", 0), ("12.3456", 12345)] {
            assert_eq!(thousandths(text.as_bytes()), Some(number), "{text}");
        }
        for text in ["", "-", "1e3", "1.2.3", "99999999999999999999"] {
            assert_eq!(thousandths(text.as_bytes()), None, "{text}");
        }
        assert!(has_shape(b"787010001", b"999999999") && !has_shape(b"78701", b"999999999"));
        assert!(has_shape(b"POB 12", b"POB*") && !has_shape(b"PO", b"POB*"));
        assert!(compares(day_of(b"20260801-20260805", true), Against::After, day_of(b"20260804", false)));
        assert!(!compares(day_of(b"x", false), Against::Before, day_of(b"20260804", false)));
    }
}
