//! Builds interchanges: ISA, GS, ST … SE, GE, IEA with right counts, control numbers and no foreign byte.
//!
//! Never emits trailing empty elements or components, never lets data hold a separator; it does not know
//! guides: [`check`](crate::check) judges what was written, and [`Writer::finish_accepted`] gives nothing it rejects.

use std::fmt;

use jiff::civil::DateTime;

use crate::check::{Verdict, check};
use crate::codes::CodeSets;
use crate::date::{format_d8, format_hhmm};
use crate::delimiters::Delimiters;
use crate::problem::{Problem, Severity};
use crate::text::X12Text;
use crate::value::Value;

/// ISA13, GS06 and their like have nine digits.
const MAX_CONTROL_NUMBER: u32 = 999_999_999;
/// BDS01 is a code of three characters; readers seek the length in the first 64 bytes of its segment.
const LONGEST_FILTER: usize = 32;
/// ISA06 and ISA08 are fifteen bytes wide.
const PARTY_WIDTH: usize = 15;
/// So many problems of a refused file are given back; the rest is for `check` to tell.
const MOST_TOLD: usize = 20;

/// Whether the receiver is to act on the interchange (ISA15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// `P`
    Production,
    /// `T`
    Test,
}

/// What the ISA says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterchangeHeader {
    /// ISA05, two characters such as `ZZ`, `30`, `27`.
    pub sender_qualifier: String,
    /// ISA06, at most 15 characters.
    pub sender: String,
    /// ISA07.
    pub receiver_qualifier: String,
    /// ISA08, at most 15 characters.
    pub receiver: String,
    /// ISA09 and ISA10, in the sender's local time.
    pub sent_at: DateTime,
    /// ISA13 and IEA02, 1 to 999,999,999.
    pub control_number: u32,
    /// ISA14: asks for a TA1.
    pub wants_acknowledgment: bool,
    /// ISA15.
    pub usage: Usage,
    /// The separators to write with.
    pub delimiters: Delimiters,
}

/// What the GS says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupHeader {
    /// GS01, such as `HC` for claims, `HP` for an 835, `FA` for a 999.
    pub functional_id: String,
    /// GS02, 2 to 15 characters.
    pub sender: String,
    /// GS03, 2 to 15 characters.
    pub receiver: String,
    /// GS04 and GS05.
    pub sent_at: DateTime,
    /// GS06 and GE02, 1 to 999,999,999.
    pub control_number: u32,
    /// GS08, the implementation guide, such as `005010X222A1`.
    pub version: String,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// A header field does not fit its place; the field is named by its element.
    BadHeader(&'static str),
    /// A segment id is not two or three capitals and digits.
    BadSegmentId(String),
    /// A set was begun outside a group, or a segment written outside a set, or a file closed with nothing in it.
    Misplaced(&'static str),
    /// What was written breaks its guide: the first problems of it.
    Rejected(Vec<Problem>),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadHeader(element) => {
                write!(f, "{element} does not fit its place; correct the trading partner's settings")
            }
            Self::BadSegmentId(id) => {
                write!(f, "\"{id}\" is no segment id; this is a defect of the program, report it")
            }
            Self::Misplaced(what) => write!(f, "{what}; this is a defect of the program, report it"),
            Self::Rejected(problems) => match problems.first() {
                Some(first) => write!(f, "the receiver would reject the file: {}. {}", first.text(), first.remedy),
                None => write!(f, "the receiver would reject the file; check it to see why"),
            },
        }
    }
}

impl std::error::Error for WriteError {}

/// Writes one interchange. Errors are kept and told by [`finish`](Writer::finish), so that building reads plainly.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    header: InterchangeHeader,
    groups: u32,
    group: Option<OpenGroup>,
    set: Option<OpenSet>,
    error: Option<WriteError>,
    replaced: Vec<(String, usize)>,
    has_content: bool,
}

#[derive(Debug)]
struct OpenGroup {
    control_number: u32,
    sets: u32,
}

/// A segment that was begun; nothing else may be written before it is closed.
#[derive(Debug)]
pub(crate) struct OpenSegment {
    /// Where its id begins and ends in what was written.
    from: usize,
    content_from: usize,
    /// How many elements were put into it.
    elements: usize,
}

#[derive(Debug)]
struct OpenSet {
    control_number: String,
    segments: u32,
}

