//! A claim payment that does not add up, posted by two people with its difference in suspense, and the suspense walked to zero:
//! by the payer's own reversal, or to what the payer owes.

use app::cash_request::{self, Asking};
use app::suspense::{Settlement, open_of, settle};
use app::{Error, worklist};
use billing::access::{Actor, Role};
use billing::cash_request::{CashRequestKind, CashRequestState};
use billing::claim::ClaimStatus;
use billing::explain::{Language, StepKind};
use billing::work::{Desk, Resolution, WorkReason};
use billing::{CashRequestId, ClaimPaymentId, Money};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::{QueueCursor, WORK_ITEM};
use store::{StoreError, params};

use crate::claims_on_their_way::person;
use crate::late_coverage::{answer, look, sent};
use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, of_claim, places, take, work};
use crate::staff;

const WHY: &str = "The payer confirmed by telephone that its copay is wrong.";

pub fn poster() -> Actor {
    person(21, Role::Poster)
}

fn manager() -> Actor {
    person(31, Role::Manager)
}

/// The visit's copay is told with 5.00 less, so 5.00 of its charge are told by no amount.
fn untold(n: usize) -> Clp {
    let mut wrong = Clp::paid(n);
    wrong.lines[0].adjustments[1].2 -= 500;
    wrong
}

/// The one payment that waits.
pub fn waiting(db: &TestDb) -> ClaimPaymentId {
    let list = app::unmatched::list(db, &poster(), PRACTICE).unwrap();
    assert_eq!(list.len(), 1, "{list:?}");
    list[0].payment.id
}

fn asking(id: ClaimPaymentId) -> Asking {
    Asking {
        claim_payment: id,
        kind: CashRequestKind::Suspense,
        payee: String::new(),
        reason: WHY.to_owned(),
        idempotency_key: format!("key {id}"),
    }
}

fn asked(db: &TestDb, id: ClaimPaymentId) -> CashRequestId {
    cash_request::ask(db, &poster(), PRACTICE, &asking(id)).unwrap()
}

fn in_suspense(db: &TestDb, id: ClaimPaymentId) -> Money {
    db.read(&db.system(), PRACTICE, |read| open_of(read, id)).unwrap()
}

/// An untold 5.00, set aside, and posted by two.
fn posted_by_two(db: &TestDb, claims: usize) -> ClaimPaymentId {
    clinic(db, claims);
    take(db, &file(&Payment::new("EFT1", vec![untold(1)])));
    let id = waiting(db);
    let request = asked(db, id);
    cash_request::approve(db, &manager(), PRACTICE, request).unwrap();
    id
}

fn revision(db: &TestDb, id: ClaimPaymentId) -> i32 {
    let item = app::unmatched::show(db, &poster(), PRACTICE, id).unwrap().work.unwrap().item;
    db.read(&db.system(), PRACTICE, |r| Ok::<_, StoreError>(r.query_one(&WORK_ITEM, params![item])?.revision)).unwrap()
}

fn to_line(db: &TestDb, id: ClaimPaymentId, line: i32, amount: i64) -> Settlement {
    Settlement { line, amount: cents(amount), reason: WHY.to_owned(), revision: revision(db, id) }
}

#[test]
fn two_people_post_what_does_not_add_up_and_its_difference_is_work() {
    for_each_engine(|db| {
        clinic(db, 1);
        take(db, &file(&Payment::new("EFT1", vec![untold(1)])));
        let id = waiting(db);
        assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(10_200))]);
        let before = all_invariants_hold(db);
        let tier1 = cash_request::ask(db, &person(22, Role::Tier1), PRACTICE, &asking(id));
        assert!(matches!(tier1, Err(Error::Denied(_))), "{tier1:?}");
        let request = asked(db, id);
        assert_eq!(asked(db, id), request, "the same key is the same request");
        assert_eq!(all_invariants_hold(db), before, "asking moves nothing");
        let again =
            cash_request::ask(db, &poster(), PRACTICE, &Asking { idempotency_key: "other".into(), ..asking(id) });
        assert!(matches!(&again, Err(Error::Refused(why)) if why.contains("CR-00001")), "{again:?}");
        for (story, who) in [("a poster", poster()), ("another poster", person(29, Role::Poster))] {
            assert!(cash_request::approve(db, &who, PRACTICE, request).is_err(), "{story} approves nothing");
        }
        let mut both = manager();
        both.user = poster().user;
        assert!(cash_request::approve(db, &both, PRACTICE, request).is_err(), "nobody approves their own");
        cash_request::approve(db, &manager(), PRACTICE, request).unwrap();
        assert!(cash_request::approve(db, &manager(), PRACTICE, request).is_err(), "it is decided once");
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        assert_eq!(balance(db, AccountKind::Suspense), cents(500));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(1_500), "the patient is asked for what was told");
        assert_eq!(balance(db, AccountKind::PayerReceivable), Money::ZERO);
        assert_eq!(work(db), [(WorkReason::SuspenseDifference, cents(500))]);
        assert_eq!(places(db)[0].1, ClaimStatus::Closed);
        let item = app::unmatched::show(db, &poster(), PRACTICE, id).unwrap().work.unwrap().item;
        let words = Resolution {
            outcome: "It is only five dollars.".into(),
            root_cause: "posting".into(),
            ..Resolution::default()
        };
        let ended = worklist::resolve(db, &poster(), PRACTICE, item, words);
        assert!(matches!(&ended, Err(Error::Refused(why)) if why.contains("5.00")), "{ended:?}");
        all_invariants_hold(db);
    });
}

