//! What proves that a claim was filed in time: every file it left in, and every answer that is stored. Judges nothing.

use billing::claim::submission::SubmissionStatus;
use billing::{ClaimId, SubmissionId};
use jiff::Timestamp;

use crate::{Conn, StoreError, params, record, statements};

record! {
    /// A file that the claim left in.
    pub struct SentInRow {
        /// Key.
        pub id: SubmissionId,
        /// Its name at the clearinghouse.
        pub file_name: String,
        /// Where it went.
        pub route: String,
        /// ISA13.
        pub interchange_number: i64,
        /// GS06.
        pub group_number: i64,
        /// ST02.
        pub set_number: i64,
        /// Which version of the claim.
        pub claim_version: i32,
        /// Where it is.
        pub status: SubmissionStatus,
        /// When its bytes were stored.
        pub sealed_at: Timestamp,
        /// When it was delivered.
        pub sent_at: Option<Timestamp>,
        /// SHA-256 of the bytes.
        pub sha256: [u8; 32],
    }

    /// An answer about the claim that came in a file.
    pub struct AnsweredInRow {
        /// When it was read.
        pub occurred_at: Timestamp,
        /// What it was for the claim, in one word.
        pub event: String,
        /// What it said, in a sentence.
        pub sentence: String,
        /// Its words as they stand in the file.
        pub raw: Option<String>,
        /// 'TA1', '999', '277CA', '277', '835'.
        pub file_kind: String,
        /// The file's name where it came from.
        pub file_name: String,
        /// When it came in.
        pub received_at: Timestamp,
        /// SHA-256 of its bytes.
        pub sha256: [u8; 32],
    }
}

statements! {
    /// Every file that a claim left in, the first one first.
    pub const SENT_IN: SentInRow = "SELECT s.id, s.file_name, s.route, s.interchange_number, s.group_number, s.set_number, \
        c.claim_version, s.status, s.sealed_at, s.sent_at, s.sha256 FROM submission_claim c \
        JOIN submission s ON s.practice_id = c.practice_id AND s.id = c.submission_id \
        WHERE c.practice_id = $1 AND c.claim_id = $2 AND s.kind = '837P' ORDER BY s.sealed_at, s.id";
    /// Every answer about a claim whose file is stored, the first one first.
    pub const ANSWERED_IN: AnsweredInRow = "SELECT e.occurred_at, e.kind AS event, e.sentence, e.raw, f.kind AS file_kind, \
        f.file_name, f.received_at, f.sha256 FROM claim_event e \
        JOIN inbound_file f ON f.practice_id = e.practice_id AND f.id = e.inbound_file_id \
        WHERE e.practice_id = $1 AND e.claim_id = $2 ORDER BY e.sequence";
}

/// Both, of one claim.
pub fn evidence(conn: &Conn, claim: ClaimId) -> Result<(Vec<SentInRow>, Vec<AnsweredInRow>), StoreError> {
    Ok((conn.query(&SENT_IN, params![claim])?, conn.query(&ANSWERED_IN, params![claim])?))
}
