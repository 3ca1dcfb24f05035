//! Lines of the bank's statements as rows, and what is on its way to the bank. The money itself is in the ledger.

use billing::bank::BankLineState;
use billing::id::{BankLineId, RemittanceId};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// A line as stored.
    pub struct BankLineRow in "bank_line" {
        /// Key.
        pub id: BankLineId,
        /// What makes it itself.
        pub line_key: String,
        /// The day the bank booked it.
        pub booked_on: Date,
        /// What came in; cents, above zero.
        pub amount_cents: Money,
        /// The payer's number of the transfer, or the bank's reference; may be empty.
        pub trace: String,
        /// The bank's words.
        pub words: String,
        /// What it turned out to be.
        pub state: BankLineState,
        /// The remittance that announced it.
        pub remittance_id: Option<RemittanceId>,
        /// When that was known.
        pub decided_on: Option<Date>,
        /// Who said so; the log-in name.
        pub decided_by_login: Option<String>,
        /// Why, where no remittance says it.
        pub decision: String,
        /// When it was taken in.
        pub recorded_on: Date,
    }

    /// A remittance whose money is on its way.
    pub struct InTransitRow {
        /// The remittance.
        pub remittance_id: RemittanceId,
        /// Its number (TRN02).
        pub trace: String,
        /// Who pays.
        pub payer_name: String,
        /// When it was paid (BPR16).
        pub paid_on: Date,
        /// What is not in the bank yet; cents.
        pub amount_cents: Money,
    }
}

