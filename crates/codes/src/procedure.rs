//! Procedure codes of every system, told apart by their shape; words only where we may have them.
//!
//! CPT belongs to the AMA and CDT to the ADA: any code of their shape is accepted, no description ships. About twenty
//! bare numbers carry generic words of our own for the demo.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::hcpcs;
use crate::table::{Table, cell};

/// The code system that a code's shape belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeSystem {
    /// Five digits.
    CptCategoryOne,
    /// Four digits and F: performance measures.
    CptCategoryTwo,
    /// Four digits and T: emerging technology.
    CptCategoryThree,
    /// Four digits and U, M or A: laboratory analyses and immunization administration.
    CptOther,
    /// A letter and four digits, except D.
    HcpcsLevelTwo,
    /// D and four digits: dental.
    Cdt,
}

/// The system of a code, or `None` where no system has that shape.
pub fn system(code: &str) -> Option<CodeSystem> {
    let bytes = code.as_bytes();
    let (first, last) = (*bytes.first()?, *bytes.last()?);
    if bytes.len() != 5 || !bytes.get(1..4)?.iter().all(u8::is_ascii_digit) {
        return None;
    }
    match (first, last) {
        (b'0'..=b'9', b'0'..=b'9') => Some(CodeSystem::CptCategoryOne),
        (b'0'..=b'9', b'F') => Some(CodeSystem::CptCategoryTwo),
        (b'0'..=b'9', b'T') => Some(CodeSystem::CptCategoryThree),
        (b'0'..=b'9', b'U' | b'M' | b'A') => Some(CodeSystem::CptOther),
        (b'D', b'0'..=b'9') => Some(CodeSystem::Cdt),
        (b'A'..=b'V', b'0'..=b'9') => Some(CodeSystem::HcpcsLevelTwo),
        _ => None,
    }
}

/// Words for a code: CMS's for HCPCS Level II, our generic ones for the demo's numbers, else `None`.
pub fn words(code: &str) -> Option<&'static str> {
    match demo().find(code) {
        Some((_, cells)) => Some(cell(cells, 1)),
        None => hcpcs::find(code).map(|entry| if entry.long.len() <= 60 { entry.long } else { entry.short }),
    }
}

/// Our words in Spanish for one of the demo's numbers; CMS publishes none for the others.
pub fn words_es(code: &str) -> Option<&'static str> {
    demo().find(code).map(|(_, cells)| cell(cells, 2))
}

/// The demo's numbers with our words, in order.
pub fn demo_codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    demo().rows().map(|(code, cells)| (code, cell(cells, 1)))
}

/// A procedure that a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Five characters.
    pub code: &'static str,
    /// Our words for the demo's numbers, CMS's for HCPCS Level II.
    pub words: &'static str,
}

/// Procedures in force on a date by the beginning of their code or of their words: the demo's numbers first, then
/// HCPCS Level II. Codes of a licensed list that the user loads join here once there is one.
pub fn search(query: &str, on: Date, limit: usize) -> Vec<Found> {
    let wanted = query.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let begins = |words: &str| words.to_lowercase().split_whitespace().any(|word| word.starts_with(wanted.as_str()));
    let ours = demo_codes().filter(|(code, words)| code.starts_with(wanted.as_str()) || begins(words));
    let public = hcpcs::search(query, on, limit).into_iter().map(|entry| (entry.code, entry.long));
    ours.chain(public).take(limit).map(|(code, words)| Found { code, words }).collect()
}

/// True for visits (evaluation and management): 99202–99499 by number, and CMS's own wellness and visit codes.
pub fn is_visit(code: &str) -> bool {
    number(code).is_some_and(|number| (99_202..=99_499).contains(&number))
        || matches!(code, "G0402" | "G0438" | "G0439" | "G0463")
}

/// True for laboratory tests, which need the performing laboratory's CLIA number: 80047–89398 by number, and the
/// HCPCS codes that CMS marks with a laboratory certificate.
pub fn is_laboratory(code: &str) -> bool {
    number(code).is_some_and(|number| (80_047..=89_398).contains(&number))
        || hcpcs::find(code).is_some_and(|entry| entry.needs_laboratory_certificate)
}

/// True for imaging: 70010–79999 by number.
pub fn is_imaging(code: &str) -> bool {
    number(code).is_some_and(|number| (70_010..=79_999).contains(&number))
}

/// True for surgery and other hands-on procedures: 10004–69990 by number.
pub fn is_surgery(code: &str) -> bool {
    number(code).is_some_and(|number| (10_004..=69_990).contains(&number))
}

fn number(code: &str) -> Option<u32> {
    (code.len() == 5 && code.bytes().all(|digit| digit.is_ascii_digit())).then(|| code.parse().ok())?
}

fn demo() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(include_str!("../data/demo_procedure.tsv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_tell_the_system() {
        for (code, expected) in [
            ("99213", Some(CodeSystem::CptCategoryOne)),
            ("1036F", Some(CodeSystem::CptCategoryTwo)),
            ("0042T", Some(CodeSystem::CptCategoryThree)),
            ("0001U", Some(CodeSystem::CptOther)),
            ("G0439", Some(CodeSystem::HcpcsLevelTwo)),
            ("D0120", Some(CodeSystem::Cdt)),
            ("9921", None),
            ("W1234", None),
            ("99213A", None),
            ("", None),
        ] {
            assert_eq!(system(code), expected, "{code}");
        }
    }

    #[test]
    fn words_are_ours_or_the_governments() {
        assert_eq!(words("99213"), Some("Known patient office visit, level 3"));
        assert!(words("J1885").is_some());
        assert_eq!(words("99223"), None);
        assert!(demo_codes().count() <= 20);
    }

    #[test]
    fn a_search_finds_ours_before_the_public_ones() {
        let on = jiff::civil::date(2026, 3, 2);
        assert_eq!(search("992", on, 3).len(), 3);
        assert_eq!(search("visit", on, 1)[0].code, "99202");
        assert_eq!(search("J188", on, 5)[0].code, "J1885");
        assert!(search("  ", on, 5).is_empty());
    }

    #[test]
    fn kinds_follow_the_number() {
        assert!(is_visit("99213") && is_visit("G0439") && !is_visit("36415"));
        assert!(is_laboratory("80053") && !is_laboratory("99213"));
        assert!(is_imaging("71046"));
        assert!(is_surgery("20610") && !is_surgery("93000"));
    }
}
