//! Rules of 270 and 271 (005010X279A1): percentages are fractions.
//!
//! Judges form only; what a benefit means is the reader's business.

use crate::check::cells::Cells;
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::guide::Tag;
use crate::problem::{Code, Snip};
use crate::rules::SetRules;

rules! {
    PERCENT = "271-percent", Guide, Code::Situation, "a percentage is not a fraction between 0 and 1", "Write 20 percent as .2.";
}

/// The rules of a set; they keep nothing.
#[derive(Default)]
pub(super) struct EligibilityRules;

impl SetRules for EligibilityRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        if tag == Tag::Benefit && clean && !cells.get(8).is_empty() && !is_fraction(cells.get(8)) {
            sink.error(&PERCENT, cells.at_element(8));
        }
    }

    fn close(&mut self, _: &'static str, _: &Cells<'_>, _: &mut Sink<'_>) {}

    fn broken(&mut self) {}
}

/// A decimal from 0 to 1.
fn is_fraction(decimal: &[u8]) -> bool {
    let point = decimal.iter().position(|byte| *byte == b'.').unwrap_or(decimal.len());
    let (whole, rest) = decimal.split_at(point);
    let is_zero = |digits: &[u8]| digits.iter().all(|byte| matches!(byte, b'0' | b'.'));
    let ones = &whole[whole.iter().take_while(|byte| **byte == b'0').count()..];
    ones.is_empty() || (ones == b"1" && is_zero(rest))
}
