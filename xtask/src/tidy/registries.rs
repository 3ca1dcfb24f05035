//! Rules: a file of an open-ended kind stands in its registry, and docs/adding.md names only paths that exist.

use std::path::Path;

use super::SourceFile;
use crate::workspace::Workspace;

/// An open-ended kind: each file of the folder must be named as `name::` or `mod name;` in the registry file,
/// and in its slice by the constant.
struct Registry {
    folder: &'static str,
    registry: &'static str,
    constant: &'static str,
}

const REGISTRIES: [Registry; 1] =
    [Registry { folder: "crates/scrub/src/rules", registry: "crates/scrub/src/rules.rs", constant: "RULE" }];

/// A rule file that nobody listed would silently never run.
pub fn check(_workspace: &Workspace, sources: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for kind in REGISTRIES {
        let Some(registry) = sources.iter().find(|source| source.name == kind.registry) else {
            continue;
        };
        for source in sources {
            let Some(stem) = stem_in(&source.name, kind.folder) else {
                continue;
            };
            if !source.text.contains(&format!("pub const {}", kind.constant)) {
                continue;
            }
            let entry = format!("{stem}::{}", kind.constant);
            if !registry.text.contains(&entry) {
                problems.push(format!("{} is not listed: add {entry} to {}", source.name, kind.registry));
            }
        }
    }
    problems
}

fn stem_in<'a>(name: &'a str, folder: &str) -> Option<&'a str> {
    let file = name.strip_prefix(folder)?.strip_prefix('/')?;
    let stem = file.strip_suffix(".rs")?;
    (!stem.contains('/')).then_some(stem)
}

/// Every path in backticks in docs/adding.md exists; a path with a placeholder in capitals or `<` is an example.
pub fn adding_page(workspace: &Workspace, sources: &[SourceFile]) -> Vec<String> {
    const PAGE: &str = "docs/adding.md";
    let Some(page) = sources.iter().find(|source| source.name == PAGE) else {
        return vec![format!("{PAGE} is missing: it says where to add what")];
    };
    page.text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| is_path(word))
        .filter(|word| !workspace.root().join(Path::new(word)).exists())
        .map(|word| format!("{PAGE} names {word}, which does not exist"))
        .collect()
}

fn is_path(word: &str) -> bool {
    let first = word.split('/').next().unwrap_or_default();
    let stands_in_root = ["crates", "docs", "testdata", "xtask", ".ci"].contains(&first);
    let is_example = word.contains(['<', '*', ' ']) || word.contains("NAME");
    stands_in_root && word.contains('/') && !is_example
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_looking_paths_are_checked() {
        assert!(is_path("crates/scrub/src/rules.rs"));
        assert!(!is_path("crates/scrub/src/rules/NAME.rs"));
        assert!(!is_path("cargo xtask codegen"));
        assert_eq!(stem_in("crates/scrub/src/rules/units.rs", "crates/scrub/src/rules"), Some("units"));
        assert_eq!(stem_in("crates/scrub/src/rules.rs", "crates/scrub/src/rules"), None);
    }
}
