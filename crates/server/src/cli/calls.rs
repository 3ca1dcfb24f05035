//! Commands of who calls payers: what to call about, and what a call brought.

use std::collections::BTreeMap;

use app::calls::{self, Call, ClaimCall};
use billing::counting::counted;
use billing::{ClaimId, PayerId};
use clap::{Args, Subcommand};
use serde_json::json;

use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about calls to payers.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the claims to call about, payer by payer, the most urgent first
    List(List),
    /// Write down what a call brought for a claim
    Log(Log),
}

/// The list.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A call about one claim.
#[derive(Debug, Args)]
pub struct Log {
    /// The claim's id, as the list shows it
    claim: ClaimId,
    /// The payer's id, as the list shows it
    #[arg(long)]
    payer: PayerId,
    /// What the payer says, such as `in_process`, `set_to_pay` or `not_on_file`
    #[arg(long)]
    outcome: String,
    /// An answer to a question of the outcome, such as `received_on=2026-03-03`; as often as there are answers
    #[arg(long = "answer", value_name = "QUESTION=ANSWER", value_parser = read_answer)]
    answers: Vec<(String, String)>,
    /// Who spoke for the payer
    #[arg(long, default_value = "")]
    representative: String,
    /// The payer's number of the call
    #[arg(long, default_value = "")]
    reference: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn read_answer(text: &str) -> Result<(String, String), String> {
    let (key, answer) = text.split_once('=').ok_or("write QUESTION=ANSWER, such as received_on=2026-03-03")?;
    Ok((key.to_owned(), answer.to_owned()))
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Log(arguments) => log(&session, arguments),
    }
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let day = calls::day(&session.db, &session.actor, session.practice)?;
    let lines = || day.payers.iter().flat_map(|payer| payer.lines.iter().map(move |line| (payer, line)));
    if arguments.json {
        let rows: Vec<serde_json::Value> = lines()
            .map(|(payer, line)| {
                json!({
                    "id": line.row.item_id, "claim_id": line.row.claim_id, "claim": line.row.control_number,
                    "payer_id": payer.payer_id, "payer": payer.name, "block": line.rank.block.as_str(),
                    "untouched": line.rank.untouched, "money_cents": line.row.stake_cents.cents(),
                    "priority": line.rank.score, "why": line.rank.why, "due_on": line.row.due_on.to_string(),
                    "last": line.last.as_ref().map(|last| json!({
                        "outcome": last.outcome, "on": last.touched_on.to_string(), "note": last.note,
                    })),
                })
            })
            .collect();
        return output::json(&json!({ "calls": rows, "later": day.later }));
    }
    let head = [
        ("PAYER", Align::Left),
        ("CLAIM", Align::Left),
        ("WHEN", Align::Left),
        ("OPEN", Align::Right),
        ("WHY", Align::Left),
        ("CLAIM ID", Align::Left),
        ("PAYER ID", Align::Left),
    ];
    let row = |(payer, line): (&calls::PayerCalls, &calls::CallLine)| {
        vec![
            payer.name.clone(),
            line.row.control_number.clone(),
            line.rank.block.label().to_owned(),
            line.row.stake_cents.to_string(),
            line.rank.why.clone(),
            line.row.claim_id.to_string(),
            payer.payer_id.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = lines().map(row).collect();
    let nobody = format!("Nobody to call. Waiting for a later day: {}.", counted(day.later, "claim"));
    output::table(&head, &rows, &nobody)
}

fn log(session: &Session, arguments: &Log) -> Result<Done, Failure> {
    let answers: BTreeMap<String, String> = arguments.answers.iter().cloned().collect();
    let call = Call {
        payer_id: arguments.payer,
        started_at: None,
        representative: arguments.representative.clone(),
        reference_number: arguments.reference.clone(),
        phone_path: String::new(),
        claims: vec![ClaimCall { claim_id: arguments.claim, outcome: arguments.outcome.clone(), answers }],
        promised: None,
    };
    let settled = calls::log(&session.db, &session.actor, session.practice, &call)?;
    if arguments.json {
        let rows = settled.iter().map(|one| {
            json!({
                "claim_id": one.claim_id, "note": one.note, "next": one.next,
                "next_touch_on": one.next_touch_on.map(|day| day.to_string()),
            })
        });
        return output::json(&rows.collect::<Vec<_>>());
    }
    for one in &settled {
        output::line(&one.note);
        output::line(&one.next);
    }
    Ok(Done::Clean)
}
