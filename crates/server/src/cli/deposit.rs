//! `tierline deposit` and `tierline day-sheet`: what is ready for the bank, slips, drawers, and a day as the books have it.

use app::deposit::{self, SlipRequest};
use app::drawer::{self, Count};
use app::{Error, day_sheet};
use billing::deposit::SlipState;
use billing::{DepositSlipId, Money};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;
use uuid::Uuid;

use super::approval::{dollars, new_key};
use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about deposits.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Cash and checks that no slip holds
    Ready(Output),
    /// Count everything that is ready into one slip
    Count(Counted),
    /// Slips of a state, the latest first
    List(List),
    /// Approve, as a second person, a count that differs from its items
    Approve {
        /// The slip's id
        slip: Uuid,
    },
    /// Say which slip a line of the bank is
    Match(Match),
    /// Approve, as a second person, that the bank has another amount
    ApproveBank {
        /// The slip's id
        slip: Uuid,
    },
    /// Undo a slip that the bank does not have
    TakeApart {
        /// The slip's id
        slip: Uuid,
        /// Why, in a sentence
        #[arg(long)]
        reason: String,
    },
    /// Write a slip as PDF
    Print {
        /// The slip's id
        slip: Uuid,
        /// Where to
        #[arg(long, value_name = "FILE")]
        out: std::path::PathBuf,
    },
    /// Close one's own drawer
    CloseDrawer(Drawer),
}

