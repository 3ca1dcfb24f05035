//! Accounting months on both databases: what is over is closed by one person and takes no further entry, what concerns it
//! later is dated in the first open month and keeps its day, two people open it again, and its books add up to the cent.

use app::period::{approve_reopening, ask_to_reopen, close, list, open_at_the_end, refuse_reopening, report};
use app::remittance_import::preview::of_file;
use app::{Error, charge_capture};
use billing::Money;
use billing::access::Role;
use billing::period::Month;
use jiff::SignedDuration;
use jiff::civil::date;
use ledger::{Account, DraftEntry, EntrySource};
use store::testing::{PRACTICE, TestDb, for_each_engine};
use uuid::Uuid;

use crate::late_coverage::{answer, receive, sent};
use crate::payer_files::{Clp, Payment, file};
use crate::remittance::{all_invariants_hold, cents, take};
use crate::sealed_records::{broken, run};
use crate::staff::{Practice, open, person, service, tier1, visit};

fn march() -> Month {
    Month::parse("2026-03").unwrap()
}

fn april() -> Month {
    march().next()
}

/// A visit of March that its payer decided, and a clock in April.
fn a_month(db: &TestDb) -> (Practice, String) {
    let practice = open(db);
    let mut one = visit(&practice);
    one.services = vec![service("99213", &[1])];
    let seen = charge_capture::capture(db, &tier1(), PRACTICE, &one).unwrap().encounter_id;
    let number = sent(db, seen);
    receive(db, "EFT1", answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "2", 2_000)]));
    db.env.advance(SignedDuration::from_hours(24 * 35));
    (practice, number)
}

fn close_march(db: &TestDb) -> Result<(), Error> {
    close(db, &person(7, Role::Manager), PRACTICE, march(), "The transfer arrives in April")
}

fn told(result: Result<(), Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_month_that_is_over_is_closed_and_its_books_add_up() {
    for_each_engine(|db| {
        a_month(db);
        let manager = person(7, Role::Manager);
        let open = open_at_the_end(db, &manager, PRACTICE, march()).unwrap();
        assert!(
            open.iter().any(|one| one.what.contains("$88.56 was announced") || one.what.contains("88.56")),
            "{open:?}"
        );
        assert!(told(close(db, &manager, PRACTICE, march(), "")).contains("Say in a sentence why"));
        assert!(told(close(db, &manager, PRACTICE, april(), "so it is")).contains("is not over"));
        assert!(matches!(close(db, &tier1(), PRACTICE, march(), "because"), Err(Error::Denied(_))));
        close_march(db).unwrap();
        assert!(told(close_march(db)).contains("closed already"));
        let seen = report(db, &manager, PRACTICE, march()).unwrap();
        let roll = seen.roll;
        assert_eq!((roll.opening, roll.charges, roll.contractual), (Money::ZERO, cents(14_000), cents(3_144)));
        assert_eq!((roll.payments, roll.write_offs, roll.closing), (cents(8_856), Money::ZERO, cents(2_000)));
        assert_eq!((roll.difference(), seen.is_closed), (Money::ZERO, true));
        let next = report(db, &manager, PRACTICE, april()).unwrap();
        assert_eq!((next.roll.opening, next.roll.closing, next.is_closed), (cents(2_000), cents(2_000), false));
        all_invariants_hold(db);
    });
}

#[test]
fn what_concerns_a_closed_month_is_dated_in_the_open_one_and_keeps_its_day() {
    for_each_engine(|db| {
        let (practice, number) = a_month(db);
        close_march(db).unwrap();
        // A late charge of March, and a decision taken back under a day of March.
        let mut late = visit(&practice);
        late.services = vec![service("36415", &[1])];
        charge_capture::capture(db, &tier1(), PRACTICE, &late).unwrap();
        let back = answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "2", 2_000)]).reversed();
        let text = file(&Payment::new("EFT2", vec![back]).with_plb("FB", "R1", -8_856));
        assert_eq!(take(db, &text).payments[0].counts.reversed, 1);
        // The same file once more is known although its day is closed.
        assert!(take(db, &text).is_known);
        let manager = person(7, Role::Manager);
        let books = report(db, &manager, PRACTICE, april()).unwrap();
        let days: Vec<_> = books.late.iter().map(|row| (row.occurred_on, row.concerns_on)).collect();
        assert!(days.iter().all(|days| *days == (date(2026, 4, 1), date(2026, 3, 2))), "{days:?}");
        let charged: Money = books.late.iter().map(|row| row.charged_cents).sum();
        assert_eq!((charged, books.roll.charges), (cents(1_500), cents(1_500)), "the late charge");
        assert_eq!((books.roll.opening, books.roll.payments), (cents(2_000), cents(-8_856)));
        assert_eq!((books.roll.closing, books.roll.difference()), (cents(15_500), Money::ZERO));
        let before = report(db, &manager, PRACTICE, march()).unwrap();
        assert_eq!((before.roll.closing, before.late.len()), (cents(2_000), 0), "March is what it was");
        all_invariants_hold(db);
    });
}

