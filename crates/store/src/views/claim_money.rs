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

record! {
    /// What remittances took off one claim's receivable for one reason.
    pub struct ClaimReasonRow {
        /// Our number, CLM01.
        pub control_number: String,
        /// The payer's electronic id.
        pub payer_identifier: String,
        /// `paid`, or group and reason such as `CO-45`.
        pub reason: String,
        /// The sum.
        pub settled: Money,
    }

    /// What the books say of one posted payment.
    pub struct PaymentMoneyRow {
        /// TRN02.
        pub trace: String,
        /// What came in.
        pub amount: Money,
        /// What was taken or added outside any claim, by the sign of PLB: positive lowered the payment.
        pub outside_claims: Money,
    }
}

statements! {
    /// Every reason of every claim.
    pub const CLAIM_REASONS: ClaimReasonRow = "SELECT c.control_number AS control_number, \
        y.payer_identifier AS payer_identifier, l.reason AS reason, CAST(-SUM(l.cents) AS BIGINT) AS settled \
        FROM claim c \
        JOIN payer y ON y.practice_id = c.practice_id AND y.id = c.payer_id \
        JOIN claim_line n ON n.practice_id = c.practice_id AND n.claim_id = c.id \
        JOIN ledger_posting l ON l.practice_id = n.practice_id AND l.charge_id = n.charge_id \
            AND l.account = 'payer_receivable' AND l.payer_id = c.payer_id \
        JOIN ledger_entry e ON e.practice_id = l.practice_id AND e.id = l.entry_id AND e.source_kind = 'claim_payment' \
        JOIN claim_payment p ON p.practice_id = e.practice_id AND p.id = e.source_id AND p.claim_id = c.id \
        WHERE c.practice_id = $1 \
        GROUP BY c.control_number, y.payer_identifier, l.reason \
        ORDER BY c.control_number, l.reason";
    /// Every posted payment.
    pub const PAYMENT_MONEY: PaymentMoneyRow = "SELECT r.trace AS trace, \
        CAST(COALESCE(SUM(CASE WHEN l.account = 'in_transit' THEN l.cents ELSE 0 END), 0) AS BIGINT) AS amount, \
        CAST(COALESCE(SUM(CASE WHEN l.account IN ('interest', 'recoupment', 'provider_adjustment') THEN l.cents ELSE 0 END), 0) AS BIGINT) AS outside_claims \
        FROM remittance r \
        LEFT JOIN ledger_entry e ON e.practice_id = r.practice_id AND e.source_id = r.id AND e.source_kind = 'remittance' \
        LEFT JOIN ledger_posting l ON l.practice_id = e.practice_id AND l.entry_id = e.id \
        WHERE r.practice_id = $1 AND r.state = 'posted' \
        GROUP BY r.trace ORDER BY r.trace";
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
            AND EXISTS (SELECT 1 FROM ledger_entry e JOIN claim_payment p ON p.practice_id = e.practice_id \
                AND p.id = e.source_id AND p.claim_id = c.id WHERE e.practice_id = l.practice_id AND e.id = l.entry_id \
                AND e.source_kind = 'claim_payment') \
        WHERE c.practice_id = $1 \
        GROUP BY c.control_number, y.payer_identifier, c.status, c.date_of_service, c.total_cents \
        ORDER BY c.control_number";
}

/// What remittances did to the books.
#[derive(Debug, Clone)]
pub struct Books {
    /// Every claim.
    pub claims: Vec<ClaimMoneyRow>,
    /// Every reason of every claim.
    pub reasons: Vec<ClaimReasonRow>,
    /// Every posted payment.
    pub payments: Vec<PaymentMoneyRow>,
}

/// What remittances did to every claim.
pub fn all(conn: &Conn) -> Result<Vec<ClaimMoneyRow>, StoreError> {
    conn.query(&CLAIM_MONEY, params![])
}

/// What remittances did to claims, by reason, and every payment.
pub fn books(conn: &Conn) -> Result<Books, StoreError> {
    Ok(Books {
        claims: all(conn)?,
        reasons: conn.query(&CLAIM_REASONS, params![])?,
        payments: conn.query(&PAYMENT_MONEY, params![])?,
    })
}

impl ClaimMoneyRow {
    /// What the payer paid: what was settled, less what was not money.
    pub fn paid_cents(&self) -> i64 {
        self.settled.cents() - self.contractual.cents() - self.patient.cents()
    }
}
