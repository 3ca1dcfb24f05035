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
        /// Its own day of law or contract.
        pub deadline_on: Option<Date>,
        /// Whether a rule put it first.
        pub is_raised: bool,
        /// Until when it waits for somebody.
        pub waiting_until: Option<Date>,
        /// Cents that depend on it.
        pub stake_cents: Money,
        /// The clock.
        pub clock_id: Option<ClockId>,
        /// Its kind.
        pub kind: Option<ClockKind>,
        /// Its last day.
        pub last_on: Option<Date>,
    }

    /// Work as it came.
    pub struct ArrivedRow {
        /// When.
        pub opened_on: Date,
        /// Why.
        pub reason: WorkReason,
        /// Its day of law or contract.
        pub deadline_on: Option<Date>,
        /// Cents that depend on it.
        pub stake_cents: Money,
    }
}

statements! {
    /// The figures, in the order in which they were said.
    pub const WORK_PACE: WorkPaceRow = "SELECT id, subject, minutes, recorded_at, recorded_by, recorded_by_login, why \
        FROM work_pace WHERE practice_id = $1 ORDER BY id";
    /// Open items, each with the first clock of its claim, its question or itself that is ours to keep; nearest first. What
    /// another must do is waited for, not missed (`Nature::Watch`).
    pub const OPEN_WORK_WITH_CLOCKS: OpenWorkRow = "SELECT w.desk, w.reason, w.due_on, w.deadline_on, w.is_raised, \
        (SELECT s.waiting_until FROM work_case s WHERE s.practice_id = w.practice_id AND s.work_item_id = w.id \
            AND s.waiting_on IS NOT NULL) AS waiting_until, \
        w.stake_cents, c.id AS clock_id, c.kind, c.due_on AS last_on \
        FROM work_item w LEFT JOIN clock c ON c.practice_id = w.practice_id AND c.id = ( \
            SELECT k.id FROM clock k WHERE k.practice_id = w.practice_id \
            AND k.subject_id IN (w.claim_id, w.inquiry_id, w.id) AND k.state = 'running' \
            AND k.kind NOT IN ('prompt_pay', 'authorization_decision', 'authorization_urgent', 'crossover', \
                'recoupment_look_back', 'estimate_dispute', 'statement_hold', 'negotiation_period') \
            ORDER BY k.due_on, k.id LIMIT 1) \
        WHERE w.practice_id = $1 AND w.desk IN ('tier1', 'tier2', 'tier3', 'coder', 'poster') \
        AND w.state <> 'resolved' ORDER BY w.due_on, w.id LIMIT $2";
    /// What was opened from `$2` to the day before `$3`: how much new work comes.
    pub const ARRIVED: ArrivedRow = "SELECT opened_on, reason, deadline_on, stake_cents FROM work_item \
        WHERE practice_id = $1 AND opened_on >= $2 AND opened_on < $3 ORDER BY opened_on, id LIMIT $4";
}

#[cfg(test)]
mod tests {
    use billing::clock::Nature;

    use super::*;

    #[test]
    fn only_clocks_that_are_ours_to_keep_are_looked_for() {
        let (_, list) = OPEN_WORK_WITH_CLOCKS.sql.split_once("k.kind NOT IN (").unwrap();
        let (list, _) = list.split_once(')').unwrap();
        let left_out: Vec<&str> = list.split(',').map(|word| word.trim().trim_matches('\'')).collect();
        let watched = ClockKind::ALL.iter().filter(|kind| kind.facts().nature == Nature::Watch);
        assert_eq!(left_out, watched.map(|kind| kind.as_str()).collect::<Vec<_>>());
    }
}
