//! Rule: layers are crates, and a crate may depend only on the ones below it that are named here.
//! A new edge is a change of architecture: it needs a decision file, and a line in this table.

use super::SourceFile;
use crate::workspace::Workspace;

/// Which of our crates each of our crates may name.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("x12", &[]),
    ("ledger", &[]),
    ("codes", &[]),
    ("billing", &["ledger", "codes"]),
    ("scrub", &["billing", "codes", "ledger"]),
    ("edi", &["billing", "x12", "codes", "ledger"]),
    ("documents", &["billing", "ledger"]),
    ("store", &["billing", "ledger"]),
    ("app", &["billing", "ledger", "codes", "scrub", "edi", "documents", "store"]),
    ("exchange", &["app"]),
    ("server", &["app", "exchange", "simulator", "store", "billing", "ledger", "codes", "x12"]),
    ("simulator", &["x12", "codes"]),
    ("xtask", &[]),
];

/// Reads `cargo metadata`; edges that only tests use are free, because they are in no build of the product.
pub fn check(workspace: &Workspace, _sources: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in workspace.packages() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
            problems.push(format!("crate {name} is new: give it a line in xtask/src/tidy/crate_law.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = dependency["name"].as_str().unwrap_or_default();
            let is_ours = ALLOWED.iter().any(|(known, _)| *known == target);
            let only_for_tests = dependency["kind"].as_str() == Some("dev");
            if is_ours && !only_for_tests && !allowed.contains(&target) {
                problems.push(format!("crate {name} may not depend on {target}"));
            }
        }
    }
    problems
}
