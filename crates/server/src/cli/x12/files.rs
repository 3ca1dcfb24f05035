//! Many files at once: named files, whole folders, standard input; worked on in parallel, answered in order, with a
//! progress bar on a terminal.
//!
//! Knows nothing of X12.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use clap::Args;

use super::super::{Done, Failure};

/// Answers that wait for an earlier one: beyond these the workers wait too, so that memory stays bounded.
const WAITING: usize = 64;
/// Output of several files is held so that it comes in order; with a longer file among them, one file is worked on after
/// the other and nothing is held.
const LONGEST_SIDE_BY_SIDE: u64 = 16 * 1024 * 1024;
/// Tools that look at a whole file at once hold it: some times its length in memory, so longer ones are refused.
pub const LONGEST_HELD: u64 = 512 * 1024 * 1024;
/// Folders in folders: deeper ones are links that lead back, or a mistake.
const DEEPEST: usize = 32;
/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Which files.
#[derive(Debug, Args)]
pub struct Inputs {
    /// Files, or folders with all files in them; - reads standard input, at most 512 MB
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// One file, read.
pub struct Input {
    /// As it was named, or found.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// One file, not read yet.
pub struct Source {
    /// As it was named, or found.
    pub name: String,
    path: PathBuf,
    /// There is no other.
    pub is_only: bool,
}

impl Source {
    /// One file by its path; `-` is standard input.
    pub fn of(path: &Path) -> Source {
        Source { name: path.display().to_string(), path: path.to_owned(), is_only: true }
    }

    /// Opens it, to be read in blocks and asked for single bytes again. Standard input and pipes are kept in memory.
    pub fn open(&self) -> Result<Opened, String> {
        let is_pipe = std::fs::metadata(&self.path).is_ok_and(|found| !found.is_file());
        if self.path.as_os_str() == STANDARD_INPUT || is_pipe {
            return read(&self.path).map(|bytes| Opened::Memory(std::io::Cursor::new(bytes.into())));
        }
        let opened = std::fs::File::open(&self.path).map(Opened::File);
        opened.map_err(|error| Failure::file(&self.path, &error).to_string())
    }
}

/// A file that can be read from its beginning and looked into.
pub enum Opened {
    /// Read in blocks.
    File(std::fs::File),
    /// Held whole.
    Memory(std::io::Cursor<Arc<[u8]>>),
}

impl Read for &mut Opened {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Opened::File(file) => file.read(buffer),
            Opened::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Opened {
    /// The same file once more, from its beginning.
    pub fn again(&self, source: &Source) -> Result<Opened, String> {
        match self {
            Opened::File(_) => source.open(),
            Opened::Memory(bytes) => Ok(Opened::Memory(std::io::Cursor::new(Arc::clone(bytes.get_ref())))),
        }
    }

    /// The same file once more, from a byte on.
    pub fn from(&self, source: &Source, byte: u64) -> std::io::Result<Box<dyn Read>> {
        match self {
            Opened::File(_) => {
                let mut file = std::fs::File::open(&source.path)?;
                file.seek(SeekFrom::Start(byte))?;
                Ok(Box::new(file))
            }
            Opened::Memory(bytes) => {
                let mut bytes = std::io::Cursor::new(Arc::clone(bytes.get_ref()));
                bytes.set_position(byte);
                Ok(Box::new(bytes))
            }
        }
    }

    /// Some bytes; fewer where the file ends or can no longer be read.
    pub fn bytes_at(&self, range: Range<u64>) -> Vec<u8> {
        let length = range.end.saturating_sub(range.start);
        let mut bytes = Vec::new();
        // What cannot be shown is left out: the verdict stands without it.
        let _ = match self {
            Opened::File(file) => {
                let mut file: &std::fs::File = file;
                file.seek(SeekFrom::Start(range.start)).and_then(|_| file.take(length).read_to_end(&mut bytes))
            }
            Opened::Memory(all) => {
                let mut all = std::io::Cursor::new(&all.get_ref()[..]);
                all.set_position(range.start);
                all.take(length).read_to_end(&mut bytes)
            }
        };
        bytes
    }
}

/// What is said of one file.
pub struct Answer {
    /// For standard output.
    pub output: Vec<u8>,
    outcome: Outcome,
}

enum Outcome {
    Clean,
    Findings,
    /// With words for standard error.
    Unreadable(String),
    /// With words for standard error.
    Refused(String),
}

impl Answer {
    /// Nothing to look at.
    pub fn clean(output: impl Into<Vec<u8>>) -> Answer {
        Answer { output: output.into(), outcome: Outcome::Clean }
    }

    /// There is something to look at.
    pub fn with_findings(output: impl Into<Vec<u8>>) -> Answer {
        Answer { output: output.into(), outcome: Outcome::Findings }
    }

