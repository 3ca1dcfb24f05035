//! The manager's wall: open work by desk and reason, by person, and what law or contract asks for next. Counts only,
//! except for the deadlines, which open to their items.

use billing::work::{Desk, WorkReason};
use billing::{Money, UserId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Conn, StoreError, params, record, statements};

/// Deadlines on the wall: what fits beside the queues. The list behind it has all.
const DEADLINES_SHOWN: i64 = 10;

record! {
    /// Open work of one reason at one desk.
    pub struct WallRow {
        /// Whose queue.
        pub desk: Desk,
        /// Why.
        pub reason: WorkReason,
        /// Items not resolved.
        pub items: i64,
        /// Cents that depend on them.
        pub stake: Money,
        /// Items past their due date.
        pub late: i64,
        /// Items due today.
        pub due_today: i64,
        /// Items that nobody has.
        pub unowned: i64,
        /// Items that wait for somebody until a day.
        pub waiting: i64,
        /// Opened since the first day asked for.
        pub young: i64,
        /// Opened since the second, not the first.
        pub middle: i64,
        /// Opened since the third, not the second.
        pub old: i64,
        /// When the oldest was opened.
        pub oldest: Date,
        /// When the next is due.
        pub next_due: Date,
    }

    /// What one person has.
    pub struct PersonRow {
        /// Who.
        pub user_id: UserId,
        /// Items.
        pub items: i64,
        /// Items past their due date.
        pub late: i64,
        /// Cents that depend on them.
        pub stake: Money,
        /// When the next is due.
        pub next_due: Date,
    }

    /// An item that law or contract sets a day for.
    pub struct DeadlineRow {
        /// Key.
        pub id: WorkItemId,
        /// Why.
        pub reason: WorkReason,
        /// Whose queue.
        pub desk: Desk,
        /// The day.
        pub deadline_on: Option<Date>,
        /// Cents that depend on it.
        pub stake: Money,
        /// Who is asked to pay.
        pub payer: Option<String>,
        /// Who has it.
        pub owner: Option<String>,
    }
}

statements! {
    /// Open work by desk and reason; `$2` is today, `$3` to `$5` the first days of the younger ages.
    pub const WALL_WORK: WallRow = "SELECT desk, reason, COUNT(*) AS items, CAST(SUM(stake_cents) AS BIGINT) AS stake, \
        CAST(SUM(CASE WHEN due_on < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late, \
        CAST(SUM(CASE WHEN due_on = $2 THEN 1 ELSE 0 END) AS BIGINT) AS due_today, \
        CAST(SUM(CASE WHEN owner_id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unowned, \
        CAST(0 AS BIGINT) AS waiting, \
        CAST(SUM(CASE WHEN opened_on >= $3 THEN 1 ELSE 0 END) AS BIGINT) AS young, \
        CAST(SUM(CASE WHEN opened_on < $3 AND opened_on >= $4 THEN 1 ELSE 0 END) AS BIGINT) AS middle, \
        CAST(SUM(CASE WHEN opened_on < $4 AND opened_on >= $5 THEN 1 ELSE 0 END) AS BIGINT) AS old, \
        MIN(opened_on) AS oldest, MIN(due_on) AS next_due \
        FROM work_item WHERE practice_id = $1 AND state <> 'resolved' GROUP BY desk, reason ORDER BY desk, reason";
    /// What waits for somebody until a day, by desk and reason: a few of the open items.
    pub const WALL_WAITING: (Desk, WorkReason, i64) = "SELECT w.desk, w.reason, COUNT(*) FROM work_case c \
        JOIN work_item w ON w.practice_id = c.practice_id AND w.id = c.work_item_id \
        WHERE c.practice_id = $1 AND c.waiting_on IS NOT NULL AND w.state <> 'resolved' GROUP BY w.desk, w.reason \
        ORDER BY w.desk, w.reason";
    /// What each person has; `$2` is today.
    pub const WALL_PEOPLE: PersonRow = "SELECT owner_id AS user_id, COUNT(*) AS items, \
        CAST(SUM(CASE WHEN due_on < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late, CAST(SUM(stake_cents) AS BIGINT) AS stake, \
        MIN(due_on) AS next_due FROM work_item WHERE practice_id = $1 AND state <> 'resolved' AND owner_id IS NOT NULL \
        GROUP BY owner_id";
    /// How many items each person ended on a day.
    pub const WALL_ENDED: (UserId, i64) = "SELECT owner_id, COUNT(*) FROM work_item WHERE practice_id = $1 \
        AND state = 'resolved' AND resolved_on = $2 AND owner_id IS NOT NULL GROUP BY owner_id";
    /// When each person was last seen at the desk.
    pub const WALL_SEEN: (UserId, Timestamp) = "SELECT user_id, MAX(last_seen_at) FROM session WHERE practice_id = $1 \
        GROUP BY user_id";
    /// What law or contract asks for next; until `$2`.
    pub const WALL_DEADLINES: DeadlineRow = "SELECT w.id, w.reason, w.desk, w.deadline_on, w.stake_cents AS stake, \
        p.name AS payer, u.display_name AS owner FROM work_item w \
        LEFT JOIN payer p ON p.practice_id = w.practice_id AND p.id = w.payer_id \
        LEFT JOIN app_user u ON u.practice_id = w.practice_id AND u.id = w.owner_id \
        WHERE w.practice_id = $1 AND w.state <> 'resolved' AND w.deadline_on >= '1900-01-01' AND w.deadline_on <= $2 \
        ORDER BY w.deadline_on, w.id LIMIT $3";
}

/// The figures of the wall.
#[derive(Debug, Clone)]
pub struct Wall {
    /// Open work by desk and reason.
    pub work: Vec<WallRow>,
    /// What each person has.
    pub people: Vec<PersonRow>,
    /// What each person ended today.
    pub ended: Vec<(UserId, i64)>,
    /// When each person was last seen.
    pub seen: Vec<(UserId, Timestamp)>,
    /// What law or contract asks for next.
    pub deadlines: Vec<DeadlineRow>,
    /// Today.
    pub today: Date,
}

/// The figures as they are now. `ages` are the first days of the three younger ages, the latest first; deadlines are
/// looked for until `until`.
///
/// # Errors
/// Of the engine.
pub fn get(conn: &Conn, ages: [Date; 3], until: Date) -> Result<Wall, StoreError> {
    let today = conn.today();
    let mut work = conn.query(&WALL_WORK, params![today, ages[0], ages[1], ages[2]])?;
    for (desk, reason, items) in conn.query(&WALL_WAITING, params![])? {
        if let Some(row) = work.iter_mut().find(|row| row.desk == desk && row.reason == reason) {
            row.waiting = items;
        }
    }
    Ok(Wall {
        work,
        people: conn.query(&WALL_PEOPLE, params![today])?,
        ended: conn.query(&WALL_ENDED, params![today])?,
        seen: conn.query(&WALL_SEEN, params![])?,
        deadlines: conn.query(&WALL_DEADLINES, params![until, DEADLINES_SHOWN])?,
        today,
    })
}

/// Where the chain of changes stands: another number means that something was written since.
///
/// # Errors
/// Of the engine.
pub fn mark(conn: &Conn) -> Result<i64, StoreError> {
    Ok(conn.query_opt(&crate::head::HEAD, params![])?.map_or(0, |head| head.audit_sequence + head.ledger_sequence))
}
