//! What a practice allows its roles to decide alone, as rows that are only ever added. Decides nothing.

use billing::UserId;
use billing::access::LimitKind;
use billing::id::PracticeLimitId;
use jiff::Timestamp;

use crate::{record, statements};

record! {
    /// A figure of the practice.
    pub struct PracticeLimitRow in "practice_limit" {
        /// Key; keys grow with time.
        pub id: PracticeLimitId,
        /// Which figure.
        pub kind: LimitKind,
        /// Cents, or percent, as the kind says.
        pub amount: i64,
        /// When it was set.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }
}

statements! {
    /// Every figure, in the order in which they were set.
    pub const PRACTICE_LIMITS: PracticeLimitRow = "SELECT id, kind, amount, recorded_at, recorded_by, recorded_by_login, why \
        FROM practice_limit WHERE practice_id = $1 ORDER BY id";
}

crate::col_texts!(LimitKind: |kind| kind.as_str(), |text| LimitKind::parse(text););
