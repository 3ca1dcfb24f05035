//! Prints any report of the store: as a table, or as JSON.

use app::Error;
use app::access::allow_plain;
use clap::Args;
use store::reports::{self, Cell};

use super::output::{self, Align};
use super::{Done, Failure, Place, Session};
use crate::table_file::{self, Sheet};

/// Which report.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The report: aging, claims, conflicts, journal, quality, receipts, unclaimed-property, write-offs
    report: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the report as of today.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let Some(report) = reports::find(&arguments.report) else {
        let known: Vec<&str> = reports::REPORTS.iter().map(|report| report.key).collect();
        return Err(Failure::Unreadable(format!("There is no report of that name. There are: {}.", known.join(", "))));
    };
    let session = Session::open(place)?;
    let rows = session.read(|read| {
        allow_plain(read, report.action)?;
        (report.run)(read).map_err(Error::from)
    })?;
    if arguments.json {
        return output::json(&table_file::json_of(&[Sheet { name: report.key, columns: report.columns, rows }]));
    }
    let aligns = |column: usize| match rows.first().and_then(|row| row.get(column)) {
        Some(Cell::Money(_) | Cell::Count(_)) => Align::Right,
        Some(Cell::Text(_)) | None => Align::Left,
    };
    let head: Vec<(&str, Align)> =
        report.columns.iter().enumerate().map(|(column, title)| (*title, aligns(column))).collect();
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(text).collect()).collect();
    output::table(&head, &cells, report.when_empty)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Money(money) => money.to_string(),
        Cell::Count(count) => count.to_string(),
    }
}
