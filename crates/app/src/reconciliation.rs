//! The bank against the books: a period of statements with its opening and closing balance, every line of it placed or told,
//! what only one side has, and the signature that keeps the figures as they were. A period that does not come out to the cent
//! is not signed, and nobody signs who took cash, counted a slip or posted the lines.

mod withdrawals;

use billing::access::{Action, Actor, ResourceState};
use billing::bank::BankLineState;
use billing::{Money, PracticeId, ReconciliationId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::reconciliation::{
    BANK_AT, CAME_IN, LINES_NOT_IN_BOOKS_BETWEEN, Outstanding, RECONCILIATION, RECONCILIATIONS, ReconciliationBody,
    ReconciliationRow, UNCASHED, UncashedRow, WENT_OUT, WHO_HANDLED_CASH, WITHDRAWALS_NOT_IN_BOOKS,
};
use store::{Conn, Db, Json, params};

use crate::Error;
use crate::access::allow;

pub use withdrawals::{Candidates, Listed, is_other, is_sent, list, take, take_back};

/// Most signed periods that a page lists: ten years of months.
const MOST_PERIODS: i64 = 120;

/// What the bank's paper says of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// The balance before the first day.
    pub opening: Money,
    /// The balance at the end of the last day.
    pub closing: Money,
}

/// A period compared with the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What the paper says.
    pub period: Period,
    /// The account Bank at the end of the period.
    pub books: Money,
    /// What the bank held before the books knew of it.
    pub before: Money,
    /// The figures.
    pub body: ReconciliationBody,
    /// Closing balance of the paper less opening balance and lines: zero where every line was taken in.
    pub paper_difference: Money,
    /// The paper less the books with everything outstanding: zero where both sides come out.
    pub difference: Money,
}

impl Compared {
    /// Whether it can be signed.
    pub fn comes_out(&self) -> bool {
        self.paper_difference.is_zero() && self.difference.is_zero()
    }
}

/// The period that follows the last signed one, where there is one: its first day and opening balance.
///
/// # Errors
/// `Denied`.
pub fn next(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Option<(Date, Money)>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let last = read.query(&RECONCILIATIONS, params![1_i64])?.into_iter().next();
        Ok(last.map(|row| (row.period_until.saturating_add(1.day()), row.closing_cents)))
    })
}

/// Compares a period with the books and changes nothing.
///
/// # Errors
/// `Denied`; `Invalid` where the period or its opening balance does not follow the last signed one.
pub fn compare(db: &Db, actor: &Actor, practice: PracticeId, period: &Period) -> Result<Compared, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| compare_in(read, period))
}

fn compare_in(conn: &Conn, period: &Period) -> Result<Compared, Error> {
    if period.until < period.from || period.until > conn.today() {
        return Err(Error::invalid("until", "The period ends on its first day or later, and not after today."));
    }
    let signed = conn.query(&RECONCILIATIONS, params![MOST_PERIODS])?;
    if let Some(last) = signed.first() {
        let first = last.period_until.saturating_add(1.day());
        if period.from != first {
            return Err(Error::invalid("from", format!("The last signed period ended before {first}: begin there.")));
        }
        if period.opening != last.closing_cents {
            let problem = format!("The last signed period closed with {}: open with it.", last.closing_cents);
            return Err(Error::invalid("opening", problem));
        }
    }
    let since = signed.last().map_or(period.from, |first| first.period_from);
    let before = match signed.last() {
        Some(first) => first.before_cents,
        None => {
            let day_before = period.from.saturating_sub(1.day());
            let uncashed: Money = uncashed(conn, day_before)?.iter().map(|row| row.amount_cents).sum();
            period.opening - conn.query_one(&BANK_AT, params![day_before])?.0 - uncashed
        }
    };
    let (books,) = conn.query_one(&BANK_AT, params![period.until])?;
    let (came_in, placed_in) = conn.query_one(&CAME_IN, params![period.from, period.until])?;
    let (went_out, placed_out) = conn.query_one(&WENT_OUT, params![period.from, period.until])?;
    let body = ReconciliationBody {
        came_in,
        went_out,
        not_in_books: not_in_books(conn, since, period.until)?,
        not_in_bank: uncashed(conn, period.until)?.iter().map(outstanding).collect(),
        matched: placed_in + placed_out,
    };
    let paper_difference = period.closing - (period.opening + came_in - went_out);
    // What only the books have took money out of them that the bank still holds.
    let adjusted = books + before + body.only_bank() - body.only_books();
    Ok(Compared { period: *period, books, before, difference: period.closing - adjusted, paper_difference, body })
}

