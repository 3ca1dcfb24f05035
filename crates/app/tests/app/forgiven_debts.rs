//! What was written off and is owed no more: a payer takes its decision back, a plan is billed after all, a visit is taken
//! back. A write-off never becomes money of somebody who paid nothing. Each story on both databases, and every invariant
//! holds after each of its steps.

use app::charge_capture::{VisitCodes, bill_patient, bill_plan, capture, change_codes, not_billable};
use app::patient_account::{PatientAccount, account};
use app::refund::{self, RefundRequest, credits};
use app::remittance_import::import;
use app::verify::verify;
use app::write_off::{self, WriteOffRequest};
use app::{Error, charge_capture};
use billing::access::Role;
use billing::coverage::CoverageRank;
use billing::refund::Payee;
use billing::work::{Desk, WorkReason};
use billing::write_off::{Debtor, WriteOffReason, WriteOffState};
use billing::{EncounterId, Money, WriteOffId};
use ledger::{Account, AccountKind, DraftEntry, EntrySource};
use store::reports::Cell;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::approvals::somebody;
use crate::late_coverage::{answer, books_hold, cents, last_year, look, pay, receive, sent, without_coverage, work};
use crate::payer_files::{Clp, Payment, file};
use crate::remittance::balance;
use crate::staff::{Practice, open, service, tier1, visit};

/// A visit of 140.00 that its payer has.
fn with_payer(db: &TestDb, practice: &Practice) -> (EncounterId, String) {
    let id = without_coverage(db, practice);
    last_year(db, practice, practice.payer, CoverageRank::Primary);
    (id, sent(db, id))
}

/// A visit of 140.00 that the patient pays.
fn self_pay(db: &TestDb, practice: &Practice) -> EncounterId {
    let id = without_coverage(db, practice);
    bill_patient(db, &tier1(), PRACTICE, id).unwrap();
    id
}

/// A copay of 20.00 of an allowed 108.56.
fn with_copay(number: &str) -> Clp {
    answer(number, 8_856, vec![("CO", "45", 3_144), ("PR", "3", 2_000)])
}

/// The same decided anew, with this copay and another number of the payer's.
fn anew(number: &str, copay: i64) -> Clp {
    let mut clp = answer(number, 10_856 - copay, vec![("CO", "45", 3_144)]);
    if copay > 0 {
        clp.lines[0].adjustments.push(("PR", "3", copay));
    }
    Clp { payer_number: format!("Q{number}"), ..clp }
}

/// The payer takes a decision back and keeps its money from a later payment.
fn take_back(db: &TestDb, trace: &str, decided: &Clp) {
    let back = decided.clone().reversed();
    let kept = back.paid;
    let mut payment = Payment::new(trace, vec![back]);
    if kept != 0 {
        payment = payment.with_plb("FB", "LATER", kept);
    }
    let report = import(db, &db.system(), PRACTICE, "back.835", file(&payment).as_bytes()).unwrap();
    assert_eq!(report.payments[0].counts.reversed, 1, "{report:?}");
    books_hold(db);
}

/// Written off by two people.
fn write_off(db: &TestDb, encounter_id: EncounterId, debtor: Debtor, amount: i64, key: &str) -> WriteOffId {
    let reason = match debtor {
        Debtor::Patient => WriteOffReason::FinancialAssistance,
        Debtor::Payer(_) => WriteOffReason::TimelyFiling,
    };
    let (note, idempotency_key) = ("Nobody is asked for it any more.".into(), key.into());
    let request = WriteOffRequest { encounter_id, debtor, amount: cents(amount), reason, note, idempotency_key };
    let id = write_off::ask(db, &somebody(31, Role::Tier2), PRACTICE, &request).unwrap();
    write_off::approve(db, &somebody(32, Role::Manager), PRACTICE, id).unwrap();
    books_hold(db);
    id
}

fn undo(db: &TestDb, id: WriteOffId) -> Result<(), Error> {
    let undone = write_off::undo(db, &somebody(32, Role::Manager), PRACTICE, id, "It was a mistake of ours.");
    books_hold(db);
    undone
}

/// What stands written off, of how much that was approved.
fn stands(db: &TestDb, practice: &Practice, id: WriteOffId) -> (Money, Money) {
    let lines = write_off::of_patient(db, &somebody(32, Role::Manager), PRACTICE, practice.patient).unwrap();
    let line = lines.into_iter().find(|line| line.id == id).unwrap();
    (line.stands(), line.amount_cents)
}

