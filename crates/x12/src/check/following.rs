//! Which problems follow from another: a segment that was moved is missed where it should be, and not awaited where it is.
//!
//! Takes no problem away: a partner is told of each, and each may be its own fault.

use std::collections::HashMap;

use crate::check::Checked;
use crate::guide::{Entry, GUIDES, Guide, Loop};
use crate::problem::{Code, Problem, Severity};
use crate::segment::SegmentId;

/// What is wrong with a segment's place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Misplaced {
    Missed,
    NotAwaited,
}

fn misplaced(problem: &Problem) -> Option<Misplaced> {
    match problem.code {
        _ if problem.severity == Severity::Warning => None,
        Code::Segment(false, 3) => Some(Misplaced::Missed),
        // No place for it, or too late for it.
        Code::Segment(false, 2 | 7) => Some(Misplaced::NotAwaited),
        Code::NotX12
        | Code::Interchange(_)
        | Code::Group(_)
        | Code::Set(..)
        | Code::Segment(..)
        | Code::Element(..)
        | Code::CodeSet
        | Code::Hierarchy
        | Code::Balance
        | Code::Situation => None,
    }
}

/// Whether a segment is the first of the loop that a problem names, in any guide.
fn opens(segment: SegmentId, loop_id: &str) -> bool {
    let entries = |guide: &'static Guide| {
        guide.loops.iter().flat_map(move |table| table.entries.iter().map(move |entry| (guide, entry)))
    };
    GUIDES.iter().flat_map(entries).any(|(guide, entry)| {
        entry.segment == segment.0 && child(guide, entry).is_some_and(|inner| inner.id == loop_id)
    })
}

/// Whether one loop stands directly in the other, in any guide.
fn is_inside(inner: &str, outer: &str) -> bool {
    let holds = |guide: &'static Guide, table: &'static Loop| {
        table.id == outer
            && table.entries.iter().any(|entry| child(guide, entry).is_some_and(|found| found.id == inner))
    };
    GUIDES.iter().any(|guide| guide.loops.iter().any(|table| holds(guide, table)))
}

fn child(guide: &'static Guide, entry: &Entry) -> Option<&'static Loop> {
    guide.loops.get(usize::from(entry.child))
}

/// Whether a problem is of a segment's place, or of one loop too many.
fn is_of_place(problem: &Problem) -> bool {
    misplaced(problem).is_some() || problem.severity == Severity::Error && problem.code == Code::Segment(false, 4)
}

impl Checked {
    /// For each problem that was kept, the index of the earlier one that it follows from, if it does: of a segment that
    /// is missed in one place of a set and not awaited in another, the later of the two; and of a loop whose first
    /// segment is missed or misplaced, what is missed or misplaced in it, around it or directly inside it. All others
    /// are primary.
    pub fn following(&self) -> Vec<Option<usize>> {
        let kept = self.problems.kept();
        let mut found = vec![None; kept.len()];
        if kept.iter().filter(|problem| is_of_place(problem)).count() < 2 {
            return found;
        }
        let rejected = self.sets().filter(|(_, _, set)| !set.is_accepted()).map(|(_, _, set)| set.ordinals);
        let rejected: Vec<(u64, u64)> = rejected.collect();
        // Those that have no partner yet, by set and segment.
        let mut alone: HashMap<(usize, SegmentId), Vec<usize>> = HashMap::new();
        for (index, problem) in kept.iter().enumerate() {
            let Some(kind) = misplaced(problem) else { continue };
            let set = rejected.partition_point(|(first, _)| *first <= problem.ordinal);
            let waiting = alone.entry((set, problem.segment)).or_default();
            match waiting.first().copied().filter(|first| misplaced(&kept[*first]) != Some(kind)) {
                Some(first) => {
                    waiting.remove(0);
                    found[index] = Some(first);
                }
                None => waiting.push(index),
            }
        }
        let set_of = |problem: &Problem| rejected.partition_point(|(first, _)| *first <= problem.ordinal);
        // The last primary problem of a loop's first segment, and its set.
        let mut opener: Option<(usize, usize)> = None;
        for (index, problem) in kept.iter().enumerate() {
            if !is_of_place(problem) || found[index].is_some() {
                continue;
            }
            let set = set_of(problem);
            let near = opener.filter(|(own, first)| {
                let (here, there) = (problem.loop_id, kept[*first].loop_id);
                *own == set && (here == there || is_inside(here, there) || is_inside(there, here))
            });
            match near {
                Some((_, first)) => found[index] = Some(first),
                None if opens(problem.segment, problem.loop_id) => opener = Some((set, index)),
                None => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::{ShapeOnly, check};

    #[test]
    fn a_segment_that_stands_elsewhere_is_one_fault_and_two_of_them_are_two() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let text = std::fs::read_to_string(folder.join("ok-837P.x12")).unwrap();
        let following = |text: &str| check(text.as_bytes(), &ShapeOnly).following();
        // The billing provider's tax number stands behind the last line.
        let moved = text.replacen("REF*EI*123456789~", "", 1).replacen("SE*", "REF*EI*123456789~SE*", 1);
        let moved = moved.replace("\nSE*", "SE*");
        assert_eq!(following(&moved), [None, Some(0)], "{:#?}", check(moved.as_bytes(), &ShapeOnly).problems.kept());
        // Once more where it is missed: one of them is not that of the place.
        let doubled = moved.replacen("REF*EI*123456789~", "REF*EI*123456789~REF*EI*123456789~", 1);
        let told = following(&doubled);
        assert_eq!(told.iter().filter(|from| from.is_some()).count(), 1, "{told:?}");
        // A line that does not begin: what it lacks and what no longer has a place follow from that.
        let headless = text.replacen("LX*1~", "", 1).replacen("SE*", "LX*1~SE*", 1).replace("\nSE*", "SE*");
        let told = following(&headless);
        assert_eq!(told.iter().filter(|from| from.is_none()).count(), 1, "{told:?}");
        let only_missed = text.replacen("REF*EI*123456789~", "", 1);
        assert!(following(&only_missed).iter().all(Option::is_none));
        assert_eq!(following(&text), []);
    }
}
