//! The tools that let a file pass by give the same bytes as those that hold it, and hold little of it.
#![allow(clippy::unwrap_used)] // A test that cannot read its files must stop.

mod dribble;
mod seeds;

use std::io::{self, Read};
use std::path::Path;

use dribble::Dribble;
use x12::render::{ShowOptions, show, tree, write_show, write_tree};
use x12::tools::{Counts, RedactOptions, redact, to_json, write_json, write_redacted};
use x12::{Document, ShapeOnly, check};

fn files() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("../../testdata/x12/cases")).unwrap() {
        let path = entry.unwrap().path();
        found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    // Every tool takes each of these four times over: one in four keeps the test short.
    found.extend(seeds::seeds().into_iter().step_by(4));
    found.sort();
    found
}

/// A file and ways to spoil it: cut off, bytes changed, twice in a row with noise between.
fn spoilt(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut changed = bytes.to_vec();
    for at in (7..changed.len()).step_by(41) {
        changed[at] = b"\xff\x00\"\\~*:^\xc3"[at % 9];
    }
    let twice = [bytes, b"\r\n between ISA ", bytes].concat();
    vec![bytes.to_vec(), bytes[..bytes.len() / 2].to_vec(), changed, twice]
}

#[test]
fn every_tool_gives_the_same_while_the_file_passes() {
    let options = RedactOptions { seed: "seed", keep_organizations: false };
    let mut seen = 0;
    for (name, original) in files() {
        for bytes in spoilt(&original) {
            let document = Document::read(&bytes);
            let dribble = || Dribble::new(&bytes, 997);
            let is_x12 = !document.is_empty();
            let mut out = Vec::new();
            assert_eq!(write_json(dribble(), &mut out).unwrap(), is_x12, "{name}");
            assert!(!is_x12 || out == to_json(&document).into_bytes(), "json of {name}");
            let checked = check(&bytes, &ShapeOnly);
            let options_of_show = ShowOptions { raw: true, checked: Some(&checked) };
            let mut out = Vec::new();
            assert_eq!(write_show(dribble(), &ShapeOnly, options_of_show, &mut out).unwrap(), is_x12, "{name}");
            assert!(!is_x12 || out == show(&document, &ShapeOnly, options_of_show).into_bytes(), "show of {name}");
            for most in [1, 3, 50] {
                let mut out = Vec::new();
                assert_eq!(write_tree(dribble(), most, &mut out).unwrap(), is_x12, "{name}");
                assert!(!is_x12 || out == tree(&document, most).into_bytes(), "tree of {name}");
            }
            let counts = Counts::read(dribble()).unwrap();
            assert_eq!(counts, is_x12.then(|| Counts::of(&document, bytes.len() as u64)), "{name}");
            let mut out = Vec::new();
            assert_eq!(write_redacted(dribble(), options, &mut out).unwrap(), is_x12, "{name}");
            let mut redacted = Document::read(&bytes);
            redact(&mut redacted, options);
            assert!(!is_x12 || out == redacted.to_bytes(), "redacted {name}");
            seen += 1;
        }
    }
    assert!(seen > 1500, "{seen}");
}

/// Gives one case over and over, and remembers how much of it was asked for before something was written.
struct Over<'t> {
    text: &'t [u8],
    times: usize,
    at: usize,
    given: std::rc::Rc<std::cell::Cell<usize>>,
}

impl Read for Over<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.times == 0 {
            return Ok(0);
        }
        let rest = &self.text[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        if self.at == self.text.len() {
            (self.at, self.times) = (0, self.times - 1);
        }
        self.given.set(self.given.get() + length);
        Ok(length)
    }
}

/// Takes what is written, and remembers how far the reader ran ahead of it.
struct Behind {
    given: std::rc::Rc<std::cell::Cell<usize>>,
    last: usize,
    farthest: usize,
}

impl io::Write for Behind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.farthest = self.farthest.max(self.given.get() - self.last);
        self.last = self.given.get();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_long_file_is_written_as_it_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
    let text = std::fs::read(path).unwrap();
    let times = 4_000_000 / text.len();
    type Tool = fn(Over<'_>, &mut Behind) -> io::Result<bool>;
    let tools: [(&str, Tool); 4] = [
        ("json", |file, out| write_json(file, out)),
        ("show", |file, out| write_show(file, &ShapeOnly, ShowOptions::default(), out)),
        ("tree", |file, out| write_tree(file, 100_000, out)),
        ("redact", |file, out| write_redacted(file, RedactOptions { seed: "a", keep_organizations: false }, out)),
    ];
    for (name, tool) in tools {
        let given = std::rc::Rc::new(std::cell::Cell::new(0));
        let mut out = Behind { given: std::rc::Rc::clone(&given), last: 0, farthest: 0 };
        assert!(tool(Over { text: &text, times, at: 0, given: std::rc::Rc::clone(&given) }, &mut out).unwrap());
        assert_eq!(given.get(), times * text.len(), "{name}");
        assert!(out.farthest <= 2 * 64 * 1024, "{name} held {} bytes", out.farthest);
    }
    let given = std::rc::Rc::default();
    let counts = Counts::read(Over { text: &text, times, at: 0, given }).unwrap().unwrap();
    assert_eq!((counts.interchanges, counts.bytes), (times as u64, (times * text.len()) as u64));
}

#[test]
fn a_segment_without_end_is_refused_with_its_place() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
    let header = std::fs::read(path).unwrap()[..106].to_vec();
    let endless = header.as_slice().chain(io::repeat(b'A'));
    let refused = Counts::read(endless).unwrap_err().to_string();
    assert!(refused.starts_with("a segment with what follows it is longer than 64 MB at byte 106; "), "{refused}");
}
