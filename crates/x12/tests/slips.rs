//! One slip gives one problem: segments left out, doubled or moved, elements emptied or garbled, in every clean file.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::Path;

use x12::{Severity, ShapeOnly, Snip, check, check_reader_up_to};

const CLEAN: [&str; 27] = [
    "ok-837P",
    "ok-837P-dependent",
    "ok-835",
    "ok-835-reversal",
    "ok-835-zero-pay",
    "ok-277CA",
    "ok-270",
    "ok-271",
    "ok-271-AAA",
    "ok-276",
    "ok-277",
    "ok-999-accept",
    "ok-999-reject",
    "ok-TA1-accept",
    "ok-837P-two-sets",
    "ok-837I",
    "ok-837I-A2",
    "ok-837D",
    "ok-278",
    "837i-outpatient-secondary",
    "837i-dependent",
    "837d-dependent-secondary",
    "278-request-dependent",
    "278-response",
    "278-response-refused",
    "275-unsolicited",
    "275-solicited-6020",
];

fn segments(name: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12");
    let folder = folder.join(if name.starts_with("ok-") { "cases" } else { "clean" });
    let text = std::fs::read_to_string(folder.join(format!("{name}.x12"))).unwrap();
    // Binary data holds separators; without them it is a segment like any, as long as before.
    let text = text.replace("NOTE~WITH*ALL:SIGNS^IN", "NOTE WITH ALL SIGNS IN").replace("A~B*C:", "A_B_C_");
    text.split('~').map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

/// The file again, with SE01 counted anew.
fn file(segments: &[String]) -> Vec<u8> {
    let mut out = String::new();
    let mut count = 0;
    for segment in segments {
        count = if segment.starts_with("ST*") { 1 } else { count + 1 };
        let mut segment = segment.clone();
        if segment.starts_with("SE*") {
            segment = format!("SE*{count}*{}", segment.rsplit('*').next().unwrap());
        }
        out.push_str(&segment);
        out.push('~');
    }
    out.into_bytes()
}

fn errors(segments: &[String]) -> Vec<String> {
    let checked = check(&file(segments), &ShapeOnly);
    let kept = checked.problems.kept().iter().filter(|problem| problem.severity == Severity::Error);
    kept.map(|problem| format!("{} {}", problem.code, problem.text())).collect()
}

/// Keeps a mutant that was told more than one problem.
fn note(wrong: &mut Vec<String>, found: &[String], what: String) {
    if found.len() > 1 {
        wrong.push(what);
    }
}

fn is_envelope(segment: &str) -> bool {
    ["ISA", "GS*", "ST*", "SE*", "GE*", "IEA"].iter().any(|id| segment.starts_with(id))
}

#[test]
fn a_segment_left_out_gives_at_most_one_problem() {
    let mut wrong = Vec::new();
    for name in CLEAN {
        let clean = segments(name);
        for at in (0..clean.len()).filter(|at| !is_envelope(&clean[*at])) {
            let mut mutant = clean.clone();
            let gone = mutant.remove(at);
            let found = errors(&mutant);
            note(&mut wrong, &found, format!("{name} without {gone}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} mutants:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_element_emptied_gives_at_most_one_problem() {
    let mut wrong = Vec::new();
    for name in CLEAN {
        let clean = segments(name);
        for at in (0..clean.len()).filter(|at| !is_envelope(&clean[*at])) {
            let count = clean[at].split('*').count();
            for n in 1..count {
                for garbage in [
                    "",
                    "?",
                    "0",
                    "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ",
                ] {
                    let mut elements: Vec<&str> = clean[at].split('*').collect();
                    if elements[n].is_empty() {
                        continue;
                    }
                    elements[n] = garbage;
                    let mut mutant = clean.clone();
                    mutant[at] = elements.join("*");
                    let found = errors(&mutant);
                    note(&mut wrong, &found, format!("{name} {} as {}: {found:#?}", clean[at], mutant[at]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} mutants:\n{}", wrong.len(), wrong.join("\n"));
}

/// Neighbours with another place on the other side: dates of a request or of each benefit, the context of a segment or
/// of an element, a refusal of the level or of who stands in it.
const FREE_ORDER: [(&str, &str); 4] = [("DTP*291", "EQ*"), ("DTP*346", "EB*"), ("CTX*", "IK4*"), ("NM1*IL", "AAA*")];

#[test]
fn a_segment_doubled_gives_at_most_one_problem_and_one_that_changed_places_exactly_one() {
    let mut wrong = Vec::new();
    for name in CLEAN {
        let clean = segments(name);
        for at in (0..clean.len()).filter(|at| !is_envelope(&clean[*at])) {
            let mut mutant = clean.clone();
            mutant.insert(at, clean[at].clone());
            let found = errors(&mutant);
            note(&mut wrong, &found, format!("{name} with {} twice: {found:#?}", clean[at]));
            if !is_envelope(&clean[at + 1]) {
                let mut mutant = clean.clone();
                mutant.swap(at, at + 1);
                let found = errors(&mutant);
                note(&mut wrong, &found, format!("{name} with {} before {}: {found:#?}", clean[at + 1], clean[at]));
                let id = |segment: &str| segment.split('*').next().unwrap().to_owned();
                let is_free =
                    FREE_ORDER.iter().any(|(from, to)| clean[at].starts_with(from) && clean[at + 1].starts_with(to));
                if found.is_empty() && id(&clean[at]) != id(&clean[at + 1]) && !is_free {
                    wrong.push(format!("{name} with {} before {}: nothing", clean[at + 1], clean[at]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} mutants:\n{}", wrong.len(), wrong.join("\n"));
}

/// Elements of the envelope that may hold anything, or whose change another reading explains.
const FREE: [(&str, usize); 7] = [("ISA", 2), ("ISA", 4), ("ISA", 6), ("ISA", 8), ("ISA", 11), ("GS", 2), ("GS", 3)];

fn count_errors(segments: &[String]) -> (u64, String) {
    let bytes: Vec<u8> = segments.iter().flat_map(|segment| format!("{segment}~").into_bytes()).collect();
    let checked = check(&bytes, &ShapeOnly);
    let told = checked.problems.kept().iter().map(|problem| format!("{} {}; ", problem.code, problem.text()));
    (checked.problems.errors(), told.collect())
}

#[test]
fn an_element_of_the_envelope_garbled_gives_exactly_one_problem() {
    for name in ["ok-837P", "ok-835", "ok-999-accept"] {
        let clean = segments(name);
        for at in (0..clean.len()).filter(|at| is_envelope(&clean[*at])) {
            let elements: Vec<&str> = clean[at].split('*').collect();
            // ISA16 names the separator that the data below would have to use.
            for n in
                (1..elements.len()).filter(|n| !FREE.contains(&(elements[0], *n)) && (elements[0], *n) != ("ISA", 16))
            {
                let garbled = "?".repeat(elements[n].len());
                let mut mutant = clean.clone();
                mutant[at] = elements
                    .iter()
                    .enumerate()
                    .map(|(k, element)| if k == n { &garbled } else { *element })
                    .collect::<Vec<_>>()
                    .join("*");
                let (errors, told) = count_errors(&mutant);
                assert_eq!(errors, 1, "{name} {}: {told}", mutant[at]);
            }
        }
    }
}

#[test]
fn a_segment_of_the_envelope_left_out_gives_exactly_one_problem() {
    for name in CLEAN {
        let clean = segments(name);
        for at in (0..clean.len()).filter(|at| is_envelope(&clean[*at])) {
            let mut mutant = clean.clone();
            let gone = mutant.remove(at);
            let (errors, told) = count_errors(&mutant);
            assert_eq!(errors, 1, "{name} without {gone}: {told}");
        }
    }
}

#[test]
fn what_a_guide_requires_is_missed_by_the_standard_alone_where_its_conditions_ask_for_it() {
    let mut segments = segments("ok-835");
    let at = segments.iter().position(|segment| segment.starts_with("REF*")).unwrap();
    segments[at] = segments[at][..6].to_owned();
    let checked = |up_to| check_reader_up_to(file(&segments).as_slice(), &ShapeOnly, up_to).unwrap();
    for (up_to, told) in [(Snip::Syntax, "element-condition"), (Snip::Guide, "element-required")] {
        let problems = checked(up_to).problems;
        let rules: Vec<&str> = problems.kept().iter().map(|problem| problem.rule).collect();
        assert_eq!(rules, [told], "{up_to:?}");
    }
}
