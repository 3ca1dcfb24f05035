//! Readers of a bank's statement: CSV, BAI2, and the ACH entries (NACHA, CCD+) of a payers' bank. Each gives the money that
//! came in and that went out, line by line. The whole file is judged before anything is used.

mod bai2;
mod csv;
mod nacha;

use billing::Money;
use billing::bank::Deposit;
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::fhir::SourceFile;
use super::{InputProblem, Unreadable};

/// Keeps a wrong file from filling the memory.
const LARGEST_FILE_BYTES: usize = 16 * 1024 * 1024;
/// An ACH file comes some days before its entries take effect; further ahead is a mistyped year.
const MOST_DAYS_AHEAD: i64 = 7;
/// Days before this are mistyped years.
const OLDEST: Date = date(2000, 1, 1);

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// Money that came in.
    pub deposits: Vec<Deposit>,
    /// Money that went out; the amounts are above zero.
    pub withdrawals: Vec<Deposit>,
    /// Lines of no money, or of which nobody can tell whether it came or went.
    pub left_out: usize,
    /// ACH entries whose day has not come: nothing of them is in the bank, so the file is to be taken in again then.
    pub not_yet: usize,
}

impl Statement {
    /// Adds a line; below zero it went out.
    fn add(&mut self, line: Deposit) {
        if line.amount.is_positive() {
            self.deposits.push(line);
        } else if line.amount.is_negative() {
            self.withdrawals.push(Deposit { amount: -line.amount, ..line });
        } else {
            self.left_out += 1;
        }
    }

    /// Leaves out what takes effect within the days to come; a day further ahead stays, and is refused.
    fn until(mut self, today: Date) -> Statement {
        let latest = today.saturating_add(MOST_DAYS_AHEAD.days());
        let all = self.deposits.len();
        self.deposits.retain(|line| line.booked_on <= today || line.booked_on > latest);
        self.not_yet = all - self.deposits.len();
        self
    }
}

/// Reads a statement whole, in whichever of the three formats it is, or refuses it with every problem. `today` bounds days.
///
/// # Errors
/// Each problem with its line and what to do.
pub fn read(file: &SourceFile, today: Date) -> Result<Statement, Unreadable> {
    let whole = |problem: &str, remedy: &str| Unreadable(vec![problem_at(file, "the file", problem, remedy)]);
    if file.bytes.len() > LARGEST_FILE_BYTES {
        return Err(whole("it has more than 16 MiB", "Ask the bank for a shorter period"));
    }
    let Ok(text) = std::str::from_utf8(&file.bytes) else {
        return Err(whole("it is not text in UTF-8", "Save it again as CSV in UTF-8, or ask the bank for BAI2"));
    };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(whole("it is empty", "Check that the right file was named"));
    }
    let statement = if text.starts_with("01,") {
        bai2::read(file, text)
    } else if text.starts_with("101") && text.lines().next().is_some_and(|line| line.trim_end().len() > 23) {
        nacha::read(file, text).map(|statement| statement.until(today))
    } else {
        csv::read(file, text)
    }?;
    let mut lines = statement.deposits.iter().chain(&statement.withdrawals);
    let strange = lines.find(|line| line.booked_on > today || line.booked_on < OLDEST);
    if let Some(line) = strange {
        let place = format!("the line of {}", line.booked_on);
        let problem =
            problem_at(file, &place, "the day is no day of a statement", "Correct the date, or the file's format");
        return Err(Unreadable(vec![problem]));
    }
    if statement.deposits.is_empty() && statement.withdrawals.is_empty() && statement.left_out + statement.not_yet == 0
    {
        return Err(whole("it holds no line of a statement", "Check that the right file was named"));
    }
    Ok(statement)
}

fn problem_at(file: &SourceFile, place: &str, problem: &str, remedy: &str) -> InputProblem {
    InputProblem {
        file: file.name.clone(),
        place: place.to_owned(),
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// Six digits, year, month, day, as banks write them: "261122".
fn short_date(digits: &str) -> Option<Date> {
    let part = |from: usize| digits.get(from..from + 2)?.parse::<i8>().ok();
    let (true, year, month, day) = (digits.len() == 6, part(0)?, part(2)?, part(4)?) else { return None };
    Date::new(2000 + i16::from(year), month, day).ok()
}

/// Whole cents without a point, as BAI2 and ACH write them.
fn whole_cents(digits: &str) -> Option<Money> {
    digits.trim().parse::<i64>().ok().map(Money::from_cents)
}
