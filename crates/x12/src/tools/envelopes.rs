//! The envelopes of a document by the index of their segments, for tools that move whole sets.
//!
//! Refuses what is not whole: a set without its end cannot be moved without guessing.

use std::ops::Range;

use crate::document::Document;

/// An interchange, by indexes of segments.
pub(super) struct Envelope {
    pub isa: usize,
    /// TA1 segments.
    pub acknowledgments: Vec<usize>,
    pub groups: Vec<GroupOf>,
    pub iea: usize,
}

/// A functional group.
pub(super) struct GroupOf {
    pub gs: usize,
    /// From each ST to its SE.
    pub sets: Vec<Range<usize>>,
    pub ge: usize,
}

/// The index of the first segment that does not stand where envelopes have it.
pub(super) struct NotWhole(pub usize);

/// Takes the envelopes of a document apart.
pub(super) fn envelopes(document: &Document<'_>) -> Result<Vec<Envelope>, NotWhole> {
    let mut found: Vec<Envelope> = Vec::new();
    let mut open_group: Option<GroupOf> = None;
    let mut open_set: Option<usize> = None;
    let mut is_open = false;
    for (index, segment) in document.segments().enumerate() {
        let group = open_group.as_mut();
        match (segment.id(), group, open_set) {
            ("ISA", None, None) if !is_open => {
                found.push(Envelope { isa: index, acknowledgments: Vec::new(), groups: Vec::new(), iea: index });
                is_open = true;
            }
            ("TA1", None, None) if is_open => {
                found.iter_mut().last().ok_or(NotWhole(index))?.acknowledgments.push(index);
            }
            ("GS", None, None) if is_open => open_group = Some(GroupOf { gs: index, sets: Vec::new(), ge: index }),
            ("ST", Some(_), None) => open_set = Some(index),
            ("SE", Some(group), Some(from)) => {
                group.sets.push(from..index + 1);
                open_set = None;
            }
            ("GE", Some(group), None) => {
                group.ge = index;
                let envelope = found.iter_mut().last().ok_or(NotWhole(index))?;
                envelope.groups.extend(open_group.take());
            }
            ("IEA", None, None) if is_open => {
                found.iter_mut().last().ok_or(NotWhole(index))?.iea = index;
                is_open = false;
            }
            ("ISA" | "TA1" | "GS" | "ST" | "SE" | "GE" | "IEA", ..) | (_, _, None) => return Err(NotWhole(index)),
            (_, _, Some(_)) => {}
        }
    }
    if is_open || found.is_empty() { Err(NotWhole(document.len())) } else { Ok(found) }
}
