//! The roles a person may hold. A person may hold several within the separation-of-duties rules (`duties`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A role: one column of the permission matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers patients, verifies insurance, enters charges, submits initial claims, takes payments.
    Tier1,
    /// Works denials, appeals, corrected claims, coding disputes and payers.
    Tier2,
    /// Analyses payments and denials; works problems, not items.
    Tier3,
    /// Assigns and changes codes.
    Coder,
    /// Imports and posts remittances and payments.
    Poster,
    /// Approves, reconciles the bank, closes periods.
    Manager,
    /// Reads and writes nothing.
    Auditor,
    /// Keeps people, settings and backups; sees no patient and touches no money.
    Administrator,
    /// Watches over who saw what, disclosures and emergency access.
    PrivacyOfficer,
    /// A patient or guarantor, for their own record only.
    Patient,
    /// The practice's owner: the last approval.
    Owner,
}

impl Role {
    /// Every role, in the order of the matrix columns.
    pub const ALL: [Role; 11] = [
        Role::Tier1,
        Role::Tier2,
        Role::Tier3,
        Role::Coder,
        Role::Poster,
        Role::Manager,
        Role::Auditor,
        Role::Administrator,
        Role::PrivacyOfficer,
        Role::Patient,
        Role::Owner,
    ];

    /// The word used in files, the database and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Role::Tier1 => "tier1",
            Role::Tier2 => "tier2",
            Role::Tier3 => "tier3",
            Role::Coder => "coder",
            Role::Poster => "poster",
            Role::Manager => "manager",
            Role::Auditor => "auditor",
            Role::Administrator => "administrator",
            Role::PrivacyOfficer => "privacy_officer",
            Role::Patient => "patient",
            Role::Owner => "owner",
        }
    }

    /// The words a person reads.
    pub fn title(self) -> &'static str {
        match self {
            Role::Tier1 => "Tier 1",
            Role::Tier2 => "Tier 2",
            Role::Tier3 => "Tier 3",
            Role::Coder => "Coder",
            Role::Poster => "Poster",
            Role::Manager => "Manager",
            Role::Auditor => "Auditor",
            Role::Administrator => "Administrator",
            Role::PrivacyOfficer => "Privacy officer",
            Role::Patient => "Patient",
            Role::Owner => "Owner",
        }
    }

    /// Whether this is a role of the workforce: a second factor is then required at log-in.
    pub fn is_staff(self) -> bool {
        self != Role::Patient
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Role, String> {
        Role::ALL.into_iter().find(|role| role.key() == text).ok_or_else(|| {
            let known: Vec<_> = Role::ALL.iter().map(|role| role.key()).collect();
            format!("There is no role named {text:?}; choose one of {}.", known.join(", "))
        })
    }
}
