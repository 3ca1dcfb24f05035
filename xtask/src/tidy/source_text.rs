//! Rules over the text of sources: module docs, layer boundaries that Cargo.toml cannot see, machine paths.

use super::{SourceFile, rust_files};
use crate::workspace::Workspace;

/// Crates where an amount of money passes: a float there is a lost cent waiting.
const MONEY_CRATES: [&str; 5] = ["ledger", "billing", "edi", "store", "app"];

/// The only homes of `unsafe`: the engine's index and the memory map of the code sets.
const UNSAFE_HOMES: [&str; 2] = ["crates/x12/src/index", "crates/codes/src/"];

/// Every Rust file opens with `//!`.
pub fn module_docs(_workspace: &Workspace, sources: &[SourceFile]) -> Vec<String> {
    rust_files(sources)
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| format!("{} must begin with a //! line: what it is, what it never does", source.name))
        .collect()
}

/// Floats in money crates, SQL outside the store, ignored tests, unsafe outside its two homes.
pub fn boundaries(_workspace: &Workspace, sources: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in rust_files(sources) {
        let in_money_crate = MONEY_CRATES.iter().any(|name| source.name.starts_with(&format!("crates/{name}/src/")));
        // A test may look behind the use cases; what is shipped may not.
        let is_test = source.name.contains("/tests/") || source.name.contains("/benches/");
        let may_hold_sql = is_test || ["crates/store/", "xtask/"].iter().any(|home| source.name.starts_with(home));
        let may_be_unsafe = UNSAFE_HOMES.iter().any(|home| source.name.starts_with(home));
        for (number, line) in source.text.lines().enumerate() {
            let place = format!("{}:{}", source.name, number + 1);
            let code = line.split("//").next().unwrap_or_default();
            let words = || code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            if in_money_crate && words().any(|word| word == "f32" || word == "f64") {
                problems.push(format!("{place}: a float in a money crate; use Money or integers"));
            }
            if !may_hold_sql && names_sql(code) {
                problems.push(format!("{place}: SQL outside crates/store; make it a view or a statement there"));
            }
            if code.trim_start().starts_with(concat!("#[", "ignore")) {
                problems.push(format!("{place}: an ignored test proves nothing; mend it or delete it"));
            }
            if !may_be_unsafe && words().any(|word| word == "unsafe") && !source.name.starts_with("xtask/") {
                problems.push(format!("{place}: unsafe outside x12's index and codes' memory map"));
            }
        }
    }
    problems
}

fn names_sql(code: &str) -> bool {
    ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "\"CREATE TABLE "]
        .iter()
        .any(|start| code.contains(start) && !code.contains("\"UPDATE \""))
}

/// A path that only exists on one machine makes the project work only there.
pub fn machine_paths(_workspace: &Workspace, sources: &[SourceFile]) -> Vec<String> {
    let work = concat!("/wo", "rk/");
    let mut suspects: Vec<String> = ["main", "plan", "wt/", "target/", "shared", "steering", "."]
        .iter()
        .map(|folder| format!("{work}{folder}"))
        .collect();
    suspects.extend([concat!("/fa", "rm/in"), concat!("/ho", "me/"), concat!("/ro", "ot/")].map(str::to_owned));
    let mut problems = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            if let Some(path) = suspects.iter().find(|path| line.contains(path.as_str())) {
                problems.push(format!("{}:{}: {path} exists on one machine only", source.name, number + 1));
            }
        }
    }
    problems
}
