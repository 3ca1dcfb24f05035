//! A reason that somebody gives in words, for an auditor to read. Never judges what it says, only that it says something.

use crate::Error;

/// Fewest characters of a reason: shorter ones say nothing.
const SHORTEST: usize = 8;

/// The reason without spaces around it.
///
/// # Errors
/// `Invalid` at the field `reason`, with `ask` as the words, for one that says nothing.
pub(crate) fn given<'a>(words: &'a str, ask: &str) -> Result<&'a str, Error> {
    let words = words.trim();
    if words.chars().count() < SHORTEST {
        return Err(Error::invalid("reason", ask));
    }
    Ok(words)
}