#[test]
fn an_explanation_says_that_a_difference_is_set_apart_and_that_nobody_paid_it() {
    for_each_engine(|db| {
        let practice = staff::open(db);
        let mut visit = staff::visit(&practice);
        visit.services = vec![staff::service("99213", &[1])];
        let visit = app::charge_capture::capture(db, &staff::tier1(), PRACTICE, &visit).unwrap().encounter_id;
        let number = sent(db, visit);
        // Of 140.00 the payer tells 135.00.
        take(
            db,
            &file(&Payment::new("EFT1", vec![answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "2", 1_500)])])),
        );
        let id = waiting(db);
        cash_request::approve(db, &manager(), PRACTICE, asked(db, id)).unwrap();
        let told = || {
            let seen = look(db, practice.patient);
            let explained = &seen.visits[0].explanation;
            let rows: Vec<(StepKind, Money)> =
                explained.charges[0].steps.iter().map(|step| (step.kind, step.amount)).collect();
            let paid: Money = rows.iter().filter(|row| row.0 == StepKind::PaidByPlan).map(|row| row.1).sum();
            assert_eq!((paid, explained.standing.unexplained()), (cents(-8_856), Money::ZERO), "{rows:?}");
            (explained.standing, explained.say(Language::English).join(" "), rows)
        };
        let (standing, said, rows) = told();
        assert_eq!((standing.paid_by_payers, standing.in_suspense), (cents(8_856), cents(500)), "{:?}", db.engine);
        assert_eq!((standing.with_payers, standing.patient_owes), (Money::ZERO, cents(1_500)));
        assert!(said.contains("it paid $88.56") && said.contains("tells $5.00 of the charge"), "{said}");
        assert!(rows.contains(&(StepKind::SetApart, cents(-500))), "{rows:?}");
        // What leaves suspense is asked of the plan; nothing was paid or taken back by it.
        settle(db, &poster(), PRACTICE, id, &to_line(db, id, 1, 500)).unwrap();
        let (standing, said, rows) = told();
        assert_eq!((standing.in_suspense, standing.with_payers), (Money::ZERO, cents(500)), "{said}");
        assert!(rows.contains(&(StepKind::SetApart, cents(500))), "{rows:?}");
        assert!(!said.contains("set that apart"), "{said}");
        all_invariants_hold(db);
        let taken = app::unmatched::unmatch(db, &poster(), PRACTICE, id, WHY).unwrap();
        received_once_and_still_ours(db, id, taken);
        all_invariants_hold(db);
    });
}

#[test]
fn a_refused_or_withdrawn_request_leaves_the_claim_set_aside() {
    for_each_engine(|db| {
        clinic(db, 1);
        take(db, &file(&Payment::new("EFT1", vec![untold(1)])));
        let id = waiting(db);
        let before = all_invariants_hold(db);
        let first = asked(db, id);
        cash_request::refuse(db, &manager(), PRACTICE, first, "Ask the payer for a corrected file.").unwrap();
        let second =
            cash_request::ask(db, &poster(), PRACTICE, &Asking { idempotency_key: "two".into(), ..asking(id) });
        let second = second.unwrap();
        assert!(cash_request::withdraw(db, &person(29, Role::Poster), PRACTICE, second, "Not mine to take.").is_err());
        cash_request::withdraw(db, &poster(), PRACTICE, second, "The payer sends a corrected file.").unwrap();
        assert_eq!(all_invariants_hold(db), before);
        assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(10_200))]);
        let states = |state| cash_request::list(db, &manager(), PRACTICE, state).unwrap().len();
        assert_eq!((states(CashRequestState::Refused), states(CashRequestState::Withdrawn)), (1, 1));
    });
}