fn written_off(db: &TestDb) -> Money {
    balance(db, AccountKind::WriteOff)
}

/// What the report of write-offs sums up.
fn reported(db: &TestDb) -> Money {
    let report = store::reports::find("write-offs").unwrap();
    let rows = db.read(&db.system(), PRACTICE, |read| (report.run)(read)).unwrap();
    let amount = |row: &Vec<Cell>| match row.last() {
        Some(Cell::Money(amount)) => *amount,
        other => panic!("the last column is the amount: {other:?}"),
    };
    rows.iter().map(amount).sum()
}

/// Nobody is owed anything, no refund is offered or taken, and nobody works on a credit.
fn no_credit(db: &TestDb, practice: &Practice) -> PatientAccount {
    assert_eq!(reported(db), written_off(db), "the report sums what the books hold");
    let tier2 = somebody(31, Role::Tier2);
    assert_eq!(credits(db, &tier2, PRACTICE, practice.patient).unwrap(), []);
    for payee in [Payee::Patient, Payee::Payer(practice.payer)] {
        let (reason, idempotency_key) = ("You paid too much, it seems.".into(), format!("{payee:?}"));
        let request = RefundRequest { patient_id: practice.patient, payee, amount: cents(1), reason, idempotency_key };
        assert!(refund::ask(db, &tier2, PRACTICE, &request).is_err());
    }
    assert!(work(db, Desk::Tier2).iter().all(|(_, reason)| *reason != WorkReason::CreditBalance));
    let seen = look(db, practice.patient);
    assert_eq!((seen.we_owe, seen.unapplied), (Money::ZERO, Money::ZERO));
    assert!(seen.visits.iter().all(|visit| visit.standing.unexplained().is_zero()));
    seen
}

#[test]
fn a_forgiven_copay_that_the_payer_takes_back_is_nobodys_money() {
    for_each_engine(|db| {
        let practice = open(db);
        let (id, number) = with_payer(db, &practice);
        receive(db, "EFT1", with_copay(&number));
        let forgiven = write_off(db, id, Debtor::Patient, 2_000, "one");
        take_back(db, "EFT2", &with_copay(&number));
        assert_eq!((stands(db, &practice, forgiven), written_off(db)), ((cents(0), cents(2_000)), Money::ZERO));
        no_credit(db, &practice);
        receive(db, "EFT3", anew(&number, 0));
        let seen = no_credit(db, &practice);
        assert_eq!((seen.owes_now, seen.with_payers), (Money::ZERO, Money::ZERO));
        let again = undo(db, forgiven);
        assert!(matches!(&again, Err(Error::Refused(why)) if why.contains("Nothing of write-off")), "{again:?}");
        assert_eq!(look(db, practice.patient).owes_now, Money::ZERO, "the patient is asked for nothing");
    });
}

#[test]
fn a_part_that_is_owed_no_more_lapses_and_only_the_rest_is_undone() {
    for_each_engine(|db| {
        let practice = open(db);
        let (id, number) = with_payer(db, &practice);
        receive(db, "EFT1", with_copay(&number));
        let first = write_off(db, id, Debtor::Patient, 1_200, "one");
        let second = write_off(db, id, Debtor::Patient, 800, "two");
        // Decision and correction in one payment: what counts is what is owed in the end.
        let payment = Payment::new("EFT2", vec![with_copay(&number).reversed(), anew(&number, 1_500)]);
        let report = import(db, &db.system(), PRACTICE, "both.835", file(&payment).as_bytes()).unwrap();
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.reversed), (2, 1), "{report:?}");
        let standing = [first, second].map(|one| stands(db, &practice, one).0);
        assert_eq!(standing, [cents(1_200), cents(300)], "the latest lapses first");
        assert_eq!((no_credit(db, &practice).owes_now, written_off(db)), (Money::ZERO, cents(1_500)));

        undo(db, second).unwrap();
        assert_eq!((look(db, practice.patient).owes_now, written_off(db)), (cents(300), cents(1_200)));
        undo(db, first).unwrap();
        assert_eq!((look(db, practice.patient).owes_now, written_off(db)), (cents(1_500), Money::ZERO));
        let undone = write_off::list(db, &somebody(32, Role::Manager), PRACTICE, WriteOffState::Undone).unwrap();
        assert_eq!(undone.len(), 2);
    });
}

