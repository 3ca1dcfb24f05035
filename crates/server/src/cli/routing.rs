//! Commands about the rules of routing: list, try on last month's work, set, withdraw.

use app::routing::{self, DryRun, OwnRule};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::approval::said;
use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about rules of routing.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the rules in the order in which they are asked
    List(List),
    /// What a rule would have done with the work of the last thirty days; changes nothing
    Try(Try),
    /// Add a rule, or say one anew, from a day on
    Set(Set),
    /// A rule no longer counts
    Withdraw(Withdraw),
}

/// The list.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A rule.
#[derive(Debug, Args)]
pub struct RuleArguments {
    /// A short word, such as small-claims
    key: String,
    /// Its place among the practice's own, the least first
    #[arg(long, default_value_t = 10)]
    place: u32,
    /// What it is for
    #[arg(long)]
    name: String,
    /// When it matches: reason= family= desk= stake>= stake<= deadline<= payer= specialty= language= asked= repeat= words= said= carc=
    #[arg(long)]
    when: String,
    /// What it decides: desk= team= skill= first=
    #[arg(long)]
    then: String,
}

impl RuleArguments {
    fn rule(&self) -> OwnRule {
        OwnRule {
            place: self.place,
            name: self.name.clone(),
            when: self.when.clone(),
            then: self.then.clone(),
            is_withdrawn: false,
        }
    }
}

/// A dry run.
#[derive(Debug, Args)]
pub struct Try {
    #[command(flatten)]
    rule: RuleArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A rule from a day on.
#[derive(Debug, Args)]
pub struct Set {
    #[command(flatten)]
    rule: RuleArguments,
    /// First day; today where none is named
    #[arg(long)]
    from: Option<Date>,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Which rule.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// Its word
    key: String,
    /// Why, in one sentence
    #[arg(long, value_name = "REASON")]
    because: String,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Try(Try { rule, json }) => {
            let run = routing::dry_run(db, actor, practice, (&rule.key, Some(&rule.rule())))?;
            print(&run, *json)
        }
        Command::Set(Set { rule, from, because }) => {
            let from_on = match from {
                Some(day) => *day,
                None => db.read(actor, practice, |read| Ok::<_, app::Error>(read.today()))?,
            };
            routing::set_rule(db, actor, practice, (&rule.key, &rule.rule(), from_on), because)?;
            said("Set. Work that is open stays where it is.")
        }
        Command::Withdraw(Withdraw { key, because }) => {
            routing::withdraw_rule(db, actor, practice, key, because)?;
            said("Withdrawn. Work that is open stays where it is.")
        }
    }
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let rules = routing::rules(&session.db, &session.actor, session.practice)?;
    if arguments.json {
        let own = rules.own.iter().map(|(key, rule, from_on)| {
            json!({
                "key": key, "place": rule.place, "name": rule.name, "when": rule.when, "then": rule.then,
                "from": from_on.to_string(),
            })
        });
        let program = rules.program.iter().map(|rule| {
            json!({
                "key": rule.key, "name": rule.name, "when": rule.condition.to_string(), "then": rule.outcome.to_string(),
            })
        });
        return output::json(&json!({ "own": own.collect::<Vec<_>>(), "program": program.collect::<Vec<_>>() }));
    }
    let head = [("RULE", Align::Left), ("WHOSE", Align::Left), ("WHEN", Align::Left), ("THEN", Align::Left)];
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (key, rule, from_on) in &rules.own {
        rows.push(vec![key.clone(), format!("own, from {from_on}"), rule.when.clone(), rule.then.clone()]);
    }
    for rule in rules.program {
        let (when, then) = (rule.condition.to_string(), rule.outcome.to_string());
        rows.push(vec![rule.key.clone(), "program".to_owned(), when, then]);
    }
    output::table(&head, &rows, "")
}

fn print(run: &DryRun, is_json: bool) -> Result<Done, Failure> {
    if is_json {
        let moves = run.moves.iter().map(|(from, to, count)| json!({ "from": from, "to": to, "items": count }));
        let listed = run.listed.iter().map(|one| {
            json!({
                "id": one.id, "opened_on": one.opened_on.to_string(), "summary": one.summary,
                "money_cents": one.stake.cents(), "from": one.from, "to": one.to,
            })
        });
        return output::json(&json!({
            "from": run.from_on.to_string(), "to": run.to_on.to_string(), "opened": run.opened, "matched": run.matched,
            "elsewhere": run.elsewhere, "money_cents": run.stake.cents(), "moves": moves.collect::<Vec<_>>(),
            "items": listed.collect::<Vec<_>>(),
        }));
    }
    line(&format!(
        "Of {} items opened from {} to {}, the rule decides {}; {} go elsewhere, with {} at stake.",
        run.opened, run.from_on, run.to_on, run.matched, run.elsewhere, run.stake
    ));
    for (from, to, count) in &run.moves {
        line(&format!("{count:>6}  {from} -> {to}"));
    }
    Ok(Done::Clean)
}
