//! Elements against a guide: presence, type, length, codes, composites, repetition and the conditions between them.
//!
//! Looks at one segment at a time and keeps nothing.

use crate::amount::plain_cents_at;
use crate::check::cells::{At, Cells, narrow};
use crate::check::quick::{is_plain, is_plain_composite, is_plain_number};
use crate::check::sink::{Rule, Sink};
use crate::codes::{CodeList, Standing, depends_on_date, has_shape};
use crate::date::{is_d8, parse_d6, parse_dt, parse_rd8, parse_tm};
use crate::guide::{Element, Kind, Outside, Quick, Relation, RelationKind, Rules, Usage, holds};
use crate::problem::{Code, Snip};

macro_rules! rules {
    ($($name:ident = $id:literal, $snip:ident, $code:expr, $message:literal, $remedy:literal;)*) => {
        $(pub(crate) const $name: Rule = Rule { id: $id, snip: Snip::$snip, code: $code, message: $message, remedy: $remedy };)*
    };
}
pub(crate) use rules;

rules! {
    REQUIRED = "element-required", Guide, Code::Element(false, 1), "a required element is empty", "Fill it in.";
    NOT_USED = "element-not-used", Guide, Code::Element(true, 10), "the guide has no use for this element here", "Leave it empty.";
    CONDITION = "element-condition", Syntax, Code::Element(false, 2), "elements that belong together are not all there", "Fill in the missing one or leave out its partners.";
    EXCLUSION = "element-exclusion", Syntax, Code::Element(false, 10), "elements that exclude each other are both there", "Leave one of them out.";
    TOO_MANY = "element-too-many", Syntax, Code::Element(false, 3), "the segment has more elements than the standard allows", "Move what is too much to another segment or leave it out.";
    TOO_SHORT = "element-too-short", Syntax, Code::Element(false, 4), "the value is shorter than the standard allows", "Write the whole value.";
    TOO_LONG = "element-too-long", Syntax, Code::Element(false, 5), "the value is longer than the standard allows", "Shorten it to the longest form the receiver takes.";
    CHARACTER = "element-character", Syntax, Code::Element(false, 6), "a character stands here that this kind of element cannot hold", "Write digits in numbers without commas, and no control characters in text.";
    CENTS = "element-cents", Guide, Code::Element(false, 6), "an amount of money has more than two decimals", "Write dollars and cents.";
    CODE_VALUE = "element-code", Guide, Code::Element(false, 7), "the code is not one of those the guide allows here", "Use a code of the guide's list.";
    BAD_DATE = "element-date", Syntax, Code::Element(false, 8), "not a date in the form its qualifier names", "Write a day that exists in the named form.";
    BAD_TIME = "element-time", Syntax, Code::Element(false, 9), "not a time of day", "Write hours and minutes as HHMM.";
    REPEATS = "element-repeats", Syntax, Code::Element(false, 12), "the element is repeated more often than it may be", "Leave the repetitions out.";
    COMPONENTS = "element-components", Syntax, Code::Element(false, 13), "the element has more parts than it may have", "Remove the component separator or the parts that are too many.";
    RANGE = "date-range-order", Situation, Code::Situation, "the range ends before it begins", "Write the earlier day first.";
    NPI = "npi", CodeSet, Code::CodeSet, "not a national provider identifier: ten digits with a valid check digit", "Look the provider up in the national registry and correct the number.";
    ICD = "icd-10-cm", CodeSet, Code::CodeSet, "no such ICD-10-CM diagnosis", "Choose a diagnosis of the list, without the point.";
    ICD_PCS = "icd-10-pcs", CodeSet, Code::CodeSet, "no such ICD-10-PCS procedure", "Choose a procedure of the list.";
    LIST = "code-set", CodeSet, Code::CodeSet, "the code is not in the list that the guide names for it", "Choose a code of the current list.";
    NOT_ON_DATE = "code-date", CodeSet, Code::CodeSet, "the code is not valid on its date", "Choose a code that is valid on the date of service.";
    EXTENDED = "character-extended", Syntax, Code::Element(false, 6), "letters beyond ASCII stand in the file, which not every receiver reads", "Write names without accents where the receiver asks for it.";
    TRAILING = "trailing-separators", Syntax, Code::Element(false, 3), "empty elements stand at the end of the segment", "Leave out separators after the last value.";
}

