//! A statement as CSV, with a header that names its columns in the words that banks use. One row is one line.

use billing::Money;
use billing::bank::Deposit;
use jiff::civil::Date;

use super::{Statement, problem_at};
use crate::import::fhir::SourceFile;
use crate::import::{InputProblem, Unreadable};

/// What each column is called, by whichever bank.
const DAY: &[&str] = &["date", "posted", "posted on", "posting date", "post date", "transaction date", "booked on"];
const AMOUNT: &[&str] = &["amount", "credit", "credits", "credit amount", "deposit", "deposits"];
const OUT: &[&str] = &["debit", "debits", "debit amount", "withdrawal", "withdrawals"];
const WORDS: &[&str] = &["description", "details", "memo", "name", "payee", "addenda", "transaction"];
const NUMBER: &[&str] = &["reference", "reference number", "trace", "trn", "check number", "bank reference", "number"];

const SAVE_AGAIN: &str = "Save the sheet again as CSV with commas, in UTF-8";

struct Columns {
    day: usize,
    amount: usize,
    /// Where what went out has a column of its own.
    out: Option<usize>,
    words: Vec<usize>,
    number: Option<usize>,
}

pub(super) fn read(file: &SourceFile, text: &str) -> Result<Statement, Unreadable> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let one = |place: &str, problem: &str, remedy: &str| Unreadable(vec![problem_at(file, place, problem, remedy)]);
    let head = reader.headers().map_err(|_| one("row 1", "the header cannot be read", SAVE_AGAIN))?.clone();
    let columns = columns(&head).map_err(|missing| {
        one(
            "row 1",
            &format!("no column is called {missing}"),
            "Name the columns date, amount, description and reference",
        )
    })?;
    let (mut statement, mut problems) = (Statement::default(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let place = format!("row {}", index + 2);
        let Ok(record) = record else {
            problems.push(problem_at(file, &place, "the row cannot be read", SAVE_AGAIN));
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match line(file, &place, &columns, &record, head.len()) {
            Ok(line) => statement.add(line),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(statement) } else { Err(Unreadable(problems)) }
}

fn columns(head: &csv::StringRecord) -> Result<Columns, &'static str> {
    let named = |names: &[&str]| {
        head.iter().position(|cell| names.contains(&cell.trim().to_lowercase().replace('_', " ").as_str()))
    };
    let words = head.iter().enumerate().filter(|(_, cell)| WORDS.contains(&cell.trim().to_lowercase().as_str()));
    Ok(Columns {
        day: named(DAY).ok_or("date")?,
        amount: named(AMOUNT).ok_or("amount")?,
        out: named(OUT),
        words: words.map(|(place, _)| place).collect(),
        number: named(NUMBER),
    })
}

fn line(
    file: &SourceFile,
    place: &str,
    columns: &Columns,
    record: &csv::StringRecord,
    width: usize,
) -> Result<Deposit, InputProblem> {
    if record.len() != width {
        let remedy = "Put a cell with a comma in it between quotes, as \"1,140.00\", and give every column a cell";
        return Err(problem_at(file, place, "the row has another number of cells than the header", remedy));
    }
    let cell = |column: usize| record.get(column).unwrap_or_default().trim();
    let booked_on = day(cell(columns.day))
        .ok_or_else(|| problem_at(file, place, "the date is none", "Write it as 2026-11-22 or 11/22/2026"))?;
    let read = |column: usize| {
        amount(cell(column)).ok_or_else(|| {
            problem_at(file, place, "the amount is none", "Write it as 1140.00 or \"1,140.00\", below zero as -12.00")
        })
    };
    let (came, went) = (read(columns.amount)?, columns.out.map_or(Ok(Money::ZERO), read)?);
    if !came.is_zero() && !went.is_zero() {
        return Err(problem_at(file, place, "the row has money in and money out", "Give each its own row"));
    }
    let amount = came - went.abs();
    let words: Vec<&str> = columns.words.iter().map(|column| cell(*column)).filter(|text| !text.is_empty()).collect();
    let trace = columns.number.map_or("", cell).to_owned();
    Ok(Deposit { booked_on, amount, trace, words: words.join(" ") })
}

/// "2026-11-22", or "11/22/2026" as banks of this country write it.
fn day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    let mut parts = text.split('/').map(str::parse::<i16>);
    let (month, day, year) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let year = if year < 100 { 2000 + year } else { year };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| parts.next().is_none())
}

/// "1,140.00", "-12.00", "(12.00)", "$5.00"; an empty cell is nothing, as where credits and debits have a column each.
fn amount(text: &str) -> Option<Money> {
    if text.is_empty() {
        return Some(Money::ZERO);
    }
    let (body, is_out) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(body) => (body, true),
        None => (text.strip_prefix('-').unwrap_or(text), text.starts_with('-')),
    };
    let body = body.strip_prefix('$').unwrap_or(body);
    let is_plain = body.starts_with(|first: char| first.is_ascii_digit())
        && body.split_once('.').is_none_or(|(_, cents)| cents.len() == 2);
    let amount = Money::parse(body).ok().filter(|_| is_plain)?;
    Some(if is_out { -amount } else { amount })
}
