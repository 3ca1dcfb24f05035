//! `cargo xtask bench`: measures in a release build and prints each figure against its limit; a broken limit is an error.
//! A limit is a ratio to a floor measured in the same run wherever that can be, so that it holds on any machine.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::postgres::ThrowAwayPostgres;
use crate::workspace::{Workspace, run_step};

/// Three simulated months on 2 cores, after the build: a newcomer does not wait longer than this.
const DEMO_LIMIT_SECONDS: f64 = 20.0;

/// Measurements that need a crate's insides are bench targets of that crate: package and target.
const INSIDE: [(&str, &str); 5] =
    [("app", "find"), ("app", "posting"), ("server", "desk"), ("server", "money"), ("server", "pages")];

/// Asks for the full size of what is smaller in CI.
const FULL: &str = "--full";

struct Figure {
    name: String,
    measured: f64,
    limit: f64,
    unit: String,
}

/// Runs the named measurements, or all of them.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (flags, names): (Vec<String>, Vec<String>) = arguments.iter().cloned().partition(|word| word == FULL);
    let is_full = !flags.is_empty();
    let only_x12 = names.iter().all(|name| name == "x12") && !names.is_empty();
    if only_x12 {
        return x12(workspace);
    }
    run_step("release build", workspace.cargo(&["build", "--release", "--package", "server", "--bin", "tierline"]))?;
    let wanted = |name: &str| names.is_empty() || names.iter().any(|chosen| chosen == name);
    let mut figures = Vec::new();
    if wanted("demo") {
        figures.push(demo(workspace)?);
    }
    for (package, name) in INSIDE {
        if wanted(name) {
            figures.extend(measured_inside(workspace, package, name, is_full)?);
        }
    }
    if figures.is_empty() {
        bail!("nothing of that name is measured: choose among demo, posting, desk, money, pages, x12");
    }
    println!("\n{}", machine());
    print!("{}", table(&figures));
    let inside = verdict(&figures);
    if names.is_empty() {
        x12(workspace)?;
    }
    inside
}

/// What the figures were measured on: figures without it say little.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().take(3).collect::<Vec<_>>().join(", ");
    format!("{cores} cores; load averages at the end {}", if load.is_empty() { "unknown" } else { &load })
}

/// The X12 engine against floors and peers of the same run: its own table, in which a figure must not be below its limit.
fn x12(workspace: &Workspace) -> Result<()> {
    let output = workspace
        .cargo(&["bench", "--package", "x12", "--bench", "speed"])
        .output()
        .context("cargo bench could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("bench x12: {}", String::from_utf8_lossy(&output.stderr));
    }
    for line in text.lines() {
        if let Some(row) = line.strip_prefix("TABLE ") {
            println!("{row}");
        } else if line.starts_with("SKIPPED") {
            println!("{line}");
        }
    }
    println!("\n{}", machine());
    let missed: Vec<&str> = text.lines().filter_map(below_its_limit).collect();
    if missed.is_empty() { Ok(()) } else { bail!("below the limit: {}", missed.join(", ")) }
}

/// The name of a `SPEED name measured limit unit` line whose figure is below its limit.
fn below_its_limit(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.strip_prefix("SPEED ")?.split_whitespace().collect();
    let [name, measured, limit, _] = words[..] else { return None };
    let is_below = measured.parse::<f64>().ok()? < limit.parse::<f64>().ok()?;
    is_below.then_some(name)
}

