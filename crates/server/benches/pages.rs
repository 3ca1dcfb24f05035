//! The pages that a desk opens all day, with 100,000 claims in the database, on both engines: the 95th percentile of
//! the server's time from the request to the last byte of its answer. That is the session, the right, the queries and
//! the HTML, compressed as a browser asks for it; what it excludes is the socket and the browser. Printed as
//! `FIGURE name measured limit unit` for `cargo xtask bench`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a benchmark that cannot be set up must stop

mod desk_browser;
mod large_practice;

use std::time::Instant;

use axum::http::StatusCode;
use billing::UserId;
use billing::access::{Actor, Role};
use billing::work::Desk as WorkDesk;
use desk_browser::Browser;
use large_practice::LargePractice;
use store::testing::{PRACTICE, TestDb, TestEngine, engines};
use store::worklist::QueueCursor;
use uuid::Uuid;

/// Claims in the database: the figure that CONTRIBUTING.md promises.
const CLAIMS: usize = 100_000;
/// Looks and changes in the access log.
const LOGGED: usize = 100_000;
/// Times each page is asked for in one pass.
const ROUNDS: usize = 200;
/// Each page is measured in so many passes; the best counts, because what else the machine does only adds.
const PASSES: usize = 3;
/// Milliseconds that a page may take on the server.
const LIMIT_MILLISECONDS: f64 = 20.0;

fn main() {
    let claims = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(CLAIMS);
    for engine in engines() {
        let db = TestDb::new(engine);
        let started = Instant::now();
        let loaded = large_practice::load(&db, claims);
        println!("{engine:?}: {claims} claims loaded in {:.1} s", started.elapsed().as_secs_f64());
        let browser = Browser::signed_in(&db, "tier2", Role::Tier2);
        open_pages(engine, &db, &loaded, &browser);
        open_access_log(engine, &db, &loaded);
    }
}

fn open_pages(engine: TestEngine, db: &TestDb, loaded: &LargePractice, browser: &Browser) {
    let second = Actor::user(UserId(Uuid::from_u128(2)), "tier2", vec![Role::Tier2], PRACTICE);
    let items = app::worklist::queue(db, &second, PRACTICE, WorkDesk::Tier2, QueueCursor::START).unwrap();
    let patient = |round: usize| loaded.patients[round * 97 % loaded.patients.len()];
    let claim = |round: usize| &loaded.claims[round * 389 % loaded.claims.len()];
    figure(engine, "home", |_| browser.get("/"));
    figure(engine, "worklist", |_| browser.get("/work"));
    figure(engine, "work-item", |round| browser.get(&format!("/work/{}", items[round % items.len()].id)));
    figure(engine, "account", |round| browser.get(&format!("/patients/{}", patient(round))));
    figure(engine, "claim", |round| browser.get(&format!("/claims/{}", claim(round).0)));
    figure(engine, "claims", |_| browser.get("/claims"));
    figure(engine, "find-by-name", |_| browser.find("Quintero0", StatusCode::OK));
    figure(engine, "find-by-number", |round| browser.find(&claim(round).1, StatusCode::SEE_OTHER));
}

/// The access log with as many looks and changes, asked in each way.
fn open_access_log(engine: TestEngine, db: &TestDb, loaded: &LargePractice) {
    let second = Actor::user(UserId(Uuid::from_u128(2)), "tier2", vec![Role::Tier2], PRACTICE);
    let patient = |number: usize| loaded.patients[number % loaded.patients.len()];
    db.read(&second, PRACTICE, |read| {
        (0..LOGGED).for_each(|number| read.saw("account", patient(number)));
        Ok::<_, store::StoreError>(())
    })
    .unwrap();
    db.flush_reads();
    db.write(&second, PRACTICE, |tx| {
        (0..LOGGED).for_each(|number| tx.audit("change", "patient", patient(number), serde_json::json!({})));
        Ok::<_, store::StoreError>(())
    })
    .unwrap();
    db.analyze().unwrap();
    let browser = Browser::signed_in(db, "manager", Role::Manager);
    let person = second.user;
    figure(engine, "access-looks", |_| browser.get("/access"));
    figure(engine, "access-deeds", |_| browser.get("/access?list=deeds"));
    figure(engine, "access-older", |_| browser.get("/access?before=5000"));
    figure(engine, "access-person", |_| browser.get(&format!("/access?user={person}&from=2020-01-01")));
    figure(engine, "access-person-deeds", |_| browser.get(&format!("/access?list=deeds&user={person}")));
    figure(engine, "access-record", |round| browser.get(&format!("/access?patient={}", patient(round))));
    figure(engine, "access-empty-days", |_| browser.get("/access?from=2020-01-01&until=2020-01-31"));
    figure(engine, "access-later-days", |_| browser.get(&format!("/access?user={person}&from=2999-01-01")));
}

/// Measures one page against its limit.
fn figure(engine: TestEngine, page: &str, open: impl Fn(usize)) {
    let best = measured(engine, page, open);
    let name = match engine {
        TestEngine::Sqlite => "sqlite",
        TestEngine::Postgres => "postgresql",
    };
    println!("FIGURE page-{page}-{name} {:.2} {LIMIT_MILLISECONDS} ms-p95", best.p95);
}

/// Measures one page: the first opening warms the caches and is not counted.
fn measured(engine: TestEngine, page: &str, open: impl Fn(usize)) -> Pass {
    open(0);
    let best = (0..PASSES).map(|_| pass(&open)).min_by(|one, other| one.p95.total_cmp(&other.p95)).unwrap();
    println!("{engine:?}: {page} median {:.2} ms, p95 {:.2} ms, slowest {:.2} ms", best.median, best.p95, best.slowest);
    best
}

/// Milliseconds of one pass.
struct Pass {
    median: f64,
    p95: f64,
    slowest: f64,
}

fn pass(open: &impl Fn(usize)) -> Pass {
    let mut milliseconds: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            let started = Instant::now();
            open(round);
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    milliseconds.sort_by(f64::total_cmp);
    Pass { median: milliseconds[ROUNDS / 2], p95: milliseconds[ROUNDS * 95 / 100], slowest: milliseconds[ROUNDS - 1] }
}
