//! Cash of payers that no claim took: it stays somebody's work until every cent of it has a place.

use app::unapplied_cash::{Application, apply, waiting};
use app::{Error, worklist};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::work::{Resolution, WorkReason};
use billing::{Money, WorkItemId};
use ledger::{Account, AccountKind, DraftEntry, EntrySource};
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::{QueueCursor, WORK_ITEM};
use store::{StoreError, params};

use crate::claims_on_their_way::person;
use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, of_claim, places, take, work};

/// The one open item of the posters' desk of a reason.
fn item(db: &TestDb, reason: WorkReason) -> WorkItemId {
    let desk = billing::work::Desk::Poster;
    let queue = worklist::queue(db, &db.system(), PRACTICE, desk, QueueCursor::START).unwrap();
    let mut of_reason = queue.iter().filter(|row| row.reason == reason);
    let found = of_reason.next().expect("open work").id;
    assert!(of_reason.next().is_none());
    found
}

fn revision(db: &TestDb, id: WorkItemId) -> i32 {
    db.read(&db.system(), PRACTICE, |r| Ok::<_, StoreError>(r.query_one(&WORK_ITEM, params![id])?.revision)).unwrap()
}

fn to_line(db: &TestDb, item: WorkItemId, n: usize, line: i32, amount: i64) -> Application {
    Application {
        claim: control_number(n),
        line,
        amount: cents(amount),
        reason: "The payer confirmed by telephone that it paid this visit.".into(),
        revision: revision(db, item),
    }
}

fn words() -> Resolution {
    Resolution {
        outcome: "Called the payer; nothing to do.".into(),
        root_cause: "posting".into(),
        ..Resolution::default()
    }
}

/// 102.00 come for a claim that nobody knows.
fn stray_payment(db: &TestDb) -> WorkItemId {
    let mut stray = Clp::paid(1);
    stray.number = "NOBODY".into();
    stray.lines.iter_mut().for_each(|line| line.number = format!("X{}", line.number));
    take(db, &file(&Payment::new("EFT1", vec![stray])));
    item(db, WorkReason::UnmatchedCash)
}

#[test]
fn work_that_owns_waiting_cash_does_not_end_by_words() {
    for_each_engine(|db| {
        clinic(db, 2);
        let stray = stray_payment(db);
        let poster = person(21, Role::Poster);
        let refused = worklist::resolve(db, &poster, PRACTICE, stray, words());
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("102.00")), "{refused:?}");
        assert_eq!(work(db), [(WorkReason::UnmatchedCash, cents(10_200))]);

        let mut wrong = Clp::paid(2);
        wrong.lines[0].adjustments[0].2 += 1;
        take(db, &file(&Payment::new("EFT2", vec![wrong])));
        let set_aside = item(db, WorkReason::ClaimSetAside);
        assert!(matches!(worklist::resolve(db, &poster, PRACTICE, set_aside, words()), Err(Error::Refused(_))));
        all_invariants_hold(db);
    });
}

#[test]
fn waiting_cash_is_applied_to_lines_until_nothing_waits_and_the_work_ends() {
    for_each_engine(|db| {
        clinic(db, 2);
        let stray = stray_payment(db);
        let poster = person(21, Role::Poster);
        let left = apply(db, &poster, PRACTICE, stray, &to_line(db, stray, 2, 1, 7_000)).unwrap();
        assert_eq!(left, cents(3_200));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-3_200));
        assert_eq!(work(db), [(WorkReason::UnmatchedCash, cents(3_200))], "what still waits stays work");
        all_invariants_hold(db);

        let good = to_line(db, stray, 2, 2, 3_200);
        let refusals: [(&str, Application); 6] = [
            ("more than waits", Application { amount: cents(3_201), ..good.clone() }),
            ("nothing", Application { amount: Money::ZERO, ..good.clone() }),
            ("no such line", Application { line: 3, ..good.clone() }),
            ("no such claim", Application { claim: "C999999".into(), ..good.clone() }),
            ("no reason", Application { reason: "ok".into(), ..good.clone() }),
            ("a second click", Application { revision: good.revision - 1, ..good.clone() }),
        ];
        for (story, application) in refusals {
            assert!(apply(db, &poster, PRACTICE, stray, &application).is_err(), "{story}");
        }
        let tier1 = apply(db, &person(22, Role::Tier1), PRACTICE, stray, &good);
        assert!(matches!(tier1, Err(Error::Denied(_))), "{tier1:?}");
        assert_eq!(apply(db, &poster, PRACTICE, stray, &good).unwrap(), Money::ZERO);
        assert_eq!((work(db), balance(db, AccountKind::UnappliedPayer)), (vec![], Money::ZERO));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(18_000 + 18_000 - 10_200));
        assert!(apply(db, &poster, PRACTICE, stray, &good).is_err(), "the work has ended");
        all_invariants_hold(db);
    });
}

