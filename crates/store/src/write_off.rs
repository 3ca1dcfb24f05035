//! Write-offs as rows. The money itself is in the ledger.

use billing::id::{ChargeId, EncounterId, PatientId, PayerId, UserId, WriteOffId};
use billing::write_off::{WriteOffPart, WriteOffReason, WriteOffState};
use jiff::civil::Date;
use ledger::Money;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// A write-off as stored.
    pub struct WriteOffRow in "write_off" {
        /// Key.
        pub id: WriteOffId,
        /// What people call it: "WO-00001".
        pub write_off_number: String,
        /// On whose account.
        pub patient_id: PatientId,
        /// Of which visit.
        pub encounter_id: EncounterId,
        /// Which payer owed it; none where the patient did.
        pub payer_id: Option<PayerId>,
        /// How much.
        pub amount_cents: Money,
        /// Why.
        pub reason: WriteOffReason,
        /// The words of who asked.
        pub note: String,
        /// Where it is.
        pub state: WriteOffState,
        /// When it was asked for.
        pub asked_on: Date,
        /// By whom …
        pub asked_by: UserId,
        /// … with the log-in name.
        pub asked_by_login: String,
        /// When it was decided.
        pub decided_on: Option<Date>,
        /// By whom …
        pub decided_by: Option<UserId>,
        /// … with the log-in name.
        pub decided_by_login: Option<String>,
        /// Why it was refused, withdrawn or undone; empty for an approval.
        pub decision: String,
        /// The same key a second time is the same write-off.
        pub idempotency_key: String,
        /// What of which charge; empty until it was approved.
        pub parts: Json<Vec<WriteOffPart>>,
    }

    /// A write-off in a list.
    pub struct WriteOffLine {
        /// The write-off.
        pub id: WriteOffId,
        /// Its number.
        pub write_off_number: String,
        /// On whose account.
        pub patient_id: PatientId,
        /// The account's number.
        pub account_number: String,
        /// Of which visit.
        pub encounter_id: EncounterId,
        /// The day of the visit.
        pub date_of_service: Date,
        /// The payer's name; none where the patient owed it.
        pub payer_name: Option<String>,
        /// How much.
        pub amount_cents: Money,
        /// Why.
        pub reason: WriteOffReason,
        /// The words of who asked.
        pub note: String,
        /// Where it is.
        pub state: WriteOffState,
        /// When it was asked for.
        pub asked_on: Date,
        /// By whom.
        pub asked_by: UserId,
        /// The log-in name.
        pub asked_by_login: String,
        /// Who decided.
        pub decided_by_login: Option<String>,
        /// Why it was refused, withdrawn or undone.
        pub decision: String,
        /// What of which charge; empty until it was approved.
        pub parts: Json<Vec<WriteOffPart>>,
    }

    /// A write-off beside what the books have of it.
    pub struct WriteOffInBooks {
        /// The write-off.
        pub id: WriteOffId,
        /// What was approved and not undone.
        pub approved_cents: Money,
        /// What the books hold of it.
        pub booked_cents: Money,
        /// What of which charge.
        pub parts: Json<Vec<WriteOffPart>>,
    }
}

impl WriteOffLine {
    /// How much of it forgives nothing any more.
    pub fn lapsed(&self) -> Money {
        self.parts.0.iter().map(|part| part.lapsed).sum()
    }

    /// How much of it is asked for or still forgives a debt.
    pub fn stands(&self) -> Money {
        self.amount_cents - self.lapsed()
    }
}

impl WriteOffInBooks {
    /// What the books should hold of it and do not; zero in true books.
    pub fn missing(&self) -> Money {
        let lapsed: Money = self.parts.0.iter().map(|part| part.lapsed).sum();
        let should_hold = if self.approved_cents.is_zero() { Money::ZERO } else { self.approved_cents - lapsed };
        should_hold - self.booked_cents
    }
}

