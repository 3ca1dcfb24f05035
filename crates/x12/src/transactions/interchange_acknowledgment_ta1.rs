//! TA1: the answer to an interchange. It is one segment outside any group, so it is read from that segment.

use super::text::Text;
use crate::date::parse_d6;
use crate::{Segment, Value, Writer};
use jiff::civil::Date;

/// One TA1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterchangeAcknowledgment<'a> {
    /// TA101: ISA13 of the interchange it answers.
    pub control_number: Text<'a>,
    /// TA102: ISA09 of that interchange.
    pub sent_on: Option<Date>,
    /// TA103: ISA10 of that interchange, HHMM.
    pub sent_at: Text<'a>,
    /// TA104: `A` accepted, `E` accepted with errors, `R` rejected.
    pub code: Text<'a>,
    /// TA105: `000` to `031`.
    pub note: Text<'a>,
}

impl InterchangeAcknowledgment<'_> {
    /// Whether the interchange was taken, with or without errors.
    pub fn is_accepted(&self) -> bool {
        self.code == "A" || self.code == "E"
    }
}

/// The answer in a TA1 segment, borrowed from it; a date that is none is absent.
pub fn read<'a>(ta1: &Segment<'a>) -> InterchangeAcknowledgment<'a> {
    InterchangeAcknowledgment {
        control_number: ta1.text(1).into(),
        sent_on: parse_d6(ta1.element(2)),
        sent_at: ta1.text(3).into(),
        code: ta1.text(4).into(),
        note: ta1.text(5).into(),
    }
}

/// The same, owned.
pub fn read_owned(ta1: &Segment<'_>) -> InterchangeAcknowledgment<'static> {
    let read = read(ta1);
    InterchangeAcknowledgment {
        control_number: read.control_number.into_owned(),
        sent_on: read.sent_on,
        sent_at: read.sent_at.into_owned(),
        code: read.code.into_owned(),
        note: read.note.into_owned(),
    }
}

/// Writes the segment; it must be written before any group.
pub fn write(acknowledgment: &InterchangeAcknowledgment<'_>, writer: &mut Writer) {
    let sent_on = acknowledgment.sent_on.map(|day| crate::date::format_d8(day)[2..].to_owned()).unwrap_or_default();
    writer.interchange_acknowledgment([
        Value::from(acknowledgment.control_number.as_str()),
        Value::from(sent_on),
        Value::from(acknowledgment.sent_at.as_str()),
        Value::from(acknowledgment.code.as_str()),
        Value::from(acknowledgment.note.as_str()),
    ]);
}
