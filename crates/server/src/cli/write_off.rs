//! Commands about write-offs: see them, ask, approve, refuse, withdraw, undo.

use app::write_off::{self, WriteOffRequest, sweep};
use billing::counting::counted;
use billing::write_off::{Debtor, WriteOffReason, WriteOffState};
use billing::{EncounterId, WriteOffId};
use clap::{Args, Subcommand};
use serde_json::json;
use store::claim::load_by_control_number;
use store::write_off::{WRITE_OFF_BY_NUMBER, WriteOffLine};

use super::approval::{Because, Number, dollars, new_key, said, side};
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about write-offs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List write-offs of a state
    List(List),
    /// Ask for a write-off of what is owed for the visit of a claim
    Ask(Ask),
    /// Show the small balances that a sweep would write off; with --ask, ask for all of them
    SmallBalances(Sweep),
    /// Approve what somebody else asked for
    Approve(Number),
    /// Refuse what somebody else asked for
    Refuse(Because),
    /// Withdraw one's own request
    Withdraw(Because),
    /// Undo an approved one: it is owed again
    Undo(Because),
}

/// Which write-offs.
#[derive(Debug, Args)]
pub struct List {
    /// asked, approved, refused, withdrawn or undone
    #[arg(long, default_value = "asked", value_parser = read_state)]
    state: WriteOffState,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A sweep.
#[derive(Debug, Args)]
pub struct Sweep {
    /// Ask to write off this sum, as the list showed it
    #[arg(long, value_name = "AMOUNT")]
    ask: Option<String>,
    /// Print JSON
    #[arg(long, conflicts_with = "ask")]
    json: bool,
}

/// What is asked for.
#[derive(Debug, Args)]
pub struct Ask {
    /// Our number of a claim of the visit
    claim: String,
    /// How much, such as 72.00
    #[arg(long)]
    amount: String,
    /// Of what the claim's payer owes; else of what the patient owes
    #[arg(long)]
    of_payer: bool,
    /// small_balance, financial_assistance, prompt_pay_discount, self_pay_discount, bankruptcy, deceased, uncollectable, timely_filing,
    /// no_authorization, denial_accepted or own_mistake
    #[arg(long, value_parser = read_reason)]
    reason: WriteOffReason,
    /// In your words, for who approves it; without the patient's name
    #[arg(long)]
    note: String,
}

fn read_state(word: &str) -> Result<WriteOffState, String> {
    WriteOffState::parse(word).ok_or_else(|| "say asked, approved, refused, withdrawn or undone".to_owned())
}

fn read_reason(word: &str) -> Result<WriteOffReason, String> {
    WriteOffReason::parse(word).ok_or_else(|| {
        let known: Vec<&str> = WriteOffReason::ALL.iter().map(|reason| reason.as_str()).collect();
        format!("say one of {}", known.join(", "))
    })
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => {
            let rows = write_off::list(db, actor, practice, arguments.state)?;
            if arguments.json { output::json(&rows.iter().map(told).collect::<Vec<_>>()) } else { table(&rows) }
        }
        Command::Ask(arguments) => ask(&session, arguments),
        Command::SmallBalances(arguments) => small_balances(&session, arguments),
        Command::Approve(Number { number }) => {
            write_off::approve(db, actor, practice, id_of(&session, number)?)?;
            said("Written off.")
        }
        Command::Refuse(Because { number, because }) => {
            write_off::refuse(db, actor, practice, id_of(&session, number)?, because)?;
            said("Refused. Nothing was written off.")
        }
        Command::Withdraw(Because { number, because }) => {
            write_off::withdraw(db, actor, practice, id_of(&session, number)?, because)?;
            said("Withdrawn. Nothing was written off.")
        }
        Command::Undo(Because { number, because }) => {
            write_off::undo(db, actor, practice, id_of(&session, number)?, because)?;
            said("Undone. It is owed again.")
        }
    }
}

