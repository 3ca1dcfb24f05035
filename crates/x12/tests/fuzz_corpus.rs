//! What fuzzing found worth keeping is read again by every test run: nothing panics, and every way to read agrees.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

mod seeds;

use std::path::{Path, PathBuf};

use seeds::{archive, seeds};
use x12::render::{Detail, ShowOptions, TextOptions};
use x12::tools::{from_json, to_json};
use x12::{
    AcknowledgedFile, AcknowledgmentHeader, Document, ShapeOnly, Verdict, check, check_reader, read, render,
    write_277ca, write_999, write_999_with, write_ta1,
};

/// The inputs one after the other, each with its length in four bytes before it, the lowest first.
fn packed(inputs: &[Vec<u8>]) -> Vec<u8> {
    inputs.iter().flat_map(|input| [&u32::try_from(input.len()).unwrap().to_le_bytes()[..], input].concat()).collect()
}

/// `X12_SEEDS_FROM=FOLDER` makes the archive of a folder's files, `X12_SEEDS_TO=FOLDER` writes the files for a fuzzer.
#[test]
fn the_archive_of_seeds_is_whole() {
    if let Some(folder) = std::env::var_os("X12_SEEDS_FROM") {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let inputs: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
        std::fs::write(archive(), packed(&inputs)).unwrap();
    }
    let bytes = std::fs::read(archive()).unwrap();
    let inputs: Vec<Vec<u8>> = seeds().into_iter().map(|(_, input)| input).collect();
    assert_eq!(packed(&inputs), bytes);
    if let Some(folder) = std::env::var_os("X12_SEEDS_TO") {
        for (nth, input) in inputs.iter().enumerate() {
            std::fs::write(Path::new(&folder).join(format!("seed-{nth:05}")), input).unwrap();
        }
    }
}

#[test]
fn what_fuzzing_grew_is_read_without_a_panic() {
    let header = AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 };
    let mut count = 0;
    for (name, bytes) in seeds() {
        let checked = check(&bytes, &ShapeOnly);
        let streamed = check_reader(bytes.as_slice(), &ShapeOnly).unwrap();
        assert_eq!(checked.problems, streamed.problems, "{name}");
        assert_eq!(checked.verdict, streamed.verdict, "{name}");
        for interchange in &checked.interchanges {
            let ta1 = write_ta1(interchange, header).ok();
            let answer = write_999(&checked, interchange, header).ok().flatten();
            let file = Some(AcknowledgedFile::held(&bytes).copying_data());
            let more = write_999_with(&checked, interchange, header, file).ok().flatten();
            let claims = write_277ca(&bytes, &checked, interchange, header, header.made_at.date()).ok().flatten();
            for written in ta1.into_iter().chain(answer).chain(more).chain(claims) {
                assert_ne!(check(&written, &ShapeOnly).verdict, Verdict::Unreadable, "{name}");
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
        assert!(from_json(&to_json(&document)).is_ok_and(|again| again == bytes), "{name}");
        x12::measuring::index_paths_agree(&bytes);
        count += 1;
    }
    assert!(count > 1000, "{count}");
}
