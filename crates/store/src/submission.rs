//! Outbound files as rows: sealed bytes that never change, what they hold, and where each one is.

use billing::claim::submission::SubmissionStatus;
use billing::{ClaimId, Money, SubmissionId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{record, statements};

record! {
    /// A sealed file with its bytes.
    pub struct SubmissionRow in "submission" {
        /// Key.
        pub id: SubmissionId,
        /// '837P', '270', '276'.
        pub kind: String,
        /// Where it goes.
        pub route: String,
        /// Its name at the clearinghouse.
        pub file_name: String,
        /// ISA13.
        pub interchange_number: i64,
        /// GS06.
        pub group_number: i64,
        /// ST02.
        pub set_number: i64,
        /// Where it is.
        pub status: SubmissionStatus,
        /// When its bytes were stored.
        pub sealed_at: Timestamp,
        /// When it was delivered.
        pub sent_at: Option<Timestamp>,
        /// How often a delivery was tried.
        pub attempts: i64,
        /// When a missing answer becomes work.
        pub acknowledgment_due_on: Date,
        /// Claims in it.
        pub claim_count: i64,
        /// Cents claimed in it.
        pub total_cents: Money,
        /// SHA-256 of the bytes.
        pub sha256: [u8; 32],
        /// The file, exactly as it leaves.
        pub bytes: Vec<u8>,
    }

    /// A sealed file without its bytes.
    pub struct SubmissionHead {
        /// Key.
        pub id: SubmissionId,
        /// '837P', '270', '276'.
        pub kind: String,
        /// Where it goes.
        pub route: String,
        /// Its name at the clearinghouse.
        pub file_name: String,
        /// ISA13.
        pub interchange_number: i64,
        /// GS06.
        pub group_number: i64,
        /// Where it is.
        pub status: SubmissionStatus,
        /// When its bytes were stored.
        pub sealed_at: Timestamp,
        /// When it was delivered.
        pub sent_at: Option<Timestamp>,
        /// How often a delivery was tried.
        pub attempts: i64,
        /// When a missing answer becomes work.
        pub acknowledgment_due_on: Date,
        /// Claims in it.
        pub claim_count: i64,
        /// Cents claimed in it.
        pub total_cents: Money,
    }

    /// Which version of which claim a file holds.
    pub struct SubmissionClaimRow in "submission_claim" {
        /// The file.
        pub submission_id: SubmissionId,
        /// The claim.
        pub claim_id: ClaimId,
        /// Its version.
        pub claim_version: i32,
    }
}

statements! {
    /// One file whole.
    pub const SUBMISSION: SubmissionRow = "SELECT id, kind, route, file_name, interchange_number, group_number, \
        set_number, status, sealed_at, sent_at, attempts, acknowledgment_due_on, claim_count, total_cents, sha256, \
        bytes FROM submission WHERE practice_id = $1 AND id = $2";
    /// Files that have not surely left, in the order they were sealed.
    pub const UNSENT: (SubmissionId,) = "SELECT id FROM submission \
        WHERE practice_id = $1 AND status IN ('sealed', 'ambiguous') ORDER BY interchange_number LIMIT $2";
    /// The first bytes of a sealed file: its ISA.
    pub const SEALED_HEADER: (Vec<u8>,) = "SELECT substr(bytes, 1, 106) FROM submission \
        WHERE practice_id = $1 AND id = $2";
    /// The file of an interchange number.
    pub const SUBMISSION_BY_INTERCHANGE: SubmissionHead = "SELECT id, kind, route, file_name, interchange_number, \
        group_number, status, sealed_at, sent_at, attempts, acknowledgment_due_on, claim_count, total_cents \
        FROM submission WHERE practice_id = $1 AND interchange_number = $2";
    /// The file of a group number.
    pub const SUBMISSION_BY_GROUP: SubmissionHead = "SELECT id, kind, route, file_name, interchange_number, \
        group_number, status, sealed_at, sent_at, attempts, acknowledgment_due_on, claim_count, total_cents \
        FROM submission WHERE practice_id = $1 AND group_number = $2";
    /// The latest files, newest first.
    pub const LATEST_SUBMISSIONS: SubmissionHead = "SELECT id, kind, route, file_name, interchange_number, \
        group_number, status, sealed_at, sent_at, attempts, acknowledgment_due_on, claim_count, total_cents \
        FROM submission WHERE practice_id = $1 ORDER BY interchange_number DESC LIMIT $2";
    /// Claim files that nobody answered by their day.
    pub const UNANSWERED: SubmissionHead = "SELECT id, kind, route, file_name, interchange_number, \
        group_number, status, sealed_at, sent_at, attempts, acknowledgment_due_on, claim_count, total_cents \
        FROM submission WHERE practice_id = $1 AND status IN ('sealed', 'ambiguous', 'sent') AND kind = '837P' \
        AND acknowledgment_due_on < $2 ORDER BY interchange_number LIMIT $3";
    /// A delivery begins: until it is known to have ended, nobody knows whether the file arrived.
    pub const BEGIN_DELIVERY: () = "UPDATE submission SET status = 'ambiguous', attempts = attempts + 1 \
        WHERE practice_id = $1 AND id = $2 AND status IN ('sealed', 'ambiguous')";
    /// The file arrived. One that was answered meanwhile keeps its answer.
    pub const DELIVERED: () = "UPDATE submission SET status = CASE WHEN status = 'ambiguous' THEN 'sent' ELSE status END, \
        sent_at = COALESCE(sent_at, $3) WHERE practice_id = $1 AND id = $2";
    /// The file surely did not arrive.
    pub const NOT_DELIVERED: () = "UPDATE submission SET status = 'sealed' \
        WHERE practice_id = $1 AND id = $2 AND status = 'ambiguous'";
    /// The very same bytes are to go again.
    pub const SEND_AGAIN: () = "UPDATE submission SET status = 'ambiguous', acknowledgment_due_on = $3 \
        WHERE practice_id = $1 AND id = $2 AND status IN ('sent', 'ambiguous', 'sealed')";
    /// Somebody could read the file. A refusal that was heard before stands.
    pub const ACKNOWLEDGED: () = "UPDATE submission SET status = 'acknowledged' \
        WHERE practice_id = $1 AND id = $2 AND status <> 'rejected'";
    /// Where a file is.
    pub const SUBMISSION_STATUS: (SubmissionStatus,) = "SELECT status FROM submission \
        WHERE practice_id = $1 AND id = $2";
    /// What a file is.
    pub const SUBMISSION_KIND: (String,) = "SELECT kind FROM submission WHERE practice_id = $1 AND id = $2";
    /// When a file's bytes were stored.
    pub const SUBMISSION_SEALED_AT: (Timestamp,) = "SELECT sealed_at FROM submission \
        WHERE practice_id = $1 AND id = $2";
    /// A payer has claims of the file: it was read, whatever else is said of it.
    pub const SURELY_READ: () = "UPDATE submission SET status = 'acknowledged' WHERE practice_id = $1 AND id = $2";
    /// The file was refused as a whole.
    pub const REFUSED: () = "UPDATE submission SET status = 'rejected' WHERE practice_id = $1 AND id = $2";
    /// A later day to look for an answer: somebody is on it.
    pub const POSTPONE_ANSWER: () = "UPDATE submission SET acknowledgment_due_on = $3 \
        WHERE practice_id = $1 AND id = $2";
    /// What a file holds.
    pub const CLAIMS_OF_SUBMISSION: SubmissionClaimRow = "SELECT submission_id, claim_id, claim_version \
        FROM submission_claim WHERE practice_id = $1 AND submission_id = $2 ORDER BY claim_id";
    /// The files a claim was in, the latest first.
    pub const SUBMISSIONS_OF_CLAIM: (SubmissionId, i32, i64) = "SELECT s.id, m.claim_version, s.interchange_number \
        FROM submission_claim m JOIN submission s ON s.practice_id = m.practice_id AND s.id = m.submission_id \
        WHERE m.practice_id = $1 AND m.claim_id = $2 ORDER BY s.interchange_number DESC";
    /// Claims on their way whose acknowledgment is late and whose file was answered or is not.
    pub const LATE_CLAIMS: (ClaimId,) = "SELECT id FROM claim WHERE practice_id = $1 AND status = 'submitted' \
        AND follow_up_on < $2 ORDER BY follow_up_on, id LIMIT $3";
}
