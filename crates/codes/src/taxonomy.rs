//! Provider taxonomy: ten characters, the last usually X. The list belongs to the NUCC; only the shape is checked, and
//! a handful of codes for the demo carry our words.

use std::sync::OnceLock;

use crate::table::{Table, cell};

/// Ten characters: three digits or letters that begin with a digit, letters or digits, ending in X.
pub fn has_shape(code: &str) -> bool {
    code.len() == 10
        && code.bytes().all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase())
        && code.bytes().next().is_some_and(|first| first.is_ascii_digit())
        && code.ends_with('X')
}

/// Our words for a code of the demo.
pub fn words(code: &str) -> Option<&'static str> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/taxonomy.tsv"))).find(code).map(|(_, cells)| cell(cells, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_and_words() {
        assert!(has_shape("207Q00000X") && !has_shape("207Q00000") && !has_shape("X07Q00000X"));
        assert_eq!(words("207Q00000X"), Some("Family doctor"));
        assert_eq!(words("999Q00000X"), None);
    }
}
