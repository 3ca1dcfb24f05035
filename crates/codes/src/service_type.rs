//! Service types of eligibility questions and answers (270/271). Values from the public list, words ours.

use std::sync::OnceLock;

use crate::table::{Table, cell};

/// Our words for a type; `None` where the value is unknown or has none yet.
pub fn words(code: &str) -> Option<&'static str> {
    table().find(code).map(|(_, cells)| cell(cells, 0)).filter(|words| !words.is_empty())
}

/// True when the value is on the list.
pub fn exists(code: &str) -> bool {
    table().find(code).is_some()
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/service_type.tsv")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn plan_coverage_has_words() {
        assert_eq!(super::words("30"), Some("Health plan coverage"));
        assert!(super::exists("1") && !super::exists("ZZZ"));
    }
}
