//! One cent more or less in any amount that takes part in the three equations of a remittance is caught, wherever it stands,
//! over files that a small generator makes; and an amount that only informs changes nothing.

use app::remittance_import::{PaymentState, import, rehearse};
use billing::remittance::balance;
use store::testing::{PRACTICE, for_each_engine};

use crate::payer_files::{amount, control_number};
use crate::remittance::{all_invariants_hold, clinic};

/// Generated files: with some forty amounts in each, thousands of single cents.
const FILES: u64 = 120;
/// Files whose every changed cent goes through an import on each engine: each costs a rehearsal.
const IMPORTED_FILES: u64 = 2;

/// Numbers that look random and are the same each time (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % most).unwrap()
    }

    /// Reasons with amounts, some of which increase the payment.
    fn reasons(&mut self, most: u64) -> Vec<(&'static str, i64)> {
        let all = ["45", "1", "2", "3", "97", "253", "144"];
        (0..self.below(most)).map(|place| (all[place as usize], self.below(5_000) - 300)).collect()
    }
}

fn cas(group: &str, reasons: &[(&str, i64)]) -> Option<String> {
    let told: Vec<String> = reasons.iter().map(|(reason, cents)| format!("{reason}*{}*", amount(*cents))).collect();
    (!told.is_empty()).then(|| format!("CAS*{group}*{}", told.join("*").trim_end_matches('*')))
}

/// Segments of a claim that adds up, and what it pays. Some have no lines, some are reversals.
fn claim(dice: &mut Dice, number: usize, out: &mut Vec<String>) -> i64 {
    let sign = if dice.below(8) == 0 { -1 } else { 1 };
    let turn = |reasons: Vec<(&'static str, i64)>| -> Vec<(&'static str, i64)> {
        reasons.into_iter().map(|(reason, cents)| (reason, cents * sign)).collect()
    };
    let sum = |reasons: &[(&str, i64)]| reasons.iter().map(|(_, cents)| cents).sum::<i64>();
    let of_claim = turn(dice.reasons(3));
    let (mut charged, mut paid, mut lines) = (0, -sum(&of_claim), Vec::new());
    for _ in 0..dice.below(4) {
        let (charge, contract, patient) =
            (sign * (dice.below(30_000) + 1), turn(dice.reasons(4)), turn(dice.reasons(3)));
        let of_line = charge - sum(&contract) - sum(&patient);
        lines.push(format!("SVC*HC:99213*{}*{}**1", amount(charge), amount(of_line)));
        lines.push("DTM*472*20260210".into());
        lines.extend(cas("CO", &contract));
        lines.extend(cas("PR", &patient));
        lines.push("AMT*B6*1.23".into());
        (charged, paid) = (charged + charge, paid + of_line);
    }
    if lines.is_empty() {
        charged = sign * (dice.below(30_000) + 1);
        paid += charged;
    }
    let status = if sign < 0 { "22" } else { "1" };
    out.push(format!(
        "CLP*{}*{status}*{}*{}*4.56*12*P{number}*11*1",
        control_number(number),
        amount(charged),
        amount(paid)
    ));
    out.extend(cas("OA", &of_claim));
    out.push("NM1*QC*1*FAMILY*GIVEN****MI*M1".into());
    out.extend(lines);
    paid
}

/// The segments of one payment that adds up and is not below zero.
fn payment(seed: u64) -> Vec<String> {
    let mut dice = Dice(seed);
    let mut claims = Vec::new();
    let mut paid: i64 =
        (1..=usize::try_from(dice.below(5)).unwrap() + 1).map(|number| claim(&mut dice, number, &mut claims)).sum();
    let (one, other) = (dice.below(900) - 300, dice.below(900) - 300);
    paid -= one + other;
    let carried = if paid < 0 { paid - 100 } else { 77 };
    paid -= carried;
    let mut out = vec![
        format!("BPR*I*{}*C*ACH*CCP*01*999999992*DA*123456*1999999999**01*999988880*DA*98765*20260302", amount(paid)),
        format!("TRN*1*EFT{seed}*1999999999"),
        "DTM*405*20260302".into(),
        "N1*PR*NORTHFIELD MUTUAL*XV*NFM01".into(),
        "N1*PE*ALDER RIDGE MEDICAL GROUP*XX*2044188300".into(),
        "LX*1".into(),
    ];
    out.extend(claims);
    out.push(format!("PLB*2044188300*20261231*L6:I*{}*CS:C*{}", amount(one), amount(other)));
    out.push(format!("PLB*2044188300*20261231*FB:F*{}", amount(carried)));
    out
}

