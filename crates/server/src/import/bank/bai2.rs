//! A statement as BAI2, the cash management format of US banks: records by their first two digits, fields by commas, a slash
//! at the end, texts continued by records 88. Type codes 100 to 399 are money that came in.

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

pub(super) fn read(file: &SourceFile, text: &str) -> Result<Statement, Unreadable> {
    let mut statement = Statement::default();
    let mut open: Option<Deposit> = None;
    let (mut booked_on, mut is_closed): (Option<Date>, bool) = (None, false);
    for (index, line) in text.lines().enumerate() {
        let fail = |problem: &str| Unreadable(vec![problem_at(file, &format!("line {}", index + 1), problem, ASK)]);
        let body = line.trim_end().trim_end_matches('/');
        let fields: Vec<&str> = body.split(',').collect();
        if fields.first() != Some(&"88") {
            open.take().into_iter().for_each(|line| statement.add(line));
        }
        match fields.first().copied().unwrap_or_default() {
            // Group header: its fifth field is the day of which it tells.
            "02" => {
                let day = fields.get(4).and_then(|digits| short_date(digits));
                booked_on = Some(day.ok_or_else(|| fail("the group has no day (record 02)"))?);
            }
            "16" => {
                let on = booked_on.ok_or_else(|| fail("a transaction stands outside a group (record 16)"))?;
                open = Some(
                    transaction(&fields, on).ok_or_else(|| fail("the type or the amount is no number (record 16)"))?,
                );
            }
            "88" => {
                if let (Some(line), Some((_, more))) = (open.as_mut(), body.split_once(',')) {
                    line.words.push(' ');
                    line.words.push_str(more);
                }
            }
            "99" => is_closed = true,
            "01" | "03" | "49" | "98" | "" => {}
            _ => return Err(fail("a record of this kind is not known")),
        }
    }
    if !is_closed {
        let problem = problem_at(file, "the end", "the trailer (record 99) is absent: the file is cut off", ASK);
        return Err(Unreadable(vec![problem]));
    }
    Ok(statement)
}

/// 16, type, amount, funds type, bank reference, customer reference, text. Funds types S, V and D bring fields of their own.
fn transaction(fields: &[&str], booked_on: Date) -> Option<Deposit> {
    let kind: u16 = fields.get(1)?.parse().ok()?;
    let amount = whole_cents(fields.get(2)?)?;
    let own = match *fields.get(3)? {
        "V" => 2,
        "S" => 3,
        "D" => 1 + 2 * fields.get(4)?.parse::<usize>().ok().filter(|count| *count < 100)?,
        _ => 0,
    };
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
