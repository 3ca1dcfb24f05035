//! Commands about statements: a run for all who are due.

use app::patient_statement;
use clap::{Args, Subcommand};
use serde_json::json;

use super::output::{self, line};
use super::{Done, Failure, Place, Session};

/// Commands about statements.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Issue a statement to everybody who is due
    Run(Run),
}

/// How to tell it.
#[derive(Debug, Args)]
pub struct Run {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    match command {
        Command::Run(arguments) => {
            let run = patient_statement::run(&session.db, &session.actor, session.practice)?;
            if arguments.json {
                let issued: Vec<serde_json::Value> = run
                    .issued
                    .iter()
                    .map(|one| json!({ "number": one.number, "amount_due_cents": one.amount_due.cents() }))
                    .collect();
                return output::json(&json!({
                    "issued": issued, "total_cents": run.total().cents(), "not_due": run.not_due.len(),
                }));
            }
            let (count, total) = (run.issued.len(), run.total());
            line(&format!("{count} statements over {total} issued; {} patients are not due.", run.not_due.len()));
            Ok(Done::Clean)
        }
    }
}