/// The data element that holds amounts of money.
const MONEY: u16 = 782;

/// What was found of a segment's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The elements that are there, as bits by position, as far as 30.
    pub present: u32,
    /// No error in any element.
    pub clean: bool,
    /// Empty elements stand at the end.
    pub trailing: bool,
}

/// Checks every element of a segment.
#[inline(never)]
pub(crate) fn check(cells: &Cells<'_>, rules: &Rules, sink: &mut Sink<'_>) -> Outcome {
    check_from(cells, rules, false, sink)
}

/// The same; `is_told` where the first element is there and known to hold one of its codes, for it told the place.
#[inline(always)]
pub(crate) fn check_from(cells: &Cells<'_>, rules: &Rules, is_told: bool, sink: &mut Sink<'_>) -> Outcome {
    let ends = cells.ends;
    let count = ends.len() - 1;
    sink.decimals.clear();
    let found = glance(cells, rules, is_told, sink);
    let related = if sink.up_to < Snip::Guide { rules.related } else { rules.related_in_guide };
    let present = found.present;
    let trailing = count > 0 && ends[count] == ends[count - 1].wrapping_add(1);
    let is_usual = rules.required & !present | rules.not_used & present | (present | 1) & related | found.doubtful == 0;
    if is_usual && count <= rules.elements.len() {
        return Outcome { present, clean: true, trailing };
    }
    let (present, clean) = check_closely(cells, rules, found, sink);
    Outcome { present, clean, trailing }
}

/// What the short way did not settle. Gives the elements that are there, and whether nothing is wrong.
#[inline(never)]
fn check_closely(cells: &Cells<'_>, rules: &Rules, found: Glance, sink: &mut Sink<'_>) -> (u32, bool) {
    let before = sink.errors_in_set;
    let count = cells.len();
    let Glance { mut present, mut doubtful } = found;
    while doubtful != 0 {
        one_element(cells, rules, doubtful.trailing_zeros() as usize, sink);
        doubtful &= doubtful - 1;
    }
    if rules.required & !present | rules.not_used & present != 0 {
        usage(cells, rules, present, sink);
    }
    if count > rules.elements.len() && rules.not_used & present == 0 {
        beyond(cells, rules, sink);
    }
    if count > rules.elements.len() {
        present = present_of(cells);
    }
    let related = if sink.up_to < Snip::Guide { rules.related } else { rules.related_in_guide };
    if (present | 1) & related != 0 && sink.errors_in_set == before {
        relations(cells, rules.relations, present, sink);
    }
    (present, sink.errors_in_set == before)
}

/// What the short way through a segment finds, as bits by position.
struct Glance {
    /// The elements that are there. Those past the guide's do not matter to it.
    present: u32,
    /// Those of them that are to be looked at closely.
    doubtful: u32,
}

/// Whether an element with parts or strange bytes is certainly in order, and then before which byte no further ones
/// stand.
#[inline(never)]
fn is_plain_in_parts(
    element: &Element,
    cells: &Cells<'_>,
    (begin, end): (usize, usize),
    sink: &Sink<'_>,
) -> Option<usize> {
    let last = cells.ends[cells.ends.len() - 1] as usize;
    // Those behind the element are in the same word where the rest of the segment fits into it.
    let (own, next) = match cells.separators(begin, last).filter(|_| last.wrapping_sub(begin) <= 64) {
        Some(separators) => {
            let length = end.wrapping_sub(begin) as u32;
            let behind = separators.checked_shr(length).unwrap_or(0);
            let next = if behind == 0 { usize::MAX } else { end.wrapping_add(behind.trailing_zeros() as usize) };
            (separators & u64::MAX.checked_shr(64 - length).unwrap_or(0), next)
        }
        None => (cells.separators(begin, end)?, end),
    };
    let is_plain = match own {
        0 => is_plain(element, cells.block, begin, end, |k| cells.get(k), sink),
        _ => is_plain_composite(element, cells, begin, end, own, sink),
    };
    is_plain.then_some(next)
}

