//! Payments that come back: a check bounces and what it paid is owed again, a card is disputed and won or lost; on both databases.
//! Nothing is edited: the account tells both the payment and that it came back.

use app::patient_account::account;
use app::returned_payment::{self, ReturnNotice};
use app::{Error, deposit, refund, worklist};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::deposit::SlipState;
use billing::patient_payment::PaymentMethod;
use billing::refund::{Payee, RefundMethod};
use billing::returned_payment::ReturnState;
use billing::work::{Desk, Resolution, WorkReason};
use billing::{Money, PatientPaymentId};
use jiff::ToSpan;
use jiff::civil::date;
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::deposits::{desk, line, manager, pay, poster, slip};
use crate::patient_books::{PATIENT, cents, decide, open, visit};
use crate::remittance::{balance, work};
use crate::staff::person;

/// Everything but where the claims are: these visits are made of postings alone.
fn all_invariants_hold(db: &TestDb) {
    let verified = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
    let broken: Vec<_> = verified
        .checks
        .iter()
        .filter(|one| !one.holds && !["claims-in-a-hand", "events-fold"].contains(&one.name))
        .collect();
    assert!(broken.is_empty(), "{broken:?}");
}

fn check(number: &str) -> PaymentMethod {
    PaymentMethod::Check { number: number.into() }
}

fn card() -> PaymentMethod {
    PaymentMethod::Card { token: "tok_7".into(), brand: "Visa".into(), last_four: "4410".into() }
}

fn owes(db: &TestDb) -> Money {
    account(db, &desk(), PRACTICE, PATIENT).unwrap().owes_now
}

fn notice(db: &TestDb, payment: PatientPaymentId, days: Option<i64>) -> ReturnNotice {
    let on = db.today(PRACTICE).unwrap();
    let respond_by = days.map(|days| on.saturating_add(days.days()));
    ReturnNotice { payment, on, reason: "Insufficient funds.".into(), respond_by }
}

/// A visit of which the patient owes 20.00.
fn owed(db: &TestDb) {
    open(db);
    let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
    decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
}

#[test]
fn a_check_that_bounces_is_owed_again_and_the_account_tells_both() {
    for_each_engine(|db| {
        owed(db);
        let bank_before = balance(db, AccountKind::Bank);
        // 20.00 for the visit, 5.00 kept.
        let payment = pay(db, 2_500, check("1042"), "a");
        let of_slip = slip(db, 2_500, "", "form").unwrap();
        app::bank::take(db, &poster(), PRACTICE, &[line(db.today(PRACTICE).unwrap(), 2_500, "BRANCH DEPOSIT")])
            .unwrap();
        assert_eq!(deposit::show(db, &poster(), PRACTICE, of_slip).unwrap().slip.state, SlipState::InBank);
        assert_eq!((owes(db), balance(db, AccountKind::UnappliedPatient)), (Money::ZERO, cents(-500)));

        let told = notice(db, payment, None);
        assert!(matches!(returned_payment::record(db, &desk(), PRACTICE, &told), Err(Error::Denied(_))));
        let early = ReturnNotice { on: date(2020, 1, 1), ..told.clone() };
        assert!(matches!(returned_payment::record(db, &poster(), PRACTICE, &early), Err(Error::Invalid { .. })));
        let id = returned_payment::record(db, &poster(), PRACTICE, &told).unwrap();
        assert_eq!(returned_payment::record(db, &poster(), PRACTICE, &told).unwrap(), id, "once");
        assert_eq!((owes(db), balance(db, AccountKind::UnappliedPatient)), (cents(2_000), Money::ZERO));
        assert_eq!(balance(db, AccountKind::Bank), bank_before);
        let rows = account(db, &desk(), PRACTICE, PATIENT).unwrap().visits[0].rows.clone();
        let words: Vec<&str> = rows.iter().map(|row| row.words.as_str()).collect();
        assert!(words.contains(&"Paid by you") && words.contains(&"Your payment came back unpaid"), "{words:?}");
        assert!(work(db).contains(&(WorkReason::PaymentReturned, cents(2_500))));
        let listed = returned_payment::list(db, &manager(), PRACTICE, ReturnState::Returned).unwrap();
        assert_eq!(listed.iter().map(|row| row.return_number.as_str()).collect::<Vec<_>>(), ["RP-00001"]);
        all_invariants_hold(db);
        // Another check pays it.
        pay(db, 2_000, check("1043"), "b");
        assert_eq!(owes(db), Money::ZERO);
        all_invariants_hold(db);
    });
}

#[test]
fn what_was_given_back_before_the_check_bounced_stays_told() {
    for_each_engine(|db| {
        open(db);
        let payment = pay(db, 2_500, check("1042"), "a");
        let request = refund::RefundRequest {
            patient_id: PATIENT,
            payee: Payee::Patient,
            amount: cents(1_000),
            reason: "Paid ahead and moved away.".into(),
            idempotency_key: "back".into(),
        };
        let back = refund::ask(db, &person(2, Role::Tier2), PRACTICE, &request).unwrap();
        refund::approve(db, &manager(), PRACTICE, back).unwrap();
        refund::send(db, &manager(), PRACTICE, back, RefundMethod::Check, "2001").unwrap();
        returned_payment::record(db, &poster(), PRACTICE, &notice(db, payment, None)).unwrap();
        assert_eq!(balance(db, AccountKind::UnappliedPatient), Money::ZERO);
        assert_eq!(balance(db, AccountKind::Disputed), cents(1_000), "nobody has this money, and the books say so");
        all_invariants_hold(db);
    });
}

