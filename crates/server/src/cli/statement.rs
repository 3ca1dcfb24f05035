//! Commands about statements: a run for all who are due, and holds.

use app::patient_statement;
use billing::PatientId;
use billing::counting::counted;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::output::{self, line};
use super::{Done, Failure, Place, Session};

/// Commands about statements.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Issue a statement to everybody who is due
    Run(Run),
    /// Hold an account's statements, with a reason, until a day
    Hold(Hold),
    /// Lift the hold of an account's statements before its day
    LiftHold(Account),
}

/// Whose statements, why and until when.
#[derive(Debug, Args)]
pub struct Hold {
    /// The account number
    account: String,
    /// Why no statement may go out
    #[arg(long)]
    reason: String,
    /// The day from which statements go out again, such as 2026-12-31
    #[arg(long, value_name = "DATE")]
    until: Date,
}

/// Whose statements.
#[derive(Debug, Args)]
pub struct Account {
    /// The account number
    account: String,
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
            let not_due = counted(run.not_due.len(), "patient");
            line(&format!("{} over {total} issued; not due: {not_due}.", counted(count, "statement")));
            Ok(Done::Clean)
        }
        Command::Hold(Hold { account, reason, until }) => {
            let patient = patient_of(&session, account)?;
            patient_statement::hold(&session.db, &session.actor, session.practice, patient, reason, *until)?;
            line(&format!("Held. No statement goes out before {until}."));
            Ok(Done::Clean)
        }
        Command::LiftHold(Account { account }) => {
            let patient = patient_of(&session, account)?;
            patient_statement::lift_hold(&session.db, &session.actor, session.practice, patient)?;
            line("Lifted. Statements go out again when they are due.");
            Ok(Done::Clean)
        }
    }
}

fn patient_of(session: &Session, account: &str) -> Result<PatientId, Failure> {
    session.read(|read| {
        let found = read.query_opt(&store::registration::PATIENT_BY_ACCOUNT, store::params![account])?;
        found.map(|(id,)| id).ok_or(app::Error::NotFound("account"))
    })
}
