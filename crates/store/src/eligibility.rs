//! Questions about coverage and the payers' answers, as rows.

use billing::eligibility::EligibilityAnswer;
use billing::{CoverageId, EligibilityId, PatientId, SubmissionId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// A question, and its answer once it came.
    pub struct EligibilityRow in "eligibility" {
        /// Key.
        pub id: EligibilityId,
        /// Who is covered.
        pub patient_id: PatientId,
        /// Which enrollment.
        pub coverage_id: CoverageId,
        /// Its version.
        pub coverage_version: i32,
        /// For which day.
        pub asked_for: Date,
        /// When.
        pub asked_at: Timestamp,
        /// Our number of the question.
        pub trace: String,
        /// When the answer came.
        pub answered_at: Option<Timestamp>,
        /// 'asked', 'active', 'inactive', 'unknown'.
        pub status: String,
        /// The answer.
        pub body: Option<Json<EligibilityAnswer>>,
        /// The answer as it stands in the file.
        pub raw: Option<String>,
        /// The sealed file that asks.
        pub submission_id: Option<SubmissionId>,
    }
}

statements! {
    /// The question with this number.
    pub const ELIGIBILITY_BY_TRACE: EligibilityRow = "SELECT id, patient_id, coverage_id, coverage_version, \
        asked_for, asked_at, trace, answered_at, status, body, raw, submission_id FROM eligibility \
        WHERE practice_id = $1 AND trace = $2";
    /// Questions about a coverage on a day that nobody answered, the latest first.
    pub const UNANSWERED_ELIGIBILITY: EligibilityRow = "SELECT id, patient_id, coverage_id, coverage_version, \
        asked_for, asked_at, trace, answered_at, status, body, raw, submission_id FROM eligibility \
        WHERE practice_id = $1 AND coverage_id = $2 AND asked_for = $3 AND answered_at IS NULL ORDER BY asked_at DESC";
    /// Stores the answer; a repeated one changes nothing.
    pub const ANSWER_ELIGIBILITY: () = "UPDATE eligibility SET answered_at = $3, status = $4, body = $5, raw = $6 \
        WHERE practice_id = $1 AND id = $2 AND answered_at IS NULL";
    /// What is known of a patient's coverages, the latest question first.
    pub const ELIGIBILITY_OF_PATIENT: EligibilityRow = "SELECT id, patient_id, coverage_id, coverage_version, \
        asked_for, asked_at, trace, answered_at, status, body, raw, submission_id FROM eligibility \
        WHERE practice_id = $1 AND patient_id = $2 ORDER BY asked_at DESC, id DESC LIMIT $3";
}
