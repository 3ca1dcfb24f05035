//! Commands about patients who died: what is known of the estate, and recording it.

use app::estate::{self, EstateEntry};
use billing::PatientId;
use billing::estate::{ClaimDay, EstateOutcome};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::approval::said;
use super::output::{self, line};
use super::{Done, Failure, Place, Session};

/// Commands about patients who died.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what is known of the estate, and by when a claim must be filed
    Show(Show),
    /// Record that a patient died, or what became known since
    Record(Record),
}

/// Whose estate.
#[derive(Debug, Args)]
pub struct Show {
    /// The account number
    account: String,
}

/// What is known.
#[derive(Debug, Args)]
pub struct Record {
    /// The account number
    account: String,
    /// When the patient died
    #[arg(long)]
    died_on: Date,
    /// The state of the last home, in two letters
    #[arg(long)]
    state: String,
    /// The county
    #[arg(long)]
    county: String,
    /// Who acts for the estate
    #[arg(long, default_value = "")]
    representative: String,
    /// The paper that says so, as it was seen
    #[arg(long, default_value = "")]
    document: String,
    /// When the court's letters were given
    #[arg(long)]
    letters_on: Option<Date>,
    /// When the notice to creditors reached us
    #[arg(long)]
    notice_on: Option<Date>,
    /// When our claim was filed
    #[arg(long)]
    filed_on: Option<Date>,
    /// open, allowed, rejected or closed
    #[arg(long, default_value = "open", value_parser = read_outcome)]
    outcome: EstateOutcome,
}

fn read_outcome(word: &str) -> Result<EstateOutcome, String> {
    EstateOutcome::parse(word).ok_or_else(|| "say open, allowed, rejected or closed".to_owned())
}

/// Runs the command.
pub fn run(command: &Command, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let (db, actor, practice) = (&session.db, &session.actor, session.practice);
    match command {
        Command::Show(Show { account }) => {
            let Some(view) = estate::show(db, actor, practice, patient_of(&session, account)?)? else {
                line("Nothing is recorded: the patient lives, as far as is known.");
                return Ok(Done::Clean);
            };
            let file_by = match view.claim_day {
                ClaimDay::By(day, _) => Some(day),
                ClaimDay::NotStarted(_) | ClaimDay::NotKnown => None,
            };
            let row = view.row;
            output::json(&json!({
                "died_on": row.died_on, "state": row.state, "county": row.county, "representative": row.representative,
                "document": row.document, "letters_on": row.letters_on, "notice_on": row.notice_on,
                "file_by": file_by, "filed_on": row.filed_on, "outcome": row.outcome.as_str(),
                "recorded_on": row.recorded_on, "recorded_by": row.recorded_by_login,
            }))
        }
        Command::Record(record) => {
            let patient = patient_of(&session, &record.account)?;
            let revision = estate::show(db, actor, practice, patient)?.map(|view| view.row.revision);
            let entry = EstateEntry {
                died_on: record.died_on,
                state: record.state.clone(),
                county: record.county.clone(),
                representative: record.representative.clone(),
                document: record.document.clone(),
                letters_on: record.letters_on,
                notice_on: record.notice_on,
                filed_on: record.filed_on,
                outcome: record.outcome,
            };
            estate::record(db, actor, practice, patient, (&entry, revision))?;
            said("Recorded. No statement goes out any more.")
        }
    }
}

fn patient_of(session: &Session, account: &str) -> Result<PatientId, Failure> {
    session.read(|read| {
        let found = read.query_opt(&store::registration::PATIENT_BY_ACCOUNT, store::params![account])?;
        found.map(|(id,)| id).ok_or(app::Error::NotFound("account"))
    })
}
