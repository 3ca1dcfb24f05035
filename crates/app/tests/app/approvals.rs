//! Money that goes back and money that is given up: asked for by one person, decided by another, each cent in the books, on
//! both databases.

use app::Error;
use app::patient_account::{PatientAccount, account};
use app::patient_payment::take;
use app::refund::{self, RefundRequest, credits, origin};
use app::verify::verify;
use app::write_off::{self, WriteOffRequest};
use billing::access::{Actor, Role};
use billing::claim::ClaimStatus;
use billing::patient_payment::{PaymentMethod, PaymentRequest};
use billing::refund::{Payee, RefundMethod, RefundState};
use billing::work::WorkReason;
use billing::write_off::{Debtor, WriteOffReason, WriteOffState};
use billing::{ChargeId, ClaimId, EncounterId, Money, PayerId, RefundId, UserId, WriteOffId};
use jiff::civil::date;
use ledger::{Account, AccountKind, Posting};
use store::claim::CLAIM_ROW;
use store::params;
use store::refund::REFUND;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use uuid::Uuid;

use crate::claims_on_their_way::status;
use crate::earlier_versions::sent_claim;
use crate::patient_books::*;
use crate::payer_files::{Clp, Payment, Svc, file};
use crate::remittance::{all_invariants_hold, balance, take as take_file, work};

const WHY: &str = "Paid twice for the same visit.";

pub fn somebody(number: u128, role: Role) -> Actor {
    Actor::user(UserId(Uuid::from_u128(number)), format!("person-{number}"), vec![role], PRACTICE)
}

fn look(db: &TestDb) -> PatientAccount {
    account(db, &person(Role::Tier2), PRACTICE, PATIENT).unwrap()
}

pub fn cash(db: &TestDb, amount: i64, key: &str) {
    let request = PaymentRequest {
        patient_id: PATIENT,
        amount: cents(amount),
        method: PaymentMethod::Cash,
        note: String::new(),
        idempotency_key: key.into(),
    };
    take(db, &person(Role::Tier1), PRACTICE, &request).unwrap();
}

/// A copay of 20.00, of which the patient paid 30.00: 10.00 pay for nothing.
pub fn paid_too_much(db: &TestDb) -> ChargeId {
    open(db);
    let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Closed);
    decide(db, PATIENT, charge, 7_200, 4_800, &[("PR-3", 2_000)]);
    cash(db, 3_000, "front desk");
    charge
}

pub fn wanted(amount: i64, key: &str) -> RefundRequest {
    RefundRequest {
        patient_id: PATIENT,
        payee: Payee::Patient,
        amount: cents(amount),
        reason: WHY.into(),
        idempotency_key: key.into(),
    }
}

fn state(db: &TestDb, id: RefundId) -> RefundState {
    db.read(&db.system(), PRACTICE, |read| read.query_one(&REFUND, params![id])).unwrap().state
}

fn approvals_hold(db: &TestDb) {
    let names = [
        "entries-balance",
        "credits-are-asked-refunds",
        "payables-are-approved-refunds",
        "write-offs-posted",
        "write-offs-approved",
    ];
    let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
    for name in names {
        let check = checks.iter().find(|check| check.name == name).expect(name);
        assert!(check.holds, "{check:?}");
    }
}

