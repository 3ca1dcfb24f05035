//! What a practice says about a reason instead of the program: words, days, steps, an amount. Rows are only added; of
//! those in force the one set last counts, and the program's own stands wherever a row is silent.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::item::WorkRefused;
use super::reason::WorkReason;
use crate::Money;

/// The most business days that a practice may give itself: half a year; more is no plan.
pub const MOST_DAYS: u32 = 130;
/// Longest words of a title, and of a playbook or a step: one line, and one screen.
pub const LONGEST_TITLE: usize = 60;
/// Longest playbook.
pub const LONGEST_PLAYBOOK: usize = 1_500;
/// Most steps: more are not read.
pub const MOST_STEPS: usize = 12;

/// What a practice set. What is none is the program's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnReason {
    /// What a worklist says.
    pub title: Option<String>,
    /// What to do.
    pub playbook: Option<String>,
    /// The steps.
    pub checklist: Option<Vec<String>>,
    /// Business days until somebody has begun.
    pub first_action: Option<u32>,
    /// Business days until it should be resolved.
    pub resolve: Option<u32>,
    /// Cents at stake from which an item counts as large.
    pub large_from: Option<Money>,
}

impl OwnReason {
    /// Whether it can be worked with.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub fn check(&self) -> Result<(), WorkRefused> {
        let says = |words: &Option<String>, longest: usize| {
            words.as_ref().is_none_or(|words| !words.trim().is_empty() && words.chars().count() <= longest)
        };
        if !says(&self.title, LONGEST_TITLE) {
            return Err(WorkRefused(format!("The title is a line of at most {LONGEST_TITLE} characters.")));
        }
        if !says(&self.playbook, LONGEST_PLAYBOOK) {
            return Err(WorkRefused(format!("The playbook has words, and at most {LONGEST_PLAYBOOK} characters.")));
        }
        if let Some(steps) = &self.checklist
            && (steps.is_empty() || steps.len() > MOST_STEPS || steps.iter().any(|step| step.trim().is_empty()))
        {
            return Err(WorkRefused(format!("A checklist has one to {MOST_STEPS} steps, each with words.")));
        }
        if [self.first_action, self.resolve].into_iter().flatten().any(|days| days > MOST_DAYS) {
            return Err(WorkRefused(format!("Days are business days, {MOST_DAYS} at most.")));
        }
        if self.large_from.is_some_and(|amount| amount.is_negative()) {
            return Err(WorkRefused("The amount at stake is dollars and cents from zero on.".to_owned()));
        }
        Ok(())
    }
}

/// A reason as the practice works it on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonInForce {
    /// Which.
    pub reason: WorkReason,
    /// What a worklist says.
    pub title: String,
    /// What to do.
    pub playbook: String,
    /// The steps, in order.
    pub checklist: Vec<String>,
    /// Business days until somebody has begun.
    pub first_action: u32,
    /// Business days until it should be resolved.
    pub resolve: u32,
    /// Cents at stake from which an item counts as large.
    pub large_from: Option<Money>,
}

impl ReasonInForce {
    /// The program's own words and days.
    pub fn shipped(reason: WorkReason) -> Self {
        let spec = reason.spec();
        ReasonInForce {
            reason,
            title: spec.title.to_owned(),
            playbook: spec.playbook.to_owned(),
            checklist: spec.checklist.iter().map(|step| (*step).to_owned()).collect(),
            first_action: spec.first_action,
            resolve: spec.resolve,
            large_from: None,
        }
    }

    /// What holds on a day: rows come as day and words, in the order in which they were set.
    pub fn on<'r>(reason: WorkReason, rows: impl IntoIterator<Item = (Date, &'r OwnReason)>, day: Date) -> Self {
        let mut latest: Option<(Date, &OwnReason)> = None;
        for (from, own) in rows {
            if from <= day && latest.is_none_or(|(known, _)| known <= from) {
                latest = Some((from, own));
            }
        }
        let shipped = ReasonInForce::shipped(reason);
        let Some((_, own)) = latest else { return shipped };
        let own = own.clone();
        ReasonInForce {
            reason,
            title: own.title.unwrap_or(shipped.title),
            playbook: own.playbook.unwrap_or(shipped.playbook),
            checklist: own.checklist.unwrap_or(shipped.checklist),
            first_action: own.first_action.unwrap_or(shipped.first_action),
            resolve: own.resolve.unwrap_or(shipped.resolve),
            large_from: own.large_from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_row_of_the_latest_day_counts_and_is_silent_where_the_program_speaks() {
        let slow = OwnReason { resolve: Some(9), ..OwnReason::default() };
        let fast = OwnReason { resolve: Some(2), title: Some("Not paid".into()), ..OwnReason::default() };
        let rows = [(date(2026, 6, 1), &fast), (date(2026, 1, 1), &slow)];
        let days = |day: Date| ReasonInForce::on(WorkReason::Denied, rows, day);
        assert_eq!(days(date(2025, 12, 31)), ReasonInForce::shipped(WorkReason::Denied));
        assert_eq!((days(date(2026, 3, 1)).resolve, days(date(2026, 3, 1)).title.as_str()), (9, "Denied by the payer"));
        assert_eq!((days(date(2026, 6, 1)).resolve, days(date(2026, 6, 1)).title.as_str()), (2, "Not paid"));
    }

    #[test]
    fn what_cannot_be_worked_with_is_refused_in_a_sentence() {
        for (own, says) in [
            (OwnReason { title: Some(" ".into()), ..OwnReason::default() }, "title"),
            (OwnReason { checklist: Some(vec![]), ..OwnReason::default() }, "steps"),
            (OwnReason { resolve: Some(900), ..OwnReason::default() }, "business days"),
            (OwnReason { large_from: Some(Money::from_cents(-1)), ..OwnReason::default() }, "amount"),
        ] {
            assert!(own.check().unwrap_err().0.contains(says));
        }
        OwnReason::default().check().unwrap();
    }
}
