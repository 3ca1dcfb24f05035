//! Finds each segment's place in the guide: which loop it opens, continues or closes.
//!
//! An automaton with one small frame for each open loop; it never looks back at segments and never searches the tree.

use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::guide::{Entry, Guide, Loop, Rules, holds, holds_packed, is_known_segment, packed_code};
use crate::problem::{Code, Snip};
use crate::rules::SetRules;
use crate::segment::SegmentId;

rules! {
    UNKNOWN = "segment-unknown", Syntax, Code::Segment(false, 1), "no guide knows this segment", "Remove it.";
    UNEXPECTED = "segment-unexpected", Guide, Code::Segment(false, 2), "the guide has no place for this segment here", "Move it to its loop or remove it.";
    MISSING = "segment-missing", Guide, Code::Segment(false, 3), "a required segment is missing", "Add it.";
    LOOP_REPEATS = "loop-repeats", Guide, Code::Segment(false, 4), "the loop occurs more often than the guide allows", "Put what is too much into another claim or set.";
    SEGMENT_REPEATS = "segment-repeats", Guide, Code::Segment(false, 5), "the segment occurs more often than the guide allows", "Keep one of them.";
    ORDER = "segment-order", Guide, Code::Segment(false, 7), "the segment stands too late in its loop", "Put the loop's segments in the guide's order.";
}

const NO_CHILD: u16 = u16::MAX;

/// An open loop.
#[derive(Debug)]
struct Frame {
    table: &'static Loop,
    group: u8,
    seen: u128,
    /// Where this loop's counters begin.
    counters: usize,
}

/// A required entry that was passed over; told when its loop closes, unless it comes late.
#[derive(Debug)]
struct Passed {
    depth: usize,
    entry: u8,
    at: At,
}

/// A loop that was opened by a segment inside it, its first segment being absent so far.
#[derive(Debug)]
struct Implied {
    depth: usize,
    entry: u8,
    at: At,
    missing: SegmentId,
    loop_id: &'static str,
}

/// What became of a segment.
pub(crate) enum Placement {
    /// It stands here; `opened` when it is the first of its loop.
    Found { rules: &'static Rules, opened: bool },
    /// It has no place.
    Lost,
}

/// Where a transaction set stands in its guide.
#[derive(Debug)]
pub(crate) struct Place {
    guide: &'static Guide,
    frames: Vec<Frame>,
    counters: Vec<u16>,
    passed: Vec<Passed>,
    implied: Option<Implied>,
    /// After a segment without a place, those that belong to it are passed over in silence.
    is_lost: bool,
}

impl Place {
    pub fn new(guide: &'static Guide) -> Self {
        let mut place =
            Self { guide, frames: Vec::new(), counters: Vec::new(), passed: Vec::new(), implied: None, is_lost: false };
        place.open(&guide.loops[0]);
        place
    }

    /// How many loops are open.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// The innermost loop.
    pub fn loop_id(&self) -> &'static str {
        self.frames.last().map_or("", |frame| frame.table.id)
    }

