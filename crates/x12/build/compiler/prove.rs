//! Proves of a guide that every reference holds and that every segment has exactly one place in every state.
//!
//! A guide that fails is refused with its line; nothing is repaired or guessed.

use std::collections::BTreeSet;

use super::parse::{Dictionary, Entry, Guide, Item, Place, SegmentUse};

/// The most entries in a loop: the run-time keeps one bit for each.
const MAX_ENTRIES: usize = 64;
/// The deepest nesting; deeper means that a loop uses itself.
const MAX_DEPTH: usize = 12;

/// Checks elements, composites, lengths of codes and conditions against the dictionary.
pub fn references(guide: &Guide, dictionary: &Dictionary) -> Result<(), String> {
    if guide.loops.is_empty() || guide.set_id.is_empty() || guide.versions.is_empty() {
        return Err(format!("{}: a guide needs a header and a set", guide.name));
    }
    for found in &guide.loops {
        if found.entries.len() > MAX_ENTRIES {
            return Err(format!("{}: loop {} has more than {MAX_ENTRIES} entries", guide.name, found.id));
        }
        if !found.id.is_empty() && found.trigger.is_none() {
            return Err(format!("{}: loop {} has no first segment", guide.name, found.id));
        }
        let segments = found.entries.iter().filter_map(|entry| match entry {
            Entry::Segment(segment) => Some(segment),
            Entry::Loop(..) => None,
        });
        for segment in found.trigger.iter().chain(segments) {
            segment_references(guide, segment, dictionary)?;
        }
    }
    Ok(())
}

fn segment_references(guide: &Guide, segment: &SegmentUse, dictionary: &Dictionary) -> Result<(), String> {
    let place = format!("{}:{}", guide.name, segment.line);
    let definition = dictionary.segments.get(&segment.segment);
    let definition = definition.ok_or(format!("{place}: segment {} is not in the dictionary", segment.segment))?;
    for item in &segment.items {
        let at = format!("{place}: {}{:02}", segment.segment, item.position);
        let found = definition.places.get(usize::from(item.position).wrapping_sub(1));
        let found = found.ok_or(format!("{at} is past the end of the segment"))?;
        let found = component_place(found, item, dictionary, &at)?;
        let Some(found) = found else { continue };
        let element = dictionary.elements.get(&found.of).ok_or(format!("{at}: element {} is unknown", found.of))?;
        for code in item.codes.iter().flatten() {
            if code.len() < usize::from(element.min) || code.len() > usize::from(element.max) || code.len() > 8 {
                return Err(format!("{at}: code \"{code}\" does not fit element {}", found.of));
            }
        }
        if item.qualifies && item.codes.is_none() {
            return Err(format!("{at}: what tells uses apart needs its codes"));
        }
    }
    Ok(())
}

/// The place an item speaks of; None when it speaks of a composite as a whole.
fn component_place<'a>(
    found: &'a Place,
    item: &Item,
    dictionary: &'a Dictionary,
    at: &str,
) -> Result<Option<&'a Place>, String> {
    match (dictionary.composites.get(&found.of), item.component) {
        (None, 0) => Ok(Some(found)),
        (None, _) => Err(format!("{at} is no composite")),
        (Some(_), 0) => Ok(None),
        (Some(components), component) => components
            .get(usize::from(component) - 1)
            .map(Some)
            .ok_or(format!("{at}-{component} is past the end of the composite")),
    }
}

/// Proves that guides of one set and version are told apart by what their headings say.
pub fn told_apart(guides: &[Guide]) -> Result<(), String> {
    for (at, one) in guides.iter().enumerate() {
        for other in &guides[at + 1..] {
            let is_same = one.set_id == other.set_id && one.versions.iter().any(|name| other.versions.contains(name));
            let overlaps = one.heading.iter().any(|code| other.heading.contains(code));
            if is_same && (overlaps || one.heading.is_empty() || other.heading.is_empty()) {
                return Err(format!("{} and {} are guides of the same message", one.name, other.name));
            }
        }
    }
    Ok(())
}

