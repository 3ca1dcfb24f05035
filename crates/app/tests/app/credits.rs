//! Money that we hold and that is another's: found by the daily look, with the day by which it must be back, until it is
//! back. On both databases.

use app::credit::{CreditView, Unclaimed, conclude, investigate, list, urgent};
use app::refund::{self, RefundRequest, to_state};
use app::{Error, jobs};
use billing::access::{Actor, Role};
use billing::claim::ClaimStatus;
use billing::credit::CreditState;
use billing::refund::{Payee, RefundMethod, RefundState};
use billing::work::WorkReason;
use billing::{CreditId, Money};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::approvals::{books_and_hands_hold, paid_too_much, somebody, wanted};
use crate::patient_books::*;
use crate::remittance::{balance, work};

const WHY: &str = "Other visits of that week may be paid twice as well.";

fn tier2() -> Actor {
    somebody(31, Role::Tier2)
}

/// How many things the daily look found.
fn look(db: &TestDb) -> usize {
    let ran = jobs::run_now(db, &db.system(), PRACTICE).unwrap();
    match ran.into_iter().find(|ran| ran.key == "credits").unwrap().outcome {
        jobs::Outcome::Done(new) => new,
        other => panic!("{other:?}"),
    }
}

fn days(db: &TestDb, days: i64) {
    db.env.advance(SignedDuration::from_hours(24 * days));
}

fn of(db: &TestDb, state: CreditState) -> Vec<CreditView> {
    list(db, &tier2(), PRACTICE, state).unwrap()
}

fn only(db: &TestDb, state: CreditState) -> CreditView {
    let mut found = of(db, state);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// A payer paid 8.00 more than it owed; the look of the day found it.
fn overpaid(db: &TestDb) -> (CreditId, Date) {
    open(db);
    let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Closed);
    decide(db, PATIENT, charge, 10_000, 4_800, &[]);
    assert_eq!(look(db), 1);
    let found = only(db, CreditState::Open).row;
    (found.id, found.found_on)
}

fn deadlines(db: &TestDb) -> Vec<(WorkReason, Option<Date>)> {
    let queue = app::worklist::queue(db, &tier2(), PRACTICE, WorkReason::CreditBalance.desk(), QueueCursor::START);
    queue.unwrap().into_iter().map(|row| (row.reason, row.deadline_on)).collect()
}

#[test]
fn what_a_payer_paid_too_much_is_found_once_and_is_due_until_it_is_sent_back() {
    for_each_engine(|db| {
        let (_, found_on) = overpaid(db);
        let by = found_on.saturating_add(jiff::Span::new().days(60));
        let seen = only(db, CreditState::Open);
        assert_eq!((seen.row.amount_cents, seen.row.return_by, seen.days_left), (cents(800), Some(by), Some(60)));
        assert_eq!(seen.row.payer_name.as_deref(), Some("Union Lake Trust"));
        assert!(!seen.is_federal && !seen.is_urgent && seen.may_investigate && seen.unclaimed.is_none());
        assert_eq!(work(db), [(WorkReason::CreditBalance, cents(800))]);
        assert_eq!(deadlines(db), [(WorkReason::CreditBalance, Some(by))]);
        days(db, 1);
        assert_eq!(look(db), 0, "known already");
        assert_eq!(only(db, CreditState::Open).days_left, Some(59));

        let to_payer = RefundRequest { payee: Payee::Payer(PAYER), ..wanted(500, "payer") };
        let id = refund::ask(db, &tier2(), PRACTICE, &to_payer).unwrap();
        let seen = only(db, CreditState::Open).row;
        assert_eq!((seen.amount_cents, seen.in_refund_cents), (cents(800), cents(500)), "asked for is not back");
        let manager = somebody(32, Role::Manager);
        refund::approve(db, &manager, PRACTICE, id).unwrap();
        refund::send(db, &manager, PRACTICE, id, RefundMethod::Transfer, "ACH 77").unwrap();
        let seen = only(db, CreditState::Open).row;
        assert_eq!((seen.amount_cents, seen.in_refund_cents), (cents(300), Money::ZERO));
        let rest = RefundRequest { payee: Payee::Payer(PAYER), ..wanted(300, "rest") };
        let id = refund::ask(db, &tier2(), PRACTICE, &rest).unwrap();
        days(db, 50);
        assert_eq!(look(db), 0);
        assert_eq!(urgent(db, &tier2(), PRACTICE).unwrap(), (1, cents(300)));
        assert!(only(db, CreditState::Open).is_urgent);
        refund::approve(db, &manager, PRACTICE, id).unwrap();
        refund::send(db, &manager, PRACTICE, id, RefundMethod::Transfer, "ACH 78").unwrap();
        assert!(of(db, CreditState::Open).is_empty());
        assert_eq!(only(db, CreditState::Ended).row.amount_cents, Money::ZERO);
        assert_eq!(urgent(db, &tier2(), PRACTICE).unwrap(), (0, Money::ZERO));
        books_and_hands_hold(db);
    });
}

