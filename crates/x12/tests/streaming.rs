//! A file that is read as it comes is judged exactly as one in memory, wherever the reader cuts it.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

mod dribble;

use std::path::Path;

use dribble::Dribble;
use x12::{Checked, ShapeOnly, Verdict, check, check_reader};

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

fn case(name: &str) -> String {
    let (_, bytes) = cases().into_iter().find(|(found, _)| found == name).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Everything of a result, as text.
fn all_of(checked: &Checked) -> String {
    let sets: Vec<_> = checked.sets().map(|(_, _, set)| set).collect();
    format!("{:?} {:?} {:?} {} {sets:?}", checked.verdict, checked.problems, checked.segments, checked.not_kept)
}

#[test]
fn the_reader_s_pieces_change_nothing() {
    for (name, bytes) in cases() {
        let whole = all_of(&check(&bytes, &ShapeOnly));
        for most in [1, 7, 211] {
            let dribble = Dribble::new(&bytes, most);
            assert_eq!(all_of(&check_reader(dribble, &ShapeOnly).unwrap()), whole, "{name} in pieces of up to {most}");
        }
    }
}

/// A file long enough for many blocks: block ends cut segments at every place.
fn long(sets: usize) -> String {
    let text = case("ok-837P.x12");
    let (begin, end) = (text.find("ST*837*").unwrap(), text.find("GE*1*").unwrap());
    let mut file = text[..begin].to_owned();
    for number in 1..=sets {
        file.push_str(&text[begin..end].replace("*0001", &format!("*{number:04}")));
    }
    file + &text[end..].replace("GE*1*", &format!("GE*{sets}*"))
}

#[test]
fn block_ends_cut_no_segment_apart() {
    for shift in (0..40).step_by(4) {
        // The padding before the first ISA moves every later byte to another place of its block.
        let file = format!("{}{}", " ".repeat(shift), long(200));
        let checked = check(file.as_bytes(), &ShapeOnly);
        assert_eq!(checked.verdict, Verdict::Accepted, "{shift}: {:?}", checked.problems.kept().first());
        assert_eq!(checked.segments, file.matches('~').count() as u64);
        let streamed = check_reader(file.as_bytes(), &ShapeOnly).unwrap();
        assert_eq!(all_of(&streamed), all_of(&checked));
    }
}

#[test]
fn segments_of_every_length_up_to_the_limit_are_read() {
    let text = case("ok-835.x12");
    for length in [60_000, 65_535, 65_536, 131_072, 500_000, 1_000_000] {
        let name = "X".repeat(length);
        let file = text.replace("N1*PR*ACME HEALTH~", &format!("N1*PR*{name}~"));
        let checked = check_reader(file.as_bytes(), &ShapeOnly).unwrap();
        let codes: Vec<String> = checked.problems.kept().iter().map(|problem| problem.code.to_string()).collect();
        assert_eq!(codes, ["IK403=5"], "{length}");
    }
}

#[test]
fn a_segment_without_end_is_given_up_at_the_limit() {
    let text = case("ok-835.x12");
    let file = text.replace("N1*PR*ACME HEALTH~", &format!("N1*PR*{}", "*".repeat(5_000_000)));
    let checked = check_reader(file.as_bytes(), &ShapeOnly).unwrap();
    let codes: Vec<String> = checked.problems.kept().iter().map(|problem| problem.code.to_string()).collect();
    assert_eq!(codes, ["TA105=023"]);
}

#[test]
fn reports_of_interchanges_are_limited_and_their_problems_counted() {
    let text = case("ok-TA1-accept.x12");
    let mut file = String::new();
    for number in 1..=6000 {
        file.push_str(&text.replace("000000009", &format!("{number:09}")));
    }
    let checked = check_reader(file.as_bytes(), &ShapeOnly).unwrap();
    assert_eq!(checked.verdict, Verdict::Accepted, "{:?}", checked.problems.kept().first());
    assert_eq!(checked.interchanges.len() as u64 + checked.not_kept, 6000);
    assert!(checked.not_kept > 0);
    // The last one repeats the first number: seen, though no report of it is kept.
    file.push_str(&text.replace("000000009", "000000001"));
    let checked = check_reader(file.as_bytes(), &ShapeOnly).unwrap();
    assert_eq!(checked.problems.errors(), 1);
}

/// A 275 whose binary data holds separators and is longer than every block.
#[test]
fn binary_data_is_as_long_as_it_says() {
    let endless = |length: usize| -> String { "PDF~S*1*1~*:^\n".chars().cycle().take(length).collect() };
    let (data, longer_than_memory) = (endless(300_000), endless(3_000_000));
    let without_terminator = "x".repeat(3_000_000);
    let isa = case("ok-835.x12")[..106].to_owned();
    let file = |stated: usize, data: &str| {
        format!(
            "{isa}GS*XX*A*B*20260901*1253*905*X*005010X210~ST*275*0001*005010X210~BGN*11*1*20260901~\
             BIN*{stated}*{data}~CAT*1~BDS*ASC*{stated}*{data}~SE*6*0001~GE*1*905~IEA*1*000000905~"
        )
    };
    for data in ["A", "~", "AB~CD*EF~SE*1~IEA*1~", &data, &longer_than_memory, &without_terminator] {
        let file = file(data.len(), data);
        for checked in [check(file.as_bytes(), &ShapeOnly), check_reader(file.as_bytes(), &ShapeOnly).unwrap()] {
            let told: Vec<&str> = checked.problems.kept().iter().map(|problem| problem.rule).collect();
            assert!(!told.contains(&"se01") && !told.contains(&"binary-length"), "{told:?}");
            assert_eq!(checked.segments, 10, "{told:?}");
        }
    }
    for (wrong, data) in [(2, &data), (299_990, &data), (300_010, &data), (2_999_990, &without_terminator)] {
        let file = file(wrong, &data.replace('~', "-"));
        let checked = check_reader(file.as_bytes(), &ShapeOnly).unwrap();
        assert!(checked.problems.kept().iter().any(|problem| problem.rule == "binary-length"), "{wrong}");
    }
}
