//! What patients answered about who pays before Medicare.

use billing::medicare_questions::Answers;
use billing::{MedicareQuestionsId, PatientId, UserId};
use jiff::civil::Date;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// What was answered on a day.
    pub struct MedicareQuestionsRow in "medicare_questions" {
        /// Key; keys grow with time.
        pub id: MedicareQuestionsId,
        /// Who answered, or somebody for them.
        pub patient_id: PatientId,
        /// The day.
        pub answered_on: Date,
        /// Who asked …
        pub asked_by: UserId,
        /// … with the log-in name.
        pub asked_by_login: String,
        /// The answers.
        pub body: Json<Answers>,
    }
}

statements! {
    /// What a patient answered last.
    pub const LATEST_MEDICARE_QUESTIONS: MedicareQuestionsRow = "SELECT id, patient_id, answered_on, asked_by, asked_by_login, body FROM medicare_questions WHERE practice_id = $1 AND patient_id = $2 ORDER BY id DESC LIMIT 1";
}
