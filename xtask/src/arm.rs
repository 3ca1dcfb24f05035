//! The X12 engine on 64-bit Arm, under an emulator: its NEON index and its portable one must find what the others find.
//!
//! Changes nothing of the machine but the packages it installs as root; a compiler that it fetches stands below the
//! build folder. Why that compiler is Debian's: docs/decisions/2026-11-22-arm-is-tested-with-the-compiler-of-debian.md.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::tools::find_program;
use crate::workspace::{Workspace, run_step};
use crate::{debian, workspace};

const TARGET: &str = "aarch64-unknown-linux-gnu";
/// Where Debian's cross compiler keeps the libraries that the emulator runs programs with.
const LIBRARIES: &str = "/usr/aarch64-linux-gnu";
/// What is run: everything in the crate, every case, and what fuzzing grew, also on every path of the index.
const TESTS: [&str; 5] = ["--lib", "--test", "cases", "--test", "fuzz_corpus"];
/// The programs of Debian's compiler for this machine; apt adds the libraries that they need.
const COMPILER: [&str; 1] = ["rustc-web"];
/// The standard library for the other machine.
const STANDARD_LIBRARY: [&str; 1] = ["libstd-rust-web-dev:arm64"];

/// What building for Arm and running it takes.
pub struct Arm {
    emulator: PathBuf,
    linker: PathBuf,
    /// A compiler with the target's standard library; none where rustup's has it.
    compiler: Option<PathBuf>,
}

impl Arm {
    /// Finds, or gets where it may, emulator, linker and compiler. The error is the reason for a skip.
    pub fn prepare(workspace: &Workspace) -> Result<Arm, String> {
        let (emulator, linker) = programs().map_or_else(
            || {
                debian::install(&["qemu-user", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"])?;
                programs().ok_or_else(|| "no qemu-aarch64 or no aarch64-linux-gnu-gcc on the PATH".to_owned())
            },
            Ok,
        )?;
        let compiler = if has_target() { None } else { Some(compiler_of_debian(workspace.target())?) };
        Ok(Arm { emulator, linker, compiler })
    }

    /// Builds and runs the tests; an error is a failed test.
    pub fn test(&self, workspace: &Workspace) -> Result<()> {
        let mut command = workspace.cargo(&["test", "--package", "x12", "--target", TARGET, "--quiet"]);
        command
            .args(TESTS)
            // Another compiler's work would otherwise be thrown away at every change between the two.
            .env("CARGO_TARGET_DIR", workspace.target().join("arm"))
            .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", &self.linker)
            .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", format!("{} -L {LIBRARIES}", self.emulator.display()))
            .env("RUSTC_WRAPPER", "");
        if let Some(compiler) = &self.compiler {
            command.env("RUSTC", compiler);
        }
        run_step("the X12 engine on 64-bit Arm, under qemu", command)
    }
}

fn programs() -> Option<(PathBuf, PathBuf)> {
    let emulator = find_program(&["qemu-aarch64", "qemu-aarch64-static"])?;
    let linker = find_program(&["aarch64-linux-gnu-gcc"])?;
    Path::new(LIBRARIES).is_dir().then_some((emulator, linker))
}

/// Whether the compiler in use has the target: `rustup target add` brings it where its server can be reached.
fn has_target() -> bool {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// Debian's compiler, unpacked below the build folder and started through its own loader and libraries, so that it
/// runs on an older Debian as well.
fn compiler_of_debian(target: &Path) -> Result<PathBuf, String> {
    let folder = target.join("arm-compiler");
    let (root, starter) = (folder.join("root"), folder.join("rustc"));
    if !answers(&starter) {
        println!("==> Debian's Rust compiler with the standard library for 64-bit Arm");
        debian::unpack(&COMPILER, &STANDARD_LIBRARY, &folder.join("packages"), &root)?;
        let at = |path: &str| workspace::quoted(&root.join(path));
        let script = format!(
            "#!/bin/sh\nexec {} --library-path {} {} --sysroot {} \"$@\"\n",
            at("usr/lib64/ld-linux-x86-64.so.2"),
            at("usr/lib/x86_64-linux-gnu"),
            at("usr/bin/rustc"),
            at("usr"),
        );
        write_program(&starter, &script).map_err(|problem| format!("{}: {problem}", starter.display()))?;
    }
    if answers(&starter) { Ok(starter) } else { Err(format!("{} does not run", starter.display())) }
}

fn answers(compiler: &Path) -> bool {
    compiler.is_file() && Command::new(compiler).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn write_program(path: &Path, script: &str) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, script)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}
