//! Finds, or installs where it may, the outside programs of the tests: a headless browser and two X12 engines
//! that are not ours. Each answer is what to put in the environment, or why not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::debian;
use crate::workspace::Workspace;

/// The second and third opinion on our outbound X12, at the versions whose quirks our fixtures know.
const ENGINES: [&str; 2] = ["pyx12==4.0.0", "x12sdk==2.2.0"];

/// Chromium and its driver.
pub struct Browser {
    /// The browser itself.
    pub chromium: PathBuf,
    /// The WebDriver server of the same version.
    pub driver: PathBuf,
}

/// Looks for Chromium and its driver and installs them when missing.
pub fn browser() -> Result<Browser, String> {
    find_browser().map_or_else(
        || {
            debian::install(&["chromium", "chromium-driver"])?;
            find_browser().ok_or_else(|| "chromium and chromedriver are not on the PATH".to_owned())
        },
        Ok,
    )
}

/// The accessibility checker that the browser tests run in the page; never part of the program.
const AXE: &str = "axe-core@4.10.3";

/// The script of axe-core, installed by npm below the build folder.
pub fn axe(workspace: &Workspace) -> Result<PathBuf, String> {
    let folder = workspace.target().join("axe");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    let npm = find_program(&["npm"]).ok_or_else(|| "no npm on the PATH; Debian has it as npm".to_owned())?;
    println!("==> {AXE} for the browser tests");
    let installed = Command::new(npm)
        .args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix"])
        .arg(&folder)
        .arg(AXE)
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if installed && script.is_file() {
        Ok(script)
    } else {
        Err(format!("npm could not install {AXE}: is its registry reachable?"))
    }
}

/// The Python of a virtual environment below the build folder that holds the two engines.
pub fn x12_engines(workspace: &Workspace) -> Result<PathBuf, String> {
    let folder = workspace.target().join("x12-engines");
    let python = folder.join("bin/python");
    if engines_answer(&python) {
        return Ok(python);
    }
    let host = find_program(&["python3"]).map_or_else(
        || {
            debian::install(&["python3", "python3-venv"])?;
            find_program(&["python3"]).ok_or_else(|| "no python3 on the PATH".to_owned())
        },
        Ok,
    )?;
    println!("==> a Python environment with {}", ENGINES.join(" and "));
    if !made_environment(&host, &folder) {
        // Debian splits venv from python3; the second try is the same command with it installed.
        debian::install(&["python3-venv"])?;
        if !made_environment(&host, &folder) {
            return Err(format!("{} -m venv failed", host.display()));
        }
    }
    let installed = Command::new(&python)
        .args(["-m", "pip", "install", "-q", "--disable-pip-version-check"])
        .args(ENGINES)
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if installed && engines_answer(&python) {
        Ok(python)
    } else {
        Err(format!("pip could not install {}: is the Python registry reachable?", ENGINES.join(" and ")))
    }
}

fn made_environment(host: &Path, folder: &Path) -> bool {
    Command::new(host).args(["-m", "venv", "--clear"]).arg(folder).status().is_ok_and(|status| status.success())
}

fn engines_answer(python: &Path) -> bool {
    python.exists()
        && Command::new(python)
            .args(["-c", "import pyx12, x12sdk"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}

fn find_browser() -> Option<Browser> {
    Some(Browser {
        chromium: find_program(&["chromium", "chromium-browser", "google-chrome"])?,
        driver: find_program(&["chromedriver"])?,
    })
}

/// The first of the names that stands on the PATH.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    names.iter().find_map(|name| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
    })
}
