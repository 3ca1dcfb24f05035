//! The short way through an element: whether it is certainly in order, as nearly all are.
//!
//! Tells nothing and decides nothing against a value: what is not certain is looked at closely in `element.rs`.

use crate::check::cells::Cells;
use crate::check::sink::Sink;
use crate::codes::{CodeList, depends_on_date, has_shape};
use crate::date::is_d8;
use crate::guide::{Element, Quick, Usage, holds_packed, packed_within};
use crate::problem::Snip;

/// Whether an element is certainly in order: the short way that nearly all take. Whoever does not is looked at closely.
#[inline(always)]
pub(crate) fn is_plain<'v>(
    element: &Element,
    block: &[u8],
    begin: usize,
    end: usize,
    neighbour: impl Fn(usize) -> &'v [u8],
    sink: &Sink<'_>,
) -> bool {
    let length = end.wrapping_sub(begin);
    let fits = || length >= usize::from(element.min) && length <= usize::from(element.max);
    match element.quick {
        Quick::Length => fits(),
        Quick::OneCode => element.codes.first() == Some(&packed_within(block, begin, length)),
        Quick::FewCodes => element.codes.contains(&packed_within(block, begin, length)),
        Quick::Decimal => fits() && is_plain_number(block, begin, length, true),
        Quick::Listed => fits() && is_plainly_listed(element, &block[begin..end], sink),
        Quick::Day => is_plain_day(&block[begin..end]),
        Quick::Dated => {
            length == 8 && neighbour(usize::from(element.form_at)) == b"D8" && is_plain_day(&block[begin..end])
        }
        Quick::Whole | Quick::ManyCodes | Quick::Composite | Quick::No => {
            is_plain_otherwise(element, block, begin, end)
        }
    }
}

/// Whether eight digits are a day. Kept apart, so that the ways of other kinds stay short.
#[inline(never)]
fn is_plain_day(value: &[u8]) -> bool {
    is_d8(value)
}

/// The kinds that are not so frequent.
#[inline(never)]
fn is_plain_otherwise(element: &Element, block: &[u8], begin: usize, end: usize) -> bool {
    let length = end.wrapping_sub(begin);
    match element.quick {
        Quick::Whole => {
            length >= usize::from(element.min)
                && length <= usize::from(element.max)
                && is_plain_number(block, begin, length, false)
        }
        Quick::ManyCodes => element.codes.binary_search(&packed_within(block, begin, length)).is_ok(),
        Quick::Composite => element.least_components <= 1 && is_lone_part(element, block, begin, length),
        Quick::Length
        | Quick::OneCode
        | Quick::FewCodes
        | Quick::Decimal
        | Quick::Listed
        | Quick::Day
        | Quick::Dated
        | Quick::No => false,
    }
}

/// Whether the only component of an element is certainly in order; one with a list is looked at closely.
fn is_lone_part(element: &Element, block: &[u8], begin: usize, length: usize) -> bool {
    let Some(first) = element.components.first().filter(|first| first.usage != Usage::NotUsed) else { return false };
    match first.quick {
        Quick::Length => length >= usize::from(first.min) && length <= usize::from(first.max),
        Quick::OneCode | Quick::FewCodes | Quick::ManyCodes => {
            holds_packed(first.codes, packed_within(block, begin, length))
        }
        Quick::Whole | Quick::Decimal | Quick::Day | Quick::Dated | Quick::Listed | Quick::Composite | Quick::No => {
            false
        }
    }
}

/// Whether a value has the shape of its list and nobody is to be asked for more now.
#[inline(never)]
fn is_plainly_listed(element: &Element, value: &[u8], sink: &Sink<'_>) -> bool {
    let Some(outside) = element.outside else { return false };
    // These two are lists of the guide itself.
    let is_own = matches!(outside.list, CodeList::ClaimFrequency | CodeList::BillFrequency);
    (sink.up_to < Snip::CodeSet && !is_own)
        || has_shape(outside.list, value) && (depends_on_date(outside.list) || !sink.codes.lends(outside.list))
}

