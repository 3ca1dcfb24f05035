//! Judges situational rules: keeps a bit for each fact that a rule asks of, and tests masks where a segment or loop ends.
//!
//! Allocates when a set begins and never after; reads no text of rules.

use std::cmp::Ordering;

use crate::check::cells::{At, Cells};
use crate::check::sink::{Rule, Sink};
use crate::guide::packed_code;
use crate::problem::{Code, Snip};
use crate::rules::language::tables::{Against, Kept, NONE, Observe, Order, Scope, Situation, Tables, Test};

/// The facts of an open set.
#[derive(Debug)]
pub(super) struct Situations {
    tables: &'static Tables,
    facts: Vec<u64>,
    /// Values kept for comparison and counts.
    slots: Vec<u64>,
    places: Vec<At>,
    /// The open loops by number, outermost first.
    open: Vec<u16>,
    /// Loops whose newest instance has a fault itself.
    doubted: u128,
    /// Loops whose newest instance has a fault somewhere inside.
    doubted_inside: u128,
}

/// A value that several observations look at. They come in the order of elements and components, so an element is
/// walked through once.
struct Looked<'b> {
    at: (u8, u8),
    value: &'b [u8],
    packed: u64,
    /// What of the element comes after the component.
    rest: &'b [u8],
}

impl<'b> Looked<'b> {
    #[inline]
    fn look(&mut self, element: u8, component: u8, cells: &Cells<'b>) {
        if component == 0 {
            self.value = cells.get(usize::from(element));
        } else {
            let mut passed = self.at.1;
            if self.at.0 != element || passed == 0 || passed > component {
                self.rest = cells.get(usize::from(element));
                passed = 0;
            }
            while passed < component {
                let separator = self.rest.iter().position(|byte| *byte == cells.delimiters.component);
                let end = separator.unwrap_or(self.rest.len());
                self.value = &self.rest[..end];
                self.rest = self.rest.get(end + 1..).unwrap_or_default();
                passed += 1;
            }
        }
        self.at = (element, component);
        self.packed = packed_code(self.value);
    }
}

impl Situations {
    pub fn new(tables: &'static Tables) -> Self {
        Self {
            tables,
            facts: vec![0; tables.words],
            slots: vec![0; tables.slots],
            places: vec![At::default(); tables.places],
            open: vec![0],
            doubted: 0,
            doubted_inside: 0,
        }
    }

    /// A loop opens: what was known of the one before it is forgotten.
    pub fn open(&mut self, number: u16) {
        let table = &self.tables.loops[usize::from(number)];
        for (word, bits) in table.clear {
            self.facts[usize::from(*word)] &= !bits;
        }
        for slot in table.clear_slots {
            self.slots[usize::from(*slot)] = 0;
        }
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
    pub fn segment(&mut self, entry: u16, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        if !clean {
            self.doubted |= self.open.last().map_or(0, |number| 1 << number);
            for number in &self.open {
                self.doubted_inside |= 1 << number;
            }
        }
        let table = &self.tables.entries[usize::from(entry)];
        for (word, bits) in table.clear {
            self.facts[usize::from(*word)] &= !bits;
        }
        for (word, bits) in table.always {
            self.facts[usize::from(*word)] |= bits;
        }
        let mut looked = Looked { at: (0, 0), value: b"", packed: 0, rest: b"" };
        for observe in table.observes {
            self.observe(observe, cells, &mut looked);
        }
        if clean {
            self.judge(&table.scope, sink);
        }
    }

    fn observe<'b>(&mut self, observe: &Observe, cells: &Cells<'b>, looked: &mut Looked<'b>) {
        let (element, component, codes) = observe.guard;
        if element > 0 && !within(codes, packed_code(value(cells, element, component))) {
            return;
        }
        if observe.first == 0 {
            let is_so = match observe.test {
                Test::MoreThan(count, slot) => {
                    let counted = &mut self.slots[usize::from(slot)];
                    *counted += 1;
                    *counted > u64::from(count)
                }
                _ => true,
            };
            if is_so {
                self.set(observe, || cells.at());
            }
            return;
        }
        let mut element = observe.first;
        while element <= observe.last && usize::from(element) <= cells.len() {
            if looked.at != (element, observe.component) {
                looked.look(element, observe.component, cells);
            }
            let k = usize::from(observe.component);
            if !looked.value.is_empty() && self.holds(observe, cells, looked) {
                let n = usize::from(element);
                self.set(observe, || if k == 0 { cells.at_element(n) } else { cells.at_component(n, k) });
                return;
            }
            element += observe.step;
        }
    }

