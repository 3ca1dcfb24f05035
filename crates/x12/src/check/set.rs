//! An open transaction set: its place in the guide, its HL tree, its rules.
//!
//! Without a guide it only counts segments.

use crate::check::cells::{At, Cells};
use crate::check::element::{self, Outcome};
use crate::check::hierarchy::Hierarchy;
use crate::check::place::{MISSING, Place, Placement};
use crate::check::report::SetReport;
use crate::check::sink::Sink;
use crate::codes::ShapeOnly;
use crate::guide::{self, Guide, Rules};
use crate::problem::Snip;
use crate::rules::Judges;
use crate::rules::language::tables::Tables;
use crate::segment::SegmentId;

const BHT: SegmentId = SegmentId::new(b"BHT");
const HL: SegmentId = SegmentId::new(b"HL");

/// The open set.
pub(super) struct OpenSet {
    pub report: SetReport,
    pub at: At,
    /// Segments so far, ST included.
    pub segments: u64,
    guided: Option<Guided>,
    told_trailing: bool,
}

struct Guided {
    guide: &'static Guide,
    /// Request and response have the same guide's name; the heading will tell.
    awaits_heading: bool,
    place: Place,
    hierarchy: Hierarchy,
    judges: Judges,
}

impl Guided {
    fn new(guide: &'static Guide, loaded: &[&'static Tables], up_to: Snip) -> Self {
        Self {
            guide,
            awaits_heading: !guide.heading.is_empty(),
            place: Place::new(guide),
            hierarchy: Hierarchy::default(),
            judges: Judges::of(guide, loaded, up_to),
        }
    }

    /// Request and response of one guide differ in their heading only: the right tables are taken when it comes.
    fn heed_heading(&mut self, cells: &Cells<'_>, sink: &Sink<'_>) {
        let faults = |guide: &'static Guide| {
            let heading = guide.loops[0].entries.iter().find(|entry| entry.segment == cells.id.0);
            let mut scratch = Sink::new(&ShapeOnly);
            heading.map(|entry| element::check(cells, entry.rules, &mut scratch));
            scratch.problems.errors()
        };
        let guide = guide::by_heading(self.guide, cells.get(2), faults);
        if !std::ptr::eq(guide, self.guide) {
            *self = Self::new(guide, sink.loaded, sink.up_to);
        }
        self.awaits_heading = false;
    }
}

/// Checks a segment whose place was guessed: its qualifier, or what else is wrong first, tells everything.
fn first_fault(cells: &Cells<'_>, rules: &Rules, is_told: bool, sink: &mut Sink<'_>) -> Outcome {
    let mut scratch = Sink::new(sink.codes);
    scratch.loop_id = sink.loop_id;
    let outcome = element::check(cells, rules, &mut scratch);
    if let Some(problem) = scratch.problems.kept().first().filter(|_| !is_told) {
        sink.adopt(problem.clone());
    }
    Outcome { clean: false, ..outcome }
}

impl OpenSet {
    pub fn new(
        report: SetReport,
        cells: &Cells<'_>,
        guide: Option<&'static Guide>,
        loaded: &[&'static Tables],
        up_to: Snip,
    ) -> Self {
        let guided = guide.map(|guide| Guided::new(guide, loaded, up_to));
        Self { report, at: cells.at(), segments: 1, guided, told_trailing: false }
    }

    /// Takes a segment between ST and SE.
    pub fn take(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        self.segments += 1;
        let Some(guided) = &mut self.guided else { return };
        if guided.awaits_heading {
            match cells.id {
                BHT => guided.heed_heading(cells, sink),
                HL => {
                    // Which of its guides the set follows stays open.
                    sink.error(&MISSING, At { segment: BHT, ..cells.at() });
                    self.guided = None;
                    return;
                }
                _ => {}
            }
        }
        let (entry, opened, outcome) = match guided.place.take(cells, &mut guided.judges, sink) {
            Placement::Lost => return,
            Placement::Found { entry, opened } => (entry, opened, element::check(cells, entry.rules, sink)),
            Placement::Guessed { entry, is_told } => (entry, false, first_fault(cells, entry.rules, is_told, sink)),
        };
        if opened && !outcome.clean {
            guided.place.doubt_innermost();
        }
        if outcome.trailing && !self.told_trailing {
            sink.warning(&element::TRAILING, cells.at());
            self.told_trailing = true;
        }
        if opened && cells.id == HL {
            let is_sure = outcome.clean && !guided.place.is_broken();
            if !is_sure {
                guided.hierarchy.doubt();
            }
            guided.hierarchy.take(cells, guided.place.depth(), is_sure, sink);
        }
        guided.judges.segment(entry, cells, outcome.clean, sink);
        if guided.place.is_recovering(cells) {
            guided.judges.broken();
        }
    }

    /// Ends the set at its SE.
    pub fn end(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        if let Some(guided) = &mut self.guided {
            guided.place.finish(cells, &mut guided.judges, sink);
            if guided.place.is_broken() {
                guided.hierarchy.doubt();
            }
            guided.hierarchy.close_from(0, sink);
        }
    }
}
