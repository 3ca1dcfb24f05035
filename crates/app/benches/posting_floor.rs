//! A posting and its raw floor: the very rows that posting wrote, inserted into an equal database with the same indexes,
//! constraints and triggers, by prepared statements of 500 rows in one transaction, same durability. Shared by two
//! benchmarks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, dead_code, missing_docs)]

use std::time::{Duration, Instant};

use app::remittance_import::{PaymentState, import};
use store::claim::ClaimEventRow;
use store::inbound_file::InboundFileRow;
use store::ledger::{EntryRow, HeldRow, PostingRow};
use store::remittance::{ClaimPaymentRow, LineAdjustmentRow, LinePaymentRow, ProviderAdjustmentRow, RemittanceRow};
use store::testing::{PRACTICE, TestDb, TestEngine};
use store::worklist::{WorkEventRow, WorkItemRow};
use store::{Conn, StoreError, TableRecord, Val};

use crate::clinic;
use crate::payer_files::{Clp, Payment, accepted_claims, file};

/// One in so many claims is partly denied, a usual share.
const DENIED_EVERY: usize = 12;
/// Each side is measured so often; the best counts, because noise only adds.
const ROUNDS: usize = 3;

/// The best of some rounds: posting, and its floor.
pub fn measure(engine: TestEngine, count: usize) -> (Duration, Duration) {
    let mut best: Option<(Duration, Duration)> = None;
    for _ in 0..ROUNDS {
        let (posting, rows) = measure_posting(engine, count);
        let floor = measure_floor(engine, count, &rows);
        println!(
            "{engine:?}: posting {} ms, floor {} ms, {} values",
            posting.as_millis(),
            floor.as_millis(),
            rows.len()
        );
        best = Some(best.map_or((posting, floor), |(p, f)| (p.min(posting), f.min(floor))));
    }
    best.unwrap()
}

/// The ratio of two times in hundredths, because this workspace computes money crates without floats.
pub fn ratio((posting, floor): (Duration, Duration)) -> String {
    let ratio = posting.as_micros() * 100 / floor.as_micros().max(1);
    format!("{}.{:02}", ratio / 100, ratio % 100)
}

/// The name of an engine in a figure.
pub fn name(engine: TestEngine) -> &'static str {
    match engine {
        TestEngine::Sqlite => "sqlite",
        TestEngine::Postgres => "postgresql",
    }
}

/// The file that is posted.
pub fn payment(trace: &str, numbers: std::ops::RangeInclusive<usize>) -> String {
    let claims = numbers.map(|n| if n % DENIED_EVERY == 0 { Clp::partly_denied(n) } else { Clp::paid(n) });
    file(&Payment::new(trace, claims.collect()).with_plb("WO", "R1", 5_000))
}

/// A practice with accepted claims; a demonstration's, so that people of a benchmark can log in.
pub fn ready(engine: TestEngine, count: usize) -> TestDb {
    let db = TestDb::new(engine);
    db.write(&db.system(), PRACTICE, |tx| store::registration::insert_practice(tx, &clinic::practice(), true)).unwrap();
    accepted_claims(&db, PRACTICE, count);
    db.analyze().unwrap();
    db
}

/// Inserts the rows of one table.
type Insert = fn(&Conn, &[Val]) -> Result<(), StoreError>;

/// The rows of each table, ready to insert.
struct Rows(Vec<(Insert, Vec<Val>)>);

impl Rows {
    fn add<R: TableRecord>(&mut self, conn: &Conn, filter: &str) {
        self.0.push((|conn, vals| conn.insert_ready::<R>(vals), conn.ready_rows::<R>(filter).unwrap()));
    }

    fn len(&self) -> usize {
        self.0.iter().map(|(_, vals)| vals.len()).sum()
    }
}

fn measure_posting(engine: TestEngine, count: usize) -> (Duration, Rows) {
    let db = ready(engine, count);
    let text = payment("EFT1", 1..=count);
    let started = Instant::now();
    let report = import(&db, &db.system(), PRACTICE, "bench.835", text.as_bytes()).unwrap();
    let posting = started.elapsed();
    assert_eq!(report.payments[0].state, PaymentState::Posted);
    assert_eq!(report.payments[0].counts.posted, count);
    let rows = db
        .read(&db.system(), PRACTICE, |conn| {
            let mut rows = Rows(Vec::new());
            rows.add::<InboundFileRow>(conn, "1 = 1");
            rows.add::<RemittanceRow>(conn, "1 = 1");
            rows.add::<ClaimPaymentRow>(conn, "1 = 1");
            rows.add::<LinePaymentRow>(conn, "1 = 1");
            rows.add::<LineAdjustmentRow>(conn, "1 = 1");
            rows.add::<ProviderAdjustmentRow>(conn, "1 = 1");
            rows.add::<PostingRow>(
                conn,
                "entry_id IN (SELECT id FROM ledger_entry WHERE practice_id = $1 \
                AND source_kind <> 'charge') ORDER BY entry_id, ordinal",
            );
            rows.add::<EntryRow>(conn, "source_kind <> 'charge' ORDER BY sequence");
            rows.add::<HeldRow>(conn, "1 = 1");
            rows.add::<ClaimEventRow>(conn, "remittance_id IS NOT NULL");
            rows.add::<WorkItemRow>(conn, "1 = 1");
            rows.add::<WorkEventRow>(conn, "1 = 1");
            Ok::<_, StoreError>(rows)
        })
        .unwrap();
    (posting, rows)
}

/// The same environment gives the equal database the same charges, entries and hashes, so that the rows fit it.
fn measure_floor(engine: TestEngine, count: usize, rows: &Rows) -> Duration {
    let db = ready(engine, count);
    let started = Instant::now();
    db.write(&db.system(), PRACTICE, |tx| rows.0.iter().try_for_each(|(insert, vals)| insert(tx, vals))).unwrap();
    started.elapsed()
}
