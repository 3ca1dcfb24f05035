//! The invented payers behind a folder: they take what lies in its outbox and put answers into its inbox, as a real
//! clearinghouse would, and remember in a file of their own beside them. Never opens a database: what they decide they know
//! from the files alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use app::clearinghouse::{CarrierError, Clearinghouse, Delivery, InboundFile};
use exchange::FolderDrop;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use simulator::{OutboundFile, Simulator, Truth, builtin_payers};
use store::Env;

/// The payers' memory between two visits to the folder.
const MEMORY_FILE: &str = "simulator.json";
/// Files below this ending are still being written.
const UNFINISHED: &str = "part";

#[derive(Serialize, Deserialize)]
struct Memory {
    now: Timestamp,
    delivered: Vec<String>,
    simulator: String,
}

/// What the payers did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Files they took.
    pub taken: usize,
    /// Names of the files they put into the inbox, in the order in which they were made.
    pub answers: Vec<String>,
    /// Their clock afterwards.
    pub until: Timestamp,
    /// When they next have something to say by themselves.
    pub next_due_at: Option<Timestamp>,
    /// Every file they ever took.
    delivered: BTreeSet<String>,
}

/// Lets the payers take what is new at `now` and then `days` pass. Their clock never runs backwards. A folder that they
/// never saw gets new payers, made from the seed.
///
/// # Errors
/// A sentence where a file cannot be read or written, or the memory is none.
pub fn answer(folder: &Path, seed: u64, now: Timestamp, days: SignedDuration) -> Result<Answered, CarrierError> {
    open(folder)?;
    let path = folder.join(MEMORY_FILE);
    let mut memory = remember(&path)?.map_or_else(|| fresh(&path, seed, now), Ok)?;
    let mut simulator = Simulator::load(&memory.simulator).map_err(|error| spoiled(&path, &error))?;
    memory.now = memory.now.max(now);
    let mut answers = simulator.advance_to(memory.now);
    let new = new_files(&folder.join("outbox"), &memory.delivered)?;
    for (name, bytes) in &new {
        answers.extend(simulator.receive(bytes, memory.now));
        memory.delivered.push(name.clone());
    }
    memory.now =
        memory.now.checked_add(days).map_err(|error| CarrierError(format!("The clock ends here: {error}.")))?;
    answers.extend(simulator.advance_to(memory.now));
    // In the order in which they were made, because whoever takes them goes by the time of the file.
    answers.sort_by_key(|file| file.at);
    // The answers first: a run that is stopped in between is repeated and writes the same files again.
    write_answers(&folder.join("inbox"), &answers)?;
    memory.simulator = simulator.save().map_err(|error| spoiled(&path, &error))?;
    keep(&path, &memory)?;
    Ok(Answered {
        taken: new.len(),
        answers: answers.into_iter().map(|file| file.name).collect(),
        until: memory.now,
        next_due_at: simulator.next_due_at(),
        delivered: memory.delivered.into_iter().collect(),
    })
}

/// Whether payers answer in this folder already.
pub fn answer_in(folder: &Path) -> bool {
    folder.join(MEMORY_FILE).exists()
}

/// Puts a simulator's memory into a folder with the answers that nobody fetched yet, so that the payers of a
/// demonstration go on there.
///
/// # Errors
/// A sentence where the folder cannot be written.
pub fn put_away(
    folder: &Path,
    now: Timestamp,
    simulator: &str,
    not_fetched: &[OutboundFile],
) -> Result<(), CarrierError> {
    open(folder)?;
    write_answers(&folder.join("inbox"), not_fetched)?;
    let memory = Memory { now, delivered: Vec::new(), simulator: simulator.to_owned() };
    keep(&folder.join(MEMORY_FILE), &memory)
}

/// What the payers of a folder decided and told so far.
///
/// # Errors
/// A sentence where no payers were ever in this folder, or their memory cannot be read.
pub fn truth(folder: &Path) -> Result<Truth, CarrierError> {
    let path = folder.join(MEMORY_FILE);
    let memory = remember(&path)?.ok_or_else(|| {
        CarrierError(format!(
            "{} is not there: no invented payers answered in this folder. Name it with --folder, or run `tierline simulate` first.",
            path.display()
        ))
    })?;
    Ok(Simulator::load(&memory.simulator).map_err(|error| spoiled(&path, &error))?.truth())
}

