//! `cargo xtask codegen`: writes docs/reference from the code, through the program itself, so that no page can
//! say what the program does not do.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, run_step};

/// The pages, each printed by `tierline reference NAME`.
const PAGES: [&str; 7] =
    ["scrub-rules", "permissions", "work-reasons", "situations", "adjustments", "clocks", "commands"];

/// Writes the pages, or with `check` only compares them.
pub fn run(workspace: &Workspace, check: bool) -> Result<()> {
    run_step(
        "build the program that prints the pages",
        workspace.cargo(&["build", "--quiet", "--package", "server", "--bin", "tierline"]),
    )?;
    let folder = workspace.root().join("docs/reference");
    std::fs::create_dir_all(&folder)?;
    let mut stale = Vec::new();
    for page in PAGES {
        let text = print_page(workspace, page)?;
        let path = folder.join(format!("{page}.md"));
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        if before == text {
            continue;
        }
        if check {
            stale.push(format!("docs/reference/{page}.md"));
        } else {
            std::fs::write(&path, text)?;
            println!("wrote docs/reference/{page}.md");
        }
    }
    if stale.is_empty() {
        println!("==> generated pages are fresh");
        return Ok(());
    }
    bail!("{} no longer say what the code says; run: cargo xtask codegen", stale.join(", "))
}

fn print_page(workspace: &Workspace, page: &str) -> Result<String> {
    let program: &Path = &workspace.target().join("debug/tierline");
    let output = std::process::Command::new(program)
        .args(["reference", page])
        .output()
        .with_context(|| format!("{} could not be started", program.display()))?;
    if !output.status.success() {
        bail!("tierline reference {page}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