impl Writer {
    /// Opens an interchange and writes its ISA.
    pub fn new(header: InterchangeHeader) -> Self {
        let mut writer = Self {
            out: Vec::with_capacity(4096),
            header,
            groups: 0,
            group: None,
            set: None,
            error: None,
            replaced: Vec::new(),
            has_content: false,
        };
        writer.write_isa();
        writer
    }

    /// Opens a functional group, closing the one before.
    pub fn begin_group(&mut self, group: &GroupHeader) -> &mut Self {
        self.end_group();
        let party = |text: &str| (2..=PARTY_WIDTH).contains(&text.len());
        self.require("GS02", party(&group.sender));
        self.require("GS03", party(&group.receiver));
        self.require("GS06", (1..=MAX_CONTROL_NUMBER).contains(&group.control_number));
        let at = (format_d8(group.sent_at.date()), format_hhmm(group.sent_at.time()));
        let control = group.control_number.to_string();
        self.write_segment(
            "GS",
            [&group.functional_id, &group.sender, &group.receiver, &at.0, &at.1, &control, "X", &group.version]
                .map(|text: &str| Value::from(text)),
        );
        self.groups += 1;
        self.group = Some(OpenGroup { control_number: group.control_number, sets: 0 });
        self.has_content = true;
        self
    }

    /// Opens a transaction set, closing the one before; ST02 counts from 0001 within the group.
    /// `version` is ST03; the 835 and other sets without one take None.
    pub fn begin_set(&mut self, id: &str, version: Option<&str>) -> &mut Self {
        self.end_set();
        let Some(group) = &mut self.group else {
            self.fail(WriteError::Misplaced("a transaction set was begun outside a group"));
            return self;
        };
        group.sets += 1;
        let control_number = format!("{:04}", group.sets);
        self.set = Some(OpenSet { control_number: control_number.clone(), segments: 0 });
        self.segment("ST", [Value::from(id), Value::from(control_number), Value::from(version)])
    }

    /// Writes a segment of the open set. Trailing empty elements are left out; a segment without any content is not written.
    /// BIN and BDS are for [`Self::binary`] alone: a length that does not count its data would swallow what follows.
    pub fn segment<'v, I>(&mut self, id: &str, elements: I) -> &mut Self
    where
        I: IntoIterator,
        I::Item: Into<Value<'v>>,
    {
        if self.set.is_none() {
            self.fail(WriteError::Misplaced("a segment was written outside a transaction set"));
            return self;
        }
        if matches!(id, "BIN" | "BDS") {
            self.fail(WriteError::Misplaced("a binary segment was written without its octets being counted"));
            return self;
        }
        if self.write_segment(id, elements)
            && let Some(set) = &mut self.set
        {
            set.segments += 1;
        }
        self
    }

    /// Writes a binary segment, BIN or BDS: `before` the length (nothing for BIN, the filter of BDS), then the octets'
    /// count and the octets as they are.
    pub fn binary(&mut self, id: &str, before: &[&str], octets: &[u8]) -> &mut Self {
        // A reader finds the length after so many elements, and no farther from the beginning.
        let is_readable = match (id, before) {
            ("BIN", []) => true,
            ("BDS", [filter]) => filter.len() <= LONGEST_FILTER,
            _ => false,
        };
        if !is_readable {
            self.fail(WriteError::Misplaced("a binary segment was written with other elements than BIN and BDS have"));
            return self;
        }
        let Some(set) = &mut self.set else {
            self.fail(WriteError::Misplaced("a segment was written outside a transaction set"));
            return self;
        };
        set.segments += 1;
        let length = octets.len().to_string();
        let elements: Vec<&str> = before.iter().copied().chain([length.as_str()]).collect();
        self.write_segment(id, elements);
        // The terminator that stands after the length belongs after the octets.
        self.out.pop();
        self.out.push(self.header.delimiters.element);
        self.out.extend_from_slice(octets);
        self.out.push(self.header.delimiters.segment);
        self
    }

    /// Writes a TA1, which stands before any group.
    pub fn interchange_acknowledgment<'v, I>(&mut self, elements: I) -> &mut Self
    where
        I: IntoIterator,
        I::Item: Into<Value<'v>>,
    {
        if self.groups > 0 {
            self.fail(WriteError::Misplaced("a TA1 was written after a group"));
        }
        self.write_segment("TA1", elements);
        self.has_content = true;
        self
    }

    /// ST02 of the open set.
    pub fn set_control_number(&self) -> Option<&str> {
        self.set.as_ref().map(|set| set.control_number.as_str())
    }

