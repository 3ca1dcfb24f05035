//! Commands about refunds: see them, ask, approve, refuse, withdraw, send.

use app::refund::{self, RefundRequest};
use billing::refund::{Payee, RefundMethod, RefundState};
use billing::{PatientId, PayerId, RefundId};
use clap::{Args, Subcommand};
use serde_json::json;
use store::refund::{REFUND, REFUND_BY_NUMBER, RefundLine};

use super::approval::{Because, Number, dollars, new_key, said, side};
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about refunds.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List refunds of a state
    List(List),
    /// Ask for a refund of what an account holds for who paid it
    Ask(Ask),
    /// Approve what somebody else asked for
    Approve(Number),
    /// Refuse what somebody else asked for; the money is where it was
    Refuse(Because),
    /// Cancel an approved refund that will not be sent; the money is where it was
    Cancel(Because),
    /// Withdraw one's own request; the money is where it was
    Withdraw(Because),
    /// Say that an approved refund was sent
    Send(Send),
    /// List the checks that nobody cashed
    Uncashed(Uncashed),
    /// Say that the bank stopped a check that nobody cashed: the money is owed to its owner again
    Stop(Because),
}

/// The list of checks.
#[derive(Debug, Args)]
pub struct Uncashed {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which refunds.
#[derive(Debug, Args)]
pub struct List {
    /// asked, approved, refused, withdrawn or sent
    #[arg(long, default_value = "asked", value_parser = read_state)]
    state: RefundState,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is asked for.
#[derive(Debug, Args)]
pub struct Ask {
    /// The account number
    account: String,
    /// How much, such as 72.00
    #[arg(long)]
    amount: String,
    /// The payer's identifier, where it goes to a payer; else it goes to the patient
    #[arg(long, value_name = "ID")]
    payer: Option<String>,
    /// Why it goes back; without the patient's name
    #[arg(long)]
    reason: String,
    /// A key of your own: asking again with the same key is the same request
    #[arg(long)]
    key: Option<String>,
}

/// Which refund, and how it was sent.
#[derive(Debug, Args)]
pub struct Send {
    /// Its number, such as RF-00001
    number: String,
    /// check, card or transfer
    #[arg(long, value_parser = read_method)]
    method: RefundMethod,
    /// The number of the check, or what the processor or the bank gave
    #[arg(long)]
    reference: String,
}

fn read_state(word: &str) -> Result<RefundState, String> {
    RefundState::parse(word).ok_or_else(|| "say asked, approved, refused, withdrawn or sent".to_owned())
}

fn read_method(word: &str) -> Result<RefundMethod, String> {
    RefundMethod::parse(word).ok_or_else(|| "say check, card or transfer".to_owned())
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => {
            let rows = refund::list(db, actor, practice, arguments.state)?;
            if arguments.json { output::json(&rows.iter().map(told).collect::<Vec<_>>()) } else { table(&rows) }
        }
        Command::Ask(arguments) => ask(&session, arguments),
        Command::Approve(Number { number }) => {
            refund::approve(db, actor, practice, id_of(&session, number)?)?;
            said("Approved. It may be sent.")
        }
        Command::Refuse(Because { number, because }) => {
            refund::refuse(db, actor, practice, id_of(&session, number)?, because)?;
            said("Refused. The money is where it was.")
        }
        Command::Cancel(Because { number, because }) => {
            refund::cancel(db, actor, practice, id_of(&session, number)?, because)?;
            said("Cancelled. The money is where it was.")
        }
        Command::Withdraw(Because { number, because }) => {
            refund::withdraw(db, actor, practice, id_of(&session, number)?, because)?;
            said("Withdrawn. The money is where it was.")
        }
        Command::Send(Send { number, method, reference }) => {
            refund::send(db, actor, practice, id_of(&session, number)?, *method, reference)?;
            said("Sent. The books say so.")
        }
        Command::Uncashed(Uncashed { json: as_json }) => uncashed(&session, *as_json),
        Command::Stop(Because { number, because }) => {
            refund::uncashed::stop(db, actor, practice, id_of(&session, number)?, because)?;
            said("Stopped. The money is owed to its owner again.")
        }
    }
}

fn uncashed(session: &Session, as_json: bool) -> Result<Done, Failure> {
    let rows = refund::uncashed::list(&session.db, &session.actor, session.practice)?;
    if as_json {
        let told = rows.iter().map(|one| {
            json!({
                "number": one.row.refund_number, "account": one.row.account_number, "payer": one.row.payer_name,
                "check": one.row.reference, "sent_on": one.row.sent_on, "days": one.days, "ask": one.ask,
                "stop": one.stop, "unclaimed_on": one.unclaimed_on, "amount_cents": one.row.amount_cents,
            })
        });
        return output::json(&told.collect::<Vec<_>>());
    }
    let head = [
        ("REFUND", Align::Left),
        ("ACCOUNT", Align::Left),
        ("CHECK", Align::Left),
        ("SENT", Align::Left),
        ("DAYS", Align::Right),
        ("AMOUNT", Align::Right),
    ];
    let row = |one: &refund::uncashed::Uncashed| {
        vec![
            one.row.refund_number.clone(),
            one.row.account_number.clone(),
            one.row.reference.clone(),
            one.row.sent_on.to_string(),
            one.days.to_string(),
            one.row.amount_cents.to_string(),
        ]
    };
    output::table(&head, &rows.iter().map(row).collect::<Vec<_>>(), "Every refund check is in the bank's statements.")
}

fn ask(session: &Session, arguments: &Ask) -> Result<Done, Failure> {
    let amount = dollars(&arguments.amount)?;
    let (patient_id, payee) = named(session, &arguments.account, arguments.payer.as_deref())?;
    let reason = arguments.reason.clone();
    let idempotency_key = arguments.key.clone().map_or_else(|| new_key(session), Ok)?;
    let request = RefundRequest { patient_id, payee, amount, reason, idempotency_key };
    let id = refund::ask(&session.db, &session.actor, session.practice, &request)?;
    let number = session.read(|read| {
        let row = read.query_opt(&REFUND, store::params![id])?;
        row.map(|row| row.refund_number).ok_or(app::Error::NotFound("refund"))
    })?;
    said(&format!("{number} is asked for. The money is set aside until a second person decides."))
}

fn named(session: &Session, account: &str, payer: Option<&str>) -> Result<(PatientId, Payee), Failure> {
    session.read(|read| {
        let found = read.query_opt(&store::registration::PATIENT_BY_ACCOUNT, store::params![account])?;
        let patient = found.map(|(id,)| id).ok_or(app::Error::NotFound("account"))?;
        let Some(payer) = payer else { return Ok((patient, Payee::Patient)) };
        let payer = store::registration::payer_by_identifier(read, payer)?.ok_or(app::Error::NotFound("payer"))?;
        Ok((patient, Payee::Payer(PayerId(payer.id.0))))
    })
}

fn id_of(session: &Session, number: &str) -> Result<RefundId, Failure> {
    session.read(|read| {
        let found = read.query_opt(&REFUND_BY_NUMBER, store::params![number])?;
        found.map(|(id,)| id).ok_or(app::Error::NotFound("refund"))
    })
}

fn told(row: &RefundLine) -> serde_json::Value {
    json!({
        "number": row.refund_number, "account": row.account_number, "payer": row.payer_name,
        "amount_cents": row.amount_cents.cents(), "state": row.state.as_str(), "reason": row.reason,
        "asked_on": row.asked_on, "asked_by": row.asked_by_login, "decided_by": row.decided_by_login,
        "decision": row.decision, "sent_on": row.sent_on, "method": row.method, "reference": row.reference,
    })
}

fn table(rows: &[RefundLine]) -> Result<Done, Failure> {
    let head = [
        ("REFUND", Align::Left),
        ("ACCOUNT", Align::Left),
        ("TO", Align::Left),
        ("AMOUNT", Align::Right),
        ("ASKED", Align::Left),
        ("BY", Align::Left),
    ];
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.refund_number.clone(),
                row.account_number.clone(),
                side(row.payer_name.as_ref()),
                row.amount_cents.to_string(),
                row.asked_on.to_string(),
                row.asked_by_login.clone(),
            ]
        })
        .collect();
    output::table(&head, &rows, "No refund of this state.")
}
