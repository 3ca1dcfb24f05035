//! Remittances from file to books on both databases: what balances is posted once, what does not is kept out, nothing is
//! lost or invented, and every invariant holds after each story.

use app::remittance_import::{ImportReport, PaymentState, import, rehearse};
use app::verify::verify;
use billing::claim::ClaimStatus;
use billing::work::WorkReason;
use jiff::civil::date;
use ledger::{AccountKind, Money};
use store::testing::{ClaimPlace, OTHER_PRACTICE, PRACTICE, TestDb, facts, for_each_engine};
use uuid::Uuid;

use crate::clinic::open_practice;
use crate::payer_files::*;

pub fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

pub fn clinic(db: &TestDb, claims: usize) {
    open_practice(db);
    accepted_claims(db, PRACTICE, claims);
}

pub fn take(db: &TestDb, text: &str) -> ImportReport {
    import(db, &db.system(), PRACTICE, "payer.835", text.as_bytes()).unwrap()
}

pub fn balance(db: &TestDb, kind: AccountKind) -> Money {
    let trial = db.read(&db.system(), PRACTICE, |r| store::ledger::trial_balance(r)).unwrap();
    trial.into_iter().find(|(found, _)| *found == kind).map_or(Money::ZERO, |(_, cents)| cents)
}

/// Open work, every denial as one: what each is about is told by the tests of the reasons.
pub fn work(db: &TestDb) -> Vec<(WorkReason, Money)> {
    let found = db.read(&db.system(), PRACTICE, |r| facts::open_work(r)).unwrap();
    let as_one = |reason: WorkReason| if reason.is_denial() { WorkReason::Denied } else { reason };
    found.into_iter().map(|(reason, stake)| (as_one(reason), stake)).collect()
}

pub fn places(db: &TestDb) -> Vec<ClaimPlace> {
    db.read(&db.system(), PRACTICE, |r| facts::claim_places(r)).unwrap()
}

fn count(db: &TestDb, table: &'static str) -> i64 {
    db.read(&db.system(), PRACTICE, |r| facts::count(r, table)).unwrap()
}

pub fn all_invariants_hold(db: &TestDb) -> String {
    let verification = verify(db, &db.system(), PRACTICE).unwrap();
    assert_eq!(verification.first_failure(), None, "{:?}", db.engine);
    verification.ledger_root
}

/// Everything that a refused file must leave as it was.
fn untouched(db: &TestDb) -> String {
    let counts = ["remittance", "inbound_file", "claim_payment"].map(|table| count(db, table));
    format!("{} {counts:?} {:?} {:?}", all_invariants_hold(db), work(db), places(db))
}

#[test]
fn a_payment_is_posted_claims_are_decided_and_denials_become_tier_twos_work() {
    for_each_engine(|db| {
        clinic(db, 3);
        let report = take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1), Clp::partly_denied(2)])));
        let payment = &report.payments[0];
        assert_eq!((payment.state, payment.counts.posted, payment.counts.denied), (PaymentState::Posted, 2, 1));
        assert_eq!(balance(db, AccountKind::InTransit), cents(10_200 + 7_200));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(4_000));
        assert_eq!(balance(db, AccountKind::Contractual), cents(5_800 + 4_800));
        // The third claim's 180.00 and the denied 40.00 are still owed by the payer.
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(18_000 + 4_000));
        assert_eq!(work(db), [(WorkReason::Denied, cents(4_000))]);
        let places = places(db);
        assert_eq!((places[0].1, places[0].2, places[0].3.as_deref()), (ClaimStatus::Closed, None, Some("PC000001")));
        assert_eq!((places[1].1, places[1].2), (ClaimStatus::Adjudicated, None));
        assert_eq!((places[2].1, places[2].2), (ClaimStatus::Accepted, Some(date(2026, 4, 1))));
        all_invariants_hold(db);
    });
}

