//! Who may do it: the one door between a use case and the permission matrix.
//!
//! Signing in stands in `log_in`, living sessions and tokens in `session`; passwords and devices beside them. Nothing
//! here keeps a password, a session id or a token as it was typed.

pub mod log_in;
pub mod password;
pub mod second_factor;
pub mod session;

use billing::access::{Action, Actor, Authorized, Denied, ResourceState, authorize};
use store::Conn;

use crate::Error;

/// Asks the matrix.
///
/// # Errors
/// `Denied`, saying who may and why.
pub fn allow(actor: &Actor, action: Action, state: &ResourceState) -> Result<Authorized, Denied> {
    authorize(actor, action, state)
}

/// Asks the matrix for the actor of this connection, about nothing in particular.
///
/// # Errors
/// `Denied`, saying why not and who may.
pub fn allow_plain(conn: &Conn, action: Action) -> Result<Authorized, Error> {
    Ok(allow(conn.actor(), action, &ResourceState::default())?)
}
