//! A payer's decision is taken as the payer said it: a refusal stays owed whatever its adjustments are called, an
//! estimate decides nothing, and who decides is who was billed.

use app::remittance_import::PaymentState;
use app::remittance_import::preview::of_file;
use app::worklist;
use billing::claim::ClaimStatus;
use billing::work::{Desk, WorkReason};
use ledger::AccountKind;
use store::claim::CLAIM_EVENTS;
use store::params;
use store::testing::{PRACTICE, TestDb, for_each_engine};
use store::worklist::QueueCursor;

use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, places, take, work};

/// A claim whose whole charge is taken off for one reason.
fn nothing_paid(n: usize, status: &'static str, group: &'static str, reason: &'static str) -> Clp {
    let mut clp = Clp::paid(n);
    clp.status = status;
    clp.paid = 0;
    for line in &mut clp.lines {
        line.paid = 0;
        line.adjustments = vec![(group, reason, line.charge)];
    }
    clp
}

/// A claim of which one line is paid and the other taken off whole as above the agreed fee.
fn one_line_off(n: usize) -> Clp {
    let mut clp = Clp::paid(n);
    (clp.lines[1].paid, clp.lines[1].adjustments) = (0, vec![("CO", "45", 4_000)]);
    clp.paid = 7_200;
    clp
}

fn summaries(db: &TestDb, desk: Desk) -> Vec<String> {
    let queue = worklist::queue(db, &db.system(), PRACTICE, desk, QueueCursor::START).unwrap();
    queue.into_iter().map(|row| row.summary).collect()
}

#[test]
fn a_denied_claim_stays_owed_whatever_its_adjustments_are_called() {
    for_each_engine(|db| {
        clinic(db, 4);
        let refused = [("CO", "45"), ("CO", "253"), ("CO", "24")];
        let claims = (1..).zip(refused).map(|(n, (group, reason))| nothing_paid(n, "4", group, reason));
        take(db, &file(&Payment::new("EFT1", claims.collect())));
        assert_eq!(balance(db, AccountKind::Contractual), cents(0));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4 * 18_000));
        assert_eq!(work(db), [(WorkReason::Denied, cents(18_000)); 3]);
        assert!(places(db)[..3].iter().all(|place| place.1 == ClaimStatus::Adjudicated));
        // Processed as primary, and something paid, the same adjustments are a price.
        take(db, &file(&Payment::new("EFT2", vec![one_line_off(4)])));
        assert_eq!(balance(db, AccountKind::Contractual), cents(8_800));
        // Taken back, a refusal leaves what it found, and its story is no write-down either.
        take(db, &file(&Payment::new("EFT3", vec![nothing_paid(1, "4", "CO", "45").reversed()])));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(3 * 18_000));
        let classes = db.read(&db.system(), PRACTICE, |read| {
            store::testing::facts::count_where(read, "line_adjustment", "class = 'contractual'")
        });
        assert_eq!(classes.unwrap(), 2, "only adjustments of the fourth claim are written down");
        all_invariants_hold(db);
    });
}

#[test]
fn a_payer_that_processes_a_claim_and_allows_nothing_of_it_is_asked_before_anything_is_written_down() {
    for_each_engine(|db| {
        clinic(db, 6);
        let mut by_law_too = nothing_paid(2, "1", "CO", "45");
        by_law_too.lines[0].adjustments = vec![("CO", "45", 13_000), ("CO", "253", 1_000)];
        let mut one_cent = nothing_paid(3, "1", "CO", "45");
        (one_cent.lines[0].paid, one_cent.paid) = (1, 1);
        one_cent.lines[0].adjustments = vec![("CO", "45", 13_999)];
        let mut share = nothing_paid(4, "1", "CO", "45");
        share.lines[0].adjustments = vec![("CO", "45", 10_000), ("PR", "1", 4_000)];
        let prior = nothing_paid(5, "1", "CO", "45");
        let all = vec![nothing_paid(1, "1", "CO", "45"), by_law_too, one_cent, share, one_line_off(6)];
        take(db, &file(&Payment::new("EFT1", all)));
        let looked_at = |n: usize| places(db)[n - 1].1 == ClaimStatus::Adjudicated;
        assert_eq!([1, 2, 3, 4, 6].map(looked_at), [true, true, false, false, false]);
        assert_eq!(work(db), [(WorkReason::Denied, cents(18_000)); 2]);
        let told = summaries(db, Desk::Tier2);
        assert!(
            told.iter().all(|words| words.contains("Nothing is written down until somebody has looked")),
            "{told:?}"
        );
        assert_eq!(balance(db, AccountKind::Contractual), cents(17_999 + 14_000 + 8_800));
        // Taken back, it leaves what it found, and the work ends.
        let back = nothing_paid(1, "1", "CO", "45").reversed();
        take(db, &file(&Payment::new("EFT2", vec![back, prior])));
        assert_eq!((places(db)[0].1, looked_at(5)), (ClaimStatus::Accepted, true));
        assert_eq!(work(db), [(WorkReason::Denied, cents(18_000)); 2]);
        all_invariants_hold(db);
    });
}

