//! What remittances did to each claim's charges, from the ledger's postings alone: the practice's side of a comparison with
//! what a payer says it decided. Read only; money from patients and write-offs are not in it.

use jiff::civil::Date;
use ledger::Money;

use crate::{Conn, StoreError, params, record, statements};

record! {
    /// One claim's charges after everything that remittances posted.
    pub struct ClaimMoneyRow {
        /// Our number, CLM01.
        pub control_number: String,
        /// The payer's electronic id.
        pub payer_identifier: String,
        /// The claim's status word.
        pub status: String,
        /// The visit's day.
        pub date_of_service: Date,
        /// What was charged.
        pub charged: Money,
        /// What remittances took off the payer's receivable: payment, contractual part and patient's part.
        pub settled: Money,
        /// What nobody owes.
        pub contractual: Money,
        /// What went to the next payer or the patient.
        pub patient: Money,
    }
}

statements! {
    /// Every claim that was ever made, in order of its number. `settled` is turned round, so that a payment counts positive.
    pub const CLAIM_MONEY: ClaimMoneyRow = "SELECT c.control_number AS control_number, \
        y.payer_identifier AS payer_identifier, c.status AS status, c.date_of_service AS date_of_service, \
        c.total_cents AS charged, \
        CAST(-COALESCE(SUM(CASE WHEN l.account = 'payer_receivable' AND l.payer_id = c.payer_id THEN l.cents ELSE 0 END), 0) AS BIGINT) AS settled, \
        CAST(COALESCE(SUM(CASE WHEN l.account = 'contractual' THEN l.cents ELSE 0 END), 0) AS BIGINT) AS contractual, \
        CAST(COALESCE(SUM(CASE WHEN l.account = 'patient_receivable' \
            OR (l.account = 'payer_receivable' AND l.payer_id <> c.payer_id) THEN l.cents ELSE 0 END), 0) AS BIGINT) AS patient \
        FROM claim c \
        JOIN payer y ON y.practice_id = c.practice_id AND y.id = c.payer_id \
        JOIN claim_line n ON n.practice_id = c.practice_id AND n.claim_id = c.id \
        LEFT JOIN ledger_posting l ON l.practice_id = n.practice_id AND l.charge_id = n.charge_id \
            AND EXISTS (SELECT 1 FROM ledger_entry e WHERE e.practice_id = l.practice_id AND e.id = l.entry_id \
                AND e.source_kind = 'claim_payment') \
        WHERE c.practice_id = $1 \
        GROUP BY c.control_number, y.payer_identifier, c.status, c.date_of_service, c.total_cents \
        ORDER BY c.control_number";
}

/// What remittances did to every claim.
pub fn all(conn: &Conn) -> Result<Vec<ClaimMoneyRow>, StoreError> {
    conn.query(&CLAIM_MONEY, params![])
}

impl ClaimMoneyRow {
    /// What the payer paid: what was settled, less what was not money.
    pub fn paid_cents(&self) -> i64 {
        self.settled.cents() - self.contractual.cents() - self.patient.cents()
    }
}
