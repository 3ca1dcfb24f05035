//! The loops of a file as a tree, each with how much stands in it. Shows no data of the file.

use std::fmt::Write;

use crate::document::Document;
use crate::outline::{Placed, outline};
use crate::segment::Segment;

/// A node of the tree: an interchange, group, set or loop.
struct Node {
    depth: u16,
    name: String,
    /// Segments in it, those of nodes below included.
    segments: usize,
    /// Where its line stands.
    line: usize,
}

/// One line a node, indented; `most` siblings of one kind in a row are shown, the others are counted.
pub fn tree(document: &Document<'_>, most: usize) -> String {
    let mut lines: Vec<(u16, String, usize)> = Vec::new();
    let mut open: Vec<Node> = Vec::new();
    for (segment, placed) in document.segments().zip(outline(document)) {
        let opens = matches!(segment.id(), "ISA" | "GS" | "ST") || placed.opens_loop;
        // A first segment ends its siblings, another one only what is nested deeper.
        let ends_from = placed.depth + u16::from(!opens);
        while open.last().is_some_and(|node| node.depth >= ends_from) {
            close(&mut open, &mut lines);
        }
        if opens {
            open.push(Node { depth: placed.depth, name: name(&segment, &placed), segments: 0, line: lines.len() });
            lines.push((placed.depth, String::new(), 0));
        }
        if let Some(node) = open.last_mut() {
            node.segments += 1;
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut lines);
    }
    let mut out = String::new();
    print(&lines, most.max(1), &mut out);
    out
}

fn close(open: &mut Vec<Node>, lines: &mut [(u16, String, usize)]) {
    if let Some(node) = open.pop() {
        lines[node.line] = (node.depth, node.name, node.segments);
        if let Some(parent) = open.last_mut() {
            parent.segments += node.segments;
        }
    }
}

fn name(segment: &Segment<'_>, placed: &Placed) -> String {
    match segment.id() {
        "ISA" => "interchange".to_owned(),
        "GS" => format!("group {} {}", super::printable(segment.element(1)), super::printable(segment.element(8))),
        "ST" => format!("set {} {}", super::printable(segment.element(1)), placed.set_label).trim_end().to_owned(),
        _ => format!("{} {}", placed.loop_id, placed.loop_label),
    }
}

fn print(lines: &[(u16, String, usize)], most: usize, out: &mut String) {
    // How many siblings of this name were seen in a row, by depth.
    let mut rows: Vec<(String, usize, usize)> = Vec::new();
    let mut hidden_below: Option<u16> = None;
    for (depth, name, segments) in lines {
        let at = usize::from(*depth);
        if hidden_below.is_some_and(|hidden| *depth > hidden) {
            continue;
        }
        hidden_below = None;
        if rows.get(at).is_none_or(|row| row.0 != *name) {
            flush(&mut rows, at, most, out);
            rows.resize(at + 1, (String::new(), 0, 0));
            rows[at] = (name.clone(), 0, 0);
        } else {
            flush(&mut rows, at + 1, most, out);
            rows.truncate(at + 1);
        }
        rows[at].1 += 1;
        if rows[at].1 > most {
            rows[at].2 += segments;
            hidden_below = Some(*depth);
            continue;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}{name} · {segments} segments", "  ".repeat(at));
    }
    flush(&mut rows, 0, most, out);
}

/// Tells how many were not shown, deepest first.
fn flush(rows: &mut Vec<(String, usize, usize)>, from: usize, most: usize, out: &mut String) {
    while rows.len() > from {
        let depth = rows.len() - 1;
        if let Some((name, seen, segments)) = rows.pop()
            && seen > most
        {
            let _ = writeln!(out, "{}… {} more: {name} · {segments} segments", "  ".repeat(depth), seen - most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_nested_and_counted() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
        let bytes = std::fs::read(path).unwrap();
        let text = tree(&Document::read(&bytes), 1);
        let expected = "interchange · 33 segments\n  group HC 005010X222A1 · 31 segments\n    set 837 professional claim · 29 segments\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("\n        2000B subscriber level · 17 segments\n"), "{text}");
        assert!(text.contains("\n            … 1 more: 2400 service line · "), "{text}");
        assert!(!text.contains("SUNRISE"), "{text}");
    }
}
