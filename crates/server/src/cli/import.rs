//! Commands that take in what others send: FHIR bundles and CSV files of charges. Each file is judged whole before
//! anything is saved; what cannot be taken is told with file, place and remedy, and then nothing is.

pub mod files;

use std::path::PathBuf;

use app::inbound::{self, Outcome, Receipt};
use billing::counting::counted;
use clap::{Args, Subcommand};
use serde_json::json;

use super::output::{self, Align, line};

use super::{Done, Failure, Place, Session, remit};
use crate::import::csv::{enter as enter_csv, read_charges};
use crate::import::fhir::{self, Entered, Profile, Unmapped};
use files::{judge_all, source_file, source_files, take_each};

/// What to take in.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Patients, visits and coverages from FHIR R4 bundles
    Fhir(Fhir),
    /// Charges from a CSV file whose header names the columns
    Csv(Csv),
    /// Payments from 835 files; what balances is posted at once, whatever its payer's auto-posting says: who calls this gives
    /// leave. `import inbox` keeps to the setting
    #[command(name = "835")]
    Remittances(X12Files),
    /// Acknowledgments: TA1, 999, 277CA
    Acks(X12Files),
    /// Statements of the bank as CSV, BAI2 or ACH (NACHA) files; payers' transfers meet their remittances
    Bank(Statements),
    /// Whatever waits in the clearinghouse's folder, oldest first
    Inbox(Inbox),
}