#[test]
fn an_investigation_stops_the_clock_and_its_end_lets_it_run_on() {
    for_each_engine(|db| {
        let (id, found_on) = overpaid(db);
        let after = |days: i64| Some(found_on.saturating_add(jiff::Span::new().days(days)));
        days(db, 10);
        assert!(conclude(db, &tier2(), PRACTICE, id, WHY).is_err(), "nothing is investigated");
        assert!(investigate(db, &tier2(), PRACTICE, id, "no").is_err(), "without words");
        let front = somebody(40, Role::Tier1);
        assert!(matches!(investigate(db, &front, PRACTICE, id, WHY), Err(Error::Denied(_))));
        investigate(db, &tier2(), PRACTICE, id, WHY).unwrap();
        let seen = only(db, CreditState::Investigating);
        assert_eq!((seen.row.return_by, seen.row.investigated_because.as_str()), (after(230), WHY), "180 and 50");
        assert!(!seen.may_investigate && investigate(db, &tier2(), PRACTICE, id, WHY).is_err(), "once");
        assert_eq!(deadlines(db), [(WorkReason::CreditBalance, after(230))]);
        days(db, 20);
        conclude(db, &tier2(), PRACTICE, id, "Two other visits, both right.").unwrap();
        let seen = only(db, CreditState::Open);
        assert_eq!(seen.row.return_by, after(80), "twenty days stood still");
        assert_eq!(deadlines(db), [(WorkReason::CreditBalance, after(80))]);
        assert!(investigate(db, &tier2(), PRACTICE, id, WHY).is_err(), "and not again");
        books_and_hands_hold(db);
    });
}

#[test]
fn an_investigation_that_begins_after_the_deadline_is_refused() {
    for_each_engine(|db| {
        let (id, _) = overpaid(db);
        days(db, 61);
        let late = investigate(db, &tier2(), PRACTICE, id, WHY);
        assert!(matches!(&late, Err(Error::Refused(why)) if why.contains("Give it back now")), "{late:?}");
        let seen = only(db, CreditState::Open);
        assert!(seen.days_left == Some(-1) && seen.is_urgent && !seen.may_investigate, "{seen:?}");
    });
}

#[test]
fn a_patients_money_has_no_clock_and_is_unclaimed_property_by_the_rule_of_where_they_live() {
    for_each_engine(|db| {
        paid_too_much(db);
        assert_eq!(look(db), 1);
        let seen = only(db, CreditState::Open);
        assert_eq!((seen.row.amount_cents, seen.row.return_by, seen.days_left), (cents(1_000), None, None));
        let expected = seen.row.since_on.saturating_add(jiff::Span::new().years(3));
        assert_eq!(seen.unclaimed, Some(Unclaimed::On(expected, "Texas Property Code 72.101")));
        assert!(investigate(db, &tier2(), PRACTICE, seen.row.id, WHY).is_err());
        let id = refund::ask(db, &tier2(), PRACTICE, &wanted(1_000, "one")).unwrap();
        assert_eq!(only(db, CreditState::Open).row.in_refund_cents, cents(1_000));
        let why = "It pays for the visit of next week.";
        refund::refuse(db, &somebody(32, Role::Manager), PRACTICE, id, why).unwrap();
        let seen = only(db, CreditState::Open).row;
        assert_eq!((seen.amount_cents, seen.in_refund_cents), (cents(1_000), Money::ZERO));
        books_and_hands_hold(db);
    });
}

#[test]
fn money_that_nobody_claims_goes_to_the_state_from_its_day_on_by_two_people_and_the_report_tells_it() {
    for_each_engine(|db| {
        paid_too_much(db);
        look(db);
        let id = only(db, CreditState::Open).row.id;
        let early = to_state::ask(db, &tier2(), PRACTICE, id, "early");
        assert!(matches!(&early, Err(Error::Refused(why)) if why.contains("Look for the owner")), "{early:?}");
        days(db, 3 * 366);
        assert!(only(db, CreditState::Open).may_go_to_state);
        let bank = balance(db, AccountKind::Bank);
        let refund = to_state::ask(db, &tier2(), PRACTICE, id, "now").unwrap();
        assert!(to_state::ask(db, &tier2(), PRACTICE, id, "again").is_err(), "a refund has it");
        assert!(!only(db, CreditState::Open).may_go_to_state, "a refund has it");
        let manager = somebody(32, Role::Manager);
        assert!(matches!(refund::approve(db, &tier2(), PRACTICE, refund), Err(Error::Denied(_))));
        refund::approve(db, &manager, PRACTICE, refund).unwrap();
        let line = refund::list(db, &manager, PRACTICE, RefundState::Approved).unwrap().remove(0);
        assert_eq!(line.estate_payee.as_deref(), Some("State of TX, unclaimed"));
        let card = refund::send(db, &manager, PRACTICE, refund, RefundMethod::Card, "re_1");
        assert!(matches!(&card, Err(Error::Refused(why)) if why.contains("the state")), "{card:?}");
        refund::send(db, &manager, PRACTICE, refund, RefundMethod::Check, "2001").unwrap();
        assert_eq!(balance(db, AccountKind::Bank), bank - cents(1_000));
        assert_eq!(balance(db, AccountKind::UnappliedPatient), Money::ZERO);
        assert!(of(db, CreditState::Open).is_empty());
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::CreditBalance));
        let told =
            db.read(&db.system(), PRACTICE, |read| (store::reports::unclaimed_property::UNCLAIMED_PROPERTY.run)(read));
        let told = format!("{:?}", told.unwrap());
        assert!(told.contains("10.00 paid by RF-00001, 2001") && told.contains("Texas Property Code"), "{told}");
        books_and_hands_hold(db);
    });
}
