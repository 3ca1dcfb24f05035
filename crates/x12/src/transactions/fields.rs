//! What every typed transaction is read with and written with: a cursor over segments, a segment builder.
//!
//! The cursor never fails: what is absent is empty, what is no number is nothing and a problem. The
//! builder knows no guide; order and usage are the business of each transaction.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;

use crate::date::parse_d8;
use crate::problem::{Code, Severity, Snip};
use crate::{Amount, Problem, Segment, TransactionSet, Value, Writer};

/// The text of an element, borrowed from the file or made by us. Empty means absent.
pub type Text<'a> = Cow<'a, str>;

/// Where a loop stands in its file, so that a screen can show the raw segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Ordinals of the first segment of the loop and of the one after its last.
    pub segments: Range<u64>,
    /// The bytes of the file from its first segment to the end of its last, without terminator.
    pub bytes: Range<usize>,
}

/// A cursor over the segments of one transaction set.
pub(crate) struct Reader<'t, 'a> {
    segments: &'t [Segment<'a>],
    at: usize,
    problems: Vec<Problem>,
}

impl<'t, 'a> Reader<'t, 'a> {
    /// Stands on the ST.
    pub(crate) fn new(set: &'t TransactionSet<'a>) -> Self {
        Reader { segments: &set.segments, at: 0, problems: Vec::new() }
    }

