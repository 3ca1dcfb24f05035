//! The ISA: 106 bytes in fixed places, or near enough to read on; its codes, dates and separators.
//!
//! Recovers separators only where the next segment proves them; otherwise says so.

use crate::check::cells::At;
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::date::{parse_d6, parse_tm};
use crate::delimiters::Delimiters;
use crate::problem::{Code, Snip};
use crate::segment::{Segment, SegmentId};

rules! {
    SEPARATORS = "isa-separators", Syntax, Code::Interchange(27), "the separators of the interchange are not four different characters", "Choose separators that differ and stand nowhere in data.";
    ELEMENT_SEPARATOR = "isa11-separator", Syntax, Code::Interchange(26), "the repetition separator is the element separator", "Write ^ or another unused character into ISA11.";
    AUTHORIZATION = "isa01", Syntax, Code::Interchange(10), "the authorization qualifier is unknown", "Write 00 unless the partner says otherwise.";
    SECURITY = "isa03", Syntax, Code::Interchange(12), "the security qualifier is unknown", "Write 00 unless the partner says otherwise.";
    SENDER_QUALIFIER = "isa05", Syntax, Code::Interchange(5), "the sender's qualifier is unknown", "Use a qualifier of the standard, such as ZZ.";
    SENDER = "isa06", Syntax, Code::Interchange(6), "the sender's id is blank", "Write the id that the partner gave you.";
    RECEIVER_QUALIFIER = "isa07", Syntax, Code::Interchange(7), "the receiver's qualifier is unknown", "Use a qualifier of the standard, such as ZZ.";
    RECEIVER = "isa08", Syntax, Code::Interchange(8), "the receiver's id is blank", "Write the receiver's id.";
    DATE = "isa09", Syntax, Code::Interchange(14), "the interchange date is no day", "Write YYMMDD.";
    TIME = "isa10", Syntax, Code::Interchange(15), "the interchange time is no time of day", "Write HHMM.";
    REPETITION = "isa11", Syntax, Code::Interchange(16), "the repetition separator is a letter or digit, as in version 4010; repetitions are not read", "Write ^ or another unused character.";
    VERSION = "isa12", Syntax, Code::Interchange(17), "the version of the interchange is unknown", "Write 00501.";
    CONTROL_NUMBER = "isa13", Syntax, Code::Interchange(18), "the interchange control number is not nine digits", "Write nine digits.";
    ACKNOWLEDGMENT = "isa14", Syntax, Code::Interchange(19), "the acknowledgment request is neither 0 nor 1", "Write 0 or 1.";
    USAGE = "isa15", Syntax, Code::Interchange(20), "the usage is neither P nor T", "Write P for production or T for test.";
}

/// The bytes an ISA takes with its terminator.
const LENGTH: usize = 106;
/// Where the element separators stand in it.
const SEPARATORS_AT: [usize; 16] = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103];
/// How far a misshapen ISA is looked through for its sixteenth separator.
pub(crate) const LONGEST: usize = 400;

/// An ISA as it was read.
#[derive(Debug)]
pub(crate) struct Isa {
    pub delimiters: Delimiters,
    /// How long it is with its terminator.
    pub end: usize,
    /// Whether it can be relied on to read on.
    pub is_sound: bool,
}

/// Reads the ISA that these bytes begin with. None when what follows `ISA` cannot be one.
pub(crate) fn read(rest: &[u8]) -> Option<Isa> {
    let element = *rest.get(3)?;
    let is_in_place = rest.len() >= LENGTH && SEPARATORS_AT.iter().all(|at| rest[*at] == element);
    if is_in_place {
        return Some(Isa {
            delimiters: delimiters(element, rest[82], rest[104], rest[105]),
            end: LENGTH,
            is_sound: true,
        });
    }
    let window = &rest[..rest.len().min(LONGEST)];
    let mut places = window.iter().enumerate().filter(|(_, byte)| **byte == element).map(|(at, _)| at);
    let eleventh = places.nth(10);
    let sixteenth = places.nth(4);
    let (Some(eleventh), Some(sixteenth)) = (eleventh, sixteenth) else {
        return Some(Isa { delimiters: Delimiters { element, ..Delimiters::default() }, end: 3, is_sound: false });
    };
    let byte_after = |at: usize| window.get(at + 1).copied().unwrap_or(0);
    let found = delimiters(element, byte_after(eleventh), byte_after(sixteenth), byte_after(sixteenth + 1));
    Some(Isa { delimiters: found, end: (sixteenth + 3).min(rest.len()), is_sound: false })
}

