//! The ACH entries that payers sent, as the practice's bank hands them over (NACHA, records of 94 characters): entry details
//! with their addenda, in which a payer's CCD+ transfer carries the number of its remittance as a TRN segment.

use billing::Money;
use billing::bank::Deposit;
use jiff::civil::Date;

use super::{Statement, problem_at, short_date, whole_cents};
use crate::import::Unreadable;
use crate::import::fhir::SourceFile;

const ASK: &str = "Ask the bank for the file again";
/// Transaction codes of money that came into a checking or savings account.
const CREDITS: [&str; 2] = ["22", "32"];

pub(super) fn read(file: &SourceFile, text: &str) -> Result<Statement, Unreadable> {
    let mut statement = Statement::default();
    let mut open: Option<Deposit> = None;
    let (mut batch, mut is_closed): (Option<(Date, String)>, bool) = (None, false);
    for (index, line) in text.lines().enumerate() {
        let fail = |problem: &str| Unreadable(vec![problem_at(file, &format!("line {}", index + 1), problem, ASK)]);
        if !line.is_ascii() {
            return Err(fail("it holds letters that ACH does not have"));
        }
        let part = |from: usize, to: usize| line.get(from..to.min(line.len())).unwrap_or_default();
        if part(0, 1) != "7" {
            open.take().into_iter().for_each(|line| statement.add(line));
        }
        match part(0, 1) {
            // Batch header: the company's name, and the day on which the entries take effect.
            "5" => {
                let day = short_date(part(69, 75))
                    .ok_or_else(|| fail("the batch has no effective day (positions 70 to 75)"))?;
                batch = Some((day, part(4, 20).trim().to_owned()));
            }
            "6" => {
                let (day, company) = batch.as_ref().ok_or_else(|| fail("an entry stands outside a batch"))?;
                let amount =
                    whole_cents(part(29, 39)).ok_or_else(|| fail("the amount is no number (positions 30 to 39)"))?;
                let is_in = CREDITS.contains(&part(1, 3));
                open = Some(Deposit {
                    booked_on: *day,
                    amount: if is_in { amount } else { Money::ZERO },
                    trace: part(79, 94).trim().to_owned(),
                    words: company.clone(),
                });
            }
            "7" => {
                if let Some(line) = open.as_mut() {
                    line.words.push(' ');
                    line.words.push_str(part(3, 83).trim());
                }
            }
            "9" => is_closed = true,
            "1" | "8" | "" => {}
            _ => return Err(fail("a record of this kind is not known")),
        }
    }
    if !is_closed {
        let problem = problem_at(file, "the end", "the file control record (9) is absent: the file is cut off", ASK);
        return Err(Unreadable(vec![problem]));
    }
    Ok(statement)
}
