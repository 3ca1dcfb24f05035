//! The practice's rules for patients' money, as a front desk lives with them: a payment is shown before it is taken and spread the
//! same way, what is for one visit pays no other, and a returned check costs what the rule says and no more than the law
//! lets. On both databases.

use app::Error;
use app::charge_capture::fee::waive;
use app::money_rules::{list, set};
use app::patient_account::account;
use app::patient_payment::{preview, receipt, spread_of, take, take_for};
use app::patient_statement::{issue, statement};
use app::returned_payment::{self, ReturnNotice};
use billing::access::{Actor, Role};
use billing::allocation::{AllocationOrder, Named};
use billing::claim::ClaimStatus;
use billing::money_rule::MoneyRule;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::payer::Payer;
use billing::{ClaimId, EncounterId, Money, PatientPaymentId};
use jiff::SignedDuration;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use ledger::AccountKind;
use store::registration::SAVE_PAYER;
use store::remittance::SETTLE_CLAIMS;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::{Json, params};
use uuid::Uuid;

use crate::deposits::slip;
use crate::patient_books::{PATIENT, PAYER, cents, decide, open, person, visit};
use crate::remittance::balance;

fn tess() -> Actor {
    person(Role::Tier1)
}

fn manager() -> Actor {
    person(Role::Manager)
}

/// Three visits of which 30.00, 10.00 and 20.00 are owed; the test's clock stands on 2 March 2026.
fn owed(db: &TestDb) {
    open(db);
    for (number, on, share) in
        [(1, date(2026, 1, 5), 3_000), (2, date(2026, 2, 2), 1_000), (3, db.today(PRACTICE).unwrap(), 2_000)]
    {
        let charge = visit(db, PATIENT, number, on, 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, charge, 14_000 - share - 2_000, 2_000, &[("PR-3", share)]);
    }
}

fn visit_id(number: u128) -> EncounterId {
    EncounterId(Uuid::from_u128(0x5000 + number))
}

fn rule(db: &TestDb, rule: MoneyRule) {
    let today = db.today(PRACTICE).unwrap();
    set(db, &manager(), PRACTICE, (rule, today), "The partners agreed on it in March.").unwrap();
}

fn pays(amount: i64, key: &str, method: PaymentMethod) -> PaymentRequest {
    PaymentRequest {
        patient_id: PATIENT,
        amount: cents(amount),
        method,
        note: String::new(),
        idempotency_key: key.into(),
    }
}

fn cash(amount: i64, key: &str) -> PaymentRequest {
    pays(amount, key, PaymentMethod::Cash)
}

/// What is owed by visit, the oldest first.
fn owes(db: &TestDb) -> Vec<i64> {
    let account = account(db, &tess(), PRACTICE, PATIENT).unwrap();
    account.visits.iter().rev().map(|visit| visit.standing.patient_owes.cents()).collect()
}

