//! How long a clock runs: calendar days, business days, months, or until the end of a year. Stored and shown as a short
//! text ("90 days", "30 business days", "12 months", "end of year + 1"). Knows nothing of why.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::work::calendar::Calendar;

/// The longest length that a person may enter, in its own unit: ten years of days. More is a slip of the keyboard.
const MOST: i32 = 3660;

/// How long a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Length {
    /// Calendar days.
    Days(i32),
    /// Days on which the practice's desks are open.
    BusinessDays(u32),
    /// Calendar months: the same day of a later month, or its last day.
    Months(i32),
    /// The last day of the year, so many years after the year it started in.
    YearEnd(i16),
}

impl Length {
    /// The day it ends on; the day it starts on is day 0.
    pub fn after(self, start: Date, calendar: &Calendar) -> Date {
        match self {
            Length::Days(days) => start.saturating_add(days.days()),
            Length::BusinessDays(days) => calendar.add_business_days(start, days),
            Length::Months(months) => start.saturating_add(months.months()),
            Length::YearEnd(years) => date(start.year().saturating_add(years).min(9999), 12, 31),
        }
    }

    /// Reads what [`fmt::Display`] writes, and the short forms `90`, `90d`, `30bd`, `12m`.
    pub fn parse(text: &str) -> Option<Length> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(years) = text.strip_prefix("end of year") {
            let years = years.trim().trim_start_matches('+').trim();
            let years = if years.is_empty() { 0 } else { years.parse().ok()? };
            return (0..=10).contains(&years).then_some(Length::YearEnd(years));
        }
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: i32 = text[..digits].parse().ok()?;
        if !(0..=MOST).contains(&number) {
            return None;
        }
        match text[digits..].trim() {
            "" | "d" | "day" | "days" => Some(Length::Days(number)),
            "bd" | "business day" | "business days" => Some(Length::BusinessDays(number.unsigned_abs())),
            "m" | "month" | "months" => Some(Length::Months(number)),
            "y" | "year" | "years" => Some(Length::Months(number.checked_mul(12)?)),
            _ => None,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |number: i64| if number == 1 { "" } else { "s" };
        match self {
            Length::Days(days) => write!(f, "{days} day{}", one(i64::from(*days))),
            Length::BusinessDays(days) => write!(f, "{days} business day{}", one(i64::from(*days))),
            Length::Months(months) => write!(f, "{months} month{}", one(i64::from(*months))),
            Length::YearEnd(0) => f.write_str("end of year"),
            Length::YearEnd(years) => write!(f, "end of year + {years}"),
        }
    }
}

impl From<Length> for String {
    fn from(length: Length) -> String {
        length.to_string()
    }
}

impl TryFrom<String> for Length {
    type Error = String;

    fn try_from(text: String) -> Result<Length, String> {
        Length::parse(&text).ok_or_else(|| {
            format!(
                "{text:?} is no length of a clock; write it as 90 days, 30 business days, 12 months or end of year + 1."
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_written_as_it_is_read() {
        for (text, length) in [
            ("90 days", Length::Days(90)),
            ("1 day", Length::Days(1)),
            ("1 business day", Length::BusinessDays(1)),
            ("30 business days", Length::BusinessDays(30)),
            ("12 months", Length::Months(12)),
            ("end of year", Length::YearEnd(0)),
            ("end of year + 1", Length::YearEnd(1)),
        ] {
            assert_eq!(Length::parse(text), Some(length), "{text}");
            assert_eq!(length.to_string(), text);
        }
        assert_eq!(Length::parse("30bd"), Some(Length::BusinessDays(30)));
        assert_eq!(Length::parse("2 years"), Some(Length::Months(24)));
        for wrong in ["", "soon", "-3 days", "90 weeks", "99999", "end of year + x"] {
            assert_eq!(Length::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_unit_counts_its_own_way() {
        let calendar = Calendar::default();
        let start = date(2026, 11, 20);
        for (length, ends) in [
            (Length::Days(90), date(2027, 2, 18)),
            // Thanksgiving is between.
            (Length::BusinessDays(5), date(2026, 11, 30)),
            (Length::Months(12), date(2027, 11, 20)),
            (Length::YearEnd(1), date(2027, 12, 31)),
        ] {
            assert_eq!(length.after(start, &calendar), ends, "{length}");
        }
        assert_eq!(Length::Months(12).after(date(2028, 2, 29), &calendar), date(2029, 2, 28));
    }
}
