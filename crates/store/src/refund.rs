//! Refunds as rows, and what of a patient's account may go back. The money itself is in the ledger.

use billing::id::{ChargeId, EncounterId, PatientId, PatientPaymentId, PayerId, RefundId, RemittanceId, UserId};
use billing::refund::{RefundPart, RefundState};
use jiff::civil::Date;
use ledger::{AccountKind, Money};

use crate::value::Json;
use crate::{record, statements};

record! {
    /// A refund as stored.
    pub struct RefundRow in "refund" {
        /// Key.
        pub id: RefundId,
        /// What people call it: "RF-00001".
        pub refund_number: String,
        /// On whose account.
        pub patient_id: PatientId,
        /// To which payer; none where it goes to the patient.
        pub payer_id: Option<PayerId>,
        /// How much.
        pub amount_cents: Money,
        /// Why, in the words of who asked.
        pub reason: String,
        /// Where it is.
        pub state: RefundState,
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
        /// Why it was refused or withdrawn; empty for an approval.
        pub decision: String,
        /// When it was sent.
        pub sent_on: Option<Date>,
        /// Who sent it.
        pub sent_by_login: Option<String>,
        /// How.
        pub method: Option<String>,
        /// Check number, or what the processor or the bank gave.
        pub reference: String,
        /// The same key a second time is the same refund.
        pub idempotency_key: String,
        /// Where the money stood.
        pub parts: Json<Vec<RefundPart>>,
    }

    /// A refund in a list.
    pub struct RefundLine {
        /// The refund.
        pub id: RefundId,
        /// Its number.
        pub refund_number: String,
        /// On whose account.
        pub patient_id: PatientId,
        /// The account's number.
        pub account_number: String,
        /// The payer's name; none where it goes to the patient.
        pub payer_name: Option<String>,
        /// Who of an estate takes it, where the patient died.
        pub estate_payee: Option<String>,
        /// How much.
        pub amount_cents: Money,
        /// Why.
        pub reason: String,
        /// Where it is.
        pub state: RefundState,
        /// When it was asked for.
        pub asked_on: Date,
        /// By whom.
        pub asked_by: UserId,
        /// The log-in name.
        pub asked_by_login: String,
        /// Who decided.
        pub decided_by_login: Option<String>,
        /// Why it was refused or withdrawn.
        pub decision: String,
        /// When it was sent.
        pub sent_on: Option<Date>,
        /// How.
        pub method: Option<String>,
        /// Its reference.
        pub reference: String,
    }

    /// What a side has of a charge beyond what it owed.
    pub struct OverpaidRow {
        /// The charge.
        pub charge_id: ChargeId,
        /// Its visit.
        pub encounter_id: EncounterId,
        /// The patient's receivable or a payer's.
        pub account: AccountKind,
        /// The payer, on a payer's.
        pub payer_id: Option<PayerId>,
        /// How much, above zero.
        pub over_cents: Money,
    }
}

