//! What the fuzz targets share: everything of the engine that takes a file, and what must hold of any file.
//!
//! Never decides what a file deserves; it only demands that nothing panics and that the parts agree.

use x12::render::{Detail, ShowOptions, TextOptions};
use x12::{AcknowledgmentHeader, Document, ShapeOnly, Verdict, check, read, render, write_999, write_ta1};

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
    }
    render::check_json("file", &checked, Detail::Full);
    render::check_text("file", &render::in_memory(bytes), &checked, TextOptions { color: true, show_data: true });
    render::check_html("file", &render::in_memory(bytes), &checked, false);
    read(bytes);
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
