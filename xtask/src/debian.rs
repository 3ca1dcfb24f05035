//! Installs Debian packages that the tests need, where we may: as root on Debian. Never touches anything else.
//!
//! Packages of another release are never installed: they are fetched and unpacked into a folder of ours.

use std::fs;
use std::path::{Path, PathBuf};
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

/// The oldest release whose `rustc-web` (the compiler that builds Debian's browsers, kept new) compiles this workspace.
const NEWER_RELEASE: &str = "deb http://deb.debian.org/debian trixie main";
/// The key that a release is signed with; part of every Debian.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// What the compiler pulls in and the machine has of its own: a C compiler, its headers and run-time checkers.
const OF_A_C_COMPILER: [&str; 10] =
    ["gcc", "cpp", "binutils", "linux-libc-dev", "libc6-dev", "libasan", "liblsan", "libtsan", "libubsan", "libhwasan"];

/// Fetches packages of a newer release and unpacks them below `root`: `whole` with all that they need, `alone` without.
/// Needs no root and changes no list, package or setting of the machine. `packages` is a folder for what is fetched.
pub fn unpack(whole: &[&str], alone: &[&str], packages: &Path, root: &Path) -> Result<(), String> {
    if !Path::new(KEYRING).exists() {
        return Err(format!("{KEYRING} is missing, so nothing of Debian's could be trusted"));
    }
    let configuration = own_apt(packages).map_err(|problem| format!("{}: {problem}", packages.display()))?;
    let run = |arguments: &[&str]| {
        Command::new("apt-get")
            .arg("-q")
            .args(arguments)
            .env("APT_CONFIG", &configuration)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .current_dir(packages)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let fetched = run(&["update"])
        && run(&[&["install", "-y", "--no-install-recommends", "--download-only"], whole].concat())
        && run(&[&["download"], alone].concat());
    if !fetched {
        return Err(format!("apt-get could not fetch {} {}: is Debian reachable?", whole.join(" "), alone.join(" ")));
    }
    for archive in archives(packages).map_err(|problem| format!("{}: {problem}", packages.display()))? {
        let unpacked = Command::new("dpkg-deb").arg("-x").arg(&archive).arg(root).status();
        if !unpacked.is_ok_and(|status| status.success()) {
            return Err(format!("dpkg-deb -x {} failed", archive.display()));
        }
        // Unpacked once, it is never asked for again.
        let _ = fs::remove_file(&archive);
    }
    Ok(())
}

/// Folders and settings for an apt of our own, which knows no package as installed; gives the settings' file.
fn own_apt(folder: &Path) -> std::io::Result<PathBuf> {
    for part in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(folder.join(part))?;
    }
    fs::write(folder.join("status"), "")?;
    fs::write(folder.join("sources.list"), NEWER_RELEASE.replacen(' ', &format!(" [signed-by={KEYRING}] "), 1))?;
    let at = |part: &str| folder.join(part).display().to_string();
    let settings = format!(
        "APT::Architectures {{ \"amd64\"; \"arm64\"; }};\nAcquire::Languages \"none\";\n\
         Dir::Etc::sourcelist \"{}\";\nDir::Etc::sourceparts \"/dev/null\";\nDir::State \"{}\";\n\
         Dir::State::lists \"{}\";\nDir::State::status \"{}\";\nDir::Cache \"{}\";\n",
        at("sources.list"),
        folder.display(),
        at("lists"),
        at("status"),
        at("cache"),
    );
    let path = folder.join("apt.conf");
    fs::write(&path, settings)?;
    Ok(path)
}

/// The fetched packages that are worth unpacking.
fn archives(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for part in [folder.to_path_buf(), folder.join("cache/archives")] {
        for entry in fs::read_dir(part)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(".deb") && !OF_A_C_COMPILER.iter().any(|beginning| name.starts_with(beginning)) {
                found.push(path);
            }
        }
    }
    Ok(found)
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