#[test]
fn the_same_payment_in_any_dress_is_posted_once() {
    for_each_engine(|db| {
        clinic(db, 4);
        let (one, two) =
            (Payment::new("EFT1", vec![Clp::paid(1)]), Payment::new("EFT2", vec![Clp::paid(2), Clp::paid(3)]));
        let merged = file_of(&[one.clone(), two.clone()], 1);
        take(db, &merged);
        let root = all_invariants_hold(db);
        assert!(take(db, &merged).is_known);
        let redelimited = merged.replace('*', "|").replace('~', "!\r\n");
        for (dress, payments) in [
            (file_of(&[one.clone(), two.clone()], 77), 2),
            (redelimited, 2),
            (file_of(std::slice::from_ref(&one), 5), 1),
            (file_of(std::slice::from_ref(&two), 5), 1),
            (file_of(&[two.clone(), one.clone(), two], 9), 3),
        ] {
            let report = take(db, &dress);
            assert_eq!(report.payments.len(), payments);
            assert!(report.payments.iter().all(|p| p.state == PaymentState::Duplicate), "{:?}", report.payments);
            assert_eq!(all_invariants_hold(db), root);
        }
        let mut other = one;
        other.claims = vec![Clp::paid(4)];
        let report = take(db, &file(&other));
        assert_eq!(report.payments[0].state, PaymentState::Quarantined, "the same number with other content");
        assert_eq!(all_invariants_hold(db), root);
    });
}

