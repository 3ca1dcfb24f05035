//! A check as a fragment of a web page: no script, no style, no data of the file unless it is asked for.
//!
//! Everything that comes from a file or its name is escaped here.

use std::fmt::Write;

use crate::check::Checked;
use crate::render::excerpt::{BytesAt, Excerpt, excerpt};

/// One file as a `<section class="x12-check">`: the verdict and a list of problems, each with its segment and the
/// element in a `<mark>`. The data of that segment is masked unless `show_data`.
pub fn check_html(file_name: &str, bytes_at: BytesAt<'_>, checked: &Checked, show_data: bool) -> String {
    let mut out = String::new();
    let verdict = checked.verdict.word();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<section class=\"x12-check x12-{verdict}\">\n<h3>{}: {verdict}</h3>\n<p>{} segments, {} errors, {} warnings</p>\n",
        escaped(file_name),
        checked.segments,
        checked.problems.errors(),
        checked.problems.warnings()
    );
    if !checked.problems.kept().is_empty() {
        out.push_str("<ol>\n");
    }
    for problem in checked.problems.kept() {
        let _ = write!(
            out,
            "<li class=\"x12-{}\"><p><strong>{} {}</strong> <span>SNIP {}, segment {}, byte {}, rule {}</span></p>\n<p>{}. {}</p>\n",
            problem.severity.word(),
            problem.severity.word(),
            problem.code,
            problem.snip.number(),
            problem.ordinal + 1,
            problem.span.0,
            escaped(problem.rule),
            escaped(&problem.text()),
            escaped(problem.remedy)
        );
        if let Some(Excerpt { before, marked, after }) = excerpt(bytes_at, checked, problem, show_data) {
            let _ = writeln!(
                out,
                "<pre><code>{}<mark>{}</mark>{}</code></pre>",
                escaped(&before),
                escaped(&marked),
                escaped(&after)
            );
        }
        out.push_str("</li>\n");
    }
    if !checked.problems.kept().is_empty() {
        out.push_str("</ol>\n");
    }
    if checked.problems.dropped() > 0 {
        let _ = writeln!(out, "<p>… and {} more that are not listed</p>", checked.problems.dropped());
    }
    out.push_str("</section>\n");
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::in_memory;
    use crate::{ShapeOnly, check};

    #[test]
    fn the_element_is_marked_and_nothing_can_open_a_tag() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let text = std::fs::read_to_string(folder.join("bad-837P-bad-sbr01.x12")).unwrap();
        let bytes = text.replace("SBR*X*18*GRP1*", "SBR*X*18*<script>*").into_bytes();
        let html = check_html("<b>.x12", &in_memory(&bytes), &check(&bytes, &ShapeOnly), true);
        assert!(html.contains("<h3>&lt;b&gt;.x12: rejected</h3>"), "{html}");
        assert!(html.contains("<pre><code>SBR*<mark>X</mark>*18*&lt;script&gt;******CI</code></pre>"), "{html}");
        let masked = check_html("f", &in_memory(&bytes), &check(&bytes, &ShapeOnly), false);
        assert!(masked.contains("<pre><code>SBR*<mark>A</mark>*99*&lt;AAAAAA&gt;******AA</code></pre>"), "{masked}");
    }
}
