//! Patients' payments that came back as rows. The money itself is in the ledger.

use billing::id::{ChargeId, PatientId, PatientPaymentId, PaymentReturnId};
use billing::returned_payment::ReturnState;
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// A return as stored.
    pub struct ReturnRow in "payment_return" {
        /// Key.
        pub id: PaymentReturnId,
        /// What people call it: "RP-00001".
        pub return_number: String,
        /// The payment that came back.
        pub patient_payment_id: PatientPaymentId,
        /// Whose it was.
        pub patient_id: PatientId,
        /// 'check' or 'card'.
        pub kind: String,
        /// Where it is.
        pub state: ReturnState,
        /// How much; cents.
        pub amount_cents: Money,
        /// When the money left.
        pub returned_on: Date,
        /// By when a dispute must be answered.
        pub respond_by: Option<Date>,
        /// The bank's or processor's reason.
        pub reason: String,
        /// Who recorded it; the log-in name.
        pub recorded_by_login: String,
        /// When a dispute was decided …
        pub decided_on: Option<Date>,
        /// … who said so; the log-in name.
        pub decided_by_login: Option<String>,
        /// What was answered, and what came of it.
        pub decision: String,
    }

    /// A return with the account it is on.
    pub struct ReturnLine {
        /// Key.
        pub id: PaymentReturnId,
        /// What people call it.
        pub return_number: String,
        /// The payment.
        pub patient_payment_id: PatientPaymentId,
        /// Its receipt.
        pub receipt_number: String,
        /// Whose it was.
        pub patient_id: PatientId,
        /// The account's number.
        pub account_number: String,
        /// 'check' or 'card'.
        pub kind: String,
        /// How much; cents.
        pub amount_cents: Money,
        /// When the money left.
        pub returned_on: Date,
        /// By when a dispute must be answered.
        pub respond_by: Option<Date>,
        /// The bank's or processor's reason.
        pub reason: String,
        /// What was answered, and what came of it.
        pub decision: String,
    }
}

macro_rules! returns {
    ($rest:literal) => {
        concat!(
            "SELECT id, return_number, patient_payment_id, patient_id, kind, state, amount_cents, returned_on, respond_by, \
             reason, recorded_by_login, decided_on, decided_by_login, decision FROM payment_return WHERE practice_id = $1 ",
            $rest
        )
    };
}

statements! {
    /// One return.
    pub const RETURN: ReturnRow = returns!("AND id = $2");
    /// The return of a payment.
    pub const RETURN_OF_PAYMENT: ReturnRow = returns!("AND patient_payment_id = $2");
    /// Returns of a state, the latest first.
    pub const RETURNS_IN_STATE: ReturnLine = "SELECT r.id, r.return_number, r.patient_payment_id, m.receipt_number, \
        r.patient_id, t.account_number, r.kind, r.amount_cents, r.returned_on, r.respond_by, r.reason, r.decision \
        FROM payment_return r JOIN patient_payment m ON m.practice_id = r.practice_id AND m.id = r.patient_payment_id \
        JOIN patient t ON t.practice_id = r.practice_id AND t.id = r.patient_id \
        WHERE r.practice_id = $1 AND r.state = $2 ORDER BY r.returned_on DESC, r.return_number DESC LIMIT $3";
    /// Says how a dispute ended.
    pub const DECIDE_RETURN: () = "UPDATE payment_return SET state = $3, decided_on = $4, decided_by_login = $5, \
        decision = $6 WHERE practice_id = $1 AND id = $2";
    /// Charges that a patient's payments were put on.
    pub const CHARGES_PAID_BY_PATIENT: (ChargeId,) = "SELECT DISTINCT charge_id FROM ledger_posting \
        WHERE practice_id = $1 AND patient_id = $2 AND account = 'patient_receivable' AND reason = 'payment' \
        AND charge_id IS NOT NULL ORDER BY charge_id DESC";
    /// Patients of whom the books hold something in dispute that no open dispute or returned check says.
    pub const DISPUTED_WITHOUT_RETURN: (PatientId, Money) = "SELECT p.patient_id, CAST(SUM(p.cents) AS BIGINT) \
        FROM ledger_posting p WHERE p.practice_id = $1 AND p.account = 'disputed' AND p.patient_id IS NOT NULL \
        GROUP BY p.practice_id, p.patient_id HAVING SUM(p.cents) < 0 OR (SUM(p.cents) <> 0 AND NOT EXISTS ( \
            SELECT 1 FROM payment_return r WHERE r.practice_id = p.practice_id AND r.patient_id = p.patient_id \
            AND r.state <> 'won')) LIMIT 5";
    /// Open disputes of which the books do not hold the money.
    pub const DISPUTES_NOT_IN_BOOKS: (PaymentReturnId, Money) = "SELECT r.id, CAST(COALESCE((SELECT SUM(p.cents) \
            FROM ledger_posting p JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id \
            WHERE p.practice_id = r.practice_id AND p.patient_id = r.patient_id AND p.account = 'disputed' \
            AND e.source_id = r.id), 0) AS BIGINT) FROM payment_return r WHERE r.practice_id = $1 \
        AND r.state = 'disputed' AND COALESCE((SELECT SUM(p.cents) FROM ledger_posting p \
            JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id \
            WHERE p.practice_id = r.practice_id AND p.patient_id = r.patient_id AND p.account = 'disputed' \
            AND e.source_id = r.id), 0) <> r.amount_cents LIMIT 5";
}