#[test]
fn a_preview_dates_entries_as_posting_does_where_their_month_is_closed() {
    for_each_engine(|db| {
        let (_, number) = a_month(db);
        close_march(db).unwrap();
        let back = answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "2", 2_000)]).reversed();
        let text = file(&Payment::new("EFT2", vec![back]).with_plb("FB", "R1", -8_856));
        let seen = of_file(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap();
        let shown: Vec<_> = seen[0].claims.iter().flat_map(|claim| &claim.entries).chain(&seen[0].payment).collect();
        assert!(!shown.is_empty());
        for entry in shown {
            let days = (entry.on, entry.concerns_on);
            assert_eq!(days, (date(2026, 4, 1), Some(date(2026, 3, 2))), "{:?} {}", db.engine, entry.reason);
        }
        take(db, &text);
        let books = report(db, &person(7, Role::Manager), PRACTICE, april()).unwrap();
        assert!(
            books.late.iter().all(|row| (row.occurred_on, row.concerns_on) == (date(2026, 4, 1), date(2026, 3, 2)))
        );
        all_invariants_hold(db);
    });
}

#[test]
fn verify_names_a_boundary_that_was_moved_and_what_was_posted_past_it() {
    for_each_engine(|db| {
        let (_, number) = a_month(db);
        close_march(db).unwrap();
        all_invariants_hold(db);
        run(db, &["UPDATE practice_head SET open_from = NULL"]).unwrap();
        assert_eq!(broken(db), ["closed-months-stand"], "{:?}", db.engine);
        // With the boundary gone the books take an entry of March; that March is another is named too.
        let back = answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "2", 2_000)]).reversed();
        take(db, &file(&Payment::new("EFT2", vec![back]).with_plb("FB", "R1", -8_856)));
        let checks = app::verify::verify(db, &db.system(), PRACTICE).unwrap().checks;
        let told = &checks.iter().find(|check| check.name == "closed-months-stand").unwrap().detail;
        assert!(told.contains("open from no day on") && told.contains("the books of 2026-03 are not"), "{told}");
        // A later day is no better.
        run(db, &["UPDATE practice_head SET open_from = '2026-06-01'"]).unwrap();
        assert!(broken(db).contains(&"closed-months-stand"), "{:?}", db.engine);
    });
}

#[test]
fn what_was_posted_in_a_month_is_known_after_it_was_closed() {
    for_each_engine(|db| {
        a_month(db);
        let posted = |day| {
            db.write(&db.system(), PRACTICE, |tx| {
                let source = EntrySource { kind: "test".into(), id: Uuid::from_u128(77) };
                let entry = DraftEntry::new(day, "A test", source).debit(Account::Bank, cents(100), "x").credit(
                    Account::Interest,
                    cents(100),
                    "x",
                );
                Ok::<_, store::StoreError>(tx.post(&entry.balance().unwrap(), &format!("test:{day}"))?.id)
            })
        };
        posted(date(2026, 3, 30)).unwrap();
        close_march(db).unwrap();
        let root = all_invariants_hold(db);
        // An idempotent repetition of March is known, and changes nothing.
        posted(date(2026, 3, 30)).unwrap();
        assert_eq!(all_invariants_hold(db), root);
    });
}

