//! Corrections after payment, and what a payer takes back of a charge whose credit was refunded already: the books are right
//! to the cent, and whoever must act is told.

use app::refund::{self, RefundRequest};
use app::{Error, worklist};
use billing::access::Role;
use billing::coverage::CoverageRank;
use billing::refund::{Payee, RefundMethod};
use billing::work::{Desk, WorkReason};
use billing::{Money, PatientId, RefundId};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::approvals::somebody;
use crate::late_coverage::{answer, last_year, pay, sent, without_coverage, words};
use crate::payer_files::{Clp, Payment, file};
use crate::remittance::{all_invariants_hold, balance, cents, clinic, take, work};
use crate::staff::{Practice, open};

/// A visit of 140.00 that its payer has, and our number of its claim.
fn with_payer(db: &TestDb) -> (Practice, String) {
    let practice = open(db);
    let id = without_coverage(db, &practice);
    last_year(db, &practice, practice.payer, CoverageRank::Primary);
    let number = sent(db, id);
    (practice, number)
}

/// The payer pays 60.00 more than the visit costs.
fn overpaid(number: &str) -> Clp {
    answer(number, 20_000, vec![("OA", "23", -6_000)])
}

fn post(db: &TestDb, trace: &str, claims: Vec<Clp>, outside: &[(&'static str, &'static str, i64)]) {
    let payment =
        outside.iter().fold(Payment::new(trace, claims), |payment, one| payment.with_plb(one.0, one.1, one.2));
    let report = take(db, &file(&payment));
    assert_eq!(report.payments[0].problem, None);
    all_invariants_hold(db);
}

fn ask(db: &TestDb, patient_id: PatientId, payee: Payee, amount: i64) -> RefundId {
    let request = RefundRequest {
        patient_id,
        payee,
        amount: cents(amount),
        reason: "More was received than owed.".into(),
        idempotency_key: "refund".into(),
    };
    refund::ask(db, &somebody(31, Role::Tier2), PRACTICE, &request).unwrap()
}

fn send(db: &TestDb, id: RefundId) {
    let manager = somebody(32, Role::Manager);
    refund::approve(db, &manager, PRACTICE, id).unwrap();
    refund::send(db, &manager, PRACTICE, id, RefundMethod::Check, "1042").unwrap();
    all_invariants_hold(db);
}

fn taken_back(db: &TestDb) -> Vec<Money> {
    work(db).into_iter().filter(|(reason, _)| *reason == WorkReason::RefundTakenBack).map(|(_, cents)| cents).collect()
}

#[test]
fn a_correction_after_payment_leaves_what_the_new_decision_says_and_nothing_of_the_old() {
    for_each_engine(|db| {
        clinic(db, 2);
        post(db, "EFT1", vec![Clp::paid(1), Clp::paid(2)], &[]);
        let mut lower = Clp::paid(1);
        lower.lines[1].paid = 1_000;
        lower.lines[1].adjustments = vec![("CO", "45", 3_000)];
        lower.paid = 8_200;
        post(db, "EFT2", vec![Clp::paid(1).reversed(), lower], &[("WO", "PC000001", -2_000)]);
        assert_eq!(balance(db, AccountKind::Recoupment), cents(-2_000));
        assert_eq!(balance(db, AccountKind::PayerReceivable), Money::ZERO);
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(4_000));
        assert_eq!(balance(db, AccountKind::Contractual), cents(5_800 + 7_800));
        assert_eq!(balance(db, AccountKind::InTransit), cents(20_400));
        post(db, "EFT3", Vec::new(), &[("WO", "PC000001", 2_000), ("FB", "EFT3", -2_000)]);
        assert_eq!(balance(db, AccountKind::Recoupment), cents(-2_000), "carried once more");
        assert_eq!((taken_back(db), work(db).len()), (Vec::new(), 0));
    });
}

