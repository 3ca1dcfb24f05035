//! The money at speed: an 835 of 10,000 claims posted against its raw floor, other people's pages meanwhile, its preview,
//! the proof of the books, and the account page in a practice of any size. Printed as `FIGURE name measured limit unit`
//! for `cargo xtask bench`; with `--full` the account page is asked in a practice of a million claims.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a benchmark that cannot be set up must stop
#![allow(missing_docs)]

#[allow(dead_code)] // the stories of the tests use the rest
#[path = "../../app/tests/app/clinic.rs"]
mod clinic;
mod desk_browser;
mod large_practice;
#[allow(dead_code)] // the stories of the tests use the rest
#[path = "../../app/tests/app/payer_files.rs"]
mod payer_files;
#[path = "../../app/benches/posting_floor.rs"]
mod posting_floor;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use app::remittance_import::{PaymentState, import, preview};
use billing::access::Role;
use desk_browser::Browser;
use posting_floor::{measure, name, payment, ratio};
use store::testing::{PRACTICE, TestDb, TestEngine, engines};

/// Claims of the file, eight entries each.
const CLAIMS: usize = 10_000;
/// Posting, audited and indexed, may take so many times its raw floor.
const FLOOR_LIMIT: &str = "2.5";
/// Milliseconds that the slowest of a hundred pages of others may take while a file is posted.
const PAGE_LIMIT_MS: u32 = 250;
/// Seconds that a preview of the file may take.
const PREVIEW_LIMIT_S: u32 = 2;
/// Microseconds that the proof of one entry of the books may take: a million a second.
const PROOF_LIMIT_US: u32 = 1;
/// Times as long as in a practice of a thousand claims the account page may take in a large one.
const FLAT_LIMIT: &str = "1.5";
/// Claims of the small practice.
const SMALL: usize = 1_000;
/// Claims of the large one where nobody asks for the full size: what CI loads in half a minute.
const LARGE: usize = 30_000;
/// Claims of the large one with `--full`.
const FULL: usize = 1_000_000;
/// Times the account page is asked for in one pass; the best of three passes counts.
const ROUNDS: usize = 400;
/// Between two pages of one person: nobody clicks faster.
const THINKS: Duration = Duration::from_millis(10);
/// Claims of other patients, whose pages people open while a file is posted.
const OTHERS: usize = 5_000;
/// People who work while a file is posted.
const PEOPLE: usize = 2;

fn main() {
    let is_full = std::env::args().any(|arg| arg == "--full");
    let large = std::env::args().filter_map(|arg| arg.parse().ok()).next();
    let large = large.unwrap_or(if is_full { FULL } else { LARGE });
    for engine in engines() {
        let best = measure(engine, CLAIMS);
        println!("FIGURE money-posting-{} {} {FLOOR_LIMIT} times-the-raw-floor", name(engine), ratio(best));
        let db = TestDb::new(engine);
        let others = large_practice::load(&db, OTHERS);
        payer_files::accepted_claims(&db, PRACTICE, CLAIMS * 2);
        db.analyze().unwrap();
        previewed(engine, &db);
        pages_meanwhile(engine, &db, &others);
        drop(db);
        proven(engine);
        flat(engine, large);
    }
}

fn previewed(engine: TestEngine, db: &TestDb) {
    let text = payment("EFT1", 1..=CLAIMS);
    let best = (0..3)
        .map(|_| {
            let started = Instant::now();
            let seen = preview::of_file(db, &db.system(), PRACTICE, "bench.835", text.as_bytes()).unwrap();
            assert_eq!((seen[0].state, seen[0].counts.posted), (PaymentState::Posted, CLAIMS));
            started.elapsed()
        })
        .min()
        .unwrap();
    println!("FIGURE money-preview-{} {:.2} {PREVIEW_LIMIT_S} s", name(engine), best.as_secs_f64());
}

