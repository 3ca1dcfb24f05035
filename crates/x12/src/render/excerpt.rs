//! The faulty segment around a problem, cut to a line, with the bytes that are meant.
//!
//! Masks the data unless told otherwise: letters become A, digits 9, so that shape and length stay.

use std::ops::Range;

use crate::check::Checked;
use crate::problem::Problem;
use crate::render::printable;

/// How many bytes of a segment stand on the line, for terminals of 100 columns.
const WIDTH: usize = 88;
/// How far back from a problem its segment's beginning is searched: no honest segment is longer.
const LOOK_BACK: u64 = 4096;

/// A segment in three parts.
pub(super) struct Excerpt {
    pub before: String,
    pub marked: String,
    pub after: String,
}

/// Lends bytes of the checked file, fewer where it ends: a check that streams does not hold them.
pub type BytesAt<'a> = &'a dyn Fn(Range<u64>) -> Vec<u8>;

/// Lends the bytes of a file that is in memory.
pub fn in_memory(bytes: &[u8]) -> impl Fn(Range<u64>) -> Vec<u8> {
    |range| {
        let at = |byte: u64| usize::try_from(byte).map_or(bytes.len(), |byte| byte.min(bytes.len()));
        bytes[at(range.start)..at(range.end.max(range.start))].to_vec()
    }
}

/// The segment of a problem; None where the problem points at nothing.
pub(super) fn excerpt(bytes_at: BytesAt<'_>, checked: &Checked, problem: &Problem, show_data: bool) -> Option<Excerpt> {
    if problem.span.1 == 0 {
        return None;
    }
    let first = problem.span.0.saturating_sub(LOOK_BACK);
    let marked_length = u64::from(problem.span.1).min(LOOK_BACK);
    let bytes = bytes_at(first..problem.span.0 + marked_length + LOOK_BACK);
    let start = usize::try_from(problem.span.0 - first).ok()?;
    let marked = start..(start + usize::try_from(marked_length).ok()?).min(bytes.len());
    if marked.is_empty() {
        return None;
    }
    let terminator = checked.delimiters_at(problem.ordinal).segment;
    let before = bytes[..marked.start].iter().rposition(|byte| *byte == terminator);
    let mut from = before.map_or(0, |at| at + 1);
    while from < marked.start && bytes[from].is_ascii_whitespace() {
        from += 1;
    }
    let after = bytes[marked.start..].iter().position(|byte| *byte == terminator);
    let segment = from..after.map_or(bytes.len(), |at| marked.start + at);
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
