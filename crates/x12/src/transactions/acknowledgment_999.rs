//! 999 (005010X231A1): the answer to one functional group and its transaction sets.

use super::fields::{Reader, Source};
use super::out::Out;
use super::text::Text;
use crate::ids;
use crate::{Problem, TransactionSet, Writer};

/// One 999 transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupAcknowledgment<'a> {
    /// ST02.
    pub control_number: Text<'a>,
    /// ST03: the guide.
    pub implementation: Text<'a>,
    /// AK101: GS01 of the group it answers.
    pub functional_id: Text<'a>,
    /// AK102: GS06 of the group it answers.
    pub group_control_number: Text<'a>,
    /// AK103: GS08 of the group it answers.
    pub version: Text<'a>,
    /// AK2 loops; a set may be missing where the group was taken whole.
    pub sets: Vec<SetAcknowledgment<'a>>,
    /// AK901: `A`, `E`, `P` or `R` (also `M`, `W`, `X` for security).
    pub code: Text<'a>,
    /// AK902: sets the group said it had.
    pub sets_included: Text<'a>,
    /// AK903: sets received.
    pub sets_received: Text<'a>,
    /// AK904: sets accepted.
    pub sets_accepted: Text<'a>,
    /// AK905 to AK909.
    pub errors: Vec<Text<'a>>,
    /// Where AK9 stands.
    pub source: Source,
}

impl GroupAcknowledgment<'_> {
    /// Whether any of the group was taken: accepted, accepted with errors, or partly.
    pub fn is_accepted(&self) -> bool {
        matches!(&*self.code, "A" | "E" | "P")
    }
}

/// Loop 2000: AK2 to IK5.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetAcknowledgment<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// AK201: ST01 of the set it answers.
    pub set_id: Text<'a>,
    /// AK202: ST02 of the set it answers.
    pub control_number: Text<'a>,
    /// AK203: ST03 of the set it answers.
    pub implementation: Text<'a>,
    /// Loops 2100.
    pub segments: Vec<SegmentError<'a>>,
    /// IK501: `A`, `E` or `R`.
    pub code: Text<'a>,
    /// IK502 to IK506.
    pub errors: Vec<Text<'a>>,
}

impl SetAcknowledgment<'_> {
    /// Whether the set was taken, with or without errors.
    pub fn is_accepted(&self) -> bool {
        matches!(&*self.code, "A" | "E")
    }
}

/// Loop 2100: IK3 with its contexts and elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentError<'a> {
    /// IK301.
    pub segment_id: Text<'a>,
    /// IK302: position in the set, the ST being 1.
    pub position: Text<'a>,
    /// IK303: LS01 of a bounded loop, seldom used.
    pub loop_id: Text<'a>,
    /// IK304.
    pub code: Text<'a>,
    /// CTX after the IK3: each element as its components.
    pub contexts: Vec<Vec<Vec<Text<'a>>>>,
    /// Loops 2110.
    pub elements: Vec<ElementError<'a>>,
}

/// Loop 2110: IK4 with its contexts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElementError<'a> {
    /// IK401: element, component, repetition.
    pub position: Vec<Text<'a>>,
    /// IK402: data element number of the standard.
    pub reference: Text<'a>,
    /// IK403.
    pub code: Text<'a>,
    /// IK404: a copy of the bad value. It may be patient data: never log it.
    pub bad_value: Text<'a>,
    /// CTX after the IK4.
    pub contexts: Vec<Vec<Vec<Text<'a>>>>,
}

/// The acknowledgment, borrowed from the set, and what could not be read of it.
pub fn read<'a>(set: &TransactionSet<'a>) -> (GroupAcknowledgment<'a>, Vec<Problem>) {
    read_from(Reader::new(set))
}

/// The acknowledgment, owned, and what could not be read of it.
pub fn read_owned(set: &TransactionSet<'_>) -> (GroupAcknowledgment<'static>, Vec<Problem>) {
    read_from(Reader::copying(set))
}

