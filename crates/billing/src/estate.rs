//! A patient who died: who acts for the estate, and by when a claim against it must be filed, by the state's clock. Where nothing
//! started the clock, or the state's length is not known to us, no day is guessed. Asks nobody of the family for anything.

use jiff::civil::Date;

use crate::clock::ClockKind;
use crate::clock::state_rules::rule_of;
use crate::work::calendar::Calendar;

/// What came of the claim against an estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EstateOutcome {
    /// Not decided yet, or not filed.
    Open,
    /// The representative or the court allowed it.
    Allowed,
    /// It was rejected; a suit has a day of its own, which counsel knows.
    Rejected,
    /// Nothing more is asked of the estate.
    Closed,
}

impl EstateOutcome {
    /// Every outcome, in the order of the form.
    pub const ALL: [EstateOutcome; 4] =
        [EstateOutcome::Open, EstateOutcome::Allowed, EstateOutcome::Rejected, EstateOutcome::Closed];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            EstateOutcome::Open => "open",
            EstateOutcome::Allowed => "allowed",
            EstateOutcome::Rejected => "rejected",
            EstateOutcome::Closed => "closed",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            EstateOutcome::Open => "Open",
            EstateOutcome::Allowed => "Claim allowed",
            EstateOutcome::Rejected => "Claim rejected",
            EstateOutcome::Closed => "Nothing more is asked",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<EstateOutcome> {
        EstateOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// By when a claim must be filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimDay {
    /// By this day, by the rule of this source.
    By(Date, &'static str),
    /// Neither letters nor a notice started the clock; the rule of this source runs from them.
    NotStarted(&'static str),
    /// The state's length is not known to us.
    NotKnown,
}

/// By when a claim against an estate must be filed: from the court's letters, else from the notice that reached us.
pub fn claim_day(state: &str, letters_on: Option<Date>, notice_on: Option<Date>) -> ClaimDay {
    let Some(rule) = rule_of(ClockKind::EstateClaim, state) else { return ClaimDay::NotKnown };
    match letters_on.or(notice_on) {
        Some(start) => ClaimDay::By(rule.length.after(start, &Calendar::default()), rule.source),
        None => ClaimDay::NotStarted(rule.source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_clock_runs_from_the_letters_else_the_notice_and_no_day_is_guessed() {
        let by = |state, letters, notice| match claim_day(state, letters, notice) {
            ClaimDay::By(day, _) => Some(day),
            ClaimDay::NotStarted(_) | ClaimDay::NotKnown => None,
        };
        let (february, march) = (Some(date(2026, 2, 1)), Some(date(2026, 3, 1)));
        assert_eq!(by("CA", february, march), Some(date(2026, 6, 1)));
        assert_eq!(by("NY", february, None), Some(date(2026, 9, 1)));
        assert_eq!(by("CA", None, march), Some(date(2026, 7, 1)));
        assert!(matches!(claim_day("CA", None, None), ClaimDay::NotStarted(_)));
        assert_eq!(claim_day("OH", february, march), ClaimDay::NotKnown);
        for outcome in EstateOutcome::ALL {
            assert_eq!(EstateOutcome::parse(outcome.as_str()), Some(outcome));
        }
    }
}