/// An entry as the run-time matches it.
#[derive(Clone)]
struct Candidate {
    name: String,
    segment: String,
    qualifier: Option<(u8, u8, BTreeSet<String>)>,
    group: usize,
}

/// Proves that no state has two places for one segment and qualifier.
pub fn one_place(guide: &Guide) -> Result<(), String> {
    walk(guide, 0, &mut Vec::new())
}

fn walk(guide: &Guide, index: usize, above: &mut Vec<Vec<Candidate>>) -> Result<(), String> {
    if above.len() > MAX_DEPTH {
        return Err(format!("{}: loop {} is nested in itself", guide.name, guide.loops[index].id));
    }
    let here = candidates(guide, index);
    let groups = here.iter().map(|candidate| candidate.group).max().unwrap_or(0);
    for group in 0..=groups {
        let mut open: Vec<&Candidate> = here.iter().filter(|candidate| candidate.group >= group).collect();
        open.extend(above.iter().flatten());
        for (at, one) in open.iter().enumerate() {
            for other in &open[at + 1..] {
                if overlap(one, other) {
                    return Err(format!(
                        "{}: in loop {} a {} may be {} or {}",
                        guide.name, guide.loops[index].id, one.segment, one.name, other.name
                    ));
                }
            }
        }
    }
    for (at, entry) in guide.loops[index].entries.iter().enumerate() {
        if let Entry::Loop(child, _) = entry {
            // Inside a loop that occurs once, another of it is no rightful reading.
            let occurs_once = guide.loops[*child].max == 1;
            let still_open = here.iter().enumerate();
            let still_open =
                still_open.filter(|(other, found)| found.group >= here[at].group && !(occurs_once && *other == at));
            let still_open = still_open.map(|(_, found)| found.clone()).collect();
            above.push(still_open);
            walk(guide, *child, above)?;
            above.pop();
        }
    }
    Ok(())
}

fn overlap(one: &Candidate, other: &Candidate) -> bool {
    one.segment == other.segment
        && match (&one.qualifier, &other.qualifier) {
            (Some(one), Some(other)) => (one.0, one.1) != (other.0, other.1) || !one.2.is_disjoint(&other.2),
            _ => true,
        }
}

fn candidates(guide: &Guide, index: usize) -> Vec<Candidate> {
    let found = &guide.loops[index];
    let groups = groups(guide, index);
    found
        .entries
        .iter()
        .zip(groups)
        .filter_map(|(entry, group)| {
            let (segment, name) = match entry {
                Entry::Segment(segment) => (segment, format!("line {}", segment.line)),
                Entry::Loop(child, _) => {
                    (guide.loops[*child].trigger.as_ref()?, format!("loop {}", guide.loops[*child].id))
                }
            };
            Some(Candidate { name, segment: segment.segment.clone(), qualifier: qualifier(segment), group })
        })
        .collect()
}

/// The qualifier of a use: place, component and codes.
pub fn qualifier(segment: &SegmentUse) -> Option<(u8, u8, BTreeSet<String>)> {
    let item = segment.items.iter().find(|item| item.qualifies)?;
    Some((item.position, item.component, item.codes.iter().flatten().cloned().collect()))
}

/// The group of each entry: neighbours with the same segment id share one, for their order is free.
pub fn groups(guide: &Guide, index: usize) -> Vec<usize> {
    let mut group = 0;
    let mut last: Option<&str> = None;
    let mut groups = Vec::new();
    for (at, entry) in guide.loops[index].entries.iter().enumerate() {
        let segment = match entry {
            Entry::Segment(segment) => segment.segment.as_str(),
            Entry::Loop(child, _) => {
                guide.loops[*child].trigger.as_ref().map_or("", |trigger| trigger.segment.as_str())
            }
        };
        if last.is_some_and(|last| last != segment) || guide.loops[index].breaks.contains(&at) {
            group += 1;
        }
        last = Some(segment);
        groups.push(group);
    }
    groups
}
