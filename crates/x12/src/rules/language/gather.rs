//! Gathers what is asked of an entry by guard, element and component, so that a value is read once for all that ask.
//!
//! Sets the same bits as the questions one by one would; changes no rule.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::{
    Against, CodeRange, Compare, Comparison, Count, Group, Guard, Keeping, Look, Marks, More, NONE, Observe, Point,
    Questions, Situation, Test, Trigger, Variant, Way, Words, bit_of,
};

/// The last element that rules can speak of; no segment of our guides has more.
pub const MAX_POSITION: u8 = 30;

pub fn leak<T>(items: Vec<T>) -> &'static [T] {
    // Problems point into the tables of rules, which live as long as the program.
    Box::leak(items.into_boxed_slice())
}

fn leak_one<T>(item: T) -> &'static T {
    Box::leak(Box::new(item))
}

/// Bits by word.
pub fn words(facts: impl Iterator<Item = u16>) -> Words {
    let mut found: BTreeMap<u8, u64> = BTreeMap::new();
    for fact in facts {
        *found.entry((fact / 64) as u8).or_default() |= 1 << (fact % 64);
    }
    leak(found.into_iter().collect())
}

/// No demand.
const ALWAYS: Guard = (0, 0, &[]);

/// What is asked of one entry, parted by its first element, which most guards name; `values` tells where the value of
/// a slot is kept.
pub fn variants(observes: &[Observe], values: &BTreeMap<u16, u16>) -> &'static [Variant] {
    let mut found: Vec<(u64, Vec<Observe>)> = Vec::new();
    for (low, high) in intervals(observes.iter().flat_map(codes_of_first)) {
        let mine: Vec<Observe> = observes.iter().filter_map(|observe| knowing(observe, low)).collect();
        match found.last_mut() {
            Some((last, same)) if *same == mine => *last = high,
            _ => found.push((high, mine)),
        }
    }
    if observes.is_empty() {
        found.clear();
    }
    let variant = |(high, observes): (u64, Vec<Observe>)| Variant {
        high,
        groups: groups(&observes, values),
        keeps: keeps(&observes, values),
    };
    leak(found.into_iter().map(variant).collect())
}

/// The codes that an observation asks the first element for, in its guard and of itself.
fn codes_of_first(observe: &Observe) -> impl Iterator<Item = &'static [(u64, u64)]> {
    let guard = (observe.guard.0 == 1 && observe.guard.1 == 0).then_some(observe.guard.2);
    let own = match observe.test {
        Test::In(ranges) | Test::NotIn(ranges) if is_of_first(observe) => Some(ranges),
        _ => None,
    };
    guard.into_iter().chain(own)
}

fn is_of_first(observe: &Observe) -> bool {
    (observe.first, observe.last, observe.component) == (1, 1, 0)
}

fn is_within(ranges: &[(u64, u64)], code: u64) -> bool {
    ranges.iter().any(|(from, to)| (*from..=*to).contains(&code))
}

/// What is left to ask where the first element is this one, or stands to all codes asked for as this one does.
fn knowing(observe: &Observe, first: u64) -> Option<Observe> {
    if matches!(observe.guard, (1, 0, ranges) if !is_within(ranges, first)) {
        return None;
    }
    match observe.test {
        Test::In(ranges) if is_of_first(observe) => {
            is_within(ranges, first).then_some(Observe { test: Test::Present, ..*observe })
        }
        Test::NotIn(ranges) if is_of_first(observe) => {
            (!is_within(ranges, first)).then_some(Observe { test: Test::Present, ..*observe })
        }
        _ => Some(*observe),
    }
}