    /// Segments written into the open set so far, ST included; HL and LX numbering does not count here.
    pub fn set_segments(&self) -> u32 {
        self.set.as_ref().map_or(0, |set| set.segments)
    }

    /// Elements whose text had a separator or control character replaced by a space, as (segment id, element).
    pub fn replaced(&self) -> &[(String, usize)] {
        &self.replaced
    }

    /// Closes the open set; without one, does nothing.
    pub fn end_set(&mut self) -> &mut Self {
        if let Some(set) = self.set.take() {
            let segments = (set.segments + 1).to_string();
            self.write_segment("SE", [segments.as_str(), set.control_number.as_str()]);
        }
        self
    }

    /// Closes the open group; without one, does nothing.
    pub fn end_group(&mut self) -> &mut Self {
        self.end_set();
        if let Some(group) = self.group.take() {
            self.write_segment("GE", [group.sets.to_string(), group.control_number.to_string()]);
        }
        self
    }

    /// How many bytes were written and not taken.
    pub(crate) fn written(&self) -> usize {
        self.out.len()
    }

    /// Takes what was written so far, for output that is not to be held; nothing where something was wrong.
    pub(crate) fn take_written(&mut self) -> Result<Vec<u8>, WriteError> {
        self.replaced.clear();
        match &self.error {
            Some(error) => Err(error.clone()),
            None => Ok(std::mem::take(&mut self.out)),
        }
    }

