//! Where the workspace stands and how its commands are run. Knows no task.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The checked-out workspace, its build folder and the cargo that started us.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
    metadata: serde_json::Value,
}

impl Workspace {
    /// Asks cargo where the workspace is and what its crates are.
    pub fn find() -> Result<Workspace> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask must stand in a folder of the workspace")?
            .to_path_buf();
        let output = Command::new(cargo_program())
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .current_dir(&root)
            .output()
            .context("cargo metadata could not be started")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?.into();
        Ok(Workspace { root, target, metadata })
    }

    /// The folder that holds the top Cargo.toml.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// cargo's build folder: what we make ourselves goes below it too.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The packages of the workspace, as `cargo metadata` tells them.
    pub fn packages(&self) -> &[serde_json::Value] {
        self.metadata["packages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// A cargo command in the root, not yet started.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(cargo_program());
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// The path below the root, for messages.
    pub fn short<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// Every file that git tracks or would track, below the root.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let output = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            .current_dir(&self.root)
            .output()
            .context("git ls-files could not be started: tidy needs git")?;
        if !output.status.success() {
            bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let listing = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut files: Vec<PathBuf> = listing
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(|name| self.root.join(name))
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }
}

/// A path as one word of a shell script.
pub fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Runs a command to its end and fails with its words when it fails.
pub fn run_step(title: &str, mut command: Command) -> Result<()> {
    println!("==> {title}");
    let status = command.status().with_context(|| format!("{title}: the command could not be started"))?;
    if !status.success() {
        bail!("{title} failed ({status})");
    }
    Ok(())
}

/// Whether we run as continuous integration, where nothing may be skipped.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

fn cargo_program() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
