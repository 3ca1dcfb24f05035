//! Rules of the 999 (005010X231A1): the group's decision and counts agree with the sets it answers.
//!
//! Accepted sets may be left unmentioned, so fewer responses than sets are no fault of an accepted group.

use crate::check::cells::Cells;
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::guide::Tag;
use crate::problem::{Code, Snip};
use crate::rules::{SetRules, whole_number};

rules! {
    COUNT = "999-sets", Balance, Code::Situation, "the numbers of sets in AK9 do not agree with the responses", "Count the sets that were sent, received and accepted.";
    ACCEPTED = "999-set-decision", Situation, Code::Situation, "a set is accepted without a word of the errors that are listed for it", "Write E where a set is accepted though it has errors, R where it is rejected.";
    DECISION = "999-decision", Balance, Code::Situation, "the decision on the group does not follow from those on its sets", "Write A, E, P or R as the sets were decided.";
}

/// The state of the rules over a set.
#[derive(Default)]
pub(super) struct AcknowledgmentRules {
    responses: u32,
    accepted: u32,
    /// Errors were listed in the open response.
    lists_errors: bool,
    is_broken: bool,
}

impl SetRules for AcknowledgmentRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        match tag {
            Tag::AcknowledgedSet => {
                self.responses += 1;
                self.lists_errors = false;
            }
            Tag::SegmentInError => self.lists_errors = true,
            Tag::SetDecision if clean => {
                self.accepted += u32::from(matches!(cells.get(1), b"A" | b"E"));
                if cells.get(1) == b"A" && self.lists_errors && !self.is_broken {
                    sink.error(&ACCEPTED, cells.at_element(1));
                    // What the group says of it follows.
                    self.is_broken = true;
                }
            }
            Tag::SetDecision => self.is_broken = true,
            Tag::GroupDecision if clean && !self.is_broken => self.group(cells, sink),
            _ => {}
        }
    }

    fn close(&mut self, _: &'static str, _: &Cells<'_>, _: &mut Sink<'_>) {}

    fn broken(&mut self) {
        self.is_broken = true;
    }
}

impl AcknowledgmentRules {
    fn group(&self, cells: &Cells<'_>, sink: &mut Sink<'_>) {
        let number = |n: usize| whole_number(cells.get(n)).unwrap_or(0);
        let (included, received, accepted) = (number(2), number(3), number(4));
        // Code 5 says that the sender's own count was wrong, code 3 that the trailer was missing.
        let count_was_wrong = (5..=9).any(|n| matches!(cells.get(n), b"5" | b"3"));
        let rejected = self.responses - self.accepted;
        let is_rejected = cells.get(1) == b"R";
        if included != received && !count_was_wrong {
            sink.error(&COUNT, cells.at_element(2));
        } else if self.responses > received {
            sink.error(&COUNT, cells.at_element(3));
        } else if !is_rejected && (accepted < self.accepted || accepted + rejected > received) {
            // A group rejected as a whole takes its accepted sets with it.
            sink.error(&COUNT, cells.at_element(4));
        } else {
            let holds = match cells.get(1) {
                b"A" | b"E" => rejected == 0 && accepted == received,
                b"P" => accepted > 0 && accepted < received,
                b"R" => accepted == 0,
                _ => true,
            };
            if !holds {
                sink.error(&DECISION, cells.at_element(1));
            }
        }
    }
}
