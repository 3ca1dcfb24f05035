//! The practice's rules about patients' money as rows that are only ever added, and what of a payment is kept for one visit.
//! Decides nothing.

use billing::id::{EncounterId, MoneyRuleId, PatientId, PatientPaymentId, UserId};
use billing::money_rule::MoneyRuleKind;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// A rule of the practice.
    pub struct MoneyRuleRow in "money_rule" {
        /// Key; keys grow with time.
        pub id: MoneyRuleId,
        /// What it is about.
        pub kind: MoneyRuleKind,
        /// A word or cents, as the kind says.
        pub value: String,
        /// Its first day.
        pub from_on: Date,
        /// When it was set.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }

    /// What of a payment is kept for one visit.
    pub struct EarmarkRow in "payment_earmark" {
        /// The payment.
        pub patient_payment_id: PatientPaymentId,
        /// Whose.
        pub patient_id: PatientId,
        /// The visit that it is kept for.
        pub encounter_id: EncounterId,
        /// How much still is; cents.
        pub kept_cents: Money,
    }
}

statements! {
    /// Every rule, in the order in which they were set.
    pub const MONEY_RULES: MoneyRuleRow = "SELECT id, kind, value, from_on, recorded_at, recorded_by, recorded_by_login, \
        why FROM money_rule WHERE practice_id = $1 ORDER BY id";
    /// What of a patient's money is kept for visits.
    pub const EARMARKS_OF_PATIENT: EarmarkRow = "SELECT patient_payment_id, patient_id, encounter_id, kept_cents \
        FROM payment_earmark WHERE practice_id = $1 AND patient_id = $2 AND kept_cents > 0 ORDER BY patient_payment_id";
    /// Says what is still kept of a payment.
    pub const KEEP_EARMARK: () = "UPDATE payment_earmark SET kept_cents = $3 \
        WHERE practice_id = $1 AND patient_payment_id = $2";
    /// Keeps nothing of a patient's money for a visit any more.
    pub const END_EARMARKS: () = "UPDATE payment_earmark SET kept_cents = 0 WHERE practice_id = $1 AND patient_id = $2 \
        AND kept_cents > 0";
    /// Whether a payer said of the patient's claims that the law forbids asking them.
    pub const PROTECTED_BY_LAW: (i64,) = "SELECT CAST(1 AS BIGINT) FROM claim k \
        JOIN claim_payment m ON m.practice_id = k.practice_id AND m.claim_id = k.id \
        JOIN line_adjustment a ON a.practice_id = m.practice_id AND a.claim_payment_id = m.id \
        WHERE k.practice_id = $1 AND k.patient_id = $2 AND a.class = 'never_patient' LIMIT 1";
}

crate::col_texts!(MoneyRuleKind: |kind| kind.as_str(), |text| MoneyRuleKind::parse(text););