#[test]
fn a_copay_that_comes_back_with_the_correction_is_asked_for_unless_it_never_went() {
    for_each_engine(|db| {
        let practice = open(db);
        let (id, number) = with_payer(db, &practice);
        receive(db, "EFT1", with_copay(&number));
        let forgiven = write_off(db, id, Debtor::Patient, 2_000, "one");
        let both = Payment::new("EFT2", vec![with_copay(&number).reversed(), anew(&number, 2_000)]);
        import(db, &db.system(), PRACTICE, "both.835", file(&both).as_bytes()).unwrap();
        assert_eq!(stands(db, &practice, forgiven).0, cents(2_000), "it was owed all the time");
        assert_eq!(no_credit(db, &practice).owes_now, Money::ZERO);

        take_back(db, "EFT3", &anew(&number, 2_000));
        no_credit(db, &practice);
        receive(db, "EFT4", Clp { payer_number: "Q2".into(), ..anew(&number, 3_000) });
        assert_eq!(no_credit(db, &practice).owes_now, cents(3_000), "another debt, which nobody forgave");
        write_off(db, id, Debtor::Patient, 3_000, "two");
        assert_eq!((look(db, practice.patient).owes_now, written_off(db)), (Money::ZERO, cents(3_000)));
    });
}

#[test]
fn a_reversal_and_a_correction_in_either_order_leave_no_credit_of_a_write_off() {
    for_each_engine(|db| {
        let practice = open(db);
        let (id, number) = with_payer(db, &practice);
        receive(db, "EFT1", with_copay(&number));
        write_off(db, id, Debtor::Patient, 2_000, "one");
        // The correction comes first; whatever becomes of it, it makes no money of what was forgiven.
        let correction = Payment::new("EFT2", vec![anew(&number, 0)]);
        import(db, &db.system(), PRACTICE, "early.835", file(&correction).as_bytes()).unwrap();
        take_back(db, "EFT3", &with_copay(&number));
        let seen = no_credit(db, &practice);
        assert_eq!((seen.owes_now, seen.with_payers, written_off(db)), (Money::ZERO, Money::ZERO, Money::ZERO));
    });
}

#[test]
fn a_denial_that_was_accepted_and_is_paid_after_all_owes_the_payer_nothing() {
    for_each_engine(|db| {
        let practice = open(db);
        let (id, number) = with_payer(db, &practice);
        let denial = answer(&number, 0, vec![("CO", "29", 14_000)]);
        receive(db, "EFT1", denial.clone());
        let forgiven = write_off(db, id, Debtor::Payer(practice.payer), 14_000, "one");
        take_back(db, "EFT2", &denial);
        no_credit(db, &practice);
        receive(db, "EFT3", anew(&number, 2_000));
        let seen = no_credit(db, &practice);
        assert_eq!((seen.owes_now, seen.with_payers, written_off(db)), (cents(2_000), Money::ZERO, Money::ZERO));
        assert!(undo(db, forgiven).is_err());
    });
}

#[test]
fn of_a_share_that_was_paid_in_part_and_forgiven_in_part_only_what_was_paid_goes_back() {
    for_each_engine(|db| {
        let practice = open(db);
        let (id, number) = with_payer(db, &practice);
        receive(db, "EFT1", with_copay(&number));
        pay(db, practice.patient, 1_200, "at the desk");
        let forgiven = write_off(db, id, Debtor::Patient, 800, "one");
        take_back(db, "EFT2", &with_copay(&number));
        assert_eq!(stands(db, &practice, forgiven).0, Money::ZERO);
        receive(db, "EFT3", anew(&number, 0));
        let tier2 = somebody(31, Role::Tier2);
        let offered = credits(db, &tier2, PRACTICE, practice.patient).unwrap();
        let offered: Vec<_> = offered.into_iter().map(|line| (line.payee, line.amount)).collect();
        assert_eq!(offered, [(Payee::Patient, cents(1_200))]);
        assert_eq!(look(db, practice.patient).unapplied, cents(1_200), "kept for the patient");
    });
}

