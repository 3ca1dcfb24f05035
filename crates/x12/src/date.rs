//! Dates and times as X12 writes them: D8, RD8, DT, TM.
//!
//! Never guesses a century except for the six-digit ISA date, never applies a time zone: dates are civil.

use jiff::civil::{Date, DateTime, Time};

/// CCYYMMDD, a day that exists.
pub fn parse_d8(bytes: &[u8]) -> Option<Date> {
    if bytes.len() != 8 {
        return None;
    }
    Date::new(digits(&bytes[..4])? as i16, digits(&bytes[4..6])? as i8, digits(&bytes[6..])? as i8).ok()
}

/// YYMMDD, as in the ISA and TA1; years 70 to 99 are of the last century.
pub fn parse_d6(bytes: &[u8]) -> Option<Date> {
    if bytes.len() != 6 {
        return None;
    }
    let year = digits(&bytes[..2])? as i16;
    let year = if year >= 70 { 1900 + year } else { 2000 + year };
    Date::new(year, digits(&bytes[2..4])? as i8, digits(&bytes[4..])? as i8).ok()
}

/// CCYYMMDD-CCYYMMDD. The order of the two is not judged here.
pub fn parse_rd8(bytes: &[u8]) -> Option<(Date, Date)> {
    match bytes {
        [from @ .., _, _, _, _, _, _, _, _, _] if bytes.len() == 17 && bytes[8] == b'-' => {
            Some((parse_d8(from)?, parse_d8(&bytes[9..])?))
        }
        _ => None,
    }
}

/// HHMM, HHMMSS, HHMMSSD or HHMMSSDD.
pub fn parse_tm(bytes: &[u8]) -> Option<Time> {
    if !matches!(bytes.len(), 4 | 6 | 7 | 8) {
        return None;
    }
    let hour = digits(&bytes[..2])? as i8;
    let minute = digits(&bytes[2..4])? as i8;
    let second = if bytes.len() > 4 { digits(&bytes[4..6])? as i8 } else { 0 };
    if bytes.len() > 6 {
        digits(&bytes[6..])?;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// CCYYMMDDHHMM.
pub fn parse_dt(bytes: &[u8]) -> Option<DateTime> {
    if bytes.len() != 12 {
        return None;
    }
    Some(parse_d8(&bytes[..8])?.to_datetime(parse_tm(&bytes[8..])?))
}

/// A day as CCYYMMDD.
pub fn format_d8(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// Two days as CCYYMMDD-CCYYMMDD.
pub fn format_rd8(from: Date, through: Date) -> String {
    format!("{}-{}", format_d8(from), format_d8(through))
}

/// A time as HHMM.
pub fn format_hhmm(time: Time) -> String {
    format!("{:02}{:02}", time.hour(), time.minute())
}

fn digits(bytes: &[u8]) -> Option<i32> {
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_dates() {
        assert_eq!(parse_d8(b"20240229").map(format_d8).as_deref(), Some("20240229"));
        for text in ["20260229", "20261315", "2026081", "2026081A", "-0260815"] {
            assert_eq!(parse_d8(text.as_bytes()), None, "{text}");
        }
        assert!(parse_rd8(b"20260801-20260805").is_some());
        assert!(parse_rd8(b"20260801").is_none());
        assert!(parse_dt(b"202608010930").is_some());
        assert!(parse_tm(b"2460").is_none());
        assert_eq!(parse_d6(b"260901"), parse_d8(b"20260901"));
    }
}
