//! The desk of payments that no claim took, act by act: proposals with reasons, a match that is posted as the import would,
//! and every act undone by adding.

use app::Error;
use app::cash_request::{self, Asking};
use app::unapplied_cash::Part;
use app::unmatched::{Candidate, list, match_to, reassign, show, split, to_legacy, unmatch};
use billing::ClaimPaymentId;
use billing::Money;
use billing::access::{LimitKind, Role};
use billing::cash_request::CashRequestKind;
use billing::claim::ClaimStatus;
use billing::remittance::candidate::Reason;
use billing::work::WorkReason;
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::claims_on_their_way::person;
use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, of_claim, places, take, work};
use crate::suspense::{poster, waiting};

const WHY: &str = "The payer confirmed by telephone that it paid this visit.";

/// The answer to a claim under a number with a slip, and without our numbers of the lines.
fn with_a_slip(n: usize, number: &str) -> Clp {
    let mut clp = Clp::paid(n);
    clp.number = number.into();
    clp.lines.iter_mut().for_each(|line| line.number.clear());
    clp
}

fn strays(db: &TestDb, claims: usize, stray: Clp) -> ClaimPaymentId {
    clinic(db, claims);
    take(db, &file(&Payment::new("EFT1", vec![stray])));
    waiting(db)
}

fn proposed(db: &TestDb, id: ClaimPaymentId) -> Vec<Candidate> {
    show(db, &poster(), PRACTICE, id).unwrap().candidates
}

#[test]
fn a_claim_under_a_number_with_a_slip_is_proposed_with_reasons_and_never_posted_by_itself() {
    for_each_engine(|db| {
        let id = strays(db, 30, with_a_slip(12, "C00012"));
        assert_eq!(work(db), [(WorkReason::UnmatchedCash, cents(10_200))]);
        let found = proposed(db, id);
        assert_eq!(found[0].control_number, control_number(12), "{found:?}");
        for reason in [Reason::ControlNumberSlip, Reason::Day, Reason::Total, Reason::Lines, Reason::Payer] {
            assert!(found[0].reasons.contains(&reason), "{reason:?}: {found:?}");
        }
        assert!(found[0].has_lines && found[0].score > found[1].score, "{found:?}");
        assert!(found.len() <= 8 && found.iter().all(|one| one.score < 100));
        assert_eq!(places(db)[11].1, ClaimStatus::Accepted, "a proposal posts nothing");
        let tier1 = person(22, Role::Tier1);
        assert!(matches!(list(db, &tier1, PRACTICE), Err(Error::Denied(_))));
        assert!(matches!(match_to(db, &tier1, PRACTICE, id, &control_number(12), WHY), Err(Error::Denied(_))));
        all_invariants_hold(db);
    });
}

#[test]
fn a_match_posts_as_the_import_would_and_ends_the_work() {
    for_each_engine(|db| {
        let id = strays(db, 3, with_a_slip(2, "C00002"));
        for (story, claim, why) in [("no such claim", "C999999", WHY), ("no words", "C000002", "ok")] {
            assert!(match_to(db, &poster(), PRACTICE, id, claim, why).is_err(), "{story}");
        }
        match_to(db, &poster(), PRACTICE, id, &control_number(2), WHY).unwrap();
        assert!(match_to(db, &poster(), PRACTICE, id, &control_number(3), WHY).is_err(), "it is posted");
        assert_eq!((work(db), places(db)[1].1), (vec![], ClaimStatus::Closed));
        let by_hand = of_claim(db, 2);
        take(db, &file(&Payment::new("EFT2", vec![Clp::paid(3)])));
        assert_eq!(by_hand, of_claim(db, 3), "as the import posts the same answer");
        assert_eq!(show(db, &poster(), PRACTICE, id).unwrap().claim, Some(control_number(2)));
        all_invariants_hold(db);
    });
}

