//! Exact amounts of money as X12 writes them: a signed decimal kept in cents.
//!
//! Never a float, never rounds: what has more than two decimals is refused.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use crate::date::is_eight_digits;

/// The most digits before the point. X12 allows 18 in an R element; 15 keeps every sum of a file inside an i64.
const MAX_INTEGER_DIGITS: usize = 15;

/// A signed amount in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountError {
    /// Not a sign, digits and at most one point.
    NotANumber,
    /// More than two decimals that are not zero.
    TooPrecise,
    /// More digits than any bill needs.
    TooLarge,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a decimal number; write digits with at most one point",
            Self::TooPrecise => "more than two decimals; write dollars and cents",
            Self::TooLarge => "more than 15 digits before the point",
        })
    }
}

impl std::error::Error for AmountError {}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of so many cents.
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    /// The amount in cents.
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// Reads the X12 form: optional sign, digits, optional point and decimals. Empty is not a number.
    pub fn parse(bytes: &[u8]) -> Result<Self, AmountError> {
        match plain_cents(bytes) {
            Some(cents) => Ok(Self(cents)),
            None => Self::parse_any(bytes),
        }
    }

    fn parse_any(bytes: &[u8]) -> Result<Self, AmountError> {
        let (negative, digits) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let mut cents: i64 = 0;
        let mut integer_digits = 0;
        let mut decimals: Option<usize> = None;
        let mut seen = 0;
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    seen += 1;
                    let digit = i64::from(byte - b'0');
                    match &mut decimals {
                        None => {
                            integer_digits += usize::from(cents > 0 || digit > 0);
                            if integer_digits > MAX_INTEGER_DIGITS {
                                return Err(AmountError::TooLarge);
                            }
                            cents = cents * 10 + digit;
                        }
                        Some(places) if *places < 2 => {
                            *places += 1;
                            cents = cents * 10 + digit;
                        }
                        Some(_) if digit == 0 => {}
                        Some(_) => return Err(AmountError::TooPrecise),
                    }
                }
                b'.' if decimals.is_none() => decimals = Some(0),
                _ => return Err(AmountError::NotANumber),
            }
        }
        if seen == 0 {
            return Err(AmountError::NotANumber);
        }
        for _ in decimals.unwrap_or(0)..2 {
            cents *= 10;
        }
        Ok(Self(if negative { -cents } else { cents }))
    }

    /// Adds, or None past the range of cents.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// '0' in each place of a word.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The cents of digits with at most one point and two decimals, as nearly all amounts are written; None for the rest
/// and for those of more than eight characters. Reads all characters as one word.
#[inline]
pub(crate) fn plain_cents(bytes: &[u8]) -> Option<i64> {
    let (own, zeros) = FILLED.get(bytes.len())?;
    cents_of(last_word(bytes)? & own | zeros)
}

/// The same of the bytes of a block from `from` to before `to`: one load where eight bytes are at hand.
#[inline(always)]
pub(crate) fn plain_cents_at(block: &[u8], from: usize, to: usize) -> Option<i64> {
    let length = to.wrapping_sub(from);
    match (block.get(..to).and_then(<[u8]>::last_chunk::<8>), FILLED.get(length)) {
        (Some(bytes), Some((own, zeros))) => cents_of(u64::from_be_bytes(*bytes) & own | zeros),
        _ => plain_cents(&block[from..to]),
    }
}

/// For each length of a value: its own bytes in a word, the last one the lowest, and '0' in all others. None of length
/// 0 has a digit.
const FILLED: [(u64, u64); 9] = {
    let mut filled = [(0, 0); 9];
    let mut length = 1;
    while length <= 8 {
        let own = u64::MAX >> (64 - 8 * length);
        filled[length] = (own, ZEROS & !own);
        length += 1;
    }
    filled
};

