//! Inbound files as rows: stored with what became of them, so that nothing is read twice and nothing is lost.

use billing::InboundFileId;
use jiff::Timestamp;

use crate::{record, statements};

record! {
    /// A file that came in.
    pub struct InboundFileRow in "inbound_file" {
        /// Key.
        pub id: InboundFileId,
        /// Its name where it came from.
        pub file_name: String,
        /// 'TA1', '999', '277CA', '835', '271', '277', 'mixed', 'other', 'unreadable'.
        pub kind: String,
        /// When.
        pub received_at: Timestamp,
        /// SHA-256 of the bytes.
        pub sha256: [u8; 32],
        /// SHA-256 of what it says, without envelope, delimiters and line breaks.
        pub canonical_sha256: [u8; 32],
        /// 'applied', 'duplicate', 'quarantined', 'unreadable'.
        pub outcome: String,
        /// What happened, in one sentence.
        pub note: String,
        /// The bytes.
        pub bytes: Vec<u8>,
    }

    /// A file that came in, without its bytes.
    pub struct InboundFileHead {
        /// Key.
        pub id: InboundFileId,
        /// Its name where it came from.
        pub file_name: String,
        /// What it holds.
        pub kind: String,
        /// When.
        pub received_at: Timestamp,
        /// What became of it.
        pub outcome: String,
        /// In one sentence.
        pub note: String,
    }
}

statements! {
    /// A file of these very bytes, whatever became of it.
    pub const SAME_INBOUND_FILE: InboundFileHead = "SELECT id, file_name, kind, received_at, outcome, note \
        FROM inbound_file WHERE practice_id = $1 AND sha256 = $2";
    /// A file with its bytes.
    pub const INBOUND_FILE: InboundFileRow = "SELECT id, file_name, kind, received_at, sha256, canonical_sha256, \
        outcome, note, bytes FROM inbound_file WHERE practice_id = $1 AND id = $2";
    /// A file without its bytes.
    pub const INBOUND_FILE_HEAD: InboundFileHead = "SELECT id, file_name, kind, received_at, outcome, note \
        FROM inbound_file WHERE practice_id = $1 AND id = $2";
    /// Earlier files that say the same and were applied.
    pub const SAME_CONTENT: InboundFileHead = "SELECT id, file_name, kind, received_at, outcome, note \
        FROM inbound_file WHERE practice_id = $1 AND canonical_sha256 = $2 AND outcome = 'applied' ORDER BY id";
    /// The latest files, newest first.
    pub const LATEST_INBOUND_FILES: InboundFileHead = "SELECT id, file_name, kind, received_at, outcome, note \
        FROM inbound_file WHERE practice_id = $1 ORDER BY received_at DESC, id DESC LIMIT $2";
    /// What became of a file, known only after it was read.
    pub const SETTLE_INBOUND_FILE: () = "UPDATE inbound_file SET outcome = $3, note = $4 \
        WHERE practice_id = $1 AND id = $2";
}
