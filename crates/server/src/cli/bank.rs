//! `tierline bank`: what is on its way, what came, and what each line of the bank's statement is.

use app::Error;
use app::{bank, reconciliation};
use billing::BankLineId;
use billing::bank::BankLineState;
use billing::counting::counted;
use clap::{Args, Subcommand};
use serde_json::json;
use store::views::remittances::by_trace;
use uuid::Uuid;

use super::approval::dollars;
use super::import::files::source_file;
use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about the bank.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lines of the bank's statements, the latest first
    List(List),
    /// What payers announced and the bank does not have yet
    InTransit(Output),
    /// Say which remittance announced a line that waits
    Match {
        /// The line's id
        line: Uuid,
        /// Number of the check or transfer (TRN02)
        trace: String,
    },
    /// Say that a line that waits is what patients paid at the desk
    FromDesk {
        /// The line's id
        line: Uuid,
    },
    /// Say that a line that waits is no money of claims or patients
    Other(Why),
    /// Take back what was said of a line
    TakeBack(Why),
    /// Compare a statement's period with the books, and sign it where it comes out
    Reconcile(Reconcile),
}

/// What the bank's paper says.
#[derive(Debug, Args)]
pub struct Reconcile {
    /// First day
    #[arg(long)]
    from: jiff::civil::Date,
    /// Last day
    #[arg(long)]
    until: jiff::civil::Date,
    /// Balance before the first day
    #[arg(long, allow_hyphen_values = true)]
    opening: String,
    /// Balance at the end of the last day
    #[arg(long, allow_hyphen_values = true)]
    closing: String,
    /// Sign it; its figures are kept
    #[arg(long)]
    sign: bool,
}

/// Which lines.
#[derive(Debug, Args)]
pub struct List {
    /// waiting, payer, patients or other
    #[arg(long, default_value = "waiting", value_parser = read_state)]
    state: BankLineState,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How to tell it.
#[derive(Debug, Args)]
pub struct Output {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which line and why.
#[derive(Debug, Args)]
pub struct Why {
    /// The line's id
    line: Uuid,
    /// Why, in a sentence
    #[arg(long)]
    reason: String,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => return list(&session, arguments),
        Command::InTransit(arguments) => return in_transit(&session, arguments),
        Command::Match { line, trace } => {
            let remittance = session.read(|read| by_trace(read, trace)?.ok_or(Error::NotFound("remittance")))?;
            bank::match_to(db, actor, practice, BankLineId(*line), remittance)?;
        }
        Command::FromDesk { line } => bank::is_from_desk(db, actor, practice, BankLineId(*line))?,
        Command::Other(why) => bank::is_other(db, actor, practice, BankLineId(why.line), &why.reason)?,
        Command::Reconcile(arguments) => return reconcile(&session, arguments),
        Command::TakeBack(why) => bank::take_back(db, actor, practice, BankLineId(why.line), &why.reason)?,
    }
    line("Done.");
    Ok(Done::Clean)
}

/// Takes statements in, each whole or not at all.
pub fn import(paths: &[std::path::PathBuf], as_json: bool, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let today = session.db.today(session.practice)?;
    let mut read = Vec::with_capacity(paths.len());
    for path in paths {
        let file = source_file(path)?;
        read.push((file.name.clone(), crate::import::bank::read(&file, today)?));
    }
    let mut waits = false;
    for (file, statement) in read {
        let taken = bank::take(&session.db, &session.actor, session.practice, &statement.deposits)?;
        let out = app::reconciliation::take(&session.db, &session.actor, session.practice, &statement.withdrawals)?;
        waits |= taken.waiting > 0;
        if as_json {
            let object = json!({
                "file": file, "matched": taken.matched, "waiting": taken.waiting, "known": taken.known,
                "went_out": out, "left_out": statement.left_out, "not_yet": statement.not_yet,
            });
            line(&object.to_string());
            continue;
        }
        line(&format!(
            "{file}: {} matched, {} waiting, {} there already; {} of money that went out taken in, {} left out.",
            counted(taken.matched, "line"),
            taken.waiting,
            taken.known,
            counted(out, "line"),
            statement.left_out
        ));
        if statement.not_yet > 0 {
            let entries = counted(statement.not_yet, "entry");
            line(&format!("  {entries} take effect on days to come: take the file in again then."));
        }
    }
    Ok(if waits { Done::WithFindings } else { Done::Clean })
}

fn reconcile(session: &Session, arguments: &Reconcile) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let (opening, closing) = (dollars(&arguments.opening)?, dollars(&arguments.closing)?);
    let period = reconciliation::Period { from: arguments.from, until: arguments.until, opening, closing };
    if arguments.sign {
        let id = reconciliation::sign(db, actor, practice, &period)?;
        line(&format!("Signed: {id}."));
        return Ok(Done::Clean);
    }
    let compared = reconciliation::compare(db, actor, practice, &period)?;
    line(&format!("Account Bank in the books: {}", compared.books));
    line(&format!("Held before the books knew of it: {}", compared.before));
    for item in compared.body.not_in_books.iter().chain(&compared.body.not_in_bank) {
        line(&format!("  {} {}: {}", item.on, item.what, item.cents));
    }
    line(&format!("Difference of the statement: {}", compared.paper_difference));
    line(&format!("Difference of bank and books: {}", compared.difference));
    Ok(if compared.comes_out() { Done::Clean } else { Done::WithFindings })
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let found = bank::overview(&session.db, &session.actor, session.practice, arguments.state)?;
    if arguments.json {
        let rows: Vec<serde_json::Value> = found
            .lines
            .iter()
            .map(|row| {
                json!({
                    "id": row.id, "booked_on": row.booked_on, "amount_cents": row.amount_cents.cents(),
                    "trace": row.trace, "words": row.words, "state": row.state.as_str(),
                    "remittance_id": row.remittance_id, "decision": row.decision,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let head = [
        ("Line", Align::Left),
        ("Booked", Align::Left),
        ("Amount", Align::Right),
        ("Number", Align::Left),
        ("Words", Align::Left),
    ];
    let rows: Vec<Vec<String>> = found
        .lines
        .into_iter()
        .map(|row| {
            vec![row.id.to_string(), row.booked_on.to_string(), row.amount_cents.to_string(), row.trace, row.words]
        })
        .collect();
    output::table(&head, &rows, "No line of this state.")
}

fn in_transit(session: &Session, arguments: &Output) -> Result<Done, Failure> {
    let found = bank::overview(&session.db, &session.actor, session.practice, BankLineState::Waiting)?;
    if arguments.json {
        let rows: Vec<serde_json::Value> = found
            .in_transit
            .iter()
            .map(|row| {
                json!({
                    "trace": row.trace, "payer": row.payer_name, "paid_on": row.paid_on,
                    "amount_cents": row.amount_cents.cents(),
                })
            })
            .collect();
        return output::json(&rows);
    }
    let head =
        [("Number", Align::Left), ("Payer", Align::Left), ("Paid on", Align::Left), ("Not in the bank", Align::Right)];
    let rows: Vec<Vec<String>> = found
        .in_transit
        .into_iter()
        .map(|row| vec![row.trace, row.payer_name, row.paid_on.to_string(), row.amount_cents.to_string()])
        .collect();
    output::table(&head, &rows, "Everything that was announced is in the bank.")?;
    line(&format!("Taken at the desk and not in the bank: {}", found.undeposited));
    Ok(Done::Clean)
}

fn read_state(word: &str) -> Result<BankLineState, String> {
    BankLineState::parse(word).ok_or_else(|| "the states are waiting, payer, patients and other".to_owned())
}
