//! Commands about claims: where each is, and what was said about it.

use app::Error;
use app::access::allow_plain;
use billing::access::Action;
use clap::{Args, Subcommand};
use serde::Serialize;
use store::views;

use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// Commands about claims.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List claims, the latest first
    List(List),
    /// Show one claim with all that happened to it
    Show(Show),
}

/// Which claims.
#[derive(Debug, Args)]
pub struct List {
    /// Only claims of this status, such as Held or Accepted
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which claim.
#[derive(Debug, Args)]
pub struct Show {
    /// Our control number of the claim, or the payer's
    claim: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A claim as a list shows it. Names no patient: lists end up in tickets and mails.
#[derive(Serialize)]
struct ListedClaim {
    control_number: String,
    status: String,
    payer: String,
    date_of_service: String,
    charged_cents: i64,
    filing_limit_on: String,
    follow_up_on: Option<String>,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Show(arguments) => show(&session, arguments),
    }
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let status = arguments.status.as_deref().map(str::to_lowercase);
    let rows = session.read(|read| {
        allow_plain(read, Action::ViewClaim)?;
        let mut rows = Vec::new();
        for page in 0.. {
            let found = views::claims::list(read, status.as_deref(), page)?;
            // One row more than a page says that there are more.
            let is_last = i64::try_from(found.len()).is_ok_and(|count| count <= views::claims::PAGE);
            let page_rows = usize::try_from(views::claims::PAGE).unwrap_or(usize::MAX);
            rows.extend(found.into_iter().take(page_rows));
            if is_last || rows.len() >= arguments.limit {
                break;
            }
        }
        rows.truncate(arguments.limit);
        Ok(rows)
    })?;
    let claims: Vec<ListedClaim> = rows
        .into_iter()
        .map(|row| ListedClaim {
            control_number: row.control_number,
            status: row.status,
            payer: row.payer,
            date_of_service: row.date_of_service.to_string(),
            charged_cents: row.total.cents(),
            filing_limit_on: row.filing_limit_on.to_string(),
            follow_up_on: row.follow_up_on.map(|day| day.to_string()),
        })
        .collect();
    if arguments.json {
        return output::json(&claims);
    }
    let head = [
        ("Claim", Align::Left),
        ("Status", Align::Left),
        ("Payer", Align::Left),
        ("Service", Align::Left),
        ("Charged", Align::Right),
        ("File by", Align::Left),
        ("Look again", Align::Left),
    ];
    let rows: Vec<Vec<String>> = claims
        .into_iter()
        .map(|claim| {
            vec![
                claim.control_number,
                claim.status,
                claim.payer,
                claim.date_of_service,
                billing::Money::from_cents(claim.charged_cents).to_string(),
                claim.filing_limit_on,
                claim.follow_up_on.unwrap_or_default(),
            ]
        })
        .collect();
    output::table(&head, &rows, "No claims.")
}

fn show(session: &Session, arguments: &Show) -> Result<Done, Failure> {
    let view = session.read(|read| {
        allow_plain(read, Action::ViewClaim)?;
        let id = views::claims::by_number(read, &arguments.claim)?.ok_or(Error::NotFound("claim"))?;
        views::claim::get(read, id)?.ok_or(Error::NotFound("claim"))
    })?;
    let head = &view.head;
    if arguments.json {
        let events: Vec<serde_json::Value> = view
            .events
            .iter()
            .map(|event| {
                serde_json::json!({
                    "occurred_at": event.occurred_at.to_string(), "actor": event.actor, "kind": event.kind,
                    "sentence": event.sentence,
                })
            })
            .collect();
        return output::json(&serde_json::json!({
            "control_number": head.control_number, "version": head.version, "status": head.status,
            "charged_cents": head.total.cents(), "date_of_service": head.date_of_service.to_string(),
            "filing_limit_on": head.filing_limit_on.to_string(),
            "accepted_on": head.accepted_on.map(|day| day.to_string()),
            "payer_claim_control_number": head.payer_claim_control_number, "events": events,
        }));
    }
    line(&format!("Claim {}, version {}: {}", head.control_number, head.version, head.status));
    line(&format!("Service on {}, charged {}, file by {}", head.date_of_service, head.total, head.filing_limit_on));
    for event in &view.events {
        line(&format!("{}  {}  {}", event.occurred_at, event.actor, event.sentence));
    }
    Ok(Done::Clean)
}