/// Goes through the elements the short way.
#[inline(always)]
fn glance(cells: &Cells<'_>, rules: &Rules, is_told: bool, sink: &mut Sink<'_>) -> Glance {
    let Cells { block, ends, .. } = *cells;
    let mut next_part = cells.next_part;
    let (elements, before_it, ends, is_told) = match (rules.elements, ends) {
        ([_, elements @ ..], [_, first, ends @ ..]) if is_told && next_part >= *first as usize => {
            (elements, *first, ends, true)
        }
        (elements, [id, ends @ ..]) => (elements, *id, ends, false),
        (_, []) => return Glance { present: 0, doubtful: 0 },
    };
    let mut bit = 1 << u32::from(is_told);
    let mut found = Glance { present: bit & 2, doubtful: 0 };
    let mut begin = (before_it as usize).wrapping_add(1);
    for (element, end) in elements.iter().zip(ends) {
        bit = bit.rotate_left(1);
        let (from, end) = (begin, *end as usize);
        begin = end.wrapping_add(1);
        let is_in_order = if from >= end {
            true
        } else {
            found.present |= bit;
            if next_part < end {
                let next = is_plain_in_parts(element, cells, (from, end), sink);
                next_part = next.unwrap_or(next_part);
                next.is_some()
            } else if element.quick == Quick::Decimal {
                is_plain_decimal(element, block, from, end, bit, sink)
            } else {
                is_plain(element, block, from, end, |k| cells.get(k), sink)
            }
        };
        found.doubtful |= if is_in_order { 0 } else { bit };
    }
    found
}

/// Whether a decimal is certainly in order. Keeps its cents, for the rules ask for nearly every one of them.
#[inline(always)]
fn is_plain_decimal(element: &Element, block: &[u8], begin: usize, end: usize, bit: u32, sink: &mut Sink<'_>) -> bool {
    let Some(cents) = plain_cents_at(block, begin, end) else { return is_other_decimal(element, block, begin, end) };
    sink.decimals.keep(bit, cents);
    let length = end.wrapping_sub(begin);
    length >= usize::from(element.min) && length <= usize::from(element.max)
}

/// A decimal whose cents cannot be read in one word.
#[inline(never)]
fn is_other_decimal(element: &Element, block: &[u8], begin: usize, end: usize) -> bool {
    let length = end.wrapping_sub(begin);
    length >= usize::from(element.min)
        && length <= usize::from(element.max)
        && is_plain_number(block, begin, length, true)
}

/// An element that is there, looked at closely.
#[inline(never)]
fn one_element(cells: &Cells<'_>, rules: &Rules, n: usize, sink: &mut Sink<'_>) {
    let element = &rules.elements[n - 1];
    let (begin, end) = cells.bounds(n);
    if element.usage == Usage::NotUsed {
        // Told with the elements that are missing.
        return;
    }
    let value = &cells.block[begin..end];
    if cells.is_structured(begin as u32, end as u32) {
        structured(cells, n, value, element, sink);
    } else if element.kind == Kind::Composite {
        one(cells, n, value, element, sink);
    } else if has_refused_form(element, rules.elements, |k| cells.get(k)) {
        // What its form is was told there.
    } else {
        simple(cells, Where { n, k: 0 }, value, element, sink);
    }
}

/// Required elements that are empty and others that should be.
#[cold]
fn usage(cells: &Cells<'_>, rules: &Rules, present: u32, sink: &mut Sink<'_>) {
    let mut told_not_used = false;
    for (index, element) in rules.elements.iter().enumerate() {
        let n = index + 1;
        // Binary data that is not there was told when its end was sought.
        if rules.required & !present & 1 << n != 0 && element.kind != Kind::Binary {
            let is_there = n <= cells.len();
            let at = if is_there { cells.at_element(n) } else { At { element: narrow(n), ..cells.at() } };
            sink.error(&REQUIRED, at);
            if !is_there {
                // The first tells that the segment ends too early.
                return;
            }
        } else if rules.not_used & present & 1 << n != 0 && !std::mem::replace(&mut told_not_used, true) {
            // Several of them tell one thing: that another use of the segment was meant.
            sink.error(&NOT_USED, cells.at_element(n));
        }
    }
}

