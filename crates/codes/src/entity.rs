//! Entity identifier values of claim status messages: is the value on the list. Values only.

use std::sync::OnceLock;

use crate::table::Table;

/// True when the value is on the list.
pub fn exists(code: &str) -> bool {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/entity.tsv"))).find(code).is_some()
}

#[cfg(test)]
mod tests {
    #[test]
    fn payer_and_patient_are_entities() {
        assert!(super::exists("PR") && super::exists("QC"));
        assert!(!super::exists("@@"));
    }
}