statements! {
    /// One refund.
    pub const REFUND: RefundRow =
        "SELECT id, refund_number, patient_id, payer_id, amount_cents, reason, state, asked_on, asked_by, asked_by_login,
                decided_on, decided_by, decided_by_login, decision, sent_on, sent_by_login, method, reference,
                idempotency_key, parts
         FROM refund WHERE practice_id = $1 AND id = $2";
    /// The refund that was asked for with a key.
    pub const REFUND_BY_KEY: RefundRow =
        "SELECT id, refund_number, patient_id, payer_id, amount_cents, reason, state, asked_on, asked_by, asked_by_login,
                decided_on, decided_by, decided_by_login, decision, sent_on, sent_by_login, method, reference,
                idempotency_key, parts
         FROM refund WHERE practice_id = $1 AND idempotency_key = $2";
    /// The refund of a number.
    pub const REFUND_BY_NUMBER: (RefundId,) = "SELECT id FROM refund WHERE practice_id = $1 AND refund_number = $2";
    /// Refunds of one state, the latest first.
    pub const REFUNDS_IN_STATE: RefundLine =
        "SELECT r.id, r.refund_number, r.patient_id, p.account_number, y.name AS payer_name,
                COALESCE(e.payee, CASE WHEN z.state IS NULL THEN NULL ELSE 'State of ' || z.state || ', unclaimed' END) AS estate_payee, r.amount_cents, r.reason,
                r.state, r.asked_on, r.asked_by, r.asked_by_login, r.decided_by_login, r.decision, r.sent_on, r.method,
                r.reference
         FROM refund r JOIN patient p ON p.practice_id = r.practice_id AND p.id = r.patient_id
         LEFT JOIN payer y ON y.practice_id = r.practice_id AND y.id = r.payer_id
         LEFT JOIN estate_refund e ON e.practice_id = r.practice_id AND e.refund_id = r.id
         LEFT JOIN state_refund z ON z.practice_id = r.practice_id AND z.refund_id = r.id
         WHERE r.practice_id = $1 AND r.state = $2 ORDER BY r.asked_on DESC, r.refund_number DESC LIMIT $3";
    /// Refunds of an account, the latest first.
    pub const REFUNDS_OF_PATIENT: RefundLine =
        "SELECT r.id, r.refund_number, r.patient_id, p.account_number, y.name AS payer_name,
                COALESCE(e.payee, CASE WHEN z.state IS NULL THEN NULL ELSE 'State of ' || z.state || ', unclaimed' END) AS estate_payee, r.amount_cents, r.reason,
                r.state, r.asked_on, r.asked_by, r.asked_by_login, r.decided_by_login, r.decision, r.sent_on, r.method,
                r.reference
         FROM refund r JOIN patient p ON p.practice_id = r.practice_id AND p.id = r.patient_id
         LEFT JOIN payer y ON y.practice_id = r.practice_id AND y.id = r.payer_id
         LEFT JOIN estate_refund e ON e.practice_id = r.practice_id AND e.refund_id = r.id
         LEFT JOIN state_refund z ON z.practice_id = r.practice_id AND z.refund_id = r.id
         WHERE r.practice_id = $1 AND r.patient_id = $2 ORDER BY r.asked_on DESC, r.refund_number DESC";
    /// Refunds on accounts that were not given up.
    pub const STANDING_REFUNDS_OF_PATIENTS: RefundRow =
        "SELECT id, refund_number, patient_id, payer_id, amount_cents, reason, state, asked_on, asked_by, asked_by_login,
                decided_on, decided_by, decided_by_login, decision, sent_on, sent_by_login, method, reference,
                idempotency_key, parts
         FROM refund WHERE practice_id = $1 AND state IN ('asked', 'approved', 'sent') AND patient_id IN ({keys})
         AND NOT EXISTS (SELECT 1 FROM refund_stop s WHERE s.practice_id = refund.practice_id AND s.refund_id = refund.id)";
    /// Charges of a visit for which a payer owes more than they cost: it took back what was refunded as well.
    pub const OWED_BEYOND_CHARGE: (ChargeId, Money) =
        "SELECT c.id, CAST(SUM(l.cents) - c.amount_cents AS BIGINT) FROM charge c
         JOIN ledger_posting l ON l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         WHERE c.practice_id = $1 AND c.encounter_id = $2 AND l.account = 'payer_receivable'
         GROUP BY c.id, c.amount_cents, l.payer_id HAVING SUM(l.cents) > c.amount_cents ORDER BY c.id";
    /// How many refunds of each state there are that somebody must act on, with their sum: those that others asked for.
    pub const REFUNDS_UNDER_WAY: (RefundState, i64, Money) =
        "SELECT state, count(*), CAST(SUM(amount_cents) AS BIGINT) FROM refund
         WHERE practice_id = $1 AND asked_by <> $2 AND state IN ('asked', 'approved') GROUP BY state ORDER BY state";
    /// What of an account goes back to payers, asked or approved and not sent.
    pub const PAYERS_PART_UNDER_WAY: (Money,) =
        "SELECT CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) FROM refund
         WHERE practice_id = $1 AND patient_id = $2 AND payer_id IS NOT NULL AND state IN ('asked', 'approved')";
    /// What a person approved for one account on a day.
    pub const APPROVED_THAT_DAY: (Money,) =
        "SELECT CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) FROM refund WHERE practice_id = $1 AND patient_id = $2
         AND decided_by = $3 AND decided_on = $4 AND state IN ('approved', 'sent')";
    /// What a patient paid up to a day, the latest first.
    pub const PAYMENTS_OF_PATIENT_UNTIL: (PatientPaymentId, String, String, Date, Money) =
        "SELECT id, receipt_number, method, received_on, amount_cents FROM patient_payment
         WHERE practice_id = $1 AND patient_id = $2 AND received_on <= $3 ORDER BY received_on DESC, receipt_number DESC";
    /// The remittances by which a payer paid for claims of visits up to a day, the latest first.
    pub const REMITTANCES_OF_VISITS_UNTIL: (RemittanceId, String, Date, Money) =
        "SELECT r.id, r.trace, r.paid_on, p.paid_cents FROM claim k
         JOIN claim_payment p ON p.practice_id = k.practice_id AND p.claim_id = k.id
         JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id
         WHERE k.practice_id = $1 AND k.payer_id = $2 AND r.paid_on <= $3 AND p.paid_cents > 0 AND r.state = 'posted'
         AND k.encounter_id IN ({keys}) ORDER BY r.paid_on DESC, r.trace DESC";
    /// Decides a refund.
    pub const DECIDE_REFUND: () =
        "UPDATE refund SET state = $3, decided_on = $4, decided_by = $5, decided_by_login = $6, decision = $7
         WHERE practice_id = $1 AND id = $2 AND state IN ('asked', 'approved')";
    /// Marks a refund as sent.
    pub const SEND_REFUND: () =
        "UPDATE refund SET state = 'sent', sent_on = $3, sent_by_login = $4, method = $5, reference = $6
         WHERE practice_id = $1 AND id = $2 AND state = 'approved'";
    /// What was received for a patient's charges beyond what is owed, by side, the oldest first.
    pub const OVERPAID_OF_PATIENT: OverpaidRow =
        "SELECT c.id AS charge_id, c.encounter_id, l.account, l.payer_id, CAST(-SUM(l.cents) AS BIGINT) AS over_cents
         FROM charge c CROSS JOIN ledger_posting l
         WHERE c.practice_id = $1 AND c.patient_id = $2
         AND l.practice_id = c.practice_id AND l.charge_id = c.id AND l.charge_id IS NOT NULL
         AND l.account IN ('patient_receivable', 'payer_receivable')
         GROUP BY c.id, c.encounter_id, c.date_of_service, c.line_number, l.account, l.payer_id
         HAVING SUM(l.cents) < 0 ORDER BY c.date_of_service, c.encounter_id, c.line_number, l.account, l.payer_id";
    /// Accounts whose credit balance is not what their open requests say, with the difference.
    pub const CREDITS_WITHOUT_REFUND: (PatientId, Money) =
        "SELECT owner_id, CAST(SUM(cents) AS BIGINT) FROM (
            SELECT owner_id, held_cents AS cents FROM ledger_balance
            WHERE practice_id = $1 AND account = 'credit_balance'
            UNION ALL
            SELECT patient_id, -amount_cents FROM refund WHERE practice_id = $1 AND state = 'asked') t
         GROUP BY owner_id HAVING SUM(cents) <> 0 ORDER BY owner_id LIMIT 5";
    /// Accounts on which more or less is payable than their approved refunds say, with the difference.
    pub const PAYABLE_WITHOUT_REFUND: (PatientId, Money) =
        "SELECT owner_id, CAST(SUM(cents) AS BIGINT) FROM (
            SELECT owner_id, held_cents AS cents FROM ledger_balance
            WHERE practice_id = $1 AND account = 'refund_payable'
            UNION ALL
            SELECT patient_id, -amount_cents FROM refund WHERE practice_id = $1 AND state = 'approved') t
         GROUP BY owner_id HAVING SUM(cents) <> 0 ORDER BY owner_id LIMIT 5";
}
