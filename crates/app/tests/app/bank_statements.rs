//! The bank meets the remittances: by number and amount alone, whichever comes first; the rest is somebody's work.

use app::bank::{self, Taken};
use app::jobs::{JOBS, run_due_of};
use app::{Error, worklist};
use billing::access::Role;
use billing::bank::{BankLineState, Deposit};
use billing::work::{Desk, Resolution, WorkReason};
use billing::{BankLineId, Money};
use jiff::civil::{Date, date};
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::earlier_versions::sent_claim;
use crate::explanations::decide;
use crate::patient_books::cents;
use crate::remittance::{all_invariants_hold, balance, work};
use crate::staff::person;

/// The day on which the payer of these stories pays (BPR16).
const PAID_ON: Date = date(2026, 3, 2);

fn transfer(amount: i64, words: &str) -> Deposit {
    Deposit { booked_on: PAID_ON, amount: cents(amount), trace: "B-1".into(), words: words.into() }
}

fn take(db: &TestDb, lines: &[Deposit]) -> Taken {
    bank::take(db, &person(6, Role::Poster), PRACTICE, lines).unwrap()
}

fn waiting(db: &TestDb) -> Vec<BankLineId> {
    let overview = bank::overview(db, &person(6, Role::Poster), PRACTICE, BankLineState::Waiting).unwrap();
    overview.lines.iter().map(|line| line.id).collect()
}

fn in_bank(db: &TestDb) -> (Money, Money) {
    (balance(db, AccountKind::Bank), balance(db, AccountKind::InTransit))
}

#[test]
fn a_transfer_meets_its_remittance_once_whichever_comes_first() {
    for_each_engine(|db| {
        let (_, _, number) = sent_claim(db);
        let line = transfer(7_200, "HCCLAIMPMT TRN*1*EFT1*1512345678\\");
        // The money is there before anybody knows what for.
        assert_eq!(take(db, std::slice::from_ref(&line)), Taken { matched: 0, waiting: 1, known: 0 });
        assert_eq!(work(db), [(WorkReason::BankLineUnplaced, cents(7_200))]);
        assert_eq!(in_bank(db), (Money::ZERO, Money::ZERO));
        decide(db, &number);
        assert_eq!(in_bank(db), (cents(7_200), Money::ZERO));
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::BankLineUnplaced), "{:?}", work(db));
        // The same statement again, and one that overlaps, change nothing; a second line alike is another one.
        assert_eq!(take(db, std::slice::from_ref(&line)), Taken { matched: 0, waiting: 0, known: 1 });
        assert_eq!(take(db, &[line.clone(), line]), Taken { matched: 0, waiting: 1, known: 1 });
        assert_eq!(in_bank(db), (cents(7_200), Money::ZERO), "what was announced once is in the bank once");
        all_invariants_hold(db);
    });
}

#[test]
fn another_amount_is_never_matched_and_a_person_says_what_a_line_is() {
    for_each_engine(|db| {
        let (_, _, number) = sent_claim(db);
        decide(db, &number);
        take(db, &[transfer(7_100, "TRN*1*EFT1*1512345678\\"), transfer(7_200, "LOCKBOX 17")]);
        assert_eq!(waiting(db).len(), 2);
        let (poster, manager) = (person(6, Role::Poster), person(7, Role::Manager));
        let overview = bank::overview(db, &poster, PRACTICE, BankLineState::Waiting).unwrap();
        let remittance = overview.in_transit[0].remittance_id;
        let of = |amount: i64| overview.lines.iter().find(|line| line.amount_cents == cents(amount)).unwrap().id;
        let refused = bank::match_to(db, &poster, PRACTICE, of(7_100), remittance);
        assert!(matches!(refused, Err(Error::Refused(why)) if why.contains("differ by -1.00")));
        assert!(bank::is_from_desk(db, &poster, PRACTICE, of(7_100)).is_err(), "nothing was taken at the desk");
        assert!(matches!(bank::is_other(db, &poster, PRACTICE, of(7_100), "Rent of room 4."), Err(Error::Denied(_))));
        bank::match_to(db, &poster, PRACTICE, of(7_200), remittance).unwrap();
        assert_eq!(in_bank(db), (cents(7_200), Money::ZERO));
        assert!(bank::match_to(db, &poster, PRACTICE, of(7_200), remittance).is_err(), "once");
        bank::is_other(db, &manager, PRACTICE, of(7_100), "Rent of room 4.").unwrap();
        assert_eq!(waiting(db), []);
        all_invariants_hold(db);
        // Taken back, the money is on its way again and the line waits.
        bank::take_back(db, &manager, PRACTICE, of(7_200), "It was another payer's.").unwrap();
        assert_eq!((in_bank(db), waiting(db)), ((Money::ZERO, cents(7_200)), vec![of(7_200)]));
        all_invariants_hold(db);
        bank::match_to(db, &poster, PRACTICE, of(7_200), remittance).unwrap();
        assert_eq!(in_bank(db), (cents(7_200), Money::ZERO));
        all_invariants_hold(db);
    });
}