#[test]
fn an_estimate_is_noted_and_decides_nothing() {
    for_each_engine(|db| {
        clinic(db, 2);
        let before = places(db);
        let report = take(db, &file(&Payment::new("EFT1", vec![nothing_paid(1, "25", "CO", "101")])));
        assert_eq!((report.payments[0].counts.estimates, report.payments[0].counts.set_aside), (1, 0));
        let listed = db.read(&db.system(), PRACTICE, |read| store::views::remittances::list(read, None, 0)).unwrap();
        assert_eq!((listed[0].set_aside, listed[0].estimates), (0, 1), "its own word, and nothing that waits");
        assert_eq!(places(db), before);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(36_000));
        assert!(work(db).is_empty(), "{:?}", work(db));
        let events = db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![claim_id(1)])).unwrap();
        assert!(events.last().unwrap().sentence.contains("estimate"), "{:?}", events.last());
        // It can be neither paid nor taken back.
        let report = take(db, &file(&Payment::new("EFT2", vec![nothing_paid(1, "25", "CO", "101").reversed()])));
        assert_eq!((report.payments[0].counts.reversed, report.payments[0].counts.set_aside), (0, 1));
        let report = take(db, &file(&Payment::new("EFT3", vec![Clp { status: "25", ..Clp::paid(2) }])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (0, 1));
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_below_zero_that_is_no_reversal_is_set_aside() {
    for_each_engine(|db| {
        clinic(db, 2);
        let mut below = nothing_paid(1, "1", "CO", "45");
        below.lines[0].paid = -10_000;
        below.lines[0].adjustments = vec![("CO", "45", 24_000)];
        below.paid = -10_000;
        let report = take(db, &file(&Payment::new("EFT1", vec![below, Clp::paid(2)])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (1, 1));
        assert_eq!(balance(db, AccountKind::Contractual), cents(5_800));
        assert_eq!(places(db)[0].1, ClaimStatus::Accepted);
        assert!(summaries(db, Desk::Poster).iter().any(|words| words.contains("CLP02 22")));
        all_invariants_hold(db);
    });
}

#[test]
fn another_payers_decision_is_set_aside_unless_the_billed_payer_remits_under_its_id() {
    for_each_engine(|db| {
        clinic(db, 2);
        let tamarack = |payment: &Payment| {
            file(payment).replace("N1*PR*NORTHFIELD MUTUAL*XV*NFM01", "N1*PR*TAMARACK ADVANTAGE*XV*TAM01")
        };
        let report = take(db, &tamarack(&Payment::new("EFT1", vec![Clp::paid(1)])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (0, 1));
        assert_eq!(places(db)[0].1, ClaimStatus::Accepted);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(36_000));
        let told = summaries(db, Desk::Poster).join(" ");
        assert!(told.contains("TAMARACK ADVANTAGE") && told.contains("Northfield Mutual"), "{told}");

        let payers =
            db.read(&db.system(), PRACTICE, |read| read.query(&store::registration::PAYERS, params![])).unwrap();
        let mut northfield = payers.into_iter().map(|row| row.0.0).find(|payer| payer.id == PAYER).unwrap();
        northfield.settings.remits_as = vec!["TAM01".into()];
        let data = app::registration::PayerData {
            name: northfield.name,
            payer_identifier: northfield.payer_identifier,
            filing_indicator: northfield.filing_indicator,
            settings: northfield.settings,
        };
        app::registration::change_payer(db, &db.system(), PRACTICE, PAYER, &data, None).unwrap();
        let report = take(db, &tamarack(&Payment::new("EFT2", vec![Clp::paid(2)])));
        assert_eq!(report.payments[0].counts.posted, 1);
        all_invariants_hold(db);
    });
}

#[test]
fn a_payer_that_nobody_set_up_decides_no_claim_of_another_but_may_be_that_other_by_name() {
    for_each_engine(|db| {
        clinic(db, 2);
        let from = |name: &str, payment: &Payment| {
            file(payment).replace("N1*PR*NORTHFIELD MUTUAL*XV*NFM01", &format!("N1*PR*{name}*XV*ZZZ99"))
        };
        let report = take(db, &from("MYSTERY PAYER", &Payment::new("EFT1", vec![Clp::paid(1)])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (0, 1));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(36_000));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(0), "its cash is no money of Northfield's");
        assert!(summaries(db, Desk::Poster).join(" ").contains("MYSTERY PAYER"));
        let report = take(db, &from("NORTHFIELD MUTUAL.", &Payment::new("EFT2", vec![Clp::paid(2)])));
        assert_eq!(report.payments[0].counts.posted, 1);
        all_invariants_hold(db);
    });
}

#[test]
fn a_decision_of_another_charge_than_was_billed_is_set_aside() {
    for_each_engine(|db| {
        clinic(db, 3);
        let mut larger = Clp::paid(1);
        (larger.lines[0].charge, larger.charge) = (19_000, 23_000);
        larger.lines[0].adjustments = vec![("PR", "1", 11_800)];
        let mut twice = Clp::paid(2);
        twice.lines.push(twice.lines[0].clone());
        (twice.charge, twice.paid) = (twice.charge + 14_000, twice.paid + 7_200);
        let mut split = Clp::paid(3);
        let rest = Svc { charge: 0, paid: 1_000, adjustments: vec![("CO", "45", -1_000)], ..split.lines[0].clone() };
        split.lines.push(rest);
        split.paid += 1_000;
        let report = take(db, &file(&Payment::new("EFT1", vec![larger, twice, split])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (1, 2));
        let told = summaries(db, Desk::Poster).join(" ");
        assert!(told.contains("190.00") && told.contains("280.00") && told.contains("140.00 was billed"), "{told}");
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000), "of the one that was split");
        all_invariants_hold(db);
    });
}