    /// Our short name of the innermost loop.
    pub fn loop_label(&self) -> &'static str {
        self.frames.last().map_or("", |frame| frame.table.label)
    }

    fn open(&mut self, table: &'static Loop) {
        let counters = self.counters.len();
        self.counters.resize(counters + table.entries.len(), 0);
        self.frames.push(Frame { table, group: 0, seen: 0, counters });
    }

    /// Takes the next segment.
    pub fn take(&mut self, cells: &Cells<'_>, judge: &mut dyn SetRules, sink: &mut Sink<'_>) -> Placement {
        let id = cells.id;
        let mut guess = Guess::default();
        // Nearly every qualifier is the first element: it is packed once.
        let first = if cells.ends.len() > 1 { packed_code(cells.get(1)) } else { 0 };
        for depth in (0..self.frames.len()).rev() {
            let frame = &self.frames[depth];
            for index in frame.table.entries_for(id.0) {
                let entry = &frame.table.entries[usize::from(*index)];
                let is_behind = entry.group < frame.group;
                let fits = match entry.qualifier_at {
                    (0, _) => true,
                    (1, 0) => holds_packed(entry.qualifiers, first),
                    _ => holds(entry.qualifiers, qualifier(cells, entry)),
                };
                if fits {
                    if is_behind {
                        guess.behind.get_or_insert((depth, *index));
                        continue;
                    }
                    return self.settle(depth, *index, cells, judge, sink);
                }
                if !is_behind {
                    guess.consider(depth, *index, entry, self.is_awaited(depth, *index));
                }
            }
        }
        self.guess(guess, id, cells, judge, sink)
    }

    fn is_awaited(&self, depth: usize, index: u8) -> bool {
        let frame = &self.frames[depth];
        frame.table.required & !frame.seen & 1 << index != 0
    }

    /// A segment whose place is certain.
    fn settle(
        &mut self,
        depth: usize,
        index: u8,
        cells: &Cells<'_>,
        judge: &mut dyn SetRules,
        sink: &mut Sink<'_>,
    ) -> Placement {
        if let Some(implied) = self.implied.take() {
            self.tell_implied(implied, depth, index, sink);
        }
        self.is_lost = false;
        self.close_to(depth, cells, judge, sink);
        let frame = &mut self.frames[depth];
        let entry: &'static Entry = &frame.table.entries[usize::from(index)];
        if entry.group > frame.group {
            frame.group = entry.group;
            let before = (1_u128 << entry.first_of_group) - 1;
            let mut missed = frame.table.required & !frame.seen & before;
            // Marked as seen so that they are told once.
            frame.seen |= missed;
            while missed != 0 {
                self.passed.push(Passed { depth, entry: missed.trailing_zeros() as u8, at: cells.at() });
                missed &= missed - 1;
            }
        }
        self.count(depth, index, entry, cells, judge, sink)
    }

    /// Counts an entry, opens its loop if it is the first segment of one.
    fn count(
        &mut self,
        depth: usize,
        index: u8,
        entry: &'static Entry,
        cells: &Cells<'_>,
        judge: &mut dyn SetRules,
        sink: &mut Sink<'_>,
    ) -> Placement {
        let frame = &mut self.frames[depth];
        frame.seen |= 1 << index;
        let counter = &mut self.counters[frame.counters + usize::from(index)];
        *counter = counter.saturating_add(1);
        let is_one_too_many = entry.max != u16::MAX && *counter == entry.max + 1;
        let opened = entry.child != NO_CHILD;
        if opened {
            self.open(&self.guide.loops[usize::from(entry.child)]);
        }
        sink.loop_id = self.loop_id();
        if is_one_too_many {
            sink.error(if opened { &LOOP_REPEATS } else { &SEGMENT_REPEATS }, cells.at());
            judge.broken();
        }
        Placement::Found { rules: entry.rules, opened }
    }

    /// Closes loops until `depth` is the innermost, telling what was required and never came.
    fn close_to(&mut self, depth: usize, cells: &Cells<'_>, judge: &mut dyn SetRules, sink: &mut Sink<'_>) {
        while self.frames.len() > depth + 1 {
            self.close_innermost(cells, judge, sink);
        }
    }

    /// Closes everything at the end of the set.
    pub fn finish(&mut self, cells: &Cells<'_>, judge: &mut dyn SetRules, sink: &mut Sink<'_>) {
        if let Some(implied) = self.implied.take() {
            sink.error_in(&MISSING, At { segment: implied.missing, ..implied.at }, implied.loop_id);
        }
        while !self.frames.is_empty() {
            self.close_innermost(cells, judge, sink);
        }
    }

    fn close_innermost(&mut self, cells: &Cells<'_>, judge: &mut dyn SetRules, sink: &mut Sink<'_>) {
        let depth = self.frames.len() - 1;
        while let Some(passed) = self.passed.pop_if(|passed| passed.depth == depth) {
            self.tell_missing(depth, passed.entry, passed.at, judge, sink);
        }
        let frame = &self.frames[depth];
        let mut missed = frame.table.required & !frame.seen;
        while missed != 0 {
            self.tell_missing(depth, missed.trailing_zeros() as u8, cells.at(), judge, sink);
            missed &= missed - 1;
        }
        if let Some(frame) = self.frames.pop() {
            self.counters.truncate(frame.counters);
            sink.loop_id = frame.table.id;
            judge.close(frame.table.id, cells, sink);
        }
    }

    fn tell_missing(&self, depth: usize, entry: u8, at: At, judge: &mut dyn SetRules, sink: &mut Sink<'_>) {
        let table = self.frames[depth].table;
        let entry = &table.entries[usize::from(entry)];
        let loop_id = if entry.child == NO_CHILD { table.id } else { self.guide.loops[usize::from(entry.child)].id };
        let at = At { segment: SegmentId(entry.segment), element: 0, component: 0, ..at };
        sink.error_in(&MISSING, at, loop_id);
        judge.broken();
    }

    /// A segment that no open entry takes with certainty: the most likely place, or none.
    fn guess(
        &mut self,
        guess: Guess,
        id: SegmentId,
        cells: &Cells<'_>,
        judge: &mut dyn SetRules,
        sink: &mut Sink<'_>,
    ) -> Placement {
        if let Some((depth, index)) = guess.takes_unknown {
            return self.settle(depth, index, cells, judge, sink);
        }
        if self.is_lost {
            return Placement::Lost;
        }
        judge.broken();
        if let Some((depth, index)) = guess.behind {
            return self.take_late(depth, index, cells, judge, sink);
        }
        if let Some((depth, index)) = guess.awaited.or(guess.only()) {
            return self.settle(depth, index, cells, judge, sink);
        }
        if let Some((depth, child, index)) = self.loop_that_holds(id, cells) {
            return self.imply(depth, child, index, cells, judge, sink);
        }
        self.is_lost = true;
        sink.loop_id = self.loop_id();
        sink.error(if is_known_segment(id.0) { &UNEXPECTED } else { &UNKNOWN }, cells.at());
        Placement::Lost
    }

    /// A segment that comes after its group: told once, and not told missing as well.
    fn take_late(
        &mut self,
        depth: usize,
        index: u8,
        cells: &Cells<'_>,
        judge: &mut dyn SetRules,
        sink: &mut Sink<'_>,
    ) -> Placement {
        self.close_to(depth, cells, judge, sink);
        self.passed.retain(|passed| !(passed.depth == depth && passed.entry == index));
        let entry: &'static Entry = &self.frames[depth].table.entries[usize::from(index)];
        sink.loop_id = self.loop_id();
        sink.error(&ORDER, cells.at());
        let frame = &mut self.frames[depth];
        frame.seen |= 1 << index;
        if entry.child != NO_CHILD {
            self.open(&self.guide.loops[usize::from(entry.child)]);
        }
        Placement::Found { rules: entry.rules, opened: entry.child != NO_CHILD }
    }

    /// An unopened loop that requires this segment: then its first segment is what is missing.
    fn loop_that_holds(&self, id: SegmentId, cells: &Cells<'_>) -> Option<(usize, u8, u8)> {
        for depth in (0..self.frames.len()).rev() {
            let frame = &self.frames[depth];
            for (child_index, entry) in frame.table.entries.iter().enumerate() {
                let is_open_to_come = entry.child != NO_CHILD && entry.group >= frame.group;
                if !is_open_to_come || frame.seen & 1 << child_index != 0 {
                    continue;
                }
                let child = &self.guide.loops[usize::from(entry.child)];
                let holds_it = child.entries_for(id.0).iter().copied().find(|index| {
                    let inner = &child.entries[usize::from(*index)];
                    let fits = inner.qualifier_at.0 == 0 || holds(inner.qualifiers, qualifier(cells, inner));
                    let is_told = inner.qualifier_at.0 > 0 && frame.table.required & 1 << child_index != 0;
                    fits && inner.child == NO_CHILD && (is_told || child.required & 1 << index != 0)
                });
                if let Some(index) = holds_it {
                    return Some((depth, child_index as u8, index));
                }
            }
        }
        None
    }

    fn imply(
        &mut self,
        depth: usize,
        child: u8,
        index: u8,
        cells: &Cells<'_>,
        judge: &mut dyn SetRules,
        sink: &mut Sink<'_>,
    ) -> Placement {
        let entry: &'static Entry = &self.frames[depth].table.entries[usize::from(child)];
        let _ = self.settle(depth, child, cells, judge, sink);
        let loop_id = self.loop_id();
        let found = self.settle(depth + 1, index, cells, judge, sink);
        self.implied =
            Some(Implied { depth, entry: child, at: cells.at(), missing: SegmentId(entry.segment), loop_id });
        found
    }

    /// Whether the loop's first segment was missing, or only came after a segment of the loop.
    fn tell_implied(&mut self, implied: Implied, depth: usize, index: u8, sink: &mut Sink<'_>) {
        if (implied.depth, implied.entry) != (depth, index) {
            sink.error_in(&MISSING, At { segment: implied.missing, ..implied.at }, implied.loop_id);
            return;
        }
        sink.error_in(&UNEXPECTED, implied.at, "");
        while self.frames.len() > depth + 1 {
            let gone = self.frames.len() - 1;
            self.passed.retain(|passed| passed.depth != gone);
            if let Some(frame) = self.frames.pop() {
                self.counters.truncate(frame.counters);
            }
        }
        let frame = &self.frames[depth];
        self.counters[frame.counters + usize::from(index)] = 0;
    }
}

