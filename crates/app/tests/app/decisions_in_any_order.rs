//! A decision, its correction and the reversal between them reach the same end in whatever order they arrive: the same
//! books, the same place of the claim, the same work, and every invariant holds after each of them.

use billing::claim::ClaimStatus;
use billing::work::WorkReason;
use ledger::{AccountKind, Money};
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, of_claim, places, take, work};

/// Every order of an original (0), its correction (1) and the reversal of the original (2).
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// One story: what the payer said first, and what it said in its place.
struct Story {
    named: &'static str,
    second_plan: bool,
    original: fn(usize) -> Clp,
    correction: fn(usize) -> Clp,
    status: ClaimStatus,
    work: Option<(WorkReason, i64)>,
}

/// More is paid for the visit, and the patient's share is larger.
fn corrected(n: usize) -> Clp {
    let mut clp = Clp::paid(n);
    clp.payer_number = format!("Q{}", clp.number);
    clp.lines[0].paid = 8_000;
    clp.lines[0].adjustments = vec![("CO", "45", 3_000), ("PR", "3", 3_000)];
    clp.paid = 11_000;
    clp
}

fn corrected_to_a_denial(n: usize) -> Clp {
    Clp { payer_number: format!("QC{n:06}"), ..Clp::partly_denied(n) }
}

const STORIES: [Story; 4] = [
    Story {
        named: "the patient pays the share",
        second_plan: false,
        original: Clp::paid,
        correction: corrected,
        status: ClaimStatus::Closed,
        work: None,
    },
    Story {
        named: "a second plan is next",
        second_plan: true,
        original: Clp::paid,
        correction: corrected,
        status: ClaimStatus::Closed,
        work: Some((WorkReason::BillNextPayer, 3_000)),
    },
    Story {
        named: "a denial is mended",
        second_plan: true,
        original: Clp::partly_denied,
        correction: corrected,
        status: ClaimStatus::Closed,
        work: Some((WorkReason::BillNextPayer, 3_000)),
    },
    Story {
        named: "a payment becomes a denial",
        second_plan: false,
        original: Clp::paid,
        correction: corrected_to_a_denial,
        status: ClaimStatus::Adjudicated,
        work: Some((WorkReason::Denied, 4_000)),
    },
];

/// The original, the correction and the reversal as payments of their own.
fn three(story: &Story, n: usize) -> [Payment; 3] {
    let (original, correction) = ((story.original)(n), (story.correction)(n));
    let back = original.reversed();
    let kept = back.paid;
    [
        Payment::new(&format!("P1-{n}"), vec![original]),
        Payment::new(&format!("P2-{n}"), vec![correction]),
        Payment::new(&format!("P3-{n}"), vec![back]).with_plb("FB", "F", kept),
    ]
}

/// What must be true of a claim when everything has come.
fn same_end(db: &TestDb, story: &Story, n: usize, first: usize, how: &str) {
    let all = format!("{}: {how}, {:?}", story.named, db.engine);
    let place = &places(db)[n - 1];
    assert_eq!((place.1, place.2), (story.status, None), "{all}");
    assert_eq!(place.3, Some((story.correction)(n).payer_number), "{all}");
    assert_eq!(of_claim(db, n), of_claim(db, first), "{all}");
    assert_eq!(balance(db, AccountKind::Suspense), Money::ZERO, "{all}");
    assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO, "{all}");
    let expected: Vec<_> = story.work.iter().map(|(reason, stake)| (*reason, cents(*stake))).collect();
    // Denials of one kind are a problem of Tier 3 besides, once there are enough.
    let of_claims: Vec<_> = work(db).into_iter().filter(|(reason, _)| *reason != WorkReason::Problem).collect();
    assert_eq!(of_claims, vec![expected; n + 1 - first].concat(), "{all}");
    all_invariants_hold(db);
}

