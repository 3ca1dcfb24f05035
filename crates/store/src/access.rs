//! Rows of sessions and log-in attempts. No decision is made here.

use billing::access::Standing;
use billing::id::UserId;
use jiff::Timestamp;

use crate::{col_texts, record, statements};

col_texts!(Standing: |standing| standing.key(), |text| Standing::parse(text));

record! {
    /// A session in a browser.
    pub struct SessionRow in "session" {
        /// SHA-256 of the id in the cookie.
        pub id_sha256: Vec<u8>,
        /// Whose.
        pub user_id: UserId,
        /// What it may do.
        pub standing: Standing,
        /// Since when.
        pub begun_at: Timestamp,
        /// The last request.
        pub last_seen_at: Timestamp,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
        /// What the browser called itself, shortened.
        pub device: String,
    }

    /// How many attempts to sign in are left for a login or a network.
    pub struct LoginBucketRow in "login_bucket" {
        /// The login or the network, by kind.
        pub bucket: String,
        /// Attempts left.
        pub attempts_left: i64,
        /// When it was last refilled.
        pub refilled_at: Timestamp,
    }
}

statements! {
    /// A session by the hash of its id.
    pub const SESSION_BY_HASH: SessionRow = "SELECT id_sha256, user_id, standing, begun_at, last_seen_at, ended_at, device FROM session WHERE practice_id = $1 AND id_sha256 = $2";
    /// The sessions of a person that have not ended.
    pub const SESSIONS_OF_USER: SessionRow = "SELECT id_sha256, user_id, standing, begun_at, last_seen_at, ended_at, device FROM session WHERE practice_id = $1 AND user_id = $2 AND ended_at IS NULL ORDER BY last_seen_at DESC";
    /// Marks a session as seen.
    pub const SEE_SESSION: () = "UPDATE session SET last_seen_at = $3 WHERE practice_id = $1 AND id_sha256 = $2";
    /// Ends one session.
    pub const END_SESSION: () = "UPDATE session SET ended_at = $3 WHERE practice_id = $1 AND id_sha256 = $2 AND ended_at IS NULL";
    /// Ends every session of a person.
    pub const END_SESSIONS: () = "UPDATE session SET ended_at = $3 WHERE practice_id = $1 AND user_id = $2 AND ended_at IS NULL";
    /// The attempts left.
    pub const LOGIN_BUCKET: LoginBucketRow = "SELECT bucket, attempts_left, refilled_at FROM login_bucket WHERE practice_id = $1 AND bucket = $2";
    /// Changes the attempts left.
    pub const FILL_LOGIN_BUCKET: () = "UPDATE login_bucket SET attempts_left = $3, refilled_at = $4 WHERE practice_id = $1 AND bucket = $2";
}
