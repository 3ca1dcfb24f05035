//! Claim status as the 277 and 277CA speak it: category (list 507), status (list 508), and whose work a rejection is.
//!
//! Values from the public lists, words ours, and one column of data that says whether a status means front-desk data
//! that is missing or mistyped. Decides nothing about a claim: `billing` does.

use std::sync::OnceLock;

use crate::table::{Table, cell};

/// Category of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// The value as in STC01-1.
    pub code: &'static str,
    /// Our sentence.
    pub words: &'static str,
    /// What it means for the claim.
    pub class: CategoryClass,
}

/// What a category means for the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CategoryClass {
    /// Passed on to another party (A0).
    Forwarded,
    /// Received, not accepted (A1).
    Received,
    /// In the payer's system (A2, A5): proof of timely filing.
    Accepted,
    /// Refused before any decision (A3, A6, A7, A8).
    Rejected,
    /// Not found (A4, D0).
    NotFound,
    /// Being decided.
    Pending,
    /// The payer asks for something.
    Request,
    /// Decided and paid.
    FinalizedPaid,
    /// Decided and not paid.
    FinalizedDenied,
    /// Decided in another way.
    Finalized,
    /// The question failed.
    Error,
    /// Any other.
    Other,
}

/// One status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The value as in STC01-2.
    pub code: &'static str,
    /// Our sentence; empty where we have none yet.
    pub words: &'static str,
    front_desk: FrontDesk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrontDesk {
    Yes,
    WhenAboutPerson,
    No,
}

impl Status {
    /// True where the status means front-desk data that is missing or mistyped. Many statuses say only "name" or
    /// "address": then the entity (STC01-3) decides, and nobody named counts as the patient.
    pub fn is_front_desk(&self, entity: Option<&str>) -> bool {
        match self.front_desk {
            FrontDesk::Yes => true,
            FrontDesk::No => false,
            // IL subscriber, QC patient, 03 dependent, HK and GB policy holder and other insured.
            FrontDesk::WhenAboutPerson => {
                entity.is_none_or(|entity| matches!(entity, "" | "IL" | "QC" | "03" | "HK" | "GB"))
            }
        }
    }
}

/// The category of a value.
pub fn category(code: &str) -> Option<Category> {
    categories().find(code).map(|(code, cells)| Category {
        code,
        class: category_class(cell(cells, 2)),
        words: cell(cells, 3),
    })
}

/// The status of a value.
pub fn status(code: &str) -> Option<Status> {
    statuses().find(code).map(|(code, cells)| Status {
        code,
        front_desk: match cell(cells, 2) {
            "yes" => FrontDesk::Yes,
            "person" => FrontDesk::WhenAboutPerson,
            _ => FrontDesk::No,
        },
        words: cell(cells, 3),
    })
}

/// True when the category is on the list.
pub fn category_exists(code: &str) -> bool {
    categories().find(code).is_some()
}

/// True when the status is on the list.
pub fn status_exists(code: &str) -> bool {
    statuses().find(code).is_some()
}

fn category_class(text: &str) -> CategoryClass {
    match text {
        "forwarded" => CategoryClass::Forwarded,
        "received" => CategoryClass::Received,
        "accepted" => CategoryClass::Accepted,
        "rejected" => CategoryClass::Rejected,
        "not-found" => CategoryClass::NotFound,
        "pending" => CategoryClass::Pending,
        "request" => CategoryClass::Request,
        "finalized-paid" => CategoryClass::FinalizedPaid,
        "finalized-denied" => CategoryClass::FinalizedDenied,
        "finalized" => CategoryClass::Finalized,
        "error" => CategoryClass::Error,
        _ => CategoryClass::Other,
    }
}

fn categories() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/claim_status_category.tsv")))
}

fn statuses() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/claim_status.tsv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_tell_acceptance_from_receipt() {
        assert_eq!(category("A1").map(|found| found.class), Some(CategoryClass::Received));
        assert_eq!(category("A2").map(|found| found.class), Some(CategoryClass::Accepted));
        assert_eq!(category("A7").map(|found| found.class), Some(CategoryClass::Rejected));
        assert_eq!(category("F2").map(|found| found.class), Some(CategoryClass::FinalizedDenied));
        assert!(!category_exists("ZZ"));
    }

    #[test]
    fn a_name_is_front_desk_data_only_of_a_person() {
        let name = status("125").unwrap();
        assert!(name.is_front_desk(Some("IL")) && name.is_front_desk(Some("QC")) && name.is_front_desk(None));
        assert!(!name.is_front_desk(Some("85")));
        assert!(status("164").unwrap().is_front_desk(Some("PR")));
        assert!(!status("255").unwrap().is_front_desk(Some("IL")));
        assert!(!status_exists("9999"));
    }

    #[test]
    fn every_row_is_sorted_into_one_of_three() {
        for (code, cells) in statuses().rows() {
            assert!(matches!(cell(cells, 2), "yes" | "person" | "no"), "{code}");
        }
        for (code, cells) in categories().rows() {
            assert!(!cell(cells, 3).is_empty(), "{code}");
        }
    }
}
