//! Place of service: CMS's two-digit setting codes with CMS's names.

use std::sync::OnceLock;

use crate::table::{Table, cell};

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceOfService {
    /// Two digits.
    pub code: &'static str,
    /// CMS's name.
    pub name: &'static str,
    /// Medicare pays the facility rate here.
    pub facility: bool,
}

/// The place of a code, or `None` where CMS lists none.
pub fn find(code: &str) -> Option<PlaceOfService> {
    table().find(code).map(|(code, cells)| read(code, cells))
}

/// Every place, by code.
pub fn all() -> impl Iterator<Item = PlaceOfService> {
    table().rows().map(|(code, cells)| read(code, cells))
}

/// True for care at a distance: 02 (patient elsewhere) and 10 (patient at home).
pub fn is_telehealth(code: &str) -> bool {
    matches!(code, "02" | "10")
}

fn read(code: &'static str, cells: &[&'static str]) -> PlaceOfService {
    PlaceOfService { code, facility: cell(cells, 0) == "yes", name: cell(cells, 1) }
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/place_of_service.tsv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_two_places_and_no_other() {
        assert_eq!(all().count(), 52);
        assert_eq!(find("11").map(|place| (place.name, place.facility)), Some(("Office", false)));
        assert!(find("21").unwrap().facility);
        assert_eq!(find("00"), None);
        assert!(is_telehealth("10") && !is_telehealth("11"));
    }
}
