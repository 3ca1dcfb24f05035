//! Our own few words for segments and codes, read from `meanings.txt`, and values as people write them.
//!
//! Holds no text of a guide or a licensed list; a code without a meaning here is shown bare.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::amount::Amount;
use crate::codes::CodeSets;
use crate::date::{parse_d8, parse_dt, parse_rd8, parse_tm};
use crate::guide::{Element, Kind, holds};

/// The data element that holds amounts of money.
const MONEY: u16 = 782;

#[derive(Default)]
struct Meanings {
    segments: HashMap<&'static str, &'static str>,
    envelope: HashMap<usize, HashMap<&'static str, &'static str>>,
    codes: HashMap<u16, HashMap<&'static str, &'static str>>,
}

fn meanings() -> &'static Meanings {
    static READ: OnceLock<Meanings> = OnceLock::new();
    READ.get_or_init(|| {
        let mut found = Meanings::default();
        for line in include_str!("meanings.txt").lines() {
            let mut words = line.splitn(2, ' ');
            let (Some(first), Some(rest)) = (words.next(), words.next()) else { continue };
            if let Some(segment) = first.strip_prefix('@') {
                found.segments.insert(segment, rest);
            } else if let Some((number, meaning)) = rest.split_once(' ') {
                match (first.strip_prefix('!'), first.parse(), number.parse()) {
                    (Some(segment), _, Ok(element)) => {
                        found.envelope.entry(element).or_default().insert(segment, meaning);
                    }
                    (None, Ok(element), _) => {
                        found.codes.entry(element).or_default().insert(number, meaning);
                    }
                    _ => {}
                }
            }
        }
        found
    })
}

/// Our name of a segment; empty where we have none.
pub(crate) fn segment_name(id: &str) -> &'static str {
    meanings().segments.get(id).copied().unwrap_or("")
}

/// Our name of an element of an envelope segment; empty where it has none.
pub(crate) fn envelope_label(id: &str, element: usize) -> &'static str {
    meanings().envelope.get(&element).and_then(|segments| segments.get(id)).copied().unwrap_or("")
}

/// What a code means, in our words or in those of a list that is lent; None where nobody says.
pub(crate) fn of_code(
    element: &Element,
    value: &str,
    neighbours: &dyn Fn(u8) -> Vec<u8>,
    codes: &dyn CodeSets,
) -> Option<String> {
    if let Some(outside) = element.outside
        && (outside.only_if_at == 0 || holds(outside.only_if, &neighbours(outside.only_if_at)))
        && let Some(words) = codes.words(outside.list, value)
    {
        return Some(words);
    }
    meanings().codes.get(&element.number).and_then(|codes| codes.get(value)).map(|words| (*words).to_owned())
}

/// A value as people write it, where that differs from how the file has it: money and dates.
pub(crate) fn formatted(element: &Element, value: &[u8], form: &[u8]) -> Option<String> {
    if element.number == MONEY {
        return Amount::parse(value).ok().map(dollars);
    }
    match (element.kind, form) {
        (Kind::Date, _) | (Kind::Dated, b"D8") => parse_d8(value).map(|day| day.to_string()),
        (Kind::Dated, b"RD8") => parse_rd8(value).map(|(from, through)| format!("{from} to {through}")),
        (Kind::Dated, b"DT") => parse_dt(value).map(|at| format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())),
        (Kind::Time, _) | (Kind::Dated, b"TM") => {
            parse_tm(value).map(|time| format!("{:02}:{:02}", time.hour(), time.minute()))
        }
        (Kind::Text | Kind::Code | Kind::Whole | Kind::Decimal | Kind::Dated | Kind::Composite | Kind::Binary, _) => {
            None
        }
    }
}

/// An amount with its sign, thousands and cents: `-$1,234.50`.
pub(crate) fn dollars(amount: Amount) -> String {
    let cents = amount.cents().unsigned_abs();
    let digits = (cents / 100).to_string();
    let mut whole = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    let sign = if amount.cents() < 0 { "-" } else { "" };
    format!("{sign}${whole}.{:02}", cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_meanings_is_understood_and_said_once() {
        let lines = include_str!("meanings.txt").lines().filter(|line| !line.starts_with('#')).count();
        let read = meanings();
        let envelope: usize = read.envelope.values().map(HashMap::len).sum();
        let codes: usize = read.codes.values().map(HashMap::len).sum();
        assert_eq!(read.segments.len() + envelope + codes, lines);
        assert_eq!((segment_name("CLM"), envelope_label("GS", 8)), ("claim", "guide"));
    }

    #[test]
    fn money_has_thousands_and_cents() {
        for (cents, text) in [(0, "$0.00"), (5, "$0.05"), (123_456, "$1,234.56"), (-100_000_000, "-$1,000,000.00")] {
            assert_eq!(dollars(Amount::from_cents(cents)), text);
        }
    }
}
