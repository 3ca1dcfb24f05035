//! What a 999 may say of a problem beyond its place: the claim it is in, what a situation hangs on, the faulty value.
//!
//! Reads the acknowledged file again; without it a 999 still says where and what.

use crate::check::{Checked, SetReport};
use crate::document::Document;
use crate::outline::{Placed, outline};
use crate::problem::{Code, Problem};
use crate::segment::Segment;
use crate::value::Value;
use crate::writer::Writer;

/// IK404 and CTX01-2 hold at most so many characters of the file.
const LONGEST_COPY: usize = 99;
/// CTX01-2, by the guide's element 9998.
const LONGEST_UNIT: usize = 35;

/// The acknowledged file, with the place of each segment.
pub(super) struct Context<'f> {
    document: Document<'f>,
    places: Vec<Placed>,
    copies_data: bool,
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

    /// What a situational rule hangs on: the segment and element where it shows; for one that is missing, the first
    /// segment of the loop that should hold it.
    pub fn write_trigger(&self, writer: &mut Writer, problem: &Problem, set: &SetReport) {
        if !matches!(problem.code, Code::Situation) {
            return;
        }
        let Some(index) = self.index(problem) else { return };
        let shows_here = self.document.segment(index).is_some_and(|segment| segment.segment_id() == problem.segment);
        let first = usize::try_from(set.ordinals.0).unwrap_or(usize::MAX);
        let opening = || {
            let opens = |at: &usize| self.places[*at].opens_loop && self.places[*at].loop_id == problem.loop_id;
            (first..=index).rev().find(opens)
        };
        let Some(at) = (if shows_here { Some(index) } else { opening() }) else { return };
        let (Some(segment), Some(position)) = (self.document.segment(at), at.checked_sub(first)) else { return };
        let mut elements = vec![
            Value::from("SITUATIONAL TRIGGER"),
            Value::from(segment.id().to_owned()),
            Value::from((position + 1).to_string()),
            Value::from(super::loop_of(self.places[at].loop_id)),
        ];
        if shows_here && problem.element > 0 {
            elements.push(Value::composite(super::place_of(problem)));
            let number = self.number(problem).map(|number| number.to_string());
            elements.extend(number.map(|number| Value::composite([number])));
        }
        writer.segment("CTX", elements);
    }

    /// The number of the data element in the standard.
    pub fn number(&self, problem: &Problem) -> Option<u16> {
        let placed = self.places.get(self.index(problem)?)?;
        let element = placed.element(usize::from(problem.element), usize::from(problem.component))?;
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
