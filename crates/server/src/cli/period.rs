//! Commands about accounting months: see them, close one, ask to open one again, decide that, and report one's books.

use app::period::{self, MonthLine, Report};
use billing::period::Month;
use clap::{Args, Subcommand};
use serde_json::json;

use super::approval::said;
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about accounting months.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the months of the books
    List(List),
    /// Close a month that is over: it takes no further entry
    Close(Close),
    /// Ask a second person to open the last closed month again
    Reopen(Because),
    /// Open a month again that somebody else asked for
    Approve(Which),
    /// Leave a month closed that somebody else asked to open
    Refuse(Because),
    /// The books of a month: what was owed, what moved it, what is owed
    Report(Books),
}

/// The list.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which month.
#[derive(Debug, Args)]
pub struct Which {
    /// Such as 2026-10
    #[arg(value_parser = read_month)]
    month: Month,
}

/// Which month to close.
#[derive(Debug, Args)]
pub struct Close {
    /// Such as 2026-10
    #[arg(value_parser = read_month)]
    month: Month,
    /// Why what is open at its end may be, in one sentence
    #[arg(long, value_name = "REASON", default_value = "")]
    because: String,
}

/// Which month, and why.
#[derive(Debug, Args)]
pub struct Because {
    /// Such as 2026-10
    #[arg(value_parser = read_month)]
    month: Month,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Whose books.
#[derive(Debug, Args)]
pub struct Books {
    /// Such as 2026-10
    #[arg(value_parser = read_month)]
    month: Month,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn read_month(word: &str) -> Result<Month, String> {
    Month::parse(word).ok_or_else(|| "write the month as 2026-10".to_owned())
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => {
            let lines = period::list(db, actor, practice)?;
            if arguments.json { output::json(&lines.iter().map(told).collect::<Vec<_>>()) } else { table(&lines) }
        }
        Command::Close(Close { month, because }) => {
            period::close(db, actor, practice, *month, because)?;
            said(&format!("{month} is closed. What concerns it is dated {} from here on.", month.next().first()))
        }
        Command::Reopen(Because { month, because }) => {
            period::ask_to_reopen(db, actor, practice, *month, because)?;
            said("Asked for. A second person decides.")
        }
        Command::Approve(Which { month }) => {
            period::approve_reopening(db, actor, practice, *month)?;
            said(&format!("{month} is open again."))
        }
        Command::Refuse(Because { month, because }) => {
            period::refuse_reopening(db, actor, practice, *month, because)?;
            said(&format!("{month} stays closed."))
        }
        Command::Report(arguments) => {
            let books = period::report(db, actor, practice, arguments.month)?;
            if arguments.json { output::json(&books_told(&books)) } else { books_table(&books) }
        }
    }
}

fn place_of(line: &MonthLine) -> &'static str {
    match (&line.asked, line.is_closed) {
        (Some(_), _) => "closed; somebody asks to open it",
        (None, true) => "closed",
        (None, false) if line.may_close => "open, may be closed",
        (None, false) => "open",
    }
}

fn told(line: &MonthLine) -> serde_json::Value {
    let events = line
        .events
        .iter()
        .map(|row| json!({ "step": row.step.as_str(), "on": row.happened_on, "by": row.by_login, "why": row.why }));
    json!({
        "month": line.month.to_string(), "is_closed": line.is_closed, "may_close": line.may_close,
        "may_reopen": line.may_reopen, "reopening_asked_by": line.asked.as_ref().map(|row| &row.by_login),
        "events": events.collect::<Vec<_>>(),
    })
}

fn table(lines: &[MonthLine]) -> Result<Done, Failure> {
    let head = [("MONTH", Align::Left), ("WHERE", Align::Left), ("LAST SAID BY", Align::Left), ("WHY", Align::Left)];
    let rows = lines.iter().map(|line| {
        let last = line.events.last();
        let (by, why) = last.map_or_else(Default::default, |row| (row.by_login.clone(), row.why.clone()));
        vec![line.month.to_string(), place_of(line).to_owned(), by, why]
    });
    output::table(&head, &rows.collect::<Vec<_>>(), "Nothing was posted yet.")
}

fn books_told(books: &Report) -> serde_json::Value {
    let roll = books.roll;
    let accounts = books.accounts.iter().map(|(kind, before, moved, after)| {
        json!({
            "account": kind.name(), "before_cents": before.cents(), "moved_cents": moved.cents(),
            "after_cents": after.cents(),
        })
    });
    let late = books.late.iter().map(|row| {
        json!({
            "entry": row.sequence, "dated": row.occurred_on, "concerns": row.concerns_on, "reason": row.reason,
            "source": row.source_kind, "owed_cents": row.receivable_cents.cents(), "charged_cents": row.charged_cents.cents(),
        })
    });
    json!({
        "month": books.month.to_string(), "is_closed": books.is_closed, "opening_cents": roll.opening.cents(),
        "charges_cents": roll.charges.cents(), "payments_cents": roll.payments.cents(),
        "contractual_cents": roll.contractual.cents(), "write_offs_cents": roll.write_offs.cents(),
        "closing_cents": roll.closing.cents(), "difference_cents": roll.difference().cents(),
        "accounts": accounts.collect::<Vec<_>>(), "late": late.collect::<Vec<_>>(),
    })
}

fn books_table(books: &Report) -> Result<Done, Failure> {
    let roll = books.roll;
    let head = [("", Align::Left), ("AMOUNT", Align::Right)];
    let lines = [
        ("Owed before", roll.opening),
        ("+ charges", roll.charges),
        ("- payments", roll.payments),
        ("- contractual", roll.contractual),
        ("- write-offs", roll.write_offs),
        ("= owed after", roll.closing),
    ];
    let rows: Vec<Vec<String>> =
        lines.iter().map(|(words, amount)| vec![(*words).to_owned(), amount.to_string()]).collect();
    output::table(&head, &rows, "")?;
    let late = billing::counting::counted(books.late.len(), "entry that concerns a closed month");
    said(&format!("{}: {}; {late}.", books.month, if books.is_closed { "closed" } else { "open" }))
}
