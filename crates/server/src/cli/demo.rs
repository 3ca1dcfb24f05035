//! `tierline demo`: a synthetic practice with months of history, proved and then served.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use exchange::MailDrop;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{Db, Env};

use super::{Done, Failure, Place};
use crate::demo::folder_payers::{self, FolderPayers};
use crate::demo::play::{self, Desks, MOST_MONTHS, MOST_PATIENTS, Played};
use crate::demo::stage::TIME_ZONE;
use crate::exchanging::Exchanging;
use crate::serve::{DEFAULT_ADDRESS, Options};

/// Where the demo makes its folder when nobody names a database.
const FOLDER: &str = "tierline-demo";

/// The folder, beside the database, in which the demo's payers go on answering.
const FOLDER_OF_PAYERS: &str = "exchange";

/// The folder of letters in it.
const FOLDER_OF_LETTERS: &str = "letters";

/// The arguments of the command.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Decides everything that chance decides: the same seed makes the same books
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Months of history
    #[arg(long, default_value_t = 3)]
    months: u32,
    /// Patients
    #[arg(long, default_value_t = 60)]
    patients: usize,
    /// Visits; about 133 a month when left out
    #[arg(long)]
    visits: Option<usize>,
    /// Minutes of Tier 2's day, in percent: 50 shows what half its people let run out
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=400))]
    tier2: u32,
    /// Days that the payers' contracts give for an appeal
    #[arg(long, value_name = "DAYS", default_value_t = Desks::default().appeal_days, value_parser = clap::value_parser!(i32).range(10..=365))]
    appeal_days: i32,
    /// The last day of the story; yesterday when left out
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Make it and print the summary, without serving the desk
    #[arg(long)]
    headless: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Where the desk listens afterwards
    #[arg(long, value_name = "ADDRESS", default_value_t = DEFAULT_ADDRESS)]
    listen: SocketAddr,
}

/// Plays the demo, prints its summary, and serves the desk unless asked not to.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let options = options(arguments, place)?;
    let quiet = arguments.json;
    let mut told = 0;
    let played = play::play(&options, |day, of, date| {
        let tenth = day * 10 / of.max(1);
        if !quiet && tenth > told {
            told = tenth;
            super::output::line(&format!("{date}: day {day} of {of}"));
        }
    });
    let played = played.map_err(|error| Failure::Refused(format!("{error:#}")))?;
    print(arguments, &played)?;
    let exchange = go_on_answering(&options.database, &played, arguments.headless)?;
    if let (Some(folder), false) = (&exchange, arguments.json) {
        super::output::line(&format!("Its payers go on answering in {}.", folder.display()));
    }
    if !arguments.headless {
        serve(arguments, &options.database, &played, exchange.as_deref())
            .map_err(|error| Failure::Refused(format!("{error:#}")))?;
    }
    if played.summary.is_sound() { Ok(Done::Clean) } else { Ok(Done::WithFindings) }
}

/// Makes a folder in which the same payers go on answering, while the demo serves or for `tierline simulate`: beside an
/// embedded database, and for another only where it is served.
fn go_on_answering(database: &str, played: &Played, headless: bool) -> Result<Option<PathBuf>, Failure> {
    let folder = match (database.contains("://"), headless) {
        (false, _) => folder_beside(Path::new(database)),
        (true, false) => fresh_folder()?.join(FOLDER_OF_PAYERS),
        (true, true) => return Ok(None),
    };
    folder_payers::put_away(&folder, played.ended_at, &played.simulator, &played.not_fetched)?;
    Ok(Some(folder))
}

/// The payers' folder beside a database. Where another demonstration's payers answer there already, one with the
/// database's own name: they stay as they are.
fn folder_beside(database: &Path) -> PathBuf {
    let folder = database.with_file_name(FOLDER_OF_PAYERS);
    if !folder_payers::answer_in(&folder) {
        return folder;
    }
    let own = database.file_stem().unwrap_or_default().to_string_lossy();
    database.with_file_name(format!("{FOLDER_OF_PAYERS}-of-{own}"))
}

/// Serves the desk on the system's clock, until the process is told to end; the payers go on answering meanwhile.
fn serve(arguments: &Arguments, database: &str, played: &Played, exchange: Option<&Path>) -> anyhow::Result<()> {
    let env = Env::system_in(TimeZone::get(TIME_ZONE)?);
    let db = Db::open(database, env.clone())?;
    let address = arguments.listen;
    let at = |address| crate::serve::open(db.clone(), played.practice, Options { address, behind_https: false });
    // Somebody else may listen there already; a demonstration is as good on another port.
    let served = at(address).or_else(|_| at(SocketAddr::new(address.ip(), 0)))?;
    let served = match exchange {
        Some(folder) => {
            let payers = FolderPayers::open(folder, env, arguments.seed)?;
            served.exchanging(Exchanging::new(db.clone(), played.practice, Box::new(payers)))
        }
        None => served,
    };
    let served = served.with_daily_jobs(db.clone());
    let served = match exchange {
        Some(folder) => {
            let letters = folder.join(FOLDER_OF_LETTERS);
            super::output::line(&format!("Daily letters go to {}; each person sets an address.", letters.display()));
            served.with_letters(Box::new(MailDrop::open(letters)?))
        }
        None => served,
    };
    super::output::line("");
    super::output::line(&crate::daily::what_runs());
    super::output::line(&format!("The desk is open at http://{} until you press Ctrl-C.", served.address()?));
    super::output::line("The log-in page lists these people with the code of the moment; every password is the same:");
    for person in &played.log_ins {
        super::output::line(&format!(
            "  {:<6} {:<14} {:<16} {}",
            person.login, person.role, person.name, person.password
        ));
    }
    served.run()
}

fn print(arguments: &Arguments, played: &Played) -> Result<(), Failure> {
    if arguments.json {
        super::output::json(&played.summary)?;
        return Ok(());
    }
    super::output::line(played.summary.in_words().trim_end());
    Ok(())
}

fn options(arguments: &Arguments, place: &Place) -> Result<play::Options, Failure> {
    if arguments.months == 0 || arguments.months > MOST_MONTHS {
        return Err(Failure::Unreadable(format!("--months is 1 to {MOST_MONTHS}.")));
    }
    if arguments.patients == 0 || arguments.patients > MOST_PATIENTS {
        return Err(Failure::Unreadable(format!("--patients is 1 to {MOST_PATIENTS}.")));
    }
    let today = jiff::Zoned::now().date();
    let until = arguments.until.unwrap_or_else(|| today.saturating_sub(1.day()));
    let visits = arguments.visits.unwrap_or(arguments.months as usize * 400 / 3);
    let database = if place.database == super::DEFAULT_DATABASE {
        fresh_folder()?.join("tierline.sqlite").display().to_string()
    } else {
        place.database.clone()
    };
    let Arguments { seed, months, patients, .. } = *arguments;
    let usual = Desks::default();
    let tier2_minutes = usual.tier2_minutes * arguments.tier2 / 100;
    let desks = Desks { tier2_minutes, appeal_days: arguments.appeal_days, ..usual };
    Ok(play::Options { seed, months, patients, visits, until, database, desks })
}

/// A new folder for each demo, so that none writes over another.
fn fresh_folder() -> Result<PathBuf, Failure> {
    let now = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S%.3f").to_string();
    let folder = std::path::Path::new(FOLDER).join(now);
    std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    Ok(folder)
}
