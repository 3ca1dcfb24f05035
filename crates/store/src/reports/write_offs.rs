//! What was written off: by day, by who approved it and why, with how many accounts it concerns.

use billing::access::Action;
use billing::write_off::WriteOffReason;
use jiff::civil::Date;
use ledger::Money;

use super::{Cell, Report};
use crate::{Read, StoreError, params, record, statements};

/// Approved write-offs by day, person and reason.
pub static WRITE_OFFS: Report = Report {
    key: "write-offs",
    title: "Write-offs",
    answers: "Who approved which write-offs on which day, and why?",
    action: Action::ViewReports,
    when_empty: "Nothing was written off.",
    columns: &["Approved", "By", "Reason", "Books", "Accounts", "Write-offs", "Amount"],
    run,
};

record! {
    /// The approved write-offs of a day, a person and a reason.
    pub struct WrittenOffRow {
        /// The day.
        pub decided_on: Date,
        /// Who approved them.
        pub decided_by_login: String,
        /// Why.
        pub reason: WriteOffReason,
        /// How many accounts they concern.
        pub accounts: i64,
        /// How many they are.
        pub write_offs: i64,
        /// Their sum.
        pub amount: Money,
    }
}

statements! {
    /// Approved write-offs by day, person and reason, the latest day first.
    pub const WRITTEN_OFF: WrittenOffRow =
        "SELECT decided_on, decided_by_login, reason, COUNT(DISTINCT patient_id) AS accounts, COUNT(*) AS write_offs,
                CAST(SUM(amount_cents) AS BIGINT) AS amount
         FROM write_off WHERE practice_id = $1 AND state = 'approved'
         GROUP BY decided_on, decided_by_login, reason ORDER BY decided_on DESC, decided_by_login, reason";
}

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    Ok(read.query(&WRITTEN_OFF, params![])?.into_iter().map(cells).collect())
}

fn cells(row: WrittenOffRow) -> Vec<Cell> {
    let books = if row.reason.is_bad_debt() { "Bad debt" } else { "Write-off" };
    vec![
        Cell::Text(row.decided_on.to_string()),
        Cell::Text(row.decided_by_login),
        Cell::Text(row.reason.label().to_owned()),
        Cell::Text(books.to_owned()),
        Cell::Count(row.accounts),
        Cell::Count(row.write_offs),
        Cell::Money(row.amount),
    ]
}