    fn set(&mut self, observe: &Observe, at: impl FnOnce() -> At) {
        if observe.fact == NONE {
            return;
        }
        self.facts[usize::from(observe.fact / 64)] |= 1 << (observe.fact % 64);
        if observe.place != NONE {
            self.places[usize::from(observe.place)] = at();
        }
    }

    fn holds(&mut self, observe: &Observe, cells: &Cells<'_>, looked: &Looked<'_>) -> bool {
        let value = looked.value;
        match observe.test {
            Test::Present | Test::MoreThan(..) => true,
            Test::In(codes) => within(codes, looked.packed),
            Test::NotIn(codes) => !within(codes, looked.packed),
            Test::Text(texts) => texts.iter().any(|text| text.as_bytes() == value),
            Test::Number(order, number) => thousandths(value).is_some_and(|found| is_in_order(found, order, number)),
            Test::NumberOf(order, other) => {
                let other = thousandths(cells.get(usize::from(other)));
                thousandths(value).zip(other).is_some_and(|(found, other)| is_in_order(found, order, other))
            }
            Test::Day(against, day) => compares(day_of(value, observe.end), against, day),
            Test::Kept(against, slot) => {
                let kept = self.slots[usize::from(slot)];
                if kept == 0 {
                    return false;
                }
                let found = match against {
                    Against::Before | Against::After => day_of(value, observe.end),
                    Against::Same | Against::Differs => fingerprint(value),
                    Against::Over | Against::Under => sortable(value),
                };
                compares(found, against, kept)
            }
            Test::Shape(shapes) => shapes.iter().any(|shape| has_shape(value, shape.as_bytes())),
            Test::NoShape(shapes) => !shapes.iter().any(|shape| has_shape(value, shape.as_bytes())),
            Test::Keep(slot, kept) => {
                self.slots[usize::from(slot)] = match kept {
                    Kept::Day => day_of(value, observe.end),
                    Kept::Whole => fingerprint(value),
                    Kept::Number => sortable(value),
                };
                false
            }
        }
    }

    fn has(&self, fact: u16) -> bool {
        self.facts[usize::from(fact / 64)] >> (fact % 64) & 1 == 1
    }

    fn judge(&self, scope: &Scope, sink: &mut Sink<'_>) {
        for (word, leads) in scope.leads {
            let mut found = self.facts[usize::from(*word)] & leads;
            while found != 0 {
                let lead = u16::from(*word) * 64 + found.trailing_zeros() as u16;
                found &= found - 1;
                let from = scope.rules.partition_point(|rule| rule.lead < lead);
                for rule in scope.rules[from..].iter().take_while(|rule| rule.lead == lead) {
                    let is_broken =
                        rule.all.iter().all(|fact| self.has(*fact)) && !rule.none.iter().any(|fact| self.has(*fact));
                    if is_broken && !self.is_doubtful(rule) {
                        self.tell(rule, sink);
                    }
                }
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

fn value<'b>(cells: &Cells<'b>, element: u8, component: u8) -> &'b [u8] {
    if component == 0 {
        cells.get(usize::from(element))
    } else {
        cells.component(usize::from(element), usize::from(component))
    }
}

fn within(ranges: &[(u64, u64)], packed: u64) -> bool {
    ranges.iter().any(|(low, high)| (*low..=*high).contains(&packed))
}

/// The day at the beginning, or the end, of a date or range, as eight digits in one integer; 0 for none.
fn day_of(value: &[u8], end: bool) -> u64 {
    let day = if end && value.len() == 17 { &value[9..] } else { value.get(..8).unwrap_or_default() };
    if day.iter().all(u8::is_ascii_digit) { packed_code(day) } else { 0 }
}

/// FNV-1a over the value, never 0.
fn fingerprint(value: &[u8]) -> u64 {
    let hash = value
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash | 1
}

/// A number as an integer that sorts as the number does; 0 for none.
fn sortable(value: &[u8]) -> u64 {
    thousandths(value).map_or(0, |number| number as u64 ^ 1 << 63)
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
