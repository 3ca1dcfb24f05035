//! How a command ends: its exit code and its last words. Words go to standard error, so that what stands on standard
//! output stays readable by another program.

use std::fmt;
use std::process::ExitCode;

use crate::import::Unreadable;

/// Exit code of a command that did its work.
pub const DONE: u8 = 0;
/// Exit code of a command that did its work and found something.
pub const FINDINGS: u8 = 1;
/// Exit code where the arguments or a file cannot be read.
pub const USAGE: u8 = 2;
/// Exit code of a refusal.
pub const REFUSED: u8 = 3;

/// How a command ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Nothing to look at.
    Clean,
    /// There is something to look at.
    WithFindings,
}

/// Why a command did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The arguments or a file cannot be read.
    Unreadable(String),
    /// Not allowed, not found, not possible now.
    Refused(String),
}

impl Failure {
    /// A file that cannot be read, with what the system says.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Failure {
        Failure::Unreadable(format!("{}: {error}. Check the name and the rights of the file.", path.display()))
    }

    /// The same where something may have been changed before it: [`USAGE`] promises that nothing was.
    pub fn after_a_change(self) -> Failure {
        match self {
            Failure::Unreadable(words) => Failure::Refused(format!(
                "{words} What was entered before it stays; import again once it is mended, and the rest is entered."
            )),
            Failure::Refused(words) => Failure::Refused(words),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unreadable(words) | Failure::Refused(words) => out.write_str(words),
        }
    }
}

impl From<Unreadable> for Failure {
    fn from(problems: Unreadable) -> Failure {
        Failure::Unreadable(problems.to_string())
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Failure {
        match error {
            store::StoreError::Open(words) => Failure::Unreadable(sentence(&words)),
            other => Failure::Refused(sentence(&other.to_string())),
        }
    }
}

impl From<app::Error> for Failure {
    fn from(error: app::Error) -> Failure {
        match error {
            app::Error::Invalid { .. } => Failure::Unreadable(sentence(&error.to_string())),
            app::Error::Store(source) => Failure::from(source),
            other => Failure::Refused(sentence(&other.to_string())),
        }
    }
}

/// Capital first, full stop last: errors are sentences. A name of a file keeps its letters.
fn sentence(words: &str) -> String {
    let first_word = words.split([' ', ':']).next().unwrap_or_default();
    if first_word.contains(['.', '/', '\\', '_', '~']) {
        return format!("{words}{}", if words.ends_with(['.', '!', '?']) { "" } else { "." });
    }
    let mut letters = words.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let rest = letters.as_str();
    let stop = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{stop}")
}

/// Prints the last words and gives the exit code.
pub fn exit(outcome: Result<Done, Failure>) -> ExitCode {
    match outcome {
        Ok(Done::Clean) => ExitCode::from(DONE),
        Ok(Done::WithFindings) => ExitCode::from(FINDINGS),
        Err(failure) => {
            eprintln!("{failure}");
            match failure {
                Failure::Unreadable(_) => ExitCode::from(USAGE),
                Failure::Refused(_) => ExitCode::from(REFUSED),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words_are_sentences() {
        assert_eq!(sentence("the file is empty"), "The file is empty.");
        assert_eq!(sentence("Done?"), "Done?");
        assert_eq!(sentence("bk.sqlite exists"), "bk.sqlite exists.");
        assert_eq!(sentence("books/bk: no such file"), "books/bk: no such file.");
    }
}
