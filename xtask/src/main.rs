//! Tasks of the repository: `cargo xtask test`, `tidy`, `codegen`, `bench`, `ci`.
//!
//! Never part of the product: nothing here is linked into `tierline`, and nothing outside reads it.

mod arm;
mod bench;
mod ci;
mod codegen;
mod debian;
mod postgres;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const USAGE: &str = "\
Usage: cargo xtask TASK

  test [ARGS]        start what the tests need (PostgreSQL, Chromium, two other X12 engines), run `cargo test`
                     with ARGS (default: --workspace and `arm`), stop everything again
  test crash [--times N]
                     kill -9 a posting N times on each database (default 1,000) and verify the books after it
  arm                run the X12 engine's tests on 64-bit Arm, under an emulator
  tidy               check the repository's own rules: crate law, file sizes, words, generated pages
  codegen [--check]  write docs/reference from the code (--check: only say whether it is fresh)
  bench [NAMES] [--full]
                     measure, in a release build, and print ratios against their limits (--full: with a million
                     claims where CI takes fewer)
  ci                 format, lints, tests, tidy, documentation: what a change must pass";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = Workspace::find().and_then(|workspace| match task.as_str() {
        "test" => test::run(&workspace, &rest),
        "arm" => arm::Arm::prepare(&workspace).map_err(anyhow::Error::msg)?.test(&workspace),
        "tidy" => tidy::run(&workspace),
        "codegen" => codegen::run(&workspace, rest.iter().any(|word| word == "--check")),
        "bench" => bench::run(&workspace, &rest),
        "ci" => ci::run(&workspace),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => anyhow::bail!("There is no task \"{other}\".\n\n{USAGE}"),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask {task}: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
