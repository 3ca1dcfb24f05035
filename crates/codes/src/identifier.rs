//! Shapes of other numbers on a claim: tax id, social security, drug (NDC), laboratory certificate (CLIA).
//!
//! Shape only: whether a number belongs to somebody is asked elsewhere.

/// Employer identification number: nine digits, with or without its hyphen, not all zero.
pub fn is_ein(text: &str) -> bool {
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    digits.len() == 9 && digits.bytes().all(|digit| digit.is_ascii_digit()) && digits != "000000000"
}

/// Social security number: nine digits, no group of zeros, never beginning with 9 or 666 (SSA's rules of assignment).
pub fn is_ssn(text: &str) -> bool {
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    digits.len() == 9
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('9')
        && !matches!(digits.get(..3), Some("000" | "666"))
        && digits.get(3..5) != Some("00")
        && digits.get(5..) != Some("0000")
}

/// National drug code as claims carry it: eleven digits (5-4-2) without hyphens.
pub fn is_ndc11(text: &str) -> bool {
    text.len() == 11 && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// CLIA certificate number: two characters, the letter D, seven digits (`05D1234567`).
pub fn is_clia(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.get(..2).is_some_and(|state| state.iter().all(u8::is_ascii_alphanumeric))
        && bytes.get(2) == Some(&b'D')
        && bytes.get(3..).is_some_and(|rest| rest.iter().all(u8::is_ascii_digit))
}

/// Medicare beneficiary identifier: eleven characters of CMS's pattern, without the letters S L O I B Z. Test numbers
/// of CMS carry an S in the second place and are refused here on purpose.
pub fn is_mbi(text: &str) -> bool {
    const PATTERN: [u8; 11] = *b"1AX9AX9AA99";
    let letter = |byte: u8| byte.is_ascii_uppercase() && !b"SLOIBZ".contains(&byte);
    text.len() == 11
        && text.bytes().zip(PATTERN).all(|(byte, kind)| match kind {
            b'1' => (b'1'..=b'9').contains(&byte),
            b'9' => byte.is_ascii_digit(),
            b'A' => letter(byte),
            _ => letter(byte) || byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_accept_the_right_and_refuse_the_wrong() {
        assert!(is_ein("12-3456789") && is_ein("123456789") && !is_ein("12345678") && !is_ein("000000000"));
        assert!(is_ssn("123-45-6789") && !is_ssn("000-12-3456") && !is_ssn("900-12-3456"));
        assert!(is_ndc11("00409379601") && !is_ndc11("0409-3796-01"));
        assert!(is_clia("05D1234567") && !is_clia("05X1234567") && !is_clia("05D123456"));
        assert!(is_mbi("1EG4TE5MK73") && !is_mbi("1SG4TE5MK73") && !is_mbi("0EG4TE5MK73"));
    }
}