#[test]
fn a_plan_that_is_billed_after_the_patient_was_forgiven_owes_the_whole_charge() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = self_pay(db, &practice);
        let forgiven = write_off(db, id, Debtor::Patient, 14_000, "one");
        last_year(db, &practice, practice.payer, CoverageRank::Primary);
        bill_plan(db, &tier1(), PRACTICE, id).unwrap();
        assert_eq!((stands(db, &practice, forgiven).0, written_off(db)), (Money::ZERO, Money::ZERO));
        assert_eq!(no_credit(db, &practice).with_payers, cents(14_000));
        let number = sent(db, id);
        receive(db, "EFT1", with_copay(&number));
        let seen = no_credit(db, &practice);
        assert_eq!((seen.owes_now, seen.with_payers), (cents(2_000), Money::ZERO));
    });
}

#[test]
fn a_visit_that_is_taken_back_leaves_nothing_of_what_was_forgiven() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = self_pay(db, &practice);
        let forgiven = write_off(db, id, Debtor::Patient, 10_000, "one");
        not_billable(db, &tier1(), PRACTICE, id, "Entered twice by mistake.").unwrap();
        assert_eq!((stands(db, &practice, forgiven), written_off(db)), ((cents(0), cents(10_000)), Money::ZERO));
        let seen = no_credit(db, &practice);
        assert_eq!((seen.owes_now, balance(db, AccountKind::Revenue)), (Money::ZERO, Money::ZERO));
        assert!(undo(db, forgiven).is_err(), "nobody owes it");
    });
}

#[test]
fn a_charge_that_falls_below_what_was_forgiven_takes_the_difference_along() {
    for_each_engine(|db| {
        let practice = open(db);
        let mut cash = visit(&practice);
        cash.self_pay = true;
        cash.services = vec![service("99213", &[1]), service("36415", &[1])];
        (cash.services[0].amount, cash.services[1].amount) = (Some(cents(14_000)), Some(cents(3_000)));
        let id = capture(db, &tier1(), PRACTICE, &cash).unwrap().encounter_id;
        let forgiven = write_off(db, id, Debtor::Patient, 16_000, "one");
        // The second line is taken off.
        let (encounter, _) = charge_capture::show_visit(db, &tier1(), PRACTICE, id).unwrap();
        let line = charge_capture::CodedLine {
            line_number: Some(1),
            procedure: cash.services[0].procedure.clone(),
            diagnosis_pointers: vec![1],
            units: cash.services[0].units,
        };
        let coded = VisitCodes { diagnoses: encounter.diagnoses.clone(), lines: vec![line] };
        change_codes(db, &somebody(35, Role::Coder), PRACTICE, id, &coded).unwrap();
        assert_eq!((stands(db, &practice, forgiven).0, written_off(db)), (cents(14_000), cents(14_000)));
        assert_eq!(no_credit(db, &practice).owes_now, Money::ZERO);
        undo(db, forgiven).unwrap();
        assert_eq!(look(db, practice.patient).owes_now, cents(14_000));
    });
}

/// A file of an earlier version may hold such a credit: it is named, not given away, and the daily look mends it.
#[test]
fn a_credit_made_of_a_write_off_is_named_not_offered_and_mended_by_the_daily_look() {
    for_each_engine(|db| {
        let practice = open(db);
        let id = self_pay(db, &practice);
        let forgiven = write_off(db, id, Debtor::Patient, 14_000, "one");
        let charge = db.read(&db.system(), PRACTICE, |read| store::charge::charges(read, id)).unwrap()[0].id.0;
        let owed = Account::PatientReceivable { charge, patient: practice.patient.0 };
        let source = EntrySource { kind: "encounter".into(), id: id.0 };
        let slip = DraftEntry::new(jiff::civil::date(2026, 3, 2), "a slip", source)
            .debit(Account::Contractual { charge }, cents(2_000), "slip")
            .credit(owed, cents(2_000), "slip");
        db.write(&db.system(), PRACTICE, |tx| tx.post(&slip.clone().balance().unwrap(), "slip").map(|_| ())).unwrap();
        let named = verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(named.first_failure().map(|check| check.name), Some("credits-are-money"));
        let tier2 = somebody(31, Role::Tier2);
        assert_eq!(credits(db, &tier2, PRACTICE, practice.patient).unwrap(), []);
        app::jobs::run_now(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(stands(db, &practice, forgiven).0, cents(12_000));
        no_credit(db, &practice);
        assert_eq!(account(db, &tier2, PRACTICE, practice.patient).unwrap().owes_now, Money::ZERO);
    });
}
