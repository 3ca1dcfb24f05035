//! ICD-10-CM diagnoses: does the code exist, may it be billed on a date, what does it say, which codes fit a search.
//!
//! The table is derived from the files of CDC/NCHS and CMS (US Government works). It never decides whether a
//! diagnosis fits a procedure, and it never turns sex into an edit: Medicare ended those on 2024-09-30.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::packed::Packed;
use crate::table::compact_date;
use crate::word_index::WordIndex;

/// One diagnosis as it stands on the date that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The code without its dot, upper case: `E119`.
    pub code: &'static str,
    /// The official long description.
    pub description: &'static str,
    /// May stand on a claim for that date.
    pub billable: bool,
    /// Why it may or may not.
    pub standing: Standing,
    /// What Medicare's code editor says of it (age groups, external cause, manifestation).
    pub traits: Traits,
}

/// How a listed code stands on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Valid for billing.
    Billable,
    /// A heading: a longer code must be used.
    Category,
    /// Not valid before this day.
    NotYet(Date),
    /// Not valid after this day.
    Ended(Date),
}

/// The marks that Medicare's code editor (v44) puts on a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Only for patients of age 0.
    pub newborn: bool,
    /// Only for ages 0 to 17.
    pub pediatric: bool,
    /// Only for ages 9 to 64.
    pub maternity: bool,
    /// Only for ages 15 to 124.
    pub adult: bool,
    /// An external cause: never the first diagnosis.
    pub external_cause: bool,
    /// A manifestation: the cause must come first.
    pub manifestation: bool,
    /// Says less than the record usually knows.
    pub unspecified: bool,
}

impl Diagnosis {
    /// The code with its dot: `E11.9`.
    pub fn dotted(&self) -> String {
        dotted(self.code)
    }
}

/// The code with its dot, as people write it: `E119` → `E11.9`.
pub fn dotted(code: &str) -> String {
    let code = normalized(code);
    match (code.get(0..3), code.get(3..)) {
        (Some(head), Some(tail)) if !tail.is_empty() => format!("{head}.{tail}"),
        _ => code,
    }
}

/// Upper case, without dot and blanks: the form that claims carry.
pub fn normalized(code: &str) -> String {
    code.chars()
        .filter(|letter| *letter != '.' && !letter.is_whitespace())
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// The diagnosis as it stands on a date; `None` when no such code was ever listed. The dot is optional.
pub fn lookup(code: &str, on: Date) -> Option<Diagnosis> {
    let table = table();
    let at = table.find(&normalized(code))?;
    Some(read(table.line(at), on))
}

/// True when the code is listed at all, whatever the date: the engine's code-set question.
pub fn exists(code: &str) -> bool {
    table().find(&normalized(code)).is_some()
}

/// Number of listed codes, headings included.
pub fn count() -> usize {
    table().len()
}

/// Diagnoses that fit a search, billable ones only, best first: by beginning of the code where the query looks like
/// one (`E11`), else by beginnings of words (`type 2 diab`).
pub fn search(query: &str, on: Date, limit: usize) -> Vec<Diagnosis> {
    let table = table();
    let wanted = normalized(query);
    if looks_like_code(&wanted) {
        return (table.lower_bound(&wanted)..table.len())
            .take_while(|at| table.key(*at).starts_with(&wanted))
            .map(|at| read(table.line(at), on))
            .filter(|diagnosis| diagnosis.billable)
            .take(limit)
            .collect();
    }
    static WORDS: OnceLock<WordIndex> = OnceLock::new();
    let index = WORDS.get_or_init(|| WordIndex::build((0..table.len()).map(|at| column(table.line(at), 4))));
    let mut found: Vec<Diagnosis> = index
        .search(query)
        .into_iter()
        .map(|at| read(table.line(at as usize), on))
        .filter(|diagnosis| diagnosis.billable)
        .collect();
    // The plain disease before its many combinations: short descriptions first, then the order of the book.
    found.sort_by_key(|diagnosis| (diagnosis.description.len(), diagnosis.code));
    found.truncate(limit);
    found
}

/// True for text of the form letter, digit, …: what every ICD-10-CM code begins with.
fn looks_like_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 7
        && bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.get(1).is_some_and(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric)
}

