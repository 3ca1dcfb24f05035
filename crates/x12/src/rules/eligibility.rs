//! Rules of 270 and 271 (005010X279A1): who must be asked about, and percentages as fractions.
//!
//! Judges form only; what a benefit means is the reader's business.

use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::guide::Tag;
use crate::problem::{Code, Snip};
use crate::rules::SetRules;
use crate::segment::SegmentId;

rules! {
    NO_INQUIRY = "270-inquiry-missing", Guide, Code::Segment(false, 3), "nothing is asked about a person without a level below", "Add an EQ segment.";
    PERCENT = "271-percent", Guide, Code::Situation, "a percentage is not a fraction between 0 and 1", "Write 20 percent as .2.";
}

/// The person whose level is open in a 270.
#[derive(Default)]
struct Person {
    is_asked_about: bool,
    has_level_below: bool,
    is_broken: bool,
}

/// The state of the rules over a set.
#[derive(Default)]
pub(super) struct EligibilityRules {
    /// None in a 271, which asks nothing.
    person: Option<Person>,
}

impl SetRules for EligibilityRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        match tag {
            Tag::SubscriberLevel | Tag::DependentLevel => {
                self.judge(cells, sink);
                let has_level_below = cells.get(4) == b"1";
                self.person = Some(Person { is_asked_about: false, has_level_below, is_broken: !clean });
            }
            Tag::Inquiry => {
                if let Some(person) = &mut self.person {
                    person.is_asked_about = true;
                }
            }
            Tag::Benefit if clean && !cells.get(8).is_empty() && !is_fraction(cells.get(8)) => {
                sink.error(&PERCENT, cells.at_element(8));
            }
            _ => {}
        }
    }

    fn close(&mut self, loop_id: &'static str, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        if matches!(loop_id, "2000C" | "2000D") {
            self.judge(cells, sink);
        }
    }

    fn broken(&mut self) {
        if let Some(person) = &mut self.person {
            person.is_broken = true;
        }
    }
}

impl EligibilityRules {
    /// The open person's level ends at this segment.
    fn judge(&mut self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        if let Some(person) = self.person.take()
            && !person.is_broken
            && !person.is_asked_about
            && !person.has_level_below
        {
            sink.error_in(&NO_INQUIRY, At { segment: SegmentId::new(b"EQ"), ..cells.at() }, "2110");
        }
    }
}

/// A decimal from 0 to 1.
fn is_fraction(decimal: &[u8]) -> bool {
    let point = decimal.iter().position(|byte| *byte == b'.').unwrap_or(decimal.len());
    let (whole, rest) = decimal.split_at(point);
    let is_zero = |digits: &[u8]| digits.iter().all(|byte| matches!(byte, b'0' | b'.'));
    let ones = &whole[whole.iter().take_while(|byte| **byte == b'0').count()..];
    ones.is_empty() || (ones == b"1" && is_zero(rest))
}
