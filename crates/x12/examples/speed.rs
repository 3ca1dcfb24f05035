//! Prints how fast a file is checked, read into segments and counted: `cargo run --release -p x12 --example speed FILE…`.
//!
//! Best of five; for orientation only, `cargo xtask bench` keeps the table.

use std::time::Instant;

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let megabytes = bytes.len() as f64 / 1e6;
        let best = |work: &mut dyn FnMut()| {
            let times = (0..5).map(|_| {
                let start = Instant::now();
                work();
                start.elapsed().as_secs_f64()
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
