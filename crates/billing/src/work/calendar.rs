//! Business days: Monday to Friday but for the federal holidays (5 U.S.C. 6103) and the days a practice added: closed
//! ones of its own, or holidays on which it works. Reads no clock.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The days of a practice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Days that are not as the rule says: true where the desks are open.
    own: BTreeMap<Date, bool>,
}

impl Calendar {
    /// The calendar of a practice with days of its own: true for a day on which its desks are open.
    pub fn new(own: impl IntoIterator<Item = (Date, bool)>) -> Calendar {
        Calendar { own: own.into_iter().collect() }
    }

    /// Whether a desk is open that day.
    pub fn is_open(&self, day: Date) -> bool {
        self.closed_because(day).is_none()
    }

    /// Why no desk is open that day; none where one is.
    pub fn closed_because(&self, day: Date) -> Option<&'static str> {
        match self.own.get(&day) {
            Some(true) => None,
            Some(false) => Some("closed by the practice"),
            None => match day.weekday() {
                Weekday::Saturday => Some("Saturday"),
                Weekday::Sunday => Some("Sunday"),
                Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => {
                    federal_holiday(day)
                }
            },
        }
    }

    /// The day `business_days` after `from`; the first business day on or after it where that is 0.
    pub fn add_business_days(&self, from: Date, business_days: u32) -> Date {
        let mut day = from;
        let mut left = business_days;
        loop {
            let open = self.is_open(day);
            if (open && left == 0) || day == Date::MAX {
                return day;
            }
            day = day.saturating_add(1.day());
            if left > 0 && self.is_open(day) {
                left -= 1;
            }
        }
    }

    /// Business days after `from` up to and with `to`; negative where `to` is before it.
    pub fn business_days_between(&self, from: Date, to: Date) -> i64 {
        let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
        let mut day = first;
        let mut count = 0;
        while day < last {
            day = day.saturating_add(1.day());
            if self.is_open(day) {
                count += sign;
            }
        }
        count
    }
}

/// The federal holiday of a day, by rule; on a weekend it is kept on the Friday before or the Monday after.
pub fn federal_holiday(day: Date) -> Option<&'static str> {
    let monday = day.weekday() == Weekday::Monday;
    let nth = (day.day() - 1) / 7 + 1;
    let floating = match (day.month(), nth) {
        (1, 3) if monday => Some("Birthday of Martin Luther King, Jr."),
        (2, 3) if monday => Some("Washington's Birthday"),
        (5, _) if monday && day.day() > 24 => Some("Memorial Day"),
        (9, 1) if monday => Some("Labor Day"),
        (10, 2) if monday => Some("Columbus Day"),
        (11, 4) if day.weekday() == Weekday::Thursday => Some("Thanksgiving Day"),
        _ => None,
    };
    floating.or_else(|| fixed_holiday(day)).or_else(|| match day.weekday() {
        Weekday::Friday => fixed_holiday(day.saturating_add(1.day())),
        Weekday::Monday => fixed_holiday(day.saturating_sub(1.day())),
        Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Saturday | Weekday::Sunday => None,
    })
}

fn fixed_holiday(day: Date) -> Option<&'static str> {
    match (day.month(), day.day()) {
        (1, 1) => Some("New Year's Day"),
        (6, 19) => Some("Juneteenth"),
        (7, 4) => Some("Independence Day"),
        (11, 11) => Some("Veterans Day"),
        (12, 25) => Some("Christmas Day"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_friday_plus_one_is_monday_unless_it_is_a_holiday() {
        let (calendar, friday) = (Calendar::default(), date(2026, 11, 20));
        assert_eq!(calendar.add_business_days(friday, 1), date(2026, 11, 23));
        let closed = Calendar::new([(date(2026, 11, 23), false)]);
        assert_eq!(closed.add_business_days(friday, 1), date(2026, 11, 24));
        assert_eq!(calendar.add_business_days(date(2026, 11, 21), 0), date(2026, 11, 23));
        assert_eq!(calendar.add_business_days(friday, 4), date(2026, 11, 27), "Thanksgiving is no business day");
    }

    #[test]
    fn the_federal_holidays_of_two_years_are_those_of_the_official_list() {
        let of = |year: i16| -> Vec<Date> {
            let mut day = date(year, 1, 1);
            let mut days = Vec::new();
            while day.year() == year {
                if federal_holiday(day).is_some() {
                    days.push(day);
                }
                day = day.saturating_add(1.day());
            }
            days
        };
        let d = |month, day| date(2026, month, day);
        // The 4th of July 2026 is a Saturday: kept on Friday; the Saturday itself is no day of work either.
        let listed = [
            d(1, 1),
            d(1, 19),
            d(2, 16),
            d(5, 25),
            d(6, 19),
            d(7, 3),
            d(7, 4),
            d(9, 7),
            d(10, 12),
            d(11, 11),
            d(11, 26),
            d(12, 25),
        ];
        assert_eq!(of(2026), listed);
        // Christmas 2027 is a Saturday, and New Year's Day 2028 too: its Friday is in 2027.
        let of_2027 = of(2027);
        assert!(of_2027.contains(&date(2027, 12, 24)) && of_2027.contains(&date(2027, 12, 31)), "{of_2027:?}");
        assert!(of_2027.contains(&date(2027, 7, 5)), "the 4th of July 2027 is a Sunday: {of_2027:?}");
    }

    #[test]
    fn a_practice_closes_days_of_its_own_and_works_on_holidays_where_it_says_so() {
        let calendar = Calendar::new([(date(2026, 11, 27), false), (date(2026, 11, 11), true)]);
        assert_eq!(calendar.add_business_days(date(2026, 11, 25), 1), date(2026, 11, 30));
        assert!(calendar.is_open(date(2026, 11, 11)));
        assert_eq!(calendar.closed_because(date(2026, 11, 27)), Some("closed by the practice"));
        assert_eq!(calendar.business_days_between(date(2026, 11, 25), date(2026, 11, 30)), 1);
        assert_eq!(calendar.business_days_between(date(2026, 11, 30), date(2026, 11, 25)), -1);
    }
}
