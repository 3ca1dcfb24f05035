//! Who is there to work a desk. Reads only.

use billing::access::{Action, Actor, ResourceState, UserState};
use billing::work::Desk;
use billing::{PracticeId, UserId};
use store::users::{ROLES, USERS};
use store::{Conn, params};

use crate::Error;
use crate::access::allow;
use crate::worklist::action_for;

/// A person who is there: active, with the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The id.
    pub id: UserId,
    /// The log-in name.
    pub login: String,
    /// The name that others read.
    pub name: String,
}

/// Who may do something, by name.
///
/// # Errors
/// Of the store.
pub fn who_may(read: &Conn, practice: PracticeId, action: Action) -> Result<Vec<Colleague>, Error> {
    let roles = read.query(&ROLES, params![])?;
    let mut found = Vec::new();
    for user in read.query(&USERS, params![])? {
        let own = roles.iter().filter(|row| row.user_id == user.id).map(|row| row.role).collect();
        let actor = Actor::user(user.id, user.login.clone(), own, practice);
        if user.state == UserState::Active && allow(&actor, action, &ResourceState::default()).is_ok() {
            found.push(Colleague { id: user.id, login: user.login, name: user.display_name });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// Who works a desk, by name.
///
/// # Errors
/// Of the store.
pub fn of_desk(read: &Conn, practice: PracticeId, desk: Desk) -> Result<Vec<Colleague>, Error> {
    who_may(read, practice, action_for(desk))
}

/// The next desk above that somebody works. A practice that has no log-ins yet has no desks either: the next one then.
///
/// # Errors
/// `Refused` where nobody works any desk above: nothing goes into the void.
pub fn next_desk(read: &Conn, practice: PracticeId, from: Desk) -> Result<Option<Desk>, Error> {
    let first = from.above();
    if read.query(&USERS, params![])?.is_empty() {
        return Ok(first);
    }
    let mut next = first;
    while let Some(desk) = next {
        if !of_desk(read, practice, desk)?.is_empty() {
            return Ok(Some(desk));
        }
        next = desk.above();
    }
    match first {
        None => Ok(None),
        Some(desk) => Err(Error::refused(format!(
            "Nobody works {} or a desk above it. Ask a manager to give somebody the role; the item stays here until then.",
            desk.label()
        ))),
    }
}
