//! A reason that somebody gives in words, for an auditor to read. Never judges what it says, only that it says something.

use billing::patient_payment::holds_card_number;

use crate::Error;

/// Fewest characters of a reason: shorter ones say nothing.
const SHORTEST: usize = 8;
/// Most characters of a reason: a paragraph. What is longer is a document, and hides what stands beside it in a list.
const LONGEST: usize = 500;

/// The reason without spaces around it.
///
/// # Errors
/// `Invalid` at the field `reason`: with `ask` as the words for one that says nothing, for one that is longer than a
/// paragraph, and for one that holds a card's number.
pub(crate) fn given<'a>(words: &'a str, ask: &str) -> Result<&'a str, Error> {
    let words = words.trim();
    if words.chars().count() < SHORTEST {
        return Err(Error::invalid("reason", ask));
    }
    if words.chars().count() > LONGEST {
        return Err(Error::invalid("reason", format!("At most {LONGEST} characters; keep a longer text elsewhere.")));
    }
    if holds_card_number(words) {
        return Err(Error::invalid(
            "reason",
            "This holds what looks like a card number. Nothing was kept; name the card by its last four digits.",
        ));
    }
    Ok(words)
}

/// Longest name of somebody who gets cash.
const LONGEST_NAME: usize = 80;

/// A name without spaces around it.
///
/// # Errors
/// `Invalid` at the field, with `ask` as the words.
pub(crate) fn named<'a>(field: &str, words: &'a str, ask: &str) -> Result<&'a str, Error> {
    let words = words.trim();
    let is_odd = words.is_empty() || words.chars().count() > LONGEST_NAME || words.chars().any(char::is_control);
    if is_odd || holds_card_number(words) { Err(Error::invalid(field, ask)) } else { Ok(words) }
}
