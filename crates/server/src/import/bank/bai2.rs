//! A statement as BAI2, the cash management format of US banks: records by their first two digits, fields by commas, a slash
//! at the end, texts continued by records 88. Type codes 100 to 399 are money that came in. The control totals of account,
//! group and file must be what stands in them; the counts of records are not judged, because banks count them differently.

use billing::Money;
use billing::bank::Deposit;
use jiff::civil::Date;

use super::{Statement, problem_at, short_date, whole_cents};
use crate::import::Unreadable;
use crate::import::fhir::SourceFile;

/// Type codes of credits (BAI2, appendix of uniform reporting codes).
const CREDITS: std::ops::RangeInclusive<u16> = 100..=399;
/// Type codes of debits.
const DEBITS: std::ops::RangeInclusive<u16> = 400..=699;
const ASK: &str = "Ask the bank for the file again";

/// The sums of what stands in an open account, group and file, in cents, as the trailers must give them.
#[derive(Default)]
struct Totals {
    account: i64,
    group: i64,
    file: i64,
    accounts: i64,
    groups: i64,
}

impl Totals {
    fn add(&mut self, cents: i64) -> Option<()> {
        self.account = self.account.checked_add(cents)?;
        Some(())
    }

    /// Ends an account, a group or the file; false where its trailer says another sum or count.
    fn end(&mut self, record: &str, fields: &[&str]) -> Option<bool> {
        let number = |place: usize| fields.get(place)?.trim().parse::<i64>().ok();
        let (told, parts) = (number(1)?, number(2));
        Some(match record {
            "49" => {
                self.group = self.group.checked_add(self.account)?;
                self.accounts += 1;
                std::mem::take(&mut self.account) == told
            }
            "98" => {
                self.file = self.file.checked_add(self.group)?;
                self.groups += 1;
                std::mem::take(&mut self.group) == told && parts == Some(std::mem::take(&mut self.accounts))
            }
            _ => self.file == told && parts == Some(self.groups),
        })
    }
}

/// What of a file stands open while its records are read.
#[derive(Default)]
struct Reading {
    statement: Statement,
    transaction: Option<Deposit>,
    /// The fields of an account's record 03, which goes on in records 88.
    account: Vec<String>,
    totals: Totals,
    booked_on: Option<Date>,
    is_closed: bool,
}

impl Reading {
    /// Takes in one record; a problem in words where it cannot be.
    fn record(&mut self, body: &str) -> Result<(), &'static str> {
        const TOO_LARGE: &str = "the amounts are larger than any bank's";
        const OTHER: &str = "the control total is not what stands above it: the file was changed, or is not whole";
        let fields: Vec<&str> = body.split(',').collect();
        let kind = fields.first().copied().unwrap_or_default();
        if kind != "88" {
            self.transaction.take().into_iter().for_each(|line| self.statement.add(line));
            let sum = account_sum(&std::mem::take(&mut self.account)).ok_or("an amount is no number (record 03)")?;
            self.totals.add(sum).ok_or(TOO_LARGE)?;
        }
        match kind {
            // Group header: its third field says what the group is, its fifth the day of which it tells.
            "02" => {
                match fields.get(3).map(|status| status.trim()) {
                    Some("1" | "") => {}
                    Some("4") => return Err("the group is a test (record 02): it tells of no money"),
                    Some(_) | None => {
                        return Err("the group takes back or corrects another one (record 02), which is not read here");
                    }
                }
                let day = fields.get(4).and_then(|digits| short_date(digits));
                self.booked_on = Some(day.ok_or("the group has no day (record 02)")?);
            }
            "03" => self.account = fields.iter().map(|field| (*field).to_owned()).collect(),
            "16" => {
                let on = self.booked_on.ok_or("a transaction stands outside a group (record 16)")?;
                let made = transaction(&fields, on).ok_or("the type or the amount is no number (record 16)")?;
                let cents = fields.get(2).and_then(|digits| whole_cents(digits)).unwrap_or_default();
                self.totals.add(cents.cents()).ok_or(TOO_LARGE)?;
                self.transaction = Some(made);
            }
            "88" => match (self.transaction.as_mut(), body.split_once(',')) {
                (Some(line), Some((_, more))) => {
                    line.words.push(' ');
                    line.words.push_str(more);
                }
                (None, Some(_)) if !self.account.is_empty() => {
                    self.account.extend(fields.iter().skip(1).map(|field| (*field).to_owned()));
                }
                (Some(_) | None, _) => {}
            },
            "49" | "98" | "99" => {
                if !self.totals.end(kind, &fields).ok_or("the control total is no number")? {
                    return Err(OTHER);
                }
                self.is_closed = kind == "99";
            }
            "01" | "" => {}
            _ => return Err("a record of this kind is not known"),
        }
        Ok(())
    }
}

pub(super) fn read(file: &SourceFile, text: &str) -> Result<Statement, Unreadable> {
    let mut reading = Reading::default();
    for (index, line) in text.lines().enumerate() {
        let body = line.trim_end();
        let body = body.strip_suffix('/').unwrap_or(body);
        reading
            .record(body)
            .map_err(|problem| Unreadable(vec![problem_at(file, &format!("line {}", index + 1), problem, ASK)]))?;
    }
    if !reading.is_closed {
        let problem = problem_at(file, "the end", "the trailer (record 99) is absent: the file is cut off", ASK);
        return Err(Unreadable(vec![problem]));
    }
    Ok(reading.statement)
}

/// The sum of the amounts of an account's record: 03, account, currency, then type, amount, count and funds type again and
/// again; none where one is no number.
fn account_sum(fields: &[String]) -> Option<i64> {
    let (mut place, mut sum) = (3, 0_i64);
    while place < fields.len() {
        let amount = fields.get(place + 1).map_or("", |field| field.trim());
        if !amount.is_empty() {
            sum = sum.checked_add(whole_cents(amount)?.cents())?;
        }
        let funds = fields.get(place + 3).map_or("", |field| field.trim());
        place += 4 + fields_of_funds(funds, fields.get(place + 4).map(String::as_str))?;
    }
    Some(sum)
}

/// How many fields a funds type brings of its own: V a day and a time, S three amounts, D a count and as many pairs.
fn fields_of_funds(funds: &str, next: Option<&str>) -> Option<usize> {
    Some(match funds {
        "V" => 2,
        "S" => 3,
        "D" => 1 + 2 * next?.trim().parse::<usize>().ok().filter(|count| *count < 100)?,
        _ => 0,
    })
}

/// 16, type, amount, funds type, bank reference, customer reference, text. Funds types S, V and D bring fields of their own.
fn transaction(fields: &[&str], booked_on: Date) -> Option<Deposit> {
    let kind: u16 = fields.get(1)?.parse().ok()?;
    let amount = whole_cents(fields.get(2)?)?;
    let own = fields_of_funds(fields.get(3)?, fields.get(4).copied())?;
    let field = |place: usize| fields.get(place + own).copied().unwrap_or_default();
    let texts: Vec<&str> = fields.iter().skip(6 + own).copied().collect();
    let is_in = CREDITS.contains(&kind);
    let trace = if field(5).is_empty() { field(4) } else { field(5) };
    Some(Deposit {
        booked_on,
        amount: match (is_in, DEBITS.contains(&kind)) {
            (true, _) => amount,
            (false, true) => -amount,
            (false, false) => Money::ZERO,
        },
        trace: trace.to_owned(),
        words: texts.join(",").trim().to_owned(),
    })
}
