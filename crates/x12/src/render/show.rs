//! Any file readably: loops with their names, elements with their names, values as people write them, codes with their
//! meaning.
//!
//! Shows all data; meant for the eyes of a person who may see the file.

use std::fmt::Write;
use std::io::{self, Read};

use crate::check::Checked;
use crate::codes::CodeSets;
use crate::document::{Document, Passing};
use crate::outline::{Placed, outline};
use crate::problem::Problem;
use crate::render::meanings::{envelope_label, formatted, of_code, segment_name};
use crate::render::printable;
use crate::segment::{Segment, decode, nth};

/// How a file is shown.
#[derive(Clone, Copy, Default)]
pub struct ShowOptions<'a> {
    /// Each segment also as the file has it.
    pub raw: bool,
    /// What a check found, each problem below its segment.
    pub checked: Option<&'a Checked>,
}

/// The file as text: a line for each segment, below it a line for each element that holds something.
pub fn show(document: &Document<'_>, codes: &dyn CodeSets, options: ShowOptions<'_>) -> String {
    let mut out = String::new();
    let mut problems = options.checked.map_or(&[][..], |checked| checked.problems.kept()).iter().peekable();
    for (index, (segment, placed)) in document.segments().zip(outline(document)).enumerate() {
        let next = document.segment(index + 1).map_or(u64::MAX, |next| next.span().start as u64);
        one(&mut out, &segment, &placed, codes, options.raw, || problems.next_if(|problem| problem.span.0 < next));
    }
    problems.for_each(|problem| tell(&mut out, "", problem));
    out
}

/// Writes what [`show`] gives while the file is read; memory is the longest segment. False, and nothing is written,
/// where there is no interchange.
///
/// # Errors
///
/// Those of the reader and of the writer; a segment longer than [`LONGEST_PIECE`](crate::tools::LONGEST_PIECE).
pub fn write_show(
    reader: impl Read,
    codes: &dyn CodeSets,
    options: ShowOptions<'_>,
    to: &mut dyn io::Write,
) -> io::Result<bool> {
    let Some(mut passing) = Passing::begin(reader)? else { return Ok(false) };
    let mut out = String::new();
    let mut problems = options.checked.map_or(&[][..], |checked| checked.problems.kept()).iter().peekable();
    while let Some(passed) = passing.next()? {
        let next = passed.next.unwrap_or(u64::MAX);
        let (segment, placed) = (passed.segment(), passed.placed);
        one(&mut out, &segment, &placed, codes, options.raw, || problems.next_if(|problem| problem.span.0 < next));
        to.write_all(out.as_bytes())?;
        out.clear();
    }
    problems.for_each(|problem| tell(&mut out, "", problem));
    to.write_all(out.as_bytes())?;
    Ok(true)
}

/// One segment, and the problems below it.
fn one<'p>(
    out: &mut String,
    segment: &Segment<'_>,
    placed: &Placed,
    codes: &dyn CodeSets,
    raw: bool,
    mut problems: impl FnMut() -> Option<&'p Problem>,
) {
    head(out, segment, placed);
    let indent = "  ".repeat(usize::from(placed.depth) + usize::from(!is_envelope(segment)));
    // Writing to a String cannot fail.
    let name = segment_name(segment.id());
    let _ = writeln!(out, "{indent}{} {name}", printable(segment.element(0)));
    if raw {
        let _ = writeln!(out, "{indent}    {}", printable(segment.raw()));
    }
    elements(out, &indent, segment, placed, codes);
    while let Some(problem) = problems() {
        tell(out, &indent, problem);
    }
}

fn is_envelope(segment: &Segment<'_>) -> bool {
    matches!(segment.id(), "ISA" | "IEA" | "GS" | "GE" | "ST" | "SE")
}

/// The line above the first segment of an interchange, group, set or loop.
fn head(out: &mut String, segment: &Segment<'_>, placed: &Placed) {
    let indent = "  ".repeat(usize::from(placed.depth));
    let text = |n: usize| printable(segment.element(n).trim_ascii());
    let line = match segment.id() {
        "ISA" => format!("interchange {} from {} to {}", text(13), text(6), text(8)),
        "GS" => format!("group {} {}", text(1), text(8)),
        "ST" if placed.set_label.is_empty() => format!("set {} {}: no guide for it here", text(1), text(2)),
        "ST" => format!("set {} {}: {}", text(1), text(2), placed.set_label),
        _ if placed.opens_loop => format!("{} {}", placed.loop_id, placed.loop_label),
        _ => return,
    };
    let _ = writeln!(out, "{indent}{line}");
}