#[test]
fn the_banks_words_are_for_who_works_the_lines_and_sums_are_of_everything() {
    for_each_engine(|db| {
        let (_, _, number) = sent_claim(db);
        decide(db, &number);
        take(db, &[transfer(7_200, "ZELLE FROM A PATIENT")]);
        for (role, reads) in [(Role::Poster, true), (Role::Manager, true), (Role::Owner, true), (Role::Auditor, false)]
        {
            let seen = bank::overview(db, &person(8, role), PRACTICE, BankLineState::Waiting).unwrap();
            assert_eq!(seen.lines[0].words == "ZELLE FROM A PATIENT", reads, "{role:?}: {}", seen.lines[0].words);
            assert_eq!(seen.in_transit_in_all, (1, cents(7_200)));
            assert_eq!(seen.candidates, seen.in_transit, "the same amount");
        }
    });
}

#[test]
fn words_do_not_end_the_work_about_a_line() {
    for_each_engine(|db| {
        sent_claim(db);
        take(db, &[transfer(500, "TRANSFER 9")]);
        let poster = person(6, Role::Poster);
        let items = worklist::queue(db, &poster, PRACTICE, Desk::Poster, QueueCursor::START).unwrap();
        let resolution =
            Resolution { outcome: "I looked at it.".into(), root_cause: "posting".into(), ..Resolution::default() };
        let ended = worklist::resolve(db, &poster, PRACTICE, items[0].id, resolution);
        assert!(matches!(ended, Err(Error::Refused(why)) if why.contains("bank's page")));
    });
}

#[test]
fn a_payment_posted_later_for_a_day_before_the_banks_statements_is_somebodys_work() {
    for_each_engine(|db| {
        let (_, _, number) = sent_claim(db);
        let days = |count: i64| PAID_ON.saturating_add(jiff::Span::new().days(count));
        take(db, &[Deposit { booked_on: days(1), ..transfer(1, "FEE BACK") }]);
        db.env.advance(jiff::SignedDuration::from_hours(24));
        // Statements are taken in from the next day on; now a payment comes that is dated before them.
        decide(db, &number);
        let job: Vec<_> = JOBS.iter().filter(|job| job.key == "missing-transfers").collect();
        let run = || (job[0].run)(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(run(), 0, "three business days are not over");
        take(db, &[Deposit { booked_on: days(9), ..transfer(2, "FEE BACK") }]);
        assert_eq!((run(), run()), (1, 0), "{:?}", db.engine);
        // The statement of that time has it.
        take(db, &[transfer(7_200, "TRN*1*EFT1*1512345678\\")]);
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::TransferMissing), "{:?}", work(db));
        all_invariants_hold(db);
    });
}

#[test]
fn announced_money_that_does_not_come_is_work_after_three_business_days() {
    for_each_engine(|db| {
        let (_, _, number) = sent_claim(db);
        decide(db, &number);
        let job: Vec<_> = JOBS.iter().filter(|job| job.key == "missing-transfers").collect();
        let run = || (job[0].run)(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(run(), 0, "without a statement nobody can know");
        let late = Deposit { booked_on: PAID_ON.saturating_add(jiff::Span::new().days(9)), ..transfer(1, "FEE BACK") };
        take(db, &[late]);
        assert_eq!(run(), 0, "of the days before the first line nobody knows anything");
        take(db, &[Deposit { booked_on: PAID_ON, ..transfer(2, "FEE BACK") }]);
        assert_eq!((run(), run()), (1, 0));
        let missing =
            |db: &TestDb| work(db).iter().filter(|(reason, _)| *reason == WorkReason::TransferMissing).count();
        assert_eq!(missing(db), 1);
        take(db, &[transfer(7_200, "TRN*1*EFT1*1512345678\\")]);
        assert_eq!(missing(db), 0, "the money is in the bank");
        assert!(run_due_of(db, PRACTICE, JOBS).unwrap().len() >= JOBS.len() - 1);
        all_invariants_hold(db);
    });
}