/// A folder with the invented payers on its other side, on the practice's clock: whoever looks for answers lets them
/// answer first.
pub struct FolderPayers {
    drop: FolderDrop,
    folder: PathBuf,
    env: Env,
    seed: u64,
    last: Mutex<Option<Answered>>,
}

impl FolderPayers {
    /// Opens the folder. The seed makes the payers where none were put away there.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn open(folder: &Path, env: Env, seed: u64) -> Result<FolderPayers, CarrierError> {
        Ok(FolderPayers { drop: open(folder)?, folder: folder.to_owned(), env, seed, last: Mutex::new(None) })
    }

    /// Lets them answer, unless nothing came and nothing is due: their memory is read and written as a whole.
    fn answer(&self) -> Result<(), CarrierError> {
        let now = self.env.now();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = last.as_ref() {
            let is_due = before.next_due_at.is_some_and(|at| at <= now);
            let is_news = names(&self.folder.join("outbox"))?.iter().any(|name| !before.delivered.contains(name));
            if !is_due && !is_news {
                return Ok(());
            }
        }
        *last = Some(answer(&self.folder, self.seed, now, SignedDuration::ZERO)?);
        Ok(())
    }
}

impl Clearinghouse for FolderPayers {
    fn deliver(&self, name: &str, bytes: &[u8]) -> Result<Delivery, CarrierError> {
        self.drop.deliver(name, bytes)
    }

    fn waiting(&self) -> Result<Vec<InboundFile>, CarrierError> {
        self.answer()?;
        self.drop.waiting()
    }

    fn taken(&self, name: &str) -> Result<(), CarrierError> {
        self.drop.taken(name)
    }
}

fn open(folder: &Path) -> Result<FolderDrop, CarrierError> {
    FolderDrop::open(folder.join("outbox"), folder.join("inbox"))
}

fn remember(path: &Path) -> Result<Option<Memory>, CarrierError> {
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| spoiled(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(trouble(path, &error)),
    }
}

fn fresh(path: &Path, seed: u64, now: Timestamp) -> Result<Memory, CarrierError> {
    let simulator = Simulator::new(seed, builtin_payers()).save().map_err(|error| spoiled(path, &error))?;
    Ok(Memory { now, delivered: Vec::new(), simulator })
}

fn keep(path: &Path, memory: &Memory) -> Result<(), CarrierError> {
    write(path, serde_json::to_string(memory).map_err(|error| spoiled(path, &error))?.as_bytes())
}

fn spoiled(path: &Path, error: &serde_json::Error) -> CarrierError {
    let place = format!("line {}, column {}", error.line(), error.column());
    CarrierError(format!(
        "{}: {place}: this is no memory of the simulator. Move the file away to begin with new payers.",
        path.display()
    ))
}

fn trouble(path: &Path, error: &std::io::Error) -> CarrierError {
    CarrierError(format!("{}: {error}. Check the name and the rights of the file.", path.display()))
}

/// Whole files of the outbox: names carry the control number, so they sort as they were sent.
fn names(outbox: &Path) -> Result<Vec<String>, CarrierError> {
    let entries = std::fs::read_dir(outbox).map_err(|error| trouble(outbox, &error))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    Ok(names)
}

/// Files of the outbox that were not taken yet.
fn new_files(outbox: &Path, delivered: &[String]) -> Result<Vec<(String, Vec<u8>)>, CarrierError> {
    let new = names(outbox)?.into_iter().filter(|name| !delivered.contains(name));
    new.map(|name| {
        let path = outbox.join(&name);
        let bytes = std::fs::read(&path).map_err(|error| trouble(&path, &error))?;
        Ok((name, bytes))
    })
    .collect()
}

fn write_answers(inbox: &Path, answers: &[OutboundFile]) -> Result<(), CarrierError> {
    answers.iter().try_for_each(|file| write(&inbox.join(&file.name), &file.bytes))
}

/// Under another name first, so that nobody takes half a file.
fn write(path: &Path, bytes: &[u8]) -> Result<(), CarrierError> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".");
    unfinished.push(UNFINISHED);
    std::fs::write(&unfinished, bytes)
        .and_then(|()| std::fs::rename(&unfinished, path))
        .map_err(|error| trouble(path, &error))
}