fn tell(out: &mut String, indent: &str, problem: &Problem) {
    let _ = writeln!(
        out,
        "{indent}  ^ {} {} {}. {}",
        problem.severity.word(),
        problem.code,
        problem.text(),
        problem.remedy
    );
}

fn elements(out: &mut String, indent: &str, segment: &Segment<'_>, placed: &Placed, codes: &dyn CodeSets) {
    let delimiters = segment.delimiters();
    for (at, value) in segment.elements().enumerate() {
        let n = at + 1;
        if value.is_empty() {
            continue;
        }
        let is_isa = segment.is("ISA");
        let repetitions: Vec<&[u8]> = if is_isa { vec![value] } else { segment.repetitions(n).collect() };
        for repetition in repetitions {
            let is_composite = placed.element(n, 0).is_some_and(|element| !element.components.is_empty())
                || (placed.element(n, 0).is_none() && !is_isa && repetition.contains(&delimiters.component));
            if is_composite {
                let parts = repetition.split(|byte| *byte == delimiters.component).enumerate();
                for (k, part) in parts.filter(|(_, part)| !part.is_empty()) {
                    let neighbour =
                        |k: u8| nth(repetition, delimiters.component, usize::from(k.saturating_sub(1))).to_vec();
                    let words = value_words(segment, placed, (n, k + 1), part, &neighbour, codes);
                    let _ = writeln!(out, "{indent}    {n:02}-{} {words}", k + 1);
                }
            } else {
                let neighbour = |k: u8| segment.element(usize::from(k)).to_vec();
                let words = value_words(segment, placed, (n, 0), repetition, &neighbour, codes);
                let _ = writeln!(out, "{indent}    {n:02} {words}");
            }
        }
    }
}

/// `label: value (meaning)`.
fn value_words(
    segment: &Segment<'_>,
    placed: &Placed,
    (n, k): (usize, usize),
    value: &[u8],
    neighbour: &dyn Fn(u8) -> Vec<u8>,
    codes: &dyn CodeSets,
) -> String {
    let shown = printable(value);
    let Some(element) = placed.element(n, k) else {
        let label = envelope_label(segment.id(), n);
        return if label.is_empty() { shown } else { format!("{label}: {shown}") };
    };
    let label = placed.element_label(n, k);
    let form = if element.form_at > 0 { neighbour(element.form_at) } else { Vec::new() };
    let words = match formatted(element, value, &form) {
        Some(formatted) => formatted,
        None => match of_code(element, &decode(value), neighbour, codes) {
            Some(meaning) => format!("{shown} ({meaning})"),
            None => shown,
        },
    };
    if label.is_empty() { words } else { format!("{label}: {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, check};

    fn case(name: &str) -> Vec<u8> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        std::fs::read(folder.join(name)).unwrap()
    }

    #[test]
    fn a_claim_reads_as_words() {
        let bytes = case("ok-837P.x12");
        let text = show(&Document::read(&bytes), &ShapeOnly, ShowOptions::default());
        for line in [
            "interchange 000000001 from SUBMITTER to RECEIVER\n",
            "    06 sender: SUBMITTER      \n",
            "    set 837 0001: professional claim\n",
            "        2010AA billing provider\n",
            "    03 last name or organization: SUNRISE CLINIC\n",
            "    01 entity: 85 (billing provider)\n",
            "    02 amount: $150.00\n",
            "    03 date: 2026-08-15\n",
            "    01-1 code system: HC (HCPCS or CPT)\n",
            "    01-2 procedure or product: 99213\n",
            "    09 filing kind: CI (commercial)\n",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn problems_stand_below_their_segments() {
        let bytes = case("bad-837P-bad-sbr01.x12");
        let checked = check(&bytes, &ShapeOnly);
        let options = ShowOptions { raw: true, checked: Some(&checked) };
        let text = show(&Document::read(&bytes), &ShapeOnly, options);
        let (_, after) = text.split_once("SBR*X*18*GRP1******CI\n").unwrap();
        assert!(after.split("PAT").next().unwrap().contains("^ error IK403=7 2000B SBR01: "), "{text}");
    }

    #[test]
    fn every_case_can_be_shown() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        for entry in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let text = show(&Document::read(&bytes), &ShapeOnly, ShowOptions { raw: true, checked: None });
            assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
        }
    }
}
