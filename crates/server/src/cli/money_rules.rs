//! Commands about the practice's rules for patients' money: list, set.

use app::money_rules;
use billing::allocation::AllocationOrder;
use billing::money_rule::MoneyRule;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use ledger::Money;
use serde_json::json;

use super::approval::said;
use super::output::{self, Align};
use super::{Done, Failure, Place, Session};

/// Commands about rules for patients' money.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List what stands, and everything that was set
    List(List),
    /// Say how payments are spread
    Spread(Spread),
    /// Say what a returned check costs
    CheckFee(CheckFee),
}

/// The list.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An order.
#[derive(Debug, Args)]
pub struct Spread {
    /// oldest_first, statement_first, today_first or proportional
    #[arg(value_parser = read_order)]
    order: AllocationOrder,
    /// From which day on
    #[arg(long)]
    from: Date,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// A fee.
#[derive(Debug, Args)]
pub struct CheckFee {
    /// Dollars and cents, such as 25.00; 0.00 for none
    amount: String,
    /// From which day on
    #[arg(long)]
    from: Date,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

fn read_order(word: &str) -> Result<AllocationOrder, String> {
    AllocationOrder::parse(word).ok_or_else(|| {
        let known: Vec<&str> = AllocationOrder::ALL.iter().map(|order| order.as_str()).collect();
        format!("say one of {}", known.join(", "))
    })
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(List { json: as_json }) => {
            let standing = money_rules::list(db, actor, practice)?;
            if *as_json {
                let history = standing.history.iter().map(|(row, _)| {
                    json!({
                        "kind": row.kind.as_str(), "value": row.value, "from": row.from_on, "at": row.recorded_at,
                        "by": row.recorded_by_login, "why": row.why,
                    })
                });
                return output::json(&json!({
                    "spread": standing.rules.order.as_str(), "check_fee_cents": standing.rules.check_fee,
                    "check_fee_most_cents": standing.limit.and_then(|limit| limit.most),
                    "history": history.collect::<Vec<_>>(),
                }));
            }
            let head = [("RULE", Align::Left), ("VALUE", Align::Left), ("FROM", Align::Left), ("WHY", Align::Left)];
            let row = |(row, words): &(store::money_rule::MoneyRuleRow, String)| {
                vec![row.kind.as_str().to_owned(), words.clone(), row.from_on.to_string(), row.why.clone()]
            };
            let rows: Vec<_> = standing.history.iter().map(row).collect();
            output::table(
                &head,
                &rows,
                "Nothing was set: the oldest visit is paid first, and a returned check costs nothing.",
            )
        }
        Command::Spread(Spread { order, from, because }) => {
            money_rules::set(db, actor, practice, (MoneyRule::Order(*order), *from), because)?;
            said("Set.")
        }
        Command::CheckFee(CheckFee { amount, from, because }) => {
            let fee = Money::parse(amount)
                .map_err(|_| Failure::Unreadable("Write dollars and cents, for example 25.00.".to_owned()))?;
            money_rules::set(db, actor, practice, (MoneyRule::CheckFee(fee), *from), because)?;
            said("Set.")
        }
    }
}
