//! The books of the demo, proved by the same use case as `tierline verify`. Never a proof of its own.

use app::verify::{Verification, verify};
use billing::PracticeId;
use billing::access::Actor;
use store::Db;

use super::stage::in_scene;
use super::summary::Invariants;

/// Recomputes every invariant.
pub fn invariants(db: &Db, practice: PracticeId) -> anyhow::Result<Invariants> {
    let verified = in_scene("the books are verified", verify(db, &Actor::system(practice), practice))?;
    Ok(of(&verified))
}

fn of(verified: &Verification) -> Invariants {
    let failing = || verified.checks.iter().filter(|check| !check.holds);
    Invariants {
        passed: verified.checks.len() - failing().count(),
        failed: failing().count(),
        failures: failing().map(|check| format!("{}: {}", check.name, check.detail)).collect(),
        ledger_root: verified.ledger_root.clone(),
    }
}
