//! `x12 diff` and `x12 stats`: what two files say differently, what files hold.

use std::path::PathBuf;
use std::sync::Mutex;

use clap::Args;
use x12::Document;
use x12::tools::{self, Counts, DiffOptions};

use super::super::output::line;
use super::files::{self, Answer, Inputs};
use super::{Done, Failure};

/// Which two files.
#[derive(Debug, Args)]
pub struct Diff {
    /// The first file, at most 512 MB; - reads standard input
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The second file, at most 512 MB
    #[arg(value_name = "AFTER")]
    after: PathBuf,
    /// Leave control numbers and the dates of envelopes out of account
    #[arg(long)]
    ignore_control_numbers: bool,
    /// Print one JSON object a difference
    #[arg(long)]
    json: bool,
}

/// What to count.
#[derive(Debug, Args)]
pub struct Stats {
    #[command(flatten)]
    inputs: Inputs,
    /// Print one JSON object a file, amounts in cents
    #[arg(long)]
    json: bool,
}

/// Compares by meaning; differences are findings.
pub fn diff(arguments: &Diff) -> Result<Done, Failure> {
    let inputs = [files::one(&arguments.before)?, files::one(&arguments.after)?];
    let documents = [0, 1].map(|at| Document::read(&inputs[at].bytes));
    if let Some(at) = documents.iter().position(Document::is_empty) {
        let words = format!("{}: this cannot be read as X12: no ISA was found.", inputs[at].name);
        return Err(Failure::Unreadable(words));
    }
    let options = DiffOptions { ignore_control_numbers: arguments.ignore_control_numbers };
    let found = tools::diff(&documents[0], &documents[1], options);
    for difference in &found {
        line(&if arguments.json { difference.to_json() } else { difference.to_text() });
    }
    Ok(if found.is_empty() { Done::Clean } else { Done::WithFindings })
}

/// Counts each file for JSON, all together for people.
pub fn stats(arguments: &Stats) -> Result<Done, Failure> {
    let total = Mutex::new(Counts::default());
    let done = arguments.inputs.each_passing(|source, out| {
        let mut opened = match source.open() {
            Ok(opened) => opened,
            Err(words) => return Answer::unreadable(Vec::new(), words),
        };
        let counted = Counts::read(&mut opened).and_then(|counts| {
            let Some(counts) = counts else { return Ok(false) };
            if arguments.json {
                out.write_all((counts.to_json(&source.name) + "\n").as_bytes())?;
            }
            if let Ok(mut total) = total.lock() {
                total.add(&counts);
            }
            Ok(true)
        });
        Answer::of_passing(&source.name, counted)
    });
    if let (false, Ok(total)) = (arguments.json, total.lock()) {
        files::write(total.to_text().as_bytes());
    }
    done
}
