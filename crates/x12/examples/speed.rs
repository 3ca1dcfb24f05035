//! Prints how fast a file is checked, read into segments and counted: `cargo run --release -p x12 --example speed FILE…`.
//!
//! Best of five; for orientation only, `cargo xtask bench` keeps the table.

use std::sync::LazyLock;
use std::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Seconds on the processor where the system tells them, so that a busy machine does not blur the figures.
fn seconds() -> f64 {
    let on_processor = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = on_processor.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let megabytes = bytes.len() as f64 / 1e6;
        let best = |work: &mut dyn FnMut()| {
            let times = (0..3).map(|_| {
                let start = seconds();
                work();
                seconds() - start
            });
            megabytes / times.fold(f64::INFINITY, f64::min)
        };
        let checked = x12::check(&bytes, &x12::ShapeOnly);
        println!("{path}: {:?}, {} errors, {} segments", checked.verdict, checked.problems.errors(), checked.segments);
        for problem in checked.problems.kept().iter().take(3) {
            println!("  {} {}", problem.code, problem.text());
        }
        println!("  copy  {:8.0} MB/s", best(&mut || drop(std::hint::black_box(bytes.clone()))));
        println!("  check {:8.0} MB/s", best(&mut || drop(std::hint::black_box(x12::check(&bytes, &x12::ShapeOnly)))));
        println!("  read  {:8.0} MB/s", best(&mut || drop(std::hint::black_box(x12::read(&bytes)))));
    }
    Ok(())
}
