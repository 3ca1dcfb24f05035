//! What fuzzing found worth keeping is read again by every test run: nothing panics, and every way to read agrees.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

use std::path::Path;

use x12::render::{Detail, ShowOptions, TextOptions};
use x12::tools::{from_json, to_json};
use x12::{
    AcknowledgedFile, AcknowledgmentHeader, Document, ShapeOnly, Verdict, check, check_reader, read, render,
    write_277ca, write_999, write_999_with, write_ta1,
};

#[test]
fn what_fuzzing_grew_is_read_without_a_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let header = AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let checked = check(&bytes, &ShapeOnly);
        let streamed = check_reader(bytes.as_slice(), &ShapeOnly).unwrap();
        assert_eq!(checked.problems, streamed.problems, "{}", path.display());
        assert_eq!(checked.verdict, streamed.verdict, "{}", path.display());
        for interchange in &checked.interchanges {
            let ta1 = write_ta1(interchange, header).ok();
            let answer = write_999(&checked, interchange, header).ok().flatten();
            let file = Some(AcknowledgedFile { bytes: &bytes, copies_data: true });
            let more = write_999_with(&checked, interchange, header, file).ok().flatten();
            let claims = write_277ca(&bytes, &checked, interchange, header, header.made_at.date()).ok().flatten();
            for written in ta1.into_iter().chain(answer).chain(more).chain(claims) {
                assert_ne!(check(&written, &ShapeOnly).verdict, Verdict::Unreadable, "{}", path.display());
            }
        }
        render::check_json("file", &checked, Detail::Full);
        render::check_text("file", &render::in_memory(&bytes), &checked, TextOptions { color: true, show_data: true });
        render::check_html("file", &render::in_memory(&bytes), &checked, false);
        read(&bytes);
        let document = Document::read(&bytes);
        assert!(document.to_bytes() == bytes);
        render::show(&document, &ShapeOnly, ShowOptions { raw: true, checked: Some(&checked) });
        render::tree(&document, 2);
        assert!(from_json(&to_json(&document)).is_ok_and(|again| again == bytes), "{}", path.display());
        x12::measuring::index_paths_agree(&bytes);
        count += 1;
    }
    assert!(count > 300, "{count}");
}
