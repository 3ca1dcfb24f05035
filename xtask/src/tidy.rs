//! `cargo xtask tidy`: the repository's own rules, checked by a program so that no reviewer has to.
//! Each rule is one file that returns its problems as sentences; none of them changes a file.

mod crate_law;
mod file_sizes;
mod registries;
mod source_text;
mod words;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// A source file, read once for all rules.
pub struct SourceFile {
    /// Below the root, with forward slashes.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// One rule over the repository.
type Rule = fn(&Workspace, &[SourceFile]) -> Vec<String>;

const RULES: [(&str, Rule); 8] = [
    ("crates depend only on what ARCHITECTURE.md allows", crate_law::check),
    ("files stay small", file_sizes::check),
    ("every Rust file says what it is", source_text::module_docs),
    ("no float, SQL or engine where it does not belong", source_text::boundaries),
    ("no path of somebody's machine", source_text::machine_paths),
    ("the glossary's banned words", words::check),
    ("every open-ended file stands in its registry", registries::check),
    ("docs/adding.md names what exists", registries::adding_page),
];

/// Runs every rule and fails with all the problems at once.
pub fn run(workspace: &Workspace) -> Result<()> {
    println!("==> tidy");
    let sources = read_sources(workspace)?;
    let mut count = 0;
    for (title, rule) in RULES {
        let problems = rule(workspace, &sources);
        if problems.is_empty() {
            continue;
        }
        count += problems.len();
        println!("{title}:");
        for problem in problems {
            println!("  {problem}");
        }
    }
    if count > 0 {
        bail!("{count} things to tidy");
    }
    println!("tidy: {} files, {} rules, nothing to mend", sources.len(), RULES.len());
    Ok(())
}

/// Text files only: what is not UTF-8 (pictures, databases of code sets) has no lines to check.
fn read_sources(workspace: &Workspace) -> Result<Vec<SourceFile>> {
    let files: Vec<PathBuf> = workspace.files()?;
    Ok(files
        .into_iter()
        .filter_map(|path| {
            let text = String::from_utf8(std::fs::read(&path).ok()?).ok()?;
            let name = workspace.short(&path).to_string_lossy().replace('\\', "/");
            Some(SourceFile { name, text })
        })
        .collect())
}

/// Rust sources of the workspace.
fn rust_files(sources: &[SourceFile]) -> impl Iterator<Item = &SourceFile> {
    sources.iter().filter(|source| source.name.ends_with(".rs"))
}