#[test]
fn a_disputed_card_moves_only_the_banks_money_until_it_is_decided() {
    for_each_engine(|db| {
        owed(db);
        let (first, second) = (pay(db, 1_000, card(), "a"), pay(db, 1_000, card(), "b"));
        let cash = pay(db, 100, PaymentMethod::Cash, "c");
        let bank_before = balance(db, AccountKind::Bank);
        let refused = returned_payment::record(db, &poster(), PRACTICE, &notice(db, cash, None));
        assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("Cash does not come back")));
        let without_day = returned_payment::record(db, &poster(), PRACTICE, &notice(db, first, None));
        assert!(matches!(without_day, Err(Error::Invalid { field, .. }) if field == "respond_by"));
        let won = returned_payment::record(db, &poster(), PRACTICE, &notice(db, first, Some(10))).unwrap();
        let lost = returned_payment::record(db, &poster(), PRACTICE, &notice(db, second, Some(10))).unwrap();
        assert_eq!((owes(db), balance(db, AccountKind::Disputed)), (Money::ZERO, cents(2_000)));
        assert_eq!(balance(db, AccountKind::Bank), bank_before - cents(2_000));
        all_invariants_hold(db);
        // Words do not end the work; the decision does.
        let tier2 = person(2, Role::Tier2);
        let items = worklist::queue(db, &tier2, PRACTICE, Desk::Tier2, QueueCursor::START).unwrap();
        let item = items.iter().find(|item| item.reason == WorkReason::PaymentDisputed).unwrap();
        let resolution =
            Resolution { outcome: "I looked at it.".into(), root_cause: "patient".into(), ..Resolution::default() };
        assert!(worklist::resolve(db, &tier2, PRACTICE, item.id, resolution).is_err());
        let undeposited = balance(db, AccountKind::Undeposited);
        returned_payment::decide(db, &poster(), PRACTICE, won, true, "The receipt was signed.").unwrap();
        assert_eq!(balance(db, AccountKind::Undeposited), undeposited + cents(1_000), "until the bank's line says so");
        assert!(returned_payment::decide(db, &poster(), PRACTICE, won, false, "Again.").is_err(), "once");
        assert_eq!(owes(db), Money::ZERO);
        returned_payment::decide(db, &poster(), PRACTICE, lost, false, "The card was stolen.").unwrap();
        assert_eq!(
            (owes(db), balance(db, AccountKind::Disputed)),
            (cents(900), Money::ZERO),
            "what is kept pays first"
        );
        assert_eq!(balance(db, AccountKind::Bank), bank_before - cents(2_000));
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::PaymentDisputed));
        all_invariants_hold(db);
    });
}

#[test]
fn a_check_that_was_never_deposited_leaves_the_desk_and_is_offered_for_no_slip() {
    for_each_engine(|db| {
        owed(db);
        let (bad, good) = (pay(db, 2_000, check("1042"), "a"), pay(db, 700, check("1043"), "b"));
        let bank = balance(db, AccountKind::Bank);
        let waiting = balance(db, AccountKind::Undeposited);
        // It stands in a slip that was counted differently and not sent: the slip is taken apart first.
        let differs = slip(db, 2_600, "A dollar is missing.", "form").unwrap();
        let early = returned_payment::record(db, &poster(), PRACTICE, &notice(db, bad, None));
        assert!(matches!(&early, Err(Error::Refused(why)) if why.contains("Take the slip apart")), "{early:?}");
        deposit::take_apart(db, &poster(), PRACTICE, differs, "A check of it is not good.").unwrap();
        returned_payment::record(db, &poster(), PRACTICE, &notice(db, bad, None)).unwrap();
        assert_eq!(balance(db, AccountKind::Bank), bank, "the bank never had it");
        assert_eq!(balance(db, AccountKind::Undeposited), waiting - cents(2_000));
        let ready = deposit::ready(db, &poster(), PRACTICE).unwrap();
        assert_eq!(ready.payments.iter().map(|row| row.id).collect::<Vec<_>>(), [good]);
        // No line of the bank can show it either.
        let today = db.today(PRACTICE).unwrap();
        let sent =
            db.read(&poster(), PRACTICE, |read| read.query(&store::reconciliation::UNCASHED, store::params![today]));
        assert!(sent.unwrap().is_empty());
        all_invariants_hold(db);
    });
}

#[test]
fn a_slip_of_which_a_check_came_back_is_with_the_bank_and_is_not_taken_apart() {
    for_each_engine(|db| {
        owed(db);
        let bad = pay(db, 2_000, check("1042"), "a");
        let bank = balance(db, AccountKind::Bank);
        let sent = slip(db, 2_000, "", "form").unwrap();
        returned_payment::record(db, &poster(), PRACTICE, &notice(db, bad, None)).unwrap();
        assert_eq!(balance(db, AccountKind::Bank), bank - cents(2_000));
        let apart = deposit::take_apart(db, &poster(), PRACTICE, sent, "It was never brought.");
        assert!(matches!(&apart, Err(Error::Refused(why)) if why.contains("RP-00001")), "{apart:?}");
        app::bank::take(db, &poster(), PRACTICE, &[line(db.today(PRACTICE).unwrap(), 2_000, "BRANCH DEPOSIT")])
            .unwrap();
        assert_eq!(balance(db, AccountKind::Bank), bank);
        all_invariants_hold(db);
    });
}
