//! `cargo xtask test`: sets up what the tests need, runs them, counts what was skipped, stops everything.
//!
//! A test that cannot run prints a line `SKIPPED name (reason)` and passes. Outside CI that is only told loudly;
//! in CI it fails the run, except where the reason is that `../shared` does not stand beside the clone: the
//! project's own fixtures are enough to pass.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::arm::Arm;
use crate::postgres::ThrowAwayPostgres;
use crate::tools;
use crate::workspace::{Workspace, is_ci};

/// Address of the throw-away PostgreSQL, for every test that runs on both engines.
const POSTGRES_VARIABLE: &str = "TIERLINE_TEST_POSTGRES";
/// Path of Chromium, for the browser tests.
const CHROMIUM_VARIABLE: &str = "TIERLINE_TEST_CHROMIUM";
/// Path of the script of axe-core, for the browser tests.
const AXE_VARIABLE: &str = "TIERLINE_TEST_AXE";
/// Path of chromedriver, for the browser tests.
const DRIVER_VARIABLE: &str = "TIERLINE_TEST_CHROMEDRIVER";
/// Asks the browser tests to write the pictures of the documentation.
const PICTURES_VARIABLE: &str = "TIERLINE_SCREENSHOTS";
/// Python with pyx12 and x12sdk, for the check of outbound files by engines that are not ours.
const ENGINES_VARIABLE: &str = "TIERLINE_TEST_PYTHON";

/// How often a posting is killed, for the test that kills.
const KILLS_VARIABLE: &str = "TIERLINE_TEST_KILLS";
/// Kills of `cargo xtask test crash` where no number is given.
const KILLS: u64 = 1_000;

/// Kills a posting at so many random moments on each database.
fn crash(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let times = match arguments {
        [] => KILLS,
        [flag, times] if flag == "--times" => times.parse().context("--times takes a whole number")?,
        _ => bail!("crash takes --times N"),
    };
    let postgres = ThrowAwayPostgres::start();
    let story = "remittance_kill::a_process_killed_at_any_moment_of_a_posting_leaves_all_or_nothing";
    let mut command =
        workspace.cargo(&["test", "--package", "app", "--test", "app", "--", "--exact", "--nocapture", story]);
    command.env(KILLS_VARIABLE, times.to_string());
    match &postgres {
        Ok(cluster) => {
            command.env(POSTGRES_VARIABLE, cluster.url());
        }
        Err(reason) => println!("SKIPPED the kills on PostgreSQL ({reason:#})"),
    }
    println!("==> {times} kills of a posting on each database");
    if command.status().context("cargo test could not be started")?.success() {
        Ok(())
    } else {
        bail!("a kill broke a posting")
    }
}

/// Runs `cargo test` with everything it needs around it.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    if let Some((word, rest)) = arguments.split_first()
        && word == "crash"
    {
        return crash(workspace, rest);
    }
    let mut skipped = Vec::new();
    let mut variables = Vec::new();
    let postgres = ThrowAwayPostgres::start();
    match &postgres {
        Ok(cluster) => variables.push((POSTGRES_VARIABLE, cluster.url())),
        Err(reason) => skipped.push(format!("every test on PostgreSQL ({reason:#})")),
    }
    match tools::browser() {
        Ok(browser) => {
            variables.push((CHROMIUM_VARIABLE, browser.chromium.display().to_string()));
            variables.push((DRIVER_VARIABLE, browser.driver.display().to_string()));
            variables.push((PICTURES_VARIABLE, "1".to_owned()));
        }
        Err(reason) => skipped.push(format!("every test in a browser ({reason})")),
    }
    match tools::axe(workspace) {
        Ok(script) => variables.push((AXE_VARIABLE, script.display().to_string())),
        Err(reason) => skipped.push(format!("axe on the pages of the desk ({reason})")),
    }
    match tools::x12_engines(workspace) {
        Ok(python) => variables.push((ENGINES_VARIABLE, python.display().to_string())),
        Err(reason) => skipped.push(format!("the check by two other X12 engines ({reason})")),
    }
    // Only the whole run tests another kind of machine too: it costs a second build of one crate.
    let arm = arguments.is_empty().then(|| Arm::prepare(workspace));
    if let Some(Err(reason)) = &arm {
        skipped.push(format!("the X12 engine on 64-bit Arm ({reason})"));
    }
    for name in &skipped {
        println!("SKIPPED {name}");
    }
    let (mut passed, skips_of_tests) = run_cargo_test(workspace, arguments, &variables)?;
    drop(postgres);
    skipped.extend(skips_of_tests);
    if let Some(Ok(arm)) = &arm
        && let Err(problem) = arm.test(workspace)
    {
        println!("{problem:#}");
        passed = false;
    }
    judge(workspace, passed, &skipped)
}