fn demo(workspace: &Workspace) -> Result<Figure> {
    let folder = workspace.target().join("bench-demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let database = format!("sqlite://{}", folder.join("demo.sqlite").display());
    let started = Instant::now();
    let output = Command::new(workspace.target().join("release/tierline"))
        .args(["demo", "--headless", "--json", "--seed", "7", "--months", "3"])
        .args(["--database", &database])
        .output()
        .context("tierline demo could not be started")?;
    let seconds = started.elapsed().as_secs_f64();
    if !output.status.success() {
        bail!("tierline demo: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(Figure {
        name: "demo, 3 months, headless".to_owned(),
        measured: seconds,
        limit: DEMO_LIMIT_SECONDS,
        unit: "s".to_owned(),
    })
}

/// Runs one bench target. It prints `FIGURE name measured limit unit`; its other lines are shown as they come.
fn measured_inside(workspace: &Workspace, package: &str, name: &str, is_full: bool) -> Result<Vec<Figure>> {
    let postgres = ThrowAwayPostgres::start();
    let mut command = workspace.cargo(&["bench", "--package", package, "--bench", name]);
    if is_full {
        command.args(["--", FULL]);
    }
    match &postgres {
        Ok(cluster) => {
            command.env("TIERLINE_TEST_POSTGRES", cluster.url());
        }
        Err(reason) => println!("SKIPPED bench {name} on PostgreSQL ({reason:#})"),
    }
    println!("==> bench {name}");
    let mut child = command.stdout(Stdio::piped()).spawn().context("cargo bench could not be started")?;
    let stdout = child.stdout.take().context("the output of cargo bench cannot be read")?;
    let mut figures = Vec::new();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        match line.strip_prefix("FIGURE ") {
            Some(figure) => figures.push(read_figure(figure)?),
            None => println!("{line}"),
        }
    }
    if !child.wait()?.success() {
        bail!("bench {name} failed");
    }
    Ok(figures)
}

/// `FIGURE posting-sqlite 1.9 3 times-the-raw-floor`
fn read_figure(line: &str) -> Result<Figure> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [name, measured, limit, unit] = words[..] else {
        bail!("a bench printed a FIGURE line of other than four words: {line}");
    };
    Ok(Figure { name: name.to_owned(), measured: measured.parse()?, limit: limit.parse()?, unit: unit.to_owned() })
}

/// One row a figure: what was measured, its limit, their ratio, and whether it holds.
fn table(figures: &[Figure]) -> String {
    let mut text = String::from("| figure | measured | limit | measured / limit | |\n|---|---:|---:|---:|---|\n");
    for figure in figures {
        text.push_str(&format!(
            "| {} | {:.2} {unit} | {:.2} {unit} | {:.2} | {} |\n",
            figure.name,
            figure.measured,
            figure.limit,
            figure.measured / figure.limit,
            if figure.holds() { "pass" } else { "FAIL" },
            unit = figure.unit
        ));
    }
    text
}

/// An error that names every broken limit.
fn verdict(figures: &[Figure]) -> Result<()> {
    let missed: Vec<&str> = figures.iter().filter(|f| !f.holds()).map(|f| f.name.as_str()).collect();
    if missed.is_empty() {
        return Ok(());
    }
    bail!("over the limit: {}", missed.join(", "))
}

impl Figure {
    /// False also for what is no number.
    fn holds(&self) -> bool {
        self.measured <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_line_has_four_words() {
        let figure = read_figure("posting-sqlite 1.9 3 times").expect("four words");
        assert_eq!((figure.name.as_str(), figure.limit as i64), ("posting-sqlite", 3));
        assert!(read_figure("posting-sqlite 1.9").is_err());
    }

    #[test]
    fn a_broken_limit_is_shown_and_is_an_error() {
        let figures = ["posting-sqlite 1.9 3 times", "page-work-sqlite 21 20 ms", "page-claim-sqlite NaN 20 ms"];
        let figures: Vec<Figure> = figures.iter().map(|line| read_figure(line).expect("four words")).collect();
        let table = table(&figures);
        assert!(table.contains("| posting-sqlite | 1.90 times | 3.00 times | 0.63 | pass |"), "{table}");
        assert!(table.contains("| page-work-sqlite | 21.00 ms | 20.00 ms | 1.05 | FAIL |"), "{table}");
        let refused = verdict(&figures).expect_err("two limits are broken").to_string();
        assert_eq!(refused, "over the limit: page-work-sqlite, page-claim-sqlite");
        assert!(verdict(&figures[..1]).is_ok());
    }
}
