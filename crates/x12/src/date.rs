//! Dates and times as X12 writes them: D8, RD8, DT, TM.
//!
//! Never guesses a century except for the six-digit ISA date, never applies a time zone: dates are civil.

use jiff::civil::{Date, DateTime, Time};

/// CCYYMMDD, a day that exists.
pub fn parse_d8(bytes: &[u8]) -> Option<Date> {
    let (year, month, day) = split_d8(bytes)?;
    Date::new(year as i16, month as i8, day as i8).ok()
}

/// Whether these are CCYYMMDD, a day that exists.
pub fn is_d8(bytes: &[u8]) -> bool {
    split_d8(bytes).is_some_and(|(year, month, day)| {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => 0,
        };
        (1..=last).contains(&day)
    })
}

/// Whether the eight bytes of a word are digits.
#[inline]
pub(crate) fn is_eight_digits(word: u64) -> bool {
    let digits = word.wrapping_sub(0x3030_3030_3030_3030);
    // A byte below '0' borrows and one above '9' passes 0x76 when 0x76 is added to it: both leave a highest bit.
    (digits | digits.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0
}

/// Year, month and day of eight digits, read as one word.
#[inline]
fn split_d8(bytes: &[u8]) -> Option<(u32, u32, u32)> {
    let word = u64::from_le_bytes(*bytes.first_chunk::<8>().filter(|_| bytes.len() == 8)?);
    if !is_eight_digits(word) {
        return None;
    }
    let digits = word & 0x0f0f_0f0f_0f0f_0f0f;
    // Neighbours make a number of two digits: ten times the first and the second.
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let pair = |at: u32| (pairs >> (16 * at)) as u32 & 0xff;
    Some((pair(0) * 100 + pair(1), pair(2), pair(3)))
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
        for day in ["20260801", "20240229", "20000229", "20261231", "00010101", "99991231"] {
            assert!(is_d8(day.as_bytes()) && parse_d8(day.as_bytes()).is_some(), "{day}");
        }
        for first in 0..=u8::MAX {
            for at in 0..8 {
                let mut bytes = *b"20260115";
                bytes[at] = first;
                assert_eq!(is_d8(&bytes), parse_d8(&bytes).is_some(), "{bytes:?}");
                let all_digits = bytes.iter().all(u8::is_ascii_digit);
                assert!(all_digits || !is_d8(&bytes), "{bytes:?}");
            }
        }
        assert!(parse_rd8(b"20260801-20260805").is_some());
        assert!(parse_rd8(b"20260801").is_none());
        assert!(parse_dt(b"202608010930").is_some());
        assert!(parse_tm(b"2460").is_none());
        assert_eq!(parse_d6(b"260901"), parse_d8(b"20260901"));
    }
}