#[test]
fn cash_is_not_applied_beyond_what_the_payer_owes_for_the_line() {
    for_each_engine(|db| {
        clinic(db, 2);
        let stray = stray_payment(db);
        let poster = person(21, Role::Poster);
        let refused = apply(db, &poster, PRACTICE, stray, &to_line(db, stray, 2, 2, 4_001));
        assert!(matches!(&refused, Err(Error::Refused(why)) if why.contains("40.00")), "{refused:?}");
        let mut large = Clp::paid(1);
        large.number = "ALSO-NOBODY".into();
        large.lines.clear();
        (large.charge, large.paid) = (9_000_000, 9_000_000);
        take(db, &file(&Payment::new("EFT2", vec![large])));
        let over = Application { amount: cents(8_999_900), ..to_line(db, stray, 2, 1, 1) };
        let denied = apply(db, &poster, PRACTICE, stray, &over);
        assert!(matches!(denied, Err(Error::Denied(_))), "over the poster's limit: {denied:?}");
        all_invariants_hold(db);
    });
}

#[test]
fn cash_taken_back_without_an_original_is_owed_again_where_a_person_says_so() {
    for_each_engine(|db| {
        clinic(db, 1);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1)])));
        assert_eq!(places(db)[0].1, ClaimStatus::Closed);
        let before = of_claim(db, 1);
        let mut part = Clp::paid(1).reversed();
        part.lines.remove(1);
        (part.charge, part.paid) = (-14_000, -7_200);
        take(db, &file(&Payment::new("EFT2", vec![part]).with_plb("FB", "F", -7_200)));
        assert_eq!(of_claim(db, 1), before);
        let set_aside = item(db, WorkReason::ClaimSetAside);
        let read = |id| db.read(&db.system(), PRACTICE, |r| waiting(r, id)).unwrap();
        assert_eq!(read(set_aside), cents(-7_200));
        let poster = person(21, Role::Poster);
        assert!(apply(db, &poster, PRACTICE, set_aside, &to_line(db, set_aside, 1, 2, 7_200)).is_err(), "paid 30.00");
        let left = apply(db, &poster, PRACTICE, set_aside, &to_line(db, set_aside, 1, 1, 7_200)).unwrap();
        assert_eq!((left, read(set_aside)), (Money::ZERO, Money::ZERO));
        assert_eq!(balance(db, AccountKind::Suspense), Money::ZERO);
        let place = &places(db)[0];
        assert_eq!((place.1, place.2.is_some()), (ClaimStatus::Accepted, true), "the payer has the claim again");
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(7_200));
        all_invariants_hold(db);
    });
}

#[test]
fn verify_names_waiting_cash_that_is_nobodys_work() {
    for_each_engine(|db| {
        clinic(db, 1);
        let source = EntrySource { kind: "by hand".into(), id: uuid::Uuid::from_u128(77) };
        let entry = DraftEntry::new(DAY, "Cash by hand", source)
            .debit(Account::Bank, cents(500), "paid")
            .credit(Account::UnappliedPayer { payer: PAYER.0 }, cents(500), "paid")
            .balance()
            .unwrap();
        db.write(&db.system(), PRACTICE, |tx| tx.post(&entry, "by hand").map(|_| ())).unwrap();
        let verification = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(verification.first_failure().map(|check| check.name), Some("waiting-cash-owned"));
    });
}
