//! The person or job that does something. Every read and write of the store carries one.

use serde::{Deserialize, Serialize};

use super::Role;
use crate::id::{PracticeId, UserId};

/// What kind of hand acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person with a log-in, by web session or token.
    User,
    /// Tierline itself: a job, the demo, a migration.
    System,
    /// Whoever may write the embedded database file, on the command line. Recorded as such.
    FileOwner,
    /// Somebody without a log-in, who holds a link of ours.
    Visitor,
}

impl ActorKind {
    /// The word kept in the database.
    pub fn key(self) -> &'static str {
        match self {
            ActorKind::User => "user",
            ActorKind::System => "system",
            ActorKind::FileOwner => "file_owner",
            ActorKind::Visitor => "visitor",
        }
    }
}

/// Who acts, for which practice, in which roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person; for the system and the file's owner the nil id.
    pub user: UserId,
    /// The log-in name, as the audit shows it.
    pub login: String,
    /// The roles held at this moment.
    pub roles: Vec<Role>,
    /// The practice acted for.
    pub practice: PracticeId,
    /// Person, job or file owner.
    pub kind: ActorKind,
}

impl Actor {
    /// A person with a log-in.
    pub fn user(user: UserId, login: impl Into<String>, roles: Vec<Role>, practice: PracticeId) -> Actor {
        Actor { user, login: login.into(), roles, practice, kind: ActorKind::User }
    }

    /// Tierline itself, acting for a practice.
    pub fn system(practice: PracticeId) -> Actor {
        Actor {
            user: UserId(uuid::Uuid::nil()),
            login: "system".into(),
            roles: Vec::new(),
            practice,
            kind: ActorKind::System,
        }
    }

    /// The owner of an embedded database file, on the command line.
    pub fn file_owner(practice: PracticeId) -> Actor {
        Actor {
            user: UserId(uuid::Uuid::nil()),
            login: "file owner".into(),
            roles: Vec::new(),
            practice,
            kind: ActorKind::FileOwner,
        }
    }

    /// Whoever opens a link without a log-in: a patient as far as the matrix goes, and of their own record alone.
    pub fn visitor(practice: PracticeId) -> Actor {
        Actor {
            login: "visitor".into(),
            roles: vec![Role::Patient],
            kind: ActorKind::Visitor,
            ..Actor::system(practice)
        }
    }

    /// The card processor, whose notice was signed with the practice's secret.
    pub fn card_processor(practice: PracticeId) -> Actor {
        Actor { login: "pay link".into(), ..Actor::system(practice) }
    }

    /// Who connects to a database server as the owner of the tables: what the file's owner is there.
    pub fn database_owner(practice: PracticeId) -> Actor {
        Actor { login: "database owner".into(), ..Actor::file_owner(practice) }
    }

    /// Whether the actor holds the role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The roles in words, for the page head and the audit.
    pub fn roles_in_words(&self) -> String {
        self.roles.iter().map(|role| role.title()).collect::<Vec<_>>().join(", ")
    }
}
