//! The speed of the engine: each figure is a ratio to a floor or a peer of the same run, on one core unless it says two.
//!
//! Prints a table and `SPEED name measured limit unit` lines, where a figure must not be below its limit. Files are made
//! by its own generator; processor time counts, the best of several rounds, for noise only adds. A word after `--` asks
//! for a part of it: `check`, `cores`, `typed` or `peers`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // A measurement that cannot run must stop.

mod generator;

use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use x12::transactions::{claim_837p, remittance_835};
use x12::{AcknowledgmentHeader, Checked, Delimiters, Rules, ShapeOnly, Snip, Verdict};

/// The size of the files.
const MEGABYTES: usize = 50;
/// A peer that takes seconds for a megabyte gets no more.
const PEER_MEGABYTES: usize = 1;
/// Claims of a set; payers and clearing houses advise no more than 5,000.
const CLAIMS_PER_SET: usize = 500;
/// The most claims that a set should have.
const LONG_SET: usize = 5000;
/// Each figure is measured so often.
const ROUNDS: usize = 5;

/// One line of the table.
struct Row {
    name: String,
    measured: f64,
    limit: f64,
    unit: &'static str,
    /// What it stands on.
    note: String,
}

struct Bench {
    folder: PathBuf,
    rows: Vec<Row>,
}

