//! `Money`: a signed amount in whole US cents. It never holds a fraction and never wraps around.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A signed amount of US dollars in whole cents. Serialized as the integer number of cents.
///
/// Operators stop the program on overflow (an `i64` of cents is 92 quadrillion dollars: to pass it
/// is a defect, and going on would invent money). Use the `checked_` forms on amounts from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

/// Why a text is not an amount of money. Never repeats the text: it may come from a health record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyParseError {
    /// Nothing, or only a sign.
    #[error("the amount is empty: write it like 1,234.56")]
    Empty,
    /// A character that is not a digit, a comma between thousands, a point or a leading sign.
    #[error("the amount has a character at place {place} that does not belong: write it like 1,234.56")]
    Character {
        /// 1-based place of the character.
        place: usize,
    },
    /// More than two decimals, which would have to be rounded.
    #[error("the amount has more than two decimals: write whole cents, like 1,234.56")]
    Decimals,
    /// Commas that do not stand between groups of three digits.
    #[error("the commas of the amount do not stand between thousands: write it like 1,234.56")]
    Commas,
    /// Too large for 64-bit cents.
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    /// No money.
    pub const ZERO: Money = Money(0);

    /// An amount from whole cents.
    pub const fn from_cents(cents: i64) -> Money {
        Money(cents)
    }

    /// An amount from whole dollars.
    pub const fn from_dollars(dollars: i32) -> Money {
        Money(dollars as i64 * 100)
    }

    /// The amount in whole cents.
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// True when there is no money.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True when more than zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// True when less than zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The amount without its sign. Stops on `i64::MIN` cents.
    pub const fn abs(self) -> Money {
        Money(self.0.abs())
    }

    /// The sum, or `None` where it does not fit.
    pub const fn checked_add(self, other: Money) -> Option<Money> {
        match self.0.checked_add(other.0) {
            Some(cents) => Some(Money(cents)),
            None => None,
        }
    }

    /// The difference, or `None` where it does not fit.
    pub const fn checked_sub(self, other: Money) -> Option<Money> {
        match self.0.checked_sub(other.0) {
            Some(cents) => Some(Money(cents)),
            None => None,
        }
    }

    /// The opposite amount, or `None` where it does not fit.
    pub const fn checked_neg(self) -> Option<Money> {
        match self.0.checked_neg() {
            Some(cents) => Some(Money(cents)),
            None => None,
        }
    }

    /// The amount `count` times (units × price), or `None` where it does not fit.
    pub const fn checked_mul(self, count: i64) -> Option<Money> {
        match self.0.checked_mul(count) {
            Some(cents) => Some(Money(cents)),
            None => None,
        }
    }

    /// The sum of many amounts, added in 128 bits so that the order cannot matter; `None` where it does not fit.
    pub fn checked_sum<I: IntoIterator<Item = Money>>(amounts: I) -> Option<Money> {
        let sum: i128 = amounts.into_iter().map(|m| i128::from(m.0)).sum();
        i64::try_from(sum).ok().map(Money)
    }

    /// The share of `basis_points` (1/100 of a percent), rounded half away from zero, once.
    pub fn share(self, basis_points: u32) -> Option<Money> {
        let product = i128::from(self.0) * i128::from(basis_points);
        let half = if product < 0 { -5_000 } else { 5_000 };
        i64::try_from((product + half) / 10_000).ok().map(Money)
    }

    /// Splits the amount by weights so that the parts always add up to the whole (largest remainder;
    /// ties go to the earlier part). All weights zero: equal weights. No weights: no parts.
    pub fn allocate(self, weights: &[u64]) -> Vec<Money> {
        if weights.is_empty() {
            return Vec::new();
        }
        let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        let equal = vec![1_u64; weights.len()];
        let (weights, total) = if total == 0 { (equal.as_slice(), weights.len() as u128) } else { (weights, total) };
        let whole = u128::from(self.0.unsigned_abs());
        // 64-bit amount times 64-bit weight always fits 128 bits.
        let mut parts: Vec<(u128, u128)> = weights
            .iter()
            .map(|w| {
                let product = whole * u128::from(*w);
                (product / total, product % total)
            })
            .collect();
        let given: u128 = parts.iter().map(|p| p.0).sum();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by(|a, b| parts[*b].1.cmp(&parts[*a].1).then(a.cmp(b)));
        let missing = (whole - given) as usize;
        for index in order.into_iter().take(missing) {
            parts[index].0 += 1;
        }
        parts
            .into_iter()
            .map(|(part, _)| {
                let part = part as i64;
                Money(if self.0 < 0 { -part } else { part })
            })
            .collect()
    }

    /// Reads "1,234.56", "12", ".5", "-3.00", "$4.10" or "(4.10)" (negative). Never rounds.
    pub fn parse(text: &str) -> Result<Money, MoneyParseError> {
        let text = text.trim();
        let (negative, body) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inner) => (true, inner),
            None => match text.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, text.strip_prefix('+').unwrap_or(text)),
            },
        };
        let body = body.strip_prefix('$').unwrap_or(body);
        let cents = parse_unsigned(body)?;
        let signed = if negative { -cents } else { cents };
        i64::try_from(signed).map(Money).map_err(|_| MoneyParseError::TooLarge)
    }
}

