//! The daily jobs: what runs by itself, how it ended, and a button to run it now. Words of a failure carry no patient's
//! data.

use app::jobs::{CARRIED, JOBS, Outcome};
use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;
use store::job_run::JobRunRow;

use super::chips::{self, Chip};
use super::page::{Page, Shell, go, show as render};
use super::session::SignedIn;
use super::{Desk, filters};

/// What stands in the address.
#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// A job with its last run.
struct Line {
    does: &'static str,
    last: Option<(Chip, JobRunRow)>,
}

#[derive(Template)]
#[template(path = "jobs/index.html")]
struct JobsPage {
    shell: Shell,
    lines: Vec<Line>,
    before: Vec<(Chip, JobRunRow)>,
}

/// The list.
pub async fn index(State(desk): State<Desk>, who: SignedIn, Query(asked): Query<Asked>) -> Page {
    let actor = who.actor.clone();
    let runs = desk.blocking(move |db, practice| app::jobs::latest(db, &actor, practice)).await?;
    let with_chip = |run: &JobRunRow| (chips::job(run.done, run.failure.is_some()), run.clone());
    let newest = |key: &str| runs.iter().find(|run| run.job == key).map(with_chip);
    let listed = JOBS.iter().map(|job| (job.key, job.does)).chain(CARRIED.iter().copied());
    let lines = listed.map(|(key, does)| Line { does, last: newest(key) }).collect();
    let is_newest = |run: &JobRunRow| runs.iter().find(|one| one.job == run.job).is_some_and(|one| one.day == run.day);
    let before = runs.iter().filter(|run| !is_newest(run)).map(with_chip).collect();
    render(&JobsPage { shell: Shell::new(&desk, &who, "/jobs").after(asked.done.as_deref()), lines, before })
}

/// Runs all of today's now.
pub async fn run(State(desk): State<Desk>, who: SignedIn) -> Page {
    let actor = who.actor.clone();
    let ran = desk.blocking(move |db, practice| app::jobs::run_now(db, &actor, practice)).await?;
    let failed = ran.iter().any(|job| matches!(job.outcome, Outcome::Failed(_)));
    go("/jobs", if failed { "jobs-failed" } else { "jobs-ran" })
}
