//! The guide compiler refuses guides that are wrong, with the line and the reason.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

#[path = "../build/compiler/mod.rs"]
mod compiler;

use std::path::Path;

fn dictionary() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("guides/dictionary.txt")).unwrap()
}

fn compile(guide: &str) -> Result<String, String> {
    compiler::compile(&dictionary(), &[], &[("test.guide".to_owned(), guide.to_owned())])
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
