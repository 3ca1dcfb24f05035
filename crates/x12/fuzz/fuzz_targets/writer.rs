//! The writer: whatever text it is given, what it writes is one set that reads back segment by segment.
#![no_main]

use libfuzzer_sys::fuzz_target;
use x12::{Delimiters, GroupHeader, InterchangeHeader, Usage, Value, Writer, read};

fuzz_target!(|bytes: &[u8]| {
    let sent_at = jiff::civil::date(2026, 9, 1).at(12, 53, 0, 0);
    let [element, component, repetition, segment, rest @ ..] = bytes else { return };
    let declared =
        Delimiters { element: *element, component: *component, repetition: Some(*repetition), segment: *segment };
    let delimiters = if declared.are_usable() && declared.are_ascii() { declared } else { Delimiters::default() };
    let mut writer = Writer::new(InterchangeHeader {
        sender_qualifier: "ZZ".into(),
        sender: "SENDER".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "RECEIVER".into(),
        sent_at,
        control_number: 42,
        wants_acknowledgment: true,
        usage: Usage::Test,
        delimiters,
    });
    writer.begin_group(&GroupHeader {
        functional_id: "HC".into(),
        sender: "SENDER".into(),
        receiver: "RECEIVER".into(),
        sent_at,
        control_number: 42,
        version: "005010X222A1".into(),
    });
    writer.begin_set("837", Some("005010X222A1"));
    let text = String::from_utf8_lossy(rest);
    for line in text.split('\n') {
        let mut parts = line.split('\t');
        let id = parts.next().unwrap_or_default();
        let is_id =
            (2..=3).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !is_id || id.as_bytes()[0].is_ascii_digit() || matches!(id, "ISA" | "GS" | "ST" | "SE" | "GE" | "IEA") {
            continue;
        }
        // A length that is given as a value counts nothing: such a segment has a way of its own.
        if id == "BIN" || id == "BDS" {
            let filter = parts.next().unwrap_or_default();
            let before = if id == "BDS" { &[filter][..] } else { &[] };
            writer.binary(id, before, parts.next().unwrap_or_default().as_bytes());
            continue;
        }
        let values: Vec<Value<'_>> = parts
            .map(|part| if part.contains('|') { Value::composite(part.split('|')) } else { Value::from(part) })
            .collect();
        writer.segment(id, values);
    }
    // A segment of nothing but empty elements is not written, so the writer counts.
    let written = writer.set_segments() as usize - 1;
    if let Ok(file) = writer.finish() {
        let read = read(&file);
        let (_, _, set) = read.sets().next().expect("the set that was written");
        assert_eq!(set.body().count(), written, "a value opened a segment");
    }
});
