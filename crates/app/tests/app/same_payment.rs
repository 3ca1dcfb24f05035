//! One payment, however it comes: the four levels at which it is known again (bytes, content, payment, claim within it), in
//! every dress, at the same moment, and after a restart. What carries its number with other content is kept out.

use app::remittance_import::{ImportReport, PaymentState, import};
use ledger::AccountKind;
use store::Db;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, take, work};

fn two() -> (Payment, Payment) {
    (Payment::new("EFT1", vec![Clp::paid(1)]), Payment::new("EFT2", vec![Clp::paid(2), Clp::partly_denied(3)]))
}

/// Every way in which a clearinghouse may deliver the two payments anew, with what each is.
fn dresses() -> Vec<(&'static str, String)> {
    let (one, other) = two();
    let both = file_of(&[one.clone(), other.clone()], 1);
    let other_marks = |text: &str| text.replace('*', "|").replace(':', ">").replace('~', "'\n");
    vec![
        ("the very bytes", both.clone()),
        ("another envelope", file_of(&[one.clone(), other.clone()], 4_711)),
        ("other separators and line breaks", other_marks(&both)),
        ("another envelope and other separators", other_marks(&file_of(&[one.clone(), other.clone()], 815))),
        ("the first alone", file_of(std::slice::from_ref(&one), 2)),
        ("the second alone", file_of(std::slice::from_ref(&other), 3)),
        ("the other way round", file_of(&[other.clone(), one.clone()], 4)),
        ("merged, one of them twice", file_of(&[other.clone(), one, other], 5)),
    ]
}

fn all_known(report: &ImportReport) -> bool {
    report.is_known || report.payments.iter().all(|payment| payment.state == PaymentState::Duplicate)
}

#[test]
fn every_dress_is_one_posting_before_and_after_a_restart() {
    for_each_engine(|db| {
        clinic(db, 3);
        let (one, other) = two();
        take(db, &file_of(&[one, other], 1));
        let root = all_invariants_hold(db);
        for (story, text) in dresses() {
            assert!(all_known(&take(db, &text)), "{story}");
            assert_eq!(all_invariants_hold(db), root, "{story}");
        }
        // Another process on the same database, as after a restart, with dresses that it has never seen.
        let again = Db::open(&db.url, db.env.clone()).unwrap();
        for (place, (story, text)) in dresses().into_iter().enumerate() {
            let text = text.replace("*000000", &format!("*0{place}0000")).replace("|000000", &format!("|0{place}0000"));
            let report = import(&again, &db.system(), PRACTICE, "again.835", text.as_bytes()).unwrap();
            assert!(all_known(&report), "{story}, after a restart");
        }
        drop(again);
        assert_eq!(all_invariants_hold(db), root);
    });
}

#[test]
fn every_dress_at_the_same_moment_from_two_servers_is_one_posting() {
    for_each_engine(|db| {
        clinic(db, 3);
        let second = Db::open(&db.url, db.env.clone()).unwrap();
        let posted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = dresses()
                .into_iter()
                .enumerate()
                .map(|(place, (_, text))| {
                    let server: &Db = if place % 2 == 0 { db } else { &second };
                    scope.spawn(move || {
                        let report =
                            import(server, &TestDb::system(db), PRACTICE, "payer.835", text.as_bytes()).unwrap();
                        report.payments.iter().filter(|payment| payment.state == PaymentState::Posted).count()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(posted, 2, "each of the two payments once");
        assert_eq!(balance(db, AccountKind::InTransit), cents(10_200 + 10_200 + 7_200));
        drop(second);
        all_invariants_hold(db);
    });
}

#[test]
fn a_claim_that_stands_twice_in_one_payment_is_posted_once_and_its_second_cash_waits() {
    for_each_engine(|db| {
        clinic(db, 1);
        let report = take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(1)])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (1, 1));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-10_200));
        assert_eq!((balance(db, AccountKind::PatientReceivable), work(db).len()), (cents(2_000), 1));
        all_invariants_hold(db);
    });
}

#[test]
fn the_same_number_with_other_content_is_kept_out_at_every_level() {
    for_each_engine(|db| {
        clinic(db, 4);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(2)])));
        let root = all_invariants_hold(db);
        let part = Payment::new("EFT1", vec![Clp::paid(2)]);
        let mut same_sum = Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(3)]);
        let another_day = Payment { on: "20260303", ..Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(2)]) };
        let mut other_reason = Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(2)]);
        other_reason.claims[1].lines[0].adjustments[1].1 = "2";
        same_sum.claims[1].payer_number = "P-OTHER".into();
        for (story, payment) in [
            ("a part of its claims", part),
            ("the same sum for another claim", same_sum),
            ("another day", another_day),
            ("another reason", other_reason),
        ] {
            let report = take(db, &file(&payment));
            assert_eq!(report.payments[0].state, PaymentState::Quarantined, "{story}");
            let problem = report.payments[0].problem.as_deref().unwrap_or_default();
            assert!(problem.contains("with other content"), "{story}: {problem}");
            assert_eq!(all_invariants_hold(db), root, "{story}");
        }
    });
}
