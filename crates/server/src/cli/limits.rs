//! Commands about what roles may decide alone, and the policy of discounts: list, set.

use app::limits;
use billing::access::{LimitKind, LimitUnit};
use clap::{Args, Subcommand};
use ledger::Money;
use serde_json::json;

use super::approval::said;
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about limits.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the figures that stand
    List(List),
    /// Set a figure; it counts from the next decision on
    Set(Set),
}

/// The list.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON, with everything that was set
    #[arg(long)]
    json: bool,
}

/// A figure.
#[derive(Debug, Args)]
pub struct Set {
    /// Its word, as the list shows it
    #[arg(value_parser = read_kind)]
    kind: LimitKind,
    /// Dollars and cents, such as 250.00; for a discount whole percent, such as 20
    amount: String,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

fn read_kind(word: &str) -> Result<LimitKind, String> {
    LimitKind::parse(word).ok_or_else(|| {
        let known: Vec<&str> = LimitKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("say one of {}", known.join(", "))
    })
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => {
            let (stand, rows) = limits::list(db, actor, practice)?;
            if arguments.json {
                let figures =
                    LimitKind::ALL.iter().map(|kind| json!({ "kind": kind.as_str(), "amount": stand.get(*kind) }));
                let history = rows.iter().map(|row| {
                    json!({
                        "kind": row.kind.as_str(), "amount": row.amount, "at": row.recorded_at,
                        "by": row.recorded_by_login, "why": row.why,
                    })
                });
                let (figures, history): (Vec<_>, Vec<_>) = (figures.collect(), history.collect());
                return output::json(&json!({ "limits": figures, "history": history }));
            }
            let head = [("LIMIT", Align::Left), ("WHAT", Align::Left), ("FIGURE", Align::Right)];
            let line = |kind: &LimitKind| {
                vec![kind.as_str().to_owned(), kind.label().to_owned(), shown(*kind, stand.get(*kind))]
            };
            output::table(&head, &LimitKind::ALL.iter().map(line).collect::<Vec<_>>(), "")
        }
        Command::Set(Set { kind, amount, because }) => {
            limits::set(db, actor, practice, (*kind, read(*kind, amount)?), because)?;
            said("Set. It counts from the next decision on.")
        }
    }
}

fn shown(kind: LimitKind, amount: i64) -> String {
    match kind.unit() {
        LimitUnit::Money => Money::from_cents(amount).to_string(),
        LimitUnit::Percent => format!("{amount}%"),
        LimitUnit::Count => amount.to_string(),
    }
}

fn read(kind: LimitKind, typed: &str) -> Result<i64, Failure> {
    let read = match kind.unit() {
        LimitUnit::Money => Money::parse(typed).ok().map(Money::cents),
        LimitUnit::Percent => typed.trim_end_matches('%').parse().ok(),
        LimitUnit::Count => typed.trim().parse().ok(),
    };
    read.ok_or_else(|| {
        Failure::Unreadable("Write dollars and cents, such as 250.00, or a whole number, such as 20.".to_owned())
    })
}
