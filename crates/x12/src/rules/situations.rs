//! Judges situational rules: keeps a bit for each fact that a rule asks of, and tests masks where a segment or loop ends.
//!
//! Allocates when a set begins and never after; reads no text of rules.

use std::cmp::Ordering;

use crate::amount::plain_cents;
use crate::check::cells::{At, Cells};
use crate::check::decimals::Decimals;
use crate::check::element::Outcome;
use crate::check::memo::UNKNOWN_VARIANT;
use crate::check::sink::{Rule, Sink};
use crate::date::is_eight_digits;
use crate::guide::{packed_at, packed_code, packed_within};
use crate::problem::{Code, Snip};
use crate::rules::language::tables::{
    Against, CodeRange, Compare, Count, EntryTable, Group, Guard, Keeping, Kept, Look, Marks, More, NONE, Observe,
    Order, Questions, Scope, Situation, Tables, Test, Variant, Way, Words, bit_of,
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

/// Where a value stands in the block, and in which element and component.
#[derive(Debug, Clone, Copy)]
struct Spot {
    element: u8,
    component: u8,
    from: u32,
    to: u32,
}

impl Spot {
    /// The whole segment.
    const SEGMENT: Self = Self { element: 0, component: 0, from: 0, to: 0 };

    /// A whole element, which is sought when its place is wanted.
    fn whole(element: u8) -> Self {
        Self { element, ..Self::SEGMENT }
    }

    #[inline(always)]
    fn new(element: u8, component: u8, (from, to): (usize, usize)) -> Self {
        // A block's places fit, as those of its index do.
        Self { element, component, from: from as u32, to: to as u32 }
    }

    #[inline(always)]
    fn at(self, cells: &Cells<'_>) -> At {
        let (from, to) = match (self.element, self.to) {
            (0, _) => return cells.at(),
            (element, 0) => cells.bounds(usize::from(element)),
            (_, to) => (self.from as usize, to as usize),
        };
        let span = (cells.base + from as u64, to.wrapping_sub(from) as u32);
        At { element: self.element, component: self.component, span, ..cells.at() }
    }
}

/// A value that is looked at.
#[derive(Clone, Copy)]
struct Seen<'s, 'c, 'b> {
    asked: &'s Asked<'c, 'b>,
    spot: Spot,
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

impl<'b> Seen<'_, '_, 'b> {
    fn value(&self) -> &'b [u8] {
        &self.asked.cells.block[self.spot.from as usize..self.spot.to as usize]
    }

    fn at(&self) -> At {
        self.spot.at(self.asked.cells)
    }

    /// The value as a decimal in thousandths.
    fn thousandths(&self) -> Option<i64> {
        match self.spot.component {
            0 => self.asked.thousandths(self.spot.element, self.value()),
            _ => thousandths(self.value()),
        }
    }

    /// The value as it is kept for comparison.
    #[inline(never)]
    fn as_kept(&self, kept: Kept, end: bool) -> u64 {
        match kept {
            Kept::Day => day_of(self.value(), end),
            Kept::Whole => fingerprint(self.asked.cells.block, self.spot.from as usize, self.spot.to as usize),
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

    /// A loop closes and another of its kind opens.
    pub fn reopen(&mut self, number: u16, sink: &mut Sink<'_>) {
        let table = &self.tables.loops[usize::from(number)];
        self.judge(&table.scope, sink);
        clear(&mut self.facts, table.clear);
        clear(&mut self.kept, table.clear_slots);
        self.doubted &= !table.inside;
        self.doubted_inside &= !table.inside;
    }

    /// Which variant of an entry looks at segments with this first element; without one, where it is not known.
    pub fn variant(&self, entry: u16, first: Option<u64>) -> u8 {
        let variants = self.tables.entries.get(usize::from(entry)).map_or(&[][..], |table| table.variants);
        let found = match (variants.len(), first) {
            (1, _) => Some(0),
            (_, None) => None,
            (_, Some(first)) => Some(variants.partition_point(|variant| variant.high < first)),
        };
        found.and_then(|found| u8::try_from(found).ok()).unwrap_or(UNKNOWN_VARIANT)
    }

    /// A segment in its place; `variant` looks at it, where that is known.
    #[inline(always)]
    pub fn segment(&mut self, entry: u16, variant: u8, cells: &Cells<'_>, outcome: Outcome, sink: &mut Sink<'_>) {
        if !outcome.clean {
            self.doubt();
        }
        let table = &self.tables.entries[usize::from(entry)];
        if !table.is_idle {
            self.observe(table, variant, cells, outcome, sink);
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
    fn observe(&mut self, table: &EntryTable, variant: u8, cells: &Cells<'_>, outcome: Outcome, sink: &mut Sink<'_>) {
        clear(&mut self.facts, table.clear);
        let known = if variant == UNKNOWN_VARIANT { None } else { table.variants.get(usize::from(variant)) };
        if let Some(variant) = known.or_else(|| variant_of(table, cells)) {
            let asked = Asked { cells, decimals: &sink.decimals, present: outcome.present };
            for group in variant.groups {
                if lets_in(&group.guard, cells) {
                    self.group(group, &asked);
                }
            }
            for keeping in variant.keeps {
                if lets_in(&keeping.guard, cells) {
                    self.keep(keeping, &asked);
                }
            }
        }
        if outcome.clean {
            self.judge(&table.scope, sink);
        }
    }

    /// Looks at what a group asks of. What is not asked of most segments stands in functions of its own, so that little
    /// is held at hand here.
    #[inline(always)]
    fn group(&mut self, group: &Group, asked: &Asked<'_, '_>) {
        self.mark(&group.present, asked.cells, Spot::SEGMENT);
        for count in group.counts {
            self.count(count, asked.cells);
        }
        if group.there & asked.present == 0 {
            return;
        }
        let mut looks = group.looks;
        while let [look, rest @ ..] = looks {
            looks = rest;
            if look.there & asked.present == 0 {
                continue;
            }
            match look.way {
                Way::Presence => self.mark(&look.present, asked.cells, Spot::whole(look.first)),
                Way::Whole => self.look_at_whole(look, asked),
                Way::Codes => {
                    let candidates = candidates(look, asked);
                    if candidates != 0 {
                        self.look_at_each(look, candidates, asked);
                    }
                }
                Way::Each => self.look_at_each(look, look.there & asked.present, asked),
                Way::Parts => {
                    let further = usize::from(look.further);
                    self.look_at_parts(look, rest.get(..further).unwrap_or_default(), asked);
                    looks = rest.get(further..).unwrap_or_default();
                }
            }
        }
    }

    /// Looks at a whole element.
    #[inline(never)]
    fn look_at_whole(&mut self, look: &Look, asked: &Asked<'_, '_>) {
        let (from, to) = asked.cells.bounds(usize::from(look.first));
        self.look(look, Spot::new(look.first, 0, (from, to)), asked);
    }

    /// Looks at components of one element, one after the other: the first asked for and what is asked of later ones.
    #[inline(never)]
    fn look_at_parts(&mut self, first: &'static Look, further: &'static [Look], asked: &Asked<'_, '_>) {
        let mut parts = Parts::new(asked.cells);
        for look in std::iter::once(first).chain(further) {
            let (from, to) = parts.find(look.first, look.component);
            if from < to {
                self.look(look, Spot::new(look.first, look.component, (from, to)), asked);
            } else if parts.is_past(look.component) {
                return;
            }
        }
    }

    /// Looks at several elements alike: backwards, so that the first that sets something is the one whose place is kept.
    #[inline(never)]
    fn look_at_each(&mut self, look: &Look, elements: u32, asked: &Asked<'_, '_>) {
        let mut parts = Parts::new(asked.cells);
        let mut left = elements;
        while left != 0 {
            let element = (31 - left.leading_zeros()) as u8;
            left ^= 1 << element;
            let (from, to) = parts.find(element, look.component);
            if from < to {
                self.look(look, Spot::new(element, look.component, (from, to)), asked);
            }
        }
    }

    /// Counts a segment within its owner.
    #[inline(never)]
    fn count(&mut self, count: &Count, cells: &Cells<'_>) {
        let slot = usize::from(count.slot);
        let (word, bit) = (&mut self.kept[slot / 64 % 256], 1 << (slot % 64));
        let times = if *word & bit == 0 { 1 } else { self.slots[slot].saturating_add(1) };
        self.slots[slot] = times;
        *word |= bit;
        if times > u64::from(count.most) {
            self.mark(&count.marks, cells, Spot::SEGMENT);
        }
    }

    /// Looks at a value; where it stands is written down only for what keeps it.
    #[inline(always)]
    fn look(&mut self, look: &Look, spot: Spot, asked: &Asked<'_, '_>) {
        if look.present.bits != 0 {
            self.mark(&look.present, asked.cells, spot);
        }
        if look.filter != 0 {
            let packed = packed_at(asked.cells.block, spot.from as usize, spot.to as usize);
            if look.filter & bit_of(packed) != 0
                && let Some(range) = range_of(look.codes, packed)
            {
                self.mark(&range.marks, asked.cells, spot);
            }
        }
        if let Some(questions) = look.more {
            self.look_further(questions, asked, spot);
        }
    }

    /// What is asked of a value besides its code.
    #[inline(never)]
    fn look_further(&mut self, questions: &Questions, asked: &Asked<'_, '_>, spot: Spot) {
        let seen = Seen { asked, spot };
        if !questions.wanted.is_empty() {
            self.compare_all(questions, &seen);
        }
        if !questions.observes.is_empty() {
            self.observe_all(questions.observes, &seen);
        }
    }

    /// Compares a value with the kept ones that are there.
    #[inline(never)]
    fn compare_all(&mut self, questions: &Questions, seen: &Seen<'_, '_, '_>) {
        for (word, wanted, first) in questions.wanted {
            let mut kept = self.kept[usize::from(*word)] & wanted;
            while kept != 0 {
                let below = (kept & kept.wrapping_neg()).wrapping_sub(1);
                let at = usize::from(*first) + (wanted & below).count_ones() as usize;
                self.compare(&questions.compares[at], seen);
                kept &= kept - 1;
            }
        }
    }

    #[inline(never)]
    fn observe_all(&mut self, observes: &[Observe], seen: &Seen<'_, '_, '_>) {
        for observe in observes {
            if holds(observe, seen) {
                self.set(observe, seen);
            }
        }
    }

    /// Compares a value with a kept one.
    #[inline(never)]
    fn compare(&mut self, compare: &Compare, seen: &Seen<'_, '_, '_>) {
        let kept = self.slots[usize::from(compare.value)];
        for comparison in compare.comparisons {
            let as_kept = match comparison.against {
                Against::Before | Against::After => Kept::Day,
                Against::Same | Against::Differs => Kept::Whole,
                Against::Over | Against::Under => Kept::Number,
            };
            if compares(seen.as_kept(as_kept, comparison.end), comparison.against, kept) {
                self.mark(&comparison.marks, seen.asked.cells, seen.spot);
            }
        }
    }

    /// Keeps a value, of several the last.
    #[inline(never)]
    fn keep(&mut self, keeping: &Keeping, asked: &Asked<'_, '_>) {
        let mut left = keeping.there & asked.present;
        while left != 0 {
            let element = (31 - left.leading_zeros()) as u8;
            left ^= 1 << element;
            let (from, to) = match keeping.component {
                0 => asked.cells.bounds(usize::from(element)),
                component => Parts::new(asked.cells).find(element, component),
            };
            if from < to {
                let seen = Seen { asked, spot: Spot::new(element, keeping.component, (from, to)) };
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
    fn set(&mut self, observe: &Observe, seen: &Seen<'_, '_, '_>) {
        if observe.fact == NONE {
            return;
        }
        self.facts[usize::from(observe.fact / 64)] |= 1 << (observe.fact % 64);
        if observe.place != NONE {
            self.places[usize::from(observe.place)] = seen.at();
        }
    }

    #[inline(always)]
    fn mark(&mut self, marks: &Marks, cells: &Cells<'_>, spot: Spot) {
        self.facts[usize::from(marks.word)] |= marks.bits;
        if let Some(more) = marks.more {
            self.mark_more(more, cells, spot);
        }
    }

    #[inline(never)]
    fn mark_more(&mut self, more: &More, cells: &Cells<'_>, spot: Spot) {
        add(&mut self.facts, more.words);
        if more.places.is_empty() {
            return;
        }
        let at = spot.at(cells);
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

/// The elements asked for that may hold one of the codes.
#[inline(never)]
fn candidates(look: &Look, asked: &Asked<'_, '_>) -> u32 {
    let cells = asked.cells;
    let mut left = look.there & asked.present;
    let mut found = 0;
    while left != 0 {
        let element = left.trailing_zeros();
        let (from, to) = cells.bounds(element as usize);
        if look.filter & bit_of(packed_at(cells.block, from, to)) != 0 {
            found |= 1 << element;
        }
        left &= left - 1;
    }
    found
}

/// The variant that looks at a segment with its first element.
#[inline(never)]
fn variant_of(table: &EntryTable, cells: &Cells<'_>) -> Option<&'static Variant> {
    match table.variants {
        [] => None,
        [one] => Some(one),
        variants => {
            let first = cells.packed_first();
            variants.get(variants.partition_point(|variant| variant.high < first))
        }
    }
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
fn lets_in(guard: &Guard, cells: &Cells<'_>) -> bool {
    guard.0 == 0 || has_demanded(guard, cells)
}

#[inline(never)]
fn has_demanded((element, component, codes): &Guard, cells: &Cells<'_>) -> bool {
    match component {
        0 => within(codes, packed_code(cells.get(usize::from(*element)))),
        _ => within(codes, packed_code(cells.component(usize::from(*element), usize::from(*component)))),
    }
}

fn holds(observe: &Observe, seen: &Seen<'_, '_, '_>) -> bool {
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