/// From each place where a range begins or ends to before the next, the lowest and the highest code.
fn intervals<'r>(ranges: impl Iterator<Item = &'r [(u64, u64)]>) -> Vec<(u64, u64)> {
    let mut cuts = BTreeSet::from([0]);
    for (low, high) in ranges.flatten() {
        cuts.extend([Some(*low), high.checked_add(1)].into_iter().flatten());
    }
    let ends: Vec<u64> = cuts.iter().skip(1).map(|next| next - 1).chain([u64::MAX]).collect();
    cuts.into_iter().zip(ends).collect()
}

/// What is left of a guard where the first element is known to let in.
fn rest_of(guard: Guard) -> Guard {
    if (guard.0, guard.1) == (1, 0) { ALWAYS } else { guard }
}

/// What is asked for a first element that all guards let in, without the values to keep.
fn groups(observes: &[Observe], values: &BTreeMap<u16, u16>) -> &'static [Group] {
    let mut by_guard: BTreeMap<Guard, Vec<Observe>> = BTreeMap::new();
    for observe in observes.iter().filter(|observe| !matches!(observe.test, Test::Keep(..))) {
        by_guard.entry(observe.guard).or_default().push(*observe);
    }
    // What is seen last keeps its place: looked at together, another may be the last.
    let mut places = BTreeSet::new();
    let is_shared = |own: &Vec<Observe>| {
        let own: BTreeSet<u16> = own.iter().map(|observe| observe.place).filter(|place| *place != NONE).collect();
        own.into_iter().any(|place| !places.insert(place))
    };
    if by_guard.values().any(is_shared) {
        return leak(by_guard.into_iter().map(|(guard, own)| group(rest_of(guard), &own, values)).collect());
    }
    let mut together: BTreeMap<Guard, Vec<Observe>> = BTreeMap::new();
    for (guard, own) in by_guard {
        together.entry(rest_of(guard)).or_default().extend(own);
    }
    leak(together.into_iter().map(|(guard, own)| group(guard, &own, values)).collect())
}

fn group(guard: Guard, observes: &[Observe], values: &BTreeMap<u16, u16>) -> Group {
    let of_segment = observes.iter().filter(|observe| observe.first == 0);
    let present = of_segment.clone().filter(|observe| !matches!(observe.test, Test::MoreThan(..)));
    let counts = of_segment.filter_map(|observe| match observe.test {
        Test::MoreThan(most, slot) => Some(Count { most, slot, marks: marks([observe]) }),
        _ => None,
    });
    let place = |observe: &Observe| (observe.first, observe.last, observe.step, observe.component);
    let of_elements = observes.iter().filter(|observe| observe.first > 0);
    let places: BTreeSet<(u8, u8, u8, u8)> = of_elements.clone().map(place).collect();
    let looks = places.iter().map(|wanted| {
        let mine: Vec<Observe> = of_elements.clone().filter(|observe| place(observe) == *wanted).copied().collect();
        let is_further = |other: &&(u8, u8, u8, u8)| {
            (other.0, other.1, other.2) == (wanted.0, wanted.1, wanted.2) && wanted.3 > 0 && *other > wanted
        };
        Look { further: places.iter().filter(is_further).count() as u8, ..look(*wanted, &mine, values) }
    });
    let looks: Vec<Look> = looks.collect();
    let there = looks.iter().fold(0, |there, look| there | look.there);
    Group { guard, present: marks(present), counts: leak(counts.collect()), there, looks: leak(looks) }
}

