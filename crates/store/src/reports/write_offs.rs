//! What was written off and stands: by day, by who approved it and why, with how many accounts it concerns. What lapsed with
//! its debt is not in the books any more and not in the sums.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use billing::PatientId;
use billing::access::Action;
use billing::write_off::{WriteOffPart, WriteOffReason};
use jiff::civil::Date;
use ledger::Money;

use super::{Cell, Report};
use crate::{Json, Read, StoreError, params, record, statements};

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
    /// An approved write-off.
    pub struct WrittenOffRow {
        /// The day.
        pub decided_on: Date,
        /// Who approved it.
        pub decided_by_login: String,
        /// Why.
        pub reason: WriteOffReason,
        /// On whose account.
        pub patient_id: PatientId,
        /// What was approved.
        pub amount_cents: Money,
        /// What of which charge, and what of it lapsed.
        pub parts: Json<Vec<WriteOffPart>>,
    }
}

statements! {
    /// Approved write-offs, in no order.
    pub const WRITTEN_OFF: WrittenOffRow =
        "SELECT decided_on, decided_by_login, reason, patient_id, amount_cents, parts
         FROM write_off WHERE practice_id = $1 AND state = 'approved'";
}

/// What one person wrote off on a day for one reason.
#[derive(Default)]
struct Sums {
    accounts: BTreeSet<PatientId>,
    write_offs: i64,
    stands: Money,
}

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    let mut sums: BTreeMap<(Reverse<Date>, String, &'static str), (WriteOffReason, Sums)> = BTreeMap::new();
    for row in read.query(&WRITTEN_OFF, params![])? {
        let key = (Reverse(row.decided_on), row.decided_by_login, row.reason.as_str());
        let (_, of) = sums.entry(key).or_insert_with(|| (row.reason, Sums::default()));
        let lapsed: Money = row.parts.0.iter().map(|part| part.lapsed).sum();
        of.accounts.insert(row.patient_id);
        of.write_offs += 1;
        of.stands += row.amount_cents - lapsed;
    }
    Ok(sums.into_iter().map(|((Reverse(on), by, _), (reason, of))| cells(on, by, reason, &of)).collect())
}

fn cells(on: Date, by: String, reason: WriteOffReason, of: &Sums) -> Vec<Cell> {
    let books = if reason.is_bad_debt() { "Bad debt" } else { "Write-off" };
    vec![
        Cell::Text(on.to_string()),
        Cell::Text(by),
        Cell::Text(reason.label().to_owned()),
        Cell::Text(books.to_owned()),
        Cell::Count(i64::try_from(of.accounts.len()).unwrap_or(i64::MAX)),
        Cell::Count(of.write_offs),
        Cell::Money(of.stands),
    ]
}
