//! A file as JSON, nested by loop, and back to the same bytes.
//!
//! A segment is an array: its id, then its elements. A simple element is a string, a composite an array of strings, a
//! repeated one `{"repeat":[…]}`; bytes that are no UTF-8 stand as `{"latin1":"…"}`. The bytes after a segment stand
//! beside it only where they are not its interchange's usual `end`. Labels are for readers and are not read back.

use std::fmt;
use std::io::{self, Read, Write};

use crate::delimiters::Delimiters;
use crate::document::{Document, Passing, Piece};
use crate::outline::{Placed, outline};
use crate::render::json::push_string;

/// Objects and arrays nested deeper are no file of ours: guides nest loops less than ten deep.
const DEEPEST: usize = 64;

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

/// Why JSON was not turned into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromJsonError {
    /// What was expected, a sentence.
    pub message: &'static str,
    /// The byte of the JSON text where the reader stood; the end where its structure is not that of [`to_json`].
    pub at: usize,
}

impl fmt::Display for FromJsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {}); give the JSON that this program wrote", self.message, self.at)
    }
}

impl std::error::Error for FromJsonError {}

/// The bytes of the file that [`to_json`] told.
pub fn from_json(text: &str) -> Result<Vec<u8>, FromJsonError> {
    let mut parser = Parser { text: text.as_bytes(), at: 0 };
    let value = parser.value(0)?;
    parser.skip_blanks();
    if parser.at < text.len() {
        return Err(parser.fail("something follows the object"));
    }
    let wrong = |message| FromJsonError { message, at: text.len() };
    let mut out = Vec::new();
    if value.field("x12").is_none() {
        return Err(wrong("this is JSON, but no X12 file: the field x12 is missing"));
    }
    push_bytes(value.field("lead"), &mut out).map_err(wrong)?;
    for interchange in value.field("content").map_or(&[][..], Json::items) {
        let byte = |name: &str| interchange.field(name).and_then(Json::byte);
        let (Some(element), Some(component), Some(segment)) = (byte("element"), byte("component"), byte("segment"))
        else {
            return Err(wrong("an interchange does not name its element, component and segment separators"));
        };
        let delimiters = Delimiters { element, component, segment, repetition: byte("repetition") };
        let mut end = Vec::new();
        push_bytes(interchange.field("end"), &mut end).map_err(wrong)?;
        for item in interchange.field("content").map_or(&[][..], Json::items) {
            push_item(item, &delimiters, &end, &mut out).map_err(wrong)?;
        }
    }
    Ok(out)
}

fn push_item(item: &Json, delimiters: &Delimiters, end: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    if let Some(content) = item.field("content") {
        // The parser bounds how deep this goes.
        return content.items().iter().try_for_each(|inner| push_item(inner, delimiters, end, out));
    }
    let (segment, own_end) = match item {
        Json::Object(_) => (item.field("segment").ok_or("an object is neither loop nor segment")?, item.field("end")),
        Json::Array(_) => (item, None),
        Json::Text(_) | Json::Other => return Err("a segment is not an array"),
    };
    for (at, element) in segment.items().iter().enumerate() {
        if at > 0 {
            out.push(delimiters.element);
        }
        match element.field("repeat") {
            Some(repeat) => {
                let separator = delimiters.repetition.ok_or("an element repeats without a repetition separator")?;
                joined(repeat.items(), separator, out, |one, out| push_element(one, delimiters, out))?;
            }
            None => push_element(element, delimiters, out)?,
        }
    }
    match own_end {
        Some(own) => push_bytes(Some(own), out),
        None => {
            out.extend_from_slice(end);
            Ok(())
        }
    }
}

fn push_element(element: &Json, delimiters: &Delimiters, out: &mut Vec<u8>) -> Result<(), &'static str> {
    match element {
        Json::Array(parts) => joined(parts, delimiters.component, out, |part, out| push_bytes(Some(part), out)),
        Json::Text(_) | Json::Object(_) | Json::Other => push_bytes(Some(element), out),
    }
}

fn joined(
    items: &[Json],
    separator: u8,
    out: &mut Vec<u8>,
    push: impl Fn(&Json, &mut Vec<u8>) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(separator);
        }
        push(item, out)?;
    }
    Ok(())
}

fn push_bytes(value: Option<&Json>, out: &mut Vec<u8>) -> Result<(), &'static str> {
    match value {
        Some(Json::Text(text)) => out.extend_from_slice(text.as_bytes()),
        Some(object @ Json::Object(_)) => match object.field("latin1") {
            Some(Json::Text(text)) => {
                for character in text.chars() {
                    out.push(u8::try_from(character).map_err(|_| "a latin1 text holds a character beyond Latin-1")?);
                }
            }
            _ => return Err("an element is an object without latin1"),
        },
        Some(Json::Array(_) | Json::Other) | None => return Err("a text is missing where one must stand"),
    }
    Ok(())
}