/// The cents that a word of eight characters writes, the last one the lowest.
#[inline(always)]
fn cents_of(word: u64) -> Option<i64> {
    let is_point = |before_last: u32| word >> (8 * before_last) & 0xff == u64::from(b'.');
    let first = u64::from(b'0') << 56;
    let (digits, scale) = match (is_point(2), is_point(1)) {
        (true, _) => (first | word >> 24 << 16 | word & 0xffff, 1),
        (false, true) => (first | word >> 16 << 8 | word & 0xff, 10),
        (false, false) => (word, 100),
    };
    // A second point is no digit.
    is_eight_digits(digits).then(|| number_of(digits).wrapping_mul(scale).cast_signed())
}

/// Up to eight bytes as one word, the last one the lowest.
#[inline]
fn last_word(bytes: &[u8]) -> Option<u64> {
    let length = bytes.len();
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // The two overlap in bytes that are the same.
        (Some(first), Some(last)) if length <= 8 => {
            let high = u64::from(u32::from_be_bytes(*first)) << (8 * (length - 4));
            Some(high | u64::from(u32::from_be_bytes(*last)))
        }
        (None, None) if length > 0 => Some(bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
        _ => None,
    }
}

/// The number that eight digits write, the first one the highest byte.
#[inline]
fn number_of(digits: u64) -> u64 {
    // Neighbours are added in pairs: two digits, four, eight.
    let ones = digits & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (ones & 0x00ff_00ff_00ff_00ff) + 10 * (ones >> 8 & 0x00ff_00ff_00ff_00ff);
    let fours = (pairs & 0x0000_ffff_0000_ffff) + 100 * (pairs >> 16 & 0x0000_ffff_0000_ffff);
    (fours & 0xffff_ffff) + 10_000 * (fours >> 32)
}

/// The X12 form: no leading or trailing zeros, no point for whole dollars ("92", "92.5", "-0.05").
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dollars, cents) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        if self.0 < 0 {
            f.write_str("-")?;
        }
        match (cents, cents % 10) {
            (0, _) => write!(f, "{dollars}"),
            (_, 0) => write!(f, "{dollars}.{}", cents / 10),
            _ => write!(f, "{dollars}.{cents:02}"),
        }
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}
impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |total, amount| total + amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_and_written_in_the_short_form() {
        for (text, cents, written) in [
            ("92", 9200, "92"),
            ("92.50", 9250, "92.5"),
            ("-.05", -5, "-0.05"),
            ("0", 0, "0"),
            ("1.", 100, "1"),
            ("+00012.3400", 1234, "12.34"),
        ] {
            let amount = Amount::parse(text.as_bytes()).unwrap();
            assert_eq!((amount.cents(), amount.to_string().as_str()), (cents, written), "{text}");
        }
    }

    #[test]
    fn short_amounts_are_read_as_long_ones_are() {
        let alphabet = b"0159.-+A/:";
        for length in 0..=10 {
            for round in 0..10_000_usize {
                let mut left = round;
                let mut value = b"1".repeat(length);
                for byte in value.iter_mut().rev().take(4) {
                    *byte = alphabet[left % alphabet.len()];
                    left /= alphabet.len();
                }
                assert_eq!(Amount::parse(&value), Amount::parse_any(&value), "{value:?}");
            }
        }
        assert_eq!(Amount::parse(b"87654321").map(Amount::cents), Ok(8_765_432_100));
        assert_eq!(Amount::parse(b"98765.43").map(Amount::cents), Ok(9_876_543));
    }

    #[test]
    fn what_is_no_amount_of_cents_is_refused() {
        for text in ["", "-", ".", ".-5", "1..5", "1.-5", "/5", "1:", "1,500.00", "1e3", "ABC", "1.2.3", " 1"] {
            assert_eq!(Amount::parse(text.as_bytes()), Err(AmountError::NotANumber), "{text}");
        }
        assert_eq!(Amount::parse(b"1.005"), Err(AmountError::TooPrecise));
        assert_eq!(Amount::parse(b"1234567890123456"), Err(AmountError::TooLarge));
    }
}
