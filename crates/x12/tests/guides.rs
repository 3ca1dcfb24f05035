//! The guide compiler refuses guides that are wrong, with the line and the reason.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

#[path = "../build/compiler/mod.rs"]
mod compiler;

use std::path::Path;

fn dictionary() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("guides/dictionary.txt")).unwrap()
}

fn compile(guide: &str) -> Result<String, String> {
    compiler::compile(&dictionary(), &[], &[("test.guide".to_owned(), guide.to_owned())], &[])
}

const HEAD: &str = "guide 837 005010X000 HC a test\n\nset\n";

#[test]
fn a_segment_with_two_places_in_one_state_is_refused() {
    let guide = format!(
        "{HEAD}  BHT R 1 : 1 2\n  loop A S 2 one\n    NM1 R 1 : 1=41 2\n    REF S 1 : 1=EI 2\n  loop B S 1 two\n    NM1 R 1 : 1=41,40 2\n"
    );
    assert_eq!(compile(&guide).unwrap_err(), "test.guide: in loop  a NM1 may be loop A or loop B");
    let guide = format!(
        "{HEAD}  loop A R 1 one\n    LX R 1 : 1\n    loop B S 1 two\n      SV1 R 1 : 1 2\n      REF S 1 : 1=6R,EI 2\n    REF S 1 : 1=6R 2\n"
    );
    assert_eq!(compile(&guide).unwrap_err(), "test.guide: in loop B a REF may be line 8 or line 9");
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    for (lines, reason) in [
        ("  QQQ R 1 : 1\n", "test.guide:4: segment QQQ is not in the dictionary"),
        ("  N3 R 1 : 1 3\n", "test.guide:4: N303 is past the end of the segment"),
        ("  HI R 1 : 1-12=AB\n", "test.guide:4: HI01-12 is past the end of the composite"),
        ("  NM1 R 1 : 1=VERYLONG\n", "test.guide:4: NM101: code \"VERYLONG\" does not fit element 98"),
        ("  N4 R 1 : 1=@nowhere\n", "test.guide:4: no list @nowhere"),
        ("  N4 X 1 : 1\n", "test.guide:4: usage is R or S, not \"X\""),
        ("  use 2300 R\n", "test.guide:4: no loop 2300"),
        ("  LX R 1 : 1!\n", "test.guide:4: LX01: what tells uses apart needs its codes"),
    ] {
        assert_eq!(compile(&format!("{HEAD}{lines}")).unwrap_err(), reason);
    }
}

#[test]
fn a_good_guide_becomes_tables() {
    let code = compile(&format!("{HEAD}  BHT R 1 @start : 1=0019 2\n  loop A S > one\n    LX R 1 : 1\n")).unwrap();
    assert!(code.contains("enum Tag {\n    None,\n    Start,\n}"), "{code}");
    assert!(code.contains("set_id: \"837\", versions: &[\"005010X000\"]"), "{code}");
}

fn compile_with(shared: &str, guide: &str) -> Result<String, String> {
    let shared = [("test.shared".to_owned(), shared.to_owned())];
    compiler::compile(&dictionary(), &shared, &[("test.guide".to_owned(), guide.to_owned())], &[])
}

#[test]
fn a_part_stands_where_a_guide_takes_it_in() {
    let written = format!("{HEAD}  BHT R 1 : 1 2\n  loop A R 1 one\n    LX R 1 : 1\n    N3 R 1 : 1\n");
    let shared = "part head\n  BHT R 1 : 1 2\npart both\n  loop A R 1 one\n    LX R 1 : 1\n    include street\npart street\n  N3 R 1 : 1\n";
    let taken = format!("{HEAD}  include head\n  include both\n");
    assert_eq!(compile_with(shared, &taken).unwrap(), compile(&written).unwrap());
}

#[test]
fn parts_that_lead_nowhere_are_refused() {
    let guide = format!("{HEAD}  include a\n");
    for (shared, reason) in [
        ("", "test.guide:4: no part a"),
        ("part a\n  include a\n", "test.guide:4: part a includes itself"),
        ("part a\n  LX R 1 : 1\npart a\n", "test.shared: part a is written twice"),
        ("  LX R 1 : 1\n", "test.shared:1: a line outside a part"),
        ("part a\nLX R 1 : 1\n", "test.shared:2: a part's lines are indented"),
        ("part a\n  LX R 1 : 1 9\n", "test.guide:4: LX09 is past the end of the segment"),
    ] {
        assert_eq!(compile_with(shared, &guide).unwrap_err(), reason);
    }
}

#[test]
fn guides_of_one_name_are_told_apart_by_their_headings() {
    let guide = |heading: &str| format!("guide 278 005010X000 HI a test\n{heading}\nset\n  BHT R 1 : 1 2\n");
    let both = |one: &str, other: &str| {
        compiler::compile(&dictionary(), &[], &[("a".to_owned(), guide(one)), ("b".to_owned(), guide(other))], &[])
    };
    assert!(both("heading 11", "heading 13 36").is_ok());
    for (one, other) in [("heading 11", "heading 11 13"), ("heading 11", ""), ("", "")] {
        assert_eq!(both(one, other).unwrap_err(), "a and b are guides of the same message");
    }
}

#[test]
fn a_run_of_neighbours_ends_where_the_guide_says() {
    let levels = |between: &str| {
        format!(
            "{HEAD}  loop A R > one\n    HL R 1 : 1 3!=20\n    use B S\n{between}    loop C S > two\n      HL R 1 : 1 3!=23\n      use B R\n\nloop B S > below\n  HL R 1 : 1 3!=SS\n"
        )
    };
    assert_eq!(compile(&levels("")).unwrap_err(), "test.guide: in loop C a HL may be loop B or loop B");
    assert!(compile(&levels("    --\n")).is_ok());
}