    fn current(&self) -> Option<&Segment<'a>> {
        self.segments.get(self.at)
    }

    /// The id of the current segment; empty past the last.
    pub(crate) fn id(&self) -> &'a str {
        self.current().map_or("", |segment| segment.id())
    }

    /// At the SE or past the last segment.
    pub(crate) fn at_end(&self) -> bool {
        self.current().is_none_or(|segment| segment.is("SE"))
    }

    pub(crate) fn advance(&mut self) {
        self.at += 1;
    }

    /// How many elements the current segment has.
    pub(crate) fn len(&self) -> usize {
        self.current().map_or(0, Segment::len)
    }

    pub(crate) fn text(&self, element: usize) -> Text<'a> {
        self.current().map_or(Text::default(), |segment| segment.text(element))
    }

    /// Every element of the current segment.
    pub(crate) fn texts(&self) -> Vec<Text<'a>> {
        (1..=self.len()).map(|n| self.text(n)).collect()
    }

    pub(crate) fn is(&self, element: usize, value: &str) -> bool {
        self.current().is_some_and(|segment| segment.element(element) == value.as_bytes())
    }

    pub(crate) fn component(&self, element: usize, component: usize) -> Text<'a> {
        self.current().map_or(Text::default(), |segment| segment.component_text(element, component))
    }

    /// What follows the separator before element `element` to the segment's end, as octets: binary data may hold any
    /// separator.
    pub(crate) fn octets(&self, element: usize) -> &'a [u8] {
        let Some(segment) = self.current() else { return b"" };
        let separator = segment.delimiters().element;
        segment.raw().splitn(element + 1, |byte| *byte == separator).nth(element).unwrap_or_default()
    }

    pub(crate) fn components(&self, element: usize) -> Vec<Text<'a>> {
        self.current().map_or(Vec::new(), |segment| segment.components(element).map(crate::segment::decode).collect())
    }

    pub(crate) fn repetitions(&self, element: usize) -> Vec<Text<'a>> {
        self.current().map_or(Vec::new(), |segment| segment.repetitions(element).map(crate::segment::decode).collect())
    }

    /// An amount that should be there: absent or unreadable is nothing, unreadable also a problem.
    pub(crate) fn amount(&mut self, element: usize) -> Amount {
        self.optional_amount(element).unwrap_or(Amount::ZERO)
    }

    /// An amount that may be absent.
    pub(crate) fn optional_amount(&mut self, element: usize) -> Option<Amount> {
        let bytes = self.current()?.element(element);
        if bytes.is_empty() {
            return None;
        }
        let amount = Amount::parse(bytes).ok();
        if amount.is_none() {
            self.unreadable(element, "unreadable-amount", 6, "the amount is no number of dollars and cents");
        }
        amount
    }

    /// A day written CCYYMMDD.
    pub(crate) fn date(&mut self, element: usize) -> Option<Date> {
        let bytes = self.current()?.element(element);
        if bytes.is_empty() {
            return None;
        }
        let date = parse_d8(bytes);
        if date.is_none() {
            self.unreadable(element, "unreadable-date", 8, "the date is no day of the calendar");
        }
        date
    }

    fn unreadable(&mut self, element: usize, rule: &'static str, code: u8, message: &'static str) {
        let Some(segment) = self.segments.get(self.at) else { return };
        let span = segment.element_span(element);
        self.problems.push(Problem {
            snip: Snip::Syntax,
            severity: Severity::Error,
            code: Code::Element(false, code),
            segment: segment.segment_id(),
            ordinal: segment.ordinal,
            loop_id: "",
            element: u8::try_from(element).unwrap_or(0),
            component: 0,
            repetition: 0,
            span: (span.start as u64, u32::try_from(span.len()).unwrap_or(u32::MAX)),
            rule,
            message,
            remedy: "Ask the sender for a corrected file.",
        });
    }

    /// Where the cursor stands, for [`source_since`](Self::source_since).
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The place of the segments from `start` to the one before the current.
    pub(crate) fn source_since(&self, start: usize) -> Source {
        self.source(start, self.at)
    }

    /// The place of the segments from `start` to the current, which is included.
    pub(crate) fn source_since_with_current(&self, start: usize) -> Source {
        self.source(start, self.at + 1)
    }

    fn source(&self, start: usize, end: usize) -> Source {
        let slice = self.segments.get(start..end.min(self.segments.len())).unwrap_or(&[]);
        match (slice.first(), slice.last()) {
            (Some(first), Some(last)) => {
                Source { segments: first.ordinal..last.ordinal + 1, bytes: first.span().start..last.span().end }
            }
            _ => Source::default(),
        }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

/// The last of a list; where there is none yet, an empty one is made, so that nothing below a missing level is lost.
pub(crate) fn last_or_new<T: Default>(items: &mut Vec<T>) -> &mut T {
    if items.is_empty() {
        items.push(T::default());
    }
    let last = items.len() - 1;
    &mut items[last]
}

/// Writes the segments of one transaction set.
pub(crate) struct Out<'w> {
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

    pub(crate) fn begin<'o, 'v>(&'o mut self, id: &'static str) -> SegmentOut<'o, 'v> {
        SegmentOut { writer: self.writer, id, values: Vec::new() }
    }

    /// A segment of simple elements as they are; without any, none is written.
    pub(crate) fn texts(&mut self, id: &'static str, texts: &[Text<'_>]) {
        let mut segment = self.begin(id);
        for text in texts {
            segment = segment.text(text);
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

/// One segment being built; elements are given in order.
#[must_use]
pub(crate) struct SegmentOut<'o, 'v> {
    writer: &'o mut Writer,
    id: &'static str,
    values: Vec<Value<'v>>,
}

impl<'v> SegmentOut<'_, 'v> {
    pub(crate) fn text(mut self, text: &'v str) -> Self {
        self.values.push(Value::from(text));
        self
    }

    pub(crate) fn skip(mut self, elements: usize) -> Self {
        self.values.extend(std::iter::repeat_n(Value::EMPTY, elements));
        self
    }

    pub(crate) fn amount(mut self, amount: Amount) -> Self {
        self.values.push(amount.into());
        self
    }

    pub(crate) fn optional_amount(mut self, amount: Option<Amount>) -> Self {
        self.values.push(amount.into());
        self
    }

    pub(crate) fn date(mut self, date: Option<Date>) -> Self {
        self.values.push(date.into());
        self
    }

    pub(crate) fn composite(mut self, components: &[Text<'v>]) -> Self {
        self.values.push(Value::Composite(components.to_vec()));
        self
    }

    pub(crate) fn repeated(mut self, texts: &[Text<'v>]) -> Self {
        self.values.push(Value::repeated(texts.to_vec()));
        self
    }

    pub(crate) fn end(self) {
        self.writer.segment(self.id, self.values);
    }
}
