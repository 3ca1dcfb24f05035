//! Tables as files: CSV, XLSX and JSON from the same rows, the same from the command line and from a page. A text cell
//! that a spreadsheet would take for a formula is disarmed; an amount is a number and is never touched, so that a column
//! still sums to the books.

use rust_xlsxwriter::{Format as Look, Workbook, Worksheet, XlsxError};
use serde_json::{Map, Value};
use store::reports::Cell;

/// A form that a table may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180; the first sheet only.
    Csv,
    /// A workbook of spreadsheets, a tab a sheet.
    Xlsx,
    /// Objects with whole cents.
    Json,
}

impl Format {
    /// Every form.
    pub const ALL: [Format; 3] = [Format::Csv, Format::Xlsx, Format::Json];

    /// The word in an address, and the ending of a file's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Json => "json",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.as_str() == word)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Json => "application/json",
        }
    }
}

/// Rows under their heads.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// What its tab and its key in JSON say: a short word.
    pub name: &'static str,
    /// Heads, in the order of the cells.
    pub columns: &'static [&'static str],
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// Why a table could not be written; never the data's fault.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The CSV writer's word.
    #[error("the CSV could not be written: {0}")]
    Csv(#[from] csv::Error),
    /// The workbook's word: more rows than a sheet holds, a name of a tab that is none.
    #[error("the workbook could not be written: {0}")]
    Xlsx(#[from] XlsxError),
    /// The JSON writer's word.
    #[error("the JSON could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The sheets in a form.
///
/// # Errors
/// Where memory ends, or a sheet has more rows than a spreadsheet may hold (1,048,576).
pub fn written(sheets: &[Sheet], format: Format) -> Result<Vec<u8>, Unwritten> {
    match format {
        Format::Csv => sheets.first().map_or(Ok(Vec::new()), csv_of),
        Format::Xlsx => workbook(sheets),
        Format::Json => Ok(serde_json::to_vec_pretty(&json_of(sheets))?),
    }
}

/// One sheet is a list of objects, several are an object of lists.
pub fn json_of(sheets: &[Sheet]) -> Value {
    let list = |sheet: &Sheet| Value::Array(sheet.rows.iter().map(|row| object(sheet.columns, row)).collect());
    match sheets {
        [sheet] => list(sheet),
        several => Value::Object(several.iter().map(|sheet| (key(sheet.name), list(sheet))).collect()),
    }
}

/// Money as whole cents: a program that reads it must not meet a decimal point.
fn object(columns: &[&str], row: &[Cell]) -> Value {
    let fields: Map<String, Value> = columns
        .iter()
        .zip(row)
        .map(|(title, cell)| match cell {
            Cell::Text(text) => (key(title), Value::from(text.as_str())),
            Cell::Money(money) => (format!("{}_cents", key(title)), Value::from(money.cents())),
            Cell::Count(count) => (key(title), Value::from(*count)),
        })
        .collect();
    Value::Object(fields)
}

fn key(title: &str) -> String {
    title.to_lowercase().replace([' ', '-'], "_")
}

fn csv_of(sheet: &Sheet) -> Result<Vec<u8>, Unwritten> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet.columns)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(disarmed))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()).into())
}

/// OWASP's list for CSV injection.
fn disarmed(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) if words.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) => format!("'{words}"),
        Cell::Text(words) => words.clone(),
        Cell::Money(money) => plain(money.cents()),
        Cell::Count(count) => count.to_string(),
    }
}

/// Without thousands separators: -1234.50.
fn plain(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, Unwritten> {
    let mut book = Workbook::new();
    for sheet in sheets {
        fill(book.add_worksheet(), sheet)?;
    }
    Ok(book.save_to_buffer()?)
}

/// A cell of words is written as words: a workbook keeps formulas apart, so nothing has to be put before them.
fn fill(tab: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let (head, money) = (Look::new().set_bold(), Look::new().set_num_format("#,##0.00"));
    tab.set_name(sheet.name)?;
    tab.set_freeze_panes(1, 0)?;
    for (column, title) in (0..).zip(sheet.columns) {
        tab.write_string_with_format(0, column, *title, &head)?;
    }
    for (row, cells) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(words) => tab.write_string(row, column, words)?,
                // A spreadsheet has no other numbers; cents of any amount that the books hold are exact in it.
                Cell::Money(amount) => {
                    tab.write_number_with_format(row, column, amount.cents() as f64 / 100.0, &money)?
                }
                Cell::Count(count) => tab.write_number(row, column, *count as f64)?,
            };
        }
    }
    tab.autofit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use billing::Money;

    use super::*;

    fn sheet() -> Sheet {
        let row = |words: &str, cents: i64| vec![Cell::Text(words.to_owned()), Cell::Money(Money::from_cents(cents))];
        Sheet {
            name: "Entries",
            columns: &["Words", "Amount"],
            rows: vec![row("=HYPERLINK(\"x\")", -123_450), row("-5, \"quoted\"", 123_451)],
        }
    }

    #[test]
    fn formulas_are_disarmed_and_amounts_stay_numbers() {
        let bytes = written(&[sheet()], Format::Csv).expect("it is written");
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let read: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(&read[0][0], "'=HYPERLINK(\"x\")");
        assert_eq!(&read[1][0], "'-5, \"quoted\"");
        let sum: i64 = read.iter().map(|row| row[1].replace('.', "").parse::<i64>().expect("a number")).sum();
        assert_eq!(sum, 1);
    }

    #[test]
    fn a_workbook_holds_words_as_words_and_amounts_as_numbers() {
        use calamine::{Data, Reader, Xlsx};
        let bytes = written(&[sheet()], Format::Xlsx).expect("it is written");
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
        let formulas = book.worksheet_formula("Entries").expect("the tab");
        assert!(formulas.rows().flatten().all(String::is_empty), "{formulas:?}");
        let tab = book.worksheet_range("Entries").expect("the tab");
        assert_eq!(tab.get((1, 0)), Some(&Data::String("=HYPERLINK(\"x\")".to_owned())));
        assert_eq!(tab.get((1, 1)), Some(&Data::Float(-1234.5)));
        assert_eq!(tab.get((2, 1)), Some(&Data::Float(1234.51)));
    }

    #[test]
    fn json_speaks_in_cents() {
        assert_eq!(json_of(&[sheet()])[1], serde_json::json!({ "words": "-5, \"quoted\"", "amount_cents": 123_451 }));
        let two = json_of(&[sheet(), Sheet { name: "Other side", ..sheet() }]);
        assert_eq!(two["other_side"][0]["amount_cents"], -123_450);
    }
}
