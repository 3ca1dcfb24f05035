//! Small tab-separated tables that ship as text: one header line, `#` comments, rows sorted by their first column.
//!
//! Never reads a file: the text is compiled in. Never guesses: a column that does not exist reads as empty.

use jiff::civil::Date;

/// A sorted table over compiled-in text.
pub(crate) struct Table {
    rows: Vec<(&'static str, Vec<&'static str>)>,
}

impl Table {
    /// Splits the text once; callers keep the result in a `OnceLock`.
    pub(crate) fn parse(text: &'static str) -> Table {
        let mut rows: Vec<(&'static str, Vec<&'static str>)> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .skip(1)
            .map(|line| {
                let mut cells = line.split('\t');
                let key = cells.next().unwrap_or("");
                (key, cells.collect())
            })
            .collect();
        // Sorted here and not trusted from the file, so that an edit by hand cannot break the search.
        rows.sort_by_key(|row| row.0);
        Table { rows }
    }

    /// The cells after the key.
    pub(crate) fn find(&self, key: &str) -> Option<(&'static str, &[&'static str])> {
        let at = self.rows.binary_search_by_key(&key, |row| row.0).ok()?;
        self.rows.get(at).map(|row| (row.0, row.1.as_slice()))
    }

    /// Every row, by key.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&'static str, &[&'static str])> {
        self.rows.iter().map(|row| (row.0, row.1.as_slice()))
    }
}

/// A cell, or the empty text where the row is shorter.
pub(crate) fn cell(cells: &[&'static str], at: usize) -> &'static str {
    cells.get(at).copied().unwrap_or("")
}

/// An ISO date cell; empty means "not known".
pub(crate) fn date_cell(cells: &[&'static str], at: usize) -> Option<Date> {
    cell(cells, at).parse().ok()
}

/// Reads `YYYYMMDD`, the form of the official files.
pub(crate) fn compact_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.is_ascii() {
        return None;
    }
    let year = text.get(0..4)?.parse().ok()?;
    let month = text.get(4..6)?.parse().ok()?;
    let day = text.get(6..8)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

/// True when `on` lies between two optional, inclusive ends.
pub(crate) fn in_window(first: Option<Date>, last: Option<Date>, on: Date) -> bool {
    first.is_none_or(|first| first <= on) && last.is_none_or(|last| on <= last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_table_skips_comments_and_header_and_finds_by_key() {
        let table = Table::parse("# made up\ncode\twords\nB\tbee\nA\tay\n");
        assert_eq!(table.find("A").map(|row| cell(row.1, 0)), Some("ay"));
        assert_eq!(table.find("code").map(|row| row.0), None);
        assert_eq!(table.rows().count(), 2);
        assert_eq!(cell(table.find("B").unwrap().1, 7), "");
    }

    #[test]
    fn compact_dates_are_real_days() {
        assert_eq!(compact_date("20260228"), Some(date(2026, 2, 28)));
        assert_eq!(compact_date("20260230"), None);
        assert_eq!(compact_date("2026-2-2"), None);
    }
}