#[test]
fn what_adds_up_and_a_reversal_are_not_asked_for() {
    for_each_engine(|db| {
        clinic(db, 2);
        let mut early = Clp::paid(1).reversed();
        early.lines[0].adjustments[1].2 += 7;
        take(db, &file(&Payment::new("EFT1", vec![early]).with_plb("FB", "F", -10_200)));
        let ask = cash_request::ask(db, &poster(), PRACTICE, &asking(waiting(db)));
        assert!(matches!(&ask, Err(Error::Refused(why)) if why.contains("reversal")), "{ask:?}");
        let mut stray = Clp::paid(2);
        stray.number = "NOBODY".into();
        stray.lines.iter_mut().for_each(|line| line.number.clear());
        take(db, &file(&Payment::new("EFT2", vec![stray])));
        let list = app::unmatched::list(db, &poster(), PRACTICE).unwrap();
        let stray = list.iter().find(|one| one.payment.state == "unmatched").unwrap().payment.id;
        assert!(matches!(cash_request::ask(db, &poster(), PRACTICE, &asking(stray)), Err(Error::Refused(_))));
        all_invariants_hold(db);
    });
}

#[test]
fn the_payers_reversal_and_right_decision_empty_the_suspense() {
    for_each_engine(|db| {
        let id = posted_by_two(db, 1);
        let right = Payment::new("EFT2", vec![untold(1).reversed(), Clp::paid(1)]);
        let report = take(db, &file(&right));
        assert_eq!(report.payments[0].counts.posted, 2, "{report:?}");
        assert_eq!(in_suspense(db, id), Money::ZERO);
        assert_eq!(balance(db, AccountKind::Suspense), Money::ZERO);
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        assert_eq!((work(db), places(db)[0].1), (vec![], ClaimStatus::Closed));
        all_invariants_hold(db);
    });
}

#[test]
fn a_difference_that_the_payer_owes_is_asked_for_and_a_later_reversal_undoes_that_too() {
    for_each_engine(|db| {
        let id = posted_by_two(db, 1);
        for (story, wrong) in [
            ("nothing", Settlement { amount: Money::ZERO, ..to_line(db, id, 1, 1) }),
            ("more", to_line(db, id, 1, 501)),
            ("no such line", to_line(db, id, 3, 100)),
            ("no words", Settlement { reason: "ok".into(), ..to_line(db, id, 1, 100) }),
            ("a second click", Settlement { revision: revision(db, id) - 1, ..to_line(db, id, 1, 100) }),
        ] {
            assert!(settle(db, &poster(), PRACTICE, id, &wrong).is_err(), "{story}");
        }
        assert_eq!(settle(db, &poster(), PRACTICE, id, &to_line(db, id, 1, 300)).unwrap(), cents(200));
        assert_eq!(work(db), [(WorkReason::Denied, cents(300)), (WorkReason::SuspenseDifference, cents(200))]);
        assert_eq!(places(db)[0].1, ClaimStatus::Adjudicated);
        all_invariants_hold(db);
        assert_eq!(settle(db, &poster(), PRACTICE, id, &to_line(db, id, 1, 200)).unwrap(), Money::ZERO);
        assert_eq!(work(db), [(WorkReason::Denied, cents(500))]);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(500));
        all_invariants_hold(db);

        take(db, &file(&Payment::new("EFT2", vec![untold(1).reversed(), Clp::paid(1)])));
        assert_eq!((balance(db, AccountKind::Suspense), balance(db, AccountKind::PayerReceivable)), Default::default());
        assert_eq!((work(db), places(db)[0].1), (vec![], ClaimStatus::Closed));
        all_invariants_hold(db);
    });
}

