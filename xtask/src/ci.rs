//! `cargo xtask ci`: everything a change must pass, in the order that tells of trouble soonest.

use anyhow::Result;

use crate::workspace::{Workspace, run_step};
use crate::{codegen, test, tidy};

/// Format, tidy, lints, tests, fresh generated pages, documentation.
pub fn run(workspace: &Workspace) -> Result<()> {
    run_step("format", workspace.cargo(&["fmt", "--all", "--check"]))?;
    tidy::run(workspace)?;
    run_step("lints", workspace.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    test::run(workspace, &[])?;
    codegen::run(workspace, true)?;
    let mut documentation = workspace.cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    run_step("documentation", documentation)
}