fn look(place: (u8, u8, u8, u8), observes: &[Observe], values: &BTreeMap<u16, u16>) -> Look {
    let mut by_slot: BTreeMap<u16, Vec<(Against, &Observe)>> = BTreeMap::new();
    let (mut present, mut rest) = (Vec::new(), Vec::new());
    for observe in observes {
        match observe.test {
            Test::Present | Test::MoreThan(..) => present.push(observe),
            Test::In(_) | Test::NotIn(_) => {}
            Test::Kept(against, slot) => by_slot.entry(slot).or_default().push((against, observe)),
            Test::Text(_)
            | Test::Number(..)
            | Test::NumberOf(..)
            | Test::Day(..)
            | Test::Shape(_)
            | Test::NoShape(_)
            | Test::Keep(..) => rest.push(*observe),
        }
    }
    let slots = words(by_slot.keys().copied());
    let before = |word: u8| by_slot.keys().filter(|slot| **slot / 64 < u16::from(word)).count() as u16;
    let compares = by_slot.iter().map(|(slot, asked)| Compare {
        value: values.get(slot).copied().unwrap_or(*slot),
        comparisons: comparisons(asked),
    });
    let filter = filter(codes(observes));
    let has_more = !by_slot.is_empty() || !rest.is_empty();
    Look {
        first: place.0,
        component: place.3,
        there: there(place),
        way: match (place.0 == place.1, place.3) {
            (true, 0) if observes.len() == present.len() => Way::Presence,
            (true, 0) => Way::Whole,
            (true, _) => Way::Parts,
            (false, 0) if present.is_empty() && !has_more && filter != u64::MAX => Way::Codes,
            (false, _) => Way::Each,
        },
        further: 0,
        present: marks(present.iter().copied()),
        codes: codes(observes),
        filter,
        more: has_more.then(|| {
            leak_one(Questions {
                wanted: leak(slots.iter().map(|(word, bits)| (*word, *bits, before(*word))).collect()),
                compares: leak(compares.collect()),
                observes: leak(rest),
            })
        }),
    }
}

/// The elements that are looked at, as bits by position.
fn there((first, last, step, _): (u8, u8, u8, u8)) -> u32 {
    (first..=last.min(MAX_POSITION)).step_by(usize::from(step.max(1))).fold(0, |bits, element| bits | 1 << element)
}

fn comparisons(asked: &[(Against, &Observe)]) -> &'static [Comparison] {
    let mut alike: BTreeMap<(Against, bool), Vec<&Observe>> = BTreeMap::new();
    for (against, observe) in asked {
        alike.entry((*against, observe.end)).or_default().push(observe);
    }
    let found = alike.into_iter().map(|((against, end), observes)| Comparison { against, end, marks: marks(observes) });
    leak(found.collect())
}

/// The values to keep, each once however many slots hold it.
fn keeps(observes: &[Observe], values: &BTreeMap<u16, u16>) -> &'static [Keeping] {
    let mut found: BTreeMap<Observe, Vec<u16>> = BTreeMap::new();
    for observe in observes.iter().filter(|observe| observe.first > 0) {
        if let Test::Keep(slot, kept) = observe.test {
            let value = values.get(&slot).copied().unwrap_or(slot);
            let guard = rest_of(observe.guard);
            found.entry(Observe { guard, test: Test::Keep(value, kept), ..*observe }).or_default().push(slot);
        }
    }
    let keepings = found.into_iter().filter_map(|(observe, slots)| {
        let Test::Keep(value, kept) = observe.test else { return None };
        let Observe { guard, first, last, step, component, end, .. } = observe;
        let there = there((first, last, step, component));
        Some(Keeping { guard, there, component, kept, end, value, slots: words(slots.into_iter()) })
    });
    leak(keepings.collect())
}

/// For each slot, the one whose value it can use: those that keep the same things differ only in when they are forgotten.
pub fn values(observes: &[Vec<Observe>]) -> BTreeMap<u16, u16> {
    let mut kept_by: BTreeMap<u16, Vec<(usize, Observe)>> = BTreeMap::new();
    for (entry, observes) in observes.iter().enumerate() {
        for observe in observes {
            if let Test::Keep(slot, kept) = observe.test {
                kept_by.entry(slot).or_default().push((entry, Observe { test: Test::Keep(0, kept), ..*observe }));
            }
        }
    }
    let mut first_with: BTreeMap<Vec<(usize, Observe)>, u16> = BTreeMap::new();
    let shared = kept_by.into_iter().map(|(slot, mut kept)| {
        kept.sort_unstable();
        (slot, *first_with.entry(kept).or_insert(slot))
    });
    shared.collect()
}

