//! What left the bank, and the periods that were compared with the books and signed, as rows. The money is in the ledger.

use billing::deposit::WithdrawalState;
use billing::id::{BankLineId, BankWithdrawalId, ReconciliationId, UserId};
use jiff::civil::Date;
use ledger::Money;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::value::Json;
use crate::{record, statements};

/// An item of a reconciliation that one side has and the other has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outstanding {
    /// The day on which the one side has it.
    pub on: Date,
    /// What it is, without a name of a patient: "Refund RF-00004".
    pub what: String,
    /// What it adds to that side; cents.
    pub cents: Money,
    /// Its page; empty where it has none.
    pub opens: String,
}

/// The figures of a reconciliation as they were signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciliationBody {
    /// What came in by the bank's lines of the period; cents.
    pub came_in: Money,
    /// What left by them; cents.
    pub went_out: Money,
    /// In the bank and not in the books.
    pub not_in_books: Vec<Outstanding>,
    /// In the books and not in the bank.
    pub not_in_bank: Vec<Outstanding>,
    /// How many lines of the period the books have.
    pub matched: i64,
}

impl ReconciliationBody {
    /// What only the bank has, in all.
    pub fn only_bank(&self) -> Money {
        self.not_in_books.iter().map(|item| item.cents).sum()
    }

    /// What only the books have, in all.
    pub fn only_books(&self) -> Money {
        self.not_in_bank.iter().map(|item| item.cents).sum()
    }
}

record! {
    /// A line by which money left, as stored.
    pub struct WithdrawalRow in "bank_withdrawal" {
        /// Key.
        pub id: BankWithdrawalId,
        /// What makes it itself.
        pub line_key: String,
        /// The day the bank booked it.
        pub booked_on: Date,
        /// What left; cents, above zero.
        pub amount_cents: Money,
        /// The bank's reference; may be empty.
        pub trace: String,
        /// The bank's words.
        pub words: String,
        /// What it turned out to be.
        pub state: WithdrawalState,
        /// The refund, or the payment that came back.
        pub source_id: Option<Uuid>,
        /// When that was known.
        pub decided_on: Option<Date>,
        /// Who said so; the log-in name.
        pub decided_by_login: Option<String>,
        /// Why, where nothing of ours says it.
        pub decision: String,
        /// When it was taken in.
        pub recorded_on: Date,
    }

    /// A signed period as stored.
    pub struct ReconciliationRow in "bank_reconciliation" {
        /// Key.
        pub id: ReconciliationId,
        /// First day.
        pub period_from: Date,
        /// Last day.
        pub period_until: Date,
        /// The bank's balance before the first day.
        pub opening_cents: Money,
        /// The bank's balance at the end of the last day.
        pub closing_cents: Money,
        /// The account Bank in the books at the end of the last day.
        pub books_cents: Money,
        /// What the bank held before the books knew of it.
        pub before_cents: Money,
        /// When …
        pub signed_on: Date,
        /// … by whom …
        pub signed_by: UserId,
        /// … with the log-in name.
        pub signed_by_login: String,
        /// The figures.
        pub body: Json<ReconciliationBody>,
    }

    /// Money that was sent and that no line of the bank shows: a refund, or a payer's cash that went back.
    pub struct UncashedRow {
        /// The refund, or the request by which the cash left.
        pub id: Uuid,
        /// Its number.
        pub number: String,
        /// When it was sent.
        pub sent_on: Date,
        /// Check number, or what the processor or the bank gave.
        pub reference: String,
        /// How much; cents.
        pub amount_cents: Money,
    }

    /// A line of the bank that the books do not have.
    pub struct UnbookedRow {
        /// The line.
        pub id: BankLineId,
        /// Its day.
        pub booked_on: Date,
        /// How much; cents.
        pub amount_cents: Money,
        /// What it is.
        pub state: billing::bank::BankLineState,
    }
}

macro_rules! withdrawals {
    ($rest:literal) => {
        concat!(
            "SELECT id, line_key, booked_on, amount_cents, trace, words, state, source_id, decided_on, decided_by_login, \
             decision, recorded_on FROM bank_withdrawal WHERE practice_id = $1 ",
            $rest
        )
    };
}

macro_rules! reconciliations {
    ($rest:literal) => {
        concat!(
            "SELECT id, period_from, period_until, opening_cents, closing_cents, books_cents, before_cents, signed_on, \
             signed_by, signed_by_login, body FROM bank_reconciliation WHERE practice_id = $1 ",
            $rest
        )
    };
}

