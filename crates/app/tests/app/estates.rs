//! A patient dies: statements stop, the claim against the estate has its day, what is the patient's goes to the estate alone and
//! by two people; and a refund check that nobody cashes comes back into the books as money of its owner. On both databases.

use app::Error;
use app::estate::{EstateEntry, record, show};
use app::patient_account::account;
use app::patient_payment::take;
use app::patient_statement::{issue, run};
use app::refund::uncashed::{list, stop};
use app::refund::{self, RefundRequest};
use billing::RefundId;
use billing::access::{Actor, Role};
use billing::claim::ClaimStatus;
use billing::estate::{ClaimDay, EstateOutcome};
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::refund::{Payee, RefundMethod};
use billing::work::WorkReason;
use jiff::SignedDuration;
use jiff::civil::date;
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::patient_books::{PATIENT, cents, decide, open, person, visit};
use crate::remittance::{balance, work};

pub fn tess() -> Actor {
    person(Role::Tier1)
}

pub fn theo() -> Actor {
    person(Role::Tier2)
}

pub fn manager() -> Actor {
    person(Role::Manager)
}

pub fn entry() -> EstateEntry {
    EstateEntry {
        died_on: date(2026, 2, 20),
        state: "ca".into(),
        county: "Alpine".into(),
        representative: String::new(),
        document: String::new(),
        letters_on: None,
        notice_on: None,
        filed_on: None,
        outcome: EstateOutcome::Open,
    }
}

fn later(db: &TestDb, days: i64) {
    db.env.advance(SignedDuration::from_hours(24 * days));
}

/// 20.00 is owed for a visit.
pub fn owed(db: &TestDb) {
    open(db);
    let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Adjudicated);
    decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
}

pub fn pays(db: &TestDb, amount: i64) {
    let request = PaymentRequest {
        patient_id: PATIENT,
        amount: cents(amount),
        method: PaymentMethod::Check { number: "1042".into() },
        note: String::new(),
        idempotency_key: format!("pays {amount}"),
    };
    take(db, &tess(), PRACTICE, &request).unwrap();
}

pub fn asks(db: &TestDb, amount: i64, key: &str) -> Result<RefundId, Error> {
    let request = RefundRequest {
        patient_id: PATIENT,
        payee: Payee::Patient,
        amount: cents(amount),
        reason: "Every visit is decided and paid.".into(),
        idempotency_key: key.into(),
    };
    refund::ask(db, &theo(), PRACTICE, &request)
}

fn sent(db: &TestDb, amount: i64) -> RefundId {
    let id = asks(db, amount, &format!("refund {amount} {}", db.env.now())).unwrap();
    refund::approve(db, &manager(), PRACTICE, id).unwrap();
    refund::send(db, &manager(), PRACTICE, id, RefundMethod::Check, "2001").unwrap();
    id
}

