//! The arithmetic of one clock, told so that a payer can follow it: from which day, how long, which days were not
//! counted, and the last day. Decides nothing.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{ClockKind, Length, Terms};
use crate::work::calendar::Calendar;

/// How the last day of a clock was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoning {
    /// Day 0.
    pub started_on: Date,
    /// How long, and who says so.
    pub terms: Terms,
    /// The days between that do not count, each with why; none where every calendar day does.
    pub excluded: Vec<(Date, &'static str)>,
    /// The last day.
    pub due_on: Date,
}

/// Counts a clock from its start.
pub fn reckon(started_on: Date, terms: Terms, calendar: &Calendar) -> Reckoning {
    let due_on = super::due(started_on, &terms, calendar);
    let mut excluded = Vec::new();
    if matches!(terms.length, Length::BusinessDays(_)) {
        let mut day = started_on.saturating_add(1.day());
        while day < due_on {
            if let Some(why) = calendar.closed_because(day) {
                excluded.push((day, why));
            }
            day = day.saturating_add(1.day());
        }
    }
    Reckoning { started_on, terms, excluded, due_on }
}

/// A clock as one line: "Wed 25 Nov, 4 business days left — filing limit, payer's contract".
pub fn left_words(kind: ClockKind, due_on: Date, source: &str, today: Date, calendar: &Calendar) -> String {
    let day = due_on.strftime("%a %-d %b");
    let year = if due_on.year() == today.year() { String::new() } else { format!(" {}", due_on.year()) };
    let title = lower_first(kind.facts().title);
    let left = if due_on < today {
        let days = (today - due_on).get_days();
        format!("{days} day{} overdue, undecided", if days == 1 { "" } else { "s" })
    } else if due_on == today {
        "today".to_owned()
    } else {
        let left = calendar.business_days_between(today, due_on);
        match left {
            0 => "no business day left".to_owned(),
            1 => "1 business day left".to_owned(),
            _ => format!("{left} business days left"),
        }
    };
    format!("{day}{year}, {left} — {title}, {source}")
}

fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::clock::{Agreed, Source, terms};

    #[test]
    fn a_line_says_the_day_what_is_left_and_who_says_so() {
        let calendar = Calendar::default();
        let line = |due_on| {
            left_words(ClockKind::TimelyFiling, due_on, Source::Contract.words(), date(2026, 11, 19), &calendar)
        };
        assert_eq!(line(date(2026, 11, 25)), "Wed 25 Nov, 4 business days left — filing limit, payer's contract");
        assert_eq!(line(date(2026, 11, 20)), "Fri 20 Nov, 1 business day left — filing limit, payer's contract");
        assert_eq!(line(date(2026, 11, 19)), "Thu 19 Nov, today — filing limit, payer's contract");
        assert_eq!(line(date(2026, 11, 17)), "Tue 17 Nov, 2 days overdue, undecided — filing limit, payer's contract");
        assert!(line(date(2027, 1, 4)).starts_with("Mon 4 Jan 2027, "));
    }

    #[test]
    fn business_days_name_what_they_leave_out_and_calendar_days_leave_out_nothing() {
        let calendar = Calendar::default();
        let four = terms(ClockKind::DisputeResolution, &Agreed::default()).unwrap();
        let reckoning = reckon(date(2026, 11, 24), four, &calendar);
        let left_out: Vec<&str> = reckoning.excluded.iter().map(|(_, why)| *why).collect();
        assert_eq!(left_out, ["Thanksgiving Day", "Saturday", "Sunday"]);
        assert_eq!(reckoning.due_on, date(2026, 12, 1));
        let filing = terms(ClockKind::TimelyFiling, &Agreed::default()).unwrap();
        assert_eq!(reckon(date(2026, 11, 24), filing, &calendar).excluded, []);
    }
}