statements! {
    /// One line by which money left.
    pub const WITHDRAWAL: WithdrawalRow = withdrawals!("AND id = $2");
    /// Lines of a state, the latest first.
    pub const WITHDRAWALS_IN_STATE: WithdrawalRow =
        withdrawals!("AND state = $2 ORDER BY booked_on DESC, id DESC LIMIT $3");
    /// Lines between two days that the books do not have.
    pub const WITHDRAWALS_NOT_IN_BOOKS: WithdrawalRow = withdrawals!(
        "AND booked_on >= $2 AND booked_on <= $3 AND state IN ('waiting', 'other') ORDER BY booked_on, id"
    );
    /// Keys that are there already.
    pub const WITHDRAWALS_OF_KEYS: (String,) =
        "SELECT line_key FROM bank_withdrawal WHERE practice_id = $1 AND line_key IN ({keys})";
    /// Says what a line is.
    pub const DECIDE_WITHDRAWAL: () = "UPDATE bank_withdrawal SET state = $3, source_id = $4, decided_on = $5, \
        decided_by_login = $6, decision = $7 WHERE practice_id = $1 AND id = $2";
    /// What left between two days, and how many lines of it the books have.
    pub const WENT_OUT: (Money, i64) = "SELECT CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN state IN ('refund', 'payment_return') THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM bank_withdrawal WHERE practice_id = $1 AND booked_on >= $2 AND booked_on <= $3";
    /// What came in between two days, and how many lines of it the books have.
    pub const CAME_IN: (Money, i64) = "SELECT CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN state IN ('payer', 'patients') THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM bank_line WHERE practice_id = $1 AND booked_on >= $2 AND booked_on <= $3";
    /// Lines of money that came in between two days that the books do not have.
    pub const LINES_NOT_IN_BOOKS_BETWEEN: UnbookedRow = "SELECT id, booked_on, amount_cents, state FROM bank_line \
        WHERE practice_id = $1 AND booked_on >= $2 AND booked_on <= $3 AND state IN ('waiting', 'other') \
        ORDER BY booked_on, id";
    /// What was sent until a day and no line of the bank until that day shows.
    pub const UNCASHED: UncashedRow = "SELECT f.id AS id, f.refund_number AS number, f.sent_on AS sent_on, \
        f.reference AS reference, f.amount_cents AS amount_cents FROM refund f \
        WHERE f.practice_id = $1 AND f.state = 'sent' AND f.sent_on <= $2 \
        AND NOT EXISTS (SELECT 1 FROM bank_withdrawal w WHERE w.practice_id = f.practice_id AND w.source_id = f.id \
            AND w.booked_on <= $2) \
        AND NOT EXISTS (SELECT 1 FROM refund_stop s WHERE s.practice_id = f.practice_id AND s.refund_id = f.id \
            AND s.stopped_on <= $2) \
        UNION ALL SELECT q.id, q.request_number, q.sent_on, q.reference, q.amount_cents FROM cash_request q \
        WHERE q.practice_id = $1 AND q.state = 'sent' AND q.sent_on <= $2 \
        AND NOT EXISTS (SELECT 1 FROM bank_withdrawal w WHERE w.practice_id = q.practice_id AND w.source_id = q.id \
            AND w.booked_on <= $2) \
        UNION ALL SELECT r.id, r.return_number, r.returned_on, r.return_number, r.amount_cents FROM payment_return r \
        WHERE r.practice_id = $1 AND r.returned_on <= $2 \
        AND EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_posting p ON p.practice_id = e.practice_id \
            AND p.entry_id = e.id AND p.account = 'bank' WHERE e.practice_id = r.practice_id AND e.source_id = r.id) \
        AND NOT EXISTS (SELECT 1 FROM bank_withdrawal w WHERE w.practice_id = r.practice_id AND w.source_id = r.id \
            AND w.booked_on <= $2) ORDER BY 3, 2";
    /// The account Bank at the end of a day: what was posted about a line of the bank counts on the line's day, whenever
    /// somebody said or took back what it is.
    pub const BANK_AT: (Money,) = "SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM ledger_posting p \
        JOIN ledger_entry e ON e.practice_id = p.practice_id AND e.id = p.entry_id \
        LEFT JOIN bank_line b ON b.practice_id = e.practice_id AND b.id = e.source_id \
        WHERE p.practice_id = $1 AND p.account = 'bank' AND COALESCE(b.booked_on, e.occurred_on) <= $2";
    /// One signed period.
    pub const RECONCILIATION: ReconciliationRow = reconciliations!("AND id = $2");
    /// Signed periods, the latest first.
    pub const RECONCILIATIONS: ReconciliationRow = reconciliations!("ORDER BY period_until DESC LIMIT $2");
    /// Who took cash or checks, or counted a slip, between two days.
    pub const WHO_HANDLED_CASH: (String,) = "SELECT taken_by FROM patient_payment WHERE practice_id = $1 \
        AND received_on >= $2 AND received_on <= $3 AND method IN ('cash', 'check') \
        UNION SELECT counted_by_login FROM deposit_slip WHERE practice_id = $1 AND counted_on >= $2 AND counted_on <= $3";
}
