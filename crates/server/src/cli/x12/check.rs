//! `x12 check`: the verdict of each file, with its problems as text, as a page or as JSON.

use std::io::IsTerminal;
use std::path::PathBuf;

use ::x12::render::{self, Detail, TextOptions};
use ::x12::{Checked, Rules, Verdict, check_reader_on};
use app::x12_file::OurTables;
use clap::Args;

use super::files::{Answer, Inputs, Opened, Source};
use super::{Done, Failure};

/// What to check, and how to tell it.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Print one JSON object a file, on one line
    #[arg(long)]
    json: bool,
    /// With --json: also rule, remedy, component, length and what was counted
    #[arg(long, requires = "json")]
    full: bool,
    /// Print a fragment of a web page for each file
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// Show the data of faulty segments; without this, letters are shown as A and digits as 9
    #[arg(long)]
    show_data: bool,
    /// Check also against the rules in this file; may be given several times
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
}

/// Every file gets its answer, also one that cannot be opened; unreadable ones are told again at the end.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let options = TextOptions { color: std::io::stdout().is_terminal() && !is_plain, show_data: arguments.show_data };
    let closed = |name: &str, words: String| {
        let output = if arguments.json { render::unreadable_json(name, &words) + "\n" } else { String::new() };
        Answer::unreadable(output, words)
    };
    let rules = rules(arguments)?;
    let threads = arguments.inputs.threads_a_file();
    let checked = |source: &Source| {
        let opened = source.open()?;
        answer(source, opened, &Terms { arguments, rules: &rules, options, threads })
    };
    let work = |source: &Source| match checked(source) {
        Ok(answer) => answer,
        Err(words) => closed(&source.name, words),
    };
    arguments.inputs.each_source(work, closed)
}

/// The rules that the user brings.
fn rules(arguments: &Arguments) -> Result<Rules, Failure> {
    let mut rules = Rules::default();
    for path in &arguments.rules {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
        rules.load(&name, &text).map_err(|words| Failure::Unreadable(format!("{words}. Correct the rule file.")))?;
    }
    Ok(rules)
}

/// What every file is checked by.
struct Terms<'t> {
    arguments: &'t Arguments,
    rules: &'t Rules,
    options: TextOptions,
    /// How many threads one file may take.
    threads: usize,
}

fn answer(source: &Source, mut opened: Opened, terms: &Terms<'_>) -> Result<Answer, String> {
    let name = &source.name;
    let checked = check_reader_on(&mut opened, &OurTables, terms.rules, terms.threads)
        .map_err(|error| format!("{name}: {error}. Check the name and the rights of the file."))?;
    let output = tell(name, &opened, &checked, terms.arguments, terms.options);
    Ok(match checked.verdict {
        Verdict::Accepted => Answer::clean(output),
        Verdict::Rejected => Answer::with_findings(output),
        Verdict::Unreadable => {
            let words = format!("{name}: this cannot be read as X12. Check that it is the file you mean.");
            Answer::unreadable(output, words)
        }
    })
}

fn tell(name: &str, opened: &Opened, checked: &Checked, arguments: &Arguments, options: TextOptions) -> String {
    if arguments.json {
        let detail = if arguments.full { Detail::Full } else { Detail::Agreed };
        return render::check_json(name, checked, detail) + "\n";
    }
    let bytes_at = |range| opened.bytes_at(range);
    if arguments.html {
        return render::check_html(name, &bytes_at, checked, arguments.show_data);
    }
    render::check_text(name, &bytes_at, checked, options)
}
