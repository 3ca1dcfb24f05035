//! `tierline simulate`: the invented clearinghouse and payers behind a folder. Takes what lies in the outbox, lets days
//! pass, and puts the answers into the inbox, as a real clearinghouse would. It opens the database only to compare what
//! the payers decided with the books, and never writes to it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use app::access::allow_plain;
use app::clearinghouse::CarrierError;
use billing::Money;
use billing::access::Action;
use billing::counting::counted;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::output::{self, Align, line};
use super::{Done, Failure, Place, Session};
use crate::demo::comparison::{Difference, differences};
use crate::demo::folder_payers;

/// A year: longer than any payer of the simulator keeps a claim.
const MOST_DAYS: i64 = 366;
const HOURS_A_DAY: i64 = 24;

/// Where, and for how long.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The clearinghouse's folder, as given to `claims submit`
    #[arg(long, value_name = "DIR", default_value = super::DEFAULT_EXCHANGE)]
    folder: PathBuf,
    /// How many days pass; answers are dated accordingly
    #[arg(long, default_value_t = 45)]
    days: i64,
    /// Decides everything that chance decides, at the first run in a folder
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Let no day pass; compare every claim and payment with the books, to the cent. Ends with 1 on a difference
    #[arg(long, conflicts_with_all = ["days", "seed"])]
    compare: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl From<CarrierError> for Failure {
    fn from(error: CarrierError) -> Failure {
        Failure::Unreadable(error.to_string())
    }
}

/// Runs the days, or compares.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    if arguments.compare {
        return compare(arguments, place);
    }
    if !(0..=MOST_DAYS).contains(&arguments.days) {
        return Err(Failure::Unreadable(format!("--days is 0 to {MOST_DAYS}.")));
    }
    let days = SignedDuration::from_hours(HOURS_A_DAY * arguments.days);
    let answered = folder_payers::answer(&arguments.folder, arguments.seed, Timestamp::now(), days)?;
    if arguments.json {
        return output::json(&json!({
            "taken": answered.taken, "answers": answered.answers, "until": answered.until.to_string(),
        }));
    }
    let inbox = arguments.folder.join("inbox");
    line(&format!(
        "{} taken, {} put into {}.",
        counted(answered.taken, "file"),
        counted(answered.answers.len(), "answer"),
        inbox.display()
    ));
    Ok(Done::Clean)
}

/// Compares what the payers told with what the books say.
fn compare(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let truth = folder_payers::truth(&arguments.folder)?;
    let session = Session::open(place)?;
    let books = session.read(|read| {
        allow_plain(read, Action::ViewReports)?;
        store::views::claim_money::books(read).map_err(app::Error::from)
    })?;
    let found = differences(&truth, &books);
    // One claim may differ in several sums; a payment counts like a claim.
    let differ = found.iter().map(|one| (&one.claim, &one.payer)).collect::<BTreeSet<_>>().len();
    if arguments.json {
        output::json(&json!({
            "claims_compared": books.claims.len(), "payments_compared": books.payments.len(),
            "claims_that_differ": differ, "differences": found,
        }))?;
    } else {
        line(&format!(
            "{} and {} compared.",
            counted(books.claims.len(), "claim"),
            counted(books.payments.len(), "payment")
        ));
        line(&format!("claims that differ: {differ}"));
        if !found.is_empty() {
            print(&found)?;
        }
    }
    Ok(if found.is_empty() { Done::Clean } else { Done::WithFindings })
}

fn print(found: &[Difference]) -> Result<Done, Failure> {
    let head = [
        ("Claim or payment", Align::Left),
        ("Payer", Align::Left),
        ("What", Align::Left),
        ("Payer says", Align::Right),
        ("Books say", Align::Right),
    ];
    let money = |cents| Money::from_cents(cents).to_string();
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|one| {
            let (told, booked) = (money(one.simulator_cents), money(one.ledger_cents));
            vec![one.claim.clone(), one.payer.clone(), one.what.clone(), told, booked]
        })
        .collect();
    output::table(&head, &rows, "No difference.")
}