#[test]
fn a_wrong_match_is_undone_by_adding_and_matched_again() {
    for_each_engine(|db| {
        let id = strays(db, 3, with_a_slip(2, "C00002"));
        let before = (of_claim(db, 1), balance(db, AccountKind::UnappliedPayer));
        match_to(db, &poster(), PRACTICE, id, &control_number(1), WHY).unwrap();
        assert_eq!(places(db)[0].1, ClaimStatus::Closed);
        let waits = unmatch(db, &poster(), PRACTICE, id, "It was another visit of the same day.").unwrap();
        assert_ne!(waits, id, "what was posted stays as it was");
        assert_eq!((of_claim(db, 1), balance(db, AccountKind::UnappliedPayer)), before);
        assert_eq!((places(db)[0].1, places(db)[0].2.is_some()), (ClaimStatus::Accepted, true));
        assert_eq!(work(db), [(WorkReason::UnmatchedCash, cents(10_200))]);
        assert!(unmatch(db, &poster(), PRACTICE, id, WHY).is_err(), "it was taken off");
        all_invariants_hold(db);
        match_to(db, &poster(), PRACTICE, waits, &control_number(2), WHY).unwrap();
        assert_eq!((work(db), places(db)[1].1), (vec![], ClaimStatus::Closed));
        all_invariants_hold(db);
        // The right answer for the first claim finds nothing in its way.
        take(db, &file(&Payment::new("EFT2", vec![Clp::paid(1)])));
        assert_eq!((work(db), places(db)[0].1), (vec![], ClaimStatus::Closed));
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_goes_from_one_claim_to_another_in_one_step_or_not_at_all() {
    for_each_engine(|db| {
        let id = strays(db, 3, with_a_slip(2, "C00002"));
        match_to(db, &poster(), PRACTICE, id, &control_number(1), WHY).unwrap();
        let root = all_invariants_hold(db);
        assert!(reassign(db, &poster(), PRACTICE, id, "C999999", WHY).is_err());
        assert_eq!(all_invariants_hold(db), root, "nothing moved");
        reassign(db, &poster(), PRACTICE, id, &control_number(2), WHY).unwrap();
        assert_eq!((work(db), places(db)[0].1, places(db)[1].1), (vec![], ClaimStatus::Accepted, ClaimStatus::Closed));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_that_was_imported_to_a_claim_can_be_taken_off_it() {
    for_each_engine(|db| {
        clinic(db, 2);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1)])));
        let id = db.read(&db.system(), PRACTICE, |read| store::testing::facts::ids(read, "claim_payment")).unwrap()[0];
        let id = ClaimPaymentId(id);
        let waits = reassign(db, &poster(), PRACTICE, id, &control_number(2), WHY);
        // Our own numbers of the lines stand in it: they fit the first claim, and no other by number, but by what was done.
        let waits = waits.unwrap();
        assert_eq!(show(db, &poster(), PRACTICE, waits).unwrap().claim, Some(control_number(2)));
        assert_eq!((places(db)[0].1, places(db)[1].1), (ClaimStatus::Accepted, ClaimStatus::Closed));
        all_invariants_hold(db);
    });
}

#[test]
fn cash_is_split_over_claims_together_or_not_at_all_and_taken_back_whole() {
    for_each_engine(|db| {
        let mut stray = Clp::new("OLD-77".into(), "1", Vec::new());
        (stray.charge, stray.paid) = (16_000, 16_000);
        let id = strays(db, 2, stray);
        let part = |n: usize, line: i32, amount: i64| Part { claim: control_number(n), line, amount: cents(amount) };
        let root = all_invariants_hold(db);
        for (story, parts) in [
            ("nothing", vec![]),
            ("more than waits", vec![part(1, 1, 14_000), part(2, 1, 2_001)]),
            ("below zero", vec![part(1, 1, 14_000), part(2, 1, -1)]),
            ("more than is owed", vec![part(1, 1, 100), part(2, 2, 4_001)]),
            ("no such line", vec![part(1, 1, 100), part(2, 3, 1)]),
        ] {
            assert!(split(db, &poster(), PRACTICE, id, &parts, WHY).is_err(), "{story}");
            assert_eq!(all_invariants_hold(db), root, "{story}");
        }
        let left = split(db, &poster(), PRACTICE, id, &[part(1, 1, 14_000), part(2, 1, 1_000)], WHY).unwrap();
        assert_eq!((left, work(db)), (cents(1_000), vec![(WorkReason::UnmatchedCash, cents(1_000))]));
        assert_eq!(split(db, &poster(), PRACTICE, id, &[part(2, 2, 1_000)], WHY).unwrap(), Money::ZERO);
        assert_eq!(work(db), []);
        all_invariants_hold(db);
        assert!(match_to(db, &poster(), PRACTICE, id, &control_number(1), WHY).is_err(), "its cash has places");
        assert_eq!(unmatch(db, &poster(), PRACTICE, id, "It was for other visits.").unwrap(), id);
        assert_eq!(work(db), [(WorkReason::UnmatchedCash, cents(16_000))]);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(36_000));
        assert!(unmatch(db, &poster(), PRACTICE, id, WHY).is_err(), "nothing of it stands any more");
        all_invariants_hold(db);
    });
}

