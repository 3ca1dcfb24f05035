//! What adjustments mean is a table: what no row may break holds in the books, a practice's row decides from its day on, a
//! dry run tells what it would have done, and nothing that was posted changes.

use app::adjustment_rules::{self, Asked, NewRule, Standing, add, classify, replay};
use app::charge_capture::bill_patient;
use app::next_payer::bill_next_payer;
use app::registration::{PayerData, change_coverage, register_payer};
use app::{Error, charge_capture};
use billing::access::Role;
use billing::claim::ClaimStatus;
use billing::coverage::CoverageRank;
use billing::remittance::AdjustmentGroup;
use billing::remittance::classification::{AdjustmentClass, Pattern};
use billing::work::{Desk, WorkReason};
use billing::{Money, PayerId};
use jiff::civil::date;
use ledger::AccountKind;
use store::testing::{PRACTICE, TestDb, for_each_engine};

use crate::late_coverage::{answer, books_hold, look, receive, sent};
use crate::payer_files::*;
use crate::remittance::{all_invariants_hold, balance, cents, clinic, places, take, work};
use crate::staff::{coverage_data, open, payer_data, person, service, tier1, visit};

fn row(group: AdjustmentGroup, reason: &str, class: AdjustmentClass) -> NewRule {
    let pattern = Pattern { payer: None, group: Some(group), reason: Some(reason.to_owned()), remark: None };
    NewRule { pattern, class: Some(class), effective_on: None, why: "Our contracts say so, section 4".to_owned() }
}

fn put(db: &TestDb, new: &NewRule) -> Result<(), Error> {
    add(db, &person(7, Role::Manager), PRACTICE, new).map(|_| ())
}

fn refused(result: Result<(), Error>) -> String {
    result.unwrap_err().to_string()
}

/// A claim whose laboratory test is taken off whole for one reason.
fn test_off(n: usize, group: &'static str, reason: &'static str) -> Clp {
    let mut clp = Clp::paid(n);
    (clp.lines[1].paid, clp.lines[1].adjustments, clp.paid) = (0, vec![(group, reason, 4_000)], 7_200);
    clp
}

/// A remark on the second line of a claim of a file.
fn with_line_remark(text: &str, n: usize, remark: &str) -> String {
    let number = format!("REF*6R*{}~", line_number(n, 2));
    assert!(text.contains(&number));
    let count = text.matches('~').count() - 4;
    let longer = text.replace(&number, &format!("{number}LQ*HE*{remark}~"));
    longer.replace(&format!("SE*{count}*"), &format!("SE*{}*", count + 1))
}

#[test]
fn what_a_payer_takes_off_moves_money_only_as_the_table_says() {
    // What is left with the payer, with the patient, and written down, of the test's 40.00.
    for (group, reason, payer, patient, down) in [
        ("CO", "45", 0, 0, 4_000),
        ("CO", "253", 0, 0, 4_000),
        ("CO", "197", 4_000, 0, 0),
        ("CO", "29", 4_000, 0, 0),
        ("CO", "1", 4_000, 0, 0),
        ("CO", "246", 4_000, 0, 0),
        ("OA", "45", 4_000, 0, 0),
        ("OA", "18", 4_000, 0, 0),
        ("OA", "209", 4_000, 0, 0),
        ("OA", "23", 4_000, 0, 0),
        ("PI", "45", 4_000, 0, 0),
        ("PR", "1", 0, 4_000, 0),
        ("PR", "96", 0, 4_000, 0),
        ("PR", "29", 4_000, 0, 0),
    ] {
        for_each_engine(|db| {
            clinic(db, 1);
            take(db, &file(&Payment::new("EFT1", vec![test_off(1, group, reason)])));
            let left = [AccountKind::PayerReceivable, AccountKind::PatientReceivable, AccountKind::Contractual];
            // The visit beside it: 20.00 copay, 48.00 written down.
            let expected = [cents(payer), cents(2_000 + patient), cents(4_800 + down)];
            assert_eq!(left.map(|kind| balance(db, kind)), expected, "{group}-{reason}");
            let is_open = payer > 0;
            assert_eq!(work(db).contains(&(WorkReason::Denied, cents(4_000))), is_open, "{group}-{reason} is worked");
            assert_eq!(places(db)[0].1 == ClaimStatus::Closed, !is_open, "{group}-{reason}");
            all_invariants_hold(db);
        });
    }
}

