//! The daily jobs while the desk is served: looked after every minute, run once a day by whichever process comes first.
//! A job that fails is logged and shown on the manager's page; it never stops the desk.

use std::time::Duration;

use app::jobs::{JOBS, Outcome, run_due};
use app::notices::{self, Mail};
use billing::PracticeId;
use store::Db;

use crate::background::Running;

/// Time between two looks: a new day's jobs begin within a minute of midnight, and a look costs one small query.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);

/// What is said when the desk opens.
pub fn what_runs() -> String {
    let keys: Vec<&str> = JOBS.iter().map(|job| job.key).collect();
    format!("Daily jobs run by themselves: {}. The page Daily jobs shows how they ended.", keys.join(", "))
}

/// Looks after the jobs of a practice, and its daily letters where something carries them, on its database's clock, until
/// the answer is dropped.
pub fn start(db: Db, practice: PracticeId, mail: Option<Box<dyn Mail + Send>>) -> Running {
    Running::start("Daily jobs", BETWEEN_LOOKS, move || {
        let trouble = look(&db, practice);
        // After the jobs: what they told people stands in the letter of the same day.
        let letters = mail.as_ref().and_then(|mail| letters(&db, practice, mail.as_ref()));
        match (trouble, letters) {
            (Some(jobs), Some(letters)) => Some(format!("{jobs} {letters}")),
            (jobs, letters) => jobs.or(letters),
        }
    })
}

/// Sends the letters of the day where they did not go yet; answers what failed.
pub fn letters(db: &Db, practice: PracticeId, mail: &dyn Mail) -> Option<String> {
    match notices::send_letters_once(db, practice, mail) {
        Ok(Some(Outcome::Failed(words))) => Some(format!("{} failed: {words}", notices::LETTERS_JOB)),
        Ok(Some(Outcome::Done(_) | Outcome::UnderWay(_)) | None) => None,
        Err(error) => Some(error.to_string()),
    }
}

/// One look: runs what is due; answers what failed. Errors name files and places, never people.
pub fn look(db: &Db, practice: PracticeId) -> Option<String> {
    let ran = match run_due(db, practice) {
        Ok(ran) => ran,
        Err(error) => return Some(error.to_string()),
    };
    let failed: Vec<String> = ran
        .into_iter()
        .filter_map(|job| match job.outcome {
            Outcome::Failed(words) => Some(format!("{} failed: {words}", job.key)),
            Outcome::Done(_) | Outcome::UnderWay(_) => None,
        })
        .collect();
    (!failed.is_empty()).then(|| failed.join(" "))
}
