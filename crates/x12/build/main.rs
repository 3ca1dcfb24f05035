//! Compiles the guides in `guides/` into const tables when the crate is built.
//!
//! Reads only that folder, writes only `OUT_DIR/guides.rs`; a guide with a defect stops the build with its line.

mod compiler;

use std::path::Path;

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=guides");
    println!("cargo::rerun-if-changed=build");
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    let dictionary = read(Path::new("guides/dictionary.txt"))?;
    let folder = std::fs::read_dir("guides").map_err(|error| format!("guides: {error}"))?;
    let mut paths: Vec<_> = folder.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "guide"));
    paths.sort();
    let mut guides = Vec::new();
    for path in paths {
        guides.push((path.display().to_string(), read(&path)?));
    }
    let code = compiler::compile(&dictionary, &guides)?;
    let out = std::env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    std::fs::write(Path::new(&out).join("guides.rs"), code).map_err(|error| format!("guides.rs: {error}"))
}