fn ask(session: &Session, arguments: &Ask) -> Result<Done, Failure> {
    let amount = dollars(&arguments.amount)?;
    let (encounter_id, debtor) = named(session, &arguments.claim, arguments.of_payer)?;
    let (reason, note) = (arguments.reason, arguments.note.clone());
    let idempotency_key = new_key(session)?;
    let request = WriteOffRequest { encounter_id, debtor, amount, reason, note, idempotency_key };
    write_off::ask(&session.db, &session.actor, session.practice, &request)?;
    said("Asked for. Nothing moves until a second person approves it.")
}

fn named(session: &Session, claim: &str, of_payer: bool) -> Result<(EncounterId, Debtor), Failure> {
    session.read(|read| {
        let claim = load_by_control_number(read, claim)?.ok_or(app::Error::NotFound("claim"))?;
        Ok((claim.encounter_id, if of_payer { Debtor::Payer(claim.payer_id) } else { Debtor::Patient }))
    })
}

fn id_of(session: &Session, number: &str) -> Result<WriteOffId, Failure> {
    session.read(|read| {
        let found = read.query_opt(&WRITE_OFF_BY_NUMBER, store::params![number])?;
        found.map(|(id,)| id).ok_or(app::Error::NotFound("write-off"))
    })
}

fn told(row: &WriteOffLine) -> serde_json::Value {
    json!({
        "number": row.write_off_number, "account": row.account_number, "date_of_service": row.date_of_service,
        "payer": row.payer_name, "amount_cents": row.amount_cents.cents(), "lapsed_cents": row.lapsed().cents(), "reason": row.reason.as_str(),
        "note": row.note, "state": row.state.as_str(), "asked_on": row.asked_on, "asked_by": row.asked_by_login,
        "decided_by": row.decided_by_login, "decision": row.decision,
    })
}

fn table(rows: &[WriteOffLine]) -> Result<Done, Failure> {
    let head = [
        ("WRITE-OFF", Align::Left),
        ("ACCOUNT", Align::Left),
        ("VISIT", Align::Left),
        ("OWED BY", Align::Left),
        ("REASON", Align::Left),
        ("AMOUNT", Align::Right),
        ("BY", Align::Left),
    ];
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.write_off_number.clone(),
                row.account_number.clone(),
                row.date_of_service.to_string(),
                side(row.payer_name.as_ref()),
                row.reason.label().to_owned(),
                row.amount_cents.to_string(),
                row.asked_by_login.clone(),
            ]
        })
        .collect();
    output::table(&head, &rows, "No write-off of this state.")
}

fn small_balances(session: &Session, arguments: &Sweep) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    if let Some(seen) = &arguments.ask {
        let count = sweep::ask(db, actor, practice, dollars(seen)?)?;
        return said(&format!("{} asked for. A second person decides.", counted(count, "write-off")));
    }
    let found = sweep::preview(db, actor, practice)?;
    if arguments.json {
        let told = found.accounts.iter().map(|account| {
            json!({
                "account": account.account_number, "amount_cents": account.amount.cents(),
                "visits": account.visits.len(), "asked_on": account.asked_on,
            })
        });
        return output::json(&told.collect::<Vec<_>>());
    }
    let head = [("ACCOUNT", Align::Left), ("VISITS", Align::Right), ("ASKED", Align::Left), ("OWES", Align::Right)];
    let row = |account: &sweep::SweptAccount| {
        vec![
            account.account_number.clone(),
            account.visits.len().to_string(),
            account.asked_on.to_string(),
            account.amount.to_string(),
        ]
    };
    let mut rows: Vec<Vec<String>> = found.accounts.iter().map(row).collect();
    if !rows.is_empty() {
        rows.push(vec!["in all".to_owned(), String::new(), String::new(), found.total().to_string()]);
    }
    output::table(&head, &rows, "No small balance may be swept today.")
}
