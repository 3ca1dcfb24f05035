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

/// Columns that may say whether a line came or went.
const SIDE: &[&str] = &[
    "type",
    "transaction type",
    "dr/cr",
    "cr/dr",
    "db/cr",
    "cr/db",
    "d/c",
    "c/d",
    "debit/credit",
    "credit/debit",
    "indicator",
    "direction",
    "details",
];
/// The cells of such a column that say it outright.
const WENT: &[&str] = &["debit", "debits", "dr", "db", "d", "withdrawal", "out", "payment", "check", "fee"];
const CAME: &[&str] = &["credit", "credits", "cr", "c", "deposit", "in"];
/// What speaks of money that went out wherever it stands in such a cell ("ACH_DEBIT"), sign or not.
const SPEAKS_OF_OUT: &[&str] = &["debit", "dr", "db", "withdrawal", "fee"];

const SAVE_AGAIN: &str = "Save the sheet again as CSV with commas, in UTF-8";

struct Columns {
    day: usize,
    amount: usize,
    /// Where what went out has a column of its own.
    out: Option<usize>,
    /// Where a cell may say whether the line came or went; none where what went out has a column of its own.
    sides: Vec<usize>,
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
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
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
            Ok(line) => lines.push((place, line, Side::of(&record, &columns.sides))),
            Err(problem) => problems.push(problem),
        }
    }
    // Of one sheet the amounts are all signed, or none is and its types say which way each went.
    let is_signed = lines.iter().any(|(_, line, _)| line.amount.is_negative());
    let mut statement = Statement::default();
    for (place, line, side) in lines {
        match side.amount(line.amount, is_signed) {
            Some(amount) => statement.add(Deposit { amount, ..line }),
            None => {
                let problem = "the type says another thing than the amount, so nobody can tell whether it came or went";
                let remedy = "Write what went out below zero, as -800.00, or give it a column called debit";
                problems.push(problem_at(file, &place, problem, remedy));
            }
        }
    }
    if problems.is_empty() { Ok(statement) } else { Err(Unreadable(problems)) }
}

/// What a row says beside its amount about which way the money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Came,
    Went,
    /// It speaks of money that went out, in words that are a bank's own.
    PerhapsWent,
    Nothing,
}

impl Side {
    fn of(record: &csv::StringRecord, columns: &[usize]) -> Side {
        let mut side = Side::Nothing;
        for column in columns {
            let cell = record.get(*column).unwrap_or_default().trim().to_lowercase();
            let is_of = |words: &[&str]| words.contains(&cell.as_str());
            let mut tokens = cell.split(|one: char| !one.is_alphanumeric());
            let speaks = tokens.any(|token| SPEAKS_OF_OUT.contains(&token));
            match (is_of(WENT), is_of(CAME)) {
                (true, _) => return Side::Went,
                (false, true) => return Side::Came,
                (false, false) if speaks => side = Side::PerhapsWent,
                (false, false) => {}
            }
        }
        side
    }

    /// The amount with its sign; none where the two contradict each other.
    fn amount(self, amount: Money, is_signed: bool) -> Option<Money> {
        match self {
            Side::Nothing => Some(amount),
            // A bank that writes signs may give a debit back.
            Side::PerhapsWent => (is_signed || !amount.is_positive()).then_some(amount),
            Side::Came => (!amount.is_negative()).then_some(amount),
            Side::Went if amount.is_positive() => (!is_signed).then_some(-amount),
            Side::Went => Some(amount),
        }
    }
}

fn columns(head: &csv::StringRecord) -> Result<Columns, &'static str> {
    let named = |names: &[&str]| {
        head.iter().position(|cell| names.contains(&cell.trim().to_lowercase().replace('_', " ").as_str()))
    };
    let out = named(OUT);
    let named_so = |names: &'static [&'static str]| {
        let is = move |cell: &str| names.contains(&cell.trim().to_lowercase().replace('_', " ").as_str());
        head.iter().enumerate().filter(move |(_, cell)| is(cell)).map(|(place, _)| place)
    };
    let sides = if out.is_none() { named_so(SIDE).collect() } else { Vec::new() };
    let words = head.iter().enumerate().filter(|(_, cell)| WORDS.contains(&cell.trim().to_lowercase().as_str()));
    Ok(Columns {
        day: named(DAY).ok_or("date")?,
        amount: named(AMOUNT).ok_or("amount")?,
        out,
        sides,
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
