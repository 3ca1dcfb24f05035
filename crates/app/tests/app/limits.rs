//! What roles decide alone is the practice's word, set by the owner with a reason and never changed in place; discounts are
//! bounded by its policy; and what was approved and not sent has a way back.

use app::Error;
use app::limits::{list, set};
use app::patient_account::account;
use app::refund;
use app::write_off::{self, WriteOffRequest};
use billing::access::{LimitKind, Role};
use billing::claim::ClaimStatus;
use billing::refund::RefundMethod;
use billing::write_off::{Debtor, WriteOffReason};
use billing::{EncounterId, Money};
use jiff::civil::date;
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::approvals::{paid_too_much, somebody, wanted};
use crate::patient_books::*;
use crate::remittance::balance;

const WHY: &str = "Decided by the owners in March";

#[test]
fn the_owner_sets_what_a_manager_approves_alone_and_it_counts_from_then_on() {
    for_each_engine(|db| {
        paid_too_much(db);
        let (tier2, manager, owner) =
            (somebody(31, Role::Tier2), somebody(32, Role::Manager), somebody(33, Role::Owner));
        let id = refund::ask(db, &tier2, PRACTICE, &wanted(1_000, "one")).unwrap();
        let own = set(db, &manager, PRACTICE, (LimitKind::ManagerRefund, 900), WHY);
        assert!(matches!(own, Err(Error::Denied(_))), "nobody sets their own limit: {own:?}");
        set(db, &owner, PRACTICE, (LimitKind::ManagerRefund, 900), WHY).unwrap();
        let over = refund::approve(db, &manager, PRACTICE, id);
        assert!(matches!(&over, Err(Error::Denied(why)) if why.to_string().contains("9.00")), "{over:?}");
        for (amount, why, words) in
            [(900, WHY, "stands at that"), (-1, WHY, "from 0.00"), (5, "so", "Say in a sentence")]
        {
            let told = set(db, &owner, PRACTICE, (LimitKind::ManagerRefund, amount), why).unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
        assert!(set(db, &owner, PRACTICE, (LimitKind::PromptPayPercent, 101), WHY).is_err());
        set(db, &owner, PRACTICE, (LimitKind::ManagerRefund, 1_000), WHY).unwrap();
        refund::approve(db, &manager, PRACTICE, id).unwrap();
        let (stand, history) = list(db, &manager, PRACTICE).unwrap();
        assert_eq!(stand.money(LimitKind::ManagerRefund), cents(1_000));
        assert_eq!(history.iter().map(|row| row.amount).collect::<Vec<_>>(), [1_000, 900], "the latest first");
        let checks = app::verify::verify(db, &db.system(), PRACTICE).unwrap().checks;
        let sealed = checks.iter().find(|check| check.name == "rows-as-recorded").unwrap();
        assert!(sealed.holds, "{sealed:?}");
    });
}

#[test]
fn a_refund_that_was_approved_and_will_not_be_sent_is_where_it_was() {
    for_each_engine(|db| {
        paid_too_much(db);
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        let before = account(db, &person(Role::Tier2), PRACTICE, PATIENT).unwrap().unapplied;
        let id = refund::ask(db, &tier2, PRACTICE, &wanted(1_000, "one")).unwrap();
        let early = refund::cancel(db, &manager, PRACTICE, id, "The patient moved away");
        assert!(matches!(&early, Err(Error::Refused(why)) if why.contains("waits for approval")), "{early:?}");
        refund::approve(db, &manager, PRACTICE, id).unwrap();
        assert!(refund::cancel(db, &tier2, PRACTICE, id, "The patient moved away").is_err(), "never by who asked");
        refund::cancel(db, &manager, PRACTICE, id, "The patient moved away").unwrap();
        assert_eq!(balance(db, AccountKind::RefundPayable), Money::ZERO);
        assert_eq!(account(db, &person(Role::Tier2), PRACTICE, PATIENT).unwrap().unapplied, before);
        assert!(refund::cancel(db, &manager, PRACTICE, id, "The patient moved away").is_err(), "once");
        assert!(refund::send(db, &manager, PRACTICE, id, RefundMethod::Check, "2001").is_err());
        refund::ask(db, &tier2, PRACTICE, &wanted(1_000, "two")).unwrap();
    });
}

/// The visit of a patient who owes 100.00 of it.
fn owes(db: &TestDb) -> EncounterId {
    open(db);
    let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Closed);
    decide(db, PATIENT, charge, 0, 4_000, &[("PR-1", 10_000)]);
    let seen = account(db, &person(Role::Tier2), PRACTICE, PATIENT).unwrap();
    seen.visits[0].encounter_id
}

#[test]
fn a_discount_is_what_the_policy_says_and_no_more_by_asking_twice() {
    for_each_engine(|db| {
        let visit = owes(db);
        let (tier2, manager, owner) =
            (somebody(31, Role::Tier2), somebody(32, Role::Manager), somebody(33, Role::Owner));
        set(db, &owner, PRACTICE, (LimitKind::PromptPayPercent, 20), WHY).unwrap();
        let ask = |reason, amount, key: &str| {
            let request = WriteOffRequest {
                encounter_id: visit,
                debtor: Debtor::Patient,
                amount: cents(amount),
                reason,
                note: "Pays the rest today at the desk".into(),
                idempotency_key: key.into(),
            };
            write_off::ask(db, &tier2, PRACTICE, &request)
        };
        use WriteOffReason::{PromptPayDiscount, SelfPayDiscount};
        let over = ask(PromptPayDiscount, 2_001, "one").unwrap_err().to_string();
        assert!(over.contains("20%") && over.contains("20.00"), "{over}");
        let id = ask(PromptPayDiscount, 1_500, "one").unwrap();
        assert!(ask(PromptPayDiscount, 501, "two").is_err(), "what was asked for counts");
        write_off::approve(db, &manager, PRACTICE, id).unwrap();
        assert!(ask(PromptPayDiscount, 501, "three").is_err(), "and what was approved");
        ask(PromptPayDiscount, 500, "four").unwrap();
        // Another reason has its own policy, here the program's: all of it.
        ask(SelfPayDiscount, 8_000, "five").unwrap();
    });
}
