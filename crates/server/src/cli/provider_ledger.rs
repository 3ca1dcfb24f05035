//! Commands about the payers' ledger: what money outside any claim (PLB) leaves open with each payer, and the walk of one
//! item.

use app::provider_ledger::{self, ItemView, Step, Walk, Which};
use billing::remittance::outside::reason_words;
use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::output::{self, Align, line};
use super::{Done, Failure, Session};

/// Commands about the payers' ledger.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List every payer's items that are not at zero
    List(List),
    /// Show one item with its movements
    Show(Show),
}

/// Which items.
#[derive(Debug, Args)]
pub struct List {
    /// The last items that walked to zero instead
    #[arg(long)]
    closed: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which item.
#[derive(Debug, Args)]
pub struct Show {
    /// Its id, as the list shows it
    id: Uuid,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(session: &Session, command: &Command) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::List(arguments) => {
            let which = if arguments.closed { Which::Closed } else { Which::Open };
            let ledger = provider_ledger::list(db, actor, practice, which)?;
            if arguments.json {
                let payers: Vec<serde_json::Value> = ledger
                    .payers
                    .iter()
                    .map(|payer| {
                        json!({
                            "payer": payer.payer_name, "owed_to_payer_cents": payer.owed_to_payer.cents(),
                            "kept_by_payer_cents": payer.owed_by_payer.cents(),
                            "items": payer.items.iter().map(told).collect::<Vec<_>>(),
                        })
                    })
                    .collect();
                return output::json(&payers);
            }
            table(ledger.payers.iter().flat_map(|payer| &payer.items))
        }
        Command::Show(arguments) => {
            let walk = provider_ledger::show(db, actor, practice, arguments.id)?;
            if arguments.json { output::json(&walk_told(&walk)) } else { walk_table(&walk) }
        }
    }
}

fn told(item: &ItemView) -> serde_json::Value {
    json!({
        "id": item.id, "item": item.words(), "code": item.standing.code,
        "claim": item.claim.as_ref().map(|(_, number)| number), "since": item.standing.since,
        "movements": item.movements, "owed_to_payer_cents": item.standing.owed_to_payer().cents(),
        "kept_by_payer_cents": item.standing.owed_by_payer().cents(),
        "to_look_at": item.concern.map(|concern| concern.label()),
    })
}

fn walk_told(walk: &Walk) -> serde_json::Value {
    let step = |step: &Step| {
        let said = step.said.as_ref();
        json!({
            "on": step.on, "entry": step.entry, "code": step.code, "amount_cents": step.amount.cents(),
            "owed_to_payer_after_cents": -step.open.cents(), "trace": said.map(|said| said.trace.as_str()),
            "reference": said.map(|said| said.reference.as_str()),
            "found_by": said.map(|said| said.found_by.as_str()),
            "segment": said.and_then(|said| said.segment.as_deref()),
        })
    };
    json!({
        "item": told(&walk.item), "payer": walk.item.payer_name,
        "claims": walk.claims.iter().map(|(_, number)| number).collect::<Vec<_>>(),
        "steps": walk.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn table<'a>(items: impl Iterator<Item = &'a ItemView>) -> Result<Done, Failure> {
    let head = [
        ("ITEM", Align::Left),
        ("PAYER", Align::Left),
        ("NUMBER", Align::Left),
        ("BY", Align::Left),
        ("SINCE", Align::Left),
        ("OWED TO PAYER", Align::Right),
        ("KEPT BY PAYER", Align::Right),
        ("TO LOOK AT", Align::Left),
    ];
    let rows: Vec<Vec<String>> = items
        .map(|item| {
            vec![
                item.id.to_string(),
                item.payer_name.clone(),
                item.words(),
                item.standing.code.clone(),
                item.standing.since.to_string(),
                item.standing.owed_to_payer().to_string(),
                item.standing.owed_by_payer().to_string(),
                item.concern.map_or_else(|| "-".to_owned(), |concern| concern.label().to_owned()),
            ]
        })
        .collect();
    output::table(&head, &rows, "No item of a payer's ledger.")
}

fn walk_table(walk: &Walk) -> Result<Done, Failure> {
    line(&format!("{} with {}", walk.item.words(), walk.item.payer_name));
    let head = [
        ("ON", Align::Left),
        ("PAYMENT", Align::Left),
        ("WHAT", Align::Left),
        ("CHANGE", Align::Right),
        ("OWED AFTER", Align::Right),
        ("ENTRY", Align::Right),
        ("STANDS ON", Align::Left),
    ];
    let rows: Vec<Vec<String>> = walk
        .steps
        .iter()
        .map(|step| {
            let said = step.said.as_ref();
            let code = step.code.as_deref();
            vec![
                step.on.to_string(),
                said.map_or_else(|| "-".to_owned(), |said| said.trace.clone()),
                code.map_or_else(
                    || "Applied to a line of a claim".to_owned(),
                    |code| format!("{code} {}", reason_words(code).unwrap_or("no word for it is known")),
                ),
                (-step.amount).to_string(),
                (-step.open).to_string(),
                step.entry.to_string(),
                said.and_then(|said| said.segment.clone()).unwrap_or_default(),
            ]
        })
        .collect();
    output::table(&head, &rows, "No movement.")
}