fn parse_unsigned(body: &str) -> Result<i128, MoneyParseError> {
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(MoneyParseError::Empty);
    }
    if whole.len() > 30 {
        return Err(MoneyParseError::TooLarge);
    }
    if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or("");
        if first.is_empty() || first.len() > 3 || groups.any(|g| g.len() != 3) {
            return Err(MoneyParseError::Commas);
        }
    }
    let mut cents: i128 = 0;
    for (index, c) in whole.char_indices().filter(|(_, c)| *c != ',') {
        let digit = c.to_digit(10).ok_or(MoneyParseError::Character { place: index + 1 })?;
        cents = cents * 10 + i128::from(digit);
    }
    let mut decimals = 0;
    for (index, c) in fraction.char_indices() {
        let digit = c.to_digit(10).ok_or(MoneyParseError::Character { place: whole.len() + 2 + index })?;
        decimals += 1;
        if decimals > 2 {
            if digit != 0 {
                return Err(MoneyParseError::Decimals);
            }
            continue;
        }
        cents = cents * 10 + i128::from(digit);
    }
    for _ in decimals.min(2)..2 {
        cents *= 10;
    }
    if cents > i128::from(i64::MAX) {
        return Err(MoneyParseError::TooLarge);
    }
    Ok(cents)
}

impl fmt::Display for Money {
    /// "1,234.56", negative with a leading minus.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.unsigned_abs();
        let dollars = (cents / 100).to_string();
        let mut text = String::with_capacity(dollars.len() + dollars.len() / 3 + 4);
        if self.0 < 0 {
            text.push('-');
        }
        for (index, digit) in dollars.chars().enumerate() {
            if index > 0 && (dollars.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text.push_str(&format!(".{:02}", cents % 100));
        f.pad(&text)
    }
}

impl FromStr for Money {
    type Err = MoneyParseError;

    fn from_str(text: &str) -> Result<Money, MoneyParseError> {
        Money::parse(text)
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        match self.checked_add(other) {
            Some(sum) => sum,
            None => overflow("sum"),
        }
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        match self.checked_sub(other) {
            Some(difference) => difference,
            None => overflow("difference"),
        }
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        match self.checked_neg() {
            Some(opposite) => opposite,
            None => overflow("opposite"),
        }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(iter: I) -> Money {
        match Money::checked_sum(iter) {
            Some(sum) => sum,
            None => overflow("sum"),
        }
    }
}

impl<'a> Sum<&'a Money> for Money {
    fn sum<I: Iterator<Item = &'a Money>>(iter: I) -> Money {
        iter.copied().sum()
    }
}

#[cold]
fn overflow(what: &str) -> ! {
    panic!("the {what} of two amounts does not fit 64-bit cents: a defect upstream, stopping before money is invented")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small deterministic source of test values.
    fn stream(mut seed: u64) -> impl FnMut() -> u64 {
        move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        }
    }

    #[test]
    fn what_is_displayed_is_parsed_back() {
        let mut next = stream(7);
        for _ in 0..20_000 {
            let money = Money::from_cents(next() as i64 >> (next() % 60));
            assert_eq!(Money::parse(&money.to_string()), Ok(money));
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, cents) in [
            ("0", 0),
            ("12", 1_200),
            ("12.5", 1_250),
            (".5", 50),
            ("1,234.56", 123_456),
            ("-3.00", -300),
            ("$4.10", 410),
            ("(4.10)", -410),
            ("-$7", -700),
            ("1.000", 100),
            (" 8.01 ", 801),
        ] {
            assert_eq!(Money::parse(text), Ok(Money::from_cents(cents)), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused_with_its_reason() {
        for (text, error) in [
            ("", MoneyParseError::Empty),
            ("-", MoneyParseError::Empty),
            (".", MoneyParseError::Empty),
            ("1.005", MoneyParseError::Decimals),
            ("12,34", MoneyParseError::Commas),
            (",123", MoneyParseError::Commas),
            ("1e5", MoneyParseError::Character { place: 2 }),
            ("1.x", MoneyParseError::Character { place: 3 }),
            ("99999999999999999999", MoneyParseError::TooLarge),
            ("--1", MoneyParseError::Character { place: 1 }),
        ] {
            assert_eq!(Money::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn parts_always_add_up_to_the_whole() {
        let mut next = stream(11);
        for _ in 0..20_000 {
            let whole = Money::from_cents(next() as i64 >> (next() % 63));
            let weights: Vec<u64> = (0..next() % 9 + 1).map(|_| next() >> (next() % 64)).collect();
            let parts = whole.allocate(&weights);
            assert_eq!(parts.len(), weights.len());
            assert_eq!(Money::checked_sum(parts.iter().copied()), Some(whole));
            assert!(parts.iter().all(|p| p.is_zero() || p.is_negative() == whole.is_negative()));
        }
    }

    #[test]
    fn three_equal_parts_of_a_dollar_give_the_odd_cent_to_the_first() {
        let cents: Vec<i64> = Money::from_cents(100).allocate(&[1, 1, 1]).into_iter().map(Money::cents).collect();
        assert_eq!(cents, [34, 33, 33]);
    }

    #[test]
    fn shares_round_half_away_from_zero_once() {
        assert_eq!(Money::from_cents(5).share(5_000), Some(Money::from_cents(3)));
        assert_eq!(Money::from_cents(-5).share(5_000), Some(Money::from_cents(-3)));
        assert_eq!(Money::from_cents(9_200).share(2_000), Some(Money::from_cents(1_840)));
    }

    #[test]
    fn sums_survive_a_passing_overflow_and_refuse_a_real_one() {
        let max = Money::from_cents(i64::MAX);
        assert_eq!(Money::checked_sum([max, max, -max]), Some(max));
        assert_eq!(Money::checked_sum([max, Money::from_cents(1)]), None);
    }

    #[test]
    #[should_panic(expected = "does not fit")]
    fn overflow_stops_the_program() {
        let _ = Money::from_cents(i64::MAX) + Money::from_cents(1);
    }

    #[test]
    fn json_is_integer_cents() {
        assert_eq!(serde_json::to_string(&Money::from_cents(1_234)).unwrap(), "1234");
        assert!(serde_json::from_str::<Money>("12.34").is_err());
    }
}
