//! Postal addresses in the United States: states by code, ZIP by shape, and the sentence that tells a post-office box.
//!
//! Never asks whether an address exists.

use std::sync::OnceLock;

use crate::table::{Table, cell};

/// The name of a state, territory or military post area.
pub fn state_name(code: &str) -> Option<&'static str> {
    table().find(code).map(|(_, cells)| cell(cells, 0))
}

/// Every state with its name.
pub fn states() -> impl Iterator<Item = (&'static str, &'static str)> {
    table().rows().map(|(code, cells)| (code, cell(cells, 0)))
}

/// Five digits, not all zero.
pub fn is_zip5(zip: &str) -> bool {
    zip.len() == 5 && zip.bytes().all(|digit| digit.is_ascii_digit()) && zip != "00000"
}

/// Nine digits without a hyphen, as the billing provider's address needs; the last four may not be `0000`.
/// (9998 is what payers tell providers to send where no four-digit part exists.)
pub fn is_zip9(zip: &str) -> bool {
    zip.len() == 9
        && zip.bytes().all(|digit| digit.is_ascii_digit())
        && zip.get(..5).is_some_and(is_zip5)
        && !zip.ends_with("0000")
}

/// Digits of a ZIP as people write it: `12345-6789` → `123456789`.
pub fn zip_digits(zip: &str) -> String {
    zip.chars().filter(char::is_ascii_digit).collect()
}

/// True when a street line is a post-office box or lock box, which a billing address may not be (837P, loop 2010AA).
pub fn is_post_office_box(line: &str) -> bool {
    let folded: String = line
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ')
        .collect::<String>()
        .to_uppercase();
    let words: Vec<&str> = folded.split_whitespace().collect();
    let starts = |pattern: &[&str]| words.windows(pattern.len()).any(|window| window == pattern);
    starts(&["PO", "BOX"])
        || starts(&["P", "O", "BOX"])
        || starts(&["POST", "OFFICE", "BOX"])
        || starts(&["LOCK", "BOX"])
        || words.iter().any(|word| matches!(*word, "POBOX" | "LOCKBOX" | "LOCKBIN"))
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/state.tsv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zips_are_told_by_shape() {
        assert!(is_zip5("02139") && !is_zip5("2139") && !is_zip5("00000"));
        assert!(is_zip9("021391234") && is_zip9("021399998") && !is_zip9("021390000") && !is_zip9("02139-1234"));
        assert_eq!(zip_digits("02139-1234"), "021391234");
        assert_eq!(state_name("MA"), Some("Massachusetts"));
        assert_eq!(state_name("ZZ"), None);
    }

    #[test]
    fn boxes_are_recognised_however_they_are_written() {
        for line in ["PO Box 12", "P.O. BOX 12", "p o box 9", "Post Office Box 7", "Lockbox 88", "Suite 3, PO BOX 1"] {
            assert!(is_post_office_box(line), "{line}");
        }
        for line in ["12 Boxwood Lane", "100 Post Road", "1 Box Elder St"] {
            assert!(!is_post_office_box(line), "{line}");
        }
    }
}
