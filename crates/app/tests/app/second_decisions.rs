//! A payer decides a claim twice without taking the first decision back: one of the two stands, the other's cash waits with
//! what to do about it, and nobody owes a share twice. Told on both databases.

use billing::ClaimPaymentId;
use billing::claim::ClaimStatus;
use billing::work::{Desk, WorkReason};
use ledger::{Account, AccountKind, DraftEntry, EntrySource, Money};
use store::params;
use store::testing::{PRACTICE, TestDb, facts, for_each_engine};
use store::worklist::QueueCursor;

use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, of_claim, places, take, work};

/// As the usual answer, under another number of the payer.
fn numbered_anew(n: usize) -> Clp {
    Clp { payer_number: format!("Q{n}"), ..Clp::paid(n) }
}

/// Another price: 10.00 more is paid, and the patient's share is 10.00 less.
fn priced_anew(n: usize) -> Clp {
    let mut clp = numbered_anew(n);
    (clp.lines[0].paid, clp.paid) = (8_200, 11_200);
    clp.lines[0].adjustments = vec![("CO", "45", 4_800), ("PR", "3", 1_000)];
    clp
}

/// The whole claim, denied with nothing for the patient.
fn denied(n: usize) -> Clp {
    let mut clp = Clp { status: "4", paid: 0, ..Clp::paid(n) };
    for line in &mut clp.lines {
        (line.paid, line.adjustments) = (0, vec![("CO", "16", line.charge)]);
    }
    clp
}

/// One line of the usual answer.
fn line_alone(n: usize, place: usize) -> Clp {
    Clp::new(control_number(n), "1", vec![Clp::paid(n).lines[place].clone()])
}

/// Interest of 5.00 for a claim that was paid late.
fn interest(n: usize) -> Clp {
    let adjustments = vec![("CO", "225", -500)];
    Clp::new(
        control_number(n),
        "1",
        vec![Svc { number: line_number(n, 1), code: "99214", charge: 0, paid: 500, adjustments }],
    )
}

fn words(db: &TestDb) -> String {
    db.read(&db.system(), PRACTICE, |read| facts::work_words(read)).unwrap().join(" ")
}

/// The payer takes an answer back and keeps its money from a later payment.
fn take_back(db: &TestDb, trace: &str, clp: &Clp) {
    let back = clp.reversed();
    let kept = back.paid;
    take(db, &file(&Payment::new(trace, vec![back]).with_plb("FB", "F", kept)));
}

/// Nothing of the second decision is in the books but its cash, which waits.
fn first_stands(db: &TestDb, second: &Clp, how: &str) {
    let all = format!("{how}, {:?}", db.engine);
    assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000), "{all}");
    assert_eq!(balance(db, AccountKind::Contractual), cents(5_800), "{all}");
    assert_eq!(balance(db, AccountKind::PayerReceivable), Money::ZERO, "{all}");
    assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-second.paid), "{all}");
    assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(second.paid))], "{all}");
    let place = &places(db)[0];
    assert_eq!((place.1, place.3.as_deref()), (ClaimStatus::Closed, Some("PC000001")), "{all}");
    let told = words(db);
    for expected in ["decided already by payment EFT1 of 2026-03-02", "CLP02 22", "apply the cash to its line"] {
        assert!(told.contains(expected), "{all}: {expected}: {told}");
    }
    all_invariants_hold(db);
}

#[test]
fn a_second_decision_waits_with_its_cash_and_is_posted_when_the_first_is_taken_back() {
    let stories: [(&str, fn(usize) -> Clp, i64); 3] = [
        ("the same under another trace", Clp::paid, 2_000),
        ("another number of the payer", numbered_anew, 2_000),
        ("another price", priced_anew, 1_000),
    ];
    for (how, second, share) in stories {
        for is_one_file in [false, true] {
            for_each_engine(|db| {
                clinic(db, 1);
                let (first, second) = (Clp::paid(1), second(1));
                if is_one_file {
                    let report = take(db, &file(&Payment::new("EFT1", vec![first.clone(), second.clone()])));
                    let counts = report.payments[0].counts;
                    assert_eq!((counts.posted, counts.set_aside), (1, 1), "{how}");
                } else {
                    take(db, &file(&Payment::new("EFT1", vec![first.clone()])));
                    take(db, &file(&Payment::new("EFT2", vec![second.clone()])));
                }
                first_stands(db, &second, how);

                take_back(db, "EFT3", &first);
                assert_eq!(balance(db, AccountKind::PatientReceivable), cents(share), "{how}");
                assert_eq!(balance(db, AccountKind::PayerReceivable), Money::ZERO, "{how}");
                assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO, "{how}");
                assert_eq!((places(db)[0].1, work(db)), (ClaimStatus::Closed, vec![]), "{how}");
                all_invariants_hold(db);
            });
        }
    }
}

#[test]
fn a_reversal_that_names_the_second_decision_takes_that_one_back_and_the_first_stands() {
    for_each_engine(|db| {
        clinic(db, 1);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1)])));
        let first = of_claim(db, 1);
        take(db, &file(&Payment::new("EFT2", vec![numbered_anew(1)])));
        take_back(db, "EFT3", &numbered_anew(1));
        assert_eq!(of_claim(db, 1), first);
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        assert_eq!((places(db)[0].3.as_deref(), work(db)), (Some("PC000001"), vec![]));
        all_invariants_hold(db);
    });
}

