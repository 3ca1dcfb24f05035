//! Where each segment of a file stands: interchange, group, set, and the loops of its guide.
//!
//! Judges nothing: a segment without a place stays in the loop that is open. What the tools for people share.

use crate::check::cells::Cells;
use crate::check::place::{Place, Placement};
use crate::check::sink::Sink;
use crate::codes::ShapeOnly;
use crate::document::Document;
use crate::guide::{self, Element, GUIDES, Guide};
use crate::rules::Judges;
use crate::segment::Segment;

/// Where one segment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The loop by the guide's name; empty in the envelope, directly in the set, and without a guide.
    pub loop_id: &'static str,
    /// Our short name of that loop.
    pub loop_label: &'static str,
    /// How deep: 0 in the interchange, 1 in a group, 2 directly in a set, 3 and more in its loops.
    pub depth: u16,
    /// Whether the segment is the first of its loop.
    pub opens_loop: bool,
    /// What the guide calls the set; empty in the envelope and without a guide.
    pub set_label: &'static str,
    /// What the guide says of its elements; empty where it says nothing.
    pub(crate) elements: &'static [Element],
    /// What the guide calls the set's place for it, by number; none where it has no place.
    pub(crate) entry: Option<u16>,
    /// The guide of the set, by its place among the guides; none in the envelope.
    pub(crate) guide: Option<u16>,
}

impl Placed {
    pub(crate) const fn in_envelope(depth: u16) -> Self {
        Self {
            loop_id: "",
            loop_label: "",
            depth,
            opens_loop: false,
            set_label: "",
            elements: &[],
            entry: None,
            guide: None,
        }
    }

    /// Our short name of an element, or of a component of it; empty where the guide has none. Both are counted from 1,
    /// the component 0 is the whole element.
    pub fn element_label(&self, element: usize, component: usize) -> &'static str {
        self.element(element, component).map_or("", |found| guide::label_of(found.number))
    }

    pub(crate) fn element(&self, element: usize, component: usize) -> Option<&'static Element> {
        let found = self.elements.get(element.checked_sub(1)?)?;
        match component.checked_sub(1) {
            None => Some(found),
            Some(_) if found.components.is_empty() => (component == 1).then_some(found),
            Some(at) => found.components.get(at),
        }
    }
}

/// An open set.
struct OpenSet {
    place: Place,
    judge: Judges,
    label: &'static str,
    guide: Option<u16>,
}

/// The place of every segment, in order.
pub fn outline(document: &Document<'_>) -> Vec<Placed> {
    let mut outliner = Outliner::default();
    let mut places = Vec::with_capacity(document.len());
    let mut segments = document.segments().peekable();
    while let Some(segment) = segments.next() {
        places.push(outliner.place(&segment, segments.peek()));
    }
    places
}

/// Finds the places of segments that come one after the other.
pub(crate) struct Outliner {
    sink: Sink<'static>,
    open: Option<OpenSet>,
    is_in_set: bool,
    group_version: String,
}

impl Default for Outliner {
    fn default() -> Self {
        Self { sink: Sink::new(&ShapeOnly), open: None, is_in_set: false, group_version: String::new() }
    }
}

impl Outliner {
    /// One that begins inside a group of this version.
    pub fn in_group(version: &str) -> Self {
        Self { group_version: version.to_owned(), ..Self::default() }
    }