/// The elements that are there, as bits by position.
fn present_of(cells: &Cells<'_>) -> u32 {
    let mut present: u32 = 0;
    for (index, ends) in cells.ends.windows(2).take(30).enumerate() {
        // Two ends next to each other hold nothing between them.
        present |= u32::from(ends[1] - ends[0] > 1) << (index + 1);
    }
    present
}

/// Whether a date's form is none that the guide allows: then the form is the fault, and the date follows from it.
fn has_refused_form<'v>(element: &Element, neighbours: &[Element], value: impl Fn(usize) -> &'v [u8]) -> bool {
    let form_at = usize::from(element.form_at);
    element.kind == Kind::Dated
        && neighbours.get(form_at.wrapping_sub(1)).is_some_and(|form| {
            !form.codes.is_empty() && !value(form_at).is_empty() && !holds(form.codes, value(form_at))
        })
}

/// Elements after the last one that the guide uses.
#[cold]
fn beyond(cells: &Cells<'_>, rules: &Rules, sink: &mut Sink<'_>) {
    for n in rules.elements.len() + 1..=cells.len() {
        if cells.get(n).is_empty() {
            continue;
        }
        if n > usize::from(rules.standard_length) {
            sink.error(&TOO_MANY, cells.at_element(n));
            return;
        }
        sink.error(&NOT_USED, cells.at_element(n));
        return;
    }
}

/// Which element, and which component of it (0 for the whole).
#[derive(Clone, Copy)]
struct Where {
    n: usize,
    k: usize,
}

impl Where {
    fn at(self, cells: &Cells<'_>) -> At {
        if self.k == 0 { cells.at_element(self.n) } else { cells.at_component(self.n, self.k) }
    }
}

/// An element that may hold repetitions, components or strange bytes.
fn structured(cells: &Cells<'_>, n: usize, value: &[u8], element: &Element, sink: &mut Sink<'_>) {
    let repetition = cells.delimiters.repetition;
    if !cells.strange.is_empty() && has_strange_byte(cells, value) {
        sink.error(&CHARACTER, cells.at_element(n));
        return;
    }
    if !sink.told_extended && value.iter().any(|byte| *byte >= 0x80) {
        sink.told_extended = true;
        sink.warning(&EXTENDED, cells.at_element(n));
    }
    let Some(separator) = repetition.filter(|separator| value.contains(separator)) else {
        one(cells, n, value, element, sink);
        return;
    };
    for (index, part) in value.split(|byte| *byte == separator).enumerate() {
        if index >= usize::from(element.repeats) {
            let at = cells.at_element(n);
            sink.error_at_repetition(&REPEATS, at, index as u16 + 1);
            return;
        }
        if part.is_empty() {
            sink.error_at_repetition(&REQUIRED, cells.at_element(n), index as u16 + 1);
        } else {
            one(cells, n, part, element, sink);
        }
    }
}

fn has_strange_byte(cells: &Cells<'_>, value: &[u8]) -> bool {
    // Bytes from 0x80 on are letters of names in UTF-8 or Latin-1 and are let through.
    value.iter().any(|byte| (*byte < 0x20 || *byte == 0x7f) && !cells.delimiters.contains(*byte))
}

