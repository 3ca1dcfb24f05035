//! A patient's part of the books, posting by posting: what was charged, paid, written down, moved and given back, on every
//! account that is of the patient or of a charge of theirs. The sum of an account's rows is what stands on it.

use billing::PatientId;
use jiff::civil::Date;
use ledger::Money;

use crate::{Read, StoreError, params, record, statements};

record! {
    /// One posting.
    pub struct PatientPostingRow {
        /// Place of its entry in the books.
        pub sequence: i64,
        /// The day of the fact.
        pub occurred_on: Date,
        /// Why the entry was made.
        pub entry_reason: String,
        /// The day of care, where it is of a charge.
        pub date_of_service: Option<Date>,
        /// What was charged.
        pub procedure_code: Option<String>,
        /// The stored word of the account.
        pub account: String,
        /// The payer of the account, where it has one.
        pub payer: Option<String>,
        /// Why this posting, such as CO-45.
        pub reason: String,
        /// Debit positive, credit negative.
        pub amount: Money,
    }
}

statements! {
    /// The postings of a patient and of their charges, in the order of the books.
    pub const PATIENT_POSTINGS: PatientPostingRow = "SELECT e.sequence AS sequence, e.occurred_on AS occurred_on,
        e.reason AS entry_reason, c.date_of_service AS date_of_service, c.procedure_code AS procedure_code,
        l.account AS account, p.name AS payer, l.reason AS reason, l.cents AS amount
        FROM (SELECT practice_id, entry_id, ordinal FROM ledger_posting WHERE practice_id = $1 AND patient_id = $2
            UNION SELECT o.practice_id, o.entry_id, o.ordinal FROM charge h
            JOIN ledger_posting o ON o.practice_id = h.practice_id AND o.charge_id = h.id
            WHERE h.practice_id = $1 AND h.patient_id = $2) mine
        JOIN ledger_posting l
            ON l.practice_id = mine.practice_id AND l.entry_id = mine.entry_id AND l.ordinal = mine.ordinal
        JOIN ledger_entry e ON e.practice_id = l.practice_id AND e.id = l.entry_id
        LEFT JOIN charge c ON c.practice_id = l.practice_id AND c.id = l.charge_id
        LEFT JOIN payer p ON p.practice_id = l.practice_id AND p.id = l.payer_id
        ORDER BY e.sequence, l.ordinal";
}

/// The postings, and a note in the audit.
pub fn of_patient(read: &mut Read, patient: PatientId) -> Result<Vec<PatientPostingRow>, StoreError> {
    let rows = read.query(&PATIENT_POSTINGS, params![patient])?;
    read.saw("ledger", patient);
    Ok(rows)
}
