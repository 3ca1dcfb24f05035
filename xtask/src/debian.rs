//! Installs Debian packages that the tests need, where we may: as root on Debian. Never touches anything else.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Installs the packages when we are root on Debian. The text of an error says what to do by hand.
pub fn install(packages: &[&str]) -> Result<(), String> {
    let list = packages.join(" ");
    if !Path::new("/etc/debian_version").exists() {
        return Err(format!("not Debian, so nothing was installed; install what Debian calls {list}"));
    }
    if !is_root() {
        return Err(format!("not root; run: sudo apt-get install {list}"));
    }
    println!("==> apt-get install {list}");
    if !lists_are_fresh() {
        return Err("apt-get update failed: is the network there?".to_owned());
    }
    let installed = apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat());
    if installed { Ok(()) } else { Err(format!("apt-get install {list} failed")) }
}

/// Whether this process may do what only root may.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

fn lists_are_fresh() -> bool {
    static FRESH: OnceLock<bool> = OnceLock::new();
    *FRESH.get_or_init(|| apt_get(&["update"]))
}

fn apt_get(arguments: &[&str]) -> bool {
    Command::new("apt-get")
        .arg("-q")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