#[test]
fn a_corrected_file_ends_the_work_of_the_one_in_quarantine() {
    for_each_engine(|db| {
        clinic(db, 2);
        let mut wrong = Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(2)]);
        wrong.amount += 100;
        let quarantined = take(db, &file_of(std::slice::from_ref(&wrong), 1));
        assert_eq!(quarantined.payments[0].state, PaymentState::Quarantined);
        let mut another = Payment::new("EFT2", vec![Clp::paid(2)]);
        another.amount += 100;
        take(db, &file_of(std::slice::from_ref(&another), 2));
        assert_eq!(work(db).len(), 2);
        let right = Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(2)]);
        let posted = take(db, &file_of(std::slice::from_ref(&right), 3));
        assert_eq!(posted.payments[0].state, PaymentState::Posted);
        assert_eq!(work(db), [(WorkReason::RemittanceQuarantined, cents(10_300))], "only the other payment's is left");
        let link = format!("/remittances/{}", posted.payments[0].remittance_id);
        let told = db.read(&db.system(), PRACTICE, |read| {
            Ok::<_, store::StoreError>(store::testing::facts::work_words(read)?.join(" "))
        });
        assert!(told.unwrap().contains(&link));
        all_invariants_hold(db);
    });
}

#[test]
fn a_decision_leaves_the_patient_neither_less_than_nothing_nor_more_than_the_charge_less_what_is_paid() {
    for_each_engine(|db| {
        clinic(db, 3);
        let mut below = Clp::paid(1);
        below.lines[0].paid = 11_200;
        below.lines[0].adjustments = vec![("CO", "45", 4_800), ("PR", "3", -2_000)];
        below.paid = 14_200;
        let mut beyond = Clp::paid(2);
        beyond.lines[0].paid = 5_000;
        beyond.lines[0].adjustments = vec![("CO", "45", -5_000), ("PR", "1", 14_000)];
        beyond.paid = 8_000;
        let report = take(db, &file(&Payment::new("EFT1", vec![below, beyond, Clp::paid(3)])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (1, 2));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000), "of the third");
        assert!(summaries(db, Desk::Poster).join(" ").contains("-20.00"));
        all_invariants_hold(db);
    });
}

