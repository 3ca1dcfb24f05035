//! How values look on a page: money as in a printed ledger, dates as a person says them. Nothing is rounded here.
#![allow(missing_docs)] // the macro makes a struct of each filter and leaves its words behind

use askama::Values;
use askama::filters::Safe;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::Money;

use super::chips::Chip;

/// A value or any number of references to it: templates hand over both.
pub trait Is<T: Copy> {
    /// The value.
    fn value(&self) -> T;
}

impl Is<Money> for Money {
    fn value(&self) -> Money {
        *self
    }
}

impl Is<Date> for Date {
    fn value(&self) -> Date {
        *self
    }
}

impl Is<i64> for i64 {
    fn value(&self) -> i64 {
        *self
    }
}

impl Is<i64> for i32 {
    fn value(&self) -> i64 {
        i64::from(*self)
    }
}

impl Is<i64> for u32 {
    fn value(&self) -> i64 {
        i64::from(*self)
    }
}

impl Is<i64> for usize {
    fn value(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<T: Copy, V: Is<T>> Is<T> for &V {
    fn value(&self) -> T {
        (**self).value()
    }
}

/// An amount as in a printed ledger: negatives in parentheses that hang outside the column, zero in small ink.
#[askama::filter_fn]
pub fn money<M: Is<Money>>(amount: M, _: &dyn Values) -> askama::Result<Safe<String>> {
    let amount = amount.value();
    Ok(Safe(if amount.is_negative() {
        format!("<span class=\"neg\">({})</span>", amount.abs())
    } else if amount.is_zero() {
        format!("<span class=\"zero\">{amount}</span>")
    } else {
        amount.to_string()
    }))
}

/// As `money`, with a dash for zero: for tables where most cells are empty.
#[askama::filter_fn]
pub fn cell<M: Is<Money>>(amount: M, _: &dyn Values) -> askama::Result<Safe<String>> {
    let amount = amount.value();
    Ok(Safe(if amount.is_negative() {
        format!("<span class=\"neg\">({})</span>", amount.abs())
    } else if amount.is_zero() {
        "<span class=\"zero\">–</span>".to_owned()
    } else {
        amount.to_string()
    }))
}

/// What was taken away, in parentheses, with a dash for zero: adjustments and payments in a table of subtractions.
#[askama::filter_fn]
pub fn less<M: Is<Money>>(amount: M, _: &dyn Values) -> askama::Result<Safe<String>> {
    let amount = amount.value();
    Ok(Safe(if amount.is_zero() {
        "<span class=\"zero\">–</span>".to_owned()
    } else if amount.is_negative() {
        amount.abs().to_string()
    } else {
        format!("<span class=\"neg\">({amount})</span>")
    }))
}

/// A count with its thing: "1 claim", "2 claims".
#[askama::filter_fn]
pub fn counted<N: Is<i64>>(count: N, _: &dyn Values, one: &str) -> askama::Result<String> {
    Ok(billing::counting::counted(count.value(), one))
}

/// A civil date: "25 Nov 2026".
#[askama::filter_fn]
pub fn day<D: Is<Date>>(date: D, _: &dyn Values) -> askama::Result<String> {
    let date = date.value();
    Ok(in_words(date))
}

/// A civil date with its weekday: "Wed 25 Nov".
#[askama::filter_fn]
pub fn weekday<D: Is<Date>>(date: D, _: &dyn Values) -> askama::Result<String> {
    let date = date.value();
    Ok(date.strftime("%a %-d %b").to_string())
}

/// A moment in the practice's time zone: "17 Nov 2026, 15:20".
#[askama::filter_fn]
pub fn moment(at: &Timestamp, _: &dyn Values, zone: &TimeZone) -> askama::Result<String> {
    Ok(at.to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string())
}

/// The short form for a timeline: "17 Nov 15:20".
#[askama::filter_fn]
pub fn clock(at: &Timestamp, _: &dyn Values, zone: &TimeZone) -> askama::Result<String> {
    Ok(at.to_zoned(zone.clone()).strftime("%-d %b %H:%M").to_string())
}

/// A telephone number as people read it: "(217) 555-0104". What has other than ten digits stays as it is.
#[askama::filter_fn]
pub fn phone(digits: &str, _: &dyn Values) -> askama::Result<String> {
    Ok(match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(area), Some(office), Some(line)) if line.len() == 4 => format!("({area}) {office}-{line}"),
        _ => digits.to_owned(),
    })
}

/// A state as a word, a shape and only then a tone.
#[askama::filter_fn]
pub fn chip(chip: &Chip, _: &dyn Values) -> askama::Result<Safe<String>> {
    let Chip { tone, icon, words } = chip;
    Ok(Safe(format!(
        "<span class=\"chip {tone}\"><svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-{icon}\"/></svg>{words}</span>"
    )))
}

/// Segments one a line, as people read them; the tilde stays at the end of its line.
#[askama::filter_fn]
pub fn segments(raw: &str, _: &dyn Values) -> askama::Result<String> {
    Ok(raw.replace(['\r', '\n'], "").replace('~', "~\n").trim_end().to_owned())
}

/// A diagnosis as people write it: "M1711" is "M17.11". Source: the dot follows the category's three characters.
#[askama::filter_fn]
pub fn diagnosis(code: &str, _: &dyn Values) -> askama::Result<String> {
    Ok(match code.split_at_checked(3) {
        Some((category, rest)) if !rest.is_empty() && !rest.starts_with('.') => format!("{category}.{rest}"),
        Some(_) | None => code.to_owned(),
    })
}

/// A diagnosis pointer as the letter that stands on paper: 1 is A.
#[askama::filter_fn]
pub fn letter(pointer: &u8, _: &dyn Values) -> askama::Result<String> {
    Ok(char::from(b'A'.saturating_add(pointer.saturating_sub(1))).to_string())
}

/// A name kept in lower case for search, as a name again.
#[askama::filter_fn]
pub fn titled(key: &str, _: &dyn Values) -> askama::Result<String> {
    Ok(title_case(key))
}

/// "quintero" to "Quintero", "van der berg" to "Van Der Berg".
pub fn title_case(key: &str) -> String {
    let mut begins = true;
    key.chars()
        .flat_map(|letter| {
            let shown: Vec<char> = if begins { letter.to_uppercase().collect() } else { vec![letter] };
            begins = !letter.is_alphabetic();
            shown
        })
        .collect()
}

/// "25 Nov 2026".
pub fn in_words(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
