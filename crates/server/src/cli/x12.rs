//! Commands for X12 files on disk: what a receiver would say of them, what stands in them, and tools that cut, join,
//! compare and redact them. They open no database; the work is done by the engine, here are arguments and output.

mod acknowledge;
mod check;
mod compare;
pub(super) mod files;
mod rewrite;

use std::io::Write;

use clap::{Args, Subcommand};

use self::files::{Answer, Inputs, Opened, Source};
use super::{Done, Failure};
use ::x12::{render, tools};

/// How many siblings of one kind `tree` prints before it counts the rest.
const SIBLINGS: usize = 20;

/// Commands for X12 files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what a receiver would say of files: accepted, rejected or unreadable, and why
    Check(check::Arguments),
    /// Print files readably: loops, elements and codes with their names, problems below their segments
    Show(Show),
    /// Write the acknowledgments that a receiver would send: TA1, 999, 277CA
    Ack(acknowledge::Arguments),
    /// Print the loops of files as a tree; shows no data
    Tree(Tree),
    /// Tell what two files say differently, by meaning; ends with 1 where they differ
    Diff(compare::Diff),
    /// Cut a file by transactions or claims; every part is a whole interchange
    Split(rewrite::Split),
    /// Join files that go the same way into one interchange
    Merge(rewrite::Merge),
    /// Print files as JSON, nested by loop; from-json gives the same bytes back
    Json(Json),
    /// Turn the JSON of x12 json back into the file
    FromJson(rewrite::FromJson),
    /// Replace names, addresses, ids, birth dates and free text; lengths and verdicts stay
    Redact(rewrite::Redact),
    /// Count what files hold
    Stats(compare::Stats),
}

/// What to show.
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    inputs: Inputs,
    /// Print each segment also as the file has it
    #[arg(long)]
    raw: bool,
}

/// What to print as JSON.
#[derive(Debug, Args)]
pub struct Json {
    #[command(flatten)]
    inputs: Inputs,
}

/// Which tree.
#[derive(Debug, Args)]
pub struct Tree {
    #[command(flatten)]
    inputs: Inputs,
    /// Print so many siblings of one kind in a row, and count the others
    #[arg(long, value_name = "COUNT", default_value_t = SIBLINGS)]
    most: usize,
}

/// Runs the command.
pub fn run(command: &Command) -> Result<Done, Failure> {
    match command {
        Command::Check(arguments) => check::run(arguments),
        Command::Show(arguments) => {
            let threads = arguments.inputs.threads_a_file();
            arguments.inputs.each_passing(|source, out| show(source, arguments.raw, threads, out))
        }
        Command::Ack(arguments) => acknowledge::run(arguments),
        Command::Tree(arguments) => arguments.inputs.each_passing(|source, out| {
            passing(source, out, |opened, out| {
                titled(source, out, |out| render::write_tree(opened, arguments.most, out))
            })
        }),
        Command::Diff(arguments) => compare::diff(arguments),
        Command::Split(arguments) => rewrite::split(arguments),
        Command::Merge(arguments) => rewrite::merge(arguments),
        Command::Json(arguments) => arguments.inputs.each_passing(|source, out| {
            passing(source, out, |opened, out| {
                let is_x12 = tools::write_json(opened, out)?;
                out.write_all(if is_x12 { b"\n" } else { b"" })?;
                Ok(is_x12)
            })
        }),
        Command::FromJson(arguments) => rewrite::from_json(arguments),
        Command::Redact(arguments) => rewrite::redact(arguments),
        Command::Stats(arguments) => compare::stats(arguments),
    }
}

/// Checks a file, then shows it as it is read once more.
fn show(source: &Source, raw: bool, threads: usize, out: &mut dyn Write) -> Answer {
    let mut opened = match source.open() {
        Ok(opened) => opened,
        Err(words) => return Answer::unreadable(Vec::new(), words),
    };
    let tables = &app::x12_file::OurTables;
    let checked = ::x12::check_reader_on(&mut opened, tables, &::x12::Rules::default(), threads);
    let shown = checked.and_then(|checked| {
        let mut again = opened.again(source).map_err(std::io::Error::other)?;
        let options = render::ShowOptions { raw, checked: Some(&checked) };
        let is_x12 = titled(source, out, |out| render::write_show(&mut again, tables, options, out))?;
        Ok((checked.verdict, is_x12))
    });
    match shown {
        Ok((::x12::Verdict::Rejected | ::x12::Verdict::Unreadable, true)) => Answer::with_findings(Vec::new()),
        Ok((_, is_x12)) => Answer::of_passing(&source.name, Ok(is_x12)),
        Err(error) => Answer::of_passing(&source.name, Err(error)),
    }
}

/// Writes something of a file while it is read.
fn passing(
    source: &Source,
    out: &mut dyn Write,
    write: impl FnOnce(&mut Opened, &mut dyn Write) -> std::io::Result<bool>,
) -> Answer {
    match source.open() {
        Ok(mut opened) => Answer::of_passing(&source.name, write(&mut opened, out)),
        Err(words) => Answer::unreadable(Vec::new(), words),
    }
}

/// Writes under the name of the file, where there are several.
fn titled(
    source: &Source,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<bool>,
) -> std::io::Result<bool> {
    let title = if source.is_only { String::new() } else { format!("== {}\n", source.name) };
    write(&mut Titled { title: Some(title), out })
}

/// A title before the first bytes, where there are any.
struct Titled<'o> {
    title: Option<String>,
    out: &'o mut dyn Write,
}

impl Write for Titled<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(title) = self.title.take() {
            self.out.write_all(title.as_bytes())?;
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