#[test]
fn a_match_that_the_import_would_refuse_is_refused_with_its_words() {
    for_each_engine(|db| {
        let id = strays(db, 2, with_a_slip(2, "C00002"));
        take(db, &file(&Payment::new("EFT2", vec![Clp::paid(2)])));
        let root = all_invariants_hold(db);
        let second = match_to(db, &poster(), PRACTICE, id, &control_number(2), WHY);
        assert!(
            matches!(&second, Err(Error::Refused(why)) if why.contains("decided already by payment EFT2")),
            "{second:?}"
        );
        assert_eq!(all_invariants_hold(db), root);
    });
}

/// 160.00 for a claim of the system before this one.
fn legacy_payment(db: &TestDb) -> ClaimPaymentId {
    let mut stray = Clp::new("OLD-77".into(), "1", Vec::new());
    (stray.charge, stray.paid) = (16_000, 16_000);
    strays(db, 1, stray)
}

#[test]
fn cash_for_a_claim_of_another_system_leaves_the_desk_under_its_number_and_comes_back() {
    for_each_engine(|db| {
        let id = legacy_payment(db);
        for (story, reference, why) in
            [("no number", " ", WHY), ("a card", "4111 1111 1111 1111", WHY), ("no words", "OLD-77", "ok")]
        {
            assert!(to_legacy(db, &poster(), PRACTICE, id, reference, why).is_err(), "{story}");
        }
        to_legacy(db, &poster(), PRACTICE, id, "OLD-77", "Billed in the system before this one.").unwrap();
        assert_eq!(balance(db, AccountKind::LegacyReceipts), cents(-16_000));
        assert_eq!((work(db), balance(db, AccountKind::UnappliedPayer)), (vec![], Money::ZERO));
        assert!(to_legacy(db, &poster(), PRACTICE, id, "OLD-77", WHY).is_err(), "nothing waits");
        all_invariants_hold(db);
        unmatch(db, &poster(), PRACTICE, id, "It was a visit of ours after all.").unwrap();
        assert_eq!(balance(db, AccountKind::LegacyReceipts), Money::ZERO);
        assert_eq!(work(db), [(WorkReason::UnmatchedCash, cents(16_000))]);
        all_invariants_hold(db);
    });
}

