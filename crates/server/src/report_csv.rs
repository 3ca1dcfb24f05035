//! A report as CSV, the same from the command line and from a page. A text cell that a spreadsheet would take for a
//! formula gets an apostrophe in front; an amount is a number and is never touched, so that a column still sums to the
//! books.

use store::reports::{Cell, Report};

/// The report's heads and rows.
///
/// # Errors
/// Only where memory ends.
pub fn written(report: &Report, rows: &[Vec<Cell>]) -> Result<Vec<u8>, csv::Error> {
    csv_of(report.columns, rows)
}

fn csv_of(columns: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row.iter().map(text))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn text(cell: &Cell) -> String {
    match cell {
        // OWASP's list for CSV injection.
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

#[cfg(test)]
mod tests {
    use billing::Money;

    use super::*;

    #[test]
    fn formulas_are_disarmed_and_amounts_stay_numbers() {
        let rows = [
            vec![Cell::Text("=HYPERLINK(\"x\")".to_owned()), Cell::Money(Money::from_cents(-123_450))],
            vec![Cell::Text("-5, \"quoted\"".to_owned()), Cell::Money(Money::from_cents(123_451))],
        ];
        let bytes = csv_of(&["Words", "Amount"], &rows).expect("it is written");
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let read: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(&read[0][0], "'=HYPERLINK(\"x\")");
        assert_eq!(&read[1][0], "'-5, \"quoted\"");
        let sum: i64 = read.iter().map(|row| row[1].replace('.', "").parse::<i64>().expect("a number")).sum();
        assert_eq!(sum, 1);
    }
}