#[test]
fn eight_threads_with_the_same_payment_post_it_once() {
    for_each_engine(|db| {
        clinic(db, 40);
        let payment = Payment::new("EFT1", (1..=40).map(Clp::paid).collect());
        let states: Vec<PaymentState> = std::thread::scope(|scope| {
            let threads: Vec<_> = (1..=8)
                .map(|interchange| {
                    let text = file_of(std::slice::from_ref(&payment), interchange);
                    scope.spawn(move || take(db, &text).payments[0].state)
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(states.iter().filter(|state| **state == PaymentState::Posted).count(), 1);
        assert_eq!(balance(db, AccountKind::InTransit), cents(40 * 10_200));
        all_invariants_hold(db);
    });
}

#[test]
fn a_file_cut_at_any_byte_posts_nothing() {
    for_each_engine(|db| {
        clinic(db, 2);
        let whole = file(&Payment::new("EFT1", vec![Clp::paid(1), Clp::partly_denied(2)]).with_plb("WO", "R1", 500));
        let before = untouched(db);
        for end in 0..whole.len() {
            let cut = &whole.as_bytes()[..end];
            let refused = import(db, &db.system(), PRACTICE, "cut.835", cut).unwrap_err().to_string();
            assert!(refused.starts_with("cut.835: ") && refused.contains("ask for"), "{end}: {refused}");
        }
        assert_eq!(untouched(db), before);
        assert_eq!(take(db, &whole).payments[0].state, PaymentState::Posted);
        all_invariants_hold(db);
    });
}

#[test]
fn what_is_no_remittance_is_refused_by_name_and_changes_nothing() {
    for_each_engine(|db| {
        clinic(db, 1);
        let before = untouched(db);
        let whole = file(&Payment::new("EFT1", vec![Clp::paid(1)]));
        for (name, bytes) in [
            ("empty.835", Vec::new()),
            ("picture.835", vec![0x89, b'P', b'N', b'G', 0, 1, 2, 255]),
            ("claims.837", whole.replace("ST*835*", "ST*837*").into_bytes()),
            ("count.835", whole.replace("SE*", "SE*9").into_bytes()),
            ("number.835", whole.replace("IEA*1*000000001", "IEA*1*000000002").into_bytes()),
        ] {
            let refused = import(db, &db.system(), PRACTICE, name, &bytes).unwrap_err().to_string();
            assert!(refused.starts_with(name), "{refused}");
        }
        assert_eq!(untouched(db), before);
    });
}

/// What is changed, and the change.
type Mutation = (&'static str, fn(&mut Payment));

#[test]
fn one_cent_off_is_quarantined_or_set_aside_and_never_posted_to_a_claim() {
    for_each_engine(|db| {
        clinic(db, 2);
        let right = || Payment::new("EFT1", vec![Clp::paid(1), Clp::partly_denied(2)]).with_plb("WO", "R1", 500);
        let before = untouched(db);
        let mutations: [Mutation; 3] =
            [("BPR02", |p| p.amount += 1), ("PLB04", |p| p.plb[0].2 += 1), ("CLP04", |p| p.claims[0].paid += 1)];
        for (what, change) in mutations {
            let mut payment = right();
            change(&mut payment);
            let report = rehearse(db, &db.system(), PRACTICE, "x.835", file(&payment).as_bytes()).unwrap();
            let found = &report.payments[0];
            assert_eq!((found.state, found.difference.abs()), (PaymentState::Quarantined, cents(1)), "{what}");
            assert_eq!(untouched(db), before, "a rehearsal changes nothing");
        }
        for (what, change) in [
            ("below zero", (|p| *p = Payment::new("EFT1", vec![Clp::paid(1).reversed()])) as fn(&mut Payment)),
            ("too large", |p| {
                p.amount += 1 << 60;
                p.plb.push(("L6", "R2", -(1 << 60)));
            }),
        ] {
            let mut payment = right();
            change(&mut payment);
            let report = rehearse(db, &db.system(), PRACTICE, "x.835", file(&payment).as_bytes()).unwrap();
            assert_eq!(report.payments[0].state, PaymentState::Quarantined, "{what}");
        }
        let mut wrong = right();
        wrong.claims[1].lines[0].adjustments[0].2 += 1;
        let report = take(db, &file(&wrong));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.set_aside), (1, 1));
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-7_200));
        assert_eq!(balance(db, AccountKind::Recoupment), cents(500));
        assert_eq!(work(db), [(WorkReason::ClaimSetAside, cents(7_200)), (WorkReason::PayerRecoupment, cents(500))]);
        assert_eq!(places(db)[1].1, ClaimStatus::Accepted, "the claim that was set aside is where it was");
        all_invariants_hold(db);
        let quarantined =
            take(db, &file(&Payment { trace: "EFT2".into(), amount: 1, ..Payment::new("", vec![Clp::paid(2)]) }));
        assert_eq!(quarantined.payments[0].difference, cents(10_199));
        assert!(work(db).iter().any(|(reason, _)| *reason == WorkReason::RemittanceQuarantined));
        all_invariants_hold(db);
    });
}

#[test]
fn cash_without_a_claim_of_ours_waits_with_work() {
    for_each_engine(|db| {
        clinic(db, 2);
        let mut unknown = Clp::paid(1);
        unknown.number = "NOBODY".into();
        unknown.lines.iter_mut().for_each(|line| line.number = format!("X{}", line.number));
        let mut strange_line = Clp::paid(2);
        strange_line.lines[1].number = "NOT-OURS".into();
        let report = take(db, &file(&Payment::new("EFT1", vec![unknown, strange_line])));
        assert_eq!(report.payments[0].counts.unmatched, 2);
        assert_eq!(balance(db, AccountKind::UnappliedPayer), cents(-20_400));
        assert_eq!(work(db), vec![(WorkReason::UnmatchedCash, cents(10_200)); 2]);
        all_invariants_hold(db);
        // A number of this practice means nothing in another one.
        let other = billing::access::Actor::system(OTHER_PRACTICE);
        let mut practice = crate::clinic::practice();
        practice.id = OTHER_PRACTICE;
        db.write(&other, OTHER_PRACTICE, |tx| store::registration::insert_practice(tx, &practice, false)).unwrap();
        let text = file(&Payment::new("EFT9", vec![Clp::paid(1)]));
        let report = import(db, &other, OTHER_PRACTICE, "x.835", text.as_bytes()).unwrap();
        assert_eq!(report.payments[0].counts.unmatched, 1);
        assert_eq!(verify(db, &other, OTHER_PRACTICE).unwrap().first_failure(), None);
    });
}

#[test]
fn a_decision_is_taken_back_and_corrected_and_the_last_one_stands() {
    for_each_engine(|db| {
        clinic(db, 2);
        take(db, &file(&Payment::new("EFT1", vec![Clp::partly_denied(1)])));
        let never_posted =
            take(db, &file(&Payment::new("EFT2", vec![Clp::paid(2).reversed()]).with_plb("FB", "F", -10_200)));
        assert_eq!(never_posted.payments[0].counts.set_aside, 1, "what was never posted cannot be taken back");
        assert_eq!(balance(db, AccountKind::Suspense), cents(10_200));
        let report = take(db, &file(&Payment::new("EFT3", vec![Clp::partly_denied(1).reversed(), Clp::paid(1)])));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.reversed), (2, 1));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        assert_eq!(places(db)[0].1, ClaimStatus::Closed);
        assert!(work(db).iter().all(|(reason, _)| *reason != WorkReason::Denied), "the denial is over");
        let linked = |r: &mut store::Read| facts::count_where(r, "ledger_entry", "corrects IS NOT NULL");
        assert_eq!(db.read(&db.system(), PRACTICE, linked).unwrap(), 1, "the reversal names the entry it undoes");
        all_invariants_hold(db);
        take(db, &file(&Payment::new("EFT4", vec![Clp::paid(1).reversed()]).with_plb("WO", "R", -10_200)));
        let place = &places(db)[0];
        assert_eq!((place.1, place.2.is_some()), (ClaimStatus::Accepted, true), "the payer has it again");
        assert_eq!(balance(db, AccountKind::PatientReceivable), Money::ZERO);
        all_invariants_hold(db);
    });
}

