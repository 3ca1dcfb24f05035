//! Commands for X12 files on disk: what a receiver would say of them, and what stands in them. They open no database.

use std::path::PathBuf;

use app::x12_file::{self, CheckedFile};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::line;
use super::{Done, Failure};

/// Commands for X12 files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what a receiver would say of files: accepted, rejected or unreadable, and why
    Check(Check),
    /// Print the segments of a file, with its problems below them
    Show(Show),
}

/// Which files.
#[derive(Debug, Args)]
pub struct Check {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object a file
    #[arg(long)]
    json: bool,
}

/// Which file.
#[derive(Debug, Args)]
pub struct Show {
    /// The file
    file: PathBuf,
}

/// Runs the command.
pub fn run(command: &Command) -> Result<Done, Failure> {
    match command {
        Command::Check(arguments) => check(arguments),
        Command::Show(arguments) => show(arguments),
    }
}

/// Every file gets its answer, also one that cannot be opened; unreadable ones are told again at the end.
fn check(arguments: &Check) -> Result<Done, Failure> {
    let mut done = Done::Clean;
    let mut unreadable = Vec::new();
    for file in &arguments.files {
        let name = file.display().to_string();
        let checked = match x12_file::check_file(file) {
            Ok(checked) => checked,
            Err(error) => {
                let words = Failure::file(file, &error).to_string();
                if arguments.json {
                    line(&closed_file(&name, &error).to_string());
                }
                unreadable.push(words);
                continue;
            }
        };
        if checked.verdict == x12_file::UNREADABLE {
            unreadable.push(format!("{name}: this cannot be read as X12. Check that it is the file you mean."));
        } else if !checked.is_accepted {
            done = Done::WithFindings;
        }
        if arguments.json {
            line(&as_json(&name, &checked).to_string());
        } else {
            print(&name, &checked);
        }
    }
    if unreadable.is_empty() { Ok(done) } else { Err(Failure::Unreadable(unreadable.join("\n"))) }
}

/// The object of a file that the system does not open.
fn closed_file(file: &str, error: &std::io::Error) -> Value {
    let (message, remedy) =
        (format!("The file cannot be opened: {error}."), "Check the name and the rights of the file.");
    let problem = json!({
        "severity": "error", "code": "FILE", "snip": 1, "segment": 0, "loop": "", "place": "", "offset": 0, "length": 0,
        "rule": "file", "text": message, "message": message, "remedy": remedy,
    });
    json!({
        "file": file, "verdict": x12_file::UNREADABLE, "problems": [problem], "further_problems": 0, "segments": 0,
    })
}

fn as_json(file: &str, checked: &CheckedFile) -> Value {
    let problems: Vec<Value> = checked
        .problems
        .iter()
        .map(|problem| {
            json!({
                "severity": problem.severity, "code": problem.code, "snip": problem.snip, "segment": problem.segment,
                "loop": problem.loop_id, "place": problem.place, "offset": problem.span.0, "length": problem.span.1,
                "rule": problem.rule, "text": format!("{}: {}", problem.place, problem.message), "message": problem.message, "remedy": problem.remedy,
            })
        })
        .collect();
    json!({
        "file": file, "verdict": checked.verdict, "problems": problems, "further_problems": checked.further_problems,
        "segments": checked.segments,
    })
}

fn print(file: &str, checked: &CheckedFile) {
    line(&format!("{file}: {}", checked.verdict));
    for problem in &checked.problems {
        line(&format!(
            "  {} {} at segment {}, {}: {} {}",
            problem.severity, problem.code, problem.segment, problem.place, problem.message, problem.remedy
        ));
    }
    if checked.further_problems > 0 {
        line(&format!("  … and {} more of these", checked.further_problems));
    }
}

fn show(arguments: &Show) -> Result<Done, Failure> {
    let bytes = std::fs::read(&arguments.file).map_err(|error| Failure::file(&arguments.file, &error))?;
    let checked = x12_file::check(&bytes);
    let segments = x12_file::segments(&bytes);
    if segments.is_empty() {
        let words = format!("{}: this is not an X12 file: it does not begin with ISA.", arguments.file.display());
        return Err(Failure::Unreadable(words));
    }
    for (index, (depth, text)) in segments.iter().enumerate() {
        line(&format!("{:>6}  {}{text}", index + 1, "  ".repeat(*depth)));
        for problem in checked.problems.iter().filter(|problem| usize::try_from(problem.segment) == Ok(index + 1)) {
            line(&format!("        ^ {} {}: {} {}", problem.severity, problem.place, problem.message, problem.remedy));
        }
    }
    Ok(if checked.is_accepted { Done::Clean } else { Done::WithFindings })
}
