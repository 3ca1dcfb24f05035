//! How old the money is that is owed to us: by payer, and by patients, in the field's buckets of days since the
//! date of service.

use billing::access::Action;
use jiff::ToSpan;
use ledger::Money;

use super::{Cell, Report};
use crate::{Read, StoreError, params, record, statements};

/// Ends of the buckets in days since the date of service (the field's usual ones).
const BUCKET_ENDS: [i64; 4] = [30, 60, 90, 120];

/// Owed by age.
pub static AGING: Report = Report {
    key: "aging",
    title: "Aging of what is owed",
    answers: "Who owes how much, and for how long since the date of service?",
    action: Action::ViewReports,
    when_empty: "Nobody owes anything.",
    columns: &["Owed by", "0-30 days", "31-60", "61-90", "91-120", "Over 120", "Total"],
    run,
};

record! {
    /// What one payer, or all patients, owe by age.
    pub struct AgingRow {
        /// Payer's name, or Patients.
        pub owed_by: String,
        /// Up to 30 days.
        pub to_30: Money,
        /// 31 to 60.
        pub to_60: Money,
        /// 61 to 90.
        pub to_90: Money,
        /// 91 to 120.
        pub to_120: Money,
        /// Older.
        pub over_120: Money,
        /// All.
        pub total: Money,
    }
}

statements! {
    /// `$2` to `$5` are the last dates of service of the buckets, youngest first.
    pub const AGING_ROWS: AgingRow = "SELECT COALESCE(p.name, 'Patients') AS owed_by, \
        CAST(SUM(CASE WHEN c.date_of_service >= $2 THEN l.cents ELSE 0 END) AS BIGINT) AS to_30, \
        CAST(SUM(CASE WHEN c.date_of_service < $2 AND c.date_of_service >= $3 THEN l.cents ELSE 0 END) AS BIGINT) AS to_60, \
        CAST(SUM(CASE WHEN c.date_of_service < $3 AND c.date_of_service >= $4 THEN l.cents ELSE 0 END) AS BIGINT) AS to_90, \
        CAST(SUM(CASE WHEN c.date_of_service < $4 AND c.date_of_service >= $5 THEN l.cents ELSE 0 END) AS BIGINT) AS to_120, \
        CAST(SUM(CASE WHEN c.date_of_service < $5 THEN l.cents ELSE 0 END) AS BIGINT) AS over_120, \
        CAST(SUM(l.cents) AS BIGINT) AS total \
        FROM ledger_posting l \
        JOIN charge c ON c.practice_id = l.practice_id AND c.id = l.charge_id \
        LEFT JOIN payer p ON p.practice_id = l.practice_id AND p.id = l.payer_id AND l.account = 'payer_receivable' \
        WHERE l.practice_id = $1 AND l.account IN ('payer_receivable', 'patient_receivable') \
        GROUP BY COALESCE(p.name, 'Patients') HAVING SUM(l.cents) <> 0 ORDER BY 1";
}

fn run(read: &mut Read) -> Result<Vec<Vec<Cell>>, StoreError> {
    let today = read.today();
    let [first, second, third, fourth] = BUCKET_ENDS.map(|days| today.saturating_sub(days.days()));
    let rows = read.query(&AGING_ROWS, params![first, second, third, fourth])?;
    Ok(rows.into_iter().map(cells).collect())
}

fn cells(row: AgingRow) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(row.owed_by)];
    cells.extend([row.to_30, row.to_60, row.to_90, row.to_120, row.over_120, row.total].map(Cell::Money));
    cells
}
