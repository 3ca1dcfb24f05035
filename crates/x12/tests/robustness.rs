//! Nothing that a file holds makes the engine panic, and no cut goes unseen.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::Path;

use x12::render::{Detail, ShowOptions, TextOptions};
use x12::tools::{self, DiffOptions, RedactOptions, SplitBy};
use x12::{
    AcknowledgedFile, AcknowledgmentHeader, Document, ShapeOnly, Verdict, check, read, render, write_277ca, write_999,
    write_999_with, write_ta1,
};

/// Mutants of each case; enough to reach every branch, few enough for every test run.
const MUTANTS: u64 = 30;

fn cases() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "x12"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

/// Uses everything that takes a file.
fn use_all(bytes: &[u8]) -> Verdict {
    let checked = check(bytes, &ShapeOnly);
    let header = AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 };
    for interchange in &checked.interchanges {
        let _ = write_ta1(interchange, header);
        let _ = write_999(&checked, interchange, header);
        let file = AcknowledgedFile::held(bytes).copying_data();
        let _ = write_999_with(&checked, interchange, header, Some(file));
        let _ = write_277ca(bytes, &checked, interchange, header, header.made_at.date());
    }
    render::check_json("file", &checked, Detail::Full);
    render::check_text("file", &render::in_memory(bytes), &checked, TextOptions { color: true, show_data: true });
    render::check_html("file", &render::in_memory(bytes), &checked, false);
    read(bytes);
    let document = Document::read(bytes);
    assert!(document.to_bytes() == bytes);
    render::show(&document, &ShapeOnly, ShowOptions { raw: true, checked: Some(&checked) });
    render::tree(&document, 2);
    let json = tools::to_json(&document);
    assert!(tools::from_json(&json).unwrap() == bytes);
    tools::diff(&document, &document, DiffOptions::default());
    let _ = tools::split(&document, SplitBy::Transactions(1));
    let _ = tools::split(&document, SplitBy::Claims(1));
    let _ = tools::merge(&[document.clone(), document.clone()]);
    let mut redacted = document;
    tools::redact(&mut redacted, RedactOptions::default());
    assert_eq!(redacted.to_bytes().len(), bytes.len());
    checked.verdict
}

#[test]
fn mutants_never_panic() {
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    const SPICE: &[u8] = b"*~:^ \r\n\x00\x7f\xff\xc3ISA0129-.AZ";
    for (_, bytes) in cases() {
        for _ in 0..MUTANTS {
            let mut mutant = bytes.clone();
            for _ in 0..=next() % 4 {
                let at = (next() % mutant.len() as u64) as usize;
                let spice = SPICE[(next() % SPICE.len() as u64) as usize];
                match next() % 5 {
                    0 => mutant[at] = spice,
                    1 => mutant.insert(at, spice),
                    2 => {
                        mutant.remove(at);
                    }
                    3 => {
                        let end = (at + (next() % 60) as usize).min(mutant.len());
                        let part = mutant[at..end].to_vec();
                        let to = (next() % mutant.len() as u64) as usize;
                        mutant.splice(to..to, part);
                    }
                    _ => {
                        let end = (at + (next() % 60) as usize).min(mutant.len());
                        mutant.drain(at..end);
                    }
                }
                if mutant.is_empty() {
                    break;
                }
            }
            use_all(&mutant);
        }
    }
}

#[test]
fn a_cut_anywhere_is_seen() {
    for (name, bytes) in cases().into_iter().filter(|(name, _)| name.starts_with("ok-")) {
        let content = bytes.trim_ascii_end().len();
        for end in 0..content {
            let verdict = use_all(&bytes[..end]);
            // Without its last terminator the IEA is still whole; shorter, its control number is not.
            let is_whole = end + 1 == content;
            assert_eq!(verdict == Verdict::Accepted, is_whole, "{name} cut at {end} of {content}");
        }
    }
}

