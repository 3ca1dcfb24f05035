//! Commands for X12 files on disk: what a receiver would say of them, what stands in them, and tools that cut, join,
//! compare and redact them. They open no database; the work is done by the engine, here are arguments and output.

mod acknowledge;
mod check;
mod compare;
mod files;
mod rewrite;

use clap::{Args, Subcommand};

use self::files::{Answer, Input, Inputs};
use super::{Done, Failure};
use ::x12::{Document, render};

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
        Command::Show(arguments) => arguments.inputs.each(|input| show(input, arguments.raw)),
        Command::Ack(arguments) => acknowledge::run(arguments),
        Command::Tree(arguments) => arguments.inputs.each(|input| {
            let document = Document::read(&input.bytes);
            if document.is_empty() {
                return Answer::not_x12(input);
            }
            Answer::clean(titled(input, &render::tree(&document, arguments.most)))
        }),
        Command::Diff(arguments) => compare::diff(arguments),
        Command::Split(arguments) => rewrite::split(arguments),
        Command::Merge(arguments) => rewrite::merge(arguments),
        Command::Json(arguments) => arguments.inputs.each(rewrite::json),
        Command::FromJson(arguments) => rewrite::from_json(arguments),
        Command::Redact(arguments) => rewrite::redact(arguments),
        Command::Stats(arguments) => compare::stats(arguments),
    }
}

fn show(input: &Input, raw: bool) -> Answer {
    let document = Document::read(&input.bytes);
    if document.is_empty() {
        return Answer::not_x12(input);
    }
    let checked = ::x12::check(&input.bytes, &app::x12_file::OurTables);
    let options = render::ShowOptions { raw, checked: Some(&checked) };
    let text = titled(input, &render::show(&document, &app::x12_file::OurTables, options));
    if checked.verdict == ::x12::Verdict::Accepted { Answer::clean(text) } else { Answer::with_findings(text) }
}

/// The text under the name of its file, where there are several.
fn titled(input: &Input, text: &str) -> String {
    if input.is_only { text.to_owned() } else { format!("== {}\n{text}", input.name) }
}
