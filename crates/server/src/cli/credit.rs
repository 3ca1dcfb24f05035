//! Commands about credit balances: see them, begin and end an investigation.

use app::credit::{self, CreditView, Unclaimed};
use billing::CreditId;
use billing::credit::CreditState;
use clap::{Args, Subcommand};
use serde_json::json;

use super::approval::{new_key, said, side};
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about credit balances.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List what we hold of payers' and patients' money, by the day it must be back
    List(List),
    /// Begin an investigation of related overpayments: the clock stands still
    Investigate(Because),
    /// End an investigation: the clock runs on
    Conclude(Because),
    /// Ask that unclaimed money of a patient is paid to the state; another person approves the refund
    ToState(Which),
}

/// Which credit.
#[derive(Debug, Args)]
pub struct Which {
    /// Its id, as the list shows it
    id: CreditId,
}

/// Which credits.
#[derive(Debug, Args)]
pub struct List {
    /// open, investigating or ended
    #[arg(long, default_value = "open", value_parser = read_state)]
    state: CreditState,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which credit, and why.
#[derive(Debug, Args)]
pub struct Because {
    /// Its id, as the list shows it
    id: CreditId,
    /// Why, or what was found, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

fn read_state(word: &str) -> Result<CreditState, String> {
    CreditState::parse(word).ok_or_else(|| "say open, investigating or ended".to_owned())
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => {
            let rows = credit::list(db, actor, practice, arguments.state)?;
            if arguments.json { output::json(&rows.iter().map(told).collect::<Vec<_>>()) } else { table(&rows) }
        }
        Command::Investigate(Because { id, because }) => {
            credit::investigate(db, actor, practice, *id, because)?;
            said(
                "Begun. The clock stands still until the investigation ends, at most until 180 days after it was found.",
            )
        }
        Command::Conclude(Because { id, because }) => {
            credit::conclude(db, actor, practice, *id, because)?;
            said("Ended. The clock runs on.")
        }
        Command::ToState(Which { id }) => {
            app::refund::to_state::ask(db, actor, practice, *id, &new_key(&session)?)?;
            said("Asked. Another person approves the refund; then it is sent to the state.")
        }
    }
}

fn told(line: &CreditView) -> serde_json::Value {
    let row = &line.row;
    let (unclaimed_from, rule) = match &line.unclaimed {
        Some(Unclaimed::On(on, source)) => (Some(*on), Some(*source)),
        Some(Unclaimed::NotKnown) | None => (None, None),
    };
    json!({
        "id": row.id, "account": row.account_number, "payer": row.payer_name, "is_federal": line.is_federal,
        "date_of_service": row.date_of_service, "amount_cents": row.amount_cents.cents(),
        "in_refund_cents": row.in_refund_cents.cents(), "since": row.since_on, "found_on": row.found_on,
        "state": row.state.as_str(), "return_by": row.return_by, "days_left": line.days_left,
        "investigation_begun_on": row.investigation_begun_on, "investigation_ended_on": row.investigation_ended_on,
        "investigated_because": row.investigated_because, "finding": row.finding,
        "unclaimed_from": unclaimed_from, "unclaimed_rule": rule, "ended_on": row.ended_on,
    })
}

fn table(rows: &[CreditView]) -> Result<Done, Failure> {
    let head = [
        ("CREDIT", Align::Left),
        ("WHOSE", Align::Left),
        ("ACCOUNT", Align::Left),
        ("SINCE", Align::Left),
        ("AMOUNT", Align::Right),
        ("BACK BY", Align::Left),
        ("DAYS", Align::Right),
    ];
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|line| {
            vec![
                line.row.id.to_string(),
                side(line.row.payer_name.as_ref()),
                line.row.account_number.clone(),
                line.row.since_on.to_string(),
                line.row.amount_cents.to_string(),
                line.row.return_by.map_or_else(|| "-".to_owned(), |by| by.to_string()),
                line.days_left.map_or_else(|| "-".to_owned(), |days| days.to_string()),
            ]
        })
        .collect();
    output::table(&head, &rows, "No credit of this state.")
}
