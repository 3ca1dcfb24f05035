//! A day in the books: what came in and by whom, what was charged, adjusted, paid and deposited. Every figure is a fold over the
//! day's entries, and the entries behind it can be read. Names no patient.

use ledger::{AccountKind, Money};
use uuid::Uuid;

use crate::{record, statements};

record! {
    /// An account on a day.
    pub struct DayAccountRow {
        /// Which.
        pub account: AccountKind,
        /// What was debited; cents, above zero.
        pub debit: Money,
        /// What was credited; cents, above zero.
        pub credit: Money,
        /// How many entries moved it.
        pub entries: i64,
    }

    /// An entry of a day on one account.
    pub struct DayEntryRow {
        /// Its place in the books.
        pub sequence: i64,
        /// Why.
        pub reason: String,
        /// What it was made from …
        pub source_kind: String,
        /// … and which.
        pub source_id: Uuid,
        /// What it moved on the account; debit positive, cents.
        pub cents: Money,
    }

    /// Patients' payments of a day by way and person.
    pub struct DayReceiptRow {
        /// 'cash', 'check', 'card'.
        pub method: String,
        /// Who took them.
        pub taken_by: String,
        /// How many.
        pub payments: i64,
        /// How much; cents.
        pub amount: Money,
    }

    /// Payers' payments that were posted on a day, by way.
    pub struct DayRemittanceRow {
        /// BPR04: 'ACH', 'CHK', …
        pub method: String,
        /// How many.
        pub payments: i64,
        /// How much; cents.
        pub amount: Money,
    }
}

statements! {
    /// Every account that moved on a day.
    pub const DAY_ACCOUNTS: DayAccountRow = "SELECT p.account, \
        CAST(SUM(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END) AS BIGINT) AS debit, \
        CAST(SUM(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END) AS BIGINT) AS credit, \
        COUNT(DISTINCT e.id) AS entries \
        FROM ledger_entry e JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id \
        WHERE e.practice_id = $1 AND e.occurred_on = $2 GROUP BY p.account ORDER BY p.account";
    /// The entries of a day on one account, in the order of the books.
    pub const DAY_ENTRIES: DayEntryRow = "SELECT e.sequence, e.reason, e.source_kind, e.source_id, \
        CAST(SUM(p.cents) AS BIGINT) AS cents \
        FROM ledger_entry e JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id \
        WHERE e.practice_id = $1 AND e.occurred_on = $2 AND p.account = $3 \
        GROUP BY e.sequence, e.reason, e.source_kind, e.source_id ORDER BY e.sequence LIMIT $4";
    /// What patients paid on a day, by way and person.
    pub const DAY_RECEIPTS: DayReceiptRow = "SELECT method, taken_by, COUNT(*) AS payments, \
        CAST(SUM(amount_cents) AS BIGINT) AS amount FROM patient_payment \
        WHERE practice_id = $1 AND received_on = $2 GROUP BY method, taken_by ORDER BY method, taken_by";
    /// What payers paid by the remittances that were posted with an entry of a day, by way.
    pub const DAY_REMITTANCES: DayRemittanceRow = "SELECT r.method, COUNT(DISTINCT r.id) AS payments, \
        CAST(SUM(p.cents) AS BIGINT) AS amount \
        FROM ledger_entry e JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id \
        JOIN remittance r ON r.practice_id = e.practice_id AND r.id = e.source_id \
        WHERE e.practice_id = $1 AND e.occurred_on = $2 AND p.account = 'in_transit' GROUP BY r.method ORDER BY r.method";
    /// What was charged on a day, by the place of the visit as the visit names it; none where it names none.
    pub const DAY_CHARGES_BY_PLACE: (Option<String>, Money) = "SELECT v.body ->> 'facility_id', \
        CAST(-SUM(p.cents) AS BIGINT) \
        FROM ledger_entry e JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id \
        JOIN charge c ON c.practice_id = p.practice_id AND c.id = p.charge_id \
        JOIN encounter v ON v.practice_id = c.practice_id AND v.id = c.encounter_id \
        WHERE e.practice_id = $1 AND e.occurred_on = $2 AND p.account = 'revenue' GROUP BY v.body ->> 'facility_id'";
    /// What patients paid on a day for visits, by the place of the visit; the rest paid for none.
    pub const DAY_PAYMENTS_BY_PLACE: (Option<String>, Money) = "SELECT v.body ->> 'facility_id', \
        CAST(SUM(a.amount_cents) AS BIGINT) FROM patient_payment m \
        JOIN patient_payment_allocation a ON a.practice_id = m.practice_id AND a.patient_payment_id = m.id \
        JOIN charge c ON c.practice_id = a.practice_id AND c.id = a.charge_id \
        JOIN encounter v ON v.practice_id = c.practice_id AND v.id = c.encounter_id \
        WHERE m.practice_id = $1 AND m.received_on = $2 GROUP BY v.body ->> 'facility_id'";
}