#[test]
fn a_claim_of_which_nothing_is_paid_is_owed_still_however_its_denial_is_mixed_with_prices() {
    for_each_engine(|db| {
        clinic(db, 2);
        let mut lines = Clp::paid(1);
        (lines.lines[0].paid, lines.lines[1].paid, lines.paid) = (0, 0, 0);
        lines.lines[0].adjustments = vec![("CO", "45", 14_000)];
        lines.lines[1].adjustments = vec![("CO", "50", 4_000)];
        let mut one_cent = Clp::paid(2);
        (one_cent.lines[0].paid, one_cent.lines[1].paid, one_cent.paid) = (0, 0, 0);
        one_cent.lines[0].adjustments = vec![("CO", "45", 13_999), ("CO", "16", 1)];
        one_cent.lines[1].adjustments = vec![("CO", "45", 4_000)];
        take(db, &file(&Payment::new("EFT1", vec![lines, one_cent]).by("NON")));
        assert_eq!(balance(db, AccountKind::Contractual), cents(0));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(36_000));
        all_invariants_hold(db);
    });
}

#[test]
fn lines_that_are_paid_together_settle_each_other_and_leave_neither_a_credit_nor_a_denial() {
    for_each_engine(|db| {
        clinic(db, 1);
        let mut bundled = Clp::paid(1);
        bundled.lines[0].paid = 15_000;
        bundled.lines[0].adjustments = vec![("OA", "94", -4_000), ("CO", "45", 1_000), ("PR", "3", 2_000)];
        bundled.lines[1].paid = 0;
        bundled.lines[1].adjustments = vec![("CO", "97", 4_000)];
        bundled.paid = 15_000;
        let report = take(db, &file(&Payment::new("EFT1", vec![bundled.clone()])));
        assert_eq!(report.payments[0].counts.posted, 1);
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(0));
        assert_eq!((places(db)[0].1, work(db)), (ClaimStatus::Closed, vec![]));
        all_invariants_hold(db);
        take(
            db,
            &file_of(&[Payment::new("EFT2", vec![bundled.reversed(), Clp::paid(1)]).with_plb("FB", "F", -4_800)], 2),
        );
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(0), "each line by itself again");
        all_invariants_hold(db);
    });
}

#[test]
fn our_number_on_a_claim_of_another_patient_on_another_day_is_another_systems_number() {
    for_each_engine(|db| {
        clinic(db, 2);
        let without_line_numbers = |n| {
            let mut clp = Clp::paid(n);
            clp.lines.iter_mut().for_each(|line| line.number.clear());
            clp
        };
        let stranger = file(&Payment::new("EFT1", vec![without_line_numbers(1)]));
        let report = take(db, &stranger.replace("DTM*472*20260210", "DTM*472*20250101"));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.unmatched), (0, 1));
        let married = file_of(&[Payment::new("EFT2", vec![without_line_numbers(2)])], 2);
        assert_eq!(take(db, &married).payments[0].counts.posted, 1, "the name alone may differ");
        all_invariants_hold(db);
    });
}

#[test]
fn a_share_that_only_clp05_says_is_told_and_changes_nothing() {
    for said in ["25", "20", "9999.99", "0.01"] {
        for_each_engine(|db| {
            clinic(db, 1);
            let text = file(&Payment::new("EFT1", vec![Clp::paid(1)]))
                .replace("**12*PC000001", &format!("*{said}*12*PC000001"));
            assert!(text.contains(&format!("*{said}*12*PC000001")), "{text}");
            let seen = of_file(db, &db.system(), PRACTICE, "a.835", text.as_bytes()).unwrap();
            let advice = seen[0].claims[0].advice.clone().unwrap_or_default();
            assert_eq!(advice.contains("the adjustments (CAS PR) leave 20.00"), said != "20", "{said}: {advice}");
            assert_eq!(take(db, &text).payments[0].counts.posted, 1, "it stands in no balance");
            assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000), "{said}");
            let events =
                db.read(&db.system(), PRACTICE, |read| read.query(&CLAIM_EVENTS, params![claim_id(1)])).unwrap();
            let told = events.iter().any(|event| event.sentence.contains("CLP05 says"));
            assert_eq!(told, said != "20", "{said}");
            all_invariants_hold(db);
        });
    }
}