/// One repetition of an element.
fn one(cells: &Cells<'_>, n: usize, value: &[u8], element: &Element, sink: &mut Sink<'_>) {
    let separator = cells.delimiters.component;
    let before = sink.errors_in_set;
    if element.kind != Kind::Composite {
        if value.contains(&separator) {
            sink.error(&COMPONENTS, cells.at_element(n));
        } else {
            simple(cells, Where { n, k: 0 }, value, element, sink);
        }
        return;
    }
    // Parts that are too many for any guide tell all of those that this one has no use for, and so does the first of these.
    let is_too_long = value.iter().filter(|byte| **byte == separator).count() >= element.components.len();
    let mut told_not_used = is_too_long;
    let mut seen = 0;
    for (index, part) in value.split(|byte| *byte == separator).enumerate() {
        seen = index + 1;
        let Some(component) = element.components.get(index) else {
            sink.error(&COMPONENTS, cells.at_component(n, index + 1));
            return;
        };
        let place = Where { n, k: index + 1 };
        match (part.is_empty(), component.usage) {
            (true, Usage::Required) => sink.error(&REQUIRED, place.at(cells)),
            (true, Usage::Situational | Usage::NotUsed) => {}
            (false, Usage::NotUsed) => {
                if !std::mem::replace(&mut told_not_used, true) {
                    sink.error(&NOT_USED, place.at(cells));
                }
            }
            (false, Usage::Required | Usage::Situational)
                if has_refused_form(component, element.components, |k| {
                    crate::segment::nth(value, separator, k - 1)
                }) => {}
            (false, Usage::Required | Usage::Situational) => simple_part(cells, place, value, part, component, sink),
        }
    }
    // Where the parts that are there are wrong, those that are not follow from it.
    let missing = if sink.errors_in_set == before { seen } else { element.components.len() };
    for (index, component) in element.components.iter().enumerate().skip(missing) {
        if component.usage == Usage::Required {
            sink.error(&REQUIRED, cells.at_component(n, index + 1));
            // The first tells that the composite ends too early.
            break;
        }
    }
}

/// A simple element: its neighbours are the other elements.
#[inline]
fn simple(cells: &Cells<'_>, place: Where, value: &[u8], element: &Element, sink: &mut Sink<'_>) {
    if let Some(rule) = lexical(value, element, |k| cells.get(k)) {
        sink.error(rule, place.at(cells));
    } else if let Some(outside) = element.outside {
        outside_list(cells, place, value, outside, |k| cells.get(k), sink);
    }
}

/// A component: its neighbours are the other components.
fn simple_part(cells: &Cells<'_>, place: Where, whole: &[u8], value: &[u8], element: &Element, sink: &mut Sink<'_>) {
    let neighbour = |k: usize| crate::segment::nth(whole, cells.delimiters.component, k.saturating_sub(1));
    if let Some(rule) = lexical(value, element, neighbour) {
        sink.error(rule, place.at(cells));
    } else if let Some(outside) = element.outside {
        outside_list(cells, place, value, outside, neighbour, sink);
    }
}

/// What is wrong with a value by its type, length and codes.
#[inline]
fn lexical<'v>(value: &[u8], element: &Element, neighbour: impl Fn(usize) -> &'v [u8]) -> Option<&'static Rule> {
    if !element.codes.is_empty() {
        return (!holds(element.codes, value)).then_some(&CODE_VALUE);
    }
    let length = match element.kind {
        Kind::Whole | Kind::Decimal => match number_digits(value, element.kind == Kind::Decimal) {
            Some(_) if element.number == MONEY && has_fraction_of_a_cent(value) => return Some(&CENTS),
            Some(digits) => digits,
            None => return Some(&CHARACTER),
        },
        Kind::Date if element.max == 6 => return parse_d6(value).is_none().then_some(&BAD_DATE),
        Kind::Date => return (!is_d8(value)).then_some(&BAD_DATE),
        Kind::Time => return parse_tm(value).is_none().then_some(&BAD_TIME),
        Kind::Dated => return dated(value, neighbour(usize::from(element.form_at))),
        // Its length was found to hold when its end was found.
        Kind::Binary => return None,
        Kind::Text | Kind::Code | Kind::Composite => value.len(),
    };
    if length < usize::from(element.min) {
        Some(&TOO_SHORT)
    } else if length > usize::from(element.max) {
        Some(&TOO_LONG)
    } else {
        None
    }
}

/// How many digits a number has, sign and point apart; None when it is no number.
fn number_digits(value: &[u8], may_have_point: bool) -> Option<usize> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let mut points = 0;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {}
            b'.' if may_have_point => points += 1,
            _ => return None,
        }
    }
    (points <= 1 && digits.len() > points).then_some(digits.len() - points)
}

