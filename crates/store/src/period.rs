//! Accounting months as rows: what was said of each, the first open day in the head of the books, and the sums of the books
//! by account before and within a month. Decides nothing.

use billing::UserId;
use billing::id::PeriodEventId;
use billing::period::PeriodStep;
use jiff::civil::Date;
use ledger::{AccountKind, Money};
use uuid::Uuid;

use crate::db::Tx;
use crate::value::Json;
use crate::{StoreError, params, record, statements};

record! {
    /// What was said of a month.
    pub struct PeriodEventRow in "period_event" {
        /// Key; keys grow with time.
        pub id: PeriodEventId,
        /// The first day of the month.
        pub month_from: Date,
        /// What was done.
        pub step: PeriodStep,
        /// When.
        pub happened_on: Date,
        /// By whom …
        pub by_user: UserId,
        /// … with the log-in name.
        pub by_login: String,
        /// Why.
        pub why: String,
        /// The balance of each account at the end of the month in cents, by its name, as it was closed; empty otherwise.
        pub totals: Json<Vec<(String, i64)>>,
    }

    /// An entry that concerns a month which was closed.
    pub struct LateEntryRow {
        /// The entry's place in the books.
        pub sequence: i64,
        /// The day it is dated.
        pub occurred_on: Date,
        /// The day it concerns.
        pub concerns_on: Date,
        /// Why it exists.
        pub reason: String,
        /// What it was made from: the kind …
        pub source_kind: String,
        /// … and the record.
        pub source_id: Uuid,
        /// What it adds to what is owed; below zero where it takes away.
        pub receivable_cents: Money,
        /// What it charges; zero where it charges nothing.
        pub charged_cents: Money,
    }

    /// Something that stands open at the end of a month.
    pub struct OpenCount {
        /// How many.
        pub count: i64,
        /// How much; cents.
        pub cents: Money,
    }
}

statements! {
    /// Everything that was said of months, in its order.
    pub const PERIOD_EVENTS: PeriodEventRow = "SELECT id, month_from, step, happened_on, by_user, by_login, why, totals \
        FROM period_event WHERE practice_id = $1 ORDER BY id";
    /// The first open day; none before the first closing.
    pub const OPEN_FROM: (Option<Date>,) = "SELECT open_from FROM practice_head WHERE practice_id = $1";
    /// Moves the first open day.
    pub const SET_OPEN_FROM: () = "UPDATE practice_head SET open_from = $2 WHERE practice_id = $1";
    /// The day of the first entry.
    pub const FIRST_ENTRY_DAY: (Option<Date>,) = "SELECT MIN(occurred_on) FROM ledger_entry WHERE practice_id = $1";
    /// By account, what stood before a day and what moved from it to another.
    pub const SUMS_OF_PERIOD: (AccountKind, Money, Money) = "SELECT p.account, \
        CAST(SUM(CASE WHEN e.occurred_on < $2 THEN p.cents ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN e.occurred_on >= $2 THEN p.cents ELSE 0 END) AS BIGINT) \
        FROM ledger_entry e JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id \
        WHERE e.practice_id = $1 AND e.occurred_on <= $3 GROUP BY p.account ORDER BY p.account";
    /// Entries dated in a month that concern an earlier one, in the order of the books.
    pub const LATE_ENTRIES: LateEntryRow = "SELECT e.sequence, e.occurred_on, e.concerns_on, e.reason, e.source_kind, \
        e.source_id, CAST(COALESCE(SUM(CASE WHEN p.account IN ('payer_receivable', 'patient_receivable') THEN p.cents \
        ELSE 0 END), 0) AS BIGINT) AS receivable_cents, CAST(COALESCE(SUM(CASE WHEN p.account = 'revenue' THEN -p.cents \
        ELSE 0 END), 0) AS BIGINT) AS charged_cents FROM ledger_entry e \
        JOIN ledger_posting p ON p.practice_id = e.practice_id AND p.entry_id = e.id \
        WHERE e.practice_id = $1 AND e.occurred_on >= $2 AND e.occurred_on <= $3 AND e.concerns_on IS NOT NULL \
        GROUP BY e.sequence, e.occurred_on, e.concerns_on, e.reason, e.source_kind, e.source_id ORDER BY e.sequence LIMIT $4";
    /// Remittances in quarantine that were paid by a day.
    pub const QUARANTINED_BY: OpenCount = "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) AS cents \
        FROM remittance WHERE practice_id = $1 AND state = 'quarantined' AND paid_on <= $2";
    /// Claims of remittances paid by a day that are set aside or match nothing.
    pub const WITHOUT_PLACE_BY: OpenCount = "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(p.paid_cents), 0) AS BIGINT) AS cents \
        FROM claim_payment p JOIN remittance r ON r.practice_id = p.practice_id AND r.id = p.remittance_id \
        WHERE p.practice_id = $1 AND p.state IN ('set_aside', 'unmatched') AND p.problem IS NOT NULL AND r.state = 'posted' \
        AND r.paid_on <= $2 AND EXISTS (SELECT 1 FROM work_item w WHERE w.practice_id = p.practice_id AND w.state <> 'resolved' \
        AND w.remittance_id = r.id)";
    /// Entries whose own day is kept although it does not lie before the day that they are dated.
    pub const ENTRIES_OUT_OF_PERIOD: (i64,) = "SELECT sequence FROM ledger_entry \
        WHERE practice_id = $1 AND concerns_on IS NOT NULL AND concerns_on >= occurred_on ORDER BY sequence";
}

crate::col_texts!(PeriodStep: |step| step.as_str(), |text| PeriodStep::parse(text););

impl Tx {
    /// The first day that takes entries; none before the first closing.
    pub fn open_from(&self) -> Option<Date> {
        self.head().borrow().row.open_from
    }

    /// On which day the books date what happened on a day, and the day that it concerns where that lies in a closed month.
    pub fn dated(&self, own_day: Date) -> (Date, Option<Date>) {
        self.head().borrow().row.dated(self.not_before.get(), own_day)
    }

    /// From here on, in this transaction, entries are dated no earlier than a day, and keep their own beside it: for what is
    /// older than the books. None lifts it.
    pub fn date_from(&self, day: Option<Date>) {
        self.not_before.set(day);
    }

    /// Moves it: what is posted from here on, in this transaction too, is dated no earlier.
    ///
    /// # Errors
    /// Of the engine.
    pub fn set_open_from(&self, day: Date) -> Result<(), StoreError> {
        self.head().borrow_mut().row.open_from = Some(day);
        self.execute(&SET_OPEN_FROM, params![day])?;
        Ok(())
    }
}
