//! `tierline explain`: why something is owed, link by link, each with its entry of the books and the payer's segment.

use app::explain::outside::{self, Outside};
use app::explain::{About, Link, Told};
use billing::explain::{Language, day_words, dollar_words};
use billing::{EncounterId, Money};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
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
    let outside = match &about {
        About::Payment(trace) => outside::of_payment(&session.db, &session.actor, session.practice, trace, language)?,
        About::Patient(_) | About::Visit(_) | About::Claim(_) | About::Line(..) | About::Receipt(_) => Vec::new(),
    };
    if arguments.json && outside.is_empty() {
        return output::json(&told);
    }
    if arguments.json {
        // What stands outside any claim is no visit's: one more object, after those of the visits.
        let visits = told.iter().map(|visit| json!(visit));
        let all: Vec<serde_json::Value> = visits.chain([json!({ "outside_any_claim": outside })]).collect();
        return output::json(&all);
    }
    if told.is_empty() && outside.is_empty() {
        line("Nothing was posted that this could be explained by.");
    }
    for (place, visit) in told.iter().enumerate() {
        if place > 0 {
            line("");
        }
        print(visit, language)?;
    }
    print_outside(&outside, language)?;
    Ok(Done::Clean)
}

fn print_outside(outside: &[Outside], language: Language) -> Result<(), Failure> {
    if outside.is_empty() {
        return Ok(());
    }
    let [title, what, change, item, stands_on] = match language {
        Language::English => ["Outside any claim", "What happened", "Change", "Item", "Stands on"],
        Language::Spanish => ["Fuera de toda reclamación", "Qué pasó", "Cambio", "Partida", "Se basa en"],
    };
    line("");
    line(title);
    let head = [(what, Align::Left), (change, Align::Right), (item, Align::Left), (stands_on, Align::Left)];
    let rows: Vec<Vec<String>> = outside
        .iter()
        .map(|one| {
            vec![
                one.words.replace('\u{a0}', " "),
                (-one.amount_cents).to_string(),
                one.item.clone().unwrap_or_else(|| "-".to_owned()),
                one.segment.clone().unwrap_or_default(),
            ]
        })
        .collect();
    output::table(&head, &rows, "")?;
    Ok(())
}

fn print(visit: &Told, language: Language) -> Result<(), Failure> {
    let plain = |words: &str| words.replace('\u{a0}', " ");
    line(&format!("{} {}", visit.account_number, plain(&day_words(visit.date_of_service, language))));
    for sentence in &visit.sentences {
        line(&format!("  {}", plain(sentence)));
    }
    let [on, charge, what, amount, remains, entries, stands_on] = match language {
        Language::English => ["On", "Charge", "What happened", "Amount", "Remains", "Entries", "Stands on"],
        Language::Spanish => ["Fecha", "Cargo", "Qué pasó", "Importe", "Queda", "Asientos", "Se basa en"],
    };
    let head = [
        (on, Align::Left),
        (charge, Align::Left),
        (what, Align::Left),
        (amount, Align::Right),
        (remains, Align::Right),
        (entries, Align::Left),
        (stands_on, Align::Left),
    ];
    let rows: Vec<Vec<String>> = visit.links.iter().map(|link| row(link, language)).collect();
    output::table(&head, &rows, "")?;
    line(&format!(
        "{} {}",
        owed(language, visit.patient_owes_cents, ["The patient", "El paciente"]),
        owed(language, visit.with_payers_cents, ["The plans together", "Los planes juntos"])
    ));
    Ok(())
}

/// "The patient: $70.84 to pay.", or paid too much.
fn owed(language: Language, amount: Money, [english, spanish]: [&str; 2]) -> String {
    let sum = dollar_words(amount.abs(), language);
    match (language, amount.is_negative()) {
        (Language::English, false) => format!("{english}: {sum} to pay."),
        (Language::English, true) => format!("{english}: {sum} paid too much."),
        (Language::Spanish, false) => format!("{spanish}: {sum} por pagar."),
        (Language::Spanish, true) => format!("{spanish}: {sum} pagados de más."),
    }
}

fn row(link: &Link, language: Language) -> Vec<String> {
    let entries: Vec<String> = link.entries.iter().map(i64::to_string).collect();
    let (within, price_list) = match language {
        Language::English => ("in", "our price list"),
        Language::Spanish => ("en", "nuestra lista de precios"),
    };
    let stands_on = match (&link.trace, &link.segment) {
        (Some(trace), Some(segment)) => format!("{segment} {within} {trace}"),
        (Some(trace), None) => trace.clone(),
        (None, _) if link.reason == "charge" => price_list.to_owned(),
        (None, _) => link.reason.replace('_', " "),
    };
    let concerns = match language {
        Language::English => "concerns",
        Language::Spanish => "se refiere al",
    };
    let on = link.concerns_on.map_or_else(|| link.on.to_string(), |day| format!("{} ({concerns} {day})", link.on));
    let stands_on = match &link.rule {
        Some(rule) => format!("{stands_on}; {rule}"),
        None => stands_on,
    };
    vec![
        on,
        link.charge.clone(),
        link.words.clone(),
        link.amount_cents.to_string(),
        link.remains_cents.to_string(),
        entries.join(" "),
        stands_on,
    ]
}
