//! A year of one payer, a payment a week, made by a payer that keeps its own account: after every file the trial balance is
//! zero, every invariant holds, and the payers' ledger is what the payer says, item by item.

use std::collections::BTreeMap;

use app::provider_ledger::{Which, list};
use billing::remittance::provider_level::reference::{bare, nameless};
use billing::work::WorkReason;
use jiff::civil::date;
use ledger::{AccountKind, Money};
use simulator::{Week, YearClaim, YearLine, YearParties, builtin_payers, year};
use store::testing::{PRACTICE, TestDb, TestEngine, engines};

use crate::payer_files::{LINES, control_number, line_number};
use crate::remittance::{all_invariants_hold, balance, cents, clinic, work};

/// Claims that the payer has; a year decides fewer.
const CLAIMS: usize = 190;

fn claims() -> Vec<YearClaim> {
    let lines = |n: usize| {
        LINES.iter().enumerate().map(move |(place, (procedure, charge_cents))| YearLine {
            procedure: (*procedure).to_owned(),
            charge_cents: *charge_cents,
            line_control_number: line_number(n, place + 1),
            on: date(2026, 2, 10),
        })
    };
    (1..=CLAIMS).map(|n| YearClaim { control_number: control_number(n), lines: lines(n).collect() }).collect()
}

fn weeks(seed: u64) -> Vec<Week> {
    let payer = builtin_payers().into_iter().find(|payer| payer.id == "NFM01").unwrap();
    let parties = YearParties { payer: &payer, npi: "2044188300", tax_id: "741234567", name: "ALDER RIDGE" };
    year(&parties, &claims(), date(2026, 3, 3), seed).unwrap()
}

/// The open items as the payer would name them: positive what it will still take.
fn open(db: &TestDb) -> BTreeMap<String, i64> {
    let payers = list(db, &db.system(), PRACTICE, Which::Open).unwrap().payers;
    let items = payers.into_iter().flat_map(|payer| payer.items);
    items.map(|item| (item.item.clone(), -item.standing.balance.cents())).collect()
}

fn told(week: &Week) -> BTreeMap<String, i64> {
    let name = |item: &str| if item == "E3" { nameless(item) } else { bare(item) };
    week.open.iter().map(|(item, cents)| (name(item), *cents)).collect()
}

fn live_through(db: &TestDb, seed: u64) -> Vec<Week> {
    clinic(db, CLAIMS);
    let weeks = weeks(seed);
    let mut paid = Money::ZERO;
    for week in &weeks {
        let paid_on = edi::remittance_835::read(&week.bytes)[0].remittance.paid_on;
        let ahead = (paid_on - db.env.today()).get_days().max(0);
        db.env.advance(jiff::SignedDuration::from_hours(24 * i64::from(ahead)));
        let report = app::remittance_import::import(db, &db.system(), PRACTICE, &week.trace, &week.bytes).unwrap();
        assert_eq!(report.payments[0].problem, None, "seed {seed}: {}", week.trace);
        assert_eq!(
            (report.payments[0].counts.set_aside, report.payments[0].counts.unmatched),
            (0, 0),
            "{}",
            week.trace
        );
        paid += cents(week.paid_cents);
        all_invariants_hold(db);
        assert_eq!(open(db), told(week), "seed {seed}: {}", week.trace);
        assert_eq!(balance(db, AccountKind::Interest), cents(-week.interest_cents), "seed {seed}: {}", week.trace);
        assert_eq!(balance(db, AccountKind::InTransit), paid);
        let owed: i64 = week.open.values().sum();
        assert_eq!(balance(db, AccountKind::Recoupment), cents(-owed), "seed {seed}: {}", week.trace);
    }
    // The payer took nothing that it had not announced, and every correction of it was understood.
    let odd =
        [WorkReason::PayerRecoupment, WorkReason::ClaimSetAside, WorkReason::UnmatchedCash, WorkReason::PayerKeeps];
    assert!(work(db).iter().all(|(reason, _)| !odd.contains(reason)), "{:?}", work(db));
    weeks
}

#[test]
fn after_every_payment_of_a_generated_year_the_ledger_is_what_the_payer_says() {
    for engine in engines() {
        let seeds: &[u64] = match engine {
            TestEngine::Sqlite => &[1, 2, 3],
            TestEngine::Postgres => &[4],
        };
        for seed in seeds {
            live_through(&TestDb::new(engine), *seed);
        }
    }
}

/// The years that are lived through hold what they are there for, and end at zero or not by the payer's word alone.
#[test]
fn generated_years_hold_recoveries_over_several_payments_and_end_in_both_ways() {
    let mut ends = BTreeMap::new();
    for seed in 1..=40 {
        let weeks = weeks(seed);
        let texts: String = weeks.iter().map(|week| String::from_utf8_lossy(&week.bytes)).collect();
        for sign in ["WO:", "FB:", "AP:", "E3", "L6:", "CAS*CO*197", "*22*"] {
            assert!(texts.contains(sign), "seed {seed} has no {sign}");
        }
        assert!(weeks.iter().any(|week| week.paid_cents == 0), "seed {seed} has no payment of nothing");
        // Some item is open after at least four payments in a row, with less each time but one.
        let longest = weeks.iter().flat_map(|week| week.open.keys()).fold(BTreeMap::new(), |mut counts, item| {
            *counts.entry(item).or_insert(0) += 1;
            counts
        });
        assert!(longest.values().any(|count| *count >= 4), "seed {seed}");
        *ends.entry(weeks.last().unwrap().open.is_empty()).or_insert(0) += 1;
    }
    assert!(ends.len() == 2, "every year ends alike: {ends:?}");
}
