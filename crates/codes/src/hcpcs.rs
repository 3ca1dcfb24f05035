//! HCPCS Level II: CMS's public list of supplies, drugs and services (G0439, J1885 …) and its letter modifiers.
//!
//! Derived from CMS's quarterly file (US Government work), with the dental codes left out: their text is the ADA's.
//! Holds no CPT number as a row. Never prices anything.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::packed::Packed;
use crate::table::{compact_date, in_window};
use crate::word_index::WordIndex;

/// A procedure or a modifier of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hcpcs {
    /// Five characters for a procedure, two for a modifier.
    pub code: &'static str,
    /// CMS's short description (up to 28 characters).
    pub short: &'static str,
    /// CMS's long description.
    pub long: &'static str,
    /// First usable day.
    pub first: Option<Date>,
    /// Last usable day, inclusive.
    pub last: Option<Date>,
    /// The performing laboratory needs a CLIA certificate.
    pub needs_laboratory_certificate: bool,
}

impl Hcpcs {
    /// May be billed on this date of service.
    pub fn in_force(&self, on: Date) -> bool {
        in_window(self.first, self.last, on)
    }
}

/// The entry of a code, ended or not.
pub fn find(code: &str) -> Option<Hcpcs> {
    let table = table();
    table.find(&code.trim().to_ascii_uppercase()).map(|at| read(table.line(at)))
}

/// True for codes of drugs and biologicals, which payers want with an NDC: the J codes and the biosimilar Q5 codes.
pub fn is_drug(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 5 && (bytes.first() == Some(&b'J') || code.starts_with("Q51"))
}

/// Procedures (not modifiers) in force on a date whose code begins so, or whose words do; best first.
pub fn search(query: &str, on: Date, limit: usize) -> Vec<Hcpcs> {
    let table = table();
    let wanted = query.trim().to_ascii_uppercase();
    let usable = |entry: &Hcpcs| entry.code.len() == 5 && entry.in_force(on);
    let is_code = wanted.len() >= 2
        && wanted.bytes().next().is_some_and(|letter| letter.is_ascii_uppercase())
        && wanted.bytes().skip(1).all(|digit| digit.is_ascii_digit());
    if is_code {
        return (table.lower_bound(&wanted)..table.len())
            .take_while(|at| table.key(*at).starts_with(&wanted))
            .map(|at| read(table.line(at)))
            .filter(usable)
            .take(limit)
            .collect();
    }
    static WORDS: OnceLock<WordIndex> = OnceLock::new();
    let index = WORDS.get_or_init(|| {
        WordIndex::build((0..table.len()).map(|at| table.line(at).splitn(6, '\t').nth(5).unwrap_or("")))
    });
    let mut found: Vec<Hcpcs> =
        index.search(query).into_iter().map(|at| read(table.line(at as usize))).filter(usable).collect();
    found.sort_by_key(|entry| (entry.long.len(), entry.code));
    found.truncate(limit);
    found
}

/// Number of entries, modifiers included.
pub fn count() -> usize {
    table().len()
}

fn table() -> &'static Packed {
    static TABLE: OnceLock<Packed> = OnceLock::new();
    TABLE.get_or_init(|| Packed::unpack("HCPCS", include_bytes!("../data/hcpcs.tsv.z")))
}

/// Reads `code, added, last, coverage, laboratory, short, long`; the layout is written by `load::hcpcs`.
fn read(line: &'static str) -> Hcpcs {
    let mut cells = line.splitn(7, '\t');
    let mut next = || cells.next().unwrap_or("");
    let (code, first, last, _coverage, laboratory, short, long) =
        (next(), next(), next(), next(), next(), next(), next());
    Hcpcs {
        code,
        short,
        long,
        first: compact_date(first),
        last: compact_date(last),
        needs_laboratory_certificate: laboratory == "L",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_procedure_and_a_modifier_are_found() {
        let visit = find("g0439").unwrap();
        assert!(visit.in_force(date(2026, 3, 2)));
        assert!(visit.long.to_lowercase().contains("wellness"));
        assert!(find("LT").unwrap().long.to_lowercase().contains("left"));
        assert_eq!(find("G9999Z"), None);
    }

    #[test]
    fn no_dental_and_no_cpt_rows_ship() {
        let table = table();
        for at in 0..table.len() {
            let key = table.key(at);
            assert!(!(key.len() == 5 && key.starts_with('D')), "{key}");
            assert!(!key.bytes().all(|digit| digit.is_ascii_digit()), "{key}");
        }
        assert!(table.len() > 8_000);
    }

    #[test]
    fn search_by_code_and_words_gives_codes_in_force() {
        let on = date(2026, 3, 2);
        assert_eq!(search("J188", on, 3)[0].code, "J1885");
        assert!(search("ketorolac", on, 5).iter().any(|entry| entry.code == "J1885"));
        assert!(search("annual wellness", on, 5).iter().any(|entry| entry.code == "G0439"));
    }

    #[test]
    fn drugs_are_told_by_their_code() {
        assert!(is_drug("J1885") && is_drug("Q5101"));
        assert!(!is_drug("G0439") && !is_drug("JW"));
    }
}
