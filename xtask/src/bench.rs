//! `cargo xtask bench`: measures in a release build and prints each figure against its limit.
//! A limit is a ratio to a floor measured in the same run wherever that can be, so that it holds on any machine.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::postgres::ThrowAwayPostgres;
use crate::workspace::{Workspace, run_step};

/// Three simulated months on 2 cores, after the build: a newcomer does not wait longer than this.
const DEMO_LIMIT_SECONDS: f64 = 20.0;

struct Figure {
    name: String,
    measured: f64,
    limit: f64,
    unit: String,
}

/// Runs the named measurements, or all of them.
pub fn run(workspace: &Workspace, names: &[String]) -> Result<()> {
    run_step("release build", workspace.cargo(&["build", "--release", "--package", "server", "--bin", "tierline"]))?;
    let wanted = |name: &str| names.is_empty() || names.iter().any(|chosen| chosen == name);
    let mut figures = Vec::new();
    if wanted("demo") {
        figures.push(demo(workspace)?);
    }
    for name in ["posting", "pages"] {
        if wanted(name) {
            figures.extend(measured_inside(workspace, name)?);
        }
    }
    print_table(&figures)
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

/// Measurements that need the store's insides are bench targets of `app`; each prints `FIGURE name measured limit unit`.
fn measured_inside(workspace: &Workspace, name: &str) -> Result<Vec<Figure>> {
    let postgres = ThrowAwayPostgres::start();
    let mut command = workspace.cargo(&["bench", "--package", "app", "--bench", name]);
    match &postgres {
        Ok(cluster) => {
            command.env("TIERLINE_TEST_POSTGRES", cluster.url());
        }
        Err(reason) => println!("SKIPPED bench {name} on PostgreSQL ({reason:#})"),
    }
    let output = command.output().context("cargo bench could not be started")?;
    if !output.status.success() {
        bail!("bench {name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter_map(|line| line.strip_prefix("FIGURE ")).map(read_figure).collect()
}

/// `FIGURE posting-sqlite 1.9 3 times-the-raw-floor`
fn read_figure(line: &str) -> Result<Figure> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [name, measured, limit, unit] = words[..] else {
        bail!("a bench printed a FIGURE line of other than four words: {line}");
    };
    Ok(Figure { name: name.to_owned(), measured: measured.parse()?, limit: limit.parse()?, unit: unit.to_owned() })
}

fn print_table(figures: &[Figure]) -> Result<()> {
    println!("\n| figure | measured | limit | share of the limit |\n|---|---:|---:|---:|");
    let mut missed = Vec::new();
    for figure in figures {
        println!(
            "| {} | {:.2} {unit} | {:.2} {unit} | {:.0} % |",
            figure.name,
            figure.measured,
            figure.limit,
            100.0 * figure.measured / figure.limit,
            unit = figure.unit
        );
        if figure.measured > figure.limit {
            missed.push(figure.name.as_str());
        }
    }
    if missed.is_empty() {
        return Ok(());
    }
    bail!("over the limit: {}", missed.join(", "))
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
}
