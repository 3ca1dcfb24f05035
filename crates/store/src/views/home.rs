//! Today's work and money: counts that each open to the list they count.

use jiff::civil::Date;
use ledger::Money;

use crate::{Conn, StoreError, params, record, statements};

record! {
    /// Open work of one desk.
    pub struct DeskRow {
        /// The desk's stored word.
        pub desk: String,
        /// Items not resolved.
        pub items: i64,
        /// Of these, due before or on the day asked for.
        pub due: i64,
        /// The money they concern.
        pub stake: Money,
    }

    /// Claims of one status.
    pub struct StatusRow {
        /// The status's stored word.
        pub status: String,
        /// How many.
        pub claims: i64,
        /// What was charged on them.
        pub total: Money,
    }

    /// Money that came in over some days.
    pub struct ReceivedRow {
        /// How many payments.
        pub payments: i64,
        /// Their sum.
        pub amount: Money,
    }
}

statements! {
    /// Open work by desk.
    pub const WORK_BY_DESK: DeskRow = "SELECT desk, COUNT(*) AS items, CAST(SUM(CASE WHEN due_on <= $2 THEN 1 ELSE 0 END) AS BIGINT) AS due, CAST(SUM(stake_cents) AS BIGINT) AS stake FROM work_item WHERE practice_id = $1 AND state <> 'resolved' GROUP BY desk ORDER BY desk";
    /// Claims that no payer has accepted yet, by status: as many as wait for us, however many payers have or decided.
    pub const NOT_ACCEPTED_BY_STATUS: StatusRow = "SELECT status, COUNT(*) AS claims, CAST(SUM(total_cents) AS BIGINT) AS total FROM claim WHERE practice_id = $1 AND status IN ('draft', 'held', 'ready', 'submitted', 'rejected') GROUP BY status";
    /// Money of payers posted since a day.
    pub const PAYERS_PAID_SINCE: ReceivedRow = "SELECT COUNT(*) AS payments, CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) AS amount FROM remittance WHERE practice_id = $1 AND state = 'posted' AND paid_on >= $2";
    /// Money of patients since a day.
    pub const PATIENTS_PAID_SINCE: ReceivedRow = "SELECT COUNT(*) AS payments, CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) AS amount FROM patient_payment WHERE practice_id = $1 AND received_on >= $2";
    /// Remittances that do not balance.
    pub const QUARANTINED: ReceivedRow = "SELECT COUNT(*) AS payments, CAST(COALESCE(SUM(amount_cents), 0) AS BIGINT) AS amount FROM remittance WHERE practice_id = $1 AND state = 'quarantined'";
}

/// What the home page shows.
#[derive(Debug, Clone)]
pub struct Home {
    /// Open work by desk.
    pub desks: Vec<DeskRow>,
    /// Claims that no payer has accepted yet, by status.
    pub statuses: Vec<StatusRow>,
    /// From payers since the first of the month.
    pub from_payers: ReceivedRow,
    /// From patients since the first of the month.
    pub from_patients: ReceivedRow,
    /// Remittances that wait because they do not balance.
    pub quarantined: ReceivedRow,
    /// The first of the month.
    pub since: Date,
    /// Today.
    pub today: Date,
}

/// Today's work and money.
pub fn get(conn: &Conn) -> Result<Home, StoreError> {
    let today = conn.today();
    let since = today.first_of_month();
    Ok(Home {
        desks: conn.query(&WORK_BY_DESK, params![today])?,
        statuses: conn.query(&NOT_ACCEPTED_BY_STATUS, params![])?,
        from_payers: conn.query_one(&PAYERS_PAID_SINCE, params![since])?,
        from_patients: conn.query_one(&PATIENTS_PAID_SINCE, params![since])?,
        quarantined: conn.query_one(&QUARANTINED, params![])?,
        since,
        today,
    })
}