/// Seconds on the processor where the system tells them, so that a busy machine blurs the figures less.
fn seconds(started: Instant) -> f64 {
    let on_processor = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = on_processor.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| started.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

fn best(rounds: usize, mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    (0..rounds)
        .map(|_| {
            let before = seconds(started);
            work();
            seconds(started) - before
        })
        .fold(f64::INFINITY, f64::min)
}

impl Bench {
    fn push(&mut self, name: &str, measured: f64, limit: f64, unit: &'static str, note: String) {
        println!("SPEED {} {measured:.3} {limit} {unit}", name.replace(' ', "-"));
        self.rows.push(Row { name: name.to_owned(), measured, limit, unit, note });
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The index against a copy of the same bytes.
    fn index(&mut self, kind: &str, bytes: &[u8]) {
        let mut copy = vec![1_u8; bytes.len()];
        let floor = best(ROUNDS, || black_box(&mut copy).copy_from_slice(black_box(bytes)));
        let time = best(ROUNDS, || {
            black_box(x12::measuring::index(black_box(bytes), &Delimiters::default(), 64 * 1024));
        });
        let note = format!(
            "{}, {:.1} GB/s; copy {:.1} GB/s",
            x12::measuring::index_path(),
            gigabytes(bytes, time),
            gigabytes(bytes, floor)
        );
        self.push(&format!("{kind} index of memcpy"), floor / time, 0.25, "of-copy", note);
    }

    /// The check from a file, at each depth, against the pure tokeniser and in megabytes a second.
    fn check(&mut self, kind: &str, path: &Path, bytes: &[u8]) -> f64 {
        let tokens = best(ROUNDS, || {
            black_box(tokens(black_box(bytes)));
        });
        let check = |up_to: Snip| {
            best(ROUNDS, || {
                let checked = checked(path, up_to);
                assert_eq!(checked.verdict, Verdict::Accepted, "{:?}", checked.problems.kept().first());
                black_box(acknowledged(&checked));
            })
        };
        let structure = check(Snip::Guide);
        let situations = check(Snip::Situation);
        let all = check(Snip::CodeSet);
        let rate = |time: f64| gigabytes(bytes, time) * 1000.0;
        let note = format!("x12-stream-parser {:.0} MB/s", rate(tokens));
        self.push(&format!("{kind} SNIP 1-2 of tokeniser"), tokens / structure, 1.0 / 3.0, "of-tokeniser", note);
        self.push(&format!("{kind} SNIP 1-2 from file"), rate(structure), 400.0, "MB/s", "with its 999".to_owned());
        self.push(&format!("{kind} SNIP 1-4 from file"), rate(situations), 300.0, "MB/s", "with its 999".to_owned());
        self.push(
            &format!("{kind} SNIP 1-5 from file"),
            rate(all),
            300.0,
            "MB/s",
            "codes by shape; with its 999".to_owned(),
        );
        all
    }

    /// Two cores against one, on the clock of the wall: the best of many rounds, taken in turns, for a core that others
    /// use tells nothing.
    fn two_cores(&mut self, kind: &str, path: &Path, bytes: &[u8]) {
        let mut best = [f64::INFINITY; 2];
        for _ in 0..2 * ROUNDS {
            for threads in 1..=2 {
                let started = Instant::now();
                let file = File::open(path).unwrap();
                let checked = x12::check_reader_on(file, &ShapeOnly, &Rules::default(), threads).unwrap();
                assert_eq!(checked.verdict, Verdict::Accepted, "{:?}", checked.problems.kept().first());
                black_box(acknowledged(&checked));
                best[threads - 1] = best[threads - 1].min(started.elapsed().as_secs_f64());
            }
        }
        let rate = |time: f64| gigabytes(bytes, time) * 1000.0;
        let note = format!("{:.0} and {:.0} MB/s, SNIP 1-5 with the 999, from file", rate(best[1]), rate(best[0]));
        self.push(&format!("{kind} two cores of one"), best[0] / best[1], 1.7, "times", note);
    }

    /// The typed models: owned claims streamed from the file, beside the tokeniser and the check of the same run;
    /// `views` reads whole sets from memory and borrows their text.
    fn typed(&mut self, kind: &str, path: &Path, bytes: &[u8], owned: fn(File) -> usize, views: fn(&[u8]) -> usize) {
        let tokeniser = best(ROUNDS, || {
            black_box(tokens(black_box(bytes)));
        });
        let check = best(ROUNDS, || {
            black_box(checked(path, Snip::CodeSet));
        });
        let (mut claims, mut viewed) = (0, 0);
        let streamed = best(ROUNDS, || claims = owned(File::open(path).unwrap()));
        let borrowed = best(ROUNDS, || viewed = views(black_box(bytes)));
        assert!(claims == viewed && claims > 0, "{claims} owned claims and {viewed} borrowed");
        let rate = |time: f64| gigabytes(bytes, time) * 1000.0;
        let note = format!(
            "{claims} claims from file; {:.2} of the tokeniser ({:.0} MB/s), {:.1} times SNIP 1-5 ({:.0} MB/s); \
             borrowed from memory {:.0} MB/s",
            tokeniser / streamed,
            rate(tokeniser),
            check / streamed,
            rate(check),
            rate(borrowed)
        );
        self.push(&format!("{kind} typed owned claims"), rate(streamed), 200.0, "MB/s", note);
    }

    /// Both kinds of file.
    fn all_typed(&mut self, claims: (&Path, &[u8]), remittances: (&Path, &[u8])) {
        self.typed("837P", claims.0, claims.1, streamed_claims, |bytes| {
            let file = x12::read(bytes);
            file.sets().map(|(_, _, set)| black_box(claim_837p::read(set)).0.claims().count()).sum()
        });
        self.typed(
            "835",
            remittances.0,
            remittances.1,
            |file| {
                let parts = remittance_835::stream(file).map(|part| black_box(part.unwrap()).part);
                parts.filter(|part| matches!(part, remittance_835::Part::Claim(_))).count()
            },
            |bytes| {
                let file = x12::read(bytes);
                file.sets().map(|(_, _, set)| black_box(remittance_835::read(set)).0.claims().count()).sum()
            },
        );
    }

    fn peer(&mut self, peer: &str, kind: &str, path: &Path, limit: f64) {
        // The system's clock of the processor moves in steps as long as this work: it is done often enough to be seen.
        let times: u32 = 50;
        let ours = best(ROUNDS, || {
            for _ in 0..times {
                black_box(acknowledged(&checked(path, Snip::CodeSet)));
            }
        }) / f64::from(times);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/speed/peers.py");
        let output = Command::new("python3").arg(script).arg(peer).arg(path).output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let told = text.lines().find_map(|line| line.strip_prefix(&format!("PEER {peer} "))?.parse::<f64>().ok());
        match told {
            Some(theirs) => {
                let note = format!("{peer} {:.2} s for {PEER_MEGABYTES} MB", theirs);
                self.push(&format!("{kind} SNIP 1-5 of {peer}"), theirs / ours, limit, "times", note);
            }
            None => println!("SKIPPED {peer}: python3 has no such module; pip install {peer}"),
        }
    }

    /// The engines that others made, on files they can be waited for.
    fn peers(&mut self) {
        let claims = self.write("claims-small.x12", &generator::claims(PEER_MEGABYTES, CLAIMS_PER_SET));
        let remittances = self.write("remittances-small.x12", &generator::remittances(PEER_MEGABYTES, CLAIMS_PER_SET));
        self.peer("pyx12", "837P", &claims, 200.0);
        self.peer("oxedi", "835", &remittances, 8.0);
    }

    /// Prints the table and clears away.
    fn end(self) {
        print_table(&self.rows);
        // A leftover file is the system's to clear away.
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    /// Twice the file takes twice the time.
    fn linear(&mut self, name: &str, make: impl Fn(usize) -> Vec<u8>, size: usize) {
        let (once, twice) = (make(size), make(2 * size));
        let started = Instant::now();
        black_box(x12::check(black_box(&once), &ShapeOnly));
        // The system's clock of the processor moves in steps: short work is done often enough to be seen.
        let times = (0.1 / started.elapsed().as_secs_f64()).ceil() as usize;
        let time = |bytes: &[u8]| {
            best(ROUNDS, || {
                for _ in 0..times {
                    black_box(x12::check(black_box(bytes), &ShapeOnly));
                }
            })
        };
        let ratio = time(&twice) / time(&once);
        // The figure must not be below its limit: given as how far below 2.3 it stays.
        let note = format!("{ratio:.2} times the time for twice the file; at most 2.3");
        self.push(&format!("linear {name}"), 2.3 / ratio, 1.0, "of-2.3", note);
    }
}

fn gigabytes(bytes: &[u8], seconds: f64) -> f64 {
    bytes.len() as f64 / 1e9 / seconds
}

fn tokens(bytes: &[u8]) -> usize {
    let delimiters = x12_stream_parser::Delimiters::new(b'~', b'*', b':');
    let parser = x12_stream_parser::Parser::new(bytes, delimiters);
    parser.map_while(Result::ok).map(|segment| segment.elements().map(<[u8]>::len).sum::<usize>()).sum()
}

fn checked(path: &Path, up_to: Snip) -> Checked {
    x12::check_reader_up_to(File::open(path).unwrap(), &ShapeOnly, up_to).unwrap()
}

/// The 999 of every interchange.
fn acknowledged(checked: &Checked) -> usize {
    let header = AcknowledgmentHeader { made_at: jiff::civil::date(2026, 9, 2).at(1, 2, 0, 0), control_number: 77 };
    let written = checked.interchanges.iter().filter_map(|one| x12::write_999(checked, one, header).unwrap());
    written.map(|bytes| bytes.len()).sum()
}

/// A claim file with something repeated inside its first claim.
fn hostile(segment: &str, times: usize) -> Vec<u8> {
    let text = String::from_utf8(generator::claims(0, 1)).unwrap_or_default();
    let text = if text.contains("REF*D9*") { text } else { String::from_utf8(generator::claims(1, 1)).unwrap() };
    let at = text.find("HI*ABK").unwrap();
    format!("{}{}{}", &text[..at], segment.repeat(times), &text[at..at + 200_000.min(text.len() - at)]).into_bytes()
}

/// The most memory this process has had, in megabytes; the system tells it.
fn peak_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()? / 1000.0)
}

/// Run by itself as `speed peak FILE`: the memory of a check is the memory of a process that does nothing else.
fn peak_of(path: &str) {
    // Two cores need more than one.
    let file = File::open(path).unwrap();
    let checked = x12::check_reader_on(file, &ShapeOnly, &Rules::default(), 2).unwrap();
    let sets = checked.interchanges.iter().flat_map(|one| &one.groups).map(|group| group.sets.len()).sum::<usize>();
    println!("PEAK {} {sets} {}", peak_megabytes().unwrap_or(f64::NAN), checked.verdict.word());
}

/// How many owned claims a file gives.
fn streamed_claims(file: File) -> usize {
    claim_837p::stream(file).inspect(|claim| assert!(black_box(claim).is_ok())).count()
}

/// Run by itself as `speed peak-claims FILE`: the same of owned claims, each dropped before the next is read.
fn peak_of_claims(path: &str) {
    let claims = streamed_claims(File::open(path).unwrap());
    println!("PEAK {} {claims} claims", peak_megabytes().unwrap_or(f64::NAN));
}

fn memory_of_claims(bench: &mut Bench, name: &str, path: &Path) {
    let (peak, claims, _) = peak(path, "peak-claims");
    let note = format!("{claims} owned claims, streamed: {peak:.1} MB of 20.0 MB");
    bench.push(name, 20.0 / peak, 1.0, "of-allowed", note);
}

/// Megabytes, how many sets or claims there were, and a word on them.
fn peak(path: &Path, what: &str) -> (f64, f64, String) {
    let output = Command::new(std::env::current_exe().unwrap()).arg(what).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["PEAK", peak, count, word] = words[..] else { panic!("no peak was told: {text}") };
    (peak.parse().unwrap(), count.parse().unwrap(), word.to_owned())
}

fn memory(bench: &mut Bench, name: &str, path: &Path) {
    let (peak, sets, verdict) = peak(path, "peak");
    let allowed = 20.0 + 16.0 * sets / 1e6;
    let size = std::fs::metadata(path).unwrap().len() / 1_000_000;
    let note = format!("{size} MB, {sets} sets, {verdict}: {peak:.1} MB of {allowed:.1} MB");
    bench.push(name, allowed / peak, 1.0, "of-allowed", note);
}

/// Very many small sets: sixteen bytes for each may be kept.
fn many_sets(count: usize) -> Vec<u8> {
    let one = String::from_utf8(generator::claims(1, 1)).unwrap();
    let begin = one.find("ST*837*").unwrap();
    let mut text = one[..begin].to_owned();
    for number in 1..=count {
        text.push_str(&format!("ST*837*{number:09}*005010X222A1~SE*2*{number:09}~"));
    }
    text.push_str(&format!("GE*{count}*905~IEA*1*000000905~"));
    text.into_bytes()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("peak-claims") {
        peak_of_claims(&arguments.next().unwrap());
        return;
    }
    if first.as_deref() == Some("peak") {
        peak_of(&arguments.next().unwrap());
        return;
    }
    let folder = std::env::temp_dir().join(format!("x12-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut bench = Bench { folder, rows: Vec::new() };
    if first.as_deref() == Some("peers") {
        bench.peers();
        bench.end();
        return;
    }
    let claims = generator::claims(MEGABYTES, CLAIMS_PER_SET);
    let remittances = generator::remittances(MEGABYTES, CLAIMS_PER_SET);
    let claims_path = bench.write("claims.x12", &claims);
    let remittances_path = bench.write("remittances.x12", &remittances);
    match first.as_deref() {
        Some("typed") => bench.all_typed((&claims_path, &claims), (&remittances_path, &remittances)),
        Some("check") => {
            bench.check("837P", &claims_path, &claims);
            bench.check("835", &remittances_path, &remittances);
        }
        Some("cores") => {
            bench.two_cores("837P", &claims_path, &claims);
            bench.two_cores("835", &remittances_path, &remittances);
        }
        _ => everything(&mut bench, (&claims_path, claims), (&remittances_path, remittances)),
    }
    bench.end();
}

/// All that the table has.
fn everything(
    bench: &mut Bench,
    (claims_path, claims): (&Path, Vec<u8>),
    (remittances_path, remittances): (&Path, Vec<u8>),
) {
    bench.index("837P", &claims);
    bench.index("835", &remittances);
    bench.check("837P", claims_path, &claims);
    bench.check("835", remittances_path, &remittances);
    bench.two_cores("837P", claims_path, &claims);
    bench.two_cores("835", remittances_path, &remittances);
    bench.all_typed((claims_path, &claims), (remittances_path, &remittances));
    bench.peers();
    bench.linear("claims", |size| generator::claims(size, CLAIMS_PER_SET), 10);
    bench.linear("one loop", |size| hostile("NTE*ADD*X~", size), 500_000);
    bench.linear("levels", |size| hostile("HL*2*1*22*1~", size), 100_000);
    let components = format!("HI*BE:{}~", "X:".repeat(10_000));
    bench.linear("ten thousand components", |size| hostile(&components, size), 200);
    let header = std::str::from_utf8(&claims[..106]).unwrap().to_owned();
    bench.linear("interchanges", |size| hostile(&header, size), 50_000);
    bench.linear("no terminator", |size| hostile(&"A*".repeat(size), 1), 5_000_000);
    drop((claims, remittances));
    let large = bench.write("large.x12", &generator::claims(500, CLAIMS_PER_SET));
    memory(bench, "memory 500 MB", &large);
    let long = bench.write("long.x12", &generator::claims(100, LONG_SET));
    memory(bench, "memory sets of 5000 claims", &long);
    memory_of_claims(bench, "memory owned claims of 500 MB", &large);
    let many = bench.write("many.x12", &many_sets(1_000_000));
    memory(bench, "memory 1 million faulty sets", &many);
}

fn print_table(rows: &[Row]) {
    println!("\nTABLE | figure | measured | at least | | stands on |");
    println!("TABLE |---|---:|---:|---|---|");
    for row in rows {
        let passed = if row.measured >= row.limit { "pass" } else { "**below**" };
        println!(
            "TABLE | {} | {:.2} {} | {:.2} | {passed} | {} |",
            row.name, row.measured, row.unit, row.limit, row.note
        );
    }
}
