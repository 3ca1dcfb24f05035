//! Commands about claims: where each is, and what was said about it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use app::access::allow_plain;
use app::corrected_claim::{self, Correction};
use app::{Error, claim_creation, claim_scrub, claim_submission};
use billing::access::Action;
use billing::claim::{ClaimFrequency, ClaimStatus};
use billing::counting::counted;
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
    /// Make claims of open visits and check them; exits with 1 where one is held
    Scrub(Scrub),
    /// Seal ready claims into files and deliver them
    Submit(Submit),
    /// Send the very same file of a claim again with the next delivery
    Resend(One),
    /// Bill the next payer of a decided claim's visit with what the payers before it decided
    BillNext(One),
    /// Begin a replacement of a decided claim, or its void; it waits until it is sent or dropped
    Correct(Correct),
    /// Send a correction that was begun; exits with 1 where the scrub holds it
    SendCorrection(One),
    /// Drop a correction that was begun: what the payer decided stands
    DropCorrection(One),
    /// Bill a payer to which the one before passed nothing after all
    EndCrossover(One),
    /// Ask the payer where a claim is (276); the question leaves with the next delivery
    Ask(One),
    /// Write the proof of timely filing of a claim as PDF: every sending and stored answer, ready for an appeal
    Proof(Proof),
}