#[test]
fn what_was_refunded_to_the_payer_and_is_taken_back_as_well_is_owed_by_it_and_is_work() {
    for_each_engine(|db| {
        let (practice, number) = with_payer(db);
        post(db, "EFT1", vec![overpaid(&number)], &[]);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(-6_000));
        send(db, ask(db, practice.patient, Payee::Payer(practice.payer), 6_000));
        assert_eq!(balance(db, AccountKind::PayerReceivable), Money::ZERO);
        // The payer did not see our check: it takes the whole decision back and makes the right one.
        let right = answer(&number, 14_000, Vec::new());
        post(db, "EFT2", vec![overpaid(&number).reversed(), right], &[("FB", "EFT2", -6_000)]);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(6_000), "paid back twice");
        assert_eq!(taken_back(db), [cents(6_000)]);
        // It sees it then and acknowledges it; the line gets the money again by a person's word.
        let claim: &'static str = format!("P{number}").leak();
        post(db, "EFT3", Vec::new(), &[("FB", "EFT2", 6_000), ("72", claim, -6_000)]);
        let acknowledged = work(db).into_iter().find(|(reason, _)| *reason == WorkReason::PayerRecoupment);
        assert_eq!(acknowledged, Some((WorkReason::PayerRecoupment, cents(6_000))));
        assert_eq!(balance(db, AccountKind::Recoupment), cents(-6_000));
    });
}

#[test]
fn a_refund_that_is_not_sent_yet_is_stopped_when_its_payer_takes_the_money_back() {
    for_each_engine(|db| {
        let (practice, number) = with_payer(db);
        post(db, "EFT1", vec![overpaid(&number)], &[]);
        let asked = ask(db, practice.patient, Payee::Payer(practice.payer), 6_000);
        post(db, "EFT2", vec![overpaid(&number).reversed()], &[("FB", "EFT2", -20_000)]);
        assert_eq!(taken_back(db), [cents(6_000)]);
        let tier2 = somebody(31, Role::Tier2);
        let queue = worklist::queue(db, &db.system(), PRACTICE, Desk::Tier2, QueueCursor::START).unwrap();
        let item = queue.iter().find(|row| row.reason == WorkReason::RefundTakenBack).unwrap().id;
        let refused = worklist::resolve(db, &tier2, PRACTICE, item, words());
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("60.00")), "{refused:?}");
        refund::withdraw(db, &tier2, PRACTICE, asked, "The payer took it back itself.").unwrap();
        all_invariants_hold(db);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(14_000), "the whole claim is owed again");
        worklist::resolve(db, &tier2, PRACTICE, item, words()).unwrap();
        all_invariants_hold(db);
    });
}

#[test]
fn a_copay_that_was_refunded_is_owed_again_when_the_new_decision_leaves_it_to_the_patient() {
    for_each_engine(|db| {
        let (practice, number) = with_payer(db);
        pay(db, practice.patient, 2_000, "copay");
        let without_copay = answer(&number, 10_856, vec![("CO", "45", 3_144)]);
        post(db, "EFT1", vec![without_copay.clone()], &[]);
        send(db, ask(db, practice.patient, Payee::Patient, 2_000));
        assert_eq!(balance(db, AccountKind::UnappliedPatient), Money::ZERO);
        let with_copay = answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)]);
        post(db, "EFT2", vec![without_copay.reversed(), with_copay], &[("FB", "EFT2", -2_000)]);
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        assert_eq!(taken_back(db), [cents(2_000)]);
    });
}

#[test]
fn a_reversal_and_the_same_decision_again_ask_nobody() {
    for_each_engine(|db| {
        let (practice, number) = with_payer(db);
        post(db, "EFT1", vec![overpaid(&number)], &[]);
        send(db, ask(db, practice.patient, Payee::Payer(practice.payer), 6_000));
        post(db, "EFT2", vec![overpaid(&number).reversed(), overpaid(&number)], &[]);
        assert_eq!(taken_back(db), Vec::<Money>::new());
    });
}
