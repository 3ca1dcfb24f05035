//! Business days: Monday to Friday. Holidays are a practice's own list, given by the caller.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Whether a desk is open that day.
pub fn is_business_day(day: Date, holidays: &[Date]) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !holidays.contains(&day)
}

/// The day `business_days` after `from`; the first business day on or after it where that is 0.
pub fn add_business_days(from: Date, business_days: u32, holidays: &[Date]) -> Date {
    let mut day = from;
    let mut left = business_days;
    loop {
        let open = is_business_day(day, holidays);
        if open && left == 0 {
            return day;
        }
        day = day.saturating_add(1.day());
        if left > 0 && is_business_day(day, holidays) {
            left -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::add_business_days;
    use jiff::civil::date;

    #[test]
    fn a_friday_plus_one_is_monday_unless_it_is_a_holiday() {
        let friday = date(2026, 11, 20);
        assert_eq!(add_business_days(friday, 1, &[]), date(2026, 11, 23));
        assert_eq!(add_business_days(friday, 1, &[date(2026, 11, 23)]), date(2026, 11, 24));
        assert_eq!(add_business_days(date(2026, 11, 21), 0, &[]), date(2026, 11, 23));
    }
}
