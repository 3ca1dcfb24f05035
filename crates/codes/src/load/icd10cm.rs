//! Reads ICD-10-CM: CMS's order file (fixed columns) or a merged CSV that also knows first and last dates.
//!
//! Row of the packed table: `code, flags, first, last, description`. Flags: B billable in this release; n newborn,
//! p pediatric, m maternity, a adult (ages of Medicare's editor); e external cause; f manifestation; u unspecified.

use std::collections::BTreeMap;

use super::{Loaded, csv_cells, one_line};
use crate::packed::pack;

/// The end of the release that the merged file was made from: a code with this last day is simply still valid.
const RELEASE_END: &str = "20270331";

/// The merged CSV: `code,code_dotted,billable,short_desc,long_desc,desc_source,effective_start,effective_end,flags`.
pub fn from_merged_csv(text: &str) -> Loaded {
    let mut rows = BTreeMap::new();
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        let cells = csv_cells(line);
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        if cells.len() < 9 || cell(0).is_empty() {
            problems.push(format!("line {}: 9 columns expected, {} found; row left out", number + 1, cells.len()));
            continue;
        }
        let long = if cell(4).is_empty() || cell(4).starts_with("(none") { cell(3) } else { cell(4) };
        let description = if long.starts_with("(none") { "" } else { long };
        let last = if cell(7) == RELEASE_END { "" } else { cell(7) };
        let flags = flags(cell(2) == "1", cell(8));
        rows.insert(cell(0).to_owned(), (flags, cell(6).to_owned(), last.to_owned(), one_line(description)));
    }
    finish(rows, problems)
}

/// CMS's `icd10cm_order_YYYY.txt`: code in columns 7–13, billable mark in 15, long description from 78. The file names
/// no dates, so the rows hold none: a release is valid as a whole.
pub fn from_order_file(text: &str) -> Loaded {
    let mut rows = BTreeMap::new();
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.get(6..13).map_or("", str::trim);
        let mark = line.get(14..15).unwrap_or("");
        if code.is_empty() || !matches!(mark, "0" | "1") {
            problems.push(format!("line {}: no code in columns 7-13 or no 0/1 in column 15; row left out", number + 1));
            continue;
        }
        let description = line.get(77..).unwrap_or_else(|| line.get(16..).unwrap_or(""));
        rows.insert(code.to_owned(), (flags(mark == "1", ""), String::new(), String::new(), one_line(description)));
    }
    finish(rows, problems)
}

type Row = (String, String, String, String);

/// A code whose text is not published yet borrows the words of the nearest heading above it.
fn finish(rows: BTreeMap<String, Row>, problems: Vec<String>) -> Loaded {
    let lines: Vec<String> = rows
        .iter()
        .map(|(code, (flags, first, last, description))| {
            let words = if description.is_empty() { borrowed(&rows, code) } else { description.clone() };
            format!("{code}\t{flags}\t{first}\t{last}\t{words}")
        })
        .collect();
    Loaded { rows: lines.len(), packed: pack(lines), problems }
}

fn borrowed(rows: &BTreeMap<String, Row>, code: &str) -> String {
    (3..code.len()).rev().filter_map(|length| rows.get(code.get(..length)?)).find(|row| !row.3.is_empty()).map_or_else(
        || "New code; see the official list".to_owned(),
        |row| format!("{} (a newer, more exact code)", row.3),
    )
}

fn flags(billable: bool, editor: &str) -> String {
    let mut flags = String::new();
    if billable {
        flags.push('B');
    }
    for flag in editor.split('|') {
        flags.push_str(match flag {
            "newborn" => "n",
            "pediatric" => "p",
            "maternity" => "m",
            "adult" => "a",
            "ecodepdx" => "e",
            "manifestation" => "f",
            "unspecified" => "u",
            _ => "",
        });
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Packed;

    #[test]
    fn a_merged_file_keeps_dates_and_borrows_missing_words() {
        let loaded = from_merged_csv(
            "code,code_dotted,billable,short_desc,long_desc,desc_source,effective_start,effective_end_mce_v44,mce_flags_current\n\
             X10,X10,0,Made up,Made up heading,x,,,\n\
             X101,X10.1,1,\"One, a\",\"One, in full\",x,20151001,20270331,adult|unspecified\n\
             X102,X10.2,1,,(none: new),x,20261001,20270331,\nbroken\n",
        );
        assert_eq!((loaded.rows, loaded.problems.len()), (3, 1));
        let table = Packed::unpack("test", &loaded.packed);
        assert_eq!(table.line(1), "X101\tBau\t20151001\t\tOne, in full");
        assert!(table.line(2).ends_with("Made up heading (a newer, more exact code)"));
    }

    #[test]
    fn an_order_file_is_read_by_columns() {
        let line = format!("{:05} {:<7} {} {:<60} {}", 1, "X101", 1, "One", "One, in full");
        let loaded = from_order_file(&line);
        assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
        let table = Packed::unpack("test", &loaded.packed);
        assert_eq!(table.line(0), "X101\tB\t\t\tOne, in full");
    }
}