/// Whether the components of an element, parted where `separators` has a bit, are certainly in order.
pub(crate) fn is_plain_composite(
    element: &Element,
    cells: &Cells<'_>,
    begin: usize,
    end: usize,
    separators: u64,
    sink: &Sink<'_>,
) -> bool {
    let mut from = begin;
    let mut left = separators;
    for (index, component) in element.components.iter().enumerate() {
        let to = if left == 0 { end } else { begin.wrapping_add(left.trailing_zeros() as usize) };
        left &= left.wrapping_sub(1);
        if from == to {
            if component.usage == Usage::Required {
                return false;
            }
        } else if component.usage == Usage::NotUsed || !is_plain(component, cells.block, from, to, |_| b"", sink) {
            return false;
        }
        if to == end {
            return index >= usize::from(element.least_components.saturating_sub(1));
        }
        if cells.block[to] != cells.delimiters.component {
            return false;
        }
        from = to.wrapping_add(1);
    }
    false
}

/// '0' in each place of a word.
const ZEROS: u64 = 0x3030_3030_3030_3030;
/// Added to a digit's value, leaves the highest bit clear; added to any greater one, sets it.
const PAST_NINE: u64 = 0x7676_7676_7676_7676;
/// The highest bit of each byte of a word.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Digits, at least one; with a point where it may have one, at most two decimals.
#[inline]
pub(super) fn is_plain_number(block: &[u8], begin: usize, length: usize, may_have_point: bool) -> bool {
    if length > 8 {
        let value = &block[begin..begin.wrapping_add(length)];
        return value.iter().all(u8::is_ascii_digit) || may_have_point && is_long_decimal(value);
    }
    let packed = packed_within(block, begin, length);
    let values = packed ^ ZEROS;
    // A sum that runs over into the next byte comes from one that is no digit, and stays told by its highest bit.
    let others = (values.wrapping_add(PAST_NINE) | values) & HIGH & u64::MAX << (64 - 8 * length);
    if others == 0 {
        return true;
    }
    let decimals = length.wrapping_sub(1).wrapping_sub((others.leading_zeros() / 8) as usize);
    let is_point = (packed << (others.leading_zeros() & !7)) >> 56 == u64::from(b'.');
    may_have_point && others.is_power_of_two() && is_point && decimals <= 2 && length > 1
}

/// Digits with one point and at most two decimals.
fn is_long_decimal(value: &[u8]) -> bool {
    let point = value.iter().position(|byte| *byte == b'.').unwrap_or(0);
    let (whole, decimals) = (&value[..point], value.get(point + 1..).unwrap_or_default());
    decimals.len() <= 2 && whole.iter().chain(decimals).all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_passes_at_once_is_digits_with_two_decimals_at_most() {
        let alphabet = b"019.-+A/:\xbf\xff";
        let mut value = Vec::new();
        for length in 1..=10_usize {
            for round in 0..20_000_usize {
                let mut left = round.wrapping_mul(0x9e37_79b9) >> 3;
                value.clear();
                value.extend(b"*".iter().chain(b"9".repeat(length).iter()).chain(b"*1.2*34567"));
                for byte in value.iter_mut().skip(1).take(length.min(4)) {
                    *byte = alphabet[left % alphabet.len()];
                    left /= alphabet.len();
                }
                let own = &value[1..=length];
                let is_whole = own.iter().all(u8::is_ascii_digit);
                let points = own.iter().filter(|byte| **byte == b'.').count();
                let decimals = own.iter().rev().take_while(|byte| **byte != b'.').count();
                let rest_is_digits = own.iter().all(|byte| *byte == b'.' || byte.is_ascii_digit());
                let is_decimal = rest_is_digits && points == 1 && decimals <= 2 && length > 1;
                assert_eq!(is_plain_number(&value, 1, length, false), is_whole, "{own:?}");
                assert_eq!(is_plain_number(&value, 1, length, true), is_whole || is_decimal, "{own:?}");
            }
        }
    }
}
