//! A poster's day with the payments that no claim took: a claim of the system before this one, a slip of the pen, a visit of
//! the practice next door, and one that was matched wrongly. At the end the desk is empty and every cent has its place.

use app::cash_request::{self, Asking};
use app::unmatched::{list, match_to, show, to_legacy, unmatch};
use billing::access::Role;
use billing::cash_request::CashRequestKind;
use billing::claim::ClaimStatus;
use billing::work::WorkReason;
use billing::{ClaimPaymentId, Money};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::claims_on_their_way::person;
use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, of_claim, places, take, work};
use crate::suspense::poster;

/// The payment that came back with a number.
fn named(db: &TestDb, number: &str) -> ClaimPaymentId {
    let all = list(db, &poster(), PRACTICE).unwrap();
    all.iter()
        .find(|one| one.payment.control_number == number)
        .unwrap_or_else(|| panic!("{number}: {all:?}"))
        .payment
        .id
}

/// The answer to a claim without our numbers of its lines.
fn under(number: &str, mut clp: Clp) -> Clp {
    clp.number = number.into();
    clp.lines.iter_mut().for_each(|line| line.number.clear());
    clp
}

#[test]
fn a_biller_clears_the_desk_of_unmatched_payments() {
    for_each_engine(|db| {
        clinic(db, 20);

        // In the morning the payer's transfer is in: one claim of ours by its number, and three that nobody knows.
        let mut legacy = Clp::new("LEG-2019-0077".into(), "1", Vec::new());
        (legacy.charge, legacy.paid) = (6_100, 6_100);
        let mut neighbour = Clp::new("NH-5512".into(), "1", Vec::new());
        (neighbour.charge, neighbour.paid) = (21_000, 21_000);
        let slip = under("C000021", Clp::paid(12));
        let report = take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1), legacy, neighbour, slip])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.unmatched), (1, 3));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-(6_100 + 21_000 + 10_200)));
        assert_eq!(work(db).len(), 3, "each is somebody's work");
        all_invariants_hold(db);

        // The poster opens the first. Nothing of ours shares enough with it: it was billed in the system before this one.
        let old = named(db, "LEG-2019-0077");
        assert!(
            show(db, &poster(), PRACTICE, old).unwrap().candidates.iter().all(|one| !one.has_lines || one.score < 60)
        );
        to_legacy(
            db,
            &poster(),
            PRACTICE,
            old,
            "LEG-2019-0077",
            "Billed in the system before this one, see its ledger.",
        )
        .unwrap();
        assert_eq!(balance(db, AccountKind::LegacyReceipts), cents(-6_100));
        all_invariants_hold(db);

        // The second is the practice next door's. The poster asks to hand it over; the manager approves and sends the check.
        let asking = Asking {
            claim_payment: named(db, "NH-5512"),
            kind: CashRequestKind::HandOver,
            payee: "Cedar Hill Pediatrics".into(),
            reason: "Their number and their patient; their office confirmed it by telephone.".into(),
            idempotency_key: "next door".into(),
        };
        let request = cash_request::ask(db, &poster(), PRACTICE, &asking).unwrap();
        let manager = person(31, Role::Manager);
        cash_request::approve(db, &manager, PRACTICE, request).unwrap();
        cash_request::send(db, &manager, PRACTICE, request, "2051").unwrap();
        assert_eq!(
            (balance(db, AccountKind::PayerPayable), balance(db, AccountKind::Bank)),
            (Money::ZERO, cents(-21_000))
        );
        all_invariants_hold(db);

        // The third is a slip of the pen. The desk proposes claims with reasons; the poster takes the wrong one first.
        let slip = named(db, "C000021");
        let proposed = show(db, &poster(), PRACTICE, slip).unwrap().candidates;
        assert!(proposed.iter().any(|one| one.control_number == control_number(12)), "{proposed:?}");
        let before = of_claim(db, 2);
        match_to(db, &poster(), PRACTICE, slip, &control_number(2), "Same day and the same charge.").unwrap();
        assert_eq!(work(db), []);
        let waits = unmatch(db, &poster(), PRACTICE, slip, "The patient of that claim was never paid for.").unwrap();
        assert_eq!((of_claim(db, 2), work(db)), (before, vec![(WorkReason::UnmatchedCash, cents(10_200))]));
        all_invariants_hold(db);
        match_to(db, &poster(), PRACTICE, waits, &control_number(12), "The payer named the visit by telephone.")
            .unwrap();
        assert_eq!(places(db)[11].1, ClaimStatus::Closed);

        // In the evening nothing waits, and the books say where each cent of the transfer is.
        assert_eq!((list(db, &poster(), PRACTICE).unwrap(), work(db)), (vec![], vec![]));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        assert_eq!(balance(db, AccountKind::InTransit), cents(10_200 + 6_100 + 21_000 + 10_200));
        all_invariants_hold(db);

        // The payer's file comes again next week: nothing of the day is done twice.
        let mut legacy = Clp::new("LEG-2019-0077".into(), "1", Vec::new());
        (legacy.charge, legacy.paid) = (6_100, 6_100);
        let mut neighbour = Clp::new("NH-5512".into(), "1", Vec::new());
        (neighbour.charge, neighbour.paid) = (21_000, 21_000);
        let root = all_invariants_hold(db);
        let slip = under("C000021", Clp::paid(12));
        take(db, &file_of(&[Payment::new("EFT1", vec![Clp::paid(1), legacy, neighbour, slip])], 9));
        assert_eq!(all_invariants_hold(db), root);
    });
}
