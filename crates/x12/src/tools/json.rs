//! A file as JSON, nested by loop, and back to the same bytes.
//!
//! A segment is an array: its id, then its elements. A simple element is a string, a composite an array of strings, a
//! repeated one `{"repeat":[…]}`; bytes that are no UTF-8 stand as `{"latin1":"…"}`. The bytes after a segment stand
//! beside it only where they are not its interchange's usual `end`. Labels are for readers and are not read back.

mod back;
mod scanner;

use std::io::{self, Read, Write};

use crate::delimiters::Delimiters;
use crate::document::{Document, Passing, Piece};
use crate::outline::{Placed, outline};
use crate::render::json::push_string;

pub use back::{FromJsonError, NotFromJson, from_json, write_from_json};

/// The file as one JSON object.
pub fn to_json(document: &Document<'_>) -> String {
    let mut out = Emitter::begin(document.lead());
    for ((index, piece), placed) in document.pieces().iter().enumerate().zip(outline(document)) {
        out.piece(piece, index, &placed);
    }
    out.end();
    out.out
}

/// Writes what [`to_json`] gives while the file is read; memory is the longest segment, up to
/// [`LONGEST_PIECE`](crate::tools::LONGEST_PIECE). False, and nothing is written, where there is no interchange.
///
/// # Errors
///
/// Those of the reader and of the writer; a segment that is too long.
pub fn write_json(reader: impl Read, out: &mut dyn Write) -> io::Result<bool> {
    let Some(mut passing) = Passing::begin(reader)? else { return Ok(false) };
    let mut emitter = Emitter::begin(passing.lead());
    while let Some(passed) = passing.next()? {
        emitter.piece(&passed.piece, passed.index, &passed.placed);
        out.write_all(emitter.out.as_bytes())?;
        emitter.out.clear();
    }
    emitter.end();
    out.write_all(emitter.out.as_bytes())?;
    Ok(true)
}

struct Emitter {
    out: String,
    /// Whether the open arrays hold something already.
    has_items: Vec<bool>,
    depths: Vec<u16>,
    /// What usually follows a segment of the open interchange.
    end: Vec<u8>,
}

impl Emitter {
    fn begin(lead: &[u8]) -> Self {
        let mut emitter = Self {
            out: String::from("{\"x12\":1,\"lead\":"),
            has_items: vec![false],
            depths: Vec::new(),
            end: Vec::new(),
        };
        emitter.bytes(lead);
        emitter.out.push_str(",\"content\":[");
        emitter
    }

    fn piece(&mut self, piece: &Piece<'_>, index: usize, placed: &Placed) {
        let segment = piece.segment(index);
        let id = segment.id();
        let opens = matches!(id, "ISA" | "GS" | "ST") || placed.opens_loop;
        let close_from = placed.depth + u16::from(!opens);
        while self.depths.last().is_some_and(|depth| *depth >= close_from) {
            self.close();
        }
        if id == "ISA" {
            self.end = piece.tail.to_vec();
        }
        let end = std::mem::take(&mut self.end);
        if opens {
            self.open(id, placed, piece, &end);
        }
        self.segment(piece, &end);
        self.end = end;
    }

    fn end(&mut self) {
        while !self.depths.is_empty() {
            self.close();
        }
        self.out.push_str("]}");
    }

    fn comma(&mut self) {
        if let Some(has_items) = self.has_items.last_mut() {
            if *has_items {
                self.out.push(',');
            }
            *has_items = true;
        }
    }

    fn open(&mut self, id: &str, placed: &Placed, piece: &Piece<'_>, end: &[u8]) {
        self.comma();
        let (name, label) = match id {
            "ISA" => ("interchange", ""),
            "GS" => ("group", ""),
            "ST" => ("set", placed.set_label),
            _ => (placed.loop_id, placed.loop_label),
        };
        self.out.push_str("\n{\"loop\":");
        push_string(&mut self.out, name);
        if !label.is_empty() {
            self.out.push_str(",\"label\":");
            push_string(&mut self.out, label);
        }
        if id == "ISA" {
            let Delimiters { element, component, repetition, segment } = piece.delimiters;
            for (name, byte) in [("element", element), ("component", component), ("segment", segment)] {
                self.out.push_str(&format!(",\"{name}\":"));
                push_string(&mut self.out, &char::from(byte).to_string());
            }
            if let Some(byte) = repetition {
                self.out.push_str(",\"repetition\":");
                push_string(&mut self.out, &char::from(byte).to_string());
            }
            self.out.push_str(",\"end\":");
            self.bytes(end);
        }
        self.out.push_str(",\"content\":[");
        self.has_items.push(false);
        self.depths.push(placed.depth);
    }

    fn close(&mut self) {
        self.out.push_str("]}");
        self.has_items.pop();
        self.depths.pop();
    }

