//! What a practice says of its teams, people, absences and rules, and what people were given. Rows are only ever added;
//! one that ends an earlier one marks its last day. Decides nothing.

use billing::id::{DeskSettingId, UserId, WorkPullId};
use billing::{PayerId, WorkItemId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{Conn, StoreError, Tx, params, record, statements};

/// What a row says something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettingKind {
    /// A team; the subject is its key.
    Team,
    /// What a person does; the subject is the person's id.
    Worker,
    /// A person is away; the subject is an id of its own.
    Absence,
    /// A rule of routing; the subject is its key.
    Rule,
    /// How much of a day one payer may fill; there is one.
    PayerShare,
}

impl SettingKind {
    /// Every kind.
    pub const ALL: [SettingKind; 5] =
        [SettingKind::Team, SettingKind::Worker, SettingKind::Absence, SettingKind::Rule, SettingKind::PayerShare];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            SettingKind::Team => "team",
            SettingKind::Worker => "worker",
            SettingKind::Absence => "absence",
            SettingKind::Rule => "rule",
            SettingKind::PayerShare => "payer_share",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

crate::col_texts!(SettingKind: |kind| kind.as_str(), |text| SettingKind::parse(text););

record! {
    /// One word of a practice.
    pub struct DeskSettingRow in "desk_setting" {
        /// Key; keys grow with time.
        pub id: DeskSettingId,
        /// What it speaks of.
        pub kind: SettingKind,
        /// Which one.
        pub subject: String,
        /// First day.
        pub from_on: Date,
        /// The day from which a later word stands.
        pub until_on: Option<Date>,
        /// What is said, as the kind has it.
        pub body: Json<serde_json::Value>,
        /// When it was said.
        pub recorded_at: Timestamp,
        /// By whom …
        pub recorded_by: UserId,
        /// … with the log-in name.
        pub recorded_by_login: String,
        /// Why.
        pub why: String,
    }

    /// An item that a person was given.
    pub struct WorkPullRow in "work_pull" {
        /// Key; keys grow with time.
        pub id: WorkPullId,
        /// Who.
        pub user_id: UserId,
        /// What.
        pub work_item_id: WorkItemId,
        /// The payer it is about.
        pub payer_id: Option<PayerId>,
        /// Minutes that it usually takes.
        pub minutes: i64,
        /// When.
        pub pulled_on: Date,
    }
}

statements! {
    /// What stands on the day `$2`, and what begins later.
    pub const SETTINGS_FROM: DeskSettingRow = "SELECT id, kind, subject, from_on, until_on, body, recorded_at, recorded_by, \
        recorded_by_login, why FROM desk_setting WHERE practice_id = $1 AND (until_on IS NULL OR until_on > $2) ORDER BY id";
    /// What stands of one kind on the day `$3`.
    pub const SETTINGS_OF_KIND: DeskSettingRow = "SELECT id, kind, subject, from_on, until_on, body, recorded_at, \
        recorded_by, recorded_by_login, why FROM desk_setting WHERE practice_id = $1 AND kind = $2 AND from_on <= $3 \
        AND (until_on IS NULL OR until_on > $3) ORDER BY id";
    /// What was said last, the latest first, up to `$2`.
    pub const LATEST_SETTINGS: DeskSettingRow = "SELECT id, kind, subject, from_on, until_on, body, recorded_at, \
        recorded_by, recorded_by_login, why FROM desk_setting WHERE practice_id = $1 ORDER BY id DESC LIMIT $2";
    /// A later word of a subject stands from `$4`: earlier ones end then, and what was to begin then or later does not.
    pub const END_SETTINGS: () = "UPDATE desk_setting SET until_on = $4 WHERE practice_id = $1 AND kind = $2 \
        AND subject = $3 AND (until_on IS NULL OR until_on > $4)";
    /// The payers of the items that a person was given last, the latest first.
    pub const LAST_PULLED_PAYERS: (Option<PayerId>,) = "SELECT payer_id FROM work_pull WHERE practice_id = $1 \
        AND user_id = $2 ORDER BY id DESC LIMIT $3";
}

/// Adds a word that stands from its day on.
pub fn say(tx: &mut Tx, row: &DeskSettingRow) -> Result<(), StoreError> {
    tx.execute(&END_SETTINGS, params![row.kind, row.subject, row.from_on])?;
    tx.insert(row)
}

/// What stands of one kind on a day.
pub fn of_kind(conn: &Conn, kind: SettingKind, day: Date) -> Result<Vec<DeskSettingRow>, StoreError> {
    conn.query(&SETTINGS_OF_KIND, params![kind, day])
}