fn table() -> &'static Packed {
    static TABLE: OnceLock<Packed> = OnceLock::new();
    TABLE.get_or_init(|| Packed::unpack("ICD-10-CM", include_bytes!("../data/icd10cm.tsv.z")))
}

fn column(line: &'static str, at: usize) -> &'static str {
    line.split('\t').nth(at).unwrap_or("")
}

/// Reads `code, flags, first, last, description`; the layout is written by `load::icd10cm`.
fn read(line: &'static str, on: Date) -> Diagnosis {
    let mut cells = line.splitn(5, '\t');
    let mut next = || cells.next().unwrap_or("");
    let (code, flags, first, last, description) = (next(), next(), next(), next(), next());
    let standing = standing(flags.contains('B'), compact_date(first), compact_date(last), on);
    Diagnosis {
        code,
        description,
        billable: standing == Standing::Billable,
        standing,
        traits: Traits {
            newborn: flags.contains('n'),
            pediatric: flags.contains('p'),
            maternity: flags.contains('m'),
            adult: flags.contains('a'),
            external_cause: flags.contains('e'),
            manifestation: flags.contains('f'),
            unspecified: flags.contains('u'),
        },
    }
}

/// A code that is a heading today may have been billable before it was split, and the reverse.
fn standing(billable_now: bool, first: Option<Date>, last: Option<Date>, on: Date) -> Standing {
    match (billable_now, first, last) {
        (false, Some(first), Some(last)) if first <= on && on <= last => Standing::Billable,
        (false, _, _) => Standing::Category,
        (true, Some(first), _) if on < first => Standing::NotYet(first),
        (true, _, Some(last)) if on > last => Standing::Ended(last),
        (true, _, _) => Standing::Billable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_known_code_is_billable_with_or_without_its_dot() {
        for code in ["E11.9", "E119", " e11.9 "] {
            let diagnosis = lookup(code, date(2026, 3, 2)).unwrap();
            assert_eq!(diagnosis.code, "E119");
            assert!(diagnosis.billable);
            assert_eq!(diagnosis.dotted(), "E11.9");
            assert!(diagnosis.description.starts_with("Type 2 diabetes"));
        }
    }

    #[test]
    fn a_heading_exists_and_may_not_be_billed() {
        let diagnosis = lookup("E11", date(2026, 3, 2)).unwrap();
        assert_eq!((diagnosis.billable, diagnosis.standing), (false, Standing::Category));
    }

    #[test]
    fn a_made_up_code_is_not_listed() {
        assert_eq!(lookup("Q99.ZZ", date(2026, 3, 2)), None);
        assert_eq!(lookup("", date(2026, 3, 2)), None);
        assert!(!exists("E11.9999"));
    }

    #[test]
    fn dates_decide_about_new_split_and_ended_codes() {
        // C78.31 begins on 2026-10-01 (FY2027).
        assert_eq!(lookup("C78.31", date(2026, 9, 30)).unwrap().standing, Standing::NotYet(date(2026, 10, 1)));
        assert!(lookup("C78.31", date(2026, 10, 1)).unwrap().billable);
        assert!(!lookup("C78.31", date(2026, 10, 1)).unwrap().description.is_empty());
    }

    #[test]
    fn search_finds_by_code_and_by_words() {
        let on = date(2026, 3, 2);
        assert_eq!(search("E11.9", on, 5)[0].code, "E119");
        let found = search("type 2 diabetes without", on, 5);
        assert!(found.iter().any(|diagnosis| diagnosis.code == "E119"), "{found:?}");
        assert!(search("zzzz", on, 5).is_empty());
        assert_eq!(search("fracture", on, 7).len(), 7);
    }

    #[test]
    fn the_table_holds_the_whole_list() {
        assert!(count() > 98_000, "{}", count());
        assert!(lookup("V00.01XA", date(2026, 1, 1)).unwrap().traits.external_cause);
    }
}
