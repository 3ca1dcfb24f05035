//! What a 999 may say of a problem beyond its place: the claim it is in, what a situation hangs on, the faulty value.
//!
//! Reads the rejected sets of the acknowledged file again, each from its first segment to what its last problem hangs
//! on; holds a few thousand places, never the set. Without the file a 999 still says where and what.

use std::collections::VecDeque;
use std::io::{self, Read};

use crate::check::SetReport;
use crate::delimiters::Delimiters;
use crate::document::{Passed, Passing};
use crate::guide::{GUIDES, Guide, RULES, packed_code};
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

/// The file that is acknowledged, for a 999 that says more: CTX names the claim (CLM01) or trace (TRN02) of each problem
/// and what a situation hangs on, IK402 the data element.
#[derive(Clone, Copy)]
pub struct AcknowledgedFile<'f> {
    source: FileSource<'f>,
    copies_data: bool,
}

/// Opens a file at a byte.
type OpenAt<'f> = dyn Fn(u64) -> io::Result<Box<dyn Read + 'f>> + 'f;

#[derive(Clone, Copy)]
enum FileSource<'f> {
    Held(&'f [u8]),
    Opened(&'f OpenAt<'f>),
}

impl<'f> AcknowledgedFile<'f> {
    /// A file in memory, or as much of it as is there.
    pub fn held(bytes: &'f [u8]) -> Self {
        Self { source: FileSource::Held(bytes), copies_data: false }
    }

    /// A file that is opened again at a byte for each set that is rejected.
    pub fn opened(at: &'f OpenAt<'f>) -> Self {
        Self { source: FileSource::Opened(at), copies_data: false }
    }

    /// IK404 copies the faulty value: it may be a patient's name.
    #[must_use]
    pub fn copying_data(self) -> Self {
        Self { copies_data: true, ..self }
    }

    pub(super) fn read_from(&self, byte: u64) -> io::Result<Box<dyn Read + 'f>> {
        match self.source {
            FileSource::Held(bytes) => {
                let from = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
                Ok(Box::new(&bytes[from..]))
            }
            FileSource::Opened(open) => open(byte),
        }
    }
}

/// What the file says of one problem.
#[derive(Default)]
pub(super) struct Told {
    /// The name of the number of the business unit, and the number.
    unit: Option<(&'static str, String)>,
    trigger: Option<Trigger>,
    /// The number of the data element in the standard.
    pub number: Option<u16>,
    /// The faulty value.
    pub copy: Option<String>,
}

/// What sets a rule off: a segment of the set, or an element of it.
#[derive(Clone)]
struct Trigger {
    segment: String,
    /// The segment's place in its set, counted from 0.
    index: usize,
    loop_id: &'static str,
    element: u8,
    component: u8,
    repetition: u16,
    number: Option<u16>,
}

impl Told {
    /// The number of the business unit that the problem stands in: CLM01 of a claim, else TRN02.
    pub fn write_unit(&self, writer: &mut Writer) {
        if let Some((name, value)) = &self.unit {
            writer.segment("CTX", [Value::composite([(*name).to_owned(), value.clone()])]);
        }
    }

