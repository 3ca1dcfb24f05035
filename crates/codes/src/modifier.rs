//! Modifiers: does it have the right shape, is it known, what does it do.
//!
//! Letter modifiers come from CMS's public list with CMS's words; two-digit ones are the AMA's, so their number
//! carries a sentence of our own about how it behaves.

use std::sync::OnceLock;

use crate::hcpcs;
use crate::table::{Table, cell};

/// Two characters, letters or digits, upper case.
pub fn has_shape(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase())
}

/// What the modifier says, or `None` where it is not known to us.
pub fn words(code: &str) -> Option<&'static str> {
    match numbers().find(code) {
        Some((_, cells)) => Some(cell(cells, 0)),
        None => hcpcs::find(code).filter(|entry| entry.code.len() == 2).map(|entry| entry.long),
    }
}

/// Modifiers that say the service was given at a distance.
pub fn is_telehealth(code: &str) -> bool {
    matches!(code, "93" | "95" | "GT" | "GQ" | "G0" | "FQ")
}

/// Modifiers that say a line is a service of its own, so that two equal lines are not a duplicate.
pub fn marks_distinct_service(code: &str) -> bool {
    matches!(code, "59" | "76" | "77" | "91" | "XE" | "XP" | "XS" | "XU" | "LT" | "RT" | "50")
        || matches!(code.as_bytes(), [b'F', b'1'..=b'9' | b'A'] | [b'T', b'1'..=b'9' | b'A'] | [b'E', b'1'..=b'4'])
}

fn numbers() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/modifier.tsv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_carry_our_words_and_letters_carry_the_public_ones() {
        assert!(words("25").unwrap().contains("same day"));
        assert!(words("RT").unwrap().to_lowercase().contains("right"));
        assert_eq!(words("00"), None);
        assert!(has_shape("25") && has_shape("RT") && !has_shape("2") && !has_shape("rt"));
        assert!(is_telehealth("95") && !is_telehealth("25"));
        assert!(marks_distinct_service("59") && marks_distinct_service("F3") && !marks_distinct_service("25"));
    }
}
