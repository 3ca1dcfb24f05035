//! Every payment of a patient, the latest first: what the number on the home page is made of. Names no patient.

use billing::access::Action;
use jiff::civil::Date;
use ledger::Money;

use super::{Cell, Report};
use crate::{Read, StoreError, params, record, statements};

/// Every payment of a patient.
pub static RECEIPTS: Report = Report {
    key: "receipts",
    title: "Payments of patients",
    answers: "Which payments did patients make, how, and who took them?",
    action: Action::ViewReports,
    when_empty: "No patient has paid yet.",
    columns: &["Receipt", "Received", "Account", "How", "Taken by", "Amount"],
    run,
};

record! {
    /// One payment.
    pub struct ReceiptRow {
        /// The receipt's number.
        pub receipt_number: String,
        /// When it was received.
        pub received_on: Date,
        /// The account's number.
        pub account_number: String,
        /// 'cash', 'check', 'card'.
        pub method: String,
        /// Who took it.
        pub taken_by: String,
        /// How much.
        pub amount: Money,
    }
}

statements! {
    /// Every payment of a patient, the latest first.
    pub const RECEIPT_ROWS: ReceiptRow = "SELECT m.receipt_number AS receipt_number, m.received_on AS received_on, \
        t.account_number AS account_number, m.method AS method, m.taken_by AS taken_by, m.amount_cents AS amount \
        FROM patient_payment m JOIN patient t ON t.practice_id = m.practice_id AND t.id = m.patient_id \
        WHERE m.practice_id = $1 ORDER BY m.received_on DESC, m.id DESC";
}

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    Ok(read.query(&RECEIPT_ROWS, params![])?.into_iter().map(cells).collect())
}

fn cells(row: ReceiptRow) -> Vec<Cell> {
    vec![
        Cell::Text(row.receipt_number),
        Cell::Text(row.received_on.to_string()),
        Cell::Text(row.account_number),
        Cell::Text(row.method),
        Cell::Text(row.taken_by),
        Cell::Money(row.amount),
    ]
}
