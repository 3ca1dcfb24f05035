//! Patients' payments as rows. The money itself is in the ledger; these rows are its source and the receipt's.

use billing::allocation::{AllocationOrder, Named};
use billing::id::{ChargeId, PatientId, PatientPaymentId};
use billing::patient_payment::PaymentMethod;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;
use serde::{Deserialize, Serialize};

use crate::value::Json;
use crate::{record, statements};

/// What is kept of a payment beside its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentBody {
    /// How it came: check number, or the processor's token with brand and last four.
    #[serde(flatten)]
    pub method: PaymentMethod,
    /// What a receipt says of it: "Check 1042".
    pub words: String,
    /// A word for colleagues.
    pub note: String,
    /// What stayed unapplied.
    pub unapplied: Money,
    /// What the patient owed afterwards.
    pub left_to_pay: Money,
    /// By which order it was spread; none of earlier builds, which knew one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<AllocationOrder>,
    /// What who paid said it was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<Named>,
}

record! {
    /// A payment as stored.
    pub struct PatientPaymentRow in "patient_payment" {
        /// Key.
        pub id: PatientPaymentId,
        /// Whose account.
        pub patient_id: PatientId,
        /// The receipt's number.
        pub receipt_number: String,
        /// 'cash', 'check', 'card'.
        pub method: String,
        /// How much.
        pub amount_cents: Money,
        /// When.
        pub received_on: Date,
        /// The instant it was written down.
        pub recorded_at: Timestamp,
        /// Who took it.
        pub taken_by: String,
        /// Check number or token.
        pub reference: String,
        /// The same key a second time is the same payment.
        pub idempotency_key: String,
        /// The rest.
        pub body: Json<PaymentBody>,
    }

    /// What a payment pays for.
    pub struct AllocationRow in "patient_payment_allocation" {
        /// The payment.
        pub patient_payment_id: PatientPaymentId,
        /// The charge.
        pub charge_id: ChargeId,
        /// How much.
        pub amount_cents: Money,
    }

    /// What a payment pays for, by visit.
    pub struct AppliedRow {
        /// When the service happened.
        pub date_of_service: Date,
        /// How much.
        pub amount_cents: Money,
    }
}

statements! {
    /// One payment.
    pub const PAYMENT: PatientPaymentRow =
        "SELECT id, patient_id, receipt_number, method, amount_cents, received_on, recorded_at, taken_by, reference,
                idempotency_key, body
         FROM patient_payment WHERE practice_id = $1 AND id = $2";
    /// The payment of a receipt's number.
    pub const PAYMENT_OF_RECEIPT: (PatientPaymentId,) =
        "SELECT id FROM patient_payment WHERE practice_id = $1 AND receipt_number = $2";
    /// The payment that was taken with a key.
    pub const PAYMENT_BY_KEY: PatientPaymentRow =
        "SELECT id, patient_id, receipt_number, method, amount_cents, received_on, recorded_at, taken_by, reference,
                idempotency_key, body
         FROM patient_payment WHERE practice_id = $1 AND idempotency_key = $2";
    /// What a payment pays for, by date of service.
    pub const APPLIED_BY_VISIT: AppliedRow =
        "SELECT c.date_of_service, CAST(SUM(a.amount_cents) AS BIGINT) AS amount_cents
         FROM patient_payment_allocation a
         JOIN charge c ON c.practice_id = a.practice_id AND c.id = a.charge_id
         WHERE a.practice_id = $1 AND a.patient_payment_id = $2
         GROUP BY c.date_of_service ORDER BY c.date_of_service";
    /// Which of these patients have money with us that pays for nothing yet.
    pub const PATIENTS_WITH_UNAPPLIED: (PatientId,) =
        "SELECT owner_id FROM ledger_balance
         WHERE practice_id = $1 AND account = 'unapplied_patient' AND held_cents > 0 AND owner_id IN ({keys})";
}