/// Which claims.
#[derive(Debug, Args)]
pub struct List {
    /// Only claims of this status, such as held or accepted
    #[arg(long, value_name = "STATUS", value_parser = read_status)]
    status: Option<ClaimStatus>,
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

/// Which claim.
#[derive(Debug, Args)]
pub struct One {
    /// Our control number of the claim, or the payer's
    claim: String,
}

/// Which proof, and where to.
#[derive(Debug, Args)]
pub struct Proof {
    /// Our control number of the claim, or the payer's
    claim: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What to correct.
#[derive(Debug, Args)]
pub struct Correct {
    /// Our control number of the claim, or the payer's
    claim: String,
    /// Take the claim back instead of asking for a new decision
    #[arg(long)]
    void: bool,
    /// What was wrong, in a sentence
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// What to check.
#[derive(Debug, Args)]
pub struct Scrub {
    /// Check the claims that are held again, too
    #[arg(long)]
    held: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Where files go.
#[derive(Debug, Args)]
pub struct Submit {
    /// The clearinghouse's folder; files go into DIR/outbox
    #[arg(long, value_name = "DIR", default_value = super::DEFAULT_EXCHANGE)]
    folder: PathBuf,
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
        Command::Scrub(arguments) => scrub(&session, arguments),
        Command::Submit(arguments) => submit(&session, arguments),
        Command::Resend(arguments) => {
            let id = find(&session, arguments)?;
            claim_submission::resend_claim(&session.db, &session.actor, session.practice, id)?;
            line("The same bytes go again with the next delivery.");
            Ok(Done::Clean)
        }
        Command::BillNext(arguments) => bill_next(&session, arguments),
        Command::Correct(arguments) => {
            let id = find(&session, &One { claim: arguments.claim.clone() })?;
            let frequency = if arguments.void { ClaimFrequency::Void } else { ClaimFrequency::Replacement };
            let correction = Correction { frequency, reason: arguments.reason.clone() };
            corrected_claim::begin(&session.db, &session.actor, session.practice, id, &correction)?;
            line("The correction is begun. Change the visit where it was wrong, then send it.");
            Ok(Done::Clean)
        }
        Command::SendCorrection(arguments) => {
            let id = find(&session, arguments)?;
            scrubbed(&corrected_claim::send(&session.db, &session.actor, session.practice, id)?)
        }
        Command::DropCorrection(arguments) => {
            let id = find(&session, arguments)?;
            corrected_claim::drop_it(&session.db, &session.actor, session.practice, id)?;
            line("Dropped. What the payer decided stands.");
            Ok(Done::Clean)
        }
        Command::EndCrossover(arguments) => {
            let id = find(&session, arguments)?;
            scrubbed(&app::next_payer::end_crossover(&session.db, &session.actor, session.practice, id)?)
        }
        Command::Ask(arguments) => {
            let id = find(&session, arguments)?;
            app::claim_status::ask(&session.db, &session.actor, session.practice, id)?;
            line("The question is written and leaves with the next delivery.");
            Ok(Done::Clean)
        }
        Command::Proof(Proof { claim, out }) => {
            let id = find(&session, &One { claim: claim.clone() })?;
            let bytes = app::clocks::proof::pdf(&session.db, &session.actor, session.practice, id)?;
            std::fs::write(out, bytes).map_err(|error| Failure::file(out, &error))?;
            line(&format!("Written to {}. It names the patient: send it to the payer only.", out.display()));
            Ok(Done::Clean)
        }
    }
}

fn bill_next(session: &Session, one: &One) -> Result<Done, Failure> {
    let id = find(session, one)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let visit = session.read(|read| Ok(store::claim::load(read, id)?.ok_or(Error::NotFound("claim"))?.encounter_id))?;
    let scrubbed = app::next_payer::bill_next_payer(db, actor, practice, visit)?;
    let claim = session.read(|read| store::claim::load(read, scrubbed.claim_id)?.ok_or(Error::NotFound("claim")))?;
    line(&format!("Claim {} asks {} for {}.", claim.control_number, claim.body.payer.name, claim.body.asked()));
    self::scrubbed(&scrubbed)
}

/// What the scrub said of a claim that is to leave.
fn scrubbed(scrubbed: &claim_scrub::Scrubbed) -> Result<Done, Failure> {
    if scrubbed.open.is_empty() {
        line("It is clean and leaves with the next file.");
        return Ok(Done::Clean);
    }
    for finding in &scrubbed.open {
        line(&finding.problem);
    }
    Ok(Done::WithFindings)
}

fn find(session: &Session, one: &One) -> Result<billing::ClaimId, Failure> {
    session.read(|read| {
        allow_plain(read, Action::ViewClaim)?;
        views::claims::by_number(read, &one.claim)?.ok_or(Error::NotFound("claim"))
    })
}

fn read_status(word: &str) -> Result<ClaimStatus, String> {
    let known = || ClaimStatus::ALL.map(ClaimStatus::as_str).join(", ");
    ClaimStatus::parse(&word.to_lowercase()).ok_or_else(|| format!("the statuses are {}", known()))
}

fn scrub(session: &Session, arguments: &Scrub) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let made = claim_creation::create_open_claims(db, actor, practice)?;
    let mut scrubbed = claim_scrub::scrub_drafts(db, actor, practice)?;
    if arguments.held {
        scrubbed.extend(claim_scrub::scrub_held(db, actor, practice)?);
    }
    let held = scrubbed.iter().filter(|claim| claim.status == ClaimStatus::Held).count();
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in scrubbed.iter().flat_map(|claim| &claim.open) {
        *by_rule.entry(finding.rule.as_str()).or_default() += 1;
    }
    if arguments.json {
        output::json(&serde_json::json!({
            "made": made.len(), "scrubbed": scrubbed.len(), "ready": scrubbed.len() - held, "held": held,
            "findings": by_rule,
        }))?;
    } else {
        line(&format!(
            "{} made, {} checked: {} ready, {held} held.",
            counted(made.len(), "claim"),
            scrubbed.len(),
            scrubbed.len() - held
        ));
        let rows: Vec<Vec<String>> =
            by_rule.iter().map(|(rule, count)| vec![(*rule).to_owned(), count.to_string()]).collect();
        output::table(&[("Held by rule", Align::Left), ("claims", Align::Right)], &rows, "No rule holds a claim.")?;
    }
    Ok(if held == 0 { Done::Clean } else { Done::WithFindings })
}

fn submit(session: &Session, arguments: &Submit) -> Result<Done, Failure> {
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    let drop = super::folder_drop(&arguments.folder)?;
    let sealed = claim_submission::seal(db, actor, practice)?;
    let delivered = claim_submission::deliver(db, actor, practice, &drop)?;
    if arguments.json {
        output::json(&serde_json::json!({
            "files": sealed.files.len(), "claims": sealed.claims, "held": sealed.held, "left": sealed.left,
            "sent": delivered.sent, "uncertain": delivered.uncertain,
            "damaged": delivered.damaged, "stopped": delivered.stopped,
        }))?;
    } else {
        line(&format!(
            "{} sealed into {}; {} delivered.",
            counted(sealed.claims, "claim"),
            counted(sealed.files.len(), "file"),
            counted(delivered.sent, "file")
        ));
        if sealed.held > 0 {
            line(&format!("Held by the check of the finished file: {}.", counted(sealed.held, "claim")));
        }
        if sealed.left > 0 {
            line(&format!("Left for somebody who may send them: {}.", counted(sealed.left, "corrected claim")));
        }
        if let Some(why) = &delivered.stopped {
            line(why);
        }
    }
    let is_clean = sealed.held == 0 && delivered.uncertain == 0 && delivered.stopped.is_none();
    Ok(if is_clean { Done::Clean } else { Done::WithFindings })
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let status = arguments.status.map(ClaimStatus::as_str);
    let rows = session.read(|read| {
        allow_plain(read, Action::ViewClaim)?;
        let mut rows = Vec::new();
        for page in 0.. {
            let found = views::claims::list(read, status, page)?;
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