statements! {
    /// One write-off.
    pub const WRITE_OFF: WriteOffRow =
        "SELECT id, write_off_number, patient_id, encounter_id, payer_id, amount_cents, reason, note, state, asked_on,
                asked_by, asked_by_login, decided_on, decided_by, decided_by_login, decision, idempotency_key, parts
         FROM write_off WHERE practice_id = $1 AND id = $2";
    /// The write-off that was asked for with a key.
    pub const WRITE_OFF_BY_KEY: WriteOffRow =
        "SELECT id, write_off_number, patient_id, encounter_id, payer_id, amount_cents, reason, note, state, asked_on,
                asked_by, asked_by_login, decided_on, decided_by, decided_by_login, decision, idempotency_key, parts
         FROM write_off WHERE practice_id = $1 AND idempotency_key = $2";
    /// The write-off of a number.
    pub const WRITE_OFF_BY_NUMBER: (WriteOffId,) =
        "SELECT id FROM write_off WHERE practice_id = $1 AND write_off_number = $2";
    /// Write-offs of one state, the latest first.
    pub const WRITE_OFFS_IN_STATE: WriteOffLine =
        "SELECT w.id, w.write_off_number, w.patient_id, p.account_number, w.encounter_id, v.date_of_service,
                y.name AS payer_name, w.amount_cents, w.reason, w.note, w.state, w.asked_on, w.asked_by,
                w.asked_by_login, w.decided_by_login, w.decision, w.parts
         FROM write_off w JOIN patient p ON p.practice_id = w.practice_id AND p.id = w.patient_id
         JOIN encounter v ON v.practice_id = w.practice_id AND v.id = w.encounter_id
         LEFT JOIN payer y ON y.practice_id = w.practice_id AND y.id = w.payer_id
         WHERE w.practice_id = $1 AND w.state = $2 ORDER BY w.asked_on DESC, w.write_off_number DESC LIMIT $3";
    /// Write-offs of an account, the latest first.
    pub const WRITE_OFFS_OF_PATIENT: WriteOffLine =
        "SELECT w.id, w.write_off_number, w.patient_id, p.account_number, w.encounter_id, v.date_of_service,
                y.name AS payer_name, w.amount_cents, w.reason, w.note, w.state, w.asked_on, w.asked_by,
                w.asked_by_login, w.decided_by_login, w.decision, w.parts
         FROM write_off w JOIN patient p ON p.practice_id = w.practice_id AND p.id = w.patient_id
         JOIN encounter v ON v.practice_id = w.practice_id AND v.id = w.encounter_id
         LEFT JOIN payer y ON y.practice_id = w.practice_id AND y.id = w.payer_id
         WHERE w.practice_id = $1 AND w.patient_id = $2 ORDER BY w.asked_on DESC, w.write_off_number DESC";
    /// How many write-offs that others asked for wait for approval, with their sum.
    pub const WRITE_OFFS_ASKED: (i64, Money) =
        "SELECT count(*), CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) FROM write_off
         WHERE practice_id = $1 AND asked_by <> $2 AND state = 'asked'";
    /// What a person approved on a day: for one patient, and in all.
    pub const APPROVED_THAT_DAY: (Money, Money) =
        "SELECT CAST(COALESCE(SUM(CASE WHEN patient_id = $4 THEN amount_cents ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT)
         FROM write_off WHERE practice_id = $1 AND decided_by = $2 AND decided_on = $3 AND state = 'approved'";
    /// What of a visit waits for approval, by who owes it.
    pub const ASKED_OF_VISIT: (Option<PayerId>, Money) =
        "SELECT payer_id, CAST(SUM(amount_cents) AS BIGINT) FROM write_off
         WHERE practice_id = $1 AND encounter_id = $2 AND state = 'asked' GROUP BY payer_id ORDER BY payer_id";
    /// What was asked for and not decided, and what was approved, of a visit for a reason.
    pub const FOR_REASON_OF_VISIT: (Money, Money) =
        "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'asked' THEN amount_cents ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN state = 'approved' THEN amount_cents ELSE 0 END), 0) AS BIGINT)
         FROM write_off WHERE practice_id = $1 AND patient_id = $2 AND encounter_id = $3 AND reason = $4";
    /// Decides a write-off.
    pub const DECIDE_WRITE_OFF: () =
        "UPDATE write_off SET state = $3, decided_on = $4, decided_by = $5, decided_by_login = $6, decision = $7, parts = $8
         WHERE practice_id = $1 AND id = $2";
    /// What one side owes for a visit, charge by charge.
    pub const OWED_FOR_VISIT: (ChargeId, Option<PayerId>, Money) =
        "SELECT c.id, l.payer_id, CAST(SUM(l.cents) AS BIGINT) FROM charge c CROSS JOIN ledger_posting l
         WHERE c.practice_id = $1 AND c.encounter_id = $2
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account IN ('patient_receivable', 'payer_receivable')
         GROUP BY c.id, c.line_number, l.payer_id HAVING SUM(l.cents) <> 0 ORDER BY c.line_number, l.payer_id";
    /// Notes how much of which part lapsed.
    pub const LAPSE_WRITE_OFF: () = "UPDATE write_off SET parts = $3 WHERE practice_id = $1 AND id = $2";
    /// Approved write-offs of the visits of charges.
    pub const APPROVED_OF_CHARGES: (WriteOffId, String) =
        "SELECT DISTINCT w.id, w.write_off_number FROM charge c JOIN write_off w
         ON w.practice_id = c.practice_id AND w.patient_id = c.patient_id AND w.encounter_id = c.encounter_id
         WHERE c.practice_id = $1 AND c.id IN ({keys}) AND w.state = 'approved'";
    /// What somebody was forgiven of a charge and is a credit of theirs all the same, below zero.
    pub const CREDITS_OF_WRITE_OFFS: (ChargeId, Money) =
        "SELECT l.charge_id, CAST(SUM(l.cents) AS BIGINT) FROM ledger_posting l
         JOIN ledger_entry e ON e.practice_id = l.practice_id AND e.id = l.entry_id
         WHERE l.practice_id = $1 AND l.charge_id IS NOT NULL AND l.account IN ('patient_receivable', 'payer_receivable')
         GROUP BY l.charge_id, l.account, l.payer_id HAVING SUM(l.cents) < 0
         AND SUM(CASE WHEN e.source_kind = 'write_off' THEN l.cents ELSE 0 END) < 0 ORDER BY l.charge_id LIMIT 5";
    /// Write-offs whose books do not hold what was approved, or of which something lapsed.
    pub const WRITE_OFFS_NOT_IN_BOOKS: WriteOffInBooks =
        "SELECT t.id, t.approved_cents, t.booked_cents, t.parts FROM (
            SELECT w.id, CAST(CASE WHEN w.state = 'approved' THEN w.amount_cents ELSE 0 END AS BIGINT) AS approved_cents,
                COALESCE((SELECT CAST(SUM(l.cents) AS BIGINT) FROM ledger_entry e
                JOIN ledger_posting l ON l.practice_id = e.practice_id AND l.entry_id = e.id
                WHERE e.practice_id = w.practice_id AND e.source_id = w.id
                AND l.account IN ('write_off', 'bad_debt')), 0) AS booked_cents, w.parts
            FROM write_off w WHERE w.practice_id = $1) t
         WHERE t.approved_cents <> t.booked_cents OR CAST(t.parts AS TEXT) LIKE '%lapsed%' ORDER BY t.id";
    /// What stands written off that no write-off says.
    pub const WRITTEN_OFF_WITHOUT_ROW: (uuid::Uuid, Money) =
        "SELECT e.id, l.cents FROM ledger_posting l
         JOIN ledger_entry e ON e.practice_id = l.practice_id AND e.id = l.entry_id
         WHERE l.practice_id = $1 AND l.account IN ('write_off', 'bad_debt') AND NOT EXISTS (
            SELECT 1 FROM write_off w WHERE w.practice_id = e.practice_id AND w.id = e.source_id)
         ORDER BY e.id LIMIT 5";
}