/// Which bundles, and how to read them.
#[derive(Debug, Args)]
pub struct Fhir {
    /// The bundles; resources may refer to each other across files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// as-sent changes nothing; synthea moves the dates of Synthea bundles into the last months and invents identities
    #[arg(long, value_name = "PROFILE", default_value = "as-sent", value_parser = read_profile)]
    profile: Profile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which file.
#[derive(Debug, Args)]
pub struct Csv {
    /// The file: patient_account, date_of_service, procedure, diagnoses, rendering_npi and optional columns
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which folder.
#[derive(Debug, Args)]
pub struct Inbox {
    /// The clearinghouse's folder; files are taken from DIR/inbox
    #[arg(long, value_name = "DIR", default_value = super::DEFAULT_EXCHANGE)]
    folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which statements.
#[derive(Debug, Args)]
pub struct Statements {
    /// The files; what overlaps is taken once
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON, an object a line for each file
    #[arg(long)]
    json: bool,
}

/// Which X12 files.
#[derive(Debug, Args)]
pub struct X12Files {
    /// The files, in the order in which they came
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON: of 835 files an object a line for each payment
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    match command {
        Command::Fhir(arguments) => import_fhir(arguments, place),
        Command::Csv(arguments) => import_csv(arguments, place),
        Command::Remittances(arguments) => {
            remit::post_files(&Session::open(place)?, &arguments.files, false, arguments.json)
        }
        Command::Inbox(arguments) => {
            let drop = super::folder_drop(&arguments.folder)?;
            let session = Session::open(place)?;
            let receipts = inbound::collect(&session.db, &session.actor, session.practice, &drop)?;
            print_receipts(&receipts, arguments.json)
        }
        Command::Bank(arguments) => super::bank::import(&arguments.files, arguments.json, place),
        Command::Acks(arguments) => import_acknowledgments(arguments, place),
    }
}

fn import_fhir(arguments: &Fhir, place: &Place) -> Result<Done, Failure> {
    let bundles = fhir::read_files(&source_files(&arguments.files)?)?;
    // Judged before a trial practice is made for it: what is wrong with a bundle does not depend on the day.
    fhir::plan(&bundles, arguments.profile, store::Env::system().today())?;
    let session = match arguments.profile {
        Profile::AsSent => Session::open(place)?,
        Profile::Synthea => Session::open_or_trial(place)?,
    };
    let plan = fhir::plan(&bundles, arguments.profile, session.db.today(session.practice)?)?;
    let entered = fhir::enter(&session.db, &session.actor, session.practice, &plan, arguments.profile)
        .map_err(|error| Failure::from(error).after_a_change())?;
    session.db.analyze()?;
    if arguments.json {
        return output::json(&report_json(&entered, &plan.unmapped));
    }
    print_report(&entered, &plan.unmapped)
}

fn rows(entered: &Entered) -> [(&'static str, (usize, usize)); 6] {
    [
        ("patients", entered.patients),
        ("coverages", entered.coverages),
        ("providers", entered.providers),
        ("facilities", entered.facilities),
        ("payers", entered.payers),
        ("visits", entered.visits),
    ]
}

fn report_json(entered: &Entered, unmapped: &Unmapped) -> serde_json::Value {
    let counts: serde_json::Map<String, serde_json::Value> = rows(entered)
        .into_iter()
        .map(|(name, (new, known))| (name.to_owned(), json!({ "new": new, "known": known })))
        .collect();
    let unmapped: Vec<serde_json::Value> = unmapped
        .rows()
        .map(|(resource, reason, count)| json!({ "resource": resource, "reason": reason, "count": count }))
        .collect();
    json!({ "entered": counts, "unmapped": unmapped })
}

fn print_report(entered: &Entered, unmapped: &Unmapped) -> Result<Done, Failure> {
    let head = [("Entered", Align::Left), ("new", Align::Right), ("known", Align::Right)];
    let table: Vec<Vec<String>> = rows(entered)
        .into_iter()
        .map(|(name, (new, known))| vec![name.to_owned(), new.to_string(), known.to_string()])
        .collect();
    output::table(&head, &table, "")?;
    line("");
    let head = [("Not mapped", Align::Left), ("count", Align::Right), ("because", Align::Left)];
    let table: Vec<Vec<String>> = unmapped
        .rows()
        .map(|(resource, reason, count)| vec![resource.to_owned(), count.to_string(), reason.to_owned()])
        .collect();
    output::table(&head, &table, "Every resource was mapped.")
}

fn import_csv(arguments: &Csv, place: &Place) -> Result<Done, Failure> {
    let file = source_file(&arguments.file)?;
    let session = Session::open(place)?;
    let visits = read_charges(&file, session.db.today(session.practice)?)?;
    let entered = enter_csv(&session.db, &session.actor, session.practice, &file.name, &visits)??;
    if arguments.json {
        let findings: Vec<serde_json::Value> = entered
            .findings
            .iter()
            .map(|one| json!({ "place": one.place, "problem": one.problem, "remedy": one.remedy }))
            .collect();
        output::json(&json!({
            "visits": { "new": entered.new_visits, "known": entered.known_visits }, "charges": entered.charges,
            "findings": findings,
        }))?;
    } else {
        line(&format!(
            "{} entered, {} there already; {} entered.",
            counted(entered.new_visits, "visit"),
            entered.known_visits,
            counted(entered.charges, "charge")
        ));
        entered.findings.iter().for_each(|finding| line(&finding.to_string()));
    }
    Ok(if entered.findings.is_empty() { Done::Clean } else { Done::WithFindings })
}

/// All files are judged before the first is taken in, so that one that is no acknowledgment of ours stops them all.
fn import_acknowledgments(arguments: &X12Files, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let files = source_files(&arguments.files)?;
    judge_all(&files, |file| inbound::judge(&session.actor, &file.name, &file.bytes))?;
    let (receipts, failure) = take_each(&files, |file| {
        inbound::take_in(&session.db, &session.actor, session.practice, &file.name, &file.bytes)
    });
    let receipts: Vec<Receipt> = receipts.into_iter().map(|(_, receipt)| receipt).collect();
    let done = print_receipts(&receipts, arguments.json)?;
    failure.map_or(Ok(done), Err)
}

/// What became of each file; a file that was set aside is a finding.
fn print_receipts(receipts: &[Receipt], as_json: bool) -> Result<Done, Failure> {
    if as_json {
        let values: Vec<serde_json::Value> = receipts
            .iter()
            .map(|one| json!({ "file": one.file_name, "outcome": one.outcome.as_str(), "note": one.note }))
            .collect();
        output::json(&values)?;
    } else {
        for receipt in receipts {
            line(&format!("{}: {}: {}", receipt.file_name, receipt.outcome.as_str(), receipt.note));
        }
    }
    let set_aside = receipts.iter().any(|one| matches!(one.outcome, Outcome::Quarantined | Outcome::Unreadable));
    Ok(if set_aside { Done::WithFindings } else { Done::Clean })
}

fn read_profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| "the profiles are as-sent and synthea".to_owned())
}
