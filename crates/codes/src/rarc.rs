//! Remittance advice remark codes (RARC): what a payer adds to a reason. Values from the public list, words ours.

use std::sync::OnceLock;

use crate::table::{Table, cell};

/// One remark code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rarc {
    /// The value as it stands in LQ02 or MOA.
    pub code: &'static str,
    /// Our sentence; empty where we have none yet.
    pub words: &'static str,
    /// What it is about (`coding`, `eligibility`, `notice` …); empty where not sorted.
    pub theme: &'static str,
}

impl Rarc {
    /// A notice says something and asks for nothing.
    pub fn is_notice(&self) -> bool {
        self.theme == "notice"
    }

    /// The law forbids asking the patient for the amount (Medicare savings programs).
    pub fn forbids_billing_patient(&self) -> bool {
        self.theme == "do-not-bill-patient"
    }
}

/// The entry of a value.
pub fn find(code: &str) -> Option<Rarc> {
    table().find(code).map(|(code, cells)| Rarc { code, theme: cell(cells, 2), words: cell(cells, 3) })
}

/// True when the value is on the list.
pub fn exists(code: &str) -> bool {
    table().find(code).is_some()
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/rarc.tsv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_have_words_and_the_protected_ones_are_marked() {
        assert!(!find("MA130").unwrap().words.is_empty());
        assert!(find("N781").unwrap().forbids_billing_patient());
        assert!(find("MA01").unwrap().is_notice());
        assert!(!exists("ZZZZ"));
    }
}
