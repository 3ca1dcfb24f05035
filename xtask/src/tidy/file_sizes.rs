//! Rule: a hand-written Rust file has at most 800 lines, and past 400 it is named as a warning.
//! Size is the earliest sign of two ideas in one room.

use super::{SourceFile, rust_files};
use crate::workspace::Workspace;

/// Past this a file is mentioned.
const SOFT_LIMIT: usize = 400;
/// Past this tidy fails.
const HARD_LIMIT: usize = 800;

/// Files that may be longer, with their present length. This list only shrinks: a shorter file takes its new
/// length, and leaves the list below the hard limit.
const EXCEPTIONS: [(&str, usize); 0] = [];

/// Generated tables are data, not something to read.
fn is_generated(source: &SourceFile) -> bool {
    source.text.lines().take(5).any(|line| line.contains("@generated"))
}

/// Counts the lines of each Rust file.
pub fn check(_workspace: &Workspace, sources: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut soft = Vec::new();
    for source in rust_files(sources).filter(|source| !is_generated(source)) {
        let lines = source.text.lines().count();
        let exception = EXCEPTIONS.iter().find(|(name, _)| *name == source.name);
        match exception {
            Some((name, allowed)) if lines > *allowed => {
                problems.push(format!("{name} grew from {allowed} to {lines} lines: split it instead"));
            }
            Some((name, allowed)) if lines < *allowed => {
                problems.push(format!("{name} shrank to {lines} lines: say so in the exception list"));
            }
            Some(_) => {}
            None if lines > HARD_LIMIT => {
                problems.push(format!("{} has {lines} lines, over {HARD_LIMIT}", source.name));
            }
            None if lines > SOFT_LIMIT => soft.push(format!("{} ({lines})", source.name)),
            None => {}
        }
    }
    if !soft.is_empty() {
        println!("over {SOFT_LIMIT} lines, worth a look: {}", soft.join(", "));
    }
    problems
}
