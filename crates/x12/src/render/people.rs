//! A check for people: each problem with its segment, the element underlined, and what to do.
//!
//! Shows the faulty segment only; a long one is cut around the element.

use std::fmt::Write;

use crate::check::Checked;
use crate::problem::Problem;
use crate::segment::decode;

/// How many bytes of a segment stand on the line, for terminals of 100 columns.
const WIDTH: usize = 88;
/// How far back from a problem its segment's beginning is searched: no honest segment is longer.
const LOOK_BACK: usize = 4096;

/// One file as text.
pub fn check_text(file_name: &str, bytes: &[u8], checked: &Checked) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{file_name}: {} · {} segments · {} errors, {} warnings",
        checked.verdict.word(),
        checked.segments,
        checked.problems.errors(),
        checked.problems.warnings()
    );
    for problem in checked.problems.kept() {
        push_problem(&mut out, bytes, checked, problem);
    }
    if checked.problems.dropped() > 0 {
        let _ = writeln!(out, "… and {} more that are not listed", checked.problems.dropped());
    }
    out
}

fn push_problem(out: &mut String, bytes: &[u8], checked: &Checked, problem: &Problem) {
    let _ = writeln!(
        out,
        "\n{} {} · SNIP {} · segment {} · byte {}\n  {}\n  {}",
        problem.severity.word(),
        problem.code,
        problem.snip.number(),
        problem.ordinal + 1,
        problem.span.0,
        problem.text(),
        problem.remedy
    );
    let marked = problem.bytes();
    if marked.start >= bytes.len() || marked.is_empty() {
        return;
    }
    let terminator = checked.delimiters_at(problem.ordinal).segment;
    let earliest = marked.start.saturating_sub(LOOK_BACK);
    let before = bytes[earliest..marked.start].iter().rposition(|byte| *byte == terminator);
    let mut from = before.map_or(earliest, |at| earliest + at + 1);
    while from < marked.start && bytes[from].is_ascii_whitespace() {
        from += 1;
    }
    let latest = bytes.len().min(marked.end.min(marked.start + LOOK_BACK) + LOOK_BACK);
    let after = bytes[marked.start..latest].iter().position(|byte| *byte == terminator);
    let to = after.map_or(latest, |at| marked.start + at);
    let from = from.max(marked.start.saturating_sub(WIDTH / 2));
    let to = to.min(from + WIDTH);
    let line = printable(&bytes[from..to]);
    let indent = printable(&bytes[from..marked.start.min(to)]).chars().count();
    let length = printable(&bytes[marked.start.min(to)..marked.end.min(to)]).chars().count().max(1);
    let _ = writeln!(out, "    {line}\n    {}{}", " ".repeat(indent), "^".repeat(length));
}

/// Bytes as text in which no control character can move the cursor.
pub(super) fn printable(bytes: &[u8]) -> String {
    decode(bytes).chars().map(|character| if character.is_control() { '·' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, check};

    #[test]
    fn the_element_is_underlined() {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/bad-837P-bad-sbr01.x12");
        let bytes = std::fs::read(path).unwrap();
        let text = check_text("claims.x12", &bytes, &check(&bytes, &ShapeOnly));
        assert!(text.starts_with("claims.x12: rejected · 33 segments · 1 errors, 0 warnings\n"), "{text}");
        assert!(text.contains("    SBR*X*18*GRP1******CI\n        ^\n"), "{text}");
    }
}
