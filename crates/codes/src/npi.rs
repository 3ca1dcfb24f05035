//! National Provider Identifier: ten digits whose last is a Luhn digit over `80840` and the first nine.
//!
//! Numbers given out so far begin with 1; those beginning with 2 are valid and belong to nobody, so invented ones do.
//! Source: 45 CFR 162.406 and ISO/IEC 7812.

/// The sum that the constant prefix `80840` adds to the Luhn sum of the ten digits.
const PREFIX_SUM: u32 = 24;

/// Right length, only digits, first digit 1 or 2, and a correct check digit.
pub fn is_valid(npi: &str) -> bool {
    let bytes = npi.as_bytes();
    bytes.len() == 10
        && bytes.iter().all(u8::is_ascii_digit)
        && matches!(bytes.first(), Some(b'1' | b'2'))
        && luhn(bytes).is_multiple_of(10)
}

/// An invented NPI: `2`, then the number (below 100,000,000) in eight digits, then the check digit.
pub fn invented(number: u32) -> String {
    let head = format!("2{:08}", number % 100_000_000);
    let sum = luhn(format!("{head}0").as_bytes());
    format!("{head}{}", (10 - sum % 10) % 10)
}

/// Luhn sum of ten digits plus the prefix; every second digit from the left is doubled.
fn luhn(digits: &[u8]) -> u32 {
    let digit_sum = digits.iter().enumerate().map(|(place, letter)| {
        let digit = u32::from(letter.wrapping_sub(b'0'));
        match place % 2 {
            0 => (digit * 2) / 10 + (digit * 2) % 10,
            _ => digit,
        }
    });
    PREFIX_SUM + digit_sum.sum::<u32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_test_value_is_valid_and_one_digit_off_is_not() {
        assert!(is_valid("1234567893"));
        for wrong in ["1234567890", "123456789", "12345678933", "3234567893", "12345678a3", ""] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }

    #[test]
    fn invented_numbers_are_valid_and_begin_with_two() {
        for number in [0, 1, 42, 12_345_678, 99_999_999] {
            let npi = invented(number);
            assert!(is_valid(&npi) && npi.starts_with('2'), "{npi}");
        }
    }
}
