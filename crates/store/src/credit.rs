//! Money that we hold and that is another's, as rows: since when we know, and by when it must be back. The money itself is
//! in the ledger.

use billing::credit::CreditState;
use billing::id::{ChargeId, CreditId, EncounterId, PatientId, PayerId};
use billing::patient::Patient;
use billing::payer::Payer;
use jiff::civil::Date;
use ledger::Money;

use crate::refund::RefundRow;
use crate::value::Json;
use crate::{record, statements};

record! {
    /// A credit as stored.
    pub struct CreditRow in "credit" {
        /// Key.
        pub id: CreditId,
        /// On whose account.
        pub patient_id: PatientId,
        /// Of which visit; none for money of the patient's that pays for nothing.
        pub encounter_id: Option<EncounterId>,
        /// Whose it is; none where it is the patient's.
        pub payer_id: Option<PayerId>,
        /// What it is about: one open row of one thing.
        pub subject: String,
        /// What stands there.
        pub amount_cents: Money,
        /// What of it waits in a refund that was asked for and not sent.
        pub in_refund_cents: Money,
        /// The last day on which it moved before it was found.
        pub since_on: Date,
        /// The day on which we knew.
        pub found_on: Date,
        /// Where it is.
        pub state: CreditState,
        /// When an investigation began …
        pub investigation_begun_on: Option<Date>,
        /// … and ended.
        pub investigation_ended_on: Option<Date>,
        /// Why it was investigated.
        pub investigated_because: String,
        /// What that led to.
        pub finding: String,
        /// By when it must be back; none where it is the patient's.
        pub return_by: Option<Date>,
        /// When nothing stood there any more.
        pub ended_on: Option<Date>,
    }

    /// A credit in a list.
    pub struct CreditLine {
        /// The credit.
        pub id: CreditId,
        /// On whose account.
        pub patient_id: PatientId,
        /// The account's number.
        pub account_number: String,
        /// The patient, for where they live.
        pub patient: Json<Patient>,
        /// Of which visit.
        pub encounter_id: Option<EncounterId>,
        /// The day of the visit.
        pub date_of_service: Option<Date>,
        /// The payer's name; none where it is the patient's.
        pub payer_name: Option<String>,
        /// The payer, for its program.
        pub payer: Option<Json<Payer>>,
        /// What stands there.
        pub amount_cents: Money,
        /// What of it waits in a refund.
        pub in_refund_cents: Money,
        /// The last day on which it moved before it was found.
        pub since_on: Date,
        /// The day on which we knew.
        pub found_on: Date,
        /// Where it is.
        pub state: CreditState,
        /// When an investigation began …
        pub investigation_begun_on: Option<Date>,
        /// … and ended.
        pub investigation_ended_on: Option<Date>,
        /// Why it was investigated.
        pub investigated_because: String,
        /// What that led to.
        pub finding: String,
        /// By when it must be back.
        pub return_by: Option<Date>,
        /// When nothing stood there any more.
        pub ended_on: Option<Date>,
    }
}