#[test]
fn what_a_patient_paid_too_much_goes_back_by_the_hands_of_three_people() {
    for_each_engine(|db| {
        paid_too_much(db);
        let tier2 = somebody(31, Role::Tier2);
        let lines = credits(db, &tier2, PRACTICE, PATIENT).unwrap();
        assert_eq!((lines.len(), lines[0].payee, lines[0].amount), (1, Payee::Patient, cents(1_000)));
        let id = refund::ask(db, &tier2, PRACTICE, &wanted(1_000, "one")).unwrap();
        assert_eq!(refund::ask(db, &tier2, PRACTICE, &wanted(1_000, "one")).unwrap(), id, "a second click");
        let seen = look(db);
        assert_eq!((seen.unapplied, seen.we_owe, seen.owes_now), (Money::ZERO, cents(1_000), Money::ZERO));
        assert!(refund::ask(db, &tier2, PRACTICE, &wanted(1, "two")).is_err(), "it is set aside");

        let manager = somebody(32, Role::Manager);
        assert!(refund::send(db, &manager, PRACTICE, id, RefundMethod::Check, "2001").is_err(), "not approved yet");
        assert!(matches!(refund::approve(db, &tier2, PRACTICE, id), Err(Error::Denied(_))));
        refund::approve(db, &manager, PRACTICE, id).unwrap();
        assert!(refund::approve(db, &manager, PRACTICE, id).is_err(), "once");
        assert_eq!(balance(db, AccountKind::RefundPayable), cents(-1_000));
        approvals_hold(db);
        for wrong in ["", "4111 1111 1111 1111"] {
            assert!(refund::send(db, &manager, PRACTICE, id, RefundMethod::Card, wrong).is_err());
        }
        let paid = origin::of_state(db, &manager, PRACTICE, RefundState::Approved).unwrap().remove(&id).unwrap();
        assert_eq!((paid.len(), paid[0].method.as_str(), paid[0].number.as_str()), (1, "cash", "R-00001"));
        let to_card = refund::send(db, &manager, PRACTICE, id, RefundMethod::Card, "tok 77");
        assert!(matches!(&to_card, Err(Error::Refused(why)) if why.contains("No card paid")), "{to_card:?}");
        let before = balance(db, AccountKind::Bank);
        refund::send(db, &manager, PRACTICE, id, RefundMethod::Check, "2001").unwrap();
        assert_eq!(state(db, id), RefundState::Sent);
        assert_eq!(balance(db, AccountKind::Bank), before - cents(1_000));
        assert_eq!((look(db).we_owe, balance(db, AccountKind::RefundPayable)), (Money::ZERO, Money::ZERO));
        approvals_hold(db);
    });
}

#[test]
fn a_refund_that_is_refused_or_withdrawn_leaves_the_money_where_it_was() {
    for_each_engine(|db| {
        paid_too_much(db);
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        let refused = refund::ask(db, &tier2, PRACTICE, &wanted(1_000, "one")).unwrap();
        assert!(refund::refuse(db, &manager, PRACTICE, refused, "no").is_err(), "without words");
        refund::refuse(db, &manager, PRACTICE, refused, "It pays for the visit of next week.").unwrap();
        assert_eq!((look(db).unapplied, state(db, refused)), (cents(1_000), RefundState::Refused));
        let withdrawn = refund::ask(db, &tier2, PRACTICE, &wanted(600, "two")).unwrap();
        assert!(refund::withdraw(db, &somebody(33, Role::Tier2), PRACTICE, withdrawn, WHY).is_err(), "not one's own");
        refund::withdraw(db, &tier2, PRACTICE, withdrawn, "The patient wants it kept.").unwrap();
        assert_eq!((look(db).unapplied, state(db, withdrawn)), (cents(1_000), RefundState::Withdrawn));
        let owner = Actor::file_owner(PRACTICE);
        let anothers = refund::ask(db, &tier2, PRACTICE, &wanted(200, "four")).unwrap();
        let nameless = refund::approve(db, &owner, PRACTICE, anothers);
        assert!(matches!(&nameless, Err(Error::Denied(why)) if why.to_string().contains("--as LOGIN")), "{nameless:?}");
        refund::approve(db, &manager, PRACTICE, anothers).unwrap();
        let sent = refund::send(db, &owner, PRACTICE, anothers, RefundMethod::Check, "77");
        assert!(matches!(&sent, Err(Error::Denied(_))), "{sent:?}");
        let own = refund::ask(db, &owner, PRACTICE, &wanted(100, "three")).unwrap();
        assert!(refund::approve(db, &owner, PRACTICE, own).is_err(), "the file's owner is one person too");
        approvals_hold(db);
    });
}

#[test]
fn money_that_a_payer_paid_too_much_goes_back_to_the_payer_and_to_nobody_else() {
    for_each_engine(|db| {
        open(db);
        let charge = visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Closed);
        decide(db, PATIENT, charge, 10_000, 4_800, &[]);
        let tier2 = somebody(31, Role::Tier2);
        let lines = credits(db, &tier2, PRACTICE, PATIENT).unwrap();
        assert_eq!((lines[0].payee, lines[0].amount), (Payee::Payer(PAYER), cents(800)));
        assert_eq!(lines[0].payer_name.as_deref(), Some("Union Lake Trust"));
        assert!(refund::ask(db, &tier2, PRACTICE, &wanted(800, "patient")).is_err(), "the patient did not pay it");
        let to_payer = RefundRequest { payee: Payee::Payer(PAYER), ..wanted(800, "payer") };
        let id = refund::ask(db, &tier2, PRACTICE, &to_payer).unwrap();
        let seen = look(db);
        assert_eq!((seen.we_owe, seen.visits[0].standing.with_payers), (Money::ZERO, Money::ZERO));
        assert_eq!(seen.visits[0].standing.paid_by_payers, cents(9_200), "what went back is not paid");
        assert_eq!(seen.visits[0].standing.unexplained(), Money::ZERO);
        let manager = somebody(32, Role::Manager);
        refund::approve(db, &manager, PRACTICE, id).unwrap();
        refund::send(db, &manager, PRACTICE, id, RefundMethod::Transfer, "ACH 77").unwrap();
        approvals_hold(db);
    });
}

