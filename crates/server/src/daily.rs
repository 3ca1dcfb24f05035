//! The daily jobs while the desk is served: looked after every minute, run once a day by whichever process comes first.
//! A job that fails is logged and shown on the manager's page; it never stops the desk.

use std::time::Duration;

use app::jobs::{JOBS, Outcome, run_due};
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

/// Looks after the jobs of a practice, on its database's clock, until the answer is dropped.
pub fn start(db: Db, practice: PracticeId) -> Running {
    Running::start("Daily jobs", BETWEEN_LOOKS, move || look(&db, practice))
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