    fn segment(&mut self, piece: &Piece<'_>, end: &[u8]) {
        self.comma();
        let has_own_end = *piece.tail != *end;
        self.out.push_str(if has_own_end { "\n{\"segment\":[" } else { "\n[" });
        let delimiters = piece.delimiters;
        let is_isa = piece.raw.starts_with(b"ISA");
        for (at, element) in piece.raw.split(|byte| *byte == delimiters.element).enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            match delimiters.repetition.filter(|separator| !is_isa && element.contains(separator)) {
                Some(separator) => {
                    self.out.push_str("{\"repeat\":[");
                    for (nth, repetition) in element.split(|byte| *byte == separator).enumerate() {
                        if nth > 0 {
                            self.out.push(',');
                        }
                        self.element(repetition, &delimiters, is_isa);
                    }
                    self.out.push_str("]}");
                }
                None => self.element(element, &delimiters, is_isa),
            }
        }
        self.out.push(']');
        if has_own_end {
            self.out.push_str(",\"end\":");
            self.bytes(&piece.tail);
            self.out.push('}');
        }
    }

    fn element(&mut self, element: &[u8], delimiters: &Delimiters, is_isa: bool) {
        if is_isa || !element.contains(&delimiters.component) {
            return self.bytes(element);
        }
        self.out.push('[');
        for (at, component) in element.split(|byte| *byte == delimiters.component).enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.bytes(component);
        }
        self.out.push(']');
    }

    fn bytes(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => push_string(&mut self.out, text),
            Err(_) => {
                self.out.push_str("{\"latin1\":");
                push_string(&mut self.out, &bytes.iter().map(|byte| char::from(*byte)).collect::<String>());
                self.out.push('}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_comes_back_byte_for_byte_also_when_it_is_cut_or_spoilt() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let mut spoilt = bytes.clone();
            for at in (7..spoilt.len()).step_by(41) {
                spoilt[at] = b"\xff\x00\"\\~*:^\xc3"[at % 9];
            }
            for file in [&bytes[..], &bytes[..bytes.len() / 2], &spoilt] {
                let json = to_json(&Document::read(file));
                assert!(from_json(&json).unwrap() == file, "{json}");
            }
            seen += 1;
        }
        assert!(seen > 90);
    }

    #[test]
    fn a_claim_is_nested_by_its_loops() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
        let json = to_json(&Document::read(&std::fs::read(path).unwrap()));
        for part in [
            "{\"loop\":\"2300\",\"label\":\"claim\",\"content\":[\n[\"CLM\",\"A1\",\"150\",\"\",\"\",[\"11\",\"B\",\"1\"],",
            "\"element\":\"*\",\"component\":\":\",\"segment\":\"~\",\"repetition\":\"^\",\"end\":\"~\"",
        ] {
            assert!(json.contains(part), "{json}");
        }
    }

    #[test]
    fn fields_may_stand_in_any_order() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases/ok-837P.x12");
        let bytes = std::fs::read(path).unwrap();
        let json = to_json(&Document::read(&[b"\xef\xbb\xbf", &bytes[..]].concat()));
        let separators = "\"element\":\"*\",\"component\":\":\",\"segment\":\"~\",\"repetition\":\"^\",\"end\":\"~\",";
        let lead = "\"lead\":\"\u{feff}\",";
        assert!(json.contains(separators) && json.contains(lead), "{json}");
        let late = json.replace(separators, "").replace(lead, "").trim_end().strip_suffix("]}]}").unwrap().to_owned()
            + &format!("],{}}}],{}}}", separators.trim_end_matches(','), lead.trim_end_matches(','));
        assert_eq!(from_json(&late).unwrap(), from_json(&json).unwrap());
        assert!(from_json(&json).unwrap().starts_with(b"\xef\xbb\xbfISA"));
    }

    #[test]
    fn texts_longer_than_any_buffer_come_back_whole() {
        let long = "\u{e9}x\u{20ac}".repeat(100_000);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases");
        let text = std::fs::read_to_string(folder.join("ok-837P.x12")).unwrap().replacen("SUNRISE", &long, 1);
        let latin: Vec<u8> = text.replace('\u{20ac}', "").chars().map(|one| one as u8).collect();
        for bytes in [text.as_bytes(), &latin] {
            assert!(from_json(&to_json(&Document::read(bytes))).unwrap() == bytes);
        }
    }

    #[test]
    fn nothing_is_written_of_json_that_is_refused() {
        let json = to_json(&Document::read(b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260901*1253*^*00501*000000001*0*T*:~IEA*0*000000001~"));
        let cut = &json[..json.len() - 3];
        let open = |byte: u64| -> io::Result<Box<dyn Read + '_>> { Ok(Box::new(&cut.as_bytes()[byte as usize..])) };
        let mut out = Vec::new();
        assert!(matches!(write_from_json(&open, &mut out), Err(NotFromJson::Refused(_))));
        assert_eq!(out, b"");
    }

    #[test]
    fn other_json_is_refused_with_its_place() {
        for (text, at) in [("", 0), ("{", 1), ("{\"a\":1}", 7), ("[1,]x", 3), ("{\"x12\":1,\"lead\":\"\\u12\"}", 19)] {
            assert_eq!(from_json(text).map_err(|error| error.at), Err(at), "{text}");
        }
        assert!(from_json(&"[".repeat(100_000)).is_err());
    }
}