#[test]
fn a_reversal_of_a_waiting_decision_is_known_by_its_number_although_one_of_its_amounts_was_taken_back_before() {
    for_each_engine(|db| {
        clinic(db, 1);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1)])));
        let corrected = Clp { payer_number: "R1".into(), ..priced_anew(1) };
        let claims = vec![Clp::paid(1).reversed(), corrected, numbered_anew(1)];
        take(db, &file(&Payment::new("EFT2", claims)));
        assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(10_200))]);
        take_back(db, "EFT3", &numbered_anew(1));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(1_000));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO);
        assert_eq!((places(db)[0].3.as_deref(), work(db)), (Some("R1"), vec![]));
        all_invariants_hold(db);
    });
}

#[test]
fn a_third_decision_waits_as_the_second_does_and_one_of_them_stands_after_the_reversal() {
    for_each_engine(|db| {
        clinic(db, 1);
        for (trace, clp) in [("EFT1", Clp::paid(1)), ("EFT2", priced_anew(1)), ("EFT3", numbered_anew(1))] {
            take(db, &file(&Payment::new(trace, vec![clp])));
        }
        assert_eq!(work(db).len(), 2);
        take_back(db, "EFT4", &Clp::paid(1));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(1_000));
        assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(10_200))]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_supplemental_payment_is_applied_to_its_line_by_a_person() {
    for_each_engine(|db| {
        clinic(db, 1);
        take(db, &file(&Payment::new("EFT1", vec![Clp::partly_denied(1)])));
        // The payer pays the denied test and repeats what it decided of the visit.
        take(db, &file(&Payment::new("EFT2", vec![numbered_anew(1)])));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        let queue = app::worklist::queue(db, &db.system(), PRACTICE, Desk::Poster, QueueCursor::START).unwrap();
        let item = queue.into_iter().find(|row| row.reason == WorkReason::ClaimSetAside).unwrap();
        let application = app::unapplied_cash::Application {
            claim: control_number(1),
            line: 2,
            amount: cents(3_000),
            reason: "The payer pays the test after all.".into(),
            revision: 0,
        };
        app::unapplied_cash::apply(db, &db.system(), PRACTICE, item.id, &application).unwrap();
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(1_000));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-7_200));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        all_invariants_hold(db);
    });
}

#[test]
fn what_settles_no_charge_twice_is_posted_as_ever() {
    type Story = (&'static str, fn(usize) -> Clp, fn(usize) -> Clp, i64);
    let stories: [Story; 4] = [
        ("a denial of everything, then a payment", denied, numbered_anew, 5_800),
        ("a claim cut in two, line by line", |n| line_alone(n, 0), |n| line_alone(n, 1), 5_800),
        ("the denied line alone is paid after all", Clp::partly_denied, |n| line_alone(n, 1), 5_800),
        ("interest alone", Clp::paid, interest, 5_800),
    ];
    for (how, first, second, written_down) in stories {
        for is_one_file in [false, true] {
            for_each_engine(|db| {
                clinic(db, 1);
                if is_one_file {
                    take(db, &file(&Payment::new("EFT1", vec![first(1), second(1)])));
                } else {
                    take(db, &file(&Payment::new("EFT1", vec![first(1)])));
                    take(db, &file(&Payment::new("EFT2", vec![second(1)])));
                }
                let all = format!("{how}, {:?}", db.engine);
                assert_eq!(balance(db, AccountKind::UnappliedPayer), Money::ZERO, "{all}");
                assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000), "{all}");
                assert_eq!(balance(db, AccountKind::Contractual), cents(written_down), "{all}");
                assert_eq!(balance(db, AccountKind::PayerReceivable), Money::ZERO, "{all}");
                assert_eq!((places(db)[0].1, work(db)), (ClaimStatus::Closed, vec![]), "{all}");
                all_invariants_hold(db);
            });
        }
    }
}

#[test]
fn books_in_which_two_decisions_stand_side_by_side_are_named() {
    for_each_engine(|db| {
        clinic(db, 2);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(2)])));
        take(db, &file(&Payment::new("EFT2", vec![Clp::paid(1)])));
        // Somebody posts the second one past the program.
        db.write(&db.system(), PRACTICE, |tx| {
            let rows = tx.query_in(&store::remittance::PAYMENTS_OF_CLAIMS, params![], &[claim_id(1)])?;
            let second: ClaimPaymentId = rows.iter().find(|row| row.state == "set_aside").unwrap().id;
            tx.execute(&store::remittance::PLACE_PAYMENT, params![second, Money::ZERO, claim_id(1), None::<String>])?;
            let charge = charge_id(1, 1).0;
            let source = EntrySource { kind: "claim_payment".into(), id: second.0 };
            let patient = Account::PatientReceivable { charge, patient: patient_id(1).0 };
            let entry = DraftEntry::new(DAY, "A payer decided a claim", source)
                .debit(patient, cents(2_000), "PR-3")
                .credit(Account::PayerReceivable { charge, payer: PAYER.0 }, cents(2_000), "PR-3");
            tx.post_all(&[(entry.balance().unwrap(), "past the program".to_owned())])?;
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
        let found = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        let check = found.checks.iter().find(|check| check.name == "decisions-stand-once").unwrap();
        assert_eq!((check.holds, check.detail.as_str()), (false, "claim C000001"));
    });
}