/// More than two decimals that are not zero.
fn has_fraction_of_a_cent(value: &[u8]) -> bool {
    let point = value.iter().position(|byte| *byte == b'.');
    point.is_some_and(|point| value.iter().skip(point + 3).any(|byte| *byte != b'0'))
}

fn dated(value: &[u8], form: &[u8]) -> Option<&'static Rule> {
    let is_date = match form {
        b"D8" => is_d8(value),
        b"RD8" => match parse_rd8(value) {
            Some((from, through)) if from > through => return Some(&RANGE),
            found => found.is_some(),
        },
        b"DT" => parse_dt(value).is_some(),
        b"TM" => return parse_tm(value).is_none().then_some(&BAD_TIME),
        b"D6" => parse_d6(value).is_some(),
        _ => true,
    };
    (!is_date).then_some(&BAD_DATE)
}

fn outside_list<'v>(
    cells: &Cells<'_>,
    place: Where,
    value: &[u8],
    outside: &Outside,
    neighbour: impl Fn(usize) -> &'v [u8],
    sink: &mut Sink<'_>,
) {
    if outside.only_if_at > 0 && !holds(outside.only_if, neighbour(usize::from(outside.only_if_at))) {
        return;
    }
    // A state is judged only inside the United States and Canada; N404 names another country.
    if outside.list == CodeList::State && !matches!(neighbour(4), b"" | b"US" | b"CA") {
        return;
    }
    let rule = match outside.list {
        CodeList::Npi => &NPI,
        CodeList::Icd10cm => &ICD,
        CodeList::Icd10pcs => &ICD_PCS,
        CodeList::ClaimFrequency | CodeList::BillFrequency => &CODE_VALUE,
        CodeList::PlaceOfService
        | CodeList::Carc
        | CodeList::Rarc
        | CodeList::StatusCategory
        | CodeList::StatusCode
        | CodeList::Taxonomy
        | CodeList::Procedure
        | CodeList::Modifier
        | CodeList::State
        | CodeList::Ndc
        | CodeList::Revenue
        | CodeList::BillType
        | CodeList::Condition
        | CodeList::Occurrence
        | CodeList::ValueCode
        | CodeList::AdmissionType
        | CodeList::AdmissionSource
        | CodeList::PatientStatus
        | CodeList::Drg
        | CodeList::DentalProcedure
        | CodeList::Tooth => &LIST,
    };
    if !has_shape(outside.list, value) {
        sink.error(rule, place.at(cells));
        return;
    }
    // Lists that change with the date of service are asked when the claim's dates are known.
    if depends_on_date(outside.list) {
        return;
    }
    let Ok(text) = std::str::from_utf8(value) else { return };
    match sink.codes.standing(outside.list, text, None) {
        Standing::Valid | Standing::NotChecked => {}
        Standing::Unknown => sink.error(rule, place.at(cells)),
        Standing::NotOnDate => sink.error(&NOT_ON_DATE, place.at(cells)),
    }
}

#[inline(never)]
fn relations(cells: &Cells<'_>, relations: &[Relation], present: u32, sink: &mut Sink<'_>) {
    for relation in relations {
        let there = relation.places & present;
        let first_there = present & 1 << relation.first != 0;
        let others = relation.places & !(1 << relation.first);
        let (broken, rule) = match relation.kind {
            RelationKind::Paired => (there != 0 && there != relation.places, &CONDITION),
            RelationKind::AtLeastOne => (there == 0, &CONDITION),
            RelationKind::AtMostOne => (there.count_ones() > 1, &EXCLUSION),
            RelationKind::Conditional => (first_there && present & others != others, &CONDITION),
            RelationKind::ListConditional => (first_there && present & others == 0, &CONDITION),
        };
        if broken {
            let missing = relation.places & !present;
            let n = if missing == 0 { u32::from(relation.first) } else { missing.trailing_zeros() } as usize;
            let at = if n <= cells.len() { cells.at_element(n) } else { At { element: narrow(n), ..cells.at() } };
            sink.error(rule, at);
            // One gap breaks several conditions; the first tells it.
            return;
        }
    }
}
