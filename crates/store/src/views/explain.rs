//! What an explanation of money cites: payers' answers by the postings made from them, and the entries of the books.

use billing::remittance::ClaimPayment;
use billing::{ChargeId, ClaimPaymentId, EncounterId, PatientId, PatientPaymentId};

use crate::{Json, record, statements};

record! {
    /// A payer's answer about a claim.
    pub struct CitedAnswerRow {
        /// Key; the source of its postings.
        pub id: ClaimPaymentId,
        /// Its payment's trace number (TRN02).
        pub trace: String,
        /// As it was read.
        pub body: Json<ClaimPayment>,
    }

    /// Which row of the table decided what an adjustment of an answer means.
    pub struct CitedRuleRow {
        /// The answer.
        pub claim_payment_id: ClaimPaymentId,
        /// Our charge; none for an adjustment of the claim as a whole.
        pub charge_id: Option<ChargeId>,
        /// CAS01.
        pub adjustment_group: String,
        /// CAS02.
        pub reason: String,
        /// The row, with its first day.
        pub ruled_by: String,
    }

    /// Which line of an answer speaks of a charge.
    pub struct CitedLineRow {
        /// The answer.
        pub claim_payment_id: ClaimPaymentId,
        /// From 1.
        pub ordinal: i64,
        /// Our charge.
        pub charge_id: Option<ChargeId>,
    }
}

statements! {
    /// Answers by key.
    pub const CITED_ANSWERS: CitedAnswerRow = "SELECT m.id, r.trace, m.body FROM claim_payment m
        JOIN remittance r ON r.practice_id = m.practice_id AND r.id = m.remittance_id
        WHERE m.practice_id = $1 AND m.id IN ({keys})";
    /// Their lines.
    pub const CITED_LINES: CitedLineRow = "SELECT claim_payment_id, ordinal, charge_id FROM line_payment
        WHERE practice_id = $1 AND claim_payment_id IN ({keys})";
    /// Which rows of the table decided what their adjustments mean.
    pub const CITED_RULES: CitedRuleRow = "SELECT claim_payment_id, charge_id, adjustment_group, reason, ruled_by \
        FROM line_adjustment WHERE practice_id = $1 AND ruled_by <> '' AND claim_payment_id IN ({keys})";
    /// Whose visit a claim is of.
    pub const VISIT_OF_CLAIM: (PatientId, EncounterId) =
        "SELECT patient_id, encounter_id FROM claim WHERE practice_id = $1 AND id = $2";
    /// Whose visit it is.
    pub const PATIENT_OF_VISIT: (PatientId,) = "SELECT patient_id FROM encounter WHERE practice_id = $1 AND id = $2";
    /// The charges of a claim's latest version, in the order of its lines.
    pub const CHARGES_OF_CLAIM: (ChargeId,) =
        "SELECT charge_id FROM claim_line WHERE practice_id = $1 AND claim_id = $2 ORDER BY line_number";
    /// Patients of a payment's claims, with the answers about them.
    pub const ANSWERS_OF_REMITTANCE: (PatientId, ClaimPaymentId) = "SELECT c.patient_id, m.id FROM claim_payment m
        JOIN claim c ON c.practice_id = m.practice_id AND c.id = m.claim_id
        WHERE m.practice_id = $1 AND m.remittance_id = $2 ORDER BY m.ordinal";
    /// The payment of a receipt.
    pub const PAYMENT_OF_RECEIPT: (PatientId, PatientPaymentId) =
        "SELECT patient_id, id FROM patient_payment WHERE practice_id = $1 AND receipt_number = $2";
}
