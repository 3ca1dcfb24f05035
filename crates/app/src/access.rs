//! Who may do it: the one door between a use case and the permission matrix.

use billing::access::{Action, Actor, Authorized, Denied, ResourceState, authorize};

/// Asks the matrix.
///
/// # Errors
/// `Denied`, saying who may and why.
pub fn allow(actor: &Actor, action: Action, state: &ResourceState) -> Result<Authorized, Denied> {
    authorize(actor, action, state)
}