#[test]
fn two_people_open_the_last_closed_month_again() {
    for_each_engine(|db| {
        let (practice, _) = a_month(db);
        let (manager, owner) = (person(7, Role::Manager), person(8, Role::Owner));
        assert!(told(ask_to_reopen(db, &manager, PRACTICE, march(), "A visit is absent")).contains("last closed"));
        close_march(db).unwrap();
        assert!(told(approve_reopening(db, &owner, PRACTICE, march())).contains("Nobody asked"));
        ask_to_reopen(db, &manager, PRACTICE, march(), "A visit is absent").unwrap();
        assert!(approve_reopening(db, &manager, PRACTICE, march()).is_err(), "nobody approves their own");
        refuse_reopening(db, &owner, PRACTICE, march(), "Enter it in April").unwrap();
        ask_to_reopen(db, &manager, PRACTICE, march(), "The auditor wants it in March").unwrap();
        approve_reopening(db, &owner, PRACTICE, march()).unwrap();
        let mut late = visit(&practice);
        late.services = vec![service("36415", &[1])];
        charge_capture::capture(db, &tier1(), PRACTICE, &late).unwrap();
        let books = report(db, &manager, PRACTICE, march()).unwrap();
        assert_eq!((books.roll.charges, books.late.len(), books.is_closed), (cents(15_500), 0, false));
        close_march(db).unwrap();
        let lines = list(db, &manager, PRACTICE).unwrap();
        let line = lines.iter().find(|line| line.month == march()).unwrap();
        let steps: Vec<&str> = line.events.iter().map(|row| row.step.as_str()).collect();
        assert_eq!(steps, ["closed", "reopening_asked", "reopening_refused", "reopening_asked", "reopened", "closed"]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_month_with_a_remittance_in_quarantine_is_not_closed() {
    for_each_engine(|db| {
        a_month(db);
        let mut off = Payment::new("EFT9", vec![Clp::paid(1)]);
        off.amount += 1;
        take(db, &file(&off));
        let refused = told(close_march(db));
        assert!(refused.contains("1 remittance in quarantine") && refused.contains("cannot be closed"), "{refused}");
    });
}

#[test]
fn a_payment_far_older_than_the_books_stands_on_their_first_day_and_opens_no_month_before_them() {
    for_each_engine(|db| {
        a_month(db);
        let mut strange = answer("SOMEBODYELSE", 8_856, vec![("CO", "45", 5_144)]);
        strange.lines[0].number = "SOMEBODYELSE1".into();
        let text = file(&Payment::new("OLD1", vec![strange])).replace("*20260302~", "*20050811~");
        let seen = of_file(db, &db.system(), PRACTICE, "old.835", text.as_bytes()).unwrap();
        let shown: Vec<_> = seen[0].claims.iter().flat_map(|claim| &claim.entries).chain(&seen[0].payment).collect();
        assert!(
            shown.iter().all(|of| (of.on, of.concerns_on) == (date(2026, 3, 2), Some(date(2005, 8, 11)))),
            "{shown:?}"
        );
        assert_eq!(take(db, &text).payments[0].counts.unmatched, 1);
        let manager = person(7, Role::Manager);
        let months = list(db, &manager, PRACTICE).unwrap();
        assert_eq!(months.last().map(|line| (line.month, line.may_close)), Some((march(), true)));
        let books = report(db, &manager, PRACTICE, march()).unwrap();
        assert!(books.late.iter().any(|row| row.concerns_on == date(2005, 8, 11)), "its own day is told");
        // What follows in the same file is dated by its own day again.
        let mut two = answer("ANOTHER", 8_856, vec![("CO", "45", 5_144)]);
        two.lines[0].number = "ANOTHER1".into();
        take(db, &file(&Payment::new("NEW1", vec![two])));
        let books = report(db, &manager, PRACTICE, march()).unwrap();
        assert_eq!(books.late.iter().filter(|row| row.concerns_on != date(2005, 8, 11)).count(), 0);
        all_invariants_hold(db);
    });
}