statements! {
    /// One line.
    pub const BANK_LINE: BankLineRow = "SELECT id, line_key, booked_on, amount_cents, trace, words, state, remittance_id, \
        decided_on, decided_by_login, decision, recorded_on FROM bank_line WHERE practice_id = $1 AND id = $2";
    /// Keys that are there already.
    pub const BANK_LINES_OF_KEYS: (String,) =
        "SELECT line_key FROM bank_line WHERE practice_id = $1 AND line_key IN ({keys})";
    /// Lines of a state, the latest first.
    pub const BANK_LINES_IN_STATE: BankLineRow = "SELECT id, line_key, booked_on, amount_cents, trace, words, state, \
        remittance_id, decided_on, decided_by_login, decision, recorded_on FROM bank_line \
        WHERE practice_id = $1 AND state = $2 ORDER BY booked_on DESC, id DESC LIMIT $3";
    /// Lines with a number that nobody placed yet.
    pub const WAITING_OF_TRACE: BankLineRow = "SELECT id, line_key, booked_on, amount_cents, trace, words, state, \
        remittance_id, decided_on, decided_by_login, decision, recorded_on FROM bank_line \
        WHERE practice_id = $1 AND trace = $2 AND state = 'waiting' ORDER BY booked_on, id";
    /// Lines of an amount between two days that nobody placed yet.
    pub const WAITING_OF_AMOUNT: BankLineRow = "SELECT id, line_key, booked_on, amount_cents, trace, words, state, \
        remittance_id, decided_on, decided_by_login, decision, recorded_on FROM bank_line \
        WHERE practice_id = $1 AND amount_cents = $2 AND state = 'waiting' AND booked_on >= $3 AND booked_on <= $4 \
        ORDER BY booked_on, id";
    /// The days of which the bank's statements tell: the first and the last.
    pub const BOOKED_DAYS: (Option<Date>, Option<Date>) =
        "SELECT MIN(booked_on), MAX(booked_on) FROM bank_line WHERE practice_id = $1";
    /// The day on which the first line was taken in.
    pub const FIRST_TAKEN: (Option<Date>,) = "SELECT MIN(recorded_on) FROM bank_line WHERE practice_id = $1";
    /// When remittances were posted.
    pub const POSTED_AT: (RemittanceId, Option<Timestamp>) =
        "SELECT id, posted_at FROM remittance WHERE practice_id = $1 AND id IN ({keys})";
    /// Says what a line is.
    pub const DECIDE_BANK_LINE: () = "UPDATE bank_line SET state = $3, remittance_id = $4, decided_on = $5, \
        decided_by_login = $6, decision = $7 WHERE practice_id = $1 AND id = $2";
    /// What is announced and not in the bank, the oldest first.
    pub const IN_TRANSIT: InTransitRow = "SELECT r.id AS remittance_id, r.trace, r.payer_name, r.paid_on, \
        CAST(SUM(p.cents) AS BIGINT) AS amount_cents FROM remittance r \
        JOIN ledger_posting p ON p.practice_id = r.practice_id AND p.remittance_id = r.id AND p.account = 'in_transit' \
        WHERE r.practice_id = $1 AND r.state = 'posted' GROUP BY r.id, r.trace, r.payer_name, r.paid_on \
        HAVING SUM(p.cents) <> 0 ORDER BY r.paid_on, r.trace LIMIT $2";
    /// How many remittances are announced and not in the bank, and their sum.
    pub const IN_TRANSIT_IN_ALL: (i64, Money) = "SELECT COUNT(*), CAST(COALESCE(SUM(t.cents), 0) AS BIGINT) FROM ( \
        SELECT SUM(p.cents) AS cents FROM ledger_posting p \
        JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id AND r.state = 'posted' \
        WHERE p.practice_id = $1 AND p.account = 'in_transit' GROUP BY p.remittance_id HAVING SUM(p.cents) <> 0) t";
    /// What is announced and not in the bank with one of some amounts in cents: what could have announced a line.
    pub const IN_TRANSIT_OF_AMOUNTS: InTransitRow = "SELECT r.id AS remittance_id, r.trace, r.payer_name, r.paid_on, \
        CAST(SUM(p.cents) AS BIGINT) AS amount_cents FROM remittance r \
        JOIN ledger_posting p ON p.practice_id = r.practice_id AND p.remittance_id = r.id AND p.account = 'in_transit' \
        WHERE r.practice_id = $1 AND r.state = 'posted' GROUP BY r.id, r.trace, r.payer_name, r.paid_on \
        HAVING CAST(SUM(p.cents) AS BIGINT) IN ({keys})";
    /// What of one remittance is not in the bank.
    pub const IN_TRANSIT_OF: (Money,) = "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting \
        WHERE practice_id = $1 AND remittance_id = $2 AND account = 'in_transit'";
    /// The fee that was posted for a payment by card.
    pub const CARD_FEE_OF: (Money,) = "SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM ledger_entry e \
        JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id AND p.account = 'provider_adjustment' \
        WHERE e.practice_id = $1 AND e.source_id = $2 AND e.source_kind = 'card_fee'";
    /// Posted remittances of a number.
    pub const POSTED_OF_TRACE: (RemittanceId,) =
        "SELECT id FROM remittance WHERE practice_id = $1 AND trace = $2 AND state = 'posted' ORDER BY paid_on";
    /// The number of a remittance.
    pub const TRACE_OF_REMITTANCE: (String,) = "SELECT trace FROM remittance WHERE practice_id = $1 AND id = $2";
    /// What was taken at the desk and is not in the bank.
    pub const UNDEPOSITED: (Money,) = "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting \
        WHERE practice_id = $1 AND account = 'undeposited'";
    /// Lines whose money in the bank is not what their state says: a placed one in full, any other none.
    pub const LINES_NOT_IN_BOOKS: (BankLineId, Money) = "SELECT b.id, CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) \
        FROM bank_line b LEFT JOIN ledger_entry e ON e.practice_id = b.practice_id AND e.source_id = b.id \
        LEFT JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id AND p.account = 'bank' \
        WHERE b.practice_id = $1 GROUP BY b.id, b.state, b.amount_cents \
        HAVING COALESCE(SUM(p.cents), 0) <> CASE WHEN b.state IN ('payer', 'patients') THEN b.amount_cents ELSE 0 END \
        LIMIT 5";
    /// Lines that nobody placed yet.
    pub const LINES_WAITING: (BankLineId,) = "SELECT id FROM bank_line WHERE practice_id = $1 AND state = 'waiting'";
}
