//! How values look on a page: money as in a printed ledger, dates as a person says them. Nothing is rounded here.

use askama::Values;
use askama::filters::Safe;
use jiff::civil::{Date, DateTime};
use ledger::Money;

/// An amount as in a printed ledger: negatives in parentheses that hang outside the column, zero in small ink.
#[askama::filter_fn]
pub fn money(amount: &Money, _: &dyn Values) -> askama::Result<Safe<String>> {
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
pub fn cell(amount: &Money, _: &dyn Values) -> askama::Result<Safe<String>> {
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
pub fn less(amount: &Money, _: &dyn Values) -> askama::Result<Safe<String>> {
    Ok(Safe(if amount.is_zero() {
        "<span class=\"zero\">–</span>".to_owned()
    } else if amount.is_negative() {
        amount.abs().to_string()
    } else {
        format!("<span class=\"neg\">({amount})</span>")
    }))
}

/// A civil date: "25 Nov 2026".
#[askama::filter_fn]
pub fn day(date: &Date, _: &dyn Values) -> askama::Result<String> {
    Ok(in_words(*date))
}

/// A civil date with its weekday: "Wed 25 Nov".
#[askama::filter_fn]
pub fn weekday(date: &Date, _: &dyn Values) -> askama::Result<String> {
    Ok(date.strftime("%a %-d %b").to_string())
}

/// A local moment: "17 Nov 2026, 15:20".
#[askama::filter_fn]
pub fn moment(at: &DateTime, _: &dyn Values) -> askama::Result<String> {
    Ok(at.strftime("%-d %b %Y, %H:%M").to_string())
}

/// "25 Nov 2026".
pub fn in_words(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
