//! Clocks: days by which something must be done or a right is lost, who set them, and how they end. One registry
//! ([`ClockKind`]) for law, contract and the practice's own rules. Pure: days come in, days go out. Starts nothing by
//! itself, and lets nothing expire: that is a named person's decision.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::work::calendar::Calendar;

pub mod at_payer;
pub mod forecast;
mod kind;
mod length;
mod reckoning;
mod state;
pub mod state_rules;

pub use kind::{ClockKind, DISPUTE_OVER};
pub use length::Length;
pub use reckoning::{Reckoning, left_words, reckon};
pub use state::{ClockDecision, ClockState};

/// What a clock is about: a right of ours, a duty of ours, or something that another must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Ours to use or to lose: a filing limit, an appeal.
    Right,
    /// Ours to do: no decision of ours can waive it.
    Duty,
    /// Another's to do: when it runs out, we act.
    Watch,
}

impl Nature {
    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Nature::Right => "a right to use or lose",
            Nature::Duty => "a duty",
            Nature::Watch => "another must act",
        }
    }
}

/// Where the length of a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A law or an official rule; none as `checked` where nobody held our figure against its text yet.
    Law {
        /// Where it stands.
        citation: &'static str,
        /// The day on which the figure was compared with it, or with an official page that quotes it.
        checked: Option<Date>,
    },
    /// The contract with the payer: the figure is the program's until the payer's own is entered.
    Contract,
    /// The practice's own rule: the figure is the program's until the practice sets its own.
    Practice,
    /// A law of the state, from a table of states with a source each.
    State,
    /// The date comes with the thing itself: a letter, a permission, a hold.
    Given,
}

impl Source {
    /// A few words for a page.
    pub fn words(self) -> &'static str {
        match self {
            Source::Law { citation, .. } => citation,
            Source::Contract => "payer's contract",
            Source::Practice => "the practice's own rule",
            Source::State => "state law",
            Source::Given => "the date that was given",
        }
    }
}

/// What is the same for every clock of a kind. The reference page is generated from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFacts {
    /// What a page says, short.
    pub title: &'static str,
    /// Right, duty, or another's.
    pub nature: Nature,
    /// How long it runs where nobody agreed on anything else; none where only a state's table or the thing itself says.
    pub length: Option<Length>,
    /// Where that length stands.
    pub source: Source,
    /// What holds instead where the payer is Medicare itself.
    pub medicare: Option<(Length, Source)>,
    /// Whether somebody may grant more time: a payer, a court, a law's own extension.
    pub extends: bool,
    /// Business days before its last day on which it is told, first warning first.
    pub warns: &'static [u32],
    /// What starts it.
    pub starts: &'static str,
    /// What ends it well.
    pub ends: &'static str,
}

/// What was agreed or set about a clock for one payer and one practice; nothing in it leaves the kind's own length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreed<'a> {
    /// The payer's contract.
    pub payer: Option<Length>,
    /// The practice's own figure.
    pub practice: Option<Length>,
    /// Whether the payer is Medicare itself, part A or B.
    pub medicare: bool,
    /// Two letters of the state whose law counts.
    pub state: Option<&'a str>,
}

/// How long a clock runs, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long.
    pub length: Length,
    /// Who says so.
    pub source: Source,
}

/// The terms of a kind under what was agreed: the payer's contract first, then Medicare's law where it is Medicare, then
/// the state's, then the practice's own, then the kind's. None where the date must be given, or no table knows the state.
pub fn terms(kind: ClockKind, agreed: &Agreed<'_>) -> Option<Terms> {
    let facts = kind.facts();
    if let Some(length) = agreed.payer {
        return Some(Terms { length, source: Source::Contract });
    }
    if agreed.medicare
        && let Some((length, source)) = facts.medicare
    {
        return Some(Terms { length, source });
    }
    if let Some(rule) = agreed.state.and_then(|state| state_rules::rule_of(kind, state)) {
        let source = Source::Law { citation: rule.source, checked: None };
        return Some(Terms { length: rule.length, source });
    }
    if let Some(length) = agreed.practice {
        return Some(Terms { length, source: Source::Practice });
    }
    facts.length.map(|length| Terms { length, source: facts.source })
}

/// The last day of a clock that started on a day. The day it starts on is day 0.
pub fn due(start: Date, terms: &Terms, calendar: &Calendar) -> Date {
    terms.length.after(start, calendar)
}

/// The last day on which a desk that is open can still act: the due day itself, or the open day before it.
pub fn last_working_day(due_on: Date, calendar: &Calendar) -> Date {
    let mut day = due_on;
    while !calendar.is_open(day) {
        day = day.saturating_sub(1.day());
    }
    day
}

/// How many of a kind's warnings are due: 0 while the last day is far, all of them when it is here.
pub fn warnings_due(kind: ClockKind, due_on: Date, today: Date, calendar: &Calendar) -> usize {
    let facts = kind.facts();
    let far = facts.warns.first().copied().unwrap_or(0);
    // A day of work comes at least every fourth day; further off nothing needs to be counted.
    if i64::from((due_on - today).get_days()) > i64::from(far).saturating_mul(4).saturating_add(14) {
        return 0;
    }
    let left = calendar.business_days_between(today, due_on);
    facts.warns.iter().filter(|step| left <= i64::from(**step)).count()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_contract_goes_before_medicares_law_and_the_law_before_the_practices_own_figure() {
        let none = Agreed::default();
        for (story, kind, agreed, days, source) in [
            ("nobody agreed on anything", ClockKind::TimelyFiling, none, Length::Days(90), "payer's contract"),
            (
                "the contract",
                ClockKind::TimelyFiling,
                Agreed { payer: Some(Length::Days(120)), ..none },
                Length::Days(120),
                "payer's contract",
            ),
            (
                "Medicare",
                ClockKind::TimelyFiling,
                Agreed { medicare: true, ..none },
                Length::Months(12),
                "42 CFR 424.44",
            ),
            (
                "Medicare's first level",
                ClockKind::AppealFirst,
                Agreed { medicare: true, practice: Some(Length::Days(90)), ..none },
                Length::Days(120),
                "42 CFR 405.942",
            ),
            (
                "the practice wants it sooner",
                ClockKind::ReturnedMail,
                Agreed { practice: Some(Length::Days(5)), ..none },
                Length::Days(5),
                "the practice's own rule",
            ),
        ] {
            let terms = terms(kind, &agreed).unwrap();
            assert_eq!((terms.length, terms.source.words()), (days, source), "{story}");
        }
        assert_eq!(terms(ClockKind::AuthorizationExpiry, &none), None, "its date is given");
    }

    #[test]
    fn warnings_come_one_by_one_as_business_days_run_out() {
        let calendar = Calendar::default();
        // Thanksgiving, Thursday the 26th, is no day of work.
        let due_on = date(2026, 11, 30);
        let seen: Vec<usize> = [date(2026, 6, 1), date(2026, 10, 31), date(2026, 11, 13), date(2026, 11, 24), due_on]
            .into_iter()
            .map(|today| warnings_due(ClockKind::TimelyFiling, due_on, today, &calendar))
            .collect();
        assert_eq!(seen, [0, 1, 2, 3, 3]);
    }

    #[test]
    fn a_clock_that_ends_on_a_closed_day_must_be_worked_before_it() {
        let calendar = Calendar::default();
        assert_eq!(last_working_day(date(2026, 11, 26), &calendar), date(2026, 11, 25));
        assert_eq!(last_working_day(date(2026, 11, 29), &calendar), date(2026, 11, 27));
    }
}
