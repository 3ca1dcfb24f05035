//! A check for machines: one JSON object a file, on one line.
//!
//! Written by hand, for the crate depends on no JSON library; strings are escaped here and nowhere else.

use std::fmt::Write;

use crate::check::{Checked, Coverage};
use crate::problem::Problem;

/// How much is told of each problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// `file`, `verdict`, `transactions` and, of each problem, `snip`, `severity`, `code`, `segment`, `loop`, `element`,
    /// `byte` and `text`; where problems were counted but not kept, `more_problems` says how many. This shape does not
    /// change.
    #[default]
    Agreed,
    /// Also ordinal, component, repetition, length, rule and remedy, the problem it follows from (`follows`, counted from
    /// 0) where there is one, and how many errors and warnings there are. What is
    /// told here may grow.
    Full,
}

/// One file as a JSON object on one line.
pub fn check_json(file_name: &str, checked: &Checked, detail: Detail) -> String {
    let mut out = String::from("{\"file\":");
    push_string(&mut out, file_name);
    push_field(&mut out, "verdict", checked.verdict.word());
    out.push_str(",\"transactions\":[");
    for (at, (_, group, set)) in checked.sets().enumerate() {
        out.push_str(if at > 0 { ",{\"id\":" } else { "{\"id\":" });
        push_string(&mut out, &set.id);
        push_field(&mut out, "control_number", &set.control_number);
        push_field(&mut out, "guide", if set.version.is_empty() { &group.version } else { &set.version });
        push_field(&mut out, "verdict", if set.is_accepted() { "accepted" } else { "rejected" });
        let coverage = match set.coverage {
            Coverage::Guide => "guide",
            Coverage::EnvelopeOnly => "envelope",
            Coverage::Refused => "refused",
        };
        push_field(&mut out, "checked", coverage);
        out.push('}');
    }
    out.push_str("],\"problems\":[");
    let following = if detail == Detail::Full { checked.following() } else { Vec::new() };
    for (at, problem) in checked.problems.kept().iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_problem(&mut out, problem, detail);
        if let Some(Some(first)) = following.get(at) {
            push_number(&mut out, "follows", *first as u64);
        }
        out.push('}');
    }
    out.push(']');
    // Whoever counts the problems must see that there are more.
    if checked.problems.dropped() > 0 {
        push_number(&mut out, "more_problems", checked.problems.dropped());
    }
    if detail == Detail::Full {
        push_number(&mut out, "errors", checked.problems.errors());
        push_number(&mut out, "warnings", checked.problems.warnings());
        push_number(&mut out, "segments", checked.segments);
    }
    out.push('}');
    out
}

/// The object of a file that cannot be opened, in the shape of [`check_json`].
pub fn unreadable_json(file_name: &str, reason: &str) -> String {
    let mut out = String::from("{\"file\":");
    push_string(&mut out, file_name);
    out.push_str(",\"verdict\":\"unreadable\",\"transactions\":[],\"problems\":[{\"snip\":1,\"severity\":\"error\",");
    out.push_str("\"code\":\"ERROR\",\"segment\":\"\",\"loop\":\"\",\"element\":0,\"byte\":0");
    push_field(&mut out, "text", reason);
    out.push_str("}]}");
    out
}

/// All but the closing brace.
fn push_problem(out: &mut String, problem: &Problem, detail: Detail) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{{\"snip\":{}", problem.snip.number());
    push_field(out, "severity", problem.severity.word());
    push_field(out, "code", &problem.code.to_string());
    push_field(out, "segment", &problem.segment.to_string());
    push_field(out, "loop", problem.loop_id);
    push_number(out, "element", u64::from(problem.element));
    push_number(out, "byte", problem.span.0);
    push_field(out, "text", &problem.text());
    if detail == Detail::Full {
        push_number(out, "ordinal", problem.ordinal);
        push_number(out, "component", u64::from(problem.component));
        push_number(out, "repetition", u64::from(problem.repetition));
        push_number(out, "length", u64::from(problem.span.1));
        push_field(out, "rule", problem.rule);
        push_field(out, "remedy", problem.remedy);
    }
}

fn push_field(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, ",\"{name}\":");
    push_string(out, value);
}

fn push_number(out: &mut String, name: &str, value: u64) {
    let _ = write!(out, ",\"{name}\":{value}");
}

pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShapeOnly, check};

    #[test]
    fn names_of_files_cannot_break_the_object() {
        let json = check_json("a\"b\\c\n.x12", &check(b"nothing", &ShapeOnly), Detail::Agreed);
        assert!(json.starts_with("{\"file\":\"a\\\"b\\\\c\\u000a.x12\",\"verdict\":\"unreadable\",\"transactions\":[],\"problems\":[{\"snip\":1,\"severity\":\"error\",\"code\":\"ERROR\""), "{json}");
        assert!(!json.contains('\n'));
    }

    #[test]
    fn the_agreed_shape_is_whole() {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/bad-837P-bad-sbr01.x12");
        let checked = check(&std::fs::read(path).unwrap(), &ShapeOnly);
        assert_eq!(
            check_json("a.x12", &checked, Detail::Agreed),
            concat!(
                r#"{"file":"a.x12","verdict":"rejected","transactions":[{"id":"837","control_number":"0001","#,
                r#""guide":"005010X222A1","verdict":"rejected","checked":"guide"}],"problems":[{"snip":2,"#,
                r#""severity":"error","code":"IK403=7","segment":"SBR","loop":"2000B","element":1,"byte":469,"#,
                r#""text":"2000B SBR01: the code is not one of those the guide allows here"}]}"#
            )
        );
        assert!(check_json("a.x12", &checked, Detail::Full).contains(r#""rule":"element-code","remedy":"Use a code"#));
    }

    #[test]
    fn problems_that_are_only_counted_are_said_everywhere() {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/bad-837P-bad-sbr01.x12");
        let text = std::fs::read_to_string(path).unwrap();
        let few = check(text.as_bytes(), &ShapeOnly);
        assert!(!check_json("a", &few, Detail::Agreed).contains("more_problems"));
        // A thousand are kept.
        let set = &text[text.find("ST*837").unwrap()..text.find("GE*").unwrap()];
        let bytes = text.replacen(set, &set.repeat(1100), 1);
        let checked = check(bytes.as_bytes(), &ShapeOnly);
        assert!(checked.problems.dropped() > 0, "{}", checked.problems.errors());
        let told = format!(",\"more_problems\":{}", checked.problems.dropped());
        for detail in [Detail::Agreed, Detail::Full] {
            assert!(check_json("a", &checked, detail).contains(&told), "{told}");
        }
        let more = format!("… and {} more that are not listed", checked.problems.dropped());
        let memory = crate::render::in_memory(bytes.as_bytes());
        assert!(crate::render::check_html("a", &memory, &checked, false).contains(&more));
        assert!(crate::render::check_text("a", &memory, &checked, Default::default()).contains(&more));
    }
}
