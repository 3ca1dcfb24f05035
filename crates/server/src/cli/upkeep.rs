//! Commands for the database itself.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use store::{Db, Env};

use super::output::{self, line};
use super::{Done, Failure, Place, Session};

/// Brings the tables up to date and says how many steps that took.
pub fn migrate(place: &Place) -> Result<Done, Failure> {
    let db = Db::open_unmigrated(&place.database, Env::system())?;
    let steps = db.migrate()?;
    line(&match steps {
        0 => format!("{} is up to date.", db.place()),
        1 => format!("{}: 1 migration run.", db.place()),
        several => format!("{}: {several} migrations run.", db.place()),
    });
    Ok(Done::Clean)
}

/// How to tell it.
#[derive(Debug, Args)]
pub struct Verify {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Recomputes every invariant; ends with 1 and names the first that fails.
pub fn verify(arguments: &Verify, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    let found = app::verify::verify(&session.db, &session.actor, session.practice)?;
    let failed = found.checks.iter().filter(|check| !check.holds).count();
    if arguments.json {
        let balances: serde_json::Map<String, serde_json::Value> =
            found.trial_balance.iter().map(|(kind, cents)| (kind.clone(), cents.cents().into())).collect();
        output::json(&json!({
            "holds": found.holds(), "passed": found.checks.len() - failed, "failed": failed, "checks": found.checks,
            "ledger_sequence": found.ledger_sequence, "ledger_root": found.ledger_root,
            "trial_balance_cents": balances,
        }))?;
    } else {
        for check in &found.checks {
            let word = if check.holds { "holds" } else { "FAILS" };
            line(&format!("{word}  {}: {} ({})", check.name, check.says, check.detail));
        }
        line(&format!("Books up to entry {}, root {}", found.ledger_sequence, found.ledger_root));
    }
    match found.first_failure() {
        None => Ok(Done::Clean),
        Some(check) => {
            eprintln!(
                "{} fails: {}. Stop posting, keep a copy of the database, and look there first.",
                check.name, check.detail
            );
            Ok(Done::WithFindings)
        }
    }
}

/// Which file.
#[derive(Debug, Args)]
pub struct BackupFile {
    /// The backup's file
    file: PathBuf,
}

/// Writes everything into one new file, while others work.
pub fn backup(arguments: &BackupFile, place: &Place) -> Result<Done, Failure> {
    let session = Session::open(place)?;
    app::backup::backup(&session.db, &session.actor, session.practice, &arguments.file)?;
    line(&format!(
        "{} holds everything. It is a database: `tierline verify --database` reads it.",
        arguments.file.display()
    ));
    Ok(Done::Clean)
}

/// Restores a backup into the empty place that `--database` names.
pub fn restore(arguments: &BackupFile, place: &Place) -> Result<Done, Failure> {
    let db = app::backup::restore(&arguments.file, &place.database, Env::system())?;
    line(&format!("Restored into {}. Run `tierline verify` before anybody works with it.", db.place()));
    Ok(Done::Clean)
}