/// What stands on a claim's charges, without what was earned.
pub fn of_claim(db: &TestDb, n: usize) -> Vec<(AccountKind, Option<Uuid>, Money)> {
    let charges = [charge_id(n, 1).0, charge_id(n, 2).0];
    let found = db.read(&db.system(), PRACTICE, |r| store::ledger::charge_balances(r, &charges)).unwrap();
    let mut found: Vec<_> = found
        .into_iter()
        .filter(|balance| !balance.cents.is_zero() && balance.account != AccountKind::Revenue)
        .map(|balance| (balance.account, balance.payer_id, balance.cents))
        .collect();
    found.sort();
    found
}

#[test]
fn a_reversal_undoes_what_the_decision_posted_whatever_coverages_say_today() {
    for_each_engine(|db| {
        clinic(db, 2);
        let charged = (of_claim(db, 1), of_claim(db, 2));
        // Claim 1 is decided while only the patient pays after the payer; claim 2 while a second payer does.
        second_coverage(db, PRACTICE, 2);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1), Clp::paid(2)])));
        assert_eq!(work(db), [(WorkReason::BillNextPayer, cents(2_000))]);
        second_coverage(db, PRACTICE, 1);
        end_second_coverage(db, PRACTICE, 2);
        let back = vec![Clp::paid(1).reversed(), Clp::paid(2).reversed()];
        let report = take(db, &file(&Payment::new("EFT2", back).with_plb("FB", "F", -20_400)));
        assert_eq!((report.payments[0].counts.reversed, report.payments[0].counts.set_aside), (2, 0));
        assert_eq!((of_claim(db, 1), of_claim(db, 2)), charged, "{:?}", db.engine);
        assert_eq!(work(db), [], "nothing is left to bill to the next payer");
        let linked = |r: &mut store::Read| facts::count_where(r, "ledger_entry", "corrects IS NOT NULL");
        assert_eq!(db.read(&db.system(), PRACTICE, linked).unwrap(), 2);
        all_invariants_hold(db);
    });
}