#[test]
fn a_remark_of_a_medicare_savings_program_keeps_a_share_from_the_patient() {
    for_each_engine(|db| {
        clinic(db, 3);
        // On the line, on the claim, and on neither.
        let on_claim = Clp { remarks: vec!["MA01", "N781"], ..test_off(2, "PR", "1") };
        let text = file(&Payment::new("EFT1", vec![test_off(1, "PR", "2"), on_claim, test_off(3, "PR", "1")]));
        let report = take(db, &with_line_remark(&text, 1, "N782"));
        assert_eq!(report.payments[0].counts.posted, 3, "{:?}", report.payments[0]);
        // The first claim's copay stands on another line without a remark; the second's is under the claim's own.
        assert_eq!(balance(db, AccountKind::PatientReceivable), cents(2_000 + 2_000 + 4_000));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4_000 + 4_000 + 2_000));
        assert_eq!(work(db), [(WorkReason::Denied, cents(4_000)), (WorkReason::Denied, cents(6_000))]);
        // Taken back, nothing of it is left anywhere.
        let back = Clp { remarks: vec!["N781"], ..test_off(2, "PR", "1").reversed() };
        take(db, &file(&Payment::new("EFT2", vec![back, Clp::paid(2)])));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4_000));
        all_invariants_hold(db);
    });
}

/// A patient of Medicare and of Medicaid after it; Medicare said that the patient is never asked for its 20.00.
fn protected(db: &TestDb) -> (crate::staff::Practice, billing::EncounterId, PayerId, billing::CoverageId) {
    let practice = open(db);
    let medicaid = PayerData { filing_indicator: "MC".into(), ..payer_data("SMED1") };
    let medicaid = register_payer(db, &db.system(), PRACTICE, &medicaid).unwrap().id;
    let mut later = coverage_data(medicaid);
    (later.rank, later.plan_name) = (CoverageRank::Secondary, "State Medicaid".into());
    let later = app::registration::add_coverage(db, &tier1(), PRACTICE, practice.patient, &later).unwrap().id;
    let mut one = visit(&practice);
    one.services = vec![service("99213", &[1])];
    let visit = charge_capture::capture(db, &tier1(), PRACTICE, &one).unwrap().encounter_id;
    let number = sent(db, visit);
    let said = answer(&number, 8_856, vec![("CO", "45", 3_144), ("PR", "2", 2_000)]);
    receive(db, "EFT1", Clp { remarks: vec!["N782"], ..said });
    (practice, visit, medicaid, later)
}

#[test]
fn a_protected_share_is_the_next_payers_and_never_becomes_the_patients() {
    for_each_engine(|db| {
        let (practice, visit, medicaid, later) = protected(db);
        let seen = look(db, practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (cents(2_000), Money::ZERO));
        let billed = bill_patient(db, &tier1(), PRACTICE, visit);
        assert!(matches!(&billed, Err(Error::Refused(why)) if why.contains("law forbids")), "{billed:?}");
        // Nor where the plan turns out not to have been in force.
        let mut gone = coverage_data(medicaid);
        (gone.effective_on, gone.ends_on) = (date(2025, 1, 1), Some(date(2025, 6, 30)));
        gone.rank = CoverageRank::Secondary;
        change_coverage(db, &tier1(), PRACTICE, later, &gone).unwrap();
        let seen = look(db, practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (cents(2_000), Money::ZERO));
        let open = crate::late_coverage::work(db, Desk::Tier1);
        assert_eq!(open.iter().map(|item| item.1).collect::<Vec<_>>(), [WorkReason::BillNextPayer]);
        books_hold(db);
    });
}

