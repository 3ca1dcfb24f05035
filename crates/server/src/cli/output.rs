//! Prints lists: as a table for people, or as JSON for programs. Holds no knowledge of what is listed.

use std::io::Write;

use serde::Serialize;

use super::{Done, Failure};

/// Which side a column's cells stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers and money.
    Right,
}

/// Prints a value as JSON, on lines of its own.
pub fn json(value: &impl Serialize) -> Result<Done, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Refused(error.to_string()))?;
    line(&text);
    Ok(Done::Clean)
}

/// Prints a table with its head; says so where there is nothing to list.
pub fn table(head: &[(&str, Align)], rows: &[Vec<String>], when_empty: &str) -> Result<Done, Failure> {
    if rows.is_empty() {
        line(when_empty);
        return Ok(Done::Clean);
    }
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(column, (title, _))| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain([title.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let titles: Vec<String> = head.iter().map(|(title, _)| (*title).to_owned()).collect();
    for row in [&titles].into_iter().chain(rows) {
        let cells: Vec<String> = row
            .iter()
            .zip(head.iter().zip(&widths))
            .map(|(cell, ((_, align), width))| match align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            })
            .collect();
        line(cells.join("  ").trim_end());
    }
    Ok(Done::Clean)
}

/// One line on standard output. Where the reader has gone away (`| head`) there is nobody left to tell.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
