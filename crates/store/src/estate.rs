//! Patients who died, with who acts for the estate, refunds that go to an estate, and refund checks that were stopped, as rows. The
//! money itself is in the ledger. Decides nothing.

use billing::estate::EstateOutcome;
use billing::id::{EstateId, PatientId, RefundId};
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// An estate as stored.
    pub struct EstateRow in "estate" {
        /// Key.
        pub id: EstateId,
        /// Who died.
        pub patient_id: PatientId,
        /// When.
        pub died_on: Date,
        /// Where a case would be opened: the state …
        pub state: String,
        /// … and the county.
        pub county: String,
        /// Who acts for it; empty while nobody is known.
        pub representative: String,
        /// The paper that says so; empty while none was seen.
        pub document: String,
        /// When the court's letters were given.
        pub letters_on: Option<Date>,
        /// When the notice to creditors reached us.
        pub notice_on: Option<Date>,
        /// When our claim was filed.
        pub filed_on: Option<Date>,
        /// What came of it.
        pub outcome: EstateOutcome,
        /// When it was last recorded …
        pub recorded_on: Date,
        /// … and by whom; the log-in name.
        pub recorded_by_login: String,
        /// How often it was changed.
        pub revision: i64,
    }

    /// A refund that goes to an estate.
    pub struct EstateRefundRow in "estate_refund" {
        /// The refund.
        pub refund_id: RefundId,
        /// The estate.
        pub estate_id: EstateId,
        /// Who takes it.
        pub payee: String,
        /// The paper that says so.
        pub document: String,
    }

    /// A refund's check that was stopped.
    pub struct RefundStopRow in "refund_stop" {
        /// The refund.
        pub refund_id: RefundId,
        /// When.
        pub stopped_on: Date,
        /// By whom; the log-in name.
        pub stopped_by_login: String,
        /// What the bank gave for it, and why.
        pub why: String,
    }

    /// A refund's check that no line of the bank shows.
    pub struct UncashedCheckRow {
        /// The refund.
        pub refund_id: RefundId,
        /// Its number.
        pub refund_number: String,
        /// On whose account.
        pub patient_id: PatientId,
        /// The account's number.
        pub account_number: String,
        /// The payer's name; none where it went to the patient.
        pub payer_name: Option<String>,
        /// Where the owner was last known to live: the state.
        pub state: String,
        /// How much; cents.
        pub amount_cents: Money,
        /// When it was sent.
        pub sent_on: Date,
        /// The number of the check.
        pub reference: String,
    }
}

statements! {
    /// The estate of a patient.
    pub const ESTATE_OF_PATIENT: EstateRow = "SELECT id, patient_id, died_on, state, county, representative, document, \
        letters_on, notice_on, filed_on, outcome, recorded_on, recorded_by_login, revision FROM estate \
        WHERE practice_id = $1 AND patient_id = $2";
    /// Changes an estate.
    pub const SAVE_ESTATE: () = "UPDATE estate SET died_on = $3, state = $4, county = $5, representative = $6, \
        document = $7, letters_on = $8, notice_on = $9, filed_on = $10, outcome = $11, recorded_on = $12, \
        recorded_by_login = $13, revision = $14 WHERE practice_id = $1 AND id = $2";
    /// To whom of an estate a refund goes.
    pub const ESTATE_REFUND: EstateRefundRow = "SELECT refund_id, estate_id, payee, document FROM estate_refund \
        WHERE practice_id = $1 AND refund_id = $2";
    /// Whether a refund's check was stopped.
    pub const REFUND_STOP: RefundStopRow = "SELECT refund_id, stopped_on, stopped_by_login, why FROM refund_stop \
        WHERE practice_id = $1 AND refund_id = $2";
    /// The line of the bank that shows a refund.
    pub const CASHED: (Date,) = "SELECT booked_on FROM bank_withdrawal WHERE practice_id = $1 AND source_id = $2 \
        ORDER BY booked_on LIMIT 1";
    /// Checks of refunds sent until a day that no line of the bank shows, the oldest first.
    pub const UNCASHED_CHECKS: UncashedCheckRow = "SELECT f.id AS refund_id, f.refund_number, f.patient_id, \
        p.account_number, y.name AS payer_name, COALESCE(p.body -> 'address' ->> 'state', '') AS state, f.amount_cents, \
        f.sent_on, f.reference \
        FROM refund f JOIN patient p ON p.practice_id = f.practice_id AND p.id = f.patient_id \
        LEFT JOIN payer y ON y.practice_id = f.practice_id AND y.id = f.payer_id \
        WHERE f.practice_id = $1 AND f.state = 'sent' AND f.method = 'check' AND f.sent_on IS NOT NULL \
        AND f.sent_on <= $2 \
        AND NOT EXISTS (SELECT 1 FROM bank_withdrawal w WHERE w.practice_id = f.practice_id AND w.source_id = f.id) \
        AND NOT EXISTS (SELECT 1 FROM refund_stop s WHERE s.practice_id = f.practice_id AND s.refund_id = f.id) \
        ORDER BY f.sent_on, f.refund_number LIMIT $3";
    /// Whether a thing was ever work, open or done.
    pub const WAS_WORK: (i64,) = "SELECT CAST(1 AS BIGINT) FROM work_item WHERE practice_id = $1 AND subject_key = $2 LIMIT 1";
}

crate::col_texts!(EstateOutcome: |outcome| outcome.as_str(), |text| EstateOutcome::parse(text););
