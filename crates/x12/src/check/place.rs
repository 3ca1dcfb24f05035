//! Finds each segment's place in the guide: which loop it opens, continues or closes.
//!
//! An automaton with one small frame for each open loop; it never looks back at segments and never searches the tree.

use crate::check::cells::{At, Cells};
use crate::check::element::{self, rules};
use crate::check::guess::{Guess, Teller};
use crate::check::memo::{Goes, Path, UNKNOWN_VARIANT};
use crate::check::sink::{Rule, Sink};
use crate::codes::ShapeOnly;
use crate::guide::{Entry, GUIDES, Guide, Loop, Quick, holds, holds_packed, is_known_segment};
use crate::problem::{Code, Snip};
use crate::rules::Judges;
use crate::segment::SegmentId;

rules! {
    UNKNOWN = "segment-unknown", Syntax, Code::Segment(false, 1), "no guide knows this segment", "Remove it.";
    UNEXPECTED = "segment-unexpected", Guide, Code::Segment(false, 2), "the guide has no place for this segment here", "Move it to its loop or remove it.";
    MISSING = "segment-missing", Guide, Code::Segment(false, 3), "a required segment is missing", "Add it.";
    LOOP_REPEATS = "loop-repeats", Guide, Code::Segment(false, 4), "the loop occurs more often than the guide allows", "Put what is too much into another claim or set.";
    SEGMENT_REPEATS = "segment-repeats", Guide, Code::Segment(false, 5), "the segment occurs more often than the guide allows", "Keep one of them.";
    ORDER = "segment-order", Guide, Code::Segment(false, 7), "the segment stands too late in its loop", "Put the loop's segments in the guide's order.";
}

const HL: SegmentId = SegmentId::new(b"HL");
/// No qualifier is longer; element 98 has three characters, a list's code eight at most.
const MAX_QUALIFIER: usize = 8;
const NO_CHILD: u16 = u16::MAX;
/// Marks a loop that was opened late, on top of one that is not its own.
const LATE: u8 = u8::MAX;
/// So many segments after a problem of structure, another one is taken for its consequence: one slip, one problem.
const RECOVERY: u64 = 3;

/// An open loop.
#[derive(Debug)]
struct Frame {
    table: &'static Loop,
    group: u8,
    seen: u64,
    /// Where this loop's counters begin.
    counters: usize,
    /// The entry of the enclosing loop that this one is.
    via: u8,
    /// What must occur in this one.
    required: u64,
    /// Whether no HL level stands below: HL04 of the enclosing level is 0.
    is_leaf: bool,
    /// Its first segment was faulty: with nothing in it, another loop was meant.
    is_doubtful: bool,
    /// Its first segment is missing: what else is missing follows from that.
    is_implied: bool,
    /// This loop and those around it.
    path: Path,
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
    /// It follows from another problem.
    is_told: bool,
}