fn file(segments: &[String]) -> String {
    let count = segments.len() + 2;
    format!(
        "ISA*00*          *00*          *ZZ*NFM01          *ZZ*ALDERRIDGE     *260302*1200*^*00501*000000001*0*T*:~\
         GS*HP*NFM01*ALDERRIDGE*20260302*1200*1*X*005010X221A1~ST*835*0001~{}~SE*{count}*0001~GE*1*1~IEA*1*000000001~",
        segments.join("~")
    )
}

/// Places of the amounts of a segment that take part in an equation.
fn amounts(segment: &str) -> Vec<usize> {
    let elements = segment.split('*').count();
    match segment.split('*').next().unwrap() {
        "BPR" => vec![2],
        "CLP" => vec![3, 4],
        "SVC" => vec![2, 3],
        "CAS" => (3..elements).step_by(3).collect(),
        "PLB" => (4..elements).step_by(2).collect(),
        _ => Vec::new(),
    }
}

fn changed(segments: &[String], place: usize, element: usize, by: i64) -> Vec<String> {
    let mut all = segments.to_vec();
    let mut elements: Vec<String> = all[place].split('*').map(str::to_owned).collect();
    let cents = billing::Money::parse(&elements[element]).unwrap().cents();
    elements[element] = amount(cents + by);
    all[place] = elements.join("*");
    all
}

/// Every single cent that can be changed.
fn every_cent(segments: &[String]) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for (place, segment) in segments.iter().enumerate() {
        for element in amounts(segment) {
            for by in [1, -1] {
                all.push((format!("{segment}: element {element} by {by}"), changed(segments, place, element, by)));
            }
        }
    }
    all
}

fn adds_up(segments: &[String]) -> bool {
    let sets = edi::remittance_835::read(file(segments).as_bytes());
    let [set] = &sets[..] else { panic!("one payment") };
    assert!(set.problems.is_empty(), "{:?}", set.problems);
    let remittance = &set.remittance;
    balance::payment(remittance).is_none() && remittance.claims.iter().all(|claim| balance::claim(claim).is_none())
}

#[test]
fn every_changed_cent_of_every_generated_file_fails_an_equation() {
    let mut cents = 0;
    for seed in 1..=FILES {
        let right = payment(seed);
        assert!(adds_up(&right), "the generator's own file {seed}: {right:?}");
        for (story, wrong) in every_cent(&right) {
            assert!(!adds_up(&wrong), "file {seed}: {story} was not caught");
            cents += 1;
        }
    }
    println!("{cents} single cents changed in {FILES} files, each caught");
    assert!(cents > 2_000, "{cents}");
}

#[test]
fn amounts_that_only_inform_change_nothing() {
    for seed in 1..=FILES {
        let mut told = payment(seed);
        for segment in &mut told {
            *segment = segment.replace("AMT*B6*1.23", "AMT*B6*987.65").replace("*4.56*12*", "*9.99*12*");
        }
        assert!(adds_up(&told), "file {seed}");
    }
}

#[test]
fn every_changed_cent_is_quarantined_or_set_aside_by_the_import_and_leaves_the_books_alone() {
    for_each_engine(|db| {
        clinic(db, 6);
        let root = all_invariants_hold(db);
        for seed in 1..=IMPORTED_FILES {
            let right = payment(seed);
            let rehearsed = |segments: &[String]| {
                let text = file(segments);
                rehearse(db, &db.system(), PRACTICE, "x.835", text.as_bytes()).unwrap().payments.remove(0)
            };
            let off = |report: &app::remittance_import::PaymentReport| {
                report.waiting.iter().filter(|one| !one.difference.is_zero()).count()
            };
            assert_eq!(off(&rehearsed(&right)), 0, "file {seed}");
            for (story, wrong) in every_cent(&right) {
                let report = rehearsed(&wrong);
                let is_caught = report.state == PaymentState::Quarantined || off(&report) == 1;
                assert!(is_caught, "file {seed}: {story}: {report:?}");
            }
        }
        assert_eq!(all_invariants_hold(db), root, "rehearsals change nothing");
        let text = file(&every_cent(&payment(1)).remove(0).1);
        let report = import(db, &db.system(), PRACTICE, "x.835", text.as_bytes()).unwrap();
        assert_eq!(report.payments[0].state, PaymentState::Quarantined, "BPR02 by a cent");
        assert_eq!(all_invariants_hold(db), root, "nothing of it is posted");
    });
}
