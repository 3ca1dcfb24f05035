//! What a 999 may say of a problem beyond its place: the claim it is in, what a situation hangs on, the faulty value.
//!
//! Reads the acknowledged file again; without it a 999 still says where and what.

use crate::check::{Checked, SetReport};
use crate::document::Document;
use crate::guide::{GUIDES, Guide, RULES, packed_code};
use crate::outline::{Placed, outline};
use crate::problem::{Code, Problem};
use crate::rules::language::tables::Cause;
use crate::segment::Segment;
use crate::value::Value;
use crate::writer::Writer;

/// IK404 and CTX01-2 hold at most so many characters of the file.
const LONGEST_COPY: usize = 99;
/// CTX01-2, by the guide's element 9998.
const LONGEST_UNIT: usize = 35;

/// A cause is sought among so many segments: a file of nothing but problems must not take problems times its length.
const FARTHEST: usize = 4096;

/// The acknowledged file, with the place of each segment.
pub(super) struct Context<'f> {
    document: Document<'f>,
    places: Vec<Placed>,
    copies_data: bool,
}

/// What sets a rule off: a segment by its index in the file, or an element of it.
struct Trigger {
    at: usize,
    element: u8,
    component: u8,
    repetition: u16,
}

impl Trigger {
    fn whole(at: usize) -> Self {
        Self { at, element: 0, component: 0, repetition: 0 }
    }
}

/// What sets off a rule of a guide; none for rules that are Rust functions, and for loaded ones.
fn causes_of(guide: &Guide, rule: &str) -> Option<&'static [Cause]> {
    let mine = RULES.iter().filter(|tables| {
        tables.set_id == guide.set_id && guide.versions.contains(&tables.version) && guide.is_headed(tables.heading)
    });
    let scopes = mine.flat_map(|tables| {
        tables.loops.iter().map(|table| &table.scope).chain(tables.entries.iter().map(|entry| &entry.scope))
    });
    scopes.flat_map(|scope| scope.rules).find(|situation| situation.id == rule).map(|situation| situation.causes)
}

impl<'f> Context<'f> {
    /// None where nothing was rejected: then nothing is told that needs it.
    pub fn of(file: &'f [u8], checked: &Checked, copies_data: bool) -> Option<Self> {
        if checked.problems.errors() == 0 {
            return None;
        }
        let document = Document::read(file);
        let places = outline(&document);
        Some(Self { document, places, copies_data })
    }

    fn index(&self, problem: &Problem) -> Option<usize> {
        self.document.index_at(problem.span.0)
    }

