//! What stood in the practice's own data, its providers and its payers before each change. Rows are only added.

use billing::id::UserId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::value::Json;
use crate::{Conn, StoreError, Tx, params, record, statements};

/// Most versions that a page shows; what is older stands in the audit's database all the same.
const MOST_SHOWN: i64 = 20;

record! {
    /// One version as it was entered.
    pub struct RegistrationVersionRow in "registration_version" {
        /// 'practice', 'provider' or 'payer'.
        pub subject_kind: String,
        /// Which one.
        pub subject_id: Uuid,
        /// From 1.
        pub version: i32,
        /// When it was entered.
        pub recorded_at: Timestamp,
        /// By whom.
        pub recorded_by: UserId,
        /// The whole of it.
        pub body: Json<serde_json::Value>,
    }

    /// A version in a list.
    pub struct VersionLine {
        /// From 1.
        pub version: i32,
        /// When it was entered.
        pub recorded_at: Timestamp,
        /// Who entered it; none where nobody signed in for it.
        pub display_name: Option<String>,
    }
}

statements! {
    /// The number of the latest version; none where nothing was ever changed by hand.
    pub const LATEST_REGISTRATION_VERSION: (Option<i32>,) = "SELECT MAX(version) FROM registration_version \
        WHERE practice_id = $1 AND subject_kind = $2 AND subject_id = $3";
    /// The versions, newest first.
    pub const REGISTRATION_VERSIONS: VersionLine = "SELECT v.version, v.recorded_at, u.display_name \
        FROM registration_version v LEFT JOIN app_user u ON u.practice_id = v.practice_id AND u.id = v.recorded_by \
        WHERE v.practice_id = $1 AND v.subject_kind = $2 AND v.subject_id = $3 ORDER BY v.version DESC LIMIT $4";
    /// One version as it was entered.
    pub const REGISTRATION_VERSION: (Json<serde_json::Value>,) = "SELECT body FROM registration_version \
        WHERE practice_id = $1 AND subject_kind = $2 AND subject_id = $3 AND version = $4";
}

/// The latest version's number; 0 where none was recorded yet.
pub fn latest(conn: &Conn, kind: &'static str, id: Uuid) -> Result<i32, StoreError> {
    Ok(conn.query_one(&LATEST_REGISTRATION_VERSION, params![kind, id])?.0.unwrap_or(0))
}

/// The versions, newest first.
pub fn history(conn: &Conn, kind: &'static str, id: Uuid) -> Result<Vec<VersionLine>, StoreError> {
    conn.query(&REGISTRATION_VERSIONS, params![kind, id, MOST_SHOWN])
}

/// Records a change: what stood before where nothing was recorded yet, then what stands now.
pub fn record(
    tx: &mut Tx,
    kind: &'static str,
    id: Uuid,
    (before, after): (serde_json::Value, serde_json::Value),
) -> Result<(), StoreError> {
    let mut version = latest(tx, kind, id)?;
    let recorded_at = tx.now();
    let row = |version: i32, recorded_by: UserId, body: serde_json::Value| RegistrationVersionRow {
        subject_kind: kind.to_owned(),
        subject_id: id,
        version,
        recorded_at,
        recorded_by,
        body: Json(body),
    };
    if version == 0 {
        // Who registered it first stands in the audit.
        tx.insert(&row(1, UserId(Uuid::nil()), before))?;
        version = 1;
    }
    let by = tx.actor().user;
    tx.insert(&row(version + 1, by, after))
}