#[test]
fn medicaid_after_medicare_takes_its_price_as_the_whole_and_leaves_no_balance() {
    for_each_engine(|db| {
        let (practice, visit, medicaid, _) = protected(db);
        bill_next_payer(db, &tier1(), PRACTICE, visit).unwrap();
        app::claim_submission::seal(db, &db.system(), PRACTICE).unwrap();
        app::claim_submission::deliver(db, &db.system(), PRACTICE, &crate::carrier::Carrier::new()).unwrap();
        let seen = look(db, practice.patient);
        let mut claims = seen.visits.iter().flat_map(|visit| &visit.claims);
        let number = claims.find(|claim| claim.payer_id == medicaid).unwrap().control_number.clone();
        // It pays 5.00 and calls the rest the patient's, which no Medicaid program may but for its own shares.
        let said = answer(&number, 500, vec![("OA", "23", 12_000), ("PR", "45", 1_400), ("PR", "3", 100)]);
        receive(db, "EFT2", Clp { status: "2", ..said });
        let seen = look(db, practice.patient);
        assert_eq!((seen.with_payers, seen.owes_now), (cents(1_400), cents(100)));
        assert_eq!(crate::remittance::work(db), [(WorkReason::Denied, cents(1_400))]);
        books_hold(db);
    });
}

#[test]
fn a_row_decides_from_its_day_on_and_what_was_posted_stays() {
    for_each_engine(|db| {
        clinic(db, 4);
        let off = |n| test_off(n, "CO", "246");
        take(db, &file(&Payment::new("EFT1", vec![off(1)])));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4_000 + 3 * 18_000));
        put(db, &row(AdjustmentGroup::CO, "246", AdjustmentClass::Contractual)).unwrap();
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4_000 + 3 * 18_000), "nothing is rewritten");
        take(db, &file(&Payment::new("EFT2", vec![off(2)])));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4_000 + 2 * 18_000));
        // What was posted before the row is taken back as it was posted.
        let taken_back = Payment::new("EFT3", vec![off(1).reversed(), off(2).reversed()]);
        take(db, &file(&taken_back.with_plb("FB", "R1", -14_400)));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4 * 18_000));
        assert_eq!(balance(db, AccountKind::Contractual), Money::ZERO);
        // Taken back, the base decides again.
        let back = NewRule { class: None, ..row(AdjustmentGroup::CO, "246", AdjustmentClass::Contractual) };
        put(db, &back).unwrap();
        take(db, &file(&Payment::new("EFT4", vec![off(3)])));
        assert_eq!(balance(db, AccountKind::PayerReceivable), cents(4_000 + 3 * 18_000));
        let table = adjustment_rules::list(db, &person(7, Role::Manager), PRACTICE).unwrap();
        let standing: Vec<Standing> = table.practice.iter().map(|line| line.standing).collect();
        assert_eq!(standing, [Standing::TakenBack, Standing::Superseded]);
        let sealed = app::verify::verify(db, &db.system(), PRACTICE).unwrap();
        assert_eq!(sealed.first_failure(), None);
    });
}