#[test]
fn a_segment_longer_than_every_block_is_read() {
    let (_, base) = cases().into_iter().find(|(name, _)| name == "ok-835.x12").unwrap();
    let text = String::from_utf8(base).unwrap();
    let long = "X".repeat(300_000);
    let with_long_name = text.replace("N1*PR*ACME HEALTH~", &format!("N1*PR*{long}~"));
    let checked = check(with_long_name.as_bytes(), &ShapeOnly);
    let codes: Vec<String> = checked.problems.kept().iter().map(|problem| problem.code.to_string()).collect();
    assert_eq!(codes, ["IK403=5"]);
    assert_eq!(checked.problems.kept()[0].bytes().len(), 300_000);
}

#[test]
fn tens_of_thousands_of_problems_are_counted_not_kept() {
    let (_, base) = cases().into_iter().find(|(name, _)| name == "ok-837P.x12").unwrap();
    let text = String::from_utf8(base).unwrap();
    let many = text.replace(
        "HI*ABK:E119*ABF:I10~",
        &("HI*ABK:E119*ABF:I10~".to_owned() + &"XX*1~HI*BP:9~HI*BP:9~".repeat(20_000)),
    );
    let checked = check(many.as_bytes(), &ShapeOnly);
    assert_eq!(checked.verdict, Verdict::Rejected);
    assert!(checked.problems.kept().len() <= 1000);
}

#[test]
fn hostile_repetition_stays_linear() {
    let (_, base) = cases().into_iter().find(|(name, _)| name == "ok-837P.x12").unwrap();
    let text = String::from_utf8(base).unwrap();
    for hostile in
        ["NM1*40*2*X*****46*X~", "NM1*82*1*X~REF*G2*1~", "LX*1~", "HL*2*1*22*1~", "PAT*19~", "N4*X~N3*X~", "SVD*X*1~"]
    {
        let time = |times: usize| {
            let file = text.replace("REF*6R*L1~", &("REF*6R*L1~".to_owned() + &hostile.repeat(times)));
            let start = std::time::Instant::now();
            assert_eq!(check(file.as_bytes(), &ShapeOnly).verdict, Verdict::Rejected, "{hostile}");
            start.elapsed().as_secs_f64()
        };
        let (small, large) = (time(2_000).min(time(2_000)), time(32_000));
        // Sixteen times the segments; a quadratic reader would take 256 times as long.
        assert!(large < small * 64.0 + 0.5, "{hostile}: {small} s and {large} s");
    }
    let components = text.replace("HI*ABK:E119*", &format!("HI*ABK:E119{}*", ":X".repeat(100_000)));
    let checked = check(components.as_bytes(), &ShapeOnly);
    // Parts without end are one fault.
    let codes: Vec<String> = checked.problems.kept().iter().map(|problem| problem.code.to_string()).collect();
    assert_eq!(codes, ["IK403=13"]);
    let few = text.replace("HI*ABK:E119*", "HI*ABK:E119:X:X:X*");
    let checked = check(few.as_bytes(), &ShapeOnly);
    let codes: Vec<String> = checked.problems.kept().iter().map(|problem| problem.code.to_string()).collect();
    assert_eq!(codes, ["IK403=I10"]);
}

/// A zero byte behind a qualifier is invisible where codes are compared as integers of eight bytes.
#[test]
fn a_control_character_in_a_qualifier_is_told_each_time() {
    let clean = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/clean/837d-dependent-secondary.x12");
    let text = String::from_utf8(std::fs::read(clean).unwrap()).unwrap();
    let times = text.matches("DTP*472*").count();
    assert!(times > 1, "the file has more than one such date");
    let checked = check(text.replace("DTP*472*", "DTP*472\0*").as_bytes(), &ShapeOnly);
    let told = checked.problems.kept().iter().filter(|problem| problem.rule == "element-character").count();
    assert_eq!((checked.verdict, told), (Verdict::Rejected, times));
}
