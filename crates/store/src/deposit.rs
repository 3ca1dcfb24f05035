//! Deposit slips, their items and closed drawers as rows, and what is ready to go to the bank. The money is in the ledger.

use billing::deposit::{DrawerState, ItemKind, SlipState};
use billing::id::{BankLineId, DepositSlipId, DrawerCloseId, PatientPaymentId, RemittanceId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Money;

use crate::{record, statements};

record! {
    /// A slip as stored.
    pub struct SlipRow in "deposit_slip" {
        /// Key.
        pub id: DepositSlipId,
        /// What people call it: "DS-00001".
        pub slip_number: String,
        /// Where it is.
        pub state: SlipState,
        /// How many items it has.
        pub item_count: i64,
        /// What its items say; cents.
        pub expected_cents: Money,
        /// What was counted; cents.
        pub counted_cents: Money,
        /// When …
        pub counted_on: Date,
        /// … by whom …
        pub counted_by: UserId,
        /// … with the log-in name.
        pub counted_by_login: String,
        /// Why the count differs; empty where it does not.
        pub difference_reason: String,
        /// When a second person approved the difference …
        pub approved_on: Option<Date>,
        /// … who …
        pub approved_by: Option<UserId>,
        /// … with the log-in name.
        pub approved_by_login: Option<String>,
        /// The line of the bank.
        pub bank_line_id: Option<BankLineId>,
        /// Why the bank has another amount; empty where it has not.
        pub bank_reason: String,
        /// Who named the line …
        pub matched_by: Option<UserId>,
        /// … with the log-in name.
        pub matched_by_login: Option<String>,
        /// Who approved the bank's difference …
        pub bank_approved_by: Option<UserId>,
        /// … with the log-in name.
        pub bank_approved_by_login: Option<String>,
        /// When it was in the bank, or taken apart.
        pub ended_on: Option<Date>,
        /// Why it was taken apart.
        pub decision: String,
        /// The same key a second time is the same slip.
        pub idempotency_key: String,
    }

    /// An item of a slip.
    pub struct ItemRow in "deposit_item" {
        /// Its slip.
        pub slip_id: DepositSlipId,
        /// Its place, from 0.
        pub ordinal: i64,
        /// What it is.
        pub kind: ItemKind,
        /// The patient's payment.
        pub patient_payment_id: Option<PatientPaymentId>,
        /// Or the remittance that came with a payer's check.
        pub remittance_id: Option<RemittanceId>,
        /// The how-manieth slip of this payment, from 1.
        pub attempt: i64,
        /// How much; cents.
        pub amount_cents: Money,
        /// The check's number; empty for cash.
        pub reference: String,
    }

    /// A payment of a patient that is ready for a slip.
    pub struct ReadyPayment {
        /// The payment.
        pub id: PatientPaymentId,
        /// 'cash' or 'check'.
        pub method: String,
        /// The receipt.
        pub receipt_number: String,
        /// The check's number; empty for cash.
        pub reference: String,
        /// When it was taken …
        pub received_on: Date,
        /// … by whom.
        pub taken_by: String,
        /// How much; cents.
        pub amount_cents: Money,
        /// In how many slips it was before that were taken apart.
        pub attempts: i64,
    }

    /// A payer's paper check that is ready for a slip.
    pub struct ReadyCheck {
        /// The remittance.
        pub id: RemittanceId,
        /// The check's number (TRN02).
        pub trace: String,
        /// Who pays.
        pub payer_name: String,
        /// The day on it.
        pub paid_on: Date,
        /// How much; cents.
        pub amount_cents: Money,
        /// In how many slips it was before that were taken apart.
        pub attempts: i64,
    }

    /// A closed drawer as stored.
    pub struct DrawerRow in "drawer_close" {
        /// Key.
        pub id: DrawerCloseId,
        /// The day.
        pub closed_on: Date,
        /// The how-manieth close of the person on the day, from 1.
        pub round: i64,
        /// Whose drawer …
        pub closed_by: UserId,
        /// … with the log-in name.
        pub closed_by_login: String,
        /// The instant.
        pub closed_at: Timestamp,
        /// Cash taken since the last close; cents.
        pub cash_expected_cents: Money,
        /// Cash counted; cents.
        pub cash_counted_cents: Money,
        /// Checks taken since the last close; cents.
        pub checks_expected_cents: Money,
        /// Checks counted; cents.
        pub checks_counted_cents: Money,
        /// Why they differ.
        pub reason: String,
        /// Whether they do, and whether a second person accepted it.
        pub state: DrawerState,
        /// When …
        pub accepted_on: Option<Date>,
        /// … who …
        pub accepted_by: Option<UserId>,
        /// … with the log-in name.
        pub accepted_by_login: Option<String>,
    }
}

macro_rules! slips {
    ($rest:literal) => {
        concat!(
            "SELECT id, slip_number, state, item_count, expected_cents, counted_cents, counted_on, counted_by, \
             counted_by_login, difference_reason, approved_on, approved_by, approved_by_login, bank_line_id, bank_reason, \
             matched_by, matched_by_login, bank_approved_by, bank_approved_by_login, ended_on, decision, idempotency_key \
             FROM deposit_slip WHERE practice_id = $1 ",
            $rest
        )
    };
}

macro_rules! drawers {
    ($rest:literal) => {
        concat!(
            "SELECT id, closed_on, round, closed_by, closed_by_login, closed_at, cash_expected_cents, cash_counted_cents, \
             checks_expected_cents, checks_counted_cents, reason, state, accepted_on, accepted_by, accepted_by_login \
             FROM drawer_close WHERE practice_id = $1 ",
            $rest
        )
    };
}

statements! {
    /// One slip.
    pub const SLIP: SlipRow = slips!("AND id = $2");
    /// The slip that was made with a key.
    pub const SLIP_BY_KEY: SlipRow = slips!("AND idempotency_key = $2");
    /// Slips of a state, the latest first.
    pub const SLIPS_IN_STATE: SlipRow = slips!("AND state = $2 ORDER BY counted_on DESC, slip_number DESC LIMIT $3");
    /// Slips counted on a day.
    pub const SLIPS_OF_DAY: SlipRow = slips!("AND counted_on = $2 AND state <> 'taken_apart' ORDER BY slip_number");
    /// Slips on their way with an amount, counted between two days.
    pub const SLIPS_ON_THE_WAY: SlipRow = slips!(
        "AND state = 'on_the_way' AND counted_cents = $2 AND counted_on >= $3 AND counted_on <= $4 ORDER BY slip_number"
    );
    /// Slips on their way that were counted between two days, the oldest first.
    pub const SLIPS_OVERDUE: SlipRow = slips!(
        "AND state = 'on_the_way' AND counted_on >= $2 AND counted_on <= $3 ORDER BY counted_on, slip_number LIMIT $4"
    );
    /// The slip that a line of the bank is.
    pub const SLIP_OF_LINE: SlipRow = slips!("AND bank_line_id = $2 AND state IN ('bank_differs', 'in_bank')");
    /// How many slips of each state, and their sum.
    pub const SLIP_TOTALS: (SlipState, i64, Money) = "SELECT state, COUNT(*), CAST(SUM(counted_cents) AS BIGINT) \
        FROM deposit_slip WHERE practice_id = $1 GROUP BY state";
    /// A second person approved a count that differs.
    pub const APPROVE_SLIP: () = "UPDATE deposit_slip SET state = $3, approved_on = $4, approved_by = $5, \
        approved_by_login = $6 WHERE practice_id = $1 AND id = $2";
    /// Says where a slip is as the bank has it.
    pub const PLACE_SLIP: () = "UPDATE deposit_slip SET state = $3, bank_line_id = $4, bank_reason = $5, matched_by = $6, \
        matched_by_login = $7, bank_approved_by = $8, bank_approved_by_login = $9, ended_on = $10 \
        WHERE practice_id = $1 AND id = $2";
    /// Undoes a slip.
    pub const TAKE_SLIP_APART: () = "UPDATE deposit_slip SET state = 'taken_apart', ended_on = $3, decision = $4 \
        WHERE practice_id = $1 AND id = $2";
    /// The items of a slip.
    pub const ITEMS_OF_SLIP: ItemRow = "SELECT slip_id, ordinal, kind, patient_payment_id, remittance_id, attempt, \
        amount_cents, reference FROM deposit_item WHERE practice_id = $1 AND slip_id = $2 ORDER BY ordinal";
    /// The slip that holds a patient's payment.
    pub const SLIP_OF_PAYMENT: SlipRow = slips!(
        "AND state <> 'taken_apart' AND id IN (SELECT slip_id FROM deposit_item WHERE practice_id = $1 \
            AND patient_payment_id = $2)"
    );
    /// Payments of a slip that came back, by the number of the return.
    pub const RETURNS_OF_SLIP: (String,) = "SELECT r.return_number FROM deposit_item i \
        JOIN payment_return r ON r.practice_id = i.practice_id AND r.patient_payment_id = i.patient_payment_id \
        WHERE i.practice_id = $1 AND i.slip_id = $2 ORDER BY r.return_number";
    /// Cash and checks of patients since a day that no slip holds and that did not come back, the oldest first.
    pub const READY_PAYMENTS: ReadyPayment = "SELECT m.id, m.method, m.receipt_number, m.reference, m.received_on, \
        m.taken_by, m.amount_cents, (SELECT COUNT(*) FROM deposit_item i \
            WHERE i.practice_id = m.practice_id AND i.patient_payment_id = m.id) AS attempts \
        FROM patient_payment m WHERE m.practice_id = $1 AND m.received_on >= $2 AND m.method IN ('cash', 'check') \
        AND NOT EXISTS (SELECT 1 FROM deposit_item i JOIN deposit_slip s ON s.practice_id = i.practice_id \
            AND s.id = i.slip_id WHERE i.practice_id = m.practice_id AND i.patient_payment_id = m.id \
            AND s.state <> 'taken_apart') \
        AND NOT EXISTS (SELECT 1 FROM payment_return r WHERE r.practice_id = m.practice_id \
            AND r.patient_payment_id = m.id) ORDER BY m.received_on, m.receipt_number LIMIT $3";
    /// Payers' paper checks since a day whose money is announced, not in the bank and in no slip.
    pub const READY_CHECKS: ReadyCheck = "SELECT r.id, r.trace, r.payer_name, r.paid_on, \
        CAST(SUM(p.cents) AS BIGINT) AS amount_cents, (SELECT COUNT(*) FROM deposit_item i \
            WHERE i.practice_id = r.practice_id AND i.remittance_id = r.id) AS attempts \
        FROM remittance r JOIN ledger_posting p ON p.practice_id = r.practice_id AND p.remittance_id = r.id \
            AND p.account = 'in_transit' \
        WHERE r.practice_id = $1 AND r.state = 'posted' AND r.method = 'CHK' AND r.paid_on >= $2 \
        AND NOT EXISTS (SELECT 1 FROM deposit_item i JOIN deposit_slip s ON s.practice_id = i.practice_id \
            AND s.id = i.slip_id WHERE i.practice_id = r.practice_id AND i.remittance_id = r.id \
            AND s.state <> 'taken_apart') \
        GROUP BY r.practice_id, r.id, r.trace, r.payer_name, r.paid_on HAVING SUM(p.cents) > 0 \
        ORDER BY r.paid_on, r.trace LIMIT $3";
    /// Who took the cash and checks of a slip.
    pub const TAKERS_OF_SLIP: (String,) = "SELECT DISTINCT m.taken_by FROM deposit_item i JOIN patient_payment m \
        ON m.practice_id = i.practice_id AND m.id = i.patient_payment_id WHERE i.practice_id = $1 AND i.slip_id = $2";
    /// Slips whose money on the way is not what their state says.
    pub const SLIPS_NOT_IN_BOOKS: (DepositSlipId, Money) = "SELECT s.id, CAST(COALESCE((SELECT SUM(p.cents) \
            FROM ledger_posting p WHERE p.practice_id = s.practice_id AND p.account = 'deposit_in_transit' \
            AND p.reference = s.slip_number), 0) AS BIGINT) FROM deposit_slip s WHERE s.practice_id = $1 \
        AND COALESCE((SELECT SUM(p.cents) FROM ledger_posting p WHERE p.practice_id = s.practice_id \
            AND p.account = 'deposit_in_transit' AND p.reference = s.slip_number), 0) \
        <> CASE WHEN s.state IN ('on_the_way', 'bank_differs') THEN s.counted_cents ELSE 0 END LIMIT 5";
    /// Slips whose items are not what they say.
    pub const SLIPS_OFF_THEIR_ITEMS: (DepositSlipId, Money) = "SELECT s.id, CAST(COALESCE(SUM(i.amount_cents), 0) AS \
        BIGINT) FROM deposit_slip s LEFT JOIN deposit_item i ON i.practice_id = s.practice_id AND i.slip_id = s.id \
        WHERE s.practice_id = $1 GROUP BY s.id, s.expected_cents, s.item_count \
        HAVING COALESCE(SUM(i.amount_cents), 0) <> s.expected_cents OR COUNT(i.ordinal) <> s.item_count LIMIT 5";

    /// One closed drawer.
    pub const DRAWER: DrawerRow = drawers!("AND id = $2");
    /// The drawers closed on a day.
    pub const DRAWERS_OF_DAY: DrawerRow = drawers!("AND closed_on = $2 ORDER BY closed_by_login, round");
    /// The closes of one person on a day.
    pub const DRAWERS_OF_PERSON: DrawerRow = drawers!("AND closed_by = $2 AND closed_on = $3 ORDER BY round");
    /// A second person accepted a drawer's difference.
    pub const ACCEPT_DRAWER: () = "UPDATE drawer_close SET state = 'accepted', accepted_on = $3, accepted_by = $4, \
        accepted_by_login = $5 WHERE practice_id = $1 AND id = $2";
    /// What each person took on a day, by way.
    pub const TAKEN_ON: (String, String, i64, Money) = "SELECT taken_by, method, COUNT(*), \
        CAST(SUM(amount_cents) AS BIGINT) FROM patient_payment WHERE practice_id = $1 AND received_on = $2 \
        GROUP BY taken_by, method ORDER BY taken_by, method";
}
