//! Runs of the daily jobs, as rows. A row is the claim to run a job on a day and, later, how it ended; no decision is
//! made here.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{record, statements};

record! {
    /// A job of a day.
    pub struct JobRunRow in "job_run" {
        /// The civil day of the practice.
        pub day: Date,
        /// The job's key.
        pub job: String,
        /// When it was begun, the last time.
        pub begun_at: Timestamp,
        /// When it ended; none while it runs, or where its process was stopped.
        pub finished_at: Option<Timestamp>,
        /// How many things it did; none where it failed.
        pub done: Option<i64>,
        /// Why it failed, without a patient's data.
        pub failure: Option<String>,
    }
}

statements! {
    /// Every job of a day.
    pub const JOB_RUNS_OF_DAY: JobRunRow = "SELECT day, job, begun_at, finished_at, done, failure FROM job_run \
        WHERE practice_id = $1 AND day = $2 ORDER BY job";
    /// The latest runs, newest day first.
    pub const LATEST_JOB_RUNS: JobRunRow = "SELECT day, job, begun_at, finished_at, done, failure FROM job_run \
        WHERE practice_id = $1 ORDER BY day DESC, job DESC LIMIT $2";
    /// Takes a job of a day over again, where it did not end well and was begun before `$5`.
    pub const TAKE_JOB_AGAIN: () = "UPDATE job_run SET begun_at = $4, finished_at = NULL, done = NULL, failure = NULL \
        WHERE practice_id = $1 AND day = $2 AND job = $3 AND done IS NULL AND begun_at <= $5";
    /// Begins a job of a day again by hand, unless it is under way and was begun after `$5`.
    pub const BEGIN_JOB_AGAIN: () = "UPDATE job_run SET begun_at = $4, finished_at = NULL, done = NULL, failure = NULL \
        WHERE practice_id = $1 AND day = $2 AND job = $3 AND (finished_at IS NOT NULL OR begun_at <= $5)";
    /// How a job ended that was begun at `$4`; nothing where somebody took it over meanwhile.
    pub const END_JOB: () = "UPDATE job_run SET finished_at = $5, done = $6, failure = $7 \
        WHERE practice_id = $1 AND day = $2 AND job = $3 AND begun_at = $4";
}
