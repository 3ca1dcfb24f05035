//! Commands about remittances: what payers paid, and what stands aside.

mod preview;

use std::path::PathBuf;

use app::Error;
use app::access::allow_plain;
use app::remittance_import::{self, ImportReport, PaymentReport, PaymentState};
use billing::Money;
use billing::access::Action;
use billing::counting::counted;
use clap::{Args, Subcommand};
use serde_json::json;
use store::views;

use super::import::files::{judge_all, source_files, take_each};
use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session, provider_ledger, unmatched};

/// Commands about remittances.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List remittances, the latest first
    List(List),
    /// Show one remittance with its claims
    Show(Show),
    /// Show every entry that posting a file, or a payment that waits, would make
    Preview(Preview),
    /// Post what balances in 835 files, or payments that wait
    Post(Post),
    /// Payments that no claim took
    #[command(subcommand)]
    Unmatched(unmatched::Unmatched),
    /// Differences in suspense, and what else two people decide about payments
    #[command(subcommand)]
    Suspense(unmatched::Suspense),
    /// What money outside any claim (PLB) leaves open with each payer
    #[command(subcommand)]
    ProviderLedger(provider_ledger::Command),
}

/// Which remittances.
#[derive(Debug, Args)]
pub struct List {
    /// At most so many
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which remittance.
#[derive(Debug, Args)]
pub struct Show {
    /// Number of the check or transfer (TRN02)
    trace: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which files.
#[derive(Debug, Args)]
pub struct Post {
    /// The 835 files, in the order in which they came; or payments that wait, by number (TRN02) or id
    #[arg(required = true, value_name = "FILE|ID")]
    files: Vec<PathBuf>,
    /// Say what posting would do, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What to look at before it is posted.
#[derive(Debug, Args)]
pub struct Preview {
    /// An 835 file; or a payment that waits, by number (TRN02) or id
    #[arg(value_name = "FILE|ID")]
    what: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    match command {
        Command::List(arguments) => list(&session, arguments),
        Command::Show(arguments) => show(&session, arguments),
        Command::Unmatched(command) => unmatched::run(command, &session),
        Command::Suspense(command) => unmatched::run_suspense(command, &session),
        Command::ProviderLedger(command) => provider_ledger::run(&session, command),
        Command::Preview(arguments) => preview::show(&session, &arguments.what, arguments.json),
        Command::Post(arguments) => preview::post(&session, &arguments.files, arguments.dry_run, arguments.json),
    }
}

/// Posts files one after another, once all of them are read and judged: of files of which one cannot be read none is
/// posted. One that is refused later is told at the end and does not stop the next.
pub fn post_files(session: &Session, paths: &[PathBuf], dry_run: bool, as_json: bool) -> Result<Done, Failure> {
    let files = source_files(paths)?;
    judge_all(&files, |file| remittance_import::judge(&session.actor, &file.name, &file.bytes))?;
    let run = if dry_run { remittance_import::rehearse } else { remittance_import::import };
    let (reports, failure) =
        take_each(&files, |file| run(&session.db, &session.actor, session.practice, &file.name, &file.bytes));
    for (file, report) in &reports {
        if as_json {
            report.payments.iter().for_each(|payment| line(&object(file, payment).to_string()));
        } else {
            print_report(file, report, dry_run);
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    let waits = |payment: &PaymentReport| {
        matches!(payment.state, PaymentState::Quarantined | PaymentState::Waiting) || has_waiting_claims(payment)
    };
    let has_findings = reports.iter().flat_map(|(_, report)| &report.payments).any(waits);
    Ok(if has_findings { Done::WithFindings } else { Done::Clean })
}

/// Whether cash of it waits for a person in unapplied.
fn has_waiting_claims(payment: &PaymentReport) -> bool {
    payment.counts.set_aside + payment.counts.unmatched > 0
}

/// One payment as programs read it, on one line.
fn object(file: &str, payment: &PaymentReport) -> serde_json::Value {
    let state = if has_waiting_claims(payment) { "unmatched" } else { payment.state.as_str() };
    let waiting = payment.waiting.iter().map(|one| one.problem.as_str());
    let reasons: Vec<&str> = payment.problem.as_deref().into_iter().chain(waiting).collect();
    let difference = payment.difference + payment.waiting.iter().map(|one| one.difference).sum::<Money>();
    json!({
        "file": file, "trace": payment.trace, "amount_cents": payment.amount.cents(), "state": state,
        "claims": payment.claims, "difference_cents": difference.cents(),
        "reason": (!reasons.is_empty()).then(|| reasons.join("; ")),
        "counts": payment.counts,
    })
}

fn print_report(file: &str, report: &ImportReport, dry_run: bool) {
    if report.is_known {
        line(&format!("{file}: came before; nothing changed."));
    }
    let is_told = |payment: &&PaymentReport| !(report.is_known && payment.state == PaymentState::Duplicate);
    for payment in report.payments.iter().filter(is_told) {
        let would = if dry_run { "would be " } else { "" };
        let counts = &payment.counts;
        let estimates = match counts.estimates {
            0 => String::new(),
            some => format!(", {}", counted(some, "estimate")),
        };
        line(&format!(
            "{file}: payment {} of {}: {would}{}; {} posted, {} set aside, {} unmatched, {} with denials{estimates}",
            payment.trace,
            payment.amount,
            payment.state.as_str(),
            counted(counts.posted, "claim"),
            counts.set_aside,
            counts.unmatched,
            counts.denied
        ));
        if let Some(problem) = &payment.problem {
            line(&format!("  {problem} (off by {})", payment.difference));
        }
        for claim in &payment.waiting {
            line(&format!("  a claim waits: {} (off by {})", claim.problem, claim.difference));
        }
    }
}

fn list(session: &Session, arguments: &List) -> Result<Done, Failure> {
    let page_rows = usize::try_from(views::remittances::PAGE).unwrap_or(usize::MAX);
    let rows = session.read(|read| {
        allow_plain(read, Action::ViewRemittance)?;
        let mut rows = Vec::new();
        for page in 0.. {
            let found = views::remittances::list(read, None, page)?;
            let is_last = found.len() <= page_rows;
            rows.extend(found.into_iter().take(page_rows));
            if is_last || rows.len() >= arguments.limit {
                break;
            }
        }
        rows.truncate(arguments.limit);
        Ok(rows)
    })?;
    if arguments.json {
        let rows: Vec<serde_json::Value> = rows
            .iter()
            .map(|row| {
                json!({
                    "trace": row.trace, "payer": row.payer_name, "paid_on": row.paid_on.to_string(),
                    "amount_cents": row.amount.cents(), "state": row.state, "problem": row.problem,
                    "difference_cents": row.difference.cents(), "claims": row.claim_count, "set_aside": row.set_aside,
                    "estimates": row.estimates,
                })
            })
            .collect();
        return output::json(&rows);
    }
    let head = [
        ("Number", Align::Left),
        ("Payer", Align::Left),
        ("Paid on", Align::Left),
        ("Amount", Align::Right),
        ("State", Align::Left),
        ("Claims", Align::Right),
        ("Set aside", Align::Right),
        ("Off by", Align::Right),
    ];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            vec![
                row.trace,
                row.payer_name,
                row.paid_on.to_string(),
                row.amount.to_string(),
                row.state,
                row.claim_count.to_string(),
                row.set_aside.to_string(),
                row.difference.to_string(),
            ]
        })
        .collect();
    output::table(&head, &rows, "No remittances.")
}

fn show(session: &Session, arguments: &Show) -> Result<Done, Failure> {
    let view = session.read(|read| {
        allow_plain(read, Action::ViewRemittance)?;
        let id = views::remittances::by_trace(read, &arguments.trace)?.ok_or(Error::NotFound("remittance"))?;
        views::remittances::get(read, id)?.ok_or(Error::NotFound("remittance"))
    })?;
    let head = &view.head;
    if arguments.json {
        let claims: Vec<serde_json::Value> = view
            .claims
            .iter()
            .map(|claim| {
                json!({
                    "control_number": claim.control_number, "status_code": claim.status_code, "state": claim.state,
                    "charged_cents": claim.charge.cents(), "paid_cents": claim.paid.cents(),
                    "patient_share_cents": claim.patient_share.cents(), "denied_cents": claim.denied.cents(),
                    "problem": claim.problem, "difference_cents": claim.difference.cents(),
                })
            })
            .collect();
        return output::json(&json!({
            "trace": head.trace, "payer": head.payer_name, "paid_on": head.paid_on.to_string(),
            "amount_cents": head.amount.cents(), "state": head.state, "problem": head.problem,
            "difference_cents": head.difference.cents(), "file": head.file_name, "claims": claims,
        }));
    }
    line(&format!("{} paid {} on {}: {}", head.payer_name, head.amount, head.paid_on, head.state));
    if let Some(problem) = &head.problem {
        line(&format!("{problem} (off by {})", head.difference));
    }
    let columns = [
        ("Claim", Align::Left),
        ("State", Align::Left),
        ("Charged", Align::Right),
        ("Paid", Align::Right),
        ("Patient", Align::Right),
        ("Denied", Align::Right),
    ];
    let rows: Vec<Vec<String>> = view
        .claims
        .iter()
        .map(|claim| {
            vec![
                claim.control_number.clone(),
                claim.state.replace('_', " "),
                claim.charge.to_string(),
                claim.paid.to_string(),
                claim.patient_share.to_string(),
                claim.denied.to_string(),
            ]
        })
        .collect();
    output::table(&columns, &rows, "No claims in it.")
}