    /// What a situational rule hangs on: the element or segment that sets it off. Where a rule has no condition, the
    /// place where it shows; for what is missing, the first segment of the loop that should hold it.
    pub fn write_trigger(&self, writer: &mut Writer) {
        let Some(trigger) = &self.trigger else { return };
        let mut elements = vec![
            Value::from("SITUATIONAL TRIGGER"),
            Value::from(trigger.segment.clone()),
            Value::from((trigger.index + 1).to_string()),
            Value::from(super::loop_of(trigger.loop_id)),
        ];
        if trigger.element > 0 {
            let place = super::place_of(trigger.element, trigger.component, trigger.repetition);
            elements.push(Value::composite(place));
            elements.extend(trigger.number.map(|number| Value::composite([number.to_string()])));
        }
        writer.segment("CTX", elements);
    }
}

/// What the file says of the problems of a set, one for each of them.
pub(super) fn of_set(
    file: AcknowledgedFile<'_>,
    set: &SetReport,
    group_version: &str,
    delimiters: Delimiters,
    problems: &[Problem],
) -> io::Result<Vec<Told>> {
    let mut waiting: Vec<usize> = (0..problems.len()).collect();
    waiting.sort_by_key(|nth| problems[*nth].span.0);
    let mut seeker = Seeker {
        copies_data: file.copies_data,
        is_claim: set.id == "837",
        problems,
        told: problems.iter().map(|_| Told::default()).collect(),
        wanted: Vec::new(),
        guide: None,
        unit: None,
        loops: Vec::new(),
        pending: Vec::new(),
    };
    let mut passing = Passing::begin_at_set(file.read_from(set.start)?, set.start, delimiters, group_version)?;
    let mut waiting = waiting.into_iter().peekable();
    // A set that cannot be read on has told what it could.
    while let Ok(Some(passed)) = passing.next() {
        let segment = passed.segment();
        let is_over = passed.index > 0 && matches!(segment.id(), "ST" | "GE" | "GS" | "IEA" | "ISA");
        if is_over || waiting.peek().is_none() && seeker.pending.is_empty() {
            break;
        }
        seeker.take(&passed);
        let ends_before = passed.next.unwrap_or(u64::MAX);
        while let Some(nth) = waiting.next_if(|nth| problems[*nth].span.0 < ends_before) {
            seeker.tell(nth, &passed);
        }
        if segment.is("SE") {
            break;
        }
    }
    seeker.give_up();
    Ok(seeker.told)
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

/// A rule that a problem of the set broke, and the last segments that set it off.
struct Wanted {
    rule: &'static str,
    causes: &'static [Cause],
    found: VecDeque<Trigger>,
}

/// Where a loop was opened last.
struct Opening {
    loop_id: &'static str,
    trigger: Trigger,
    depth: u16,
}

/// A problem whose cause may still come.
struct Pending {
    nth: usize,
    /// Among the wanted rules.
    wanted: usize,
    /// How deep the loop is.
    depth: u16,
    /// So many more segments may be looked at.
    left: usize,
    /// The nearest before the loop, and how many segments it is before it.
    before: Option<(Trigger, usize)>,
    /// What is told where nothing is found.
    otherwise: Option<Trigger>,
}

/// Goes through a set once.
struct Seeker<'p> {
    copies_data: bool,
    is_claim: bool,
    problems: &'p [Problem],
    told: Vec<Told>,
    wanted: Vec<Wanted>,
    guide: Option<u16>,
    unit: Option<(&'static str, String)>,
    loops: Vec<Opening>,
    pending: Vec<Pending>,
}

impl Seeker<'_> {
    /// Takes the next segment of the set.
    fn take(&mut self, passed: &Passed<'_>) {
        let segment = passed.segment();
        self.heed_guide(passed.placed.guide);
        self.keep_unit(&segment);
        if passed.placed.opens_loop {
            let opening = Opening {
                loop_id: passed.placed.loop_id,
                trigger: whole(passed, &segment),
                depth: passed.placed.depth,
            };
            match self.loops.iter_mut().find(|open| open.loop_id == opening.loop_id) {
                Some(open) => *open = opening,
                None => self.loops.push(opening),
            }
        }
        let mut sets_off = Vec::new();
        for (nth, wanted) in self.wanted.iter_mut().enumerate() {
            while wanted.found.front().is_some_and(|found| found.index + FARTHEST <= passed.index) {
                wanted.found.pop_front();
            }
            let found = wanted.causes.iter().find_map(|cause| set_off(cause, passed, &segment));
            if let Some(found) = found {
                sets_off.push(nth);
                wanted.found.push_back(found);
            }
        }
        self.step_pending(passed, &sets_off);
    }

    /// The rules that were broken have their causes in the tables of the guide.
    fn heed_guide(&mut self, guide: Option<u16>) {
        if guide.is_none() || guide == self.guide {
            return;
        }
        self.guide = guide;
        self.wanted.clear();
        let Some(guide) = guide.and_then(|at| GUIDES.get(usize::from(at))) else { return };
        for problem in self.problems.iter().filter(|problem| problem.code == Code::Situation) {
            if self.wanted.iter().all(|wanted| wanted.rule != problem.rule)
                && let Some(causes) = causes_of(guide, problem.rule)
            {
                self.wanted.push(Wanted { rule: problem.rule, causes, found: VecDeque::new() });
            }
        }
    }

    fn keep_unit(&mut self, segment: &Segment<'_>) {
        let (name, element) = match (segment.id(), self.is_claim) {
            ("CLM", true) => ("CLM01", 1),
            ("TRN", false) => ("TRN02", 2),
            ("ST", _) | ("HL", true) => {
                self.unit = None;
                return;
            }
            _ => return,
        };
        let value: String = segment.text(element).chars().take(LONGEST_UNIT).collect();
        self.unit = Some((name, value)).filter(|(_, value)| !value.is_empty());
    }

    /// Looks at a segment for the problems before it.
    fn step_pending(&mut self, passed: &Passed<'_>, sets_off: &[usize]) {
        let placed = &passed.placed;
        let mut still = Vec::new();
        for mut pending in std::mem::take(&mut self.pending) {
            let is_past = placed.depth < pending.depth || placed.depth == pending.depth && placed.opens_loop;
            if is_past || pending.left == 0 {
                let nth = pending.nth;
                self.told[nth].trigger = pending.settled();
            } else if sets_off.contains(&pending.wanted) {
                self.told[pending.nth].trigger = self.wanted[pending.wanted].found.back().cloned();
            } else {
                pending.left -= 1;
                still.push(pending);
            }
        }
        self.pending = still;
    }

    /// Tells what is known of a problem at the segment it stands in.
    fn tell(&mut self, nth: usize, passed: &Passed<'_>) {
        let problem = &self.problems[nth];
        let segment = passed.segment();
        let told = &mut self.told[nth];
        told.unit = self.unit.clone();
        told.number = number_at(passed, problem.element, problem.component);
        told.copy = if self.copies_data { copy(problem, &segment) } else { None };
        if problem.code == Code::Situation {
            self.tell_trigger(nth, passed);
        }
    }

    /// Finds what sets the rule off: sought in the loop of the problem first, the nearest before it and then what comes
    /// after, and then in the loops around it, of which the newest is the open one.
    fn tell_trigger(&mut self, nth: usize, passed: &Passed<'_>) {
        let problem = &self.problems[nth];
        let segment = passed.segment();
        let opening = self.loops.iter().find(|open| open.loop_id == problem.loop_id);
        let otherwise = if segment.segment_id() == problem.segment {
            let Problem { element, component, repetition, .. } = *problem;
            let number = number_at(passed, element, component);
            Some(Trigger { element, component, repetition, number, ..whole(passed, &segment) })
        } else {
            opening.map(|open| open.trigger.clone())
        };
        let Some(at) = self.wanted.iter().position(|wanted| wanted.rule == problem.rule) else {
            self.told[nth].trigger = otherwise;
            return;
        };
        let (from, depth) = opening.map_or((0, SET_DEPTH), |open| (open.trigger.index, open.depth));
        let inside = passed.index - from + 1;
        let found = &self.wanted[at].found;
        if let Some(nearest) = found.back().filter(|found| found.index >= from) {
            self.told[nth].trigger = Some(nearest.clone());
            return;
        }
        let left = FARTHEST.saturating_sub(inside);
        let before = found.back().map(|found| (found.clone(), from - found.index));
        self.pending.push(Pending { nth, wanted: at, depth, left, before, otherwise });
    }

    /// The set is over: what is pending has no cause behind it.
    fn give_up(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let nth = pending.nth;
            self.told[nth].trigger = pending.settled();
        }
    }
}