fn delimiters(element: u8, repetition: u8, component: u8, segment: u8) -> Delimiters {
    // Some senders write one byte for ISA11 and ISA16; then the component separator has it.
    let is_taken = [element, component, segment].contains(&repetition);
    let is_usable = !repetition.is_ascii_alphanumeric() && repetition != b' ' && !is_taken;
    Delimiters { element, component, repetition: is_usable.then_some(repetition), segment }
}

/// Whether what follows can be taken apart with these separators; one for repetitions is not needed for that.
pub(crate) fn is_readable(delimiters: &Delimiters) -> bool {
    Delimiters { repetition: None, ..*delimiters }.are_usable()
}

/// Checks the contents of a sound ISA. False when its separators make the rest unreadable.
pub(crate) fn check(isa: &Segment<'_>, sink: &mut Sink<'_>) -> bool {
    let delimiters = isa.delimiters();
    let at = |n: usize| {
        let span = isa.element_span(n);
        At {
            segment: SegmentId::new(b"ISA"),
            ordinal: isa.ordinal,
            element: n as u8,
            component: 0,
            span: (span.start as u64, span.len() as u32),
        }
    };
    if isa.raw().get(82) == Some(&delimiters.element) {
        sink.error(&ELEMENT_SEPARATOR, at(11));
        return false;
    }
    // Where one byte does for both, it is what senders use for one of them.
    let takes_repetition = delimiters.component == b'^' && isa.raw().get(82) == Some(&b'^');
    if takes_repetition || !is_readable(&delimiters) {
        sink.error(&SEPARATORS, at(16));
        return false;
    }
    let element = |n: usize| isa.element(n);
    let is_pair = |value: &[u8], first: u8, last: u8| matches!(value, [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] if (first..=last).contains(&((tens - b'0') * 10 + ones - b'0')));
    let is_party = |value: &[u8]| is_pair(value, 1, 38) || matches!(value, b"ZZ" | b"NR" | b"SA" | b"SN");
    let mut require = |holds: bool, rule: &Rule, n: usize| {
        if !holds {
            sink.error(rule, at(n));
        }
    };
    require(is_pair(element(1), 0, 8), &AUTHORIZATION, 1);
    require(is_pair(element(3), 0, 1), &SECURITY, 3);
    require(is_party(element(5)), &SENDER_QUALIFIER, 5);
    require(!element(6).trim_ascii().is_empty(), &SENDER, 6);
    require(is_party(element(7)), &RECEIVER_QUALIFIER, 7);
    require(!element(8).trim_ascii().is_empty(), &RECEIVER, 8);
    require(parse_d6(element(9)).is_some(), &DATE, 9);
    require(parse_tm(element(10)).is_some(), &TIME, 10);
    require(matches!(element(12), b"00501" | b"00401" | b"00400" | b"00402" | b"00403" | b"00602"), &VERSION, 12);
    require(element(13).len() == 9 && element(13).iter().all(u8::is_ascii_digit), &CONTROL_NUMBER, 13);
    require(matches!(element(14), b"0" | b"1"), &ACKNOWLEDGMENT, 14);
    require(matches!(element(15), b"P" | b"T" | b"I"), &USAGE, 15);
    if delimiters.repetition.is_none() && element(12) == b"00501" {
        sink.warning(&REPETITION, at(11));
    }
    true
}