fn all_invariants_hold(db: &TestDb) {
    let verified = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
    // These visits are made of postings alone.
    let apart = ["claims-in-a-hand", "events-fold", "claims-are-their-events"];
    let broken: Vec<_> = verified.checks.iter().filter(|one| !one.holds && !apart.contains(&one.name)).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn every_order_pays_what_its_preview_showed() {
    for (order, left) in [
        (AllocationOrder::OldestFirst, [500, 1_000, 2_000]),
        (AllocationOrder::TodayFirst, [2_500, 1_000, 0]),
        (AllocationOrder::Proportional, [1_750, 583, 1_167]),
    ] {
        for_each_engine(|db| {
            owed(db);
            rule(db, MoneyRule::Order(order));
            let shown = preview(db, &tess(), PRACTICE, PATIENT, cents(2_500), None).unwrap();
            assert_eq!((shown.order, shown.order_since), (order, Some(db.today(PRACTICE).unwrap())));
            let taken = take(db, &tess(), PRACTICE, &cash(2_500, "a")).unwrap();
            assert_eq!(owes(db), left, "{order:?}");
            let mut applied = receipt(db, &tess(), PRACTICE, PATIENT, taken.id).unwrap().applied;
            let mut visits = shown.visits;
            visits.sort();
            applied.sort();
            assert_eq!(applied, visits, "as it was shown");
            assert_eq!(spread_of(db, &tess(), PRACTICE, PATIENT, taken.id).unwrap(), Some((order, None)));
            all_invariants_hold(db);
        });
    }
}

#[test]
fn what_the_last_statement_asked_for_is_paid_first_where_the_practice_says_so() {
    for_each_engine(|db| {
        open(db);
        rule(db, MoneyRule::Order(AllocationOrder::StatementFirst));
        let newer = visit(db, PATIENT, 2, date(2026, 2, 2), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, newer, 11_000, 2_000, &[("PR-3", 1_000)]);
        issue(db, &tess(), PRACTICE, PATIENT).unwrap();
        // An older visit is decided after the statement went out.
        let older = visit(db, PATIENT, 1, date(2026, 1, 5), 14_000, ClaimStatus::Adjudicated);
        decide(db, PATIENT, older, 9_000, 2_000, &[("PR-3", 3_000)]);
        take(db, &tess(), PRACTICE, &cash(1_200, "a")).unwrap();
        assert_eq!(owes(db), [2_800, 0]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_visit_that_is_named_goes_first_and_what_is_only_for_it_waits_for_it() {
    for_each_engine(|db| {
        owed(db);
        let named = |number, only| Some(Named { visit: visit_id(number), only });
        take_for(db, &tess(), PRACTICE, &cash(1_500, "a"), named(2, false)).unwrap();
        assert_eq!(owes(db), [2_500, 0, 2_000], "the named one, then the oldest");
        let strange = take_for(db, &tess(), PRACTICE, &cash(100, "s"), named(99, false));
        assert!(matches!(&strange, Err(Error::Invalid { field, .. }) if field == "visit"), "{strange:?}");

        // A deposit for a visit that its plan has not decided: it pays nothing else, however old.
        let coming = visit(db, PATIENT, 4, db.today(PRACTICE).unwrap(), 14_000, ClaimStatus::Accepted);
        let deposit = take_for(db, &tess(), PRACTICE, &cash(4_000, "b"), named(4, true)).unwrap();
        assert_eq!((deposit.applied, deposit.unapplied), (Money::ZERO, cents(4_000)));
        let again = take_for(db, &tess(), PRACTICE, &cash(4_000, "b"), named(4, true)).unwrap();
        assert!(!again.is_new && again.id == deposit.id);
        let other = take_for(db, &tess(), PRACTICE, &cash(4_000, "b"), None);
        assert!(matches!(other, Err(Error::Refused(_))), "the same key for another purpose");
        // A statement applies what is free first; nothing is.
        issue(db, &tess(), PRACTICE, PATIENT).unwrap();
        assert_eq!(owes(db)[..3], [2_500, 0, 2_000]);
        assert_eq!(balance(db, AccountKind::UnappliedPatient), cents(-4_000));

        decide(db, PATIENT, coming, 9_000, 1_500, &[("PR-3", 3_500)]);
        let claims = [ClaimId(Uuid::from_u128(0x7004))];
        db.write(&db.system(), PRACTICE, |tx| {
            let place = params![ClaimStatus::Adjudicated, None::<Date>, tx.today()];
            tx.execute_in(&SETTLE_CLAIMS, place, &claims).map(|_| ())
        })
        .unwrap();
        // Its share is known: the deposit pays it, and what is over is free for the oldest.
        issue(db, &tess(), PRACTICE, PATIENT).unwrap();
        assert_eq!(owes(db).iter().sum::<i64>(), 2_500 + 2_000 - 500);
        assert_eq!(balance(db, AccountKind::UnappliedPatient), Money::ZERO);
        all_invariants_hold(db);
    });
}

#[test]
fn a_rule_counts_from_its_day_and_only_managers_set_it() {
    for_each_engine(|db| {
        owed(db);
        let today = db.today(PRACTICE).unwrap();
        let proportional = MoneyRule::Order(AllocationOrder::Proportional);
        let why = "The partners agreed on it in March.";
        assert!(matches!(set(db, &tess(), PRACTICE, (proportional, today), why), Err(Error::Denied(_))));
        let past = today.saturating_sub(1.days());
        assert!(matches!(
            set(db, &manager(), PRACTICE, (proportional, past), why),
            Err(Error::Invalid { field, .. }) if field == "from"
        ));
        set(db, &manager(), PRACTICE, (proportional, today.saturating_add(10.days())), why).unwrap();
        take(db, &tess(), PRACTICE, &cash(600, "a")).unwrap();
        assert_eq!(owes(db), [2_400, 1_000, 2_000], "the oldest first, until the day");
        db.env.advance(SignedDuration::from_hours(24 * 10));
        take(db, &tess(), PRACTICE, &cash(540, "b")).unwrap();
        assert_eq!(owes(db), [2_160, 900, 1_800]);
        let standing = list(db, &manager(), PRACTICE).unwrap();
        assert_eq!((standing.rules.order, standing.history.len()), (AllocationOrder::Proportional, 1));
        all_invariants_hold(db);
    });
}

fn check(db: &TestDb, amount: i64, key: &str) -> PatientPaymentId {
    take(db, &tess(), PRACTICE, &pays(amount, key, PaymentMethod::Check { number: "1042".into() })).unwrap().id
}

fn comes_back(db: &TestDb, payment: PatientPaymentId) {
    let on: Date = db.today(PRACTICE).unwrap();
    let notice = ReturnNotice { payment, on, reason: "Insufficient funds.".into(), respond_by: None };
    returned_payment::record(db, &person(Role::Poster), PRACTICE, &notice).unwrap();
    // A second word about the same check is the same return, and no second fee.
    returned_payment::record(db, &person(Role::Poster), PRACTICE, &notice).unwrap();
}

#[test]
fn a_returned_check_costs_nothing_until_a_rule_says_so_and_never_more_than_the_state_lets() {
    for_each_engine(|db| {
        owed(db);
        comes_back(db, check(db, 3_000, "a"));
        assert_eq!(owes(db), [3_000, 1_000, 2_000], "owed again, without a fee");

        // The practice is in Texas: 30.00 at most.
        let too_much = MoneyRule::CheckFee(cents(3_001));
        let refused =
            set(db, &manager(), PRACTICE, (too_much, db.today(PRACTICE).unwrap()), "The bank asks 30.01 of us.");
        assert!(matches!(&refused, Err(Error::Invalid { problem, .. }) if problem.contains("3.506")), "{refused:?}");
        rule(db, MoneyRule::CheckFee(cents(2_500)));
        comes_back(db, check(db, 3_000, "at the desk"));
        assert_eq!(
            owes(db).iter().sum::<i64>(),
            6_000,
            "a check that never went to the bank cost the practice nothing"
        );
        let sent = check(db, 3_000, "b");
        slip(db, 3_000, "", "slip").unwrap();
        comes_back(db, sent);
        assert_eq!(owes(db).iter().sum::<i64>(), 6_000 + 2_500);
        let seen = account(db, &tess(), PRACTICE, PATIENT).unwrap();
        let fee = seen.visits.iter().find(|visit| visit.is_fee).unwrap();
        assert_eq!(fee.standing.patient_owes, cents(2_500));
        assert!(!fee.may_bill_plan && !fee.may_dismiss && fee.decided && fee.claims.is_empty());
        let plan = app::charge_capture::bill_plan(db, &tess(), PRACTICE, fee.encounter_id);
        assert!(matches!(plan, Err(Error::NotFound(_))), "never sent to a plan: {plan:?}");

        let told = issue(db, &tess(), PRACTICE, PATIENT).unwrap();
        let paper = statement(db, &tess(), PRACTICE, PATIENT, told.id).unwrap();
        let line =
            paper.visits.iter().flat_map(|visit| &visit.services).find(|(words, _)| words.contains("returned check"));
        assert_eq!(line, Some(&("Fee for a returned check".to_owned(), cents(2_500))));
        assert!(paper.visits.iter().any(|visit| visit.seen_by.is_empty()), "a fee was done by nobody");
        all_invariants_hold(db);

        // Waived by who may forgive, after it was paid: the money is the patient's.
        let fee = fee.encounter_id;
        let named = Some(Named { visit: fee, only: false });
        take_for(db, &tess(), PRACTICE, &cash(2_500, "c"), named).unwrap();
        assert!(matches!(waive(db, &tess(), PRACTICE, fee, "A good customer for years."), Err(Error::Denied(_))));
        waive(db, &manager(), PRACTICE, fee, "A good customer for years.").unwrap();
        assert!(matches!(waive(db, &manager(), PRACTICE, fee, "Once more, please."), Err(Error::Refused(_))));
        assert!(matches!(waive(db, &manager(), PRACTICE, visit_id(1), "This is a visit."), Err(Error::NotFound(_))));
        assert_eq!(owes(db).iter().sum::<i64>(), 6_000 - 2_500, "what was paid for it pays the oldest visit");
        all_invariants_hold(db);
    });
}

#[test]
fn a_patient_with_medicaid_is_never_asked_for_the_fee() {
    for_each_engine(|db| {
        owed(db);
        rule(db, MoneyRule::CheckFee(cents(2_500)));
        db.write(&db.system(), PRACTICE, |tx| {
            let payer = store::registration::payer(tx, PAYER)?.unwrap();
            let payer = Payer { filing_indicator: "MC".into(), ..payer };
            tx.execute(&SAVE_PAYER, params![payer.id, payer.name, payer.payer_identifier, Json(payer.clone())])
        })
        .unwrap();
        comes_back(db, check(db, 3_000, "a"));
        assert_eq!(owes(db), [3_000, 1_000, 2_000]);
        all_invariants_hold(db);
    });
}