/// How to tell it.
#[derive(Debug, Args)]
pub struct Output {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was counted.
#[derive(Debug, Args)]
pub struct Counted {
    /// How much was counted, such as 155.00
    amount: String,
    /// Why that differs from the items; a second person reads it
    #[arg(long, default_value = "")]
    reason: String,
    /// A key of your own: counting again with the same key is the same slip
    #[arg(long)]
    key: Option<String>,
}

/// Which slips.
#[derive(Debug, Args)]
pub struct List {
    /// on_the_way, differs, bank_differs, in_bank or taken_apart
    #[arg(long, default_value = "on_the_way", value_parser = read_state)]
    state: SlipState,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which slip a line is.
#[derive(Debug, Args)]
pub struct Match {
    /// The line's id
    line: Uuid,
    /// The slip's id
    slip: Uuid,
    /// Why the amounts differ, where they do
    #[arg(long, default_value = "")]
    reason: String,
}

/// What a person counted.
#[derive(Debug, Args)]
pub struct Drawer {
    /// Cash, such as 40.00
    #[arg(long)]
    cash: String,
    /// Checks, such as 25.00
    #[arg(long)]
    checks: String,
    /// Why it differs from what was taken
    #[arg(long, default_value = "")]
    reason: String,
}

/// Which day.
#[derive(Debug, Args)]
pub struct Day {
    /// The day; today where none is given
    #[arg(long)]
    on: Option<Date>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn read_state(word: &str) -> Result<SlipState, String> {
    SlipState::parse(word).ok_or_else(|| "say on_the_way, differs, bank_differs, in_bank or taken_apart".to_owned())
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::Ready(output) => return ready(&session, output.json),
        Command::List(arguments) => return list(&session, arguments),
        Command::Count(counted) => return count(&session, counted),
        Command::Approve { slip } => deposit::approve(db, actor, practice, DepositSlipId(*slip))?,
        Command::Match(one) => {
            let (line, slip) = (billing::BankLineId(one.line), DepositSlipId(one.slip));
            deposit::match_line(db, actor, practice, line, slip, &one.reason)?;
        }
        Command::ApproveBank { slip } => deposit::approve_bank(db, actor, practice, DepositSlipId(*slip))?,
        Command::TakeApart { slip, reason } => {
            deposit::take_apart(db, actor, practice, DepositSlipId(*slip), reason)?;
        }
        Command::Print { slip, out } => {
            let bytes = deposit::slip_pdf(db, actor, practice, DepositSlipId(*slip))?;
            std::fs::write(out, bytes).map_err(|_| Failure::Refused("The file could not be written.".to_owned()))?;
        }
        Command::CloseDrawer(drawer) => {
            let (cash, checks) = (dollars(&drawer.cash)?, dollars(&drawer.checks)?);
            drawer::close(db, actor, practice, &Count { cash, checks, reason: drawer.reason.clone() })?;
        }
    }
    line("Done.");
    Ok(Done::Clean)
}

fn ready(session: &Session, as_json: bool) -> Result<Done, Failure> {
    let ready = deposit::ready(&session.db, &session.actor, session.practice)?;
    let of_patients =
        ready.payments.into_iter().map(|row| (row.method, row.reference, row.received_on, row.amount_cents));
    let of_payers =
        ready.checks.into_iter().map(|row| ("payer_check".to_owned(), row.trace, row.paid_on, row.amount_cents));
    let rows: Vec<(String, String, Date, Money)> = of_patients.chain(of_payers).collect();
    if as_json {
        let objects = rows.iter().map(|(kind, number, on, amount)| {
            json!({ "kind": kind, "number": number, "on": on, "amount_cents": amount.cents() })
        });
        return output::json(&objects.collect::<Vec<_>>());
    }
    let head = [("What", Align::Left), ("Number", Align::Left), ("Taken", Align::Left), ("Amount", Align::Right)];
    let cells: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(kind, number, on, amount)| vec![kind, number, on.to_string(), amount.to_string()])
        .collect();
    output::table(&head, &cells, "Nothing waits for the bank.")?;
    line(&format!("In all: {}", ready.total));
    Ok(Done::Clean)
}

fn count(session: &Session, counted: &Counted) -> Result<Done, Failure> {
    let ready = deposit::ready(&session.db, &session.actor, session.practice)?;
    let request = SlipRequest {
        payments: ready.payments.iter().map(|row| row.id).collect(),
        checks: ready.checks.iter().map(|row| row.id).collect(),
        counted: dollars(&counted.amount)?,
        reason: counted.reason.clone(),
        idempotency_key: match &counted.key {
            Some(key) => key.clone(),
            None => new_key(session)?,
        },
    };
    let id = deposit::count(&session.db, &session.actor, session.practice, &request)?;
    let slip = deposit::show(&session.db, &session.actor, session.practice, id)?.slip;
    line(&format!("{} {}: {}, {}.", slip.id, slip.slip_number, slip.counted_cents, slip.state.label().to_lowercase()));
    Ok(if slip.state == SlipState::Differs { Done::WithFindings } else { Done::Clean })
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let slips = deposit::list(&session.db, &session.actor, session.practice, arguments.state)?;
    if arguments.json {
        let objects = slips.iter().map(|slip| {
            json!({
                "id": slip.id, "number": slip.slip_number, "state": slip.state.as_str(), "items": slip.item_count,
                "expected_cents": slip.expected_cents.cents(), "counted_cents": slip.counted_cents.cents(),
                "counted_on": slip.counted_on, "counted_by": slip.counted_by_login,
            })
        });
        return output::json(&objects.collect::<Vec<_>>());
    }
    let head = [
        ("Slip", Align::Left),
        ("Number", Align::Left),
        ("Counted", Align::Left),
        ("By", Align::Left),
        ("Items say", Align::Right),
        ("Counted", Align::Right),
    ];
    let cells = |slip: store::deposit::SlipRow| {
        vec![
            slip.id.to_string(),
            slip.slip_number,
            slip.counted_on.to_string(),
            slip.counted_by_login,
            slip.expected_cents.to_string(),
            slip.counted_cents.to_string(),
        ]
    };
    output::table(&head, &slips.into_iter().map(cells).collect::<Vec<_>>(), "No slip of this state.")
}

/// Prints a day as the books have it; findings where a sum does not tie.
pub fn day(arguments: &Day, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let on = match arguments.on {
        Some(on) => on,
        None => session.db.today(session.practice).map_err(Error::from)?,
    };
    let sheet = day_sheet::show(&session.db, &session.actor, session.practice, on)?;
    if arguments.json {
        let receipts = sheet.receipts.iter().map(|row| {
            json!({ "method": row.method, "taken_by": row.taken_by, "payments": row.payments, "amount_cents": row.amount.cents() })
        });
        let accounts = sheet.accounts.iter().map(|row| {
            json!({ "account": row.account.name(), "debit_cents": row.debit.cents(), "credit_cents": row.credit.cents() })
        });
        output::json(&json!({
            "on": sheet.on, "from_patients_cents": sheet.from_patients().cents(),
            "from_payers_cents": sheet.from_payers().cents(), "receipts": receipts.collect::<Vec<_>>(),
            "accounts": accounts.collect::<Vec<_>>(), "ties": sheet.ties(),
        }))?;
    } else {
        let head = [("Account", Align::Left), ("Debit", Align::Right), ("Credit", Align::Right), ("Net", Align::Right)];
        let cells = |row: &store::views::day_sheet::DayAccountRow| {
            vec![
                row.account.to_string(),
                row.debit.to_string(),
                row.credit.to_string(),
                (row.debit - row.credit).to_string(),
            ]
        };
        output::table(&head, &sheet.accounts.iter().map(cells).collect::<Vec<_>>(), "Nothing moved on this day.")?;
        line(&format!("From patients {}, from payers {}.", sheet.from_patients(), sheet.from_payers()));
    }
    Ok(if sheet.ties() { Done::Clean } else { Done::WithFindings })
}