    /// The place of the next segment; the one after it tells a request from a response.
    pub fn place(&mut self, segment: &Segment<'_>, next: Option<&Segment<'_>>) -> Placed {
        let placed = match segment.id() {
            "ISA" | "IEA" => {
                self.leave_set();
                Placed::in_envelope(0)
            }
            "GS" => {
                self.leave_set();
                self.group_version = segment.trimmed(8).into_owned();
                Placed::in_envelope(1)
            }
            "GE" => {
                self.leave_set();
                Placed::in_envelope(1)
            }
            "TA1" if !self.is_in_set => Placed { elements: ta1_elements(), ..Placed::in_envelope(0) },
            "ST" => {
                let heading = next.filter(|next| next.is("BHT")).map_or(&b""[..], |next| next.element(2));
                let found = guide_of(segment, &self.group_version);
                self.open = found.map(|found| guide::by_heading(found, heading, |_| 0)).map(|found| OpenSet {
                    place: Place::new(found),
                    judge: Judges::none(),
                    label: found.label,
                    guide: GUIDES.iter().position(|guide| std::ptr::eq(guide, found)).map(|at| at as u16),
                });
                self.is_in_set = true;
                Placed { set_label: self.set_label(), ..Placed::in_envelope(2) }
            }
            "SE" => {
                let set_label = self.set_label();
                self.leave_set();
                Placed { set_label, ..Placed::in_envelope(2) }
            }
            _ if !self.is_in_set => Placed::in_envelope(1),
            _ => match &mut self.open {
                Some(set) => place(set, segment, &mut self.sink),
                None => Placed::in_envelope(2),
            },
        };
        // What was told is of no use here and must not grow with the file.
        self.sink.problems = Default::default();
        placed
    }

    fn leave_set(&mut self) {
        (self.open, self.is_in_set) = (None, false);
    }

    fn set_label(&self) -> &'static str {
        self.open.as_ref().map_or("", |set| set.label)
    }
}

fn guide_of(st: &Segment<'_>, group_version: &str) -> Option<&'static Guide> {
    let own = st.trimmed(3);
    guide::find(&st.text(1), if own.is_empty() { group_version } else { &own })
}

fn ta1_elements() -> &'static [Element] {
    let entry = guide::find("TA1", "00501").and_then(|found| found.loops[0].entries.first());
    entry.map_or(&[], |entry| entry.rules.elements)
}

fn place(set: &mut OpenSet, segment: &Segment<'_>, sink: &mut Sink<'_>) -> Placed {
    let separator = segment.delimiters().element;
    let ends: Vec<u32> = segment
        .raw()
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == separator)
        .map(|(at, _)| at as u32)
        .chain([segment.raw().len() as u32])
        .collect();
    let delimiters = segment.delimiters();
    let cells = Cells {
        id: segment.segment_id(),
        block: segment.raw(),
        ends: &ends,
        parts: &[],
        strange: &[],
        next_part: usize::MAX,
        start: 0,
        base: segment.span().start as u64,
        ordinal: segment.ordinal,
        delimiters: &delimiters,
    };
    let (elements, opens_loop, entry) = match set.place.take(&cells, &mut set.judge, sink) {
        Placement::Found { entry, opened, .. } => (entry.rules.elements, opened, Some(entry.number)),
        Placement::Guessed { entry, .. } => (entry.rules.elements, false, Some(entry.number)),
        Placement::Lost => (&[][..], false, None),
    };
    let depth = u16::try_from(set.place.depth()).unwrap_or(u16::MAX).saturating_add(1);
    let (loop_id, loop_label) = match set.place.loop_id() {
        "" => ("", ""),
        id => (id, set.place.loop_label()),
    };
    Placed { loop_id, loop_label, depth, opens_loop, set_label: set.label, elements, entry, guide: set.guide }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_stands_in_its_loops() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
        let bytes = std::fs::read(path).unwrap();
        let document = Document::read(&bytes);
        let places = outline(&document);
        assert_eq!(places.len(), document.len());
        let of = |id: &str| {
            let at = document.segments().position(|segment| segment.is(id)).unwrap();
            (places[at].loop_id, places[at].depth, places[at].opens_loop)
        };
        assert_eq!(of("ISA"), ("", 0, false));
        assert_eq!(of("GS"), ("", 1, false));
        assert_eq!(of("SE"), ("", 2, false));
        assert_eq!(of("BHT"), ("", 2, false));
        assert_eq!(of("CLM"), ("2300", 5, true));
        assert_eq!(of("SV1"), ("2400", 6, false));
        let at = document.segments().position(|segment| segment.is("SV1")).unwrap();
        assert_eq!(
            (places[at].element_label(1, 2), places[at].element_label(2, 0)),
            ("procedure or product", "amount")
        );
    }
}
