//! Any file readably: segments indented by loop, elements with their names.
//!
//! Shows all data; meant for the eyes of a person who may see the file.

use std::fmt::Write;

use crate::check::cells::Cells;
use crate::check::place::{Place, Placement};
use crate::check::sink::Sink;
use crate::codes::ShapeOnly;
use crate::file::{File, TransactionSet};
use crate::guide::{self, Element, label_of};
use crate::render::people::printable;
use crate::rules;
use crate::segment::Segment;

/// The file as text: one line a segment with a line for each element that holds something.
pub fn show(file: &File<'_>) -> String {
    let mut out = String::new();
    for interchange in &file.interchanges {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "interchange {} from {} to {}",
            interchange.control_number(),
            printable(interchange.sender().as_bytes()),
            printable(interchange.receiver().as_bytes())
        );
        for acknowledgment in &interchange.acknowledgments {
            let entry = guide::find("TA1", "00501").and_then(|found| found.loops[0].entries.first());
            push_segment(&mut out, acknowledgment, 1, entry.map_or(&[], |entry| entry.rules.elements));
        }
        for group in &interchange.groups {
            let _ = writeln!(out, "  group {} {}", group.functional_id(), group.version());
            for set in &group.sets {
                push_set(&mut out, set);
            }
        }
    }
    out
}

fn push_set(out: &mut String, set: &TransactionSet<'_>) {
    let found = guide::find(&set.id(), &set.version());
    let label = found.map_or("set without a guide here", |guide| guide.label);
    let _ = writeln!(out, "    set {} {}: {label}", set.id(), set.control_number());
    let mut place = found.map(Place::new);
    let mut judge = rules::of("", "");
    let mut sink = Sink::new(&ShapeOnly);
    for segment in set.body() {
        let Some(place) = &mut place else {
            push_segment(out, segment, 3, &[]);
            continue;
        };
        let ends = ends(segment);
        let delimiters = segment.delimiters();
        let cells = Cells {
            id: segment.segment_id(),
            block: segment.raw(),
            ends: &ends,
            parts: &[],
            strange: &[],
            start: 0,
            base: segment.span().start as u64,
            ordinal: segment.ordinal,
            delimiters: &delimiters,
        };
        match place.take(&cells, judge.as_mut(), &mut sink) {
            Placement::Found { rules, opened } => {
                if opened {
                    let _ =
                        writeln!(out, "{}{} {}", "  ".repeat(place.depth() + 1), place.loop_id(), place.loop_label());
                }
                push_segment(out, segment, place.depth() + 2, rules.elements);
            }
            Placement::Lost => push_segment(out, segment, place.depth() + 2, &[]),
        }
    }
}

fn ends(segment: &Segment<'_>) -> Vec<u32> {
    let separator = segment.delimiters().element;
    let places = segment.raw().iter().enumerate().filter(|(_, byte)| **byte == separator).map(|(at, _)| at as u32);
    places.chain([segment.raw().len() as u32]).collect()
}

fn push_segment(out: &mut String, segment: &Segment<'_>, depth: usize, elements: &[Element]) {
    let indent = "  ".repeat(depth);
    let _ = writeln!(out, "{indent}{}", printable(segment.raw()));
    for (at, value) in segment.elements().enumerate() {
        let Some(element) = elements.get(at) else { continue };
        if element.components.is_empty() {
            push_value(out, &indent, at + 1, 0, element, value);
            continue;
        }
        for (k, part) in segment.components(at + 1).enumerate() {
            if let Some(component) = element.components.get(k) {
                push_value(out, &indent, at + 1, k + 1, component, part);
            }
        }
    }
}

fn push_value(out: &mut String, indent: &str, n: usize, k: usize, element: &Element, value: &[u8]) {
    let label = label_of(element.number);
    if value.is_empty() || label.is_empty() {
        return;
    }
    let component = if k == 0 { String::new() } else { format!("-{k}") };
    let _ = writeln!(out, "{indent}    {n:02}{component} {label}: {}", printable(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    #[test]
    fn a_claim_reads_as_words() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
        let bytes = std::fs::read(path).unwrap();
        let text = show(&read(&bytes));
        for line in [
            "interchange 000000001 from SUBMITTER to RECEIVER\n",
            "    set 837 0001: professional claim\n",
            "2010AA billing provider\n",
            "    03 last name or organization: SUNRISE CLINIC\n",
            "    02 amount: 150\n",
            "    01-2 procedure or product: 99213\n",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