#[test]
fn of_sixty_four_people_who_ask_for_the_same_money_one_gets_it() {
    for_each_engine(|db| {
        paid_too_much(db);
        let won: Vec<bool> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..64_u128)
                .map(|n| {
                    let (who, request) = (somebody(100 + n, Role::Poster), wanted(1_000, &format!("key {n}")));
                    scope.spawn(move || refund::ask(db, &who, PRACTICE, &request).is_ok())
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        assert_eq!(balance(db, AccountKind::CreditBalance), cents(-1_000));
        approvals_hold(db);
    });
}

fn of_visit(db: &TestDb, reason: WriteOffReason, amount: i64, key: &str) -> WriteOffRequest {
    let visit: EncounterId = look(db).visits[0].encounter_id;
    WriteOffRequest {
        encounter_id: visit,
        debtor: Debtor::Patient,
        amount: cents(amount),
        reason,
        note: "A letter would cost more than it brings.".into(),
        idempotency_key: key.into(),
    }
}

fn owing(db: &TestDb, number: u128, amount: i64) {
    let charge = visit(db, PATIENT, number, date(2026, 2, 3), amount, ClaimStatus::Closed);
    decide(db, PATIENT, charge, 0, 0, &[("PR-1", amount)]);
}

fn states(db: &TestDb, of: WriteOffState) -> Vec<WriteOffId> {
    let list = write_off::list(db, &somebody(32, Role::Manager), PRACTICE, of).unwrap();
    list.into_iter().map(|row| row.id).collect()
}

#[test]
fn a_small_balance_is_written_off_by_two_people_and_can_be_asked_for_again() {
    for_each_engine(|db| {
        open(db);
        owing(db, 1, 450);
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        let request = of_visit(db, WriteOffReason::SmallBalance, 450, "one");
        for (story, wrong) in [
            ("more than is owed", WriteOffRequest { amount: cents(451), ..request.clone() }),
            ("the payer's reason", WriteOffRequest { reason: WriteOffReason::TimelyFiling, ..request.clone() }),
            ("no words", WriteOffRequest { note: "ok".into(), ..request.clone() }),
        ] {
            assert!(write_off::ask(db, &tier2, PRACTICE, &wrong).is_err(), "{story}");
        }
        let id = write_off::ask(db, &tier2, PRACTICE, &request).unwrap();
        assert_eq!(look(db).owes_now, cents(450), "nothing moves before the approval");
        let again = WriteOffRequest { idempotency_key: "two".into(), ..request };
        assert!(write_off::ask(db, &tier2, PRACTICE, &again).is_err(), "all of it is asked for already");
        assert!(matches!(write_off::approve(db, &tier2, PRACTICE, id), Err(Error::Denied(_))));
        write_off::approve(db, &manager, PRACTICE, id).unwrap();
        let seen = look(db);
        assert_eq!((seen.owes_now, seen.visits[0].standing.written_off), (Money::ZERO, cents(450)));
        assert_eq!(seen.visits[0].standing.unexplained(), Money::ZERO);
        approvals_hold(db);
        write_off::undo(db, &manager, PRACTICE, id, "The patient asked to pay it after all.").unwrap();
        assert_eq!((look(db).owes_now, balance(db, AccountKind::WriteOff)), (cents(450), Money::ZERO));
        assert_eq!(states(db, WriteOffState::Undone), [id]);
        approvals_hold(db);
    });
}

#[test]
fn many_small_approvals_are_one_large_one() {
    for_each_engine(|db| {
        open(db);
        owing(db, 1, 120_000);
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        let ids: Vec<WriteOffId> = ["one", "two", "three"]
            .iter()
            .map(|key| {
                let request = of_visit(db, WriteOffReason::FinancialAssistance, 40_000, key);
                write_off::ask(db, &tier2, PRACTICE, &request).unwrap()
            })
            .collect();
        write_off::approve(db, &manager, PRACTICE, ids[0]).unwrap();
        write_off::approve(db, &manager, PRACTICE, ids[1]).unwrap();
        assert!(
            matches!(write_off::approve(db, &manager, PRACTICE, ids[2]), Err(Error::Denied(_))),
            "1,200.00 in a day"
        );
        write_off::approve(db, &somebody(34, Role::Owner), PRACTICE, ids[2]).unwrap();
        assert_eq!((look(db).owes_now, balance(db, AccountKind::WriteOff)), (Money::ZERO, cents(120_000)));
        approvals_hold(db);
    });
}

#[test]
fn what_was_paid_meanwhile_is_not_written_off_and_what_nobody_approved_is_found() {
    for_each_engine(|db| {
        open(db);
        owing(db, 1, 450);
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        let request = of_visit(db, WriteOffReason::Uncollectable, 450, "one");
        let id = write_off::ask(db, &tier2, PRACTICE, &request).unwrap();
        cash(db, 400, "late");
        assert!(
            matches!(write_off::approve(db, &manager, PRACTICE, id), Err(Error::Refused(why)) if why.contains("0.50"))
        );
        write_off::refuse(db, &manager, PRACTICE, id, "The patient has begun to pay.").unwrap();
        assert_eq!(balance(db, AccountKind::BadDebt), Money::ZERO);
        approvals_hold(db);

        let charge = Uuid::from_u128(0x77);
        db.write(&db.system(), PRACTICE, |tx| {
            let slip = vec![
                Posting::debit(Account::WriteOff { charge }, cents(50), "slip"),
                Posting::credit(Account::Suspense { item: uuid::Uuid::nil() }, cents(50), "slip"),
            ];
            post(tx, "slip", Uuid::from_u128(0x78), date(2026, 3, 2), slip)
        })
        .unwrap();
        let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
        assert!(checks.iter().any(|check| check.name == "write-offs-approved" && !check.holds));
    });
}

/// A claim of 140.00 that its payer denied whole.
fn denied(db: &TestDb) -> (ClaimId, EncounterId, WriteOffRequest) {
    let (_, claim, number) = sent_claim(db);
    let row = db.read(&db.system(), PRACTICE, |read| read.query_one(&CLAIM_ROW, params![claim])).unwrap();
    let request = WriteOffRequest {
        encounter_id: row.encounter_id,
        debtor: Debtor::Payer(row.payer_id),
        amount: cents(14_000),
        reason: WriteOffReason::DenialAccepted,
        note: "The second appeal was lost.".into(),
        idempotency_key: "one".into(),
    };
    let adjustments = vec![("CO", "197", 14_000)];
    let line = Svc { number: format!("{number}L1"), code: "99213", charge: 14_000, paid: 0, adjustments };
    let tier2 = somebody(31, Role::Tier2);
    let early = write_off::ask(db, &tier2, PRACTICE, &request);
    assert!(matches!(early, Err(Error::Refused(why)) if why.contains("may still be paid")));
    take_file(db, &file(&Payment::new("EFT1", vec![Clp::new(number, "1", vec![line])])));
    assert_eq!(work(db), [(WorkReason::Denied, cents(14_000))]);
    (claim, row.encounter_id, request)
}

#[test]
fn a_denial_that_is_accepted_closes_its_claim_and_opens_it_again_when_that_is_undone() {
    for_each_engine(|db| {
        let (claim, _, request) = denied(db);
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        let part = WriteOffRequest { amount: cents(4_000), ..request.clone() };
        let first = write_off::ask(db, &tier2, PRACTICE, &part).unwrap();
        write_off::approve(db, &manager, PRACTICE, first).unwrap();
        assert_eq!(
            (status(db, claim), work(db)),
            (ClaimStatus::Adjudicated, vec![(WorkReason::Denied, cents(10_000))])
        );
        let rest = WriteOffRequest { amount: cents(10_000), idempotency_key: "two".into(), ..request };
        let second = write_off::ask(db, &tier2, PRACTICE, &rest).unwrap();
        write_off::approve(db, &manager, PRACTICE, second).unwrap();
        assert_eq!((status(db, claim), work(db)), (ClaimStatus::Closed, vec![]));
        all_invariants_hold(db);
        write_off::undo(db, &manager, PRACTICE, second, "The payer takes the third appeal.").unwrap();
        assert_eq!(
            (status(db, claim), work(db)),
            (ClaimStatus::Adjudicated, vec![(WorkReason::Denied, cents(10_000))])
        );
        all_invariants_hold(db);
        write_off::undo(db, &manager, PRACTICE, first, "The payer takes the third appeal.").unwrap();
        assert_eq!(work(db), [(WorkReason::Denied, cents(14_000))], "the item tells what is owed now");
        all_invariants_hold(db);
    });
}

/// Two plans: the first paid 80.00 of 140.00 and denied 40.00, and 20.00 are the second one's, which no claim asks it for.
pub fn two_payers_owe(db: &TestDb) -> EncounterId {
    open(db);
    second_plan(db);
    visit(db, PATIENT, 1, date(2026, 2, 3), 14_000, ClaimStatus::Accepted);
    let adjustments = vec![("CO", "197", 4_000), ("PR", "3", 2_000)];
    let line = Svc { number: "AR000001L1".into(), code: "99213", charge: 14_000, paid: 8_000, adjustments };
    take_file(db, &file(&Payment::new("EFT1", vec![Clp::new("AR000001".into(), "1", vec![line])])));
    let visit = look(db).visits[0].encounter_id;
    assert_eq!(sorted_work(db), [(WorkReason::Denied, cents(4_000)), (WorkReason::BillNextPayer, cents(2_000))]);
    visit
}

fn sorted_work(db: &TestDb) -> Vec<(WorkReason, Money)> {
    let mut found = work(db);
    found.sort_by_key(|(_, stake)| std::cmp::Reverse(*stake));
    found
}

/// Every check but the one for which the story's claim begins too late in its life.
pub fn books_and_hands_hold(db: &TestDb) {
    let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
    let wrong: Vec<_> = checks.iter().filter(|check| !check.holds && check.name != "events-fold").collect();
    assert!(wrong.is_empty() && checks.iter().any(|check| check.name == "dues-in-a-hand"), "{wrong:?}");
}

fn of_payer(encounter_id: EncounterId, payer: PayerId, amount: i64, key: &str) -> WriteOffRequest {
    WriteOffRequest {
        encounter_id,
        debtor: Debtor::Payer(payer),
        amount: cents(amount),
        reason: WriteOffReason::TimelyFiling,
        note: "Nobody sent it in time.".into(),
        idempotency_key: key.into(),
    }
}

#[test]
fn the_next_payers_share_that_is_written_off_ends_its_work_and_is_work_again_when_that_is_undone() {
    for_each_engine(|db| {
        let visit = two_payers_owe(db);
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        let ids = [("one", 500), ("two", 1_500)].map(|(key, amount)| {
            write_off::ask(db, &tier2, PRACTICE, &of_payer(visit, SECOND_PAYER, amount, key)).unwrap()
        });
        let denied = (WorkReason::Denied, cents(4_000));
        let next = |amount: i64| vec![denied, (WorkReason::BillNextPayer, cents(amount))];
        write_off::approve(db, &manager, PRACTICE, ids[0]).unwrap();
        assert_eq!(sorted_work(db), next(1_500), "a part of it");
        write_off::approve(db, &manager, PRACTICE, ids[1]).unwrap();
        assert_eq!(work(db), [denied], "the first payer's debt is another one");
        books_and_hands_hold(db);
        let why = "The payer takes late claims after all.";
        write_off::undo(db, &manager, PRACTICE, ids[0], why).unwrap();
        assert_eq!(sorted_work(db), next(500), "no claim was decided by the second payer: its share is work again");
        books_and_hands_hold(db);
        write_off::undo(db, &manager, PRACTICE, ids[1], why).unwrap();
        assert_eq!(sorted_work(db), next(2_000), "one item, and it tells what is due now");
        books_and_hands_hold(db);
    });
}

#[test]
fn each_of_two_payers_is_named_with_what_it_owes_itself() {
    for_each_engine(|db| {
        let visit = two_payers_owe(db);
        let tier2 = somebody(31, Role::Tier2);
        let named = || {
            let lines = write_off::debts(db, &tier2, PRACTICE, visit).unwrap();
            lines.into_iter().map(|line| (line.payer_name.unwrap(), line.amount)).collect::<Vec<_>>()
        };
        assert_eq!(named(), [("Union Lake Trust".into(), cents(4_000)), ("Tamarack Advantage".into(), cents(2_000))]);
        write_off::ask(db, &tier2, PRACTICE, &of_payer(visit, SECOND_PAYER, 500, "one")).unwrap();
        assert_eq!(named()[1].1, cents(1_500), "what was asked for is not offered again");
        let all = of_payer(visit, SECOND_PAYER, 6_000, "two");
        assert!(write_off::ask(db, &tier2, PRACTICE, &all).is_err(), "nobody owes the sum");
    });
}
