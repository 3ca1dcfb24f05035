//! Who may do what: roles, actions, the matrix, and the one `authorize`.
//!
//! The matrix is data (`data/permissions.tsv`); this module reads it, adds the rules that depend on the state of the
//! thing at hand (tier, adjudication, amount, who made it), and says in words why something is refused.
//! It never looks at a database and never decides by a person's name.

mod action;
mod actor;
mod authorize;
mod duties;
mod limits;
mod matrix;
mod role;
mod standing;

pub use action::Action;
pub use actor::{Actor, ActorKind};
pub use authorize::{Authorized, Denied, ResourceState, authorize};
pub use duties::{Conflict, conflicts};
pub use limits::{LimitKind, LimitUnit, Limits};
pub use matrix::{Cell, Matrix};
pub use role::Role;
pub use standing::{
    PASSWORD_LENGTH, SESSION_HOURS, SESSION_IDLE_MINUTES, Standing, TOKEN_DAYS, UserState, password_problem,
    session_lives,
};