/// What is tested of each rule first.
pub fn triggers(rules: &[Situation]) -> &'static [Trigger] {
    let found = rules.iter().enumerate().map(|(index, rule)| {
        let word = (rule.lead / 64) as u8;
        let all = rule.all.iter().find(|(own, _)| *own == word).map_or(0, |(_, bits)| *bits);
        let (none_word, none) = rule.none.first().copied().unwrap_or((0, 0));
        Trigger { word, none_word, rule: index as u16, all, none }
    });
    leak(found.collect())
}

/// The ranges of all code tests, cut where one of them begins or ends, so that no two share a code.
fn codes(observes: &[Observe]) -> &'static [CodeRange] {
    let asked = observes.iter().filter_map(|observe| match observe.test {
        Test::In(ranges) | Test::NotIn(ranges) => Some(ranges),
        _ => None,
    });
    let mut found: Vec<CodeRange> = Vec::new();
    for (low, high) in intervals(asked) {
        let marks = marks(observes.iter().filter(|observe| match observe.test {
            Test::In(ranges) => is_within(ranges, low),
            Test::NotIn(ranges) => !is_within(ranges, low),
            _ => false,
        }));
        match found.last_mut() {
            Some(last) if last.marks == marks && last.high.checked_add(1) == Some(low) => last.high = high,
            _ if marks.bits == 0 => {}
            _ => found.push(CodeRange { low, high, marks }),
        }
    }
    leak(found)
}

/// What the codes of ranges have in common: see [`Look::filter`].
fn filter(codes: &[CodeRange]) -> u64 {
    let are_single = codes.iter().all(|range| range.low == range.high);
    if are_single { codes.iter().fold(0, |filter, range| filter | bit_of(range.low)) } else { u64::MAX }
}

fn marks<'o>(observes: impl IntoIterator<Item = &'o Observe>) -> Marks {
    let observes: Vec<&Observe> = observes.into_iter().collect();
    let places: BTreeSet<u16> = observes.iter().map(|observe| observe.place).filter(|place| *place != NONE).collect();
    let facts = words(observes.iter().map(|observe| observe.fact).filter(|fact| *fact != NONE));
    let ((word, bits), more) = facts.split_first().map_or(((0, 0), facts), |(first, more)| (*first, more));
    let has_more = !more.is_empty() || !places.is_empty();
    let more = has_more.then(|| leak_one(More { words: more, places: leak(places.into_iter().collect()) }));
    Marks { bits, more, word }
}

/// Gives facts that are set by the same things one place: they differ only in when they are forgotten.
pub fn share_places<'r>(observes: &mut [Vec<Observe>], rules: impl Iterator<Item = &'r mut Situation>) {
    let mut seen_by: BTreeMap<u16, (u16, Vec<(usize, Observe)>)> = BTreeMap::new();
    for (entry, observes) in observes.iter().enumerate() {
        for observe in observes.iter().filter(|observe| observe.place != NONE) {
            let looked = Observe { fact: 0, place: 0, ..*observe };
            seen_by.entry(observe.fact).or_insert((observe.place, Vec::new())).1.push((entry, looked));
        }
    }
    let mut first_with: BTreeMap<Vec<(usize, Observe)>, u16> = BTreeMap::new();
    let mut shared: BTreeMap<u16, u16> = BTreeMap::new();
    for (place, mut looked) in seen_by.into_values() {
        looked.sort_unstable();
        shared.insert(place, *first_with.entry(looked).or_insert(place));
    }
    let shared = |place: u16| shared.get(&place).copied().unwrap_or(place);
    for observe in observes.iter_mut().flatten() {
        observe.place = shared(observe.place);
    }
    for rule in rules {
        let points = rule.points.iter().map(|point| Point { place: shared(point.place), ..*point });
        rule.points = leak(points.collect());
    }
}