fn read_from<'a>(mut r: Reader<'_, 'a>) -> (GroupAcknowledgment<'a>, Vec<Problem>) {
    let mut answer =
        GroupAcknowledgment { control_number: r.text(2), implementation: r.text(3), ..GroupAcknowledgment::default() };
    r.advance();
    while !r.at_end() {
        match r.id() {
            ids::AK1 => {
                answer.functional_id = r.text(1);
                answer.group_control_number = r.text(2);
                answer.version = r.text(3);
            }
            ids::AK2 => {
                answer.sets.push(read_set(&mut r));
                continue;
            }
            ids::AK9 => {
                answer.code = r.text(1);
                answer.sets_included = r.text(2);
                answer.sets_received = r.text(3);
                answer.sets_accepted = r.text(4);
                answer.errors = error_codes(&r, 5..=9);
                answer.source = r.source_since_with_current(r.position());
            }
            _ => {}
        }
        r.advance();
    }
    (answer, r.into_problems())
}

fn read_set<'a>(r: &mut Reader<'_, 'a>) -> SetAcknowledgment<'a> {
    let start = r.position();
    let mut set = SetAcknowledgment {
        set_id: r.text(1),
        control_number: r.text(2),
        implementation: r.text(3),
        ..SetAcknowledgment::default()
    };
    r.advance();
    loop {
        match r.id() {
            ids::IK3 => set.segments.push(SegmentError {
                segment_id: r.text(1),
                position: r.text(2),
                loop_id: r.text(3),
                code: r.text(4),
                ..SegmentError::default()
            }),
            ids::IK4 => {
                let element = ElementError {
                    position: r.components(1),
                    reference: r.text(2),
                    code: r.text(3),
                    bad_value: r.text(4),
                    ..ElementError::default()
                };
                if let Some(segment) = set.segments.last_mut() {
                    segment.elements.push(element);
                }
            }
            ids::CTX => read_context(&mut set, r),
            ids::IK5 => {
                set.code = r.text(1);
                set.errors = error_codes(r, 2..=6);
            }
            ids::AK2 | ids::AK9 | ids::END => break,
            _ => {}
        }
        r.advance();
    }
    set.source = r.source_since(start);
    set
}

fn read_context<'a>(set: &mut SetAcknowledgment<'a>, r: &Reader<'_, 'a>) {
    let context = (1..=r.len()).map(|n| r.components(n)).collect();
    let Some(segment) = set.segments.last_mut() else { return };
    match segment.elements.last_mut() {
        Some(element) => element.contexts.push(context),
        None => segment.contexts.push(context),
    }
}

fn error_codes<'a>(r: &Reader<'_, 'a>, elements: std::ops::RangeInclusive<usize>) -> Vec<Text<'a>> {
    elements.map(|n| r.text(n)).filter(|code| !code.is_empty()).collect()
}

/// Writes ST to SE.
pub fn write(answer: &GroupAcknowledgment<'_>, writer: &mut Writer) {
    let out = &mut Out::open(writer, "999", &answer.implementation);
    out.begin("AK1").text(&answer.functional_id).text(&answer.group_control_number).text(&answer.version).end();
    answer.sets.iter().for_each(|set| write_set(set, out));
    let mut trailer = out
        .begin("AK9")
        .text(&answer.code)
        .text(&answer.sets_included)
        .text(&answer.sets_received)
        .text(&answer.sets_accepted);
    for error in &answer.errors {
        trailer = trailer.text(error);
    }
    trailer.end();
    out.close();
}

fn write_set(set: &SetAcknowledgment<'_>, out: &mut Out<'_>) {
    out.begin("AK2").text(&set.set_id).text(&set.control_number).text(&set.implementation).end();
    for segment in &set.segments {
        out.begin("IK3")
            .text(&segment.segment_id)
            .text(&segment.position)
            .text(&segment.loop_id)
            .text(&segment.code)
            .end();
        write_contexts(&segment.contexts, out);
        for element in &segment.elements {
            out.begin("IK4")
                .composite(&element.position)
                .text(&element.reference)
                .text(&element.code)
                .text(&element.bad_value)
                .end();
            write_contexts(&element.contexts, out);
        }
    }
    let mut trailer = out.begin("IK5").text(&set.code);
    for error in &set.errors {
        trailer = trailer.text(error);
    }
    trailer.end();
}

fn write_contexts(contexts: &[Vec<Vec<Text<'_>>>], out: &mut Out<'_>) {
    for context in contexts {
        let mut segment = out.begin("CTX");
        for element in context {
            segment = segment.composite(element);
        }
        segment.end();
    }
}
