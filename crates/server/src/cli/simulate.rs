//! `tierline simulate`: the invented clearinghouse and payers behind a folder. Takes what lies in the outbox, lets days
//! pass, and puts the answers into the inbox, as a real clearinghouse would. It opens no database: what it decides it
//! knows from the files alone, and remembers in a file of its own in the folder.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use simulator::{OutboundFile, Simulator, builtin_payers};

use super::output::{self, line};
use super::{Done, Failure};

/// A year: longer than any payer of the simulator keeps a claim.
const MOST_DAYS: i64 = 366;
const HOURS_A_DAY: i64 = 24;

/// The simulator's memory between two runs.
const MEMORY_FILE: &str = "simulator.json";

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
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize, Deserialize)]
struct Memory {
    now: Timestamp,
    delivered: Vec<String>,
    simulator: String,
}

/// Runs the days.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    if !(0..=MOST_DAYS).contains(&arguments.days) {
        return Err(Failure::Unreadable(format!("--days is 0 to {MOST_DAYS}.")));
    }
    let folder = &arguments.folder;
    super::folder_drop(folder)?;
    let memory_path = folder.join(MEMORY_FILE);
    let mut memory = remember(&memory_path, arguments.seed)?;
    let mut simulator = Simulator::load(&memory.simulator).map_err(|error| spoiled(&memory_path, &error))?;
    memory.now = memory.now.max(Timestamp::now());
    let mut answers = simulator.advance_to(memory.now);
    let new = new_files(&folder.join("outbox"), &memory.delivered)?;
    for (name, bytes) in &new {
        answers.extend(simulator.receive(bytes, memory.now));
        memory.delivered.push(name.clone());
    }
    let hours = SignedDuration::from_hours(HOURS_A_DAY * arguments.days);
    memory.now = memory.now.checked_add(hours).map_err(|error| Failure::Unreadable(format!("--days: {error}.")))?;
    answers.extend(simulator.advance_to(memory.now));
    // The answers first: a run that is stopped in between is repeated and writes the same files again.
    write_answers(&folder.join("inbox"), &answers)?;
    memory.simulator = simulator.save().map_err(|error| spoiled(&memory_path, &error))?;
    write(&memory_path, serde_json::to_string(&memory).map_err(|error| spoiled(&memory_path, &error))?.as_bytes())?;
    if arguments.json {
        let names: Vec<&str> = answers.iter().map(|file| file.name.as_str()).collect();
        return output::json(&json!({ "taken": new.len(), "answers": names, "until": memory.now.to_string() }));
    }
    line(&format!("{} files taken, {} answers put into {}.", new.len(), answers.len(), folder.join("inbox").display()));
    Ok(Done::Clean)
}

/// Puts a simulator's memory into a folder, so that the payers of a demonstration go on answering there.
pub fn put_away(folder: &Path, now: Timestamp, simulator: &str) -> Result<(), Failure> {
    super::folder_drop(folder)?;
    let path = folder.join(MEMORY_FILE);
    let memory = Memory { now, delivered: Vec::new(), simulator: simulator.to_owned() };
    write(&path, serde_json::to_string(&memory).map_err(|error| spoiled(&path, &error))?.as_bytes())
}

fn remember(path: &Path, seed: u64) -> Result<Memory, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| spoiled(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let simulator = Simulator::new(seed, builtin_payers()).save().map_err(|error| spoiled(path, &error))?;
            Ok(Memory { now: Timestamp::now(), delivered: Vec::new(), simulator })
        }
        Err(error) => Err(Failure::file(path, &error)),
    }
}

fn spoiled(path: &Path, error: &serde_json::Error) -> Failure {
    let place = format!("line {}, column {}", error.line(), error.column());
    Failure::Unreadable(format!(
        "{}: {place}: this is no memory of the simulator. Move the file away to begin with new payers.",
        path.display()
    ))
}

/// Files of the outbox that were not taken yet, by name: names carry the control number, so they sort as they were sent.
fn new_files(outbox: &Path, delivered: &[String]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let entries = std::fs::read_dir(outbox).map_err(|error| Failure::file(outbox, &error))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') && !delivered.contains(name))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let path = outbox.join(&name);
            let bytes = std::fs::read(&path).map_err(|error| Failure::file(&path, &error))?;
            Ok((name, bytes))
        })
        .collect()
}

/// In the order in which they were made, because whoever takes them goes by the time of the file.
fn write_answers(inbox: &Path, answers: &[OutboundFile]) -> Result<(), Failure> {
    let mut in_order: Vec<&OutboundFile> = answers.iter().collect();
    in_order.sort_by_key(|file| file.at);
    in_order.iter().try_for_each(|file| write(&inbox.join(&file.name), &file.bytes))
}

/// Under another name first, so that nobody takes half a file.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    std::fs::write(&unfinished, bytes)
        .and_then(|()| std::fs::rename(&unfinished, path))
        .map_err(|error| Failure::file(path, &error))
}