#[test]
fn cash_that_no_line_tells_stands_in_suspense_and_every_side_of_a_cent_is_walked_to_zero() {
    for_each_engine(|db| {
        clinic(db, 6);
        let off = |n: usize, change: fn(&mut Clp)| {
            let mut clp = Clp::paid(n);
            change(&mut clp);
            clp
        };
        let stories: [(&str, Clp, i64); 5] = [
            ("the lines tell 1.00 less than came", off(1, |c| c.paid += 100), -100),
            (
                "a line was paid 1.00 more than its charge leaves",
                off(2, |c| (c.lines[0].paid, c.paid) = (7_300, 10_300)),
                -100,
            ),
            ("an adjustment is 1.00 too small", off(3, |c| c.lines[1].adjustments[0].2 -= 100), 100),
            ("an adjustment is 1.00 too large", off(4, |c| c.lines[1].adjustments[0].2 += 100), -100),
            ("only the charge in all is wrong", off(5, |c| c.charge += 100), 0),
        ];
        for (place, (story, clp, expected)) in stories.into_iter().enumerate() {
            take(db, &file(&Payment::new(&format!("EFT{place}"), vec![clp])));
            let id = waiting(db);
            let request = asked(db, id);
            cash_request::approve(db, &manager(), PRACTICE, request).unwrap();
            assert_eq!(in_suspense(db, id), cents(expected), "{story}");
            all_invariants_hold(db);
            if expected > 0 {
                settle(db, &poster(), PRACTICE, id, &to_line(db, id, 2, expected)).unwrap();
            } else if expected < 0 {
                // The money goes back by the decision's own reversal: this clinic's visits are too bare for a credit.
                let taken = app::unmatched::unmatch(db, &poster(), PRACTICE, id, WHY).unwrap();
                assert_eq!((waiting(db), in_suspense(db, id)), (taken, Money::ZERO), "{story}");
                all_invariants_hold(db);
                let line = app::unmatched::show(db, &poster(), PRACTICE, taken).unwrap();
                assert_eq!((line.facts.state.as_str(), line.waits), ("set_aside", line.said().paid_amount), "{story}");
                let parts = [(1, 7_200), (2, 3_000)].map(|(line, amount)| app::unapplied_cash::Part {
                    claim: control_number(place + 1),
                    line,
                    amount: cents(amount),
                });
                let left = app::unmatched::split(db, &poster(), PRACTICE, taken, &parts, WHY).unwrap();
                let rest = [app::unapplied_cash::Part { claim: control_number(6), line: 1, amount: left }];
                if left.is_positive() {
                    app::unmatched::split(db, &poster(), PRACTICE, taken, &rest, WHY).unwrap();
                }
            }
            assert!(app::unmatched::list(db, &poster(), PRACTICE).unwrap().is_empty(), "{story}");
            assert_eq!(balance(db, AccountKind::Suspense), Money::ZERO, "{story}");
            all_invariants_hold(db);
        }
    });
}

#[test]
fn verify_names_a_suspense_that_is_nobodys_work() {
    for_each_engine(|db| {
        let id = posted_by_two(db, 1);
        let entry = ledger::DraftEntry::new(DAY, "By hand", ledger::EntrySource { kind: "by hand".into(), id: id.0 })
            .debit(ledger::Account::Suspense { item: id.0 }, cents(7), "slip")
            .credit(ledger::Account::Interest, cents(7), "slip")
            .balance()
            .unwrap();
        db.write(&db.system(), PRACTICE, |tx| tx.post(&entry, "by hand").map(|_| ())).unwrap();
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure().map(|check| check.name), Some("suspense-in-a-hand"));
        let queue = worklist::queue(db, &poster(), PRACTICE, Desk::Poster, QueueCursor::START).unwrap();
        assert_eq!(queue.len(), 1);
        let _ = of_claim(db, 1);
    });
}

/// The page of a payment tells what the payer named apart from what was made here when it was taken off its claim.
fn received_once_and_still_ours(db: &TestDb, id: ClaimPaymentId, taken: ClaimPaymentId) {
    let view = db
        .read(&poster(), PRACTICE, |read| {
            let facts = read.query_one(&store::remittance::CLAIM_PAYMENT, params![id])?;
            store::views::remittances::get(read, facts.remittance_id)
        })
        .unwrap()
        .unwrap();
    let received: Vec<_> = view.claims.iter().filter(|row| row.is_received).map(|row| row.id).collect();
    assert_eq!((received, view.claims.len()), (vec![id], 3));
    let waits = view.claims.iter().find(|row| row.id == taken).unwrap();
    assert!(waits.claim_id.is_some(), "its number is ours although it does not add up");
}