/// As much of JSON as files need; numbers, booleans and null are passed over.
enum Json {
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
    Other,
}

impl Json {
    fn field(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => fields.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            Json::Text(_) | Json::Array(_) | Json::Other => None,
        }
    }

    fn items(&self) -> &[Json] {
        match self {
            Json::Array(items) => items,
            Json::Text(_) | Json::Object(_) | Json::Other => &[],
        }
    }

    fn byte(&self) -> Option<u8> {
        match self {
            Json::Text(text) => {
                let mut characters = text.chars();
                characters.next().filter(|_| characters.next().is_none()).and_then(|one| u8::try_from(one).ok())
            }
            Json::Array(_) | Json::Object(_) | Json::Other => None,
        }
    }
}

struct Parser<'t> {
    text: &'t [u8],
    at: usize,
}

impl Parser<'_> {
    fn fail(&self, message: &'static str) -> FromJsonError {
        FromJsonError { message, at: self.at }
    }

    fn skip_blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// The next byte that is not blank, taken.
    fn next(&mut self) -> Option<u8> {
        self.skip_blanks();
        let byte = self.text.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn value(&mut self, depth: usize) -> Result<Json, FromJsonError> {
        if depth > DEEPEST {
            return Err(self.fail("the JSON is nested too deep"));
        }
        match self.next() {
            Some(b'"') => self.text().map(Json::Text),
            Some(b'[') => {
                let mut items = Vec::new();
                while self.goes_on(b']', items.is_empty())? {
                    items.push(self.value(depth + 1)?);
                }
                Ok(Json::Array(items))
            }
            Some(b'{') => {
                let mut fields = Vec::new();
                while self.goes_on(b'}', fields.is_empty())? {
                    if self.next() != Some(b'"') {
                        return Err(self.fail("the name of a field was expected"));
                    }
                    let name = self.text()?;
                    if self.next() != Some(b':') {
                        return Err(self.fail("a colon was expected"));
                    }
                    fields.push((name, self.value(depth + 1)?));
                }
                Ok(Json::Object(fields))
            }
            Some(byte) if byte.is_ascii_alphanumeric() || byte == b'-' => {
                let is_rest = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
                while self.text.get(self.at).is_some_and(is_rest) {
                    self.at += 1;
                }
                Ok(Json::Other)
            }
            Some(_) | None => Err(self.fail("a value was expected")),
        }
    }

    /// Whether another item follows; takes the comma before it, or the closing bracket.
    fn goes_on(&mut self, closing: u8, is_first: bool) -> Result<bool, FromJsonError> {
        self.skip_blanks();
        match self.text.get(self.at) {
            Some(byte) if *byte == closing => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !is_first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if is_first => Ok(true),
            Some(_) | None => Err(self.fail("a comma or the end of the list was expected")),
        }
    }

    /// The text after its opening quote.
    fn text(&mut self) -> Result<String, FromJsonError> {
        let mut bytes = Vec::new();
        loop {
            let byte = *self.text.get(self.at).ok_or(self.fail("a text does not end"))?;
            self.at += 1;
            match byte {
                b'"' => break,
                b'\\' => {
                    let character = self.escaped()?;
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                plain => bytes.push(plain),
            }
        }
        String::from_utf8(bytes).map_err(|_| self.fail("a text is no UTF-8"))
    }

    fn escaped(&mut self) -> Result<char, FromJsonError> {
        let byte = *self.text.get(self.at).ok_or(self.fail("a text does not end"))?;
        self.at += 1;
        Ok(match byte {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.four_hex()?;
                let is_pair = (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with(b"\\u");
                let code = if is_pair {
                    self.at += 2;
                    let second = self.four_hex()?;
                    0x10000 + ((first - 0xd800) << 10) + (second.wrapping_sub(0xdc00) & 0x3ff)
                } else {
                    first
                };
                char::from_u32(code).ok_or(self.fail("half of a character stands alone"))?
            }
            b'"' | b'\\' | b'/' => char::from(byte),
            _ => return Err(self.fail("an unknown escape")),
        })
    }

    fn four_hex(&mut self) -> Result<u32, FromJsonError> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(self.fail("four hexadecimal digits were expected"))?;
        let text = std::str::from_utf8(digits).unwrap_or("");
        let code = u32::from_str_radix(text, 16).map_err(|_| self.fail("four hexadecimal digits were expected"))?;
        self.at += 4;
        Ok(code)
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
    fn other_json_is_refused_with_its_place() {
        for (text, at) in [("", 0), ("{", 1), ("{\"a\":1}", 7), ("[1,]x", 4), ("{\"x12\":1,\"lead\":\"\\u12\"}", 19)] {
            assert_eq!(from_json(text).map_err(|error| error.at), Err(at), "{text}");
        }
        assert!(from_json(&"[".repeat(100_000)).is_err());
    }
}