    /// Closes everything and gives the bytes, or the first thing that was wrong.
    pub fn finish(mut self) -> Result<Vec<u8>, WriteError> {
        self.end_group();
        if !self.has_content {
            self.fail(WriteError::Misplaced("an interchange was closed with nothing in it"));
        }
        let control_number = format!("{:09}", self.header.control_number);
        self.write_segment("IEA", [self.groups.to_string(), control_number]);
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.out),
        }
    }

    /// Closes everything and gives the bytes, unless [`check`](crate::check) would reject them.
    pub fn finish_accepted(self, codes: &dyn CodeSets) -> Result<Vec<u8>, WriteError> {
        let bytes = self.finish()?;
        let checked = check(&bytes, codes);
        if checked.verdict == Verdict::Accepted {
            return Ok(bytes);
        }
        let is_error = |problem: &&Problem| problem.severity == Severity::Error;
        Err(WriteError::Rejected(checked.problems.kept().iter().filter(is_error).take(MOST_TOLD).cloned().collect()))
    }

    fn fail(&mut self, error: WriteError) {
        self.error.get_or_insert(error);
    }

    fn require(&mut self, element: &'static str, holds: bool) {
        if !holds {
            self.fail(WriteError::BadHeader(element));
        }
    }

    fn write_isa(&mut self) {
        let header = self.header.clone();
        let fits = |text: &str, width: usize| text.len() <= width && X12Text::exact(text, &header.delimiters).is_ok();
        self.require("ISA05", header.sender_qualifier.len() == 2 && fits(&header.sender_qualifier, 2));
        self.require("ISA06", !header.sender.is_empty() && fits(&header.sender, PARTY_WIDTH));
        self.require("ISA07", header.receiver_qualifier.len() == 2 && fits(&header.receiver_qualifier, 2));
        self.require("ISA08", !header.receiver.is_empty() && fits(&header.receiver, PARTY_WIDTH));
        self.require("ISA13", (1..=MAX_CONTROL_NUMBER).contains(&header.control_number));
        self.require("ISA16", header.delimiters.are_usable() && header.delimiters.are_ascii());
        let date = &format_d8(header.sent_at.date())[2..];
        let fields = [
            "ISA".to_owned(),
            "00".to_owned(),
            " ".repeat(10),
            "00".to_owned(),
            " ".repeat(10),
            header.sender_qualifier,
            format!("{:<15}", header.sender),
            header.receiver_qualifier,
            format!("{:<15}", header.receiver),
            date.to_owned(),
            format_hhmm(header.sent_at.time()),
            (header.delimiters.repetition.unwrap_or(b'U') as char).to_string(),
            "00501".to_owned(),
            format!("{:09}", header.control_number),
            if header.wants_acknowledgment { "1" } else { "0" }.to_owned(),
            match header.usage {
                Usage::Production => "P",
                Usage::Test => "T",
            }
            .to_owned(),
            (header.delimiters.component as char).to_string(),
        ];
        self.out.extend_from_slice(fields.join(&(header.delimiters.element as char).to_string()).as_bytes());
        self.out.push(header.delimiters.segment);
    }

    /// Appends one segment; false when it had no content.
    fn write_segment<'v, I>(&mut self, id: &str, elements: I) -> bool
    where
        I: IntoIterator,
        I::Item: Into<Value<'v>>,
    {
        let mut open = self.start(id);
        for value in elements {
            self.put(&mut open, |writer| writer.write_value(&value.into(), true));
        }
        self.finish_segment(open)
    }

    /// Begins a segment of the open set; its elements are put into it one by one.
    pub(crate) fn open_segment(&mut self, id: &str) -> OpenSegment {
        if self.set.is_none() {
            self.fail(WriteError::Misplaced("a segment was written outside a transaction set"));
        }
        self.start(id)
    }

    /// Puts the next element: a text, empty where it is absent.
    pub(crate) fn put_text(&mut self, open: &mut OpenSegment, text: &str) {
        self.put(open, |writer| writer.write_text(text));
    }

    /// Puts the next element: a composite, without its trailing empty components.
    pub(crate) fn put_composite<I>(&mut self, open: &mut OpenSegment, components: I)
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.put(open, |writer| writer.write_composite(components));
    }

    /// Puts the next element: a text for each repetition.
    pub(crate) fn put_repeated<I>(&mut self, open: &mut OpenSegment, texts: I)
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.put(open, |writer| {
            let mut changed = false;
            for (at, text) in texts.into_iter().enumerate() {
                match (at, writer.header.delimiters.repetition) {
                    (0, _) => {}
                    (_, Some(separator)) => writer.out.push(separator),
                    (_, None) => return true,
                }
                changed |= writer.write_text(text.as_ref());
            }
            changed
        });
    }

    /// Ends a segment of the open set; one without any content is not written.
    pub(crate) fn close_segment(&mut self, open: OpenSegment) {
        if self.finish_segment(open)
            && let Some(set) = &mut self.set
        {
            set.segments += 1;
        }
    }

    fn start(&mut self, id: &str) -> OpenSegment {
        let is_id =
            (2..=3).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !is_id {
            self.fail(WriteError::BadSegmentId(id.to_owned()));
        }
        let from = self.out.len();
        self.out.extend_from_slice(id.as_bytes());
        OpenSegment { from, content_from: self.out.len(), elements: 0 }
    }

    /// Appends the next element; `write` tells whether it had to replace a character.
    fn put(&mut self, open: &mut OpenSegment, write: impl FnOnce(&mut Self) -> bool) {
        self.out.push(self.header.delimiters.element);
        open.elements += 1;
        if write(self) {
            let id = String::from_utf8_lossy(&self.out[open.from..open.content_from]).into_owned();
            self.replaced.push((id, open.elements));
        }
    }

    /// False when the segment had no content.
    fn finish_segment(&mut self, open: OpenSegment) -> bool {
        self.trim_trailing(open.content_from, self.header.delimiters.element);
        if self.out.len() == open.content_from {
            self.out.truncate(open.from);
            return false;
        }
        self.out.push(self.header.delimiters.segment);
        true
    }

    fn trim_trailing(&mut self, from: usize, separator: u8) {
        while self.out.len() > from && self.out.last() == Some(&separator) {
            self.out.pop();
        }
    }

    fn write_composite<I>(&mut self, components: I) -> bool
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let separator = self.header.delimiters.component;
        let from = self.out.len();
        let mut changed = false;
        for (at, component) in components.into_iter().enumerate() {
            if at > 0 {
                self.out.push(separator);
            }
            changed |= self.write_text(component.as_ref());
        }
        self.trim_trailing(from, separator);
        changed
    }

    /// Appends a value; true when a character of it was replaced.
    fn write_value(&mut self, value: &Value<'_>, may_repeat: bool) -> bool {
        let delimiters = self.header.delimiters;
        match value {
            Value::Simple(text) => self.write_text(text),
            Value::Composite(components) => self.write_composite(components),
            Value::Repeated(values) => {
                let mut changed = false;
                for (at, value) in values.iter().enumerate() {
                    match delimiters.repetition {
                        Some(separator) if at > 0 && may_repeat => self.out.push(separator),
                        None if at > 0 => return true,
                        Some(_) | None => {}
                    }
                    changed |= self.write_value(value, false);
                }
                changed
            }
        }
    }

    fn write_text(&mut self, text: &str) -> bool {
        let clean = X12Text::cleaned(text, &self.header.delimiters);
        self.out.extend_from_slice(clean.as_str().as_bytes());
        clean.was_changed()
    }
}
