//! The loops of a file as a tree, each with how much stands in it. Shows no data of the file.

use std::fmt::Write;
use std::io::{self, Read};

use crate::document::{Document, Passing};
use crate::outline::{Placed, outline};
use crate::segment::Segment;

/// Lines of one interchange beyond this many are not held; with the usual count of siblings there are some hundred.
const MOST_LINES: usize = 100_000;

/// An open node of the tree: an interchange, group, set or loop.
struct Node {
    depth: u16,
    /// Segments in it, those of nodes below included.
    segments: usize,
    /// Where its line stands; none below one that is only counted.
    line: Option<usize>,
}

/// One line a node, indented; `most` siblings of one kind in a row are shown, the others are counted.
pub fn tree(document: &Document<'_>, most: usize) -> String {
    let mut tree = Tree::new(most);
    for (segment, placed) in document.segments().zip(outline(document)) {
        tree.take(&segment, &placed);
    }
    tree.end();
    tree.out
}

/// Writes what [`tree`] gives while the file is read. A node's line tells how much stands in it, so the lines of an
/// interchange are held until it ends; those that will not be shown are not held. False, and nothing is written, where
/// there is no interchange.
///
/// # Errors
///
/// Those of the reader and of the writer; a segment longer than [`LONGEST_PIECE`](crate::tools::LONGEST_PIECE).
pub fn write_tree(reader: impl Read, most: usize, to: &mut dyn io::Write) -> io::Result<bool> {
    let Some(mut passing) = Passing::begin(reader)? else { return Ok(false) };
    let mut tree = Tree::new(most);
    while let Some(passed) = passing.next()? {
        tree.take(&passed.segment(), &passed.placed);
        to.write_all(tree.out.as_bytes())?;
        tree.out.clear();
    }
    tree.end();
    to.write_all(tree.out.as_bytes())?;
    Ok(true)
}

/// The line of a node, or of siblings that are only counted.
struct Line {
    depth: u16,
    name: String,
    segments: usize,
    /// How many nodes it stands for.
    nodes: usize,
    /// So many of its kind stand before it that it is not shown.
    is_counted_only: bool,
}

/// A tree that is being made.
struct Tree {
    most: usize,
    out: String,
    /// Of the open interchange, without what stands below a node that is only counted.
    lines: Vec<Line>,
    open: Vec<Node>,
    /// How many siblings of a name stand in a row, by depth.
    in_a_row: Vec<(String, usize)>,
    /// How many siblings of this name were printed in a row, and how many segments the others have, by depth.
    rows: Vec<(String, usize, usize)>,
    hidden_below: Option<u16>,
    is_cut: bool,
}

impl Tree {
    fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            out: String::new(),
            lines: Vec::new(),
            open: Vec::new(),
            in_a_row: Vec::new(),
            rows: Vec::new(),
            hidden_below: None,
            is_cut: false,
        }
    }

    fn take(&mut self, segment: &Segment<'_>, placed: &Placed) {
        let opens = matches!(segment.id(), "ISA" | "GS" | "ST") || placed.opens_loop;
        // A first segment ends its siblings, another one only what is nested deeper.
        let ends_from = placed.depth + u16::from(!opens);
        while self.open.last().is_some_and(|node| node.depth >= ends_from) {
            self.close();
        }
        if opens {
            self.open(placed.depth, name(segment, placed));
        }
        if let Some(node) = self.open.last_mut() {
            node.segments += 1;
        }
    }

    fn open(&mut self, depth: u16, name: String) {
        // Below a node that is only counted nothing is shown, up to the next node that stands no deeper.
        let is_hidden = self.hidden_below.is_some_and(|hidden| depth > hidden);
        let line = if is_hidden { None } else { self.line(depth, name) };
        self.open.push(Node { depth, segments: 0, line });
    }

    /// Makes the line of a node.
    fn line(&mut self, depth: u16, name: String) -> Option<usize> {
        let at = usize::from(depth);
        self.in_a_row.truncate(at + 1);
        self.in_a_row.resize(at + 1, (String::new(), 0));
        let row = &mut self.in_a_row[at];
        if row.0 != name {
            *row = (name.clone(), 0);
        }
        row.1 += 1;
        let is_counted_only = row.1 > self.most;
        self.hidden_below = is_counted_only.then_some(depth);
        if self.lines.len() >= MOST_LINES {
            self.is_cut = true;
            return None;
        }
        self.lines.push(Line { depth, name, segments: 0, nodes: 1, is_counted_only });
        Some(self.lines.len() - 1)
    }

    fn close(&mut self) {
        let Some(node) = self.open.pop() else { return };
        if let Some(at) = node.line {
            self.lines[at].segments = node.segments;
            self.join_counted(at);
        }
        match self.open.last_mut() {
            Some(parent) => parent.segments += node.segments,
            None => self.print(),
        }
    }

    /// Siblings that are only counted share a line.
    fn join_counted(&mut self, at: usize) {
        if at + 1 < self.lines.len() {
            return;
        }
        let [.., before, last] = self.lines.as_mut_slice() else { return };
        let is_same = before.is_counted_only && last.is_counted_only && before.depth == last.depth;
        if is_same && before.name == last.name {
            before.segments += last.segments;
            before.nodes += last.nodes;
            self.lines.truncate(at);
        }
    }

    /// Prints the lines that are there.
    fn print(&mut self) {
        for Line { depth, name, segments, nodes, .. } in std::mem::take(&mut self.lines) {
            let at = usize::from(depth);
            if self.rows.get(at).is_none_or(|row| row.0 != name) {
                flush(&mut self.rows, at, self.most, &mut self.out);
                self.rows.resize(at + 1, (String::new(), 0, 0));
                self.rows[at] = (name.clone(), 0, 0);
            } else {
                flush(&mut self.rows, at + 1, self.most, &mut self.out);
                self.rows.truncate(at + 1);
            }
            self.rows[at].1 += nodes;
            if self.rows[at].1 > self.most {
                self.rows[at].2 += segments;
                continue;
            }
            // Writing to a String cannot fail.
            let _ = writeln!(self.out, "{}{name} · {segments} segments", "  ".repeat(at));
        }
        if std::mem::take(&mut self.is_cut) {
            self.out.push_str("… and more loops than can be shown; show fewer of a kind\n");
        }
    }

    fn end(&mut self) {
        while !self.open.is_empty() {
            self.close();
        }
        flush(&mut self.rows, 0, self.most, &mut self.out);
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