/// Streams cargo's lines through, without the captured output of tests that passed, and collects the skips.
fn run_cargo_test(
    workspace: &Workspace,
    arguments: &[String],
    variables: &[(&str, String)],
) -> Result<(bool, Vec<String>)> {
    let whole = ["--workspace".to_owned()];
    let chosen = if arguments.is_empty() { &whole } else { arguments };
    let mut command = workspace.cargo(&["test", "--no-fail-fast"]);
    command.args(chosen);
    if !chosen.iter().any(|word| word == "--") {
        command.arg("--");
    }
    // Captured lines of passing tests are where the skips stand.
    command.arg("--show-output");
    for (name, value) in variables {
        command.env(name, value);
    }
    println!("==> cargo test {}", chosen.join(" "));
    let mut child = command.stdout(Stdio::piped()).spawn().context("cargo test could not be started")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut filter = OutputFilter::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        if filter.shows(&line) {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    Ok((status.success(), filter.skipped))
}

fn judge(workspace: &Workspace, passed: bool, skipped: &[String]) -> Result<()> {
    let shared_is_there = workspace.root().join("../shared").is_dir();
    let counted: Vec<&String> = skipped.iter().filter(|skip| shared_is_there || !skip.contains("../shared")).collect();
    if !skipped.is_empty() {
        println!("\n{} skipped:", skipped.len());
        for skip in skipped {
            println!("  SKIPPED {skip}");
        }
    }
    if !passed {
        bail!("tests failed; their names and words stand above");
    }
    if is_ci() && !counted.is_empty() {
        bail!("{} skipped, and CI=true allows none", counted.len());
    }
    Ok(())
}

/// Hides libtest's "successes:" section, whose printed output only clutters, and remembers the skips in it.
#[derive(Default)]
struct OutputFilter {
    in_successes: bool,
    skipped: Vec<String>,
}

impl OutputFilter {
    fn shows(&mut self, line: &str) -> bool {
        if let Some(skip) = line.trim_start().strip_prefix("SKIPPED ") {
            let skip = skip.trim_end().to_owned();
            if !self.skipped.contains(&skip) {
                self.skipped.push(skip);
            }
            return true;
        }
        if line == "successes:" {
            self.in_successes = true;
        } else if line == "failures:" || line.starts_with("test result:") {
            self.in_successes = false;
        }
        !self.in_successes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_of_passing_tests_is_hidden_but_their_skips_are_kept() {
        let mut filter = OutputFilter::default();
        let shown: Vec<&str> = [
            "test a ... ok",
            "successes:",
            "---- a stdout ----",
            "chatter",
            "SKIPPED a (no ../shared)",
            "successes:",
            "    a",
            "test result: ok. 1 passed",
        ]
        .into_iter()
        .filter(|line| filter.shows(line))
        .collect();
        assert_eq!(shown, ["test a ... ok", "SKIPPED a (no ../shared)", "test result: ok. 1 passed"]);
        assert_eq!(filter.skipped, ["a (no ../shared)"]);
    }

    #[test]
    fn words_of_failing_tests_are_shown() {
        let mut filter = OutputFilter::default();
        for line in ["successes:", "x", "failures:"] {
            filter.shows(line);
        }
        assert!(filter.shows("thread 'a' panicked"));
    }
}