#[test]
fn a_dry_run_tells_which_posted_adjustments_a_row_would_have_decided() {
    for_each_engine(|db| {
        clinic(db, 4);
        let all = vec![test_off(1, "CO", "246"), test_off(2, "CO", "246"), test_off(3, "CO", "197"), Clp::paid(4)];
        take(db, &file(&Payment::new("EFT1", all)));
        let taken_back = Payment::new("EFT2", vec![test_off(2, "CO", "246").reversed()]);
        take(db, &file(&taken_back.with_plb("FB", "R1", -7_200)));
        let root = all_invariants_hold(db);
        let manager = person(7, Role::Manager);
        let new = row(AdjustmentGroup::CO, "246", AdjustmentClass::Contractual);
        let told = replay(db, &manager, PRACTICE, (&new.pattern, AdjustmentClass::Contractual), 12).unwrap();
        assert_eq!((told.decisions, told.count, told.amount()), (3, 3, cents(4_000)), "one of them was taken back");
        let [group] = &told.groups[..] else { panic!("{:?}", told.groups) };
        assert_eq!((group.posted_as, group.would_be), (AdjustmentClass::Informational, AdjustmentClass::Contractual));
        assert_eq!((group.adjustment.as_str(), told.differences[0].control_number.as_str()), ("CO-246", "C000001"));
        // A row for a remark that nothing carries, and one that says what the base says, change nothing.
        let other = Pattern { remark: Some("N130".into()), ..new.pattern.clone() };
        let none = replay(db, &manager, PRACTICE, (&other, AdjustmentClass::Contractual), 12).unwrap();
        assert_eq!((none.count, none.amount()), (0, Money::ZERO));
        let same = replay(db, &manager, PRACTICE, (&new.pattern, AdjustmentClass::Informational), 12).unwrap();
        assert_eq!(same.count, 0);
        assert_eq!(all_invariants_hold(db), root, "a dry run changes nothing");
    });
}

#[test]
fn a_row_that_could_decide_nothing_or_by_chance_is_refused() {
    for_each_engine(|db| {
        clinic(db, 1);
        use AdjustmentClass::{Contractual, Denial, Patient};
        use AdjustmentGroup::{CO, OA, PR};
        for (new, words) in [
            (row(CO, "197", Contractual), "never closes a line"),
            (row(OA, "45", Contractual), "written off by itself"),
            (row(CO, "45", Patient), "can be the patient's"),
            (row(PR, "29", Patient), "sent late"),
            (row(PR, "1", Contractual), "inducement"),
            (row(CO, "9999", Denial), "no reason code"),
            (NewRule { class: None, ..row(CO, "45", Denial) }, "no row for CO-45"),
            (NewRule { why: "so".into(), ..row(CO, "45", Denial) }, "Say in a sentence why"),
            (NewRule { effective_on: Some(date(2026, 3, 1)), ..row(CO, "45", Denial) }, "keeps the meaning"),
        ] {
            let told = refused(put(db, &new));
            assert!(told.contains(words), "{words}: {told}");
        }
        let by_remark = Pattern { remark: Some("N130".into()), group: Some(CO), ..Pattern::default() };
        put(db, &NewRule { pattern: by_remark, effective_on: Some(date(2026, 5, 1)), ..row(CO, "45", Denial) })
            .unwrap();
        let told = refused(put(db, &row(CO, "246", Contractual)));
        assert!(told.contains("may fit both"), "a row that begins later counts: {told}");
        let told = refused(add(db, &tier1(), PRACTICE, &row(CO, "45", Denial)).map(|_| ()));
        assert!(told.contains("manager") || told.contains("Manager"), "{told}");
    });
}

#[test]
fn who_asks_is_told_the_class_the_row_and_what_it_could_not_break() {
    for_each_engine(|db| {
        clinic(db, 1);
        put(db, &row(AdjustmentGroup::CO, "246", AdjustmentClass::Contractual)).unwrap();
        let ask = |group, reason: &str, remarks: &[&str]| {
            let remarks = remarks.iter().map(|code| (*code).to_owned()).collect();
            let asked = Asked { payer: None, group, reason: reason.into(), remarks, after_another: false };
            classify(db, &person(7, Role::Manager), PRACTICE, &asked).unwrap()
        };
        let own = ask(AdjustmentGroup::CO, "246", &[]);
        assert_eq!((own.class, own.guard), (AdjustmentClass::Contractual, None));
        assert!(own.by.contains("the practice's row for CO-246"), "{}", own.by);
        let law = ask(AdjustmentGroup::PR, "29", &[]);
        assert_eq!(law.class, AdjustmentClass::Denial);
        assert!(law.guard.unwrap().contains("sent late") && law.by.contains("the base"), "{law:?}");
    });
}
