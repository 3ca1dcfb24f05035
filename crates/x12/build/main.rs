//! Compiles the guides in `guides/` into const tables when the crate is built.
//!
//! Reads only that folder, writes only `OUT_DIR/guides.rs`; a guide with a defect stops the build with its line.

mod compiler;

use std::path::Path;

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=guides");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/rules/language");
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let dictionary = read(Path::new("guides/dictionary.txt"))?;
    let texts = |folder: &str, extension: &str| -> Result<Vec<(String, String)>, String> {
        let entries = std::fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))?;
        let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|found| found == extension));
        paths.sort();
        paths.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
    };
    let (shared, guides, rules) =
        (texts("guides", "shared")?, texts("guides", "guide")?, texts("guides/rules", "rules")?);
    let code = compiler::compile(&dictionary, &shared, &guides, &rules)?;
    let out = std::env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    std::fs::write(Path::new(&out).join("guides.rs"), code).map_err(|error| format!("guides.rs: {error}"))
}
