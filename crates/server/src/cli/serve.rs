//! Serving the desk from the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::output::line;
use super::{Done, Failure, Place, session};
use crate::daily;
use crate::exchanging::Exchanging;
use crate::serve::{DEFAULT_ADDRESS, Options, open};

/// How to serve.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value_t = DEFAULT_ADDRESS)]
    listen: SocketAddr,
    /// An HTTPS proxy stands in front: cookies are bound to HTTPS, and other addresses than loopback are allowed
    #[arg(long)]
    behind_https: bool,
    /// Exchange files with the clearinghouse through DIR/outbox and DIR/inbox while serving; without it nothing leaves
    /// by itself
    #[arg(long, value_name = "DIR")]
    exchange: Option<PathBuf>,
    /// Put the daily letters of counts into this folder, one file each, for a mail program to send; without it no letter
    /// goes
    #[arg(long, value_name = "DIR")]
    letters: Option<PathBuf>,
}

/// Serves until the process is told to end.
pub fn run(arguments: &Arguments, place: &Place) -> Result<Done, Failure> {
    let (db, practice) = session::open_practice(place)?;
    let options = Options { address: arguments.listen, behind_https: arguments.behind_https };
    let exchanging = match &arguments.exchange {
        Some(folder) => {
            let carrier = super::folder_drop(folder)?;
            Some(Exchanging::new(db.clone(), practice.practice_id, Box::new(carrier)))
        }
        None => None,
    };
    let served =
        open(db.clone(), practice.practice_id, options).map_err(|error| Failure::Refused(error.to_string()))?;
    let address = served.address().map_err(|error| Failure::Refused(error.to_string()))?;
    line(&format!("{} is served on http://{address}", practice.name));
    line(&daily::what_runs());
    let served = served.with_daily_jobs(db);
    let served = match &arguments.letters {
        Some(folder) => {
            let mail = exchange::MailDrop::open(folder).map_err(|trouble| Failure::Refused(trouble.0))?;
            line(&format!("Daily letters go to {}.", folder.display()));
            served.with_letters(Box::new(mail))
        }
        None => served,
    };
    let served = match exchanging {
        Some(exchanging) => served.exchanging(exchanging),
        None => {
            line("No files leave or come in by themselves; say --exchange DIR for that.");
            served
        }
    };
    served.run().map_err(|error| Failure::Refused(error.to_string()))?;
    Ok(Done::Clean)
}
