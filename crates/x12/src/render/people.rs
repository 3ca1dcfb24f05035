//! A check for people in a terminal: each problem with its place, the element underlined, and what to do.
//!
//! Shows letters and digits of the faulty segment only where that is asked for; its shape always.

use std::fmt::Write;

use crate::check::Checked;
use crate::problem::{Problem, Severity};
use crate::render::excerpt::{BytesAt, Excerpt, excerpt};

/// How a check is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextOptions {
    /// Colours, for a terminal that has them.
    pub color: bool,
    /// The faulty segment as it stands. Without it the data is masked: no patient is named on a screen or in a log.
    pub show_data: bool,
}

/// One file as text. `bytes_at` lends the faulty segments.
pub fn check_text(file_name: &str, bytes_at: BytesAt<'_>, checked: &Checked, options: TextOptions) -> String {
    let mut out = String::new();
    let verdict = paint(options, if checked.problems.errors() > 0 { RED } else { GREEN }, checked.verdict.word());
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{file_name}: {verdict} · {} segments · {} errors, {} warnings",
        checked.segments,
        checked.problems.errors(),
        checked.problems.warnings()
    );
    let following = checked.following();
    for (problem, from) in checked.problems.kept().iter().zip(following) {
        push_problem(&mut out, bytes_at, checked, problem, options);
        if let Some(first) = from.and_then(|first| checked.problems.kept().get(first)) {
            let _ = writeln!(
                out,
                "  Perhaps one fault with the problem of segment {} above: a segment that was moved.",
                first.ordinal + 1
            );
        }
    }
    if checked.problems.dropped() > 0 {
        let _ = writeln!(out, "… and {} more that are not listed", checked.problems.dropped());
    }
    out
}

const RED: &str = "31";
const YELLOW: &str = "33";
const GREEN: &str = "32";
const DIM: &str = "2";

fn paint(options: TextOptions, color: &str, text: &str) -> String {
    if options.color { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
}

fn push_problem(out: &mut String, bytes_at: BytesAt<'_>, checked: &Checked, problem: &Problem, options: TextOptions) {
    let color = match problem.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
    };
    let _ = writeln!(
        out,
        "\n{} · SNIP {} · segment {} · byte {} · {}\n  {}.\n  {}",
        paint(options, color, &format!("{} {}", problem.severity.word(), problem.code)),
        problem.snip.number(),
        problem.ordinal + 1,
        problem.span.0,
        problem.rule,
        problem.text(),
        problem.remedy
    );
    if let Some(Excerpt { before, marked, after }) = excerpt(bytes_at, checked, problem, options.show_data) {
        let indent = " ".repeat(before.chars().count());
        let line = paint(options, color, &"^".repeat(marked.chars().count().max(1)));
        let _ = writeln!(
            out,
            "    {}{}{}\n    {indent}{line}",
            paint(options, DIM, &before),
            paint(options, color, &marked),
            paint(options, DIM, &after)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::in_memory;
    use crate::{ShapeOnly, check};

    fn told(options: TextOptions) -> String {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/bad-837P-bad-sbr01.x12");
        let bytes = std::fs::read(path).unwrap();
        check_text("claims.x12", &in_memory(&bytes), &check(&bytes, &ShapeOnly), options)
    }

    #[test]
    fn the_element_is_underlined() {
        let text = told(TextOptions { show_data: true, color: false });
        assert!(text.starts_with("claims.x12: rejected · 33 segments · 1 errors, 0 warnings\n"), "{text}");
        assert!(text.contains("    SBR*X*18*GRP1******CI\n        ^\n"), "{text}");
    }

    #[test]
    fn data_is_masked_unless_it_is_asked_for() {
        let text = told(TextOptions::default());
        assert!(text.contains("    SBR*A*99*AAA9******AA\n        ^\n"), "{text}");
        assert!(!text.contains('\x1b'), "{text}");
        assert!(told(TextOptions { color: true, show_data: false }).contains("\x1b[31merror IK403=7\x1b[0m"));
    }
}
