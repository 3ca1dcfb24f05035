//! An open transaction set: its place in the guide, its HL tree, its rules.
//!
//! Without a guide it only counts segments.

use crate::check::cells::{At, Cells};
use crate::check::element::{self, Outcome};
use crate::check::hierarchy::Hierarchy;
use crate::check::memo::UNKNOWN_VARIANT;
use crate::check::place::{MISSING, Place, Placement};
use crate::check::report::SetReport;
use crate::check::sink::Sink;
use crate::codes::ShapeOnly;
use crate::guide::{self, Entry, Guide, Rules};
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

/// Where a segment stands.
struct Placed {
    entry: &'static Entry,
    opened: bool,
    variant: u8,
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

    /// Waits for the heading. False when it does not come: which of its guides the set follows stays open.
    #[cold]
    fn heeds_heading(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) -> bool {
        match cells.id {
            BHT => self.heed_heading(cells, sink),
            HL => {
                sink.error(&MISSING, At { segment: BHT, ..cells.at() });
                return false;
            }
            _ => {}
        }
        true
    }

    /// A segment whose elements were checked.
    #[inline(always)]
    fn judge(
        &mut self,
        placed: Placed,
        cells: &Cells<'_>,
        outcome: Outcome,
        told_trailing: &mut bool,
        sink: &mut Sink<'_>,
    ) {
        if outcome.trailing && !*told_trailing {
            sink.warning(&element::TRAILING, cells.at());
            *told_trailing = true;
        }
        if placed.opened {
            self.opened(cells, outcome, sink);
        }
        self.judges.segment(placed.entry, placed.variant, cells, outcome, sink);
        if self.place.is_recovering(cells) {
            self.judges.broken();
        }
    }

    /// The same of a segment whose place was guessed.
    #[cold]
    fn judge_guessed(
        &mut self,
        entry: &'static Entry,
        cells: &Cells<'_>,
        outcome: Outcome,
        told_trailing: &mut bool,
        sink: &mut Sink<'_>,
    ) {
        let placed = Placed { entry, opened: false, variant: UNKNOWN_VARIANT };
        self.judge(placed, cells, outcome, told_trailing, sink);
    }

    /// A segment opened a loop.
    #[inline(never)]
    fn opened(&mut self, cells: &Cells<'_>, outcome: Outcome, sink: &mut Sink<'_>) {
        if !outcome.clean {
            self.place.doubt_innermost();
        }
        if cells.id == HL {
            let is_sure = outcome.clean && !self.place.is_broken();
            if !is_sure {
                self.hierarchy.doubt();
            }
            self.hierarchy.take(cells, self.place.depth(), is_sure, sink);
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
#[cold]
fn first_fault(cells: &Cells<'_>, rules: &Rules, is_told: bool, sink: &mut Sink<'_>) -> Outcome {
    let mut scratch = Sink::new(sink.codes);
    scratch.loop_id = sink.loop_id;
    sink.decimals.clear();
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
    #[inline(never)]
    pub fn take(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        self.segments += 1;
        let Some(guided) = &mut self.guided else { return };
        if guided.awaits_heading && !guided.heeds_heading(cells, sink) {
            self.guided = None;
            return;
        }
        match guided.place.take(cells, &mut guided.judges, sink) {
            Placement::Lost => {}
            Placement::Found { entry, opened, is_told, variant } => {
                let outcome = element::check_from(cells, entry.rules, is_told, sink);
                let told_trailing = &mut self.told_trailing;
                guided.judge(Placed { entry, opened, variant }, cells, outcome, told_trailing, sink);
            }
            Placement::Guessed { entry, is_told } => {
                let outcome = first_fault(cells, entry.rules, is_told, sink);
                guided.judge_guessed(entry, cells, outcome, &mut self.told_trailing, sink);
            }
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