fn uncashed(conn: &Conn, until: Date) -> Result<Vec<UncashedRow>, Error> {
    Ok(conn.query(&UNCASHED, params![until])?)
}

fn outstanding(row: &UncashedRow) -> Outstanding {
    Outstanding {
        on: row.sent_on,
        what: match row.number == row.reference {
            true => row.number.clone(),
            false => format!("{}, {}", row.number, row.reference),
        },
        cents: -row.amount_cents,
        opens: match row.number.starts_with("RP-") {
            true => "/returned-payments?state=returned".to_owned(),
            false => "/refunds?state=sent".to_owned(),
        },
    }
}

/// What the bank has since the first reconciled day and the books have not: what came in, less what went out.
fn not_in_books(conn: &Conn, since: Date, until: Date) -> Result<Vec<Outstanding>, Error> {
    let mut items: Vec<Outstanding> = conn
        .query(&LINES_NOT_IN_BOOKS_BETWEEN, params![since, until])?
        .into_iter()
        .map(|row| Outstanding {
            on: row.booked_on,
            what: match row.state {
                BankLineState::Waiting => "Came in, waits for its place".to_owned(),
                BankLineState::Other | BankLineState::Payer | BankLineState::Patients => {
                    "Came in, not from claims".to_owned()
                }
            },
            cents: row.amount_cents,
            opens: format!("/bank?state={}", row.state.as_str()),
        })
        .collect();
    items.extend(conn.query(&WITHDRAWALS_NOT_IN_BOOKS, params![since, until])?.into_iter().map(|row| Outstanding {
        on: row.booked_on,
        what: format!("Went out: {}", row.state.label().to_lowercase()),
        cents: -row.amount_cents,
        opens: format!("/bank/withdrawals?state={}", row.state.as_str()),
    }));
    items.sort_by_key(|item| item.on);
    Ok(items)
}

/// Signs a period that comes out; its figures are kept as they are now.
///
/// # Errors
/// `Denied`; `Invalid` as [`compare`]; `Refused` where it does not come out, and for who handled cash of the period.
pub fn sign(db: &Db, actor: &Actor, practice: PracticeId, period: &Period) -> Result<ReconciliationId, Error> {
    allow(actor, Action::ReconcileBank, &ResourceState::default())?;
    db.write(actor, practice, |tx| {
        let compared = compare_in(tx, period)?;
        if !compared.comes_out() {
            let why = match compared.paper_difference.is_zero() {
                false => format!("the statement’s balances and lines differ by {}", compared.paper_difference),
                true => format!("bank and books differ by {}", compared.difference),
            };
            return Err(Error::refused(format!(
                "The period does not come out: {why}. Take in the lines that are missing, or correct the balances; \
                 nothing was signed."
            )));
        }
        let handled = tx.query(&WHO_HANDLED_CASH, params![period.from, period.until])?;
        if handled.iter().any(|(login,)| *login == actor.login) {
            return Err(Error::refused(
                "Who took cash or counted a slip of the period does not sign its reconciliation. Ask another person.",
            ));
        }
        let row = ReconciliationRow {
            id: ReconciliationId(tx.new_id()),
            period_from: period.from,
            period_until: period.until,
            opening_cents: period.opening,
            closing_cents: period.closing,
            books_cents: compared.books,
            before_cents: compared.before,
            signed_on: tx.today(),
            signed_by: tx.actor().user,
            signed_by_login: tx.actor().login.clone(),
            body: Json(compared.body),
        };
        tx.insert(&row)?;
        let detail = json!({ "until": row.period_until, "closing_cents": row.closing_cents });
        tx.audit("reconciliation.sign", "bank_reconciliation", row.id, detail);
        Ok(row.id)
    })
}

/// Signed periods, the latest first.
///
/// # Errors
/// `Denied`.
pub fn signed(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<ReconciliationRow>, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| Ok(read.query(&RECONCILIATIONS, params![MOST_PERIODS])?))
}

/// One signed period.
///
/// # Errors
/// `Denied`; `NotFound`.
pub fn show(db: &Db, actor: &Actor, practice: PracticeId, id: ReconciliationId) -> Result<ReconciliationRow, Error> {
    allow(actor, Action::ViewDeposits, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        read.query_opt(&RECONCILIATION, params![id])?.ok_or(Error::NotFound("reconciliation"))
    })
}

/// The last day that was signed, before which no line of the bank may appear any more.
pub(crate) fn signed_until(conn: &Conn) -> Result<Option<Date>, Error> {
    Ok(conn.query(&RECONCILIATIONS, params![1_i64])?.first().map(|row| row.period_until))
}
