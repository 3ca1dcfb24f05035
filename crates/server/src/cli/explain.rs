//! `tierline explain`: why something is owed, link by link, each with its entry of the books and the payer's segment.

use app::explain::{About, Link, Told};
use billing::EncounterId;
use billing::explain::{Language, day_words, dollar_words};
use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};

/// What to explain.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    about: Asked,
    /// The language of the words
    #[arg(long, global = true, value_enum, default_value_t = Tongue::En)]
    language: Tongue,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Asked {
    /// Every visit of a patient
    Patient {
        /// The account number
        account: String,
    },
    /// One visit
    Visit {
        /// The visit's id, as its page's address has it
        id: Uuid,
    },
    /// The visit of a claim, or one line of it
    Claim {
        /// Our control number of the claim, or the payer's
        claim: String,
        /// Only this line, from 1
        #[arg(long)]
        line: Option<usize>,
    },
    /// What one payment of a payer did
    Payment {
        /// Its trace number: of the check or the transfer
        trace: String,
    },
    /// What one payment of a patient did
    Receipt {
        /// The receipt's number
        number: String,
    },
}

/// A language that the words exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    /// English
    En,
    /// Spanish
    Es,
}

/// Runs the command.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let about = match &arguments.about {
        Asked::Patient { account } => About::Patient(account.clone()),
        Asked::Visit { id } => About::Visit(EncounterId(*id)),
        Asked::Claim { claim, line: None } => About::Claim(claim.clone()),
        Asked::Claim { claim, line: Some(line) } => About::Line(claim.clone(), *line),
        Asked::Payment { trace } => About::Payment(trace.clone()),
        Asked::Receipt { number } => About::Receipt(number.clone()),
    };
    let language = match arguments.language {
        Tongue::En => Language::English,
        Tongue::Es => Language::Spanish,
    };
    let told = app::explain::explain(&session.db, &session.actor, session.practice, &about, language)?;
    if arguments.json {
        return output::json(&told);
    }
    if told.is_empty() {
        line("Nothing was posted that this could be explained by.");
    }
    for (place, visit) in told.iter().enumerate() {
        if place > 0 {
            line("");
        }
        print(visit, language)?;
    }
    Ok(Done::Clean)
}

fn print(visit: &Told, language: Language) -> Result<(), Failure> {
    let plain = |words: &str| words.replace('\u{a0}', " ");
    line(&format!("{} {}", visit.account_number, plain(&day_words(visit.date_of_service, language))));
    for sentence in &visit.sentences {
        line(&format!("  {}", plain(sentence)));
    }
    let head = [
        ("On", Align::Left),
        ("Charge", Align::Left),
        ("What happened", Align::Left),
        ("Amount", Align::Right),
        ("Remains", Align::Right),
        ("Entries", Align::Left),
        ("Stands on", Align::Left),
    ];
    let rows: Vec<Vec<String>> = visit.links.iter().map(row).collect();
    output::table(&head, &rows, "")?;
    let (patient, plans) = (visit.patient_owes_cents, visit.with_payers_cents);
    let (patient, plans) = (dollar_words(patient, language), dollar_words(plans, language));
    line(&match language {
        Language::English => format!("The patient owes {patient}, plans owe {plans}."),
        Language::Spanish => format!("El paciente debe {patient}, los planes deben {plans}."),
    });
    Ok(())
}

fn row(link: &Link) -> Vec<String> {
    let entries: Vec<String> = link.entries.iter().map(i64::to_string).collect();
    let stands_on = match (&link.trace, &link.segment) {
        (Some(trace), Some(segment)) => format!("{segment} in {trace}"),
        (Some(trace), None) => trace.clone(),
        (None, _) => link.reason.clone(),
    };
    vec![
        link.on.to_string(),
        link.charge.clone(),
        link.words.clone(),
        link.amount_cents.to_string(),
        link.remains_cents.to_string(),
        entries.join(" "),
        stands_on,
    ]
}