statements! {
    /// One credit.
    pub const CREDIT: CreditRow =
        "SELECT id, patient_id, encounter_id, payer_id, subject, amount_cents, in_refund_cents, since_on, found_on, state,
                investigation_begun_on, investigation_ended_on, investigated_because, finding, return_by, ended_on
         FROM credit WHERE practice_id = $1 AND id = $2";
    /// What stands on an account that is another's, as it was found.
    pub const OPEN_CREDITS_OF_PATIENT: CreditRow =
        "SELECT id, patient_id, encounter_id, payer_id, subject, amount_cents, in_refund_cents, since_on, found_on, state,
                investigation_begun_on, investigation_ended_on, investigated_because, finding, return_by, ended_on
         FROM credit WHERE practice_id = $1 AND patient_id = $2 AND state IN ('open', 'investigating') ORDER BY subject";
    /// Credits of a state: those with a deadline first, the nearest first; then the oldest first.
    pub const CREDITS_IN_STATE: CreditLine =
        "SELECT k.id, k.patient_id, p.account_number, p.body AS patient, k.encounter_id, v.date_of_service,
                y.name AS payer_name, y.body AS payer, k.amount_cents, k.in_refund_cents, k.since_on, k.found_on,
                k.state, k.investigation_begun_on, k.investigation_ended_on, k.investigated_because, k.finding,
                k.return_by, k.ended_on
         FROM credit k JOIN patient p ON p.practice_id = k.practice_id AND p.id = k.patient_id
         LEFT JOIN encounter v ON v.practice_id = k.practice_id AND v.id = k.encounter_id
         LEFT JOIN payer y ON y.practice_id = k.practice_id AND y.id = k.payer_id
         WHERE k.practice_id = $1 AND k.state = $2
         ORDER BY CASE WHEN k.return_by IS NULL THEN 1 ELSE 0 END, k.return_by, k.since_on, k.id LIMIT $3";
    /// How many credits must be back by a day, with their sum.
    pub const CREDITS_DUE_BY: (i64, Money) =
        "SELECT count(*), CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) FROM credit
         WHERE practice_id = $1 AND state IN ('open', 'investigating') AND return_by <= $2";
    /// Saves where a credit is.
    pub const SAVE_CREDIT: () =
        "UPDATE credit SET amount_cents = $3, in_refund_cents = $4, state = $5, investigation_begun_on = $6,
                investigation_ended_on = $7, investigated_because = $8, finding = $9, return_by = $10, ended_on = $11
         WHERE practice_id = $1 AND id = $2";
    /// Everybody on whose account something stands that is another's, or stood when we last looked.
    pub const PATIENTS_WITH_CREDIT: (PatientId,) =
        "SELECT DISTINCT patient_id FROM (
            SELECT c.patient_id FROM ledger_posting l
            JOIN charge c ON c.practice_id = l.practice_id AND c.id = l.charge_id
            WHERE l.practice_id = $1 AND l.account IN ('payer_receivable', 'patient_receivable')
            GROUP BY c.patient_id, l.charge_id, l.account, l.payer_id HAVING SUM(l.cents) < 0
            UNION
            SELECT owner_id FROM ledger_balance
            WHERE practice_id = $1 AND account = 'unapplied_patient' AND held_cents > 0
            UNION
            SELECT patient_id FROM credit WHERE practice_id = $1 AND state IN ('open', 'investigating')) t
         ORDER BY patient_id";
    /// Refunds of an account that were asked for and not sent.
    pub const UNSENT_REFUNDS_OF_PATIENT: RefundRow =
        "SELECT id, refund_number, patient_id, payer_id, amount_cents, reason, state, asked_on, asked_by, asked_by_login,
                decided_on, decided_by, decided_by_login, decision, sent_on, sent_by_login, method, reference,
                idempotency_key, parts
         FROM refund WHERE practice_id = $1 AND patient_id = $2 AND state IN ('asked', 'approved')";
    /// The visit of each charge.
    pub const VISITS_OF_CHARGES: (ChargeId, EncounterId) =
        "SELECT id, encounter_id FROM charge WHERE practice_id = $1 AND id IN ({keys})";
    /// The last day on which anything was posted to what a visit's charges are owed.
    pub const LAST_MOVED_OF_VISIT: (Option<Date>,) =
        "SELECT MAX(e.occurred_on) FROM charge c CROSS JOIN ledger_posting l
         JOIN ledger_entry e ON e.practice_id = l.practice_id AND e.id = l.entry_id
         WHERE c.practice_id = $1 AND c.encounter_id = $2
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account IN ('payer_receivable', 'patient_receivable')";
    /// The last day on which a patient's money that pays for nothing moved.
    pub const LAST_MOVED_UNAPPLIED: (Option<Date>,) =
        "SELECT MAX(e.occurred_on) FROM ledger_posting l
         JOIN ledger_entry e ON e.practice_id = l.practice_id AND e.id = l.entry_id
         WHERE l.practice_id = $1 AND l.patient_id = $2 AND l.patient_id IS NOT NULL AND l.account = 'unapplied_patient'";
}
