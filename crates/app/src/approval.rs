//! What every request that a second person decides has in common: it waits, it is decided once, by nobody for themselves, and
//! a key is used for one request. Never decides; knows no money.

use billing::UserId;
use billing::access::Actor;

use crate::Error;

/// What a refusal, a withdrawal or an undoing must say.
pub(crate) const SAY_WHY: &str = "Say in a sentence why; who asked reads it.";

/// A request as far as its approval goes.
pub(crate) struct Request<'a> {
    /// "refund", "write-off".
    pub(crate) thing: &'static str,
    /// What people call it: "RF-00001".
    pub(crate) number: &'a str,
    /// Where it is, in words.
    pub(crate) label: &'static str,
    /// Whether it waits for a second person.
    pub(crate) waits: bool,
    /// Who asked for it …
    pub(crate) asked_by: UserId,
    /// … with the log-in name.
    pub(crate) asked_by_login: &'a str,
}

impl Request<'_> {
    /// Refuses what was decided already.
    pub(crate) fn must_wait(&self) -> Result<(), Error> {
        if self.waits {
            return Ok(());
        }
        let (thing, number, label) = (capital(self.thing), self.number, self.label.to_lowercase());
        Err(Error::refused(format!("{thing} {number} was decided already: {label}.")))
    }

    /// Refuses who asked for it: the file's owner passes every row of the matrix, and is one person all the same.
    pub(crate) fn must_be_anothers(&self, actor: &Actor) -> Result<(), Error> {
        if actor.user != self.asked_by {
            return Ok(());
        }
        Err(Error::refused("Nobody decides or sends what they asked for themselves. Ask a second person."))
    }

    /// Refuses everybody but who asked for it.
    pub(crate) fn must_be_own(&self, actor: &Actor) -> Result<(), Error> {
        if actor.user == self.asked_by {
            return Ok(());
        }
        Err(Error::refused(format!("Only {} can withdraw this request.", self.asked_by_login)))
    }

    /// The key of a form was used for this request, which is another one.
    pub(crate) fn used_key(&self) -> Error {
        Error::refused(format!(
            "This request's key was used for {} {}, which is another one. Look at it; for a new one open a new form.",
            self.thing, self.number
        ))
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