#[test]
fn an_original_its_correction_and_its_reversal_end_the_same_in_any_order() {
    for story in &STORIES {
        for_each_engine(|db| {
            clinic(db, 2 * ORDERS.len());
            if story.second_plan {
                (1..=2 * ORDERS.len()).for_each(|n| second_coverage(db, PRACTICE, n));
            }
            for (n, order) in (1..).zip(ORDERS) {
                let payments = three(story, n);
                for place in order {
                    take(db, &file(&payments[place]));
                    all_invariants_hold(db);
                }
                same_end(db, story, n, 1, &format!("one after the other {order:?}"));
            }
            // The same in one payment; the claims' orders in the file differ.
            for (n, order) in (ORDERS.len() + 1..).zip(ORDERS) {
                let [first, second, third] = three(story, n).map(|payment| payment.claims[0].clone());
                let all = [first, second, third];
                let claims = order.map(|place| all[place].clone()).to_vec();
                let report = take(db, &file(&Payment::new(&format!("ALL-{n}"), claims)));
                let counts = report.payments[0].counts;
                assert_eq!((counts.posted, counts.reversed, counts.set_aside), (3, 1, 0), "{order:?}");
                same_end(db, story, n, 1, &format!("in one payment {order:?}"));
            }
        });
    }
}

#[test]
fn a_reversal_before_its_original_waits_and_says_what_ends_it() {
    for_each_engine(|db| {
        clinic(db, 1);
        let [original, _, back] = three(&STORIES[0], 1);
        take(db, &file(&back));
        assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(10_200))]);
        assert_eq!(balance(db, AccountKind::Suspense), cents(10_200));
        let told = db.read(&db.system(), PRACTICE, |read| store::testing::facts::work_words(read)).unwrap().join(" ");
        assert!(told.contains("import the earlier remittance"), "{told}");
        let charged = of_claim(db, 1);
        take(db, &file(&original));
        // Both cancel out: the payer has the claim again, and nobody has anything of it.
        assert_eq!((of_claim(db, 1), work(db)), (charged, vec![]));
        assert_eq!(balance(db, AccountKind::Suspense), Money::ZERO);
        let place = &places(db)[0];
        assert_eq!((place.1, place.2.is_some()), (ClaimStatus::Accepted, true));
        all_invariants_hold(db);
    });
}

#[test]
fn a_new_decision_like_one_that_was_taken_back_stands_whatever_was_set_aside() {
    for_each_engine(|db| {
        clinic(db, 1);
        let [original, _, back] = three(&STORIES[0], 1);
        take(db, &file(&original));
        take(db, &file(&back));
        // Taken back a second time: somebody must ask. A decision of the same amounts is not eaten by it.
        take(db, &file(&Payment { trace: "AGAIN".into(), ..back }));
        take(db, &file(&Payment { trace: "NEW".into(), ..original }));
        assert_eq!(places(db)[0].1, ClaimStatus::Closed);
        assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(10_200))]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_reversal_whose_cash_somebody_gave_a_place_is_not_posted_again() {
    for_each_engine(|db| {
        clinic(db, 2);
        let [original, _, back] = three(&STORIES[0], 1);
        take(db, &file(&Payment::new("OTHER", vec![Clp::paid(2)])));
        take(db, &file(&back));
        let queue = |db: &TestDb| {
            let (desk, start) = (billing::work::Desk::Poster, store::worklist::QueueCursor::START);
            app::worklist::queue(db, &db.system(), PRACTICE, desk, start).unwrap()
        };
        let item = queue(db)[0].id;
        let application = app::unapplied_cash::Application {
            claim: control_number(2),
            line: 1,
            amount: cents(7_200),
            reason: "The payer says on the phone that it is for this one.".into(),
            revision: 0,
        };
        app::unapplied_cash::apply(db, &db.system(), PRACTICE, item, &application).unwrap();
        take(db, &file(&original));
        assert_eq!(places(db)[0].1, ClaimStatus::Closed, "its decision stands");
        assert_eq!(queue(db).len(), 1, "what is left of the reversal is a person's still");
        all_invariants_hold(db);
    });
}
