//! `tierline export`: every report as a CSV file. A text cell that a spreadsheet would take for a formula gets an
//! apostrophe in front; an amount is a number and is never touched, so that a column still sums to the books.

use std::path::{Path, PathBuf};

use app::Error;
use app::access::allow_plain;
use billing::access::Action;
use clap::Args;
use store::reports::{Cell, REPORTS, Report};

use super::output::line;
use super::{Done, Failure, Place, Session};

/// Where to.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder; it is made, and files of the same name in it are written anew
    folder: PathBuf,
}

/// Writes every report.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    for report in REPORTS {
        let rows = session.read(|read| {
            allow_plain(read, Action::ViewReports)?;
            (report.run)(read).map_err(Error::from)
        })?;
        let path = folder.join(format!("{}.csv", report.key));
        write(&path, report, &rows)?;
        line(&format!("{}: {} rows", path.display(), rows.len()));
    }
    Ok(Done::Clean)
}

fn write(path: &Path, report: &Report, rows: &[Vec<Cell>]) -> Result<(), Failure> {
    let text = csv_of(report.columns, rows).map_err(|error| Failure::Refused(error.to_string()))?;
    std::fs::write(path, text).map_err(|error| Failure::file(path, &error))
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