/// What became of a segment.
pub(crate) enum Placement {
    /// It stands here; `opened` when it is the first of its loop, `is_told` when its first element told so and holds
    /// one of its codes; `variant` of the entry's own rules looks at it, where that is known.
    Found { entry: &'static Entry, opened: bool, is_told: bool, variant: u8 },
    /// It was most likely meant for this place, which its qualifier does not name; `is_told` when it follows from
    /// another problem.
    Guessed { entry: &'static Entry, is_told: bool },
    /// It has no place.
    Lost,
}

impl Placement {
    #[inline(always)]
    fn of(goes: Goes, opened: bool) -> Self {
        Self::Found { entry: goes.entry, opened, is_told: goes.is_told(), variant: goes.variant() }
    }
}

/// Where a transaction set stands in its guide.
#[derive(Debug)]
pub(crate) struct Place {
    guide: &'static Guide,
    root: Path,
    frames: Vec<Frame>,
    counters: Vec<u16>,
    passed: Vec<Passed>,
    implied: Option<Implied>,
    /// After a segment without a place, those that belong to it are passed over in silence.
    is_lost: bool,
    /// The segment at which something was told last.
    last_told: u64,
    /// The last segment told missing, and where.
    told_missing: (SegmentId, u64),
    /// The last segment that was one too many, and where.
    told_repeated: (SegmentId, u64),
    /// Something was told of this set's structure.
    is_broken: bool,
}

impl Place {
    pub fn new(guide: &'static Guide) -> Self {
        let number = GUIDES.iter().position(|other| std::ptr::eq(other, guide)).unwrap_or(GUIDES.len());
        let mut place = Self {
            guide,
            root: Path::of_guide(number),
            frames: Vec::new(),
            counters: Vec::new(),
            passed: Vec::new(),
            implied: None,
            is_lost: false,
            last_told: 0,
            told_missing: (SegmentId::default(), 0),
            told_repeated: (SegmentId::default(), 0),
            is_broken: false,
        };
        place.open(&guide.loops[0], 0, None);
        place
    }

    /// Whether the structure of the set is faulty so far, so that numbers that build on it mean little.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Notes that the first segment of the innermost loop is faulty.
    pub fn doubt_innermost(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.is_doubtful = true;
        }
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

    fn open(&mut self, table: &'static Loop, via: u8, cells: Option<&Cells<'_>>) {
        let (counters, is_leaf, path) = match self.frames.last() {
            Some(frame) => (frame.counters + frame.table.entries.len(), frame.is_leaf, frame.path),
            None => (0, false, self.root),
        };
        if self.counters.len() < counters + table.entries.len() {
            self.counters.resize(counters + table.entries.len(), 0);
        }
        let is_leaf = match cells {
            Some(cells) if cells.id == HL => cells.get(4) == b"0",
            _ => is_leaf,
        };
        let required = table.required | if is_leaf { table.required_in_leaf } else { 0 };
        self.frames.push(Frame {
            table,
            group: 0,
            seen: 0,
            counters,
            via,
            required,
            is_leaf,
            is_doubtful: false,
            is_implied: false,
            path: path.open(via, table.number),
        });
    }

    /// Takes the next segment.
    #[inline(always)]
    pub fn take(&mut self, cells: &Cells<'_>, judge: &mut Judges, sink: &mut Sink<'_>) -> Placement {
        let Some(goes) = self.frames.last().and_then(|frame| sink.memo.recall(frame.path, cells)) else {
            return self.search(cells, judge, sink);
        };
        if goes.depth().wrapping_add(1) == self.frames.len() && self.settle_inside(&goes, cells, sink) {
            return Placement::of(goes, false);
        }
        self.settle_recalled(goes, cells, judge, sink)
    }

    /// A segment whose place was recalled but is not simply the next in the innermost loop.
    #[inline(never)]
    fn settle_recalled(&mut self, goes: Goes, cells: &Cells<'_>, judge: &mut Judges, sink: &mut Sink<'_>) -> Placement {
        let depth = goes.depth();
        if self.is_past(depth, goes.index()) {
            return self.search(cells, judge, sink);
        }
        if self.reopens(depth, &goes, cells) {
            return self.reopen(&goes, cells, judge, sink);
        }
        match self.settle(depth, goes.index(), cells, judge, sink) {
            Placement::Found { entry, opened, .. } if std::ptr::eq(entry, goes.entry) => Placement::of(goes, opened),
            other => other,
        }
    }

    /// Whether the innermost loop is whole and this is the first segment of the next such loop.
    fn reopens(&self, depth: usize, goes: &Goes, cells: &Cells<'_>) -> bool {
        let [.., outer, inner] = &self.frames[..] else { return false };
        depth + 2 == self.frames.len()
            && inner.via == goes.index()
            && inner.seen != 0
            && inner.required & !inner.seen == 0
            && !inner.is_implied
            && outer.group == goes.entry.group
            && outer.seen & goes.entry.bit != 0
            && self.counters[outer.counters + usize::from(goes.index())] < goes.entry.max
            && cells.id != HL
            && self.implied.is_none()
            && self.passed.is_empty()
    }

    /// The innermost loop ends and begins again: its frame stays.
    fn reopen(&mut self, goes: &Goes, cells: &Cells<'_>, judge: &mut Judges, sink: &mut Sink<'_>) -> Placement {
        let [.., outer, inner] = &mut self.frames[..] else { return Placement::Lost };
        let counter = &mut self.counters[outer.counters + usize::from(goes.index())];
        *counter = counter.saturating_add(1);
        self.is_lost = false;
        inner.is_leaf = outer.is_leaf;
        inner.required = inner.table.required | if inner.is_leaf { inner.table.required_in_leaf } else { 0 };
        (inner.seen, inner.group, inner.is_doubtful) = (0, 0, false);
        sink.loop_id = inner.table.id;
        judge.reopen(inner.table, cells, sink);
        Placement::of(*goes, true)
    }

    /// A segment whose place in the innermost loop is certain, which opens none and breaks nothing: the short way of
    /// most. False where there is more to do.
    #[inline(always)]
    fn settle_inside(&mut self, goes: &Goes, cells: &Cells<'_>, sink: &mut Sink<'_>) -> bool {
        let entry = goes.entry;
        if self.implied.is_some() || cells.id == HL {
            return false;
        }
        let Some(frame) = self.frames.last_mut() else { return false };
        let Some(counter) = self.counters.get_mut(frame.counters.wrapping_add(usize::from(goes.index()))) else {
            return false;
        };
        let is_in_order =
            entry.group == frame.group || entry.group > frame.group && frame.required & !frame.seen & entry.before == 0;
        let times = if frame.seen & entry.bit == 0 { 0 } else { *counter };
        if !is_in_order || entry.child != NO_CHILD || times >= entry.max {
            return false;
        }
        *counter = times.saturating_add(1);
        frame.seen |= entry.bit;
        frame.group = entry.group;
        sink.loop_id = frame.table.id;
        self.is_lost = false;
        true
    }

    /// Looks for the place of a segment from the innermost loop outwards.
    #[inline(never)]
    fn search(&mut self, cells: &Cells<'_>, judge: &mut Judges, sink: &mut Sink<'_>) -> Placement {
        let id = cells.id;
        let mut guess = Guess::default();
        let mut teller = Teller::Nothing;
        for depth in (0..self.frames.len()).rev() {
            let frame = &self.frames[depth];
            for index in frame.table.entries_for(id.0) {
                let entry = &frame.table.entries[usize::from(*index)];
                let is_behind = entry.group < frame.group;
                let fits = entry.qualifier_at.0 == 0 || holds_packed(entry.qualifiers, teller.ask(entry, cells));
                if fits {
                    if is_behind {
                        guess.behind.get_or_insert((depth, *index));
                        continue;
                    }
                    if guess.behind.is_none() {
                        self.remember((depth as u8, *index), &teller, cells, judge, sink);
                    }
                    return self.settle(depth, *index, cells, judge, sink);
                }
                if !is_behind {
                    guess.consider(depth, *index, entry, self.is_awaited(depth, *index));
                }
            }
        }
        if cells.is_structured(cells.start, cells.ends[cells.ends.len() - 1])
            && let Some((depth, index)) = self.place_if_cleaned(cells)
        {
            return self.settle(depth, index, cells, judge, sink);
        }
        self.guess(guess, id, cells, judge, sink)
    }

    /// The place that a qualifier would have without the separator or control character that stands in it: the
    /// character is the fault, and the check of the element tells it.
    fn place_if_cleaned(&self, cells: &Cells<'_>) -> Option<(usize, u8)> {
        for depth in (0..self.frames.len()).rev() {
            let frame = &self.frames[depth];
            for index in frame.table.entries_for(cells.id.0) {
                let entry = &frame.table.entries[usize::from(*index)];
                let value = qualifier(cells, entry);
                let is_foreign =
                    |byte: &u8| *byte == cells.delimiters.component || Some(*byte) == cells.delimiters.repetition;
                let first = value.split(is_foreign).next().unwrap_or_default();
                let cleaned: Vec<u8> =
                    first.iter().copied().filter(|byte| (0x20..0x7f).contains(byte)).take(MAX_QUALIFIER).collect();
                if cleaned != value && entry.group >= frame.group && holds(entry.qualifiers, &cleaned) {
                    return Some((depth, *index));
                }
            }
        }
        None
    }

    /// Whether a place lies before what its loop has had already.
    fn is_past(&self, depth: usize, index: u8) -> bool {
        let frame = self.frames.get(depth);
        frame.is_none_or(|frame| frame.table.entries[usize::from(index)].group < frame.group)
    }

    fn remember(&self, to: (u8, u8), teller: &Teller, cells: &Cells<'_>, judge: &Judges, sink: &mut Sink<'_>) {
        let (Some(innermost), Some(frame)) = (self.frames.last(), self.frames.get(usize::from(to.0))) else { return };
        let entry: &'static Entry = &frame.table.entries[usize::from(to.1)];
        let by = match teller {
            // Where the first element has codes, which of them it is spares looking at it again.
            Teller::Nothing if has_coded_first(entry) => (1, 0),
            Teller::Nothing => (0, 0),
            Teller::One(place, _) => *place,
            Teller::Several => return,
        };
        let is_first = by == (1, 0);
        let is_told = is_first && (entry.is_told || has_coded_first(entry) && holds_code_first(entry, cells));
        let variant = judge.variant(entry, is_first.then(|| cells.packed_first()));
        sink.memo.keep(innermost.path, cells, by, Goes::new(entry, to, is_told, variant));
    }

    fn is_awaited(&self, depth: usize, index: u8) -> bool {
        let frame = &self.frames[depth];
        frame.required & !frame.seen & 1 << index != 0
    }

    /// A segment whose place is certain.
    #[inline]
    fn settle(
        &mut self,
        depth: usize,
        index: u8,
        cells: &Cells<'_>,
        judge: &mut Judges,
        sink: &mut Sink<'_>,
    ) -> Placement {
        if self.implied.is_some()
            && let Some(found) = self.settle_implied(depth, index, sink)
        {
            return found;
        }
        self.is_lost = false;
        if self.is_doubled(depth, index) {
            if !self.is_recovering(cells) {
                sink.error(&SEGMENT_REPEATS, cells.at());
            }
            self.note_problem(cells, judge);
            return Placement::Found {
                entry: &self.frames[depth].table.entries[usize::from(index)],
                opened: true,
                is_told: false,
                variant: UNKNOWN_VARIANT,
            };
        }
        self.close_to(depth, cells, judge, sink);
        if cells.id == HL {
            // The levels around this one have one below, whatever they say.
            for frame in &mut self.frames {
                frame.is_leaf = false;
                frame.required = frame.table.required;
            }
        }
        let frame = &mut self.frames[depth];
        let entry: &'static Entry = &frame.table.entries[usize::from(index)];
        if entry.group > frame.group {
            frame.group = entry.group;
            let mut missed = frame.required & !frame.seen & entry.before;
            while missed != 0 {
                // Marked as seen so that they are told once.
                mark_uncounted(frame, &mut self.counters, missed.trailing_zeros() as u8);
                self.passed.push(Passed { depth, entry: missed.trailing_zeros() as u8, at: cells.at() });
                missed &= missed - 1;
            }
        }
        self.count(depth, index, entry, cells, judge, sink)
    }

    /// A segment with a certain place after a loop whose first segment was absent: whether it is that segment after all.
    #[cold]
    fn settle_implied(&mut self, depth: usize, index: u8, sink: &mut Sink<'_>) -> Option<Placement> {
        let implied = self.implied.take()?;
        if (implied.depth, implied.entry) == (depth, index) {
            // The first segment of the loop was not missing: it came after one of its own.
            if !implied.is_told {
                sink.error_in(&UNEXPECTED, implied.at, implied.loop_id);
            }
            let entry = &self.frames[depth].table.entries[usize::from(index)];
            return Some(Placement::Found { entry, opened: true, is_told: false, variant: UNKNOWN_VARIANT });
        }
        if !implied.is_told {
            sink.error_in(&MISSING, At { segment: implied.missing, ..implied.at }, implied.loop_id);
        }
        None
    }

    /// Whether the open loop holds nothing but this same first segment, of which there may be no other.
    fn is_doubled(&self, depth: usize, index: u8) -> bool {
        let is_same = self.frames.get(depth + 1).is_some_and(|frame| frame.via == index && frame.seen == 0);
        is_same
            && self.frames[depth].table.entries[usize::from(index)].child != NO_CHILD
            && !self.has_room(depth, index)
    }

    /// Notes that something was told of the structure here.
    fn note_problem(&mut self, cells: &Cells<'_>, judge: &mut Judges) {
        self.is_broken = true;
        self.last_told = cells.ordinal;
        judge.broken();
    }

    /// Whether the last problem is so near that what follows may be its consequence.
    pub fn is_recovering(&self, cells: &Cells<'_>) -> bool {
        self.was_told(cells) || self.passed.last().is_some_and(|passed| is_near(passed.at.ordinal, cells))
    }

    /// Whether a problem was told that near.
    fn was_told(&self, cells: &Cells<'_>) -> bool {
        self.is_broken && is_near(self.last_told, cells)
    }

    /// Counts an entry, opens its loop if it is the first segment of one.
    fn count(
        &mut self,
        depth: usize,
        index: u8,
        entry: &'static Entry,
        cells: &Cells<'_>,
        judge: &mut Judges,
        sink: &mut Sink<'_>,
    ) -> Placement {
        let frame = &mut self.frames[depth];
        let counter = &mut self.counters[frame.counters + usize::from(index)];
        // What was not seen in this loop has an old count.
        *counter = if frame.seen & entry.bit == 0 { 1 } else { counter.saturating_add(1) };
        frame.seen |= entry.bit;
        let is_one_too_many = entry.max != u16::MAX && *counter == entry.max + 1;
        let opened = entry.child != NO_CHILD;
        if opened {
            self.open(&self.guide.loops[usize::from(entry.child)], index, Some(cells));
            judge.open(&self.guide.loops[usize::from(entry.child)]);
        }
        sink.loop_id = self.loop_id();
        if is_one_too_many {
            if !self.is_recovering(cells) {
                sink.error(if opened { &LOOP_REPEATS } else { &SEGMENT_REPEATS }, cells.at());
            }
            self.told_repeated = (cells.id, cells.ordinal);
            self.note_problem(cells, judge);
        }
        Placement::Found { entry, opened, is_told: false, variant: UNKNOWN_VARIANT }
    }

    /// Closes loops until `depth` is the innermost, telling what was required and never came.
    fn close_to(&mut self, depth: usize, cells: &Cells<'_>, judge: &mut Judges, sink: &mut Sink<'_>) {
        while self.frames.len() > depth + 1 {
            self.close_innermost(cells, judge, sink);
        }
    }

    /// Closes everything at the end of the set.
    pub fn finish(&mut self, cells: &Cells<'_>, judge: &mut Judges, sink: &mut Sink<'_>) {
        if let Some(implied) = self.implied.take().filter(|implied| !implied.is_told) {
            sink.error_in(&MISSING, At { segment: implied.missing, ..implied.at }, implied.loop_id);
        }
        while !self.frames.is_empty() {
            self.close_innermost(cells, judge, sink);
        }
    }

    fn close_innermost(&mut self, cells: &Cells<'_>, judge: &mut Judges, sink: &mut Sink<'_>) {
        let depth = self.frames.len() - 1;
        while let Some(passed) = self.passed.pop_if(|passed| passed.depth == depth) {
            if !self.frames[depth].is_implied {
                self.tell_missing(depth, passed.entry, passed.at, judge, sink);
            }
        }
        let frame = &self.frames[depth];
        let mut missed = frame.required & !frame.seen;
        // A level whose enclosing one is missing: with nothing in it that it needs, it was meant for that one.
        let is_in_implied = depth > 0 && self.frames[depth - 1].is_implied;
        let is_other = is_in_implied && frame.required & frame.seen == 0;
        if frame.is_implied || is_other || frame.is_doubtful && frame.seen == 0 {
            missed = 0;
        } else if frame.seen == 0 && depth > 0 {
            // A loop with nothing in it but its first segment lacks everything: the first thing tells it.
            missed &= missed.wrapping_neg();
        }
        while missed != 0 {
            self.tell_missing(depth, missed.trailing_zeros() as u8, cells.at(), judge, sink);
            missed &= missed - 1;
        }
        if let Some(frame) = self.frames.pop() {
            sink.loop_id = frame.table.id;
            judge.close(frame.table, cells, sink);
        }
    }

    fn tell_missing(&mut self, depth: usize, entry: u8, at: At, judge: &mut Judges, sink: &mut Sink<'_>) {
        let table = self.frames[depth].table;
        let entry = &table.entries[usize::from(entry)];
        let loop_id = if entry.child == NO_CHILD { table.id } else { self.guide.loops[usize::from(entry.child)].id };
        let at = At { segment: SegmentId(entry.segment), element: 0, component: 0, ..at };
        // One too many here and one too few right after: it stands in the wrong place, and that is told.
        if self.told_repeated.0 == at.segment && at.ordinal.saturating_sub(self.told_repeated.1) <= 2 * RECOVERY {
            return;
        }
        sink.error_in(&MISSING, at, loop_id);
        self.told_missing = (at.segment, at.ordinal);
        self.is_broken = true;
        self.last_told = self.last_told.max(at.ordinal);
        judge.broken();
    }

    /// A segment that no open entry takes with certainty: the most likely place, or none.
    fn guess(
        &mut self,
        guess: Guess,
        id: SegmentId,
        cells: &Cells<'_>,
        judge: &mut Judges,
        sink: &mut Sink<'_>,
    ) -> Placement {
        if let Some((depth, index)) = guess.takes_unknown.filter(|(depth, index)| self.has_room(*depth, *index)) {
            return self.settle(depth, index, cells, judge, sink);
        }
        let holder = self.loop_that_holds(id, cells);
        if self.is_lost {
            // What told the reader where it is again needs no second problem.
            return match holder.filter(|holder| holder.is_certain) {
                Some(holder) => {
                    let _ = self.settle(holder.depth, holder.child, cells, judge, sink);
                    let found = self.settle(holder.depth + 1, holder.inner, cells, judge, sink);
                    // What seems passed over in the new loop may be among what was lost.
                    self.passed.retain(|passed| passed.depth != holder.depth + 1);
                    found
                }
                None => Placement::Lost,
            };
        }
        if self.told_missing == (id, cells.ordinal.wrapping_sub(1)) {
            // Two neighbours changed places: the one was told missing where the other stood, and that is the slip.
            self.is_lost = true;
            self.note_problem(cells, judge);
            return Placement::Lost;
        }
        let was_recovering = self.is_recovering(cells);
        let was_told = self.was_told(cells);
        self.note_problem(cells, judge);
        let behind = guess.behind.filter(|(depth, index)| {
            holder.is_none_or(|holder| self.is_sure_behind(*depth, *index, holder.depth, cells))
        });
        if let Some((depth, index)) = behind {
            if self.begins_anew(depth, index) {
                let via = self.frames[depth].via;
                return self.imply((depth - 1, via, index), was_recovering, cells, judge, sink);
            }
            // What was passed over and not told yet is, it may be, just this segment.
            return self.take_late(depth, index, was_told, cells, judge, sink);
        }
        if let Some(holder) = holder {
            return self.imply((holder.depth, holder.child, holder.inner), was_recovering, cells, judge, sink);
        }
        if let Some((depth, index)) =
            guess.awaited.or(guess.only()).filter(|(depth, index)| self.has_room(*depth, *index))
        {
            return match self.settle(depth, index, cells, judge, sink) {
                Placement::Found { entry, .. } => Placement::Guessed { entry, is_told: was_recovering },
                other => other,
            };
        }
        self.is_lost = true;
        if !was_recovering {
            sink.loop_id = self.loop_id();
            sink.error(if is_known_segment(id.0) { &UNEXPECTED } else { &UNKNOWN }, cells.at());
        }
        Placement::Lost
    }

    /// A place that is past was meant if a qualifier says so, if the segment was missed there or stood there, or if
    /// its elements are what that place wants.
    fn is_sure_behind(&self, depth: usize, index: u8, holder: usize, cells: &Cells<'_>) -> bool {
        let frame = &self.frames[depth];
        let entry = &frame.table.entries[usize::from(index)];
        entry.qualifier_at.0 > 0
            || frame.seen & 1 << index != 0
            || depth >= holder && element::check(cells, entry.rules, &mut Sink::new(&ShapeOnly)).clean
    }

    fn has_room(&self, depth: usize, index: u8) -> bool {
        let frame = &self.frames[depth];
        let entry = &frame.table.entries[usize::from(index)];
        entry.max == u16::MAX || self.times(depth, index) < entry.max
    }

    /// How often an entry has come in its loop.
    fn times(&self, depth: usize, index: u8) -> u16 {
        let frame = &self.frames[depth];
        if frame.seen & 1 << index == 0 { 0 } else { self.counters[frame.counters + usize::from(index)] }
    }

    /// Whether a segment that the loop has had already is of the next such loop, whose first segment is missing.
    fn begins_anew(&self, depth: usize, index: u8) -> bool {
        let Some(parent) = depth.checked_sub(1) else { return false };
        let frame = &self.frames[depth];
        frame.via != LATE && self.times(depth, index) > 0 && self.has_room(parent, frame.via)
    }

    /// A segment that comes after its group: told once, and not told missing as well. Its loop, where it opens one,
    /// stands on top of what is open, so that what follows still finds its place below.
    fn take_late(
        &mut self,
        depth: usize,
        index: u8,
        is_told: bool,
        cells: &Cells<'_>,
        judge: &mut Judges,
        sink: &mut Sink<'_>,
    ) -> Placement {
        self.passed.retain(|passed| !(passed.depth == depth && passed.entry == index));
        let entry: &'static Entry = &self.frames[depth].table.entries[usize::from(index)];
        mark_uncounted(&mut self.frames[depth], &mut self.counters, index);
        sink.loop_id = self.frames[depth].table.id;
        if !is_told {
            sink.error(&ORDER, cells.at());
        }
        let opened = entry.child != NO_CHILD;
        if opened {
            // One late loop at a time: a file of nothing but late segments must not pile them up.
            while self.frames.len() > depth + 1 && self.frames.last().is_some_and(|frame| frame.via == LATE) {
                self.close_innermost(cells, judge, sink);
            }
            self.open(&self.guide.loops[usize::from(entry.child)], LATE, Some(cells));
            judge.open(&self.guide.loops[usize::from(entry.child)]);
        }
        Placement::Found { entry, opened, is_told: false, variant: UNKNOWN_VARIANT }
    }

    /// A loop to come that has this segment, being required itself or requiring it: then its first segment is missing.
    fn loop_that_holds(&self, id: SegmentId, cells: &Cells<'_>) -> Option<Holder> {
        for depth in (0..self.frames.len()).rev() {
            let frame = &self.frames[depth];
            for (child_index, entry) in frame.table.entries.iter().enumerate() {
                let is_open_to_come = entry.child != NO_CHILD && entry.group >= frame.group;
                if !is_open_to_come || frame.seen & 1 << child_index != 0 {
                    continue;
                }
                let child = &self.guide.loops[usize::from(entry.child)];
                let is_awaited = frame.required & 1 << child_index != 0;
                let holds_it = child.entries_for(id.0).iter().copied().find(|index| {
                    let inner = &child.entries[usize::from(*index)];
                    let fits = inner.qualifier_at.0 == 0 || holds(inner.qualifiers, qualifier(cells, inner));
                    fits && (is_awaited || child.required & 1 << index != 0)
                });
                if let Some(inner) = holds_it {
                    let is_certain = child.entries[usize::from(inner)].qualifier_at.0 > 0;
                    return Some(Holder { depth, child: child_index as u8, inner, is_certain });
                }
            }
        }
        None
    }

    fn imply(
        &mut self,
        (depth, child, index): (usize, u8, u8),
        is_told: bool,
        cells: &Cells<'_>,
        judge: &mut Judges,
        sink: &mut Sink<'_>,
    ) -> Placement {
        let entry: &'static Entry = &self.frames[depth].table.entries[usize::from(child)];
        let _ = self.settle(depth, child, cells, judge, sink);
        let loop_id = self.loop_id();
        if let Some(frame) = self.frames.last_mut() {
            frame.is_implied = true;
        }
        let found = self.settle(depth + 1, index, cells, judge, sink);
        self.implied =
            Some(Implied { depth, entry: child, at: cells.at(), missing: SegmentId(entry.segment), loop_id, is_told });
        found
    }
}

/// A loop not yet open that has a segment.
#[derive(Debug, Clone, Copy)]
struct Holder {
    depth: usize,
    child: u8,
    inner: u8,
    /// A qualifier says so.
    is_certain: bool,
}

/// Whether a segment is so near that this one's problem may be its consequence.
fn is_near(ordinal: u64, cells: &Cells<'_>) -> bool {
    cells.ordinal.saturating_sub(ordinal) <= RECOVERY
}

/// Whether an entry's first element is nothing but a code of the guide's own.
fn has_coded_first(entry: &Entry) -> bool {
    let first = entry.rules.elements.first();
    first.is_some_and(|first| matches!(first.quick, Quick::OneCode | Quick::FewCodes | Quick::ManyCodes))
}

/// Whether the first element holds one of its codes.
fn holds_code_first(entry: &Entry, cells: &Cells<'_>) -> bool {
    entry.rules.elements.first().is_some_and(|first| holds_packed(first.codes, cells.packed_first()))
}

/// Marks an entry as seen without counting it, if it was not seen.
fn mark_uncounted(frame: &mut Frame, counters: &mut [u16], index: u8) {
    if frame.seen & 1 << index == 0 {
        frame.seen |= 1 << index;
        counters[frame.counters + usize::from(index)] = 0;
    }
}

fn qualifier<'b>(cells: &Cells<'b>, entry: &Entry) -> &'b [u8] {
    let (n, k) = entry.qualifier_at;
    if k == 0 { cells.get(usize::from(n)) } else { cells.component(usize::from(n), usize::from(k)) }
}
