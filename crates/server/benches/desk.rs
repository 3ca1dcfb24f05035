//! The desk as a place to work, small and large: the 95th percentile of the server's time for the queue as it is and as
//! it is narrowed, an item, the next item, and finding by name and number, on both engines; and how much slower the large
//! desk is than the small one. Printed as `FIGURE name measured limit unit` for `cargo xtask bench`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a benchmark that cannot be set up must stop

mod desk_browser;
mod large_practice;

use std::time::Instant;

use axum::http::StatusCode;
use billing::access::{Actor, Role};
use billing::work::{Calendar, Desk as WorkDesk, WorkItem, WorkLinks, WorkReason};
use billing::{Money, UserId, WorkItemId};
use desk_browser::Browser;
use jiff::ToSpan;
use large_practice::LargePractice;
use store::testing::{PRACTICE, TestDb, TestEngine, engines};
use store::worklist::QueueCursor;
use uuid::Uuid;

/// The small desk: what a practice of ten doctors has open in a bad month.
const SMALL: usize = 10_000;
/// The large desk where nobody asks for more.
const LARGE: usize = 100_000;
/// The large desk of a whole measurement.
const FULL: usize = 1_000_000;
/// Times each step is done in one pass.
const ROUNDS: usize = 100;
/// Passes; the best counts, because what else the machine does only adds.
const PASSES: usize = 3;
/// Milliseconds that a step may take on the server.
const LIMIT_MILLISECONDS: f64 = 50.0;
/// How much slower the large desk may be than the small one.
const LIMIT_GROWTH: f64 = 1.5;
/// Milliseconds below which a ratio says more about the machine than about the desk.
const TOO_SHORT: f64 = 2.0;
/// Items loaded in one transaction.
const BATCH: usize = 5_000;

/// Reasons in turn: most work is denials, the rest spreads over the desks.
const REASONS: [WorkReason; 6] = [
    WorkReason::Denied,
    WorkReason::HeldForData,
    WorkReason::RemittanceMissing,
    WorkReason::Denied,
    WorkReason::HeldForCoding,
    WorkReason::Inquiry,
];

fn main() {
    let is_full = std::env::args().any(|arg| arg == "--full");
    let asked = std::env::args().filter_map(|arg| arg.parse().ok()).next();
    let large = asked.unwrap_or(if is_full { FULL } else { LARGE });
    for engine in engines() {
        let small = measured(engine, SMALL);
        let big = measured(engine, large);
        let name = match engine {
            TestEngine::Sqlite => "sqlite",
            TestEngine::Postgres => "postgresql",
        };
        for ((step, one), (_, other)) in small.iter().zip(&big) {
            println!("FIGURE desk-{step}-{name} {other:.2} {LIMIT_MILLISECONDS} ms-p95");
            let growth = other.max(TOO_SHORT) / one.max(TOO_SHORT);
            println!("FIGURE desk-{step}-growth-{name} {growth:.2} {LIMIT_GROWTH} times");
        }
    }
}

/// Milliseconds of each step at a desk of so many items and claims.
fn measured(engine: TestEngine, size: usize) -> Vec<(&'static str, f64)> {
    let db = TestDb::new(engine);
    let started = Instant::now();
    let loaded = large_practice::load(&db, size);
    open_items(&db, &loaded, size);
    db.analyze().unwrap();
    println!("{engine:?}: {size} items and claims loaded in {:.1} s", started.elapsed().as_secs_f64());
    let browser = Browser::signed_in(&db, "tier2", Role::Tier2);
    let second = Actor::user(UserId(Uuid::from_u128(2)), "tier2", vec![Role::Tier2], PRACTICE);
    let items = app::worklist::queue(&db, &second, PRACTICE, WorkDesk::Tier2, QueueCursor::START).unwrap();
    let claim = |round: usize| &loaded.claims[round * 389 % loaded.claims.len()];
    let payer = loaded.payer.id;
    let narrowed = "/work?desk=tier2&reason=denied&state=open&owner=nobody&due=soon&days=5&from=100.00";
    let mut steps = Vec::new();
    let mut step = |name, run: &dyn Fn(usize)| steps.push((name, best(engine, name, run)));
    step("queue", &|_| browser.get("/work?desk=tier2"));
    step("queue-narrowed", &|_| browser.get(narrowed));
    step("queue-of-payer", &|_| browser.get(&format!("/work?payer={payer}&reason=held_for_data")));
    step("queue-of-everything", &|_| browser.get("/work?owner=nobody"));
    step("queue-nothing-fits", &|_| browser.get("/work?desk=tier2&from=900000.00"));
    step("item", &|round| browser.get(&format!("/work/{}", items[round % items.len()].id)));
    step("palette-by-name", &|_| browser.send("/palette", "q=Quintero0", StatusCode::OK));
    step("palette-by-number", &|round| browser.send("/palette", &format!("q={}", claim(round).1), StatusCode::OK));
    step("find-by-number", &|round| browser.find(&claim(round).1, StatusCode::SEE_OTHER));
    step("next", &|_| browser.send("/work/next?desk=tier2", "", StatusCode::SEE_OTHER));
    steps
}

/// Opens so many items beside those of the practice, over half a year.
fn open_items(db: &TestDb, loaded: &LargePractice, size: usize) {
    for first in (0..size).step_by(BATCH) {
        db.write(&db.system(), PRACTICE, |tx| {
            let items: Vec<(WorkItem, String)> = (first..(first + BATCH).min(size))
                .map(|number| {
                    let reason = REASONS[number % REASONS.len()];
                    let claim = loaded.claims[number % loaded.claims.len()].0;
                    let links = WorkLinks {
                        claim_id: Some(claim),
                        payer_id: (number % 3 == 0).then_some(loaded.payer.id),
                        ..WorkLinks::default()
                    };
                    let day = tx.today().saturating_sub(((number % 180) as i64).days());
                    let stake = Money::from_cents((number % 40_000) as i64);
                    let id = WorkItemId(tx.new_id());
                    let item = WorkItem::open(
                        id,
                        reason,
                        "A claim needs a look.".into(),
                        links,
                        stake,
                        day,
                        &Calendar::default(),
                    );
                    (item, format!("bench:{number}"))
                })
                .collect();
            store::worklist::insert_items(tx, &items)
        })
        .unwrap();
    }
}

fn best(engine: TestEngine, name: &str, run: &dyn Fn(usize)) -> f64 {
    run(0);
    let p95 = (0..PASSES).map(|pass| p95(run, pass * ROUNDS + 1)).min_by(f64::total_cmp).unwrap();
    println!("{engine:?}: {name} p95 {p95:.2} ms");
    p95
}

fn p95(run: &dyn Fn(usize), from: usize) -> f64 {
    let mut milliseconds: Vec<f64> = (from..from + ROUNDS)
        .map(|round| {
            let started = Instant::now();
            run(round);
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    milliseconds.sort_by(f64::total_cmp);
    milliseconds[ROUNDS * 95 / 100]
}