#[test]
fn cash_goes_back_or_to_another_practice_by_two_people_and_a_refusal_brings_it_back() {
    for_each_engine(|db| {
        let id = legacy_payment(db);
        let manager = person(31, Role::Manager);
        let ask = |kind: CashRequestKind, payee: &str, key: &str| {
            let (payee, idempotency_key) = (payee.to_owned(), key.to_owned());
            let asking = Asking { claim_payment: id, kind, payee, reason: WHY.into(), idempotency_key };
            cash_request::ask(db, &poster(), PRACTICE, &asking)
        };
        assert!(ask(CashRequestKind::HandOver, "", "1").is_err(), "to whom?");
        let first = ask(CashRequestKind::HandOver, "Cedar Hill Pediatrics", "2").unwrap();
        assert_eq!((work(db), balance(db, AccountKind::PayerPayable)), (vec![], cents(-16_000)));
        assert!(match_to(db, &poster(), PRACTICE, id, &control_number(1), WHY).is_err(), "a request about it waits");
        assert!(ask(CashRequestKind::Return, "", "3").is_err(), "it waits for a second person already");
        all_invariants_hold(db);
        cash_request::refuse(db, &manager, PRACTICE, first, "It goes back to the payer instead.").unwrap();
        assert_eq!(work(db), [(WorkReason::UnmatchedCash, cents(16_000))]);
        assert_eq!(balance(db, AccountKind::PayerPayable), Money::ZERO);
        all_invariants_hold(db);
        let second = ask(CashRequestKind::Return, "", "4").unwrap();
        assert!(cash_request::send(db, &manager, PRACTICE, second, "1042").is_err(), "nobody approved it");
        assert!(cash_request::approve(db, &poster(), PRACTICE, second).is_err());
        let limit = |cents: i64| {
            let asked = (LimitKind::ManagerRefund, cents);
            app::limits::set(db, &person(33, Role::Owner), PRACTICE, asked, "Decided by the owners in March").unwrap();
        };
        limit(15_999);
        let over = cash_request::approve(db, &manager, PRACTICE, second).unwrap_err();
        assert!(over.to_string().contains("159.99"), "the practice's own limit: {over}");
        limit(16_000);
        cash_request::approve(db, &manager, PRACTICE, second).unwrap();
        assert!(cash_request::send(db, &poster(), PRACTICE, second, "1042").is_err());
        assert!(cash_request::send(db, &manager, PRACTICE, second, "4111 1111 1111 1111").is_err());
        cash_request::send(db, &manager, PRACTICE, second, "1042").unwrap();
        assert!(cash_request::send(db, &manager, PRACTICE, second, "1042").is_err(), "it left once");
        assert_eq!(
            (balance(db, AccountKind::PayerPayable), balance(db, AccountKind::Bank)),
            (Money::ZERO, cents(-16_000))
        );
        assert_eq!(work(db), []);
        all_invariants_hold(db);
    });
}

#[test]
fn cash_that_names_no_claim_and_does_not_add_up_is_worked_to_zero() {
    for_each_engine(|db| {
        // 1.00 more is paid than its lines tell.
        let mut off = with_a_slip(2, "STRANGER");
        off.paid += 100;
        let id = strays(db, 3, off);
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-10_300));
        let matched = match_to(db, &poster(), PRACTICE, id, &control_number(2), WHY);
        assert!(matches!(&matched, Err(Error::Refused(why)) if why.contains("Split its cash")), "{matched:?}");
        let asking = Asking {
            claim_payment: id,
            kind: CashRequestKind::Suspense,
            payee: String::new(),
            reason: WHY.into(),
            idempotency_key: "one".into(),
        };
        let asked = cash_request::ask(db, &poster(), PRACTICE, &asking);
        assert!(matches!(&asked, Err(Error::Refused(why)) if why.contains("Split its cash")), "{asked:?}");
        let part = |n: usize, line: i32, amount: i64| Part { claim: control_number(n), line, amount: cents(amount) };
        let parts = [part(2, 1, 7_200), part(2, 2, 3_000), part(3, 1, 100)];
        assert_eq!(split(db, &poster(), PRACTICE, id, &parts, WHY).unwrap(), Money::ZERO);
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        assert!(list(db, &poster(), PRACTICE).unwrap().is_empty());
        assert_eq!(work(db), []);
        all_invariants_hold(db);
    });
}
