//! `tierline jobs`: runs today's jobs now, or lists how they ended. While the desk is served they run by themselves.

use std::path::PathBuf;

use app::jobs::{self, Outcome};
use clap::Args;
use serde_json::json;
use store::job_run::JobRunRow;

use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// What to do with the jobs.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only list how the latest runs ended
    #[arg(long)]
    list: bool,
    /// Put today’s letters of counts into this folder too, one file each, for a mail program to send
    #[arg(long, value_name = "DIR")]
    letters: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command. A job that failed is a finding.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    if arguments.list {
        return list(&session, arguments.json);
    }
    let ran = jobs::run_now(&session.db, &session.actor, session.practice)?;
    if let Some(folder) = &arguments.letters {
        let mail = exchange::MailDrop::open(folder).map_err(|trouble| Failure::Refused(trouble.0))?;
        app::notices::send_letters(&session.db, session.practice, &mail)?;
    }
    if arguments.json {
        let rows: Vec<serde_json::Value> = ran
            .iter()
            .map(|job| match &job.outcome {
                Outcome::Done(count) => json!({ "job": job.key, "outcome": "done", "done": count }),
                Outcome::Failed(words) => json!({ "job": job.key, "outcome": "failed", "failure": words }),
                Outcome::UnderWay(since) => {
                    json!({ "job": job.key, "outcome": "under_way", "since": since.to_string() })
                }
            })
            .collect();
        output::json(&rows)?;
    } else {
        let rows: Vec<Vec<String>> = ran
            .iter()
            .map(|job| {
                let outcome = match &job.outcome {
                    Outcome::Done(count) => format!("{count} done"),
                    Outcome::Failed(words) => format!("failed: {words}"),
                    Outcome::UnderWay(since) => format!("under way in another process since {since}"),
                };
                vec![job.key.to_owned(), outcome]
            })
            .collect();
        let head = [("Job", Align::Left), ("Outcome", Align::Left)];
        output::table(&head, &rows, "There are no jobs.")?;
    }
    let failed = ran.iter().any(|job| matches!(job.outcome, Outcome::Failed(_)));
    Ok(if failed { Done::WithFindings } else { Done::Clean })
}

fn list(session: &Session, as_json: bool) -> Result<Done, Failure> {
    let runs: Vec<JobRunRow> = jobs::latest(&session.db, &session.actor, session.practice)?;
    if as_json {
        let rows: Vec<serde_json::Value> = runs
            .iter()
            .map(|run| {
                json!({
                    "day": run.day.to_string(), "job": run.job, "begun_at": run.begun_at.to_string(),
                    "finished_at": run.finished_at.map(|at| at.to_string()), "done": run.done, "failure": run.failure,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|run| {
            let outcome = match (&run.failure, run.done) {
                (Some(words), _) => format!("failed: {words}"),
                (None, Some(count)) => format!("{count} done"),
                (None, None) => "not ended".to_owned(),
            };
            vec![run.day.to_string(), run.job.clone(), outcome]
        })
        .collect();
    let head = [("Day", Align::Left), ("Job", Align::Left), ("Outcome", Align::Left)];
    output::table(&head, &rows, "No job ran yet. Run them with `tierline jobs`, or serve the desk.")
}
