//! What the fuzz targets share: everything of the engine that takes a file, and what must hold of any file.
//!
//! Never decides what a file deserves; it only demands that nothing panics and that the parts agree.

pub mod typed;

use x12::render::{Detail, ShowOptions, TextOptions};
use x12::tools::{Counts, DiffOptions, RedactOptions, SplitBy, diff, from_json, merge, redact, split, to_json};
use x12::{
    AcknowledgedFile, AcknowledgmentHeader, Document, ShapeOnly, Verdict, check, check_reader, read, render,
    write_277ca, write_999, write_999_with, write_ta1,
};

/// Checks, acknowledges, shows and reads a file; what is written must be readable again.
pub fn use_all(bytes: &[u8]) {
    let checked = check(bytes, &ShapeOnly);
    let header = AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 };
    for interchange in &checked.interchanges {
        if let Ok(written) = write_ta1(interchange, header) {
            assert_ne!(check(&written, &ShapeOnly).verdict, Verdict::Unreadable);
        }
        if let Ok(Some(written)) = write_999(&checked, interchange, header) {
            assert_ne!(check(&written, &ShapeOnly).verdict, Verdict::Unreadable);
        }

        let with_context = Some(AcknowledgedFile::held(bytes).copying_data());
        if let Ok(Some(written)) = write_999_with(&checked, interchange, header, with_context) {
            assert_ne!(check(&written, &ShapeOnly).verdict, Verdict::Unreadable);
        }
        if let Ok(Some(written)) = write_277ca(bytes, &checked, interchange, header, header.made_at.date()) {
            assert_ne!(check(&written, &ShapeOnly).verdict, Verdict::Unreadable);
        }
    }
    let streamed = check_reader(bytes, &ShapeOnly).expect("memory does not fail");
    assert_eq!(checked.problems, streamed.problems);
    assert_eq!(checked.verdict, streamed.verdict);
    render::check_json("file", &checked, Detail::Full);
    render::check_text("file", &render::in_memory(bytes), &checked, TextOptions { color: true, show_data: true });
    render::check_html("file", &render::in_memory(bytes), &checked, false);
    for (_, _, set) in read(bytes).sets() {
        typed::use_set(set, checked.verdict == Verdict::Accepted);
    }
    let document = Document::read(bytes);
    assert!(document.to_bytes() == bytes);
    render::show(&document, &ShapeOnly, ShowOptions { raw: true, checked: Some(&checked) });
    render::tree(&document, 2);
}

/// The envelope of the interchange that a target puts its bytes into: the fuzzer then spends itself on the set.
pub fn in_set(functional_id: &str, version: &str, set: &str, body: &[u8]) -> Vec<u8> {
    let mut file = format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260901*1253*^*00501*000000905*0*T*:~\
         GS*{functional_id}*SENDER*RECEIVER*20260901*1253*905*X*{version}~ST*{set}*0001*{version}~"
    )
    .into_bytes();
    file.extend_from_slice(body);
    file.extend_from_slice(b"~SE*9*0001~GE*1*905~IEA*1*000000905~");
    file
}

/// Uses the bytes as a whole file, and as the body of a set of this kind.
pub fn use_as(functional_id: &str, version: &str, set: &str, bytes: &[u8]) {
    use_all(bytes);
    if !bytes.starts_with(b"ISA") {
        use_all(&in_set(functional_id, version, set, bytes));
    }
}

/// A file becomes JSON and the same file again; a text that is no JSON of ours is refused or gives some file.
pub fn round_trips_as_json(bytes: &[u8]) {
    let text = to_json(&Document::read(bytes));
    match from_json(&text) {
        Ok(again) => assert!(again == bytes, "JSON and back gave other bytes"),
        Err(error) => panic!("our own JSON was refused: {error}"),
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(file) = from_json(text)
    {
        use_all(&file);
    }
}

/// The tools for whole files: none panics, and what each promises of any file holds.
pub fn use_tools(bytes: &[u8]) {
    let document = Document::read(bytes);
    assert!(diff(&document, &document, DiffOptions::default()).is_empty(), "a file differs from itself");
    let counts = Counts::of(&document, bytes.len() as u64);
    counts.to_text();
    counts.to_json("file");
    for by in [SplitBy::Transactions(1), SplitBy::Claims(1)] {
        let Ok(parts) = split(&document, by) else { continue };
        let parts: Vec<Document<'_>> = parts.iter().map(|part| Document::read(part)).collect();
        if let Ok(whole) = merge(&parts) {
            assert_ne!(check(&whole, &ShapeOnly).verdict, Verdict::Unreadable);
        }
    }
    let mut counted = Document::read(bytes);
    counted.recount();
    let mut again = Document::read(bytes);
    again.recount();
    assert_eq!(again.recount(), 0, "what was counted is counted");
    let mut redacted = Document::read(bytes);
    redact(&mut redacted, RedactOptions { seed: "fuzz", keep_organizations: false });
    let before: Vec<usize> = document.segments().map(|segment| segment.raw().len()).collect();
    let after: Vec<usize> = redacted.segments().map(|segment| segment.raw().len()).collect();
    assert_eq!(before, after, "redaction keeps lengths");
}