    /// The file cannot be read as what it should be.
    pub fn unreadable(output: impl Into<Vec<u8>>, words: impl Into<String>) -> Answer {
        Answer { output: output.into(), outcome: Outcome::Unreadable(words.into()) }
    }

    /// The file could be read, and what was asked cannot be done with it.
    pub fn refused(words: impl Into<String>) -> Answer {
        Answer { output: Vec::new(), outcome: Outcome::Refused(words.into()) }
    }

    /// There is no interchange in the file.
    pub fn not_x12(name: &str) -> Answer {
        let words =
            format!("{name}: this cannot be read as X12: no ISA was found. Check that it is the file you mean.");
        Answer::unreadable(Vec::new(), words)
    }

    /// Clean where there was an interchange in a file that was read to its end.
    pub fn of_passing(name: &str, read: std::io::Result<bool>) -> Answer {
        match read {
            Ok(true) => Answer::clean(Vec::new()),
            Ok(false) => Answer::not_x12(name),
            Err(error) => Answer::unreadable(Vec::new(), format!("{name}: {error}.")),
        }
    }
}

impl Inputs {
    /// Works on every file as it is read, and prints what is written in order: several files at a time where they are
    /// short, else one after the other with nothing held. Under the name of each file where there are several. A file
    /// that cannot be opened is answered too; the worst answer gives the exit code.
    pub fn each_passing(&self, work: impl Fn(&Source, &mut dyn Write) -> Answer + Sync) -> Result<Done, Failure> {
        let places = self.places();
        let one = |place: &Place, out: &mut dyn Write| match &place.source {
            Ok(path) => work(&Source { name: place.name.clone(), path: path.clone(), is_only: places.len() == 1 }, out),
            Err(words) => Answer::unreadable(Vec::new(), words.clone()),
        };
        if places.len() > 1 && places.iter().all(Place::is_short) {
            return in_parallel(&places, |place| {
                let mut held = Vec::new();
                let mut answer = one(place, &mut held);
                answer.output = held;
                answer
            });
        }
        let mut printer = Printer::new(places.len());
        for (at, place) in places.iter().enumerate() {
            let mut out = Printing::default();
            let mut answer = one(place, &mut out);
            // What is left goes out with the answer.
            answer.output = out.waiting;
            printer.take(at, answer);
        }
        printer.end()
    }

    /// Works on every file, several at a time, and prints the answers in order; has an answer of its own for files that
    /// cannot be opened.
    pub fn each_source(
        &self,
        work: impl Fn(&Source) -> Answer + Sync,
        closed: impl Fn(&str, String) -> Answer + Sync,
    ) -> Result<Done, Failure> {
        in_parallel(&self.places(), |place| match &place.source {
            Ok(path) => work(&Source { name: place.name.clone(), path: path.clone(), is_only: self.files.len() == 1 }),
            Err(words) => closed(&place.name, words.clone()),
        })
    }

    /// How many threads the work on one file may take: more than one where there are fewer files than processors.
    pub fn threads_a_file(&self) -> usize {
        (processors() / self.places().len().max(1)).max(1)
    }

    /// Every file in order, not read yet.
    pub fn sources(&self) -> Result<Vec<Source>, Failure> {
        let places = self.places();
        let is_only = places.len() == 1;
        let source = |place: Place| {
            let path = place.source.map_err(Failure::Unreadable)?;
            Ok(Source { name: place.name, path, is_only })
        };
        places.into_iter().map(source).collect()
    }

    fn places(&self) -> Vec<Place> {
        self.files.iter().flat_map(|path| places(path)).collect()
    }
}

/// One file, read; `-` is standard input.
pub fn one(path: &Path) -> Result<Input, Failure> {
    let bytes = read(path).map_err(Failure::Unreadable)?;
    Ok(Input { name: path.display().to_string(), bytes })
}

/// A file, or why there is none.
struct Place {
    name: String,
    source: Result<PathBuf, String>,
}

impl Place {
    /// Whether its output may be held.
    fn is_short(&self) -> bool {
        let Ok(path) = &self.source else { return true };
        let length = std::fs::metadata(path).map(|found| found.len());
        path.as_os_str() != STANDARD_INPUT && length.is_ok_and(|length| length <= LONGEST_SIDE_BY_SIDE)
    }
}

/// Standard output, some bytes at a time.
#[derive(Default)]
pub struct Printing {
    waiting: Vec<u8>,
}

impl Write for Printing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        const AT_ONCE: usize = 64 * 1024;
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= AT_ONCE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        write(&self.waiting);
        self.waiting.clear();
        Ok(())
    }
}

fn places(path: &Path) -> Vec<Place> {
    let name = path.display().to_string();
    if !path.is_dir() {
        return vec![Place { name, source: Ok(path.to_owned()) }];
    }
    let mut found = Vec::new();
    walk(path, 0, &mut found);
    if found.is_empty() {
        let words = format!("{name}: the folder holds no file. Check that it is the folder you mean.");
        return vec![Place { name, source: Err(words) }];
    }
    found
}

/// Files of a folder by name; hidden ones are left out.
fn walk(folder: &Path, depth: usize, found: &mut Vec<Place>) {
    let name = folder.display().to_string();
    if depth > DEEPEST {
        let words = format!("{name}: folders are nested too deep here. Name the inner folder.");
        return found.push(Place { name, source: Err(words) });
    }
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let words = Failure::file(folder, &error).to_string();
            return found.push(Place { name, source: Err(words) });
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, depth + 1, found);
        } else {
            found.push(Place { name: path.display().to_string(), source: Ok(path) });
        }
    }
}

