//! Separation of duties: rights that no one person may hold together, checked when roles are given.
//!
//! Source: the trust model's static conflicts. "Solo practice" mode lets a person hold them anyway, and a daily report
//! to the owner then lists every such person; that report cannot be switched off by the same person.

use std::fmt;

use super::{Action, Cell, Matrix, Role};

/// Two roles that one person should not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The one role.
    pub first: Role,
    /// The other.
    pub second: Role,
    /// The danger, in a sentence.
    pub why: &'static str,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {} conflict: {}", self.first, self.second, self.why)
    }
}

type Grants = fn(Role) -> bool;

/// The pairs of rights that conflict.
const RULES: &[(Grants, Grants, &str)] = &[
    (posts, |role| grants(role, Action::ApproveWriteOff), "who posts payments may not approve write-offs."),
    (posts, |role| grants(role, Action::ReconcileBank), "who posts payments may not reconcile the bank."),
    (
        takes_cash,
        |role| grants(role, Action::ApproveDepositDifference),
        "who takes cash may not approve what is missing of it.",
    ),
    (takes_cash, |role| grants(role, Action::ReconcileBank), "who takes cash may not reconcile the bank."),
    (
        |role| grants(role, Action::RequestRefund),
        |role| grants(role, Action::ApproveRefund),
        "who asks for refunds may not approve them.",
    ),
    (
        |role| grants(role, Action::ManageUsers),
        |role| Action::ALL.iter().any(|action| action.concerns_money() && grants(role, *action)),
        "who keeps the people may hold no right over money.",
    ),
    (
        |role| grants(role, Action::ChangeContract),
        |role| grants(role, Action::NegotiateWithPayer),
        "who changes contracts may not close underpayments.",
    ),
    (
        |role| role == Role::Auditor,
        |role| Action::ALL.iter().any(|action| action.writes() && grants(role, *action)),
        "an auditor may not hold a right to change anything.",
    ),
];

fn posts(role: Role) -> bool {
    grants(role, Action::PostRemittance) || grants(role, Action::PostManualPayment)
}

fn takes_cash(role: Role) -> bool {
    grants(role, Action::TakeCashPayment)
}

fn grants(role: Role, action: Action) -> bool {
    !matches!(Matrix::get().cell(action, role), Cell::No | Cell::OwnRecord)
}

/// The conflicts among the roles one person would hold; empty when they may stand together.
pub fn conflicts(roles: &[Role]) -> Vec<Conflict> {
    let mut found = Vec::new();
    for (first_grants, second_grants, why) in RULES {
        for first in roles.iter().filter(|role| first_grants(**role)) {
            for second in roles.iter().filter(|role| **role != *first && second_grants(**role)) {
                found.push(Conflict { first: *first, second: *second, why });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_conflicts_with_itself_and_the_listed_pairs_do() {
        for role in Role::ALL {
            assert!(conflicts(&[role]).is_empty(), "{role}");
        }
        for (first, second, conflicting) in [
            (Role::Tier1, Role::Tier2, false),
            (Role::Tier1, Role::Poster, false),
            (Role::Tier2, Role::Coder, false),
            (Role::Poster, Role::Manager, true),
            (Role::Tier2, Role::Manager, true),
            (Role::Administrator, Role::Tier1, true),
            (Role::Administrator, Role::Poster, true),
            (Role::Tier3, Role::Tier2, true),
            (Role::Auditor, Role::Tier1, true),
            (Role::Auditor, Role::PrivacyOfficer, true),
            (Role::Administrator, Role::PrivacyOfficer, false),
        ] {
            assert_eq!(!conflicts(&[first, second]).is_empty(), conflicting, "{first} and {second}");
            assert_eq!(!conflicts(&[second, first]).is_empty(), conflicting, "{second} and {first}");
        }
    }
}
