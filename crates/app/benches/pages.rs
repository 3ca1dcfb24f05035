//! The pages that a desk opens all day, with 100,000 claims in the database, on both engines: the 95th percentile of
//! what a page asks of the use cases. Printed as `FIGURE name measured limit unit` for `cargo xtask bench`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a benchmark that cannot be set up must stop

mod large_practice;

use std::time::Instant;

use app::{inquiry, patient_account, worklist};
use billing::UserId;
use billing::access::{Actor, Role};
use billing::work::Desk;
use store::testing::{PRACTICE, TestDb, engines};
use store::worklist::QueueCursor;
use uuid::Uuid;

/// Claims in the database.
const CLAIMS: usize = 100_000;
/// Times each page is asked for.
const ROUNDS: usize = 200;
/// Milliseconds that a page may take on the server.
const LIMIT_MILLISECONDS: f64 = 20.0;

fn main() {
    for engine in engines() {
        let db = TestDb::new(engine);
        let loaded = large_practice::load(&db, CLAIMS);
        let name = format!("{engine:?}").to_lowercase();
        let second = Actor::user(UserId(Uuid::from_u128(2)), "tier2", vec![Role::Tier2], PRACTICE);
        let patient = |round: usize| loaded.patients[round * 97 % loaded.patients.len()];
        figure(&name, "worklist", |_| {
            worklist::totals(&db, &second, PRACTICE).unwrap();
            assert!(!worklist::queue(&db, &second, PRACTICE, Desk::Tier2, QueueCursor::START).unwrap().is_empty());
        });
        figure(&name, "work_item", |round| {
            let queue = worklist::queue(&db, &second, PRACTICE, Desk::Tier2, QueueCursor::START).unwrap();
            worklist::show(&db, &second, PRACTICE, queue[round % queue.len()].id).unwrap();
        });
        figure(&name, "account", |round| {
            patient_account::account(&db, &second, PRACTICE, patient(round)).unwrap();
        });
        figure(&name, "claim", |round| {
            let (claim, _) = &loaded.claims[round * 389 % loaded.claims.len()];
            let view =
                db.read::<_, store::StoreError>(&second, PRACTICE, |read| store::views::claim::get(read, *claim));
            assert!(view.unwrap().is_some());
        });
        figure(&name, "find_by_name", |_| {
            assert!(!inquiry::find(&db, &second, PRACTICE, "quintero0").unwrap().is_empty());
        });
        figure(&name, "find_by_claim", |round| {
            let (_, number) = &loaded.claims[round * 389 % loaded.claims.len()];
            assert_eq!(inquiry::find(&db, &second, PRACTICE, number).unwrap().len(), 1);
        });
    }
}

fn figure(engine: &str, page: &str, mut open: impl FnMut(usize)) {
    open(0);
    let mut milliseconds: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            let started = Instant::now();
            open(round);
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    milliseconds.sort_by(f64::total_cmp);
    let p95 = milliseconds[ROUNDS * 95 / 100];
    println!("FIGURE page_{page}_p95_{engine} {p95:.3} {LIMIT_MILLISECONDS} ms");
}
