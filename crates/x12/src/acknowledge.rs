//! TA1, 999 and 277CA written from what a check found: one source for what is told to people and to partners.
//!
//! Copies data of the file into a 999 only where that is asked for, never acknowledges an acknowledgment.

mod claims;
mod context;

pub use claims::{write_277ca, write_277ca_to};
pub use context::AcknowledgedFile;

use std::fmt;
use std::io;

use jiff::civil::DateTime;

use crate::acknowledge::context::Told;
use crate::check::{Checked, Coverage, GroupReport, InterchangeReport, SetReport};
use crate::delimiters::Delimiters;
use crate::problem::{Code, Problem, Severity};
use crate::value::Value;
use crate::writer::{GroupHeader, InterchangeHeader, Usage, WriteError, Writer};

/// The guide that a 999 follows.
const GUIDE_999: &str = "005010X231A1";
/// IK502 to IK506 and AK905 to AK909: five codes at most.
const MAX_CODES: usize = 5;
/// IK303 has at most six characters.
const LOOP_ID_WIDTH: usize = 6;

/// So many bytes are written at once.
const WRITTEN_AT_ONCE: usize = 64 * 1024;

/// What an acknowledgment says of itself.
#[derive(Debug, Clone, Copy)]
pub struct AcknowledgmentHeader {
    /// When it is made, local time.
    pub made_at: DateTime,
    /// ISA13 and GS06 of the acknowledgment.
    pub control_number: u32,
}

/// Writes the TA1 for an interchange: accepted, or rejected with the first note that was found.
pub fn write_ta1(interchange: &InterchangeReport, header: AcknowledgmentHeader) -> Result<Vec<u8>, WriteError> {
    let mut writer = Writer::new(reply(interchange, header));
    let decision = if interchange.note == 0 { "A" } else { "R" };
    writer.interchange_acknowledgment([
        format!("{:0>9}", interchange.control_number),
        digits(&interchange.sent.0),
        digits(&interchange.sent.1),
        decision.to_owned(),
        format!("{:03}", interchange.note),
    ]);
    writer.finish()
}

/// A date or time without what a gateway may have put into it, such as a line break.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Writes the 999 for an interchange: one set for each functional group. None where there is nothing to answer:
/// an interchange that its TA1 rejects, no group, or only groups of acknowledgments.
pub fn write_999(
    checked: &Checked,
    interchange: &InterchangeReport,
    header: AcknowledgmentHeader,
) -> Result<Option<Vec<u8>>, WriteError> {
    write_999_with(checked, interchange, header, None)
}

/// Writes the 999 as [`write_999`] does, with context from the file.
pub fn write_999_with(
    checked: &Checked,
    interchange: &InterchangeReport,
    header: AcknowledgmentHeader,
    file: Option<AcknowledgedFile<'_>>,
) -> Result<Option<Vec<u8>>, WriteError> {
    let mut out = Vec::new();
    match write_999_to(checked, interchange, header, file, &mut out) {
        Ok(is_written) => Ok(is_written.then_some(out)),
        Err(NotWritten::Refused(error)) => Err(error),
        // Memory takes all bytes, and gives them.
        Err(NotWritten::Output(_) | NotWritten::File(_)) => Ok(None),
    }
}

