//! What the forecast of clocks reads: open work with the first clock that waits for it, and the pace of the practice.

use billing::clock::ClockKind;
use billing::work::{Desk, WorkReason};
use billing::{ClockId, Money, UserId, WorkPaceId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{record, statements};

record! {
    /// A figure that the forecast counts with.
    pub struct WorkPaceRow in "work_pace" {
        /// Key; keys grow with time.
        pub id: WorkPaceId,
        /// 'desk:tier2', 'reason:denied'.
        pub subject: String,
        /// Minutes: of a desk's people on a day, or of an item.
        pub minutes: i64,
        /// When it was said.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }

    /// An open item with the first clock that waits for it.
    pub struct OpenWorkRow {
        /// Whose queue.
        pub desk: Desk,
        /// Why.
        pub reason: WorkReason,
        /// By when it should be done.
        pub due_on: Date,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// The clock.
        pub clock_id: Option<ClockId>,
        /// Its kind.
        pub kind: Option<ClockKind>,
        /// Its last day.
        pub last_on: Option<Date>,
    }
}

statements! {
    /// The figures, in the order in which they were said.
    pub const WORK_PACE: WorkPaceRow = "SELECT id, subject, minutes, recorded_at, recorded_by, recorded_by_login, why \
        FROM work_pace WHERE practice_id = $1 ORDER BY id";
    /// Open items, each with the clock of its claim, or the one it was opened of, that ends first; nearest first.
    pub const OPEN_WORK_WITH_CLOCKS: OpenWorkRow = "SELECT w.desk, w.reason, w.due_on, w.stake_cents, c.id AS clock_id, \
        c.kind, c.due_on AS last_on FROM work_item w LEFT JOIN clock c ON c.practice_id = w.practice_id AND c.id = ( \
            SELECT k.id FROM clock k WHERE k.practice_id = w.practice_id AND k.subject_id = w.claim_id \
            AND k.state = 'running' ORDER BY k.due_on, k.id LIMIT 1) \
        WHERE w.practice_id = $1 AND w.desk IN ('tier1', 'tier2', 'tier3', 'coder', 'poster') \
        AND w.state <> 'resolved' ORDER BY w.due_on, w.id LIMIT $2";
    /// How many people who may sign in hold each role.
    pub const PEOPLE_OF_ROLES: (String, i64) = "SELECT r.role, COUNT(*) FROM user_role r JOIN app_user u \
        ON u.practice_id = r.practice_id AND u.id = r.user_id WHERE r.practice_id = $1 AND u.state = 'active' \
        GROUP BY r.role ORDER BY r.role";
}