#[test]
fn a_reversal_that_mirrors_no_payment_that_stands_is_set_aside_with_its_reason() {
    for_each_engine(|db| {
        clinic(db, 1);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1)])));
        let decided = of_claim(db, 1);
        let mut part = Clp::paid(1).reversed();
        part.lines.remove(1);
        (part.charge, part.paid) = (-14_000, -7_200);
        let mut more = Clp::paid(1).reversed();
        more.lines[0].adjustments[1].1 = "2";
        for (trace, clp) in [("EFT2", part), ("EFT3", more)] {
            let plb = clp.paid;
            let report = take(db, &file(&Payment::new(trace, vec![clp]).with_plb("FB", "F", plb)));
            assert_eq!((report.payments[0].counts.reversed, report.payments[0].counts.set_aside), (0, 1), "{trace}");
            assert_eq!(of_claim(db, 1), decided, "{trace}: nothing is invented");
        }
        let plb = |trace: &str| Payment::new(trace, vec![Clp::paid(1).reversed()]).with_plb("FB", "F", -10_200);
        assert_eq!(take(db, &file(&plb("EFT4"))).payments[0].counts.reversed, 1);
        let undone = of_claim(db, 1);
        assert_eq!(take(db, &file(&plb("EFT5"))).payments[0].counts.set_aside, 1, "taken back once is enough");
        assert_eq!(of_claim(db, 1), undone);
        let waiting = [(WorkReason::ClaimSetAside, 7_200), (WorkReason::ClaimSetAside, 10_200)];
        let found = work(db);
        assert!(waiting.iter().all(|(reason, stake)| found.contains(&(*reason, cents(*stake)))), "{found:?}");
        all_invariants_hold(db);
    });
}

#[test]
fn a_decision_and_its_reversal_in_one_payment_are_linked_too() {
    for_each_engine(|db| {
        clinic(db, 1);
        let all = vec![Clp::partly_denied(1), Clp::partly_denied(1).reversed(), Clp::paid(1)];
        let report = take(db, &file(&Payment::new("EFT1", all)));
        assert_eq!((report.payments[0].counts.posted, report.payments[0].counts.reversed), (3, 1));
        assert_eq!(balance(db, AccountKind::InTransit), cents(10_200));
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000));
        let linked = |r: &mut store::Read| facts::count_where(r, "ledger_entry", "corrects IS NOT NULL");
        assert_eq!(db.read(&db.system(), PRACTICE, linked).unwrap(), 1);
        all_invariants_hold(db);
    });
}