/// How deep a segment directly in a set stands.
const SET_DEPTH: u16 = 2;

impl Pending {
    /// What is told where nothing in the loop sets the rule off.
    fn settled(self) -> Option<Trigger> {
        let before = self.before.filter(|(_, distance)| *distance <= self.left).map(|(trigger, _)| trigger);
        before.or(self.otherwise)
    }
}

fn whole(passed: &Passed<'_>, segment: &Segment<'_>) -> Trigger {
    Trigger {
        segment: segment.id().to_owned(),
        index: passed.index,
        loop_id: passed.placed.loop_id,
        element: 0,
        component: 0,
        repetition: 0,
        number: None,
    }
}

/// The segment, or the element of it, where it meets a cause.
fn set_off(cause: &Cause, passed: &Passed<'_>, segment: &Segment<'_>) -> Option<Trigger> {
    if passed.placed.entry != Some(cause.entry) {
        return None;
    }
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
        return Some(whole(passed, segment));
    }
    let mut elements = (cause.first..=cause.last).step_by(usize::from(cause.step.max(1)));
    let component = cause.component;
    let element = elements.find(|element| {
        let value = value(*element, component);
        !value.is_empty() && is_one_of(cause.codes, value)
    })?;
    let number = number_at(passed, element, component);
    Some(Trigger { element, component, number, ..whole(passed, segment) })
}

/// The number of a data element in the standard.
fn number_at(passed: &Passed<'_>, element: u8, component: u8) -> Option<u16> {
    let element = passed.placed.element(usize::from(element), usize::from(component))?;
    Some(element.number).filter(|number| *number > 0)
}

/// The faulty value, where there is one.
fn copy(problem: &Problem, segment: &Segment<'_>) -> Option<String> {
    if problem.span.1 == 0 {
        return None;
    }
    let start = usize::try_from(problem.span.0).ok()?.checked_sub(segment.span().start)?;
    let end = start.saturating_add(problem.span.1 as usize);
    let value = segment.raw().get(start..end.min(segment.raw().len()))?;
    Some(crate::segment::decode(value).chars().take(LONGEST_COPY).collect())
}