/// Why an acknowledgment was not written, or not to its end.
#[derive(Debug)]
pub enum NotWritten {
    /// It cannot be addressed; nothing was written.
    Refused(WriteError),
    /// The output takes no more.
    Output(io::Error),
    /// The file cannot be read again.
    File(io::Error),
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Output(error) | Self::File(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotWritten {}

/// Writes the 999 as [`write_999_with`] does, set after set, so that it is never held: however many sets it answers,
/// memory is what `checked` holds of them. False where there is nothing to answer.
///
/// Together with [`check_each`](crate::check_each) and a file that is [opened](AcknowledgedFile::opened) again, a file of
/// any length is answered in bounded memory.
///
/// # Errors
///
/// A header that cannot be written; those of the output, and of the file.
pub fn write_999_to(
    checked: &Checked,
    interchange: &InterchangeReport,
    header: AcknowledgmentHeader,
    file: Option<AcknowledgedFile<'_>>,
    out: &mut dyn io::Write,
) -> Result<bool, NotWritten> {
    let groups: Vec<&GroupReport> = interchange.groups.iter().filter(|group| group.functional_id != "FA").collect();
    let Some(first) = groups.first().filter(|_| interchange.note == 0) else { return Ok(false) };
    let mut writer = Writer::new(reply(interchange, header));
    writer.begin_group(&GroupHeader {
        functional_id: "FA".to_owned(),
        sender: first.receiver.clone(),
        receiver: first.sender.clone(),
        sent_at: header.made_at,
        control_number: header.control_number,
        version: GUIDE_999.to_owned(),
    });
    for group in groups {
        write_group(&mut writer, checked, group, file.map(|file| (file, interchange.delimiters)), out)?;
    }
    let rest = writer.finish().map_err(NotWritten::Refused)?;
    out.write_all(&rest).map_err(NotWritten::Output)?;
    Ok(true)
}

fn reply(interchange: &InterchangeReport, header: AcknowledgmentHeader) -> InterchangeHeader {
    InterchangeHeader {
        sender_qualifier: interchange.receiver_qualifier.clone(),
        sender: interchange.receiver.clone(),
        receiver_qualifier: interchange.sender_qualifier.clone(),
        receiver: interchange.sender.clone(),
        sent_at: header.made_at,
        control_number: header.control_number,
        wants_acknowledgment: false,
        usage: if interchange.is_test { Usage::Test } else { Usage::Production },
        delimiters: crate::Delimiters::default(),
    }
}

fn write_group(
    writer: &mut Writer,
    checked: &Checked,
    group: &GroupReport,
    file: Option<(AcknowledgedFile<'_>, Delimiters)>,
    out: &mut dyn io::Write,
) -> Result<(), NotWritten> {
    writer.begin_set("999", Some(GUIDE_999));
    writer.segment("AK1", [&group.functional_id, &group.control_number, &group.version]);
    let group_is_rejected = !group.codes.is_empty();
    for set in group.sets.iter() {
        write_set(writer, checked, &set, &group.version, file)?;
        if writer.written() >= WRITTEN_AT_ONCE {
            let bytes = writer.take_written().map_err(NotWritten::Refused)?;
            out.write_all(&bytes).map_err(NotWritten::Output)?;
        }
    }
    let received = group.sets.len();
    let accepted = if group_is_rejected { 0 } else { group.sets.accepted() };
    let decision = match accepted {
        0 if received > 0 || group_is_rejected => "R",
        count if count == received => "A",
        _ => "P",
    };
    let stated = group.stated_sets.map_or(received, |count| count as usize);
    let mut elements = vec![Value::from(decision), stated.into(), received.into(), accepted.into()];
    elements.extend(group.codes.iter().take(MAX_CODES).map(|code| Value::from(u32::from(*code))));
    writer.segment("AK9", elements);
    Ok(())
}

/// IK502 of a set whose version is refused: the implementation guide is not supported.
const VERSION_REFUSED: &str = "I6";

fn write_set(
    writer: &mut Writer,
    checked: &Checked,
    set: &SetReport,
    group_version: &str,
    file: Option<(AcknowledgedFile<'_>, Delimiters)>,
) -> Result<(), NotWritten> {
    writer.segment("AK2", [&set.id, &set.control_number, &set.version]);
    let (first, last) = set.ordinals;
    // The problems are in the order of the file: those of a set stand together.
    let kept = if set.is_accepted() { &[] } else { checked.problems.between(first, last) };
    let is_answered = |problem: &Problem| problem.severity == Severity::Error && Response::of(problem).is_some();
    let context = match file.filter(|_| kept.iter().any(is_answered)) {
        Some((file, delimiters)) => {
            context::of_set(file, set, group_version, delimiters, kept).map_err(NotWritten::File)?
        }
        None => Vec::new(),
    };
    let mut has_segment_errors = false;
    let mut open: Option<(u64, &str)> = None;
    for (nth, problem) in kept.iter().enumerate() {
        let Some(response) = Response::of(problem).filter(|_| problem.severity == Severity::Error) else { continue };
        let told = context.get(nth);
        has_segment_errors = true;
        let element_of_open =
            matches!(response, Response::Element(_)) && open == Some((problem.ordinal, problem.loop_id));
        if !element_of_open {
            write_ik3(writer, problem, first, &response);
            if let Some(told) = told {
                if matches!(response, Response::Segment(_)) {
                    told.write_trigger(writer);
                }
                told.write_unit(writer);
            }
        }
        if let Response::Element(code) = response {
            write_ik4(writer, problem, code, told);
            if let Some(told) = told {
                told.write_trigger(writer);
            }
            open = Some((problem.ordinal, problem.loop_id));
        } else {
            open = None;
        }
    }
    let mut codes: Vec<String> =
        set.codes.iter().map(|(own, code)| format!("{}{code}", if *own { "I" } else { "" })).collect();
    if set.coverage == Coverage::Refused && codes.is_empty() {
        codes.push(VERSION_REFUSED.to_owned());
    }
    if has_segment_errors || (set.errors > 0 && codes.is_empty()) {
        codes.push("5".to_owned());
    }
    let mut elements = vec![Value::from(if set.is_accepted() { "A" } else { "R" })];
    elements.extend(codes.into_iter().take(MAX_CODES).map(Value::from));
    writer.segment("IK5", elements);
    Ok(())
}

fn write_ik3(writer: &mut Writer, problem: &Problem, first: u64, response: &Response) {
    let code = match response {
        Response::Segment(code) => (*code).to_owned(),
        Response::Element(_) => "8".to_owned(),
    };
    let position = (problem.ordinal - first + 1).to_string();
    let segment = problem.segment.to_string();
    writer.segment("IK3", [segment, position, loop_of(problem.loop_id), code]);
}

/// A loop's id as IK303 holds it.
fn loop_of(loop_id: &str) -> String {
    loop_id.chars().filter(char::is_ascii_alphanumeric).take(LOOP_ID_WIDTH).collect()
}

/// Element, component and repetition as IK401 and CTX05 hold them.
fn place_of(element: u8, component: u8, repetition: u16) -> [String; 3] {
    let number = |number: u16| if number == 0 { String::new() } else { number.to_string() };
    [element.to_string(), number(component.into()), number(repetition)]
}

fn write_ik4(writer: &mut Writer, problem: &Problem, code: &str, told: Option<&Told>) {
    let number = told.and_then(|told| told.number).map(|number| number.to_string());
    let copy = told.and_then(|told| told.copy.clone());
    writer.segment(
        "IK4",
        [
            Value::composite(place_of(problem.element, problem.component, problem.repetition)),
            number.into(),
            Value::from(code),
            copy.into(),
        ],
    );
}

/// How a 999 tells a problem inside a set.
enum Response {
    /// IK304.
    Segment(&'static str),
    /// IK403, under an IK304 of 8.
    Element(&'static str),
}

impl Response {
    /// None for problems of the envelope, which IK5, AK9 or the TA1 tell.
    fn of(problem: &Problem) -> Option<Self> {
        match problem.code {
            Code::NotX12 | Code::Interchange(_) | Code::Group(_) | Code::Set(..) => None,
            Code::Segment(own, code) => Some(Self::Segment(segment_code(own, code))),
            Code::Element(own, code) => Some(Self::Element(element_code(own, code))),
            Code::CodeSet | Code::Hierarchy => Some(Self::Element("7")),
            // What one element demands of another has its own implementation codes.
            Code::Balance | Code::Situation if problem.element > 0 && problem.span.1 > 0 => Some(Self::Element("I12")),
            Code::Balance | Code::Situation if problem.element > 0 => Some(Self::Element("I9")),
            Code::Balance | Code::Situation => Some(Self::Segment("I6")),
        }
    }
}

fn segment_code(own: bool, code: u8) -> &'static str {
    match (own, code) {
        (false, 1) => "1",
        (false, 2) => "2",
        (false, 3) => "3",
        (false, 4) => "4",
        (false, 5) => "5",
        (false, 6) => "6",
        (false, 7) => "7",
        (true, 4) => "I4",
        (true, 6) => "I6",
        (true, 7) => "I7",
        (true, 8) => "I8",
        (true, 9) => "I9",
        (false, _) | (true, _) => "8",
    }
}

fn element_code(own: bool, code: u8) -> &'static str {
    match (own, code) {
        (false, 1) => "1",
        (false, 2) => "2",
        (false, 3) => "3",
        (false, 4) => "4",
        (false, 5) => "5",
        (false, 6) => "6",
        (false, 8) => "8",
        (false, 9) => "9",
        (false, 10) => "10",
        (false, 12) => "12",
        (false, 13) => "13",
        (true, 6) => "I6",
        (true, 9) => "I9",
        (true, 10) => "I10",
        (true, 11) => "I11",
        (true, 12) => "I12",
        (true, 13) => "I13",
        (false, _) | (true, _) => "7",
    }
}
