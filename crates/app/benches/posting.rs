//! Posting an 835 of 10,000 claims against its raw floor. Reading the file, matching, deciding, hashing, and moving the
//! claims come on top; the limit is a ratio.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, dead_code, missing_docs)]

#[path = "../tests/app/clinic.rs"]
mod clinic;
#[path = "../tests/app/payer_files.rs"]
mod payer_files;
mod posting_floor;

use posting_floor::{measure, name, ratio};
use store::testing::engines;

/// Claims of the file: the figure that CONTRIBUTING.md promises.
const CLAIMS: usize = 10_000;
/// Posting may take so many times its floor.
const LIMIT: u32 = 3;

fn main() {
    let count = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(CLAIMS);
    for engine in engines() {
        let best = measure(engine, count);
        println!("FIGURE posting-{} {} {LIMIT} times-the-raw-floor", name(engine), ratio(best));
    }
}
