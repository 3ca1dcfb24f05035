//! The faulty segment around a problem, cut to a line, with the bytes that are meant.
//!
//! Masks the data unless told otherwise: letters become A, digits 9, so that shape and length stay.

use crate::check::Checked;
use crate::problem::Problem;
use crate::render::printable;

/// How many bytes of a segment stand on the line, for terminals of 100 columns.
const WIDTH: usize = 88;
/// How far back from a problem its segment's beginning is searched: no honest segment is longer.
const LOOK_BACK: usize = 4096;

/// A segment in three parts.
pub(super) struct Excerpt {
    pub before: String,
    pub marked: String,
    pub after: String,
}

/// The segment of a problem; None where the problem points at nothing.
pub(super) fn excerpt(bytes: &[u8], checked: &Checked, problem: &Problem, show_data: bool) -> Option<Excerpt> {
    let marked = problem.bytes();
    if marked.start >= bytes.len() || marked.is_empty() {
        return None;
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
    let segment = from..after.map_or(latest, |at| marked.start + at);
    // The id names no one and tells where one is.
    let id_end =
        segment.start + bytes[segment.clone()].iter().take(3).take_while(|b| b.is_ascii_alphanumeric()).count();
    let from = segment.start.max(marked.start.saturating_sub(WIDTH / 2));
    let to = segment.end.min(from + WIDTH);
    let text = |from: usize, to: usize| -> String {
        let from = from.min(to);
        let (shown, masked) = (from.max(id_end.min(to)), to);
        let data = printable(&bytes[shown..masked]);
        let data = if show_data { data } else { data.chars().map(mask).collect() };
        printable(&bytes[from..shown]) + &data
    };
    let middle = (marked.start.clamp(from, to), marked.end.clamp(from, to));
    Some(Excerpt { before: text(from, middle.0), marked: text(middle.0, middle.1), after: text(middle.1, to) })
}

fn mask(character: char) -> char {
    match character {
        '0'..='9' => '9',
        letter if letter.is_alphabetic() => 'A',
        other => other,
    }
}