/// Everything but where the claims are: these visits are made of postings alone.
pub fn all_invariants_hold(db: &TestDb) {
    let verified = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
    let apart = ["claims-in-a-hand", "events-fold"];
    let broken: Vec<_> = verified.checks.iter().filter(|one| !one.holds && !apart.contains(&one.name)).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn statements_stop_and_the_claim_against_the_estate_has_its_day() {
    for_each_engine(|db| {
        owed(db);
        let strange = EstateEntry { died_on: date(2026, 3, 9), ..entry() };
        assert!(matches!(
            record(db, &tess(), PRACTICE, PATIENT, (&strange, None)),
            Err(Error::Invalid { field, .. }) if field == "died_on"
        ));
        assert!(matches!(
            record(db, &person(Role::Poster), PRACTICE, PATIENT, (&entry(), None)),
            Err(Error::Denied(_))
        ));
        record(db, &tess(), PRACTICE, PATIENT, (&entry(), None)).unwrap();
        assert!(run(db, &manager(), PRACTICE).unwrap().issued.is_empty());
        let refused = issue(db, &tess(), PRACTICE, PATIENT);
        assert!(matches!(&refused, Err(Error::Refused(words)) if words.contains("estate")), "{refused:?}");
        assert!(work(db).contains(&(WorkReason::Deceased, cents(2_000))));
        assert!(matches!(show(db, &tess(), PRACTICE, PATIENT).unwrap().unwrap().claim_day, ClaimDay::NotStarted(_)));

        // A colleague's page is older than this: nothing is overwritten.
        let letters = EstateEntry { letters_on: Some(date(2026, 2, 27)), ..entry() };
        assert!(matches!(record(db, &tess(), PRACTICE, PATIENT, (&letters, None)), Err(Error::Changed)));
        record(db, &tess(), PRACTICE, PATIENT, (&letters, Some(1))).unwrap();
        let view = show(db, &tess(), PRACTICE, PATIENT).unwrap().unwrap();
        assert!(matches!(view.claim_day, ClaimDay::By(day, _) if day == date(2026, 6, 27)), "{:?}", view.claim_day);
        let filed = EstateEntry { filed_on: Some(date(2026, 3, 2)), ..letters };
        record(db, &tess(), PRACTICE, PATIENT, (&filed, Some(2))).unwrap();
        assert!(!work(db).iter().any(|(reason, _)| *reason == WorkReason::Deceased), "filed");
        assert!(run(db, &manager(), PRACTICE).unwrap().issued.is_empty(), "statements stay stopped");
        all_invariants_hold(db);
    });
}

#[test]
fn a_check_that_nobody_cashes_is_asked_about_stopped_and_owed_again() {
    for_each_engine(|db| {
        owed(db);
        pays(db, 5_000);
        let bank = balance(db, AccountKind::Bank);
        let id = sent(db, 3_000);
        assert_eq!(balance(db, AccountKind::Bank), bank - cents(3_000));
        let tasks = |db: &TestDb| {
            app::jobs::run_due(db, PRACTICE).unwrap();
            work(db).iter().filter(|(reason, _)| *reason == WorkReason::RefundUncashed).count()
        };
        later(db, 89);
        assert_eq!(tasks(db), 0);
        later(db, 1);
        assert_eq!(tasks(db), 1);
        let uncashed = list(db, &manager(), PRACTICE).unwrap().remove(0);
        assert_eq!((uncashed.days, uncashed.ask, uncashed.stop), (90, true, false));
        assert_eq!(uncashed.unclaimed_on, Some(date(2029, 3, 2)), "three years in Texas, from the check's day");
        later(db, 1);
        assert_eq!(tasks(db), 1, "the same item, not another");
        later(db, 89);
        assert_eq!(tasks(db), 1, "the one to stop it takes its place");
        assert!(list(db, &manager(), PRACTICE).unwrap()[0].stop);

        assert!(matches!(stop(db, &theo(), PRACTICE, id, "Stop 7731, the payee moved."), Err(Error::Denied(_))));
        stop(db, &manager(), PRACTICE, id, "Stop 7731, the payee moved.").unwrap();
        assert!(matches!(stop(db, &manager(), PRACTICE, id, "Once more, please."), Err(Error::Refused(_))));
        assert!(list(db, &manager(), PRACTICE).unwrap().is_empty());
        assert_eq!(tasks(db), 0);
        // Never revenue: the money is the patient's again, and goes out by a refund of its own.
        assert_eq!(balance(db, AccountKind::Bank), bank);
        assert_eq!(balance(db, AccountKind::UnappliedPatient), cents(-3_000));
        assert_eq!(account(db, &tess(), PRACTICE, PATIENT).unwrap().unapplied, cents(3_000));
        assert!(work(db).contains(&(WorkReason::CreditBalance, cents(3_000))));
        all_invariants_hold(db);
        sent(db, 3_000);
        assert_eq!(balance(db, AccountKind::Bank), bank - cents(3_000));
        all_invariants_hold(db);
    });
}

#[test]
fn a_check_that_the_bank_paid_is_not_stopped() {
    for_each_engine(|db| {
        owed(db);
        pays(db, 5_000);
        let id = sent(db, 3_000);
        let line = billing::bank::Deposit {
            booked_on: db.today(PRACTICE).unwrap(),
            amount: cents(3_000),
            trace: "2001".into(),
            words: "CHECK 2001".into(),
        };
        app::reconciliation::take(db, &person(Role::Poster), PRACTICE, &[line]).unwrap();
        assert!(list(db, &manager(), PRACTICE).unwrap().is_empty());
        let refused = stop(db, &manager(), PRACTICE, id, "Stop 7731, the payee moved.");
        assert!(matches!(&refused, Err(Error::Refused(words)) if words.contains("paid")), "{refused:?}");
        later(db, 200);
        app::jobs::run_due(db, PRACTICE).unwrap();
        assert!(!work(db).iter().any(|(reason, _)| *reason == WorkReason::RefundUncashed));
        all_invariants_hold(db);
    });
}