/// Others open the worklist and accounts while the file is posted.
fn pages_meanwhile(engine: TestEngine, db: &TestDb, others: &large_practice::LargePractice) {
    let people: Vec<Browser> =
        (0..PEOPLE).map(|person| Browser::signed_in(db, &format!("tier{person}"), Role::Tier2)).collect();
    people.iter().for_each(|browser| browser.get("/work"));
    let is_done = AtomicBool::new(false);
    let mut taken: Vec<Duration> = std::thread::scope(|scope| {
        let readers: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(person, browser)| {
                let is_done = &is_done;
                scope.spawn(move || {
                    let mut taken = Vec::new();
                    while !is_done.load(Ordering::Relaxed) {
                        let round = taken.len() * PEOPLE + person;
                        let started = Instant::now();
                        match round % 3 {
                            0 => browser.get("/work"),
                            1 => browser.get(&format!("/claims/{}", others.claims[round % others.claims.len()].0)),
                            _ => browser.get(&format!("/patients/{}", others.patients[round % others.patients.len()])),
                        }
                        taken.push(started.elapsed());
                        std::thread::sleep(THINKS);
                    }
                    taken
                })
            })
            .collect();
        post_two_files(db);
        is_done.store(true, Ordering::Relaxed);
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
    });
    taken.sort_unstable();
    let p99 = taken[taken.len() * 99 / 100];
    println!("{engine:?}: {} pages while two files were posted", taken.len());
    println!("FIGURE money-pages-meanwhile-{} {:.1} {PAGE_LIMIT_MS} ms-p99", name(engine), p99.as_secs_f64() * 1000.0);
}

fn post_two_files(db: &TestDb) {
    for (trace, numbers) in [("EFT1", 1..=CLAIMS), ("EFT2", CLAIMS + 1..=CLAIMS * 2)] {
        let text = payment(trace, numbers);
        let report = import(db, &db.system(), PRACTICE, "bench.835", text.as_bytes()).unwrap();
        assert_eq!(report.payments[0].state, PaymentState::Posted);
    }
}

/// The chain of the books recomputed from its facts and replayed in a second ledger: microseconds an entry (posting).
fn proven(engine: TestEngine) {
    let db = posting_floor::ready(engine, CLAIMS * 2);
    post_two_files(&db);
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let started = Instant::now();
        let proof = app::verify::books(&db, &db.system(), PRACTICE).unwrap();
        assert!(proof.holds, "{}", proof.detail);
        best = best.min(started.elapsed().as_secs_f64() * 1_000_000.0 / proof.postings as f64);
    }
    let started = Instant::now();
    assert!(app::verify::verify(&db, &db.system(), PRACTICE).unwrap().holds());
    println!("{engine:?}: every invariant in {:.2} s", started.elapsed().as_secs_f64());
    match engine {
        TestEngine::Sqlite => println!("FIGURE money-proof-sqlite {best:.2} {PROOF_LIMIT_US} us-an-entry"),
        // The limit is of the embedded engine; the server's own time is not ours.
        TestEngine::Postgres => println!("{engine:?}: proof {best:.2} us an entry"),
    }
}

/// The account page in a small and in a large practice.
fn flat(engine: TestEngine, large: usize) {
    let (few, many) = (account_page(engine, SMALL), account_page(engine, large));
    println!("{engine:?}: account page p95 {few:.2} ms among {SMALL} claims, {many:.2} ms among {large}");
    println!("FIGURE money-account-flat-{} {:.2} {FLAT_LIMIT} times", name(engine), many / few);
}

/// Milliseconds of the account page at the 95th percentile, the best of three passes.
fn account_page(engine: TestEngine, claims: usize) -> f64 {
    let db = TestDb::new(engine);
    let started = Instant::now();
    let loaded = large_practice::load(&db, claims);
    println!("{engine:?}: {claims} claims loaded in {:.1} s", started.elapsed().as_secs_f64());
    let browser = Browser::signed_in(&db, "tier2", Role::Tier2);
    let patient = |round: usize| loaded.patients[round * 7919 % loaded.patients.len()];
    let pass = || {
        let mut taken: Vec<f64> = (0..ROUNDS)
            .map(|round| {
                let started = Instant::now();
                browser.get(&format!("/patients/{}", patient(round)));
                started.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        taken.sort_by(f64::total_cmp);
        taken[ROUNDS * 95 / 100]
    };
    pass();
    (0..3).map(|_| pass()).min_by(f64::total_cmp).unwrap()
}
