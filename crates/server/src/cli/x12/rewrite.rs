//! The tools that make other files: `json`, `from-json`, `split`, `merge`, `redact`. None writes over a file that is
//! there.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use x12::tools::{self, NotFromJson, NotMerged, NotSplit, RedactOptions, SplitBy};

use super::files::{self, Answer, Inputs, Opened, Source};
use super::{Done, Failure};

/// Which file.
#[derive(Debug, Args)]
pub struct FromJson {
    /// The JSON that `x12 json` printed; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write here instead of to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What to cut, and where.
#[derive(Debug, Args)]
pub struct Split {
    /// The file; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// At most so many transaction sets a part
    #[arg(long, value_name = "COUNT", required_unless_present = "claims", conflicts_with = "claims")]
    transactions: Option<usize>,
    /// At most so many claims of an 837 a part, with their providers and subscribers
    #[arg(long, value_name = "COUNT")]
    claims: Option<usize>,
    /// The folder for the parts; it is made where it is missing
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

/// What to join.
#[derive(Debug, Args)]
pub struct Merge {
    #[command(flatten)]
    inputs: Inputs,
    /// Write here instead of to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What to redact, and how.
#[derive(Debug, Args)]
pub struct Redact {
    #[command(flatten)]
    inputs: Inputs,
    /// The same seed gives the same replacements; keep it secret, or use one once
    #[arg(long, value_name = "TEXT")]
    seed: String,
    /// Leave names, addresses and ids of payers and other organizations
    #[arg(long)]
    keep_organizations: bool,
    /// The folder for the redacted files, under their own names; without this, standard output
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Turns JSON back into the file, while it is read.
pub fn from_json(arguments: &FromJson) -> Result<Done, Failure> {
    let source = Source::of(&arguments.file);
    let opened = source.open().map_err(Failure::Unreadable)?;
    let again = |byte: u64| -> io::Result<Box<dyn Read + '_>> { opened.from(&source, byte) };
    into(arguments.out.as_deref(), |out| {
        tools::write_from_json(&again, out).map_err(|error| match error {
            NotFromJson::Refused(error) => Failure::Unreadable(format!("{}: {error}.", source.name)),
            NotFromJson::File(error) => Failure::Unreadable(format!("{}: {error}.", source.name)),
            NotFromJson::Output(error) => cannot_write(&error),
        })
    })
}

/// Cuts a file into parts `NAME-001.x12` and so on, while it is read.
pub fn split(arguments: &Split) -> Result<Done, Failure> {
    let source = Source::of(&arguments.file);
    let opened = source.open().map_err(Failure::Unreadable)?;
    let by = match (arguments.transactions, arguments.claims) {
        (Some(count), _) => SplitBy::Transactions(count),
        (None, claims) => SplitBy::Claims(claims.unwrap_or(0)),
    };
    let stem = arguments.file.file_stem().map_or("part".into(), |stem| stem.to_string_lossy().into_owned());
    let mut parts = PartFiles { folder: &arguments.out, stem, open: None, refused: None };
    let again = |byte: u64| -> io::Result<Box<dyn Read + '_>> { opened.from(&source, byte) };
    let written = tools::write_split(&again, by, &mut parts);
    parts.discard_unfinished();
    let name = &source.name;
    match written {
        Ok(()) => Ok(Done::Clean),
        Err(NotSplit::Refused(error)) => Err(Failure::Refused(format!("{name}: {error}."))),
        Err(NotSplit::File(error)) => Err(Failure::Unreadable(format!("{name}: {error}."))),
        Err(NotSplit::Output(error)) => {
            Err(parts.refused.unwrap_or_else(|| Failure::Unreadable(format!("The parts cannot be written: {error}."))))
        }
    }
}

/// The parts of a file as files in a folder; the name of each that is whole is printed.
struct PartFiles<'p> {
    folder: &'p Path,
    stem: String,
    open: Option<(PathBuf, io::BufWriter<std::fs::File>)>,
    /// Why a part could not be begun.
    refused: Option<Failure>,
}

impl PartFiles<'_> {
    /// What is not whole must not be taken for a part.
    fn discard_unfinished(&mut self) {
        if let Some((path, file)) = self.open.take() {
            drop(file);
            let _ = std::fs::remove_file(path);
        }
    }
}

impl tools::Parts for PartFiles<'_> {
    fn begin(&mut self, index: usize, of: usize) -> io::Result<()> {
        let width = of.to_string().len().max(3);
        let path = self.folder.join(format!("{}-{:0width$}.x12", self.stem, index + 1));
        let created = folder(self.folder).and_then(|()| files::create_new(&path));
        match created {
            Ok(file) => {
                self.open = Some((path, io::BufWriter::new(file)));
                Ok(())
            }
            Err(failure) => Err(io::Error::other(self.refused.insert(failure).to_string())),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open.iter_mut().try_for_each(|(_, file)| file.write_all(bytes))
    }

    fn end(&mut self) -> io::Result<()> {
        self.open.iter_mut().try_for_each(|(_, file)| file.flush())?;
        if let Some((path, _)) = self.open.take() {
            super::super::output::line(&path.display().to_string());
        }
        Ok(())
    }
}

/// Joins files into one interchange, while they are read.
pub fn merge(arguments: &Merge) -> Result<Done, Failure> {
    let sources = arguments.inputs.sources()?;
    let opened: Vec<Opened> =
        sources.iter().map(Source::open).collect::<Result<_, _>>().map_err(Failure::Unreadable)?;
    let again = |file: usize, byte: u64| -> io::Result<Box<dyn Read + '_>> { opened[file].from(&sources[file], byte) };
    into(arguments.out.as_deref(), |out| {
        tools::write_merged(&again, sources.len(), out).map_err(|error| match error {
            NotMerged::Refused(error) => Failure::Refused(format!("Nothing was joined: {error}.")),
            NotMerged::File { file, error } => {
                Failure::Unreadable(format!("{}: {error}.", sources[file.saturating_sub(1)].name))
            }
            NotMerged::Output(error) => cannot_write(&error),
        })
    })
}

/// Redacts files.
pub fn redact(arguments: &Redact) -> Result<Done, Failure> {
    if let Some(out) = &arguments.out {
        folder(out)?;
    }
    let options = RedactOptions { seed: &arguments.seed, keep_organizations: arguments.keep_organizations };
    arguments.inputs.each_passing(|source, out| {
        let mut opened = match source.open() {
            Ok(opened) => opened,
            Err(words) => return Answer::unreadable(Vec::new(), words),
        };
        let Some(folder) = &arguments.out else {
            return Answer::of_passing(&source.name, tools::write_redacted(&mut opened, options, out));
        };
        let name = Path::new(&source.name).file_name().map_or("redacted.x12".into(), std::ffi::OsStr::to_os_string);
        let path = folder.join(name);
        match files::create_new(&path) {
            Ok(file) => {
                let mut file = io::BufWriter::new(file);
                let written = tools::write_redacted(&mut opened, options, &mut file);
                let written = written.and_then(|is_x12| file.flush().map(|()| is_x12));
                if !matches!(written, Ok(true)) {
                    // What is not whole must not be taken for the redacted file.
                    let _ = std::fs::remove_file(&path);
                }
                Answer::of_passing(&source.name, written)
            }
            Err(failure) => Answer::refused(failure.to_string()),
        }
    })
}

fn folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::file(path, &error))
}

/// Writes a new file, or standard output. What is not whole is not left behind.
fn into(out: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<Done, Failure> {
    let Some(path) = out else {
        let mut printing = files::Printing::default();
        write(&mut printing)?;
        printing.flush().map_err(|error| cannot_write(&error))?;
        return Ok(Done::Clean);
    };
    let mut file = io::BufWriter::new(files::create_new(path)?);
    let written = write(&mut file).and_then(|()| file.flush().map_err(|error| Failure::file(path, &error)));
    if written.is_err() {
        drop(file);
        let _ = std::fs::remove_file(path);
    }
    written.map(|()| Done::Clean)
}

fn cannot_write(error: &io::Error) -> Failure {
    Failure::Unreadable(format!("The output cannot be written: {error}. Make room, or name another place."))
}
