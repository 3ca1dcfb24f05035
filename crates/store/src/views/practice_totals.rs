//! A whole practice in numbers: what was seen, sent, answered, paid and is still owed, and the sum of all postings. Read only.

use ledger::Money;

use crate::{Conn, StoreError, params, record, statements};

record! {
    /// Counts and sums over everything.
    pub struct PracticeTotalsRow {
        /// Patients on file.
        pub patients: i64,
        /// Visits.
        pub visits: i64,
        /// Service lines charged.
        pub charges: i64,
        /// Their sum.
        pub charged: Money,
        /// Claims.
        pub claims: i64,
        /// Claims that were in a file at least once.
        pub submitted: i64,
        /// Claims that a payer accepted into adjudication.
        pub accepted: i64,
        /// Claims that were rejected at least once.
        pub rejected: i64,
        /// Claims of which a remittance denied something.
        pub denied: i64,
        /// Remittances posted.
        pub remittances: i64,
        /// Remittances in quarantine.
        pub quarantined: i64,
        /// What payers paid, by posted remittances.
        pub paid: Money,
        /// What patients paid.
        pub patient_paid: Money,
        /// What patients owe now.
        pub patient_owes: Money,
        /// What payers owe now.
        pub payers_owe: Money,
        /// The sum of all postings: zero, or the books are broken.
        pub trial_balance: Money,
        /// Entries in the books.
        pub entries: i64,
        /// Statements made.
        pub statements: i64,
    }
}

statements! {
    /// Everything at once.
    pub const PRACTICE_TOTALS: PracticeTotalsRow = "SELECT \
        (SELECT COUNT(*) FROM patient WHERE practice_id = $1) AS patients, \
        (SELECT COUNT(*) FROM encounter WHERE practice_id = $1) AS visits, \
        (SELECT COUNT(*) FROM charge WHERE practice_id = $1) AS charges, \
        (SELECT CAST(COALESCE(-SUM(cents), 0) AS BIGINT) FROM ledger_posting WHERE practice_id = $1 AND account = 'revenue') AS charged, \
        (SELECT COUNT(*) FROM claim WHERE practice_id = $1) AS claims, \
        (SELECT COUNT(DISTINCT claim_id) FROM submission_claim WHERE practice_id = $1) AS submitted, \
        (SELECT COUNT(*) FROM claim WHERE practice_id = $1 AND accepted_on IS NOT NULL) AS accepted, \
        (SELECT COUNT(*) FROM claim WHERE practice_id = $1 AND rejections > 0) AS rejected, \
        (SELECT COUNT(DISTINCT claim_id) FROM claim_payment WHERE practice_id = $1 AND denied_cents > 0) AS denied, \
        (SELECT COUNT(*) FROM remittance WHERE practice_id = $1 AND state = 'posted') AS remittances, \
        (SELECT COUNT(*) FROM remittance WHERE practice_id = $1 AND state = 'quarantined') AS quarantined, \
        (SELECT CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) FROM remittance WHERE practice_id = $1 AND state = 'posted') AS paid, \
        (SELECT CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) FROM patient_payment WHERE practice_id = $1) AS patient_paid, \
        (SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting WHERE practice_id = $1 AND account = 'patient_receivable') AS patient_owes, \
        (SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting WHERE practice_id = $1 AND account = 'payer_receivable') AS payers_owe, \
        (SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting WHERE practice_id = $1) AS trial_balance, \
        (SELECT COUNT(*) FROM ledger_entry WHERE practice_id = $1) AS entries, \
        (SELECT COUNT(*) FROM statement WHERE practice_id = $1) AS statements";
}

/// The practice in numbers.
pub fn get(conn: &Conn) -> Result<PracticeTotalsRow, StoreError> {
    conn.query_one(&PRACTICE_TOTALS, params![])
}