    /// The number of the business unit that a problem stands in: CLM01 of a claim, else TRN02.
    pub fn write_unit(&self, writer: &mut Writer, problem: &Problem, set: &SetReport) {
        let Some(index) = self.index(problem) else { return };
        let (name, segment_id, element) = if set.id == "837" { ("CLM01", "CLM", 1) } else { ("TRN02", "TRN", 2) };
        let is_fence = |segment: &Segment<'_>| {
            segment.is("ST") || (set.id == "837" && segment.is("HL")) || (segment.is("TRN") && segment_id == "TRN")
        };
        let mut behind = (0..=index).rev().filter_map(|at| self.document.segment(at));
        let found = behind.find(|segment| segment.is(segment_id) || is_fence(segment));
        let value = found.filter(|segment| segment.is(segment_id)).map(|segment| segment.text(element).into_owned());
        let Some(value) = value.filter(|value| !value.is_empty()) else { return };
        let value: String = value.chars().take(LONGEST_UNIT).collect();
        writer.segment("CTX", [Value::composite([name.to_owned(), value])]);
    }

    /// What a situational rule hangs on: the element or segment that sets it off. Where a rule has no condition, the
    /// place where it shows; for what is missing, the first segment of the loop that should hold it.
    pub fn write_trigger(&self, writer: &mut Writer, problem: &Problem, set: &SetReport) {
        if !matches!(problem.code, Code::Situation) {
            return;
        }
        let Some(index) = self.index(problem) else { return };
        let first = usize::try_from(set.ordinals.0).unwrap_or(usize::MAX);
        let Some(trigger) = self.cause(problem, index, first).or_else(|| self.shown(problem, index, first)) else {
            return;
        };
        let (Some(segment), Some(position)) = (self.document.segment(trigger.at), trigger.at.checked_sub(first)) else {
            return;
        };
        let mut elements = vec![
            Value::from("SITUATIONAL TRIGGER"),
            Value::from(segment.id().to_owned()),
            Value::from((position + 1).to_string()),
            Value::from(super::loop_of(self.places[trigger.at].loop_id)),
        ];
        if trigger.element > 0 {
            elements.push(Value::composite(super::place_of(trigger.element, trigger.component, trigger.repetition)));
            let number = self.number_at(trigger.at, trigger.element, trigger.component);
            elements.extend(number.map(|number| Value::composite([number.to_string()])));
        }
        writer.segment("CTX", elements);
    }

    /// Where a problem shows.
    fn shown(&self, problem: &Problem, index: usize, first: usize) -> Option<Trigger> {
        let here = self.document.segment(index).filter(|segment| segment.segment_id() == problem.segment);
        if here.is_some() {
            let Problem { element, component, repetition, .. } = *problem;
            return Some(Trigger { at: index, element, component, repetition });
        }
        self.opening(problem, index, first).map(Trigger::whole)
    }

    /// The first segment of the loop that a problem is told in.
    fn opening(&self, problem: &Problem, index: usize, first: usize) -> Option<usize> {
        let opens = |at: &usize| self.places[*at].opens_loop && self.places[*at].loop_id == problem.loop_id;
        (first..=index).rev().find(opens)
    }

    /// What sets the rule off: sought in the loop of the problem first, the nearest before it and then what comes
    /// after, and then in the loops around it, of which the newest is the open one.
    fn cause(&self, problem: &Problem, index: usize, first: usize) -> Option<Trigger> {
        let guide = GUIDES.get(usize::from(self.places.get(index)?.guide?))?;
        let causes = causes_of(guide, problem.rule)?;
        let from = self.opening(problem, index, first).unwrap_or(first);
        let depth = self.places[from].depth;
        let is_past = |at: &usize| {
            self.places[*at].depth < depth || self.places[*at].depth == depth && self.places[*at].opens_loop
        };
        let end = (from + 1..self.places.len()).find(|at| *at > index && is_past(at)).unwrap_or(self.places.len());
        let places = (from..=index).rev().chain(index + 1..end).chain((first..from).rev());
        places.take(FARTHEST).find_map(|at| causes.iter().find_map(|cause| self.sets_off(cause, at)))
    }

    /// Whether a cause is met by a segment, and by which element of it.
    fn sets_off(&self, cause: &Cause, at: usize) -> Option<Trigger> {
        if self.places[at].entry != Some(cause.entry) {
            return None;
        }
        let segment = self.document.segment(at)?;
        let value = |element: u8, component: u8| match component {
            0 => segment.element(usize::from(element)),
            component => segment.component(usize::from(element), usize::from(component)),
        };
        let is_one_of = |codes: &[(u64, u64)], value: &[u8]| {
            let packed = packed_code(value);
            codes.is_empty() || codes.iter().any(|(low, high)| (*low..=*high).contains(&packed))
        };
        let (element, component, codes) = cause.guard;
        if element > 0 && !is_one_of(codes, value(element, component)) {
            return None;
        }
        if cause.first == 0 {
            return Some(Trigger::whole(at));
        }
        let mut elements = (cause.first..=cause.last).step_by(usize::from(cause.step.max(1)));
        let component = cause.component;
        let element = elements.find(|element| {
            let value = value(*element, component);
            !value.is_empty() && is_one_of(cause.codes, value)
        })?;
        Some(Trigger { at, element, component, repetition: 0 })
    }

    /// The number of the data element in the standard.
    pub fn number(&self, problem: &Problem) -> Option<u16> {
        self.number_at(self.index(problem)?, problem.element, problem.component)
    }

    fn number_at(&self, at: usize, element: u8, component: u8) -> Option<u16> {
        let element = self.places.get(at)?.element(usize::from(element), usize::from(component))?;
        Some(element.number).filter(|number| *number > 0)
    }

    /// The faulty value, where copies are wanted and there is one.
    pub fn copy(&self, problem: &Problem) -> Option<String> {
        if !self.copies_data || problem.span.1 == 0 {
            return None;
        }
        let segment = self.document.segment(self.index(problem)?)?;
        let start = usize::try_from(problem.span.0).ok()?.checked_sub(segment.span().start)?;
        let end = start.saturating_add(problem.span.1 as usize);
        let value = segment.raw().get(start..end.min(segment.raw().len()))?;
        Some(crate::segment::decode(value).chars().take(LONGEST_COPY).collect())
    }
}