#[test]
fn the_patients_share_goes_to_the_next_payer_with_work_to_bill_it() {
    for_each_engine(|db| {
        clinic(db, 1);
        second_coverage(db, PRACTICE, 1);
        take(db, &file(&Payment::new("EFT1", vec![Clp::paid(1)])));
        assert_eq!(balance(db, AccountKind::PatientReceivable), Money::ZERO);
        assert_eq!(work(db), [(WorkReason::BillNextPayer, cents(2_000))]);
        let balances =
            db.read(&db.system(), PRACTICE, |r| store::ledger::charge_balances(r, &[charge_id(1, 1).0])).unwrap();
        let second: Option<Uuid> = Some(SECOND_PAYER.0);
        assert!(balances.iter().any(|b| b.payer_id == second && b.cents == cents(2_000)));
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_beyond_what_is_owed_is_a_credit_with_work() {
    for_each_engine(|db| {
        clinic(db, 1);
        // The payer adds 10.00 for a reason that is no price.
        let mut more = Clp::paid(1);
        (more.lines[0].paid, more.paid) = (15_000, 18_000);
        more.lines[0].adjustments = vec![("CO", "97", -1_000)];
        take(db, &file(&Payment::new("EFT1", vec![more])));
        assert_eq!(work(db), [(WorkReason::CreditBalance, cents(1_000))]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_credit_over_two_lines_is_worth_both() {
    for_each_engine(|db| {
        clinic(db, 1);
        let mut more = Clp::paid(1);
        (more.lines[0].paid, more.lines[1].paid, more.paid) = (15_000, 4_700, 19_700);
        more.lines[0].adjustments = vec![("CO", "97", -1_000)];
        more.lines[1].adjustments = vec![("CO", "97", -700)];
        take(db, &file(&Payment::new("EFT1", vec![more])));
        assert_eq!(work(db), [(WorkReason::CreditBalance, cents(1_700))]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_made_out_to_another_payee_is_kept_out_of_the_books() {
    const OURS: &str = "N1*PE*ALDER RIDGE MEDICAL GROUP*XX*2044188300~";
    let foreign = "is made out to another payee";
    let cases = [
        ("N1*PE*ELM STREET CLINIC*XX*2000000010~", Some("another payee (NPI 2000000010), not to this practice")),
        ("N1*PE*ELM STREET CLINIC*FI*987654321~", Some(foreign)),
        ("N1*PE*ELM STREET CLINIC~REF*TJ*987654321~", Some(foreign)),
        ("N1*PE*ALDER RIDGE MEDICAL GROUP~", Some("neither by NPI nor by tax id")),
        ("N1*PE*ALDER RIDGE MEDICAL GROUP*FI*12-3456789~", None),
        ("N1*PE*ALDER RIDGE MEDICAL GROUP~REF*TJ*123456789~", None),
    ];
    for_each_engine(|db| {
        clinic(db, cases.len());
        for (place, (payee, problem)) in (1..).zip(cases) {
            let ours = file(&Payment::new(&format!("EFT{place}"), vec![Clp::paid(place)]));
            let text = ours.replace(OURS, payee);
            assert_ne!(text, ours);
            let count = ours.split("SE*").nth(1).and_then(|rest| rest.split('*').next()).unwrap();
            let more = count.parse::<usize>().unwrap() + payee.matches('~').count() - 1;
            let text = text.replace(&format!("~SE*{count}*"), &format!("~SE*{more}*"));
            let before = balance(db, AccountKind::InTransit);
            let payment = &take(db, &text).payments[0];
            let said = payment.problem.as_deref().unwrap_or("");
            match problem {
                None => assert_eq!(payment.state, PaymentState::Posted, "case {place}: {said}"),
                Some(words) => {
                    assert_eq!(payment.state, PaymentState::Quarantined, "case {place}");
                    assert!(said.contains(words) && !said.contains("987654321"), "case {place}: {said}");
                    assert_eq!(balance(db, AccountKind::InTransit), before);
                }
            }
        }
        assert_eq!(work(db), [(WorkReason::RemittanceQuarantined, cents(10_200)); 4]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_dated_far_ahead_is_kept_out_of_the_books() {
    for_each_engine(|db| {
        clinic(db, 2);
        // The day of the story is 2026-03-02; 30 days later is 2026-04-01.
        for (place, day, state) in [(1, "20260401", PaymentState::Posted), (2, "20260402", PaymentState::Quarantined)] {
            let text = file(&Payment::new(&format!("EFT{place}"), vec![Clp::paid(place)]));
            let dated = text.replace("DA*98765*20260302~", &format!("DA*98765*{day}~"));
            assert_ne!(dated, text);
            let payment = &take(db, &dated).payments[0];
            assert_eq!(payment.state, state, "{day}: {:?}", payment.problem);
        }
        assert_eq!(work(db), [(WorkReason::RemittanceQuarantined, cents(10_200))]);
        all_invariants_hold(db);
    });
}

#[test]
fn a_payment_dated_before_its_service_or_long_before_the_books_is_kept_out() {
    for_each_engine(|db| {
        clinic(db, 4);
        let strange = || {
            let mut strange = Clp::paid(1);
            strange.number = "SOMEBODYELSE".into();
            strange.lines.iter_mut().for_each(|line| line.number = "SOMEBODYELSE1".into());
            strange
        };
        // The services are of 2026-02-10. What pays nothing of ours may be as old as it likes.
        let estimate = || Clp { status: "25", ..Clp::paid(3) };
        let before = "before the service that it pays for: claim C000001 is of 2026-02-10";
        let cases = [
            ("20260209", Clp::paid(1), Some(before)),
            ("20260210", Clp::paid(2), None),
            ("19301117", Clp::paid(4), Some("claim C000004 is of 2026-02-10")),
            ("20050811", strange(), None),
        ];
        for (place, (day, claim, problem)) in cases.into_iter().enumerate() {
            let text = file(&Payment::new(&format!("EFT{place}"), vec![claim]));
            let dated = text.replace("DA*98765*20260302~", &format!("DA*98765*{day}~"));
            assert_ne!(dated, text);
            let payment = &take(db, &dated).payments[0];
            let said = payment.problem.as_deref().unwrap_or_default();
            match problem {
                Some(words) => {
                    assert!(payment.state == PaymentState::Quarantined && said.contains(words), "{day}: {said}")
                }
                None => assert_eq!(payment.state, PaymentState::Posted, "{day}: {said}"),
            }
        }
        // What only estimates is no payment for a service that was.
        let mut only = Payment::new("EFT9", vec![estimate()]);
        only.claims[0].paid = 0;
        let dated = file(&only).replace("DA*98765*20260302~", "DA*98765*20260201~");
        let told = &take(db, &dated).payments[0];
        assert!(!told.problem.as_deref().unwrap_or_default().contains("before the service"), "{told:?}");
        all_invariants_hold(db);
    });
}

#[test]
fn an_order_by_which_no_money_moves_is_kept_out_whole_and_a_denial_without_money_is_posted() {
    for_each_engine(|db| {
        clinic(db, 4);
        let orders = [
            ("BPR*H*102*C*ACH", "BPR01: H "),
            ("BPR*P*102*C*ACH", "BPR01: P "),
            ("BPR*ZZ*102*C*ACH", "BPR01: it says none"),
            ("BPR**102*C*ACH", "BPR01: it says none"),
            ("BPR*I*102*C*NON", "BPR04: NON "),
            ("BPR*I*102*D*ACH", "BPR03: "),
            ("BPR*I*102**ACH", "BPR03: "),
        ];
        for (place, (order, names)) in orders.iter().enumerate() {
            let whole = file(&Payment::new(&format!("EFT{place}"), vec![Clp::paid(1)]));
            assert!(whole.contains("BPR*I*102*C*ACH"), "{whole}");
            let report = take(db, &whole.replace("BPR*I*102*C*ACH", order));
            let problem = report.payments[0].problem.clone().unwrap_or_default();
            assert_eq!(report.payments[0].state, PaymentState::Quarantined, "{order}");
            assert!(problem.starts_with(names) && problem.contains("corrected"), "{order}: {problem}");
        }
        assert_eq!(balance(db, AccountKind::InTransit), Money::ZERO);
        assert_eq!(work(db), vec![(WorkReason::RemittanceQuarantined, cents(10_200)); orders.len()]);

        // The payment that comes with the money is posted, and the work about its forerunner ends.
        let report = take(db, &file(&Payment::new("EFT0", vec![Clp::paid(1)])));
        assert_eq!(report.payments[0].state, PaymentState::Posted);
        assert_eq!(work(db).len(), orders.len() - 1);
        // A denial moves no money by any order, and is posted.
        for (n, order) in [(2, "BPR*H*0*C*NON"), (3, "BPR*I*0*C*NON"), (4, "BPR*I*0*C*ACH")] {
            let mut denied = Clp::paid(n);
            denied.paid = 0;
            for line in &mut denied.lines {
                (line.paid, line.adjustments) = (0, vec![("CO", "50", line.charge)]);
            }
            let denial = Payment::new(&format!("NONE{n}"), vec![denied]);
            let report = take(db, &file(&denial).replace("BPR*I*0*C*ACH", order));
            assert_eq!(report.payments[0].state, PaymentState::Posted, "{order}: {report:?}");
        }
        assert_eq!(balance(db, AccountKind::InTransit), cents(10_200));
        all_invariants_hold(db);
    });
}

#[test]
fn blanks_around_the_number_of_a_payment_make_no_second_payment() {
    for_each_engine(|db| {
        clinic(db, 1);
        let whole = file(&Payment::new("SAME", vec![Clp::paid(1)]));
        take(db, &whole);
        let root = all_invariants_hold(db);
        for dress in ["TRN*1*SAME *1999999999~", "TRN*1* SAME*1999999999 ~"] {
            let report = take(db, &whole.replace("TRN*1*SAME*1999999999~", dress));
            assert_eq!(report.payments[0].state, PaymentState::Duplicate, "{dress}");
        }
        assert_eq!(all_invariants_hold(db), root);
        assert_eq!((balance(db, AccountKind::InTransit), work(db)), (cents(10_200), vec![]));
    });
}
