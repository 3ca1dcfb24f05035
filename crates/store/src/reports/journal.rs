//! The books line by line: every posting of every entry, in the order in which they were recorded. Names no patient.

use billing::access::Action;
use jiff::civil::Date;
use ledger::Money;

use super::{Cell, Report};
use crate::{Read, StoreError, params, record, statements};

/// Every posting.
pub static JOURNAL: Report = Report {
    key: "journal",
    title: "Journal of the books",
    answers: "Which entry moved which cents between which accounts, and why?",
    action: Action::ViewReports,
    when_empty: "Nothing was posted yet.",
    columns: &[
        "Entry",
        "Date",
        "Concerns",
        "Reason",
        "Account",
        "Posting reason",
        "Came from",
        "Payer",
        "Claim line",
        "Amount",
    ],
    run,
};

record! {
    /// One posting with its entry.
    pub struct JournalRow {
        /// Place of the entry in the books.
        pub sequence: i64,
        /// The day of the fact.
        pub occurred_on: Date,
        /// The day it is about, where its month was closed already.
        pub concerns_on: Option<Date>,
        /// Why the entry was made.
        pub reason: String,
        /// Which account.
        pub account: String,
        /// Why this posting.
        pub posting_reason: String,
        /// What it came from: encounter, remittance, patient payment.
        pub source_kind: String,
        /// The payer of the account, where it has one.
        pub payer: Option<String>,
        /// Our number of the claim line, where there is one.
        pub line: Option<String>,
        /// Debit positive, credit negative.
        pub amount: Money,
    }
}

statements! {
    /// Every posting in the order of the books.
    pub const JOURNAL_ROWS: JournalRow = "SELECT e.sequence AS sequence, e.occurred_on AS occurred_on, \
        e.concerns_on AS concerns_on, e.reason AS reason, l.account AS account, l.reason AS posting_reason, e.source_kind AS source_kind, \
        p.name AS payer, \
        (SELECT MIN(n.line_control_number) FROM claim_line n \
            WHERE n.practice_id = l.practice_id AND n.charge_id = l.charge_id) AS line, \
        l.cents AS amount \
        FROM ledger_entry e \
        JOIN ledger_posting l ON l.practice_id = e.practice_id AND l.entry_id = e.id \
        LEFT JOIN payer p ON p.practice_id = l.practice_id AND p.id = l.payer_id \
        WHERE e.practice_id = $1 ORDER BY e.sequence, l.ordinal";
}

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    Ok(read.query(&JOURNAL_ROWS, params![])?.into_iter().map(cells).collect())
}

fn cells(row: JournalRow) -> Vec<Cell> {
    vec![
        Cell::Count(row.sequence),
        Cell::Text(row.occurred_on.to_string()),
        Cell::Text(row.concerns_on.map_or_else(String::new, |day| day.to_string())),
        Cell::Text(row.reason),
        Cell::Text(row.account),
        Cell::Text(row.posting_reason),
        Cell::Text(row.source_kind),
        Cell::Text(row.payer.unwrap_or_default()),
        Cell::Text(row.line.unwrap_or_default()),
        Cell::Money(row.amount),
    ]
}
