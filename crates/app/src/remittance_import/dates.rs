//! The day of a payment (BPR16): its money stands in the books on that day, and months are closed and the bank is asked by it.
//! So a day that no payment can have keeps the payment out whole. Never mends a day.

use billing::remittance::Remittance;
use jiff::ToSpan;
use jiff::civil::Date;
use store::period::FIRST_ENTRY_DAY;
use store::remittance::SERVED_AFTER;
use store::{Tx, params};

use crate::Error;

/// Most days that a payment may be dated ahead: payers announce a transfer some business days before it takes effect (three
/// by the CAQH CORE rule on reassociation), and a month is a slip of the month or the year.
const MOST_DAYS_AHEAD: i64 = 30;
/// Most days that a payment may be dated before the first day of the books: no bank need pay a check that is older than six
/// months (UCC 4-404), so what is older is no payment that comes in now.
const MOST_DAYS_BEFORE_BOOKS: i64 = 183;
/// CLP02 of an answer that decides nothing, about a service that may be still to come.
const ESTIMATE: &str = "25";

/// Why a day is none that a payment keyed from paper has; none where it may be one. `what` names the place it stands in.
pub(crate) fn out_of_bounds(tx: &Tx, what: &str, paid_on: Date) -> Result<Option<String>, Error> {
    if let Some(sentence) = ahead(tx, what, paid_on) {
        return Ok(Some(sentence));
    }
    let today = tx.today();
    let begun = tx.query_one(&FIRST_ENTRY_DAY, params![])?.0.map_or(today, |first| first.min(today));
    if paid_on < begun.saturating_sub(MOST_DAYS_BEFORE_BOOKS.days()) {
        return Ok(Some(format!(
            "{what}: the payment is dated {paid_on}, more than {MOST_DAYS_BEFORE_BOOKS} days before the books begin \
             ({begun})"
        )));
    }
    Ok(None)
}

fn ahead(tx: &Tx, what: &str, paid_on: Date) -> Option<String> {
    (paid_on > tx.today().saturating_add(MOST_DAYS_AHEAD.days()))
        .then(|| format!("{what}: the payment is dated {paid_on}, more than {MOST_DAYS_AHEAD} days ahead"))
}

/// The first day of the books, for a payment that is far older than they are: it stands in them on that day, with its own
/// beside it, so that no month before the books has to be closed. None for a payment of any other day.
pub(crate) fn first_day_of_books(tx: &Tx, paid_on: Date) -> Result<Option<Date>, Error> {
    let today = tx.today();
    if paid_on >= today.saturating_sub(MOST_DAYS_BEFORE_BOOKS.days()) {
        return Ok(None);
    }
    let begun = tx.query_one(&FIRST_ENTRY_DAY, params![])?.0.map_or(today, |first| first.min(today));
    Ok((paid_on < begun.saturating_sub(MOST_DAYS_BEFORE_BOOKS.days())).then_some(begun))
}

/// Why no payment is of this day: far ahead, or before a service that it pays for. One that pays nothing of ours may be as old
/// as it likes: a practice takes in what came before its books began ([`first_day_of_books`]).
pub(super) fn problem(tx: &Tx, remittance: &Remittance) -> Result<Option<String>, Error> {
    const REMEDY: &str = "nothing is posted. Ask the payer for a corrected file.";
    if let Some(sentence) = ahead(tx, "BPR16", remittance.paid_on) {
        return Ok(Some(format!("{sentence}; {REMEDY}")));
    }
    let decided = remittance.claims.iter().filter(|claim| claim.status_code != ESTIMATE);
    let numbers: Vec<String> = decided.map(|claim| claim.control_number.clone()).collect();
    // A service after today is never entered, so nothing that is paid from today on is paid before its service.
    if remittance.paid_on >= tx.today() || numbers.is_empty() {
        return Ok(None);
    }
    let mut later = tx.query_in(&SERVED_AFTER, params![remittance.paid_on], &numbers)?;
    later.sort_unstable();
    Ok(later.first().map(|(number, served_on)| {
        format!(
            "BPR16: the payment is dated {}, before the service that it pays for: claim {number} is of {served_on}; \
             {REMEDY}",
            remittance.paid_on
        )
    }))
}