/// Reads a file that is held, if it is not too long for that.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    // One byte more tells that there is more.
    let most = LONGEST_HELD + 1;
    let (name, read) = if path.as_os_str() == STANDARD_INPUT {
        let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
        let told = read.map_err(|error| format!("Standard input cannot be read: {error}."));
        ("Standard input".to_owned(), told)
    } else {
        let read = std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
        (path.display().to_string(), read.map_err(|error| Failure::file(path, &error).to_string()))
    };
    if read? as u64 == most {
        return Err(format!(
            "{name}: longer than {} MB, which is the most that is held in memory. Split the file first; only diff holds \
             named files, every other command reads them piece by piece.",
            LONGEST_HELD / (1024 * 1024)
        ));
    }
    Ok(bytes)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Answers every place on as many threads as there are processors; prints in order.
fn in_parallel(places: &[Place], answer: impl Fn(&Place) -> Answer + Sync) -> Result<Done, Failure> {
    let next = AtomicUsize::new(0);
    let threads = processors().min(places.len()).max(1);
    let (sender, answers) = mpsc::sync_channel::<(usize, Answer)>(WAITING);
    let mut printer = Printer::new(places.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (next, answer) = (&next, &answer);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(place) = places.get(at) else { return };
                    // The printer is gone only when this process ends.
                    let _ = sender.send((at, answer(place)));
                }
            });
        }
        drop(sender);
        for (at, answer) in answers {
            printer.take(at, answer);
        }
    });
    printer.end()
}

/// Puts answers in order and keeps the worst.
struct Printer {
    waiting: BTreeMap<usize, Answer>,
    next: usize,
    count: usize,
    shows_progress: bool,
    has_findings: bool,
    unreadable: Vec<String>,
    refused: Vec<String>,
}

impl Printer {
    fn new(count: usize) -> Printer {
        Printer {
            waiting: BTreeMap::new(),
            next: 0,
            count,
            shows_progress: count > 1 && std::io::stderr().is_terminal() && !is_dumb(),
            has_findings: false,
            unreadable: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn take(&mut self, at: usize, answer: Answer) {
        self.waiting.insert(at, answer);
        while let Some(answer) = self.waiting.remove(&self.next) {
            self.next += 1;
            write(&answer.output);
            match answer.outcome {
                Outcome::Clean => {}
                Outcome::Findings => self.has_findings = true,
                Outcome::Unreadable(words) => self.unreadable.push(words),
                Outcome::Refused(words) => self.refused.push(words),
            }
        }
        if self.shows_progress {
            draw_bar(self.next, self.count);
        }
    }

    fn end(self) -> Result<Done, Failure> {
        if self.shows_progress {
            clear_bar();
        }
        if !self.unreadable.is_empty() {
            return Err(Failure::Unreadable([self.unreadable, self.refused].concat().join("\n")));
        }
        if !self.refused.is_empty() {
            return Err(Failure::Refused(self.refused.join("\n")));
        }
        Ok(if self.has_findings { Done::WithFindings } else { Done::Clean })
    }
}

/// A progress bar stands on the last line of the terminal: what is printed next must take it away before.
static BAR_IS_DRAWN: AtomicBool = AtomicBool::new(false);

/// A terminal that knows no control sequences would show them.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Draws the bar, or the next state of it, on one line of standard error.
fn draw_bar(done: usize, count: usize) {
    const WIDTH: usize = 30;
    let filled = WIDTH * done / count.max(1);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(WIDTH - filled));
    BAR_IS_DRAWN.store(true, Ordering::Relaxed);
    // Progress that nobody can see is no failure.
    let _ = write!(std::io::stderr(), "\r{bar} {done} of {count} files\x1b[K");
}

fn clear_bar() {
    if BAR_IS_DRAWN.swap(false, Ordering::Relaxed) {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

/// Bytes on standard output. Where the reader has gone away (`| head`) there is nobody left to tell.
pub fn write(bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    clear_bar();
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Opens a new file for writing; never one that is there.
pub fn create_new(path: &Path) -> Result<std::fs::File, Failure> {
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    opened.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::Refused(format!("{} is there already. Name another, or move it away.", path.display()))
        }
        _ => Failure::file(path, &error),
    })
}
