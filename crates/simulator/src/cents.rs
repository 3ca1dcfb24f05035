//! Money as whole cents, and its X12 spelling. Never a float: a payer that rounds by accident proves nothing.

/// Reads an X12 decimal amount such as `92`, `92.5` or `-40.00` as cents. None if it is not one or has a fraction of a cent.
pub fn parse(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 2 {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut cents: i64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    if fraction.len() == 1 {
        cents *= 10;
    }
    whole.checked_mul(100)?.checked_add(cents)?.checked_mul(sign)
}

/// Writes cents in the shortest X12 form: no trailing zeros, no point without a fraction.
pub fn x12(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, part) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    match part {
        0 => format!("{sign}{whole}"),
        part if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        part => format!("{sign}{whole}.{part:02}"),
    }
}

/// A share of an amount in basis points, rounded half up on the absolute amount: the one rounding rule of the simulator.
pub fn share(cents: i64, basis_points: u32) -> i64 {
    let product = i128::from(cents) * i128::from(basis_points);
    let half = if product < 0 { -5_000 } else { 5_000 };
    i64::try_from((product + half) / 10_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_to_the_cent() {
        for (text, cents) in [("92", 9200), ("92.5", 9250), ("0.05", 5), ("-40", -4000), (".5", 50), ("150.00", 15000)]
        {
            assert_eq!(parse(text), Some(cents), "{text}");
        }
        for text in ["", "-", "1,000", "1.005", "abc", "1e3", "9999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
        for cents in [0, 5, 50, 100, 9250, -4000, -1, 123_456_789] {
            assert_eq!(parse(&x12(cents)), Some(cents));
        }
        assert_eq!((share(9_999, 2_000), share(-9_999, 2_000), share(125, 2_000)), (2_000, -2_000, 25));
    }
}
