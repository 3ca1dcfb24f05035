//! A scenario from end to end: a patient who paid ahead dies, and what is left of the money goes to the estate alone, with the
//! paper of who acts for it, by two people, until the bank paid the check. On both databases.

use app::Error;
use app::estate::{EstateEntry, record};
use app::patient_account::account;
use app::refund;
use app::refund::uncashed::list;
use billing::Money;
use billing::access::Role;
use billing::refund::{RefundMethod, RefundState};
use billing::work::WorkReason;
use ledger::AccountKind;
use store::testing::{PRACTICE, for_each_engine};

use crate::estates::{all_invariants_hold, asks, entry, manager, owed, pays, tess, theo};
use crate::patient_books::{PATIENT, cents, person};
use crate::remittance::{balance, work};

#[test]
fn money_of_a_patient_who_died_goes_to_the_estate_by_two_people_and_is_seen_to_leave_the_bank() {
    for_each_engine(|db| {
        owed(db);
        pays(db, 5_000);
        record(db, &tess(), PRACTICE, PATIENT, (&entry(), None)).unwrap();
        let refused = asks(db, 3_000, "early");
        assert!(matches!(&refused, Err(Error::Refused(words)) if words.contains("family")), "{refused:?}");
        let named = EstateEntry { representative: "Ramona Fairbanks".into(), ..entry() };
        record(db, &tess(), PRACTICE, PATIENT, (&named, Some(1))).unwrap();
        assert!(matches!(asks(db, 3_000, "early"), Err(Error::Refused(_))), "no paper says so yet");
        let papers = EstateEntry { document: "Letters testamentary of 27 February, copy on file".into(), ..named };
        record(db, &tess(), PRACTICE, PATIENT, (&papers, Some(2))).unwrap();

        let id = asks(db, 3_000, "now").unwrap();
        let line = refund::list(db, &manager(), PRACTICE, RefundState::Asked).unwrap().remove(0);
        assert_eq!(line.estate_payee.as_deref(), Some("Estate, by Ramona Fairbanks"));
        assert!(matches!(refund::approve(db, &theo(), PRACTICE, id), Err(Error::Denied(_))), "maker and checker");
        refund::approve(db, &manager(), PRACTICE, id).unwrap();
        let card = refund::send(db, &manager(), PRACTICE, id, RefundMethod::Card, "re_1");
        assert!(matches!(card, Err(Error::Refused(_))), "a card of somebody who died takes nothing back");
        refund::send(db, &manager(), PRACTICE, id, RefundMethod::Check, "2001").unwrap();
        assert_eq!(balance(db, AccountKind::UnappliedPatient), Money::ZERO);
        all_invariants_hold(db);

        // The check is paid at the bank, nothing of it is owed any more, and a second refund finds nothing.
        let left = billing::bank::Deposit {
            booked_on: db.today(PRACTICE).unwrap(),
            amount: cents(3_000),
            trace: "2001".into(),
            words: "CHECK 2001".into(),
        };
        app::reconciliation::take(db, &person(Role::Poster), PRACTICE, &[left]).unwrap();
        assert!(list(db, &manager(), PRACTICE).unwrap().is_empty(), "the bank paid it");
        let seen = account(db, &tess(), PRACTICE, PATIENT).unwrap();
        assert_eq!((seen.we_owe, seen.owes_now, seen.unapplied), (Money::ZERO, Money::ZERO, Money::ZERO));
        assert!(matches!(asks(db, 1, "more"), Err(Error::Invalid { field, .. }) if field == "amount"));
        app::jobs::run_due(db, PRACTICE).unwrap();
        let open = work(db);
        let ended = [WorkReason::CreditBalance, WorkReason::Deceased, WorkReason::RefundUncashed];
        assert!(open.iter().all(|(reason, _)| !ended.contains(reason)), "{open:?}");
        all_invariants_hold(db);
    });
}
