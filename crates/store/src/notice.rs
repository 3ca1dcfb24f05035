//! What people were told at the desk, and how they want to be told, as rows. A notice names a kind and an item, never a
//! patient; no decision is made here.

use billing::id::NoticeId;
use billing::work::{NoticeKind, WorkReason};
use billing::{UserId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{col_texts, record, statements};

col_texts!(NoticeKind: |kind| kind.as_str(), |text| NoticeKind::parse(text););

record! {
    /// A notice as stored.
    pub struct NoticeRow in "notice" {
        /// Key; keys grow with time.
        pub id: NoticeId,
        /// Who is told.
        pub user_id: UserId,
        /// What happened.
        pub kind: NoticeKind,
        /// To which item.
        pub work_item_id: WorkItemId,
        /// When.
        pub told_at: Timestamp,
        /// When it was read.
        pub read_at: Option<Timestamp>,
    }

    /// A notice with the reason of its item.
    pub struct NoticeView {
        /// Key.
        pub id: NoticeId,
        /// What happened.
        pub kind: NoticeKind,
        /// To which item.
        pub work_item_id: WorkItemId,
        /// Why the item is there.
        pub reason: WorkReason,
        /// When.
        pub told_at: Timestamp,
        /// When it was read.
        pub read_at: Option<Timestamp>,
    }

    /// How a person wants to be told.
    pub struct NoticeSettingRow in "notice_setting" {
        /// Who.
        pub user_id: UserId,
        /// Where the daily letter of counts goes; none: no letter.
        pub address: Option<String>,
        /// The day of the last letter.
        pub last_sent_on: Option<Date>,
    }

    /// What a letter counts.
    pub struct DigestCount {
        /// Items that the person has.
        pub items: i64,
        /// Of these, due on the day or before.
        pub due: i64,
        /// Of these, with a day of law or contract that is near.
        pub near: i64,
    }
}

statements! {
    /// A person's latest notices.
    pub const NOTICES_OF_USER: NoticeView = "SELECT n.id, n.kind, n.work_item_id, w.reason, n.told_at, n.read_at \
        FROM notice n JOIN work_item w ON w.practice_id = n.practice_id AND w.id = n.work_item_id \
        WHERE n.practice_id = $1 AND n.user_id = $2 ORDER BY n.id DESC LIMIT $3";
    /// How many a person has not read, counted up to `$3`.
    pub const UNREAD_NOTICES: (i64,) = "SELECT COUNT(*) FROM (SELECT id FROM notice WHERE practice_id = $1 \
        AND user_id = $2 AND read_at IS NULL LIMIT $3) n";
    /// The latest that a person has not read.
    pub const LATEST_UNREAD: NoticeView = "SELECT n.id, n.kind, n.work_item_id, w.reason, n.told_at, n.read_at \
        FROM notice n JOIN work_item w ON w.practice_id = n.practice_id AND w.id = n.work_item_id \
        WHERE n.practice_id = $1 AND n.user_id = $2 AND n.read_at IS NULL ORDER BY n.id DESC LIMIT 1";
    /// Whether a person was told this about an item before.
    pub const TOLD_BEFORE: (i64,) = "SELECT COUNT(*) FROM notice WHERE practice_id = $1 AND work_item_id = $2 \
        AND kind = $3 AND user_id = $4";
    /// A person read all that was told until a notice.
    pub const READ_NOTICES: () = "UPDATE notice SET read_at = $3 WHERE practice_id = $1 AND user_id = $2 AND id <= $4 \
        AND read_at IS NULL";
    /// A person read what was told about an item.
    pub const READ_NOTICES_OF_ITEM: () = "UPDATE notice SET read_at = $3 WHERE practice_id = $1 AND user_id = $2 \
        AND work_item_id = $4 AND read_at IS NULL";
    /// How a person wants to be told.
    pub const NOTICE_SETTING: NoticeSettingRow = "SELECT user_id, address, last_sent_on FROM notice_setting \
        WHERE practice_id = $1 AND user_id = $2";
    /// Everybody who wants a letter and had none on the day.
    pub const LETTERS_DUE: NoticeSettingRow = "SELECT user_id, address, last_sent_on FROM notice_setting \
        WHERE practice_id = $1 AND address IS NOT NULL AND (last_sent_on IS NULL OR last_sent_on < $2)";
    /// A new address, or none.
    pub const SET_ADDRESS: () = "UPDATE notice_setting SET address = $3 WHERE practice_id = $1 AND user_id = $2";
    /// The letter of a day went.
    pub const LETTER_SENT: () = "UPDATE notice_setting SET last_sent_on = $3 WHERE practice_id = $1 AND user_id = $2";
    /// What a person has; `$3` is today, `$4` the last day that is near.
    pub const DIGEST_COUNT: DigestCount = "SELECT COUNT(*) AS items, \
        CAST(COALESCE(SUM(CASE WHEN due_on <= $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS due, \
        CAST(COALESCE(SUM(CASE WHEN deadline_on <= $4 THEN 1 ELSE 0 END), 0) AS BIGINT) AS near FROM work_item \
        WHERE practice_id = $1 AND owner_id = $2 AND state <> 'resolved'";
    /// Items that people have whose day of law or contract is not after `$2`.
    pub const DEADLINES_NEAR: (WorkItemId, UserId) = "SELECT id, owner_id FROM work_item WHERE practice_id = $1 \
        AND state <> 'resolved' AND deadline_on >= '1900-01-01' AND deadline_on <= $2 AND owner_id IS NOT NULL";
}