/// What a segment without a certain place may be.
#[derive(Debug, Default)]
struct Guess {
    takes_unknown: Option<(usize, u8)>,
    /// Its place is past.
    behind: Option<(usize, u8)>,
    /// A required place of the nearest loop that has the id, its qualifier apart.
    awaited: Option<(usize, u8)>,
    /// The nearest loop that has the id, how many places it has there, and the first.
    nearest: Option<(usize, u32, u8)>,
}

impl Guess {
    fn consider(&mut self, depth: usize, index: u8, entry: &Entry, is_awaited: bool) {
        if entry.takes_unknown {
            self.takes_unknown.get_or_insert((depth, index));
        }
        match &mut self.nearest {
            None => self.nearest = Some((depth, 1, index)),
            Some((nearest, count, _)) if *nearest == depth => *count += 1,
            Some(_) => return,
        }
        if is_awaited && self.awaited.is_none() {
            self.awaited = Some((depth, index));
        }
    }

    /// The one place that the nearest loop has for the id.
    fn only(&self) -> Option<(usize, u8)> {
        self.nearest.filter(|(_, count, _)| *count == 1).map(|(depth, _, index)| (depth, index))
    }
}

fn qualifier<'b>(cells: &Cells<'b>, entry: &Entry) -> &'b [u8] {
    let (n, k) = entry.qualifier_at;
    if k == 0 { cells.get(usize::from(n)) } else { cells.component(usize::from(n), usize::from(k)) }
}
