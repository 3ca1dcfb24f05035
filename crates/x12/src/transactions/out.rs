//! What every typed transaction is written with: one segment after the other, its elements in order.
//!
//! Knows no guide; order and usage are the business of each transaction.

use jiff::civil::Date;

use super::text::Text;
use crate::Amount;
use crate::date::format_d8;
use crate::writer::{OpenSegment, Writer};

/// Writes the segments of one transaction set.
pub struct Out<'w> {
    writer: &'w mut Writer,
    levels: u32,
}

impl<'w> Out<'w> {
    /// Begins the set; `version` empty for sets whose ST has none.
    pub(crate) fn open(writer: &'w mut Writer, id: &str, version: &str) -> Self {
        writer.begin_set(id, (!version.is_empty()).then_some(version));
        Out { writer, levels: 0 }
    }

    /// Ends the set.
    pub(crate) fn close(&mut self) {
        self.writer.end_set();
    }

    /// What it is written with, for output that is not to be held.
    pub(crate) fn writer(&mut self) -> &mut Writer {
        self.writer
    }

    pub(crate) fn begin(&mut self, id: &'static str) -> SegmentOut<'_> {
        let open = self.writer.open_segment(id);
        SegmentOut { writer: self.writer, open }
    }

    /// A segment of simple elements as they are; without any, none is written.
    pub(crate) fn texts(&mut self, id: &'static str, texts: &[Text<'_>]) {
        let mut segment = self.begin(id);
        for text in texts {
            segment = segment.text(text);
        }
        segment.end();
    }

    /// A segment of elements, each given by its components; without any, none is written.
    pub(crate) fn composites(&mut self, id: &'static str, elements: &[Vec<Text<'_>>]) {
        let mut segment = self.begin(id);
        for element in elements {
            segment = segment.composite(element);
        }
        segment.end();
    }

    /// A binary segment: elements, the count of the octets, the octets.
    pub(crate) fn binary(&mut self, id: &'static str, before: &[&str], octets: &[u8]) {
        self.writer.binary(id, before, octets);
    }

    /// Writes an HL with the next number and gives that number. `child` is HL04, which the 277CA leaves out at its leaves.
    pub(crate) fn hierarchy(&mut self, parent: Option<u32>, level: &str, child: Child) -> u32 {
        self.levels += 1;
        let number = self.levels;
        let (own, parent) = (number.to_string(), parent.map(|p| p.to_string()).unwrap_or_default());
        let child = match child {
            Child::Follows => "1",
            Child::None => "0",
            Child::Unsaid => "",
        };
        self.begin("HL").text(&own).text(&parent).text(level).text(child).end();
        number
    }
}

/// HL04.
#[derive(Clone, Copy)]
pub(crate) enum Child {
    Follows,
    None,
    Unsaid,
}

impl From<bool> for Child {
    fn from(follows: bool) -> Self {
        if follows { Child::Follows } else { Child::None }
    }
}

/// One segment being written; elements are given in order. Trailing empty ones are left out, and with them a segment
/// that has no other.
#[must_use]
pub(crate) struct SegmentOut<'o> {
    writer: &'o mut Writer,
    open: OpenSegment,
}

impl SegmentOut<'_> {
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.writer.put_text(&mut self.open, text);
        self
    }

    pub(crate) fn skip(mut self, elements: usize) -> Self {
        for _ in 0..elements {
            self = self.text("");
        }
        self
    }

    pub(crate) fn amount(self, amount: Amount) -> Self {
        self.text(&amount.to_string())
    }

    pub(crate) fn optional_amount(self, amount: Option<Amount>) -> Self {
        match amount {
            Some(amount) => self.amount(amount),
            None => self.text(""),
        }
    }

    pub(crate) fn date(self, date: Option<Date>) -> Self {
        match date {
            Some(date) => self.text(&format_d8(date)),
            None => self.text(""),
        }
    }

    /// A composite; trailing empty components are left out.
    pub(crate) fn composite<I>(mut self, components: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.writer.put_composite(&mut self.open, components);
        self
    }

    pub(crate) fn repeated<I>(mut self, texts: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.writer.put_repeated(&mut self.open, texts);
        self
    }

    pub(crate) fn end(self) {
        self.writer.close_segment(self.open);
    }
}
