//! The sweep of small balances: what it would write off is what is asked for, and two people decide it. On both databases.

use app::patient_statement::run;
use app::verify::verify;
use app::write_off::{self, sweep};
use app::{Error, registration};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::practice::Practice;
use billing::write_off::{WriteOffReason, WriteOffState};
use billing::{Money, WriteOffId};
use jiff::SignedDuration;
use jiff::civil::date;
use ledger::AccountKind;
use store::reports::Cell;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::approvals::somebody;
use crate::patient_books::*;
use crate::remittance::balance;

/// One patient owes 4.50 and 2.00 for two visits, the other 12.00; everybody was asked.
fn everybody_was_asked(db: &TestDb) {
    open(db);
    for (patient, number, amount) in [(PATIENT, 1, 450), (PATIENT, 2, 200), (OTHER_PATIENT, 3, 1_200)] {
        let charge = visit(db, patient, number, date(2026, 2, 3), amount, ClaimStatus::Closed);
        decide(db, patient, charge, 0, 0, &[("PR-1", amount)]);
    }
    assert_eq!(run(db, &person(Role::Manager), PRACTICE).unwrap().issued.len(), 2);
}

fn seen(db: &TestDb) -> (usize, Money) {
    let sweep = sweep::preview(db, &somebody(31, Role::Tier2), PRACTICE).unwrap();
    (sweep.accounts.len(), sweep.total())
}

fn waiting(db: &TestDb) -> Vec<WriteOffId> {
    let rows = write_off::list(db, &somebody(32, Role::Manager), PRACTICE, WriteOffState::Asked).unwrap();
    assert!(rows.iter().all(|row| row.reason == WriteOffReason::SmallBalance && row.note.contains("Swept")));
    rows.into_iter().map(|row| row.id).collect()
}

fn limit(db: &TestDb, cents: i64) {
    let before = db.read(&db.system(), PRACTICE, |read| store::registration::practice(read)).unwrap().unwrap();
    let changed = Practice { small_balance: Money::from_cents(cents), ..before };
    registration::save_practice(db, &db.system(), &changed, None).unwrap();
}

#[test]
fn a_small_part_of_a_larger_account_is_no_small_balance() {
    for_each_engine(|db| {
        everybody_was_asked(db);
        let account = app::patient_account::account(db, &person(Role::Tier2), PRACTICE, OTHER_PATIENT).unwrap();
        let request = |reason, amount| write_off::WriteOffRequest {
            encounter_id: account.visits[0].encounter_id,
            debtor: billing::write_off::Debtor::Patient,
            amount: cents(amount),
            reason,
            note: "Asking costs more than it is".into(),
            idempotency_key: format!("{reason:?}"),
        };
        let tier2 = somebody(31, Role::Tier2);
        // 12.00 is owed, and 10.00 is the most that is small.
        let asked = write_off::ask(db, &tier2, PRACTICE, &request(WriteOffReason::SmallBalance, 1_000));
        assert!(
            matches!(&asked, Err(Error::Invalid { field, problem }) if field == "reason" && problem.contains("owes 12.00")),
            "{asked:?}"
        );
        limit(db, 1_200);
        write_off::ask(db, &tier2, PRACTICE, &request(WriteOffReason::SmallBalance, 1_000)).unwrap();
    });
}

#[test]
fn what_was_asked_for_in_vain_is_swept_by_two_people_and_what_is_more_stays() {
    for_each_engine(|db| {
        everybody_was_asked(db);
        assert_eq!(seen(db), (0, Money::ZERO), "the statement has its days");
        db.env.advance(SignedDuration::from_hours(24 * 30));
        assert_eq!(seen(db), (1, cents(650)), "12.00 is over the practice's limit of 10.00");
        let (tier2, manager) = (somebody(31, Role::Tier2), somebody(32, Role::Manager));
        assert!(sweep::ask(db, &tier2, PRACTICE, cents(649)).is_err(), "what was seen is what is asked for");
        assert!(matches!(sweep::ask(db, &somebody(40, Role::Tier1), PRACTICE, cents(650)), Err(Error::Denied(_))));
        assert_eq!(sweep::ask(db, &tier2, PRACTICE, cents(650)).unwrap(), 2, "each visit is a write-off of its own");
        assert_eq!(seen(db), (0, Money::ZERO), "nothing is asked for twice");
        assert_eq!(balance(db, AccountKind::WriteOff), Money::ZERO, "nothing moved");
        let ids = waiting(db);
        assert!(matches!(sweep::approve_all(db, &tier2, PRACTICE, &ids), Err(Error::Denied(_))));
        let done = sweep::approve_all(db, &manager, PRACTICE, &ids).unwrap();
        assert_eq!((done.count, done.amount, done.stopped_by), (2, cents(650), None));
        assert_eq!(balance(db, AccountKind::WriteOff), cents(650));
        let report = store::reports::find("write-offs").unwrap();
        let rows = db.read(&db.system(), PRACTICE, |read| (report.run)(read)).unwrap();
        let sums = [Cell::Count(1), Cell::Count(2), Cell::Money(cents(650))];
        assert_eq!((rows.len(), &rows[0][1], &rows[0][4..]), (1, &Cell::Text("person-32".into()), &sums[..]));
        assert_eq!(sweep::approve_all(db, &manager, PRACTICE, &ids).unwrap().count, 0, "a second click");
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(1_200));
        let checks = verify(db, &db.system(), PRACTICE).unwrap().checks;
        assert!(checks.iter().filter(|check| check.name.starts_with("write-offs")).all(|check| check.holds));
    });
}

#[test]
fn a_practice_sets_what_is_small_and_nobody_approves_their_own_sweep() {
    for_each_engine(|db| {
        everybody_was_asked(db);
        db.env.advance(SignedDuration::from_hours(24 * 30));
        limit(db, 0);
        assert_eq!(seen(db), (0, Money::ZERO));
        assert!(sweep::ask(db, &somebody(31, Role::Tier2), PRACTICE, Money::ZERO).is_err());
        limit(db, 1_200);
        assert_eq!(seen(db), (2, cents(1_850)));
        let owner = billing::access::Actor::file_owner(PRACTICE);
        sweep::ask(db, &owner, PRACTICE, cents(1_850)).unwrap();
        let done = sweep::approve_all(db, &owner, PRACTICE, &waiting(db)).unwrap();
        assert!(done.count == 0 && done.stopped_by.unwrap().contains("second person"));
    });
}
