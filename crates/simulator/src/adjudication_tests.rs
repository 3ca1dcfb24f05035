//! The arithmetic of the invented payers, each case by hand.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::behaviour::builtin_payers;
use crate::submitted::{BillingProvider, PersonName, PriorLine};

fn payer(id: &str) -> PayerBehaviour {
    let mut payer = builtin_payers().into_iter().find(|payer| payer.id == id).unwrap();
    // Chance is tested by itself; here only what is certain may happen.
    payer.denial.retain(|habit| habit.when != DenialTrigger::Chance);
    payer.bundle.iter_mut().for_each(|habit| habit.chance_bp = crate::chance::CERTAIN_BP);
    payer
}

fn line(procedure: &str, charge_cents: i64) -> SubmittedLine {
    SubmittedLine {
        qualifier: "HC".into(),
        procedure: procedure.into(),
        modifiers: Vec::new(),
        charge_cents,
        units: 1,
        date: Some(date(2026, 3, 2)),
        line_control_number: Some("L1".into()),
        prior_authorization: None,
        prior: Vec::new(),
    }
}

fn claim(lines: Vec<SubmittedLine>) -> SubmittedClaim {
    SubmittedClaim {
        control_number: "A1".into(),
        frequency: Frequency::Original,
        original_number: None,
        charge_cents: lines.iter().map(|line| line.charge_cents).sum(),
        place_of_service: "11".into(),
        prior_authorization: None,
        payer_id: "NFM01".into(),
        payer_name: String::new(),
        payer_sequence: "P".into(),
        member_id: "NFM123456789".into(),
        subscriber: PersonName::default(),
        patient: PersonName::default(),
        patient_birth_date: None,
        patient_is_subscriber: true,
        billing: BillingProvider::default(),
        rendering_npi: String::new(),
        diagnoses: vec!["I10".into()],
        lines,
        prior_payers: Vec::new(),
    }
}

fn adjudged(payer: &PayerBehaviour, claim: &SubmittedClaim, met: i64, seen: &BTreeSet<String>) -> Adjudicated {
    let history = History {
        received_on: date(2026, 3, 5),
        deductible_met_cents: met,
        coverage_in_force: true,
        other_payer_first: false,
        seen_lines: seen,
    };
    let done = adjudicate(payer, claim, &history, &Chance::new(1), crate::chance::CERTAIN_BP);
    assert!(done.lines.iter().all(LineDecision::balances), "{done:?}");
    done
}

/// `paid | CO-45 48.00 PR-3 20.00` of each line, joined.
fn told(done: &Adjudicated) -> String {
    let one = |line: &LineDecision| {
        let why: Vec<String> =
            line.adjustments.iter().map(|a| format!("{}-{} {}", a.group, a.carc, cents::x12(a.cents))).collect();
        format!("{} | {}", cents::x12(line.paid_cents), why.join(" "))
    };
    done.lines.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_visit_owes_its_copay_and_a_test_the_deductible_then_coinsurance() {
    let nfm = payer("NFM01");
    let visit = claim(vec![line("99213", 18_000), line("93000", 6_000)]);
    let nothing = BTreeSet::new();
    // 99213: fee 92.00 × 118 % = 108.56; copay 20. 93000: fee 19.82, all of it deductible.
    assert_eq!(told(&adjudged(&nfm, &visit, 0, &nothing)), "88.56 | CO-45 71.44 PR-3 20; 0 | CO-45 40.18 PR-1 19.82");
    // Ten dollars of the deductible are left: 9.82 remain, a fifth of it is coinsurance.
    assert_eq!(
        told(&adjudged(&nfm, &visit, 49_000, &nothing)),
        "88.56 | CO-45 71.44 PR-3 20; 7.86 | CO-45 40.18 PR-1 10 PR-2 1.96"
    );
    assert_eq!(adjudged(&nfm, &visit, 49_000, &nothing).deductible_used_cents, 1_000);
    // One copay a claim, whatever the number of visits in it.
    let two = claim(vec![line("99213", 18_000), line("99212", 12_000)]);
    assert_eq!(told(&adjudged(&nfm, &two, 0, &nothing)), "88.56 | CO-45 71.44 PR-3 20; 67.26 | CO-45 52.74");
}

#[test]
fn preventive_care_is_free_and_a_charge_below_the_fee_is_the_allowance() {
    let done =
        adjudged(&payer("NFM01"), &claim(vec![line("99396", 30_000), line("99212", 5_000)]), 0, &BTreeSet::new());
    assert_eq!(told(&done), "166.38 | CO-45 133.62; 30 | PR-3 20");
}

#[test]
fn sequestration_comes_off_what_is_paid() {
    let done = adjudged(&payer("TMA01"), &claim(vec![line("99214", 20_000)]), 0, &BTreeSet::new());
    assert_eq!(told(&done), "117.6 | CO-45 70 PR-3 10 CO-253 2.4");
}

#[test]
fn a_blood_draw_is_part_of_the_panel_and_a_drug_needs_permission() {
    let bwh = payer("BWH01");
    let mut visit = claim(vec![line("80053", 4_000), line("36415", 2_000), line("J0897", 90_000)]);
    let done = adjudged(&bwh, &visit, 25_000, &BTreeSet::new());
    assert_eq!(told(&done), "12.79 | CO-45 25.79 PR-2 1.42; 0 | CO-97 20; 0 | CO-197 900");
    assert_eq!(
        (done.lines[1].remarks.as_slice(), done.lines[2].cents_of(Meaning::Denied)),
        (&["M15".to_owned()][..], 90_000)
    );
    visit.prior_authorization = Some("AUTH1".into());
    assert!(told(&adjudged(&bwh, &visit, 25_000, &BTreeSet::new())).ends_with("18.52 | CO-45 879.42 PR-2 2.06"));
}

#[test]
fn late_repeated_and_uncovered_claims_are_denied_whole() {
    let nfm = payer("NFM01");
    let visit = claim(vec![line("99213", 18_000)]);
    let seen: BTreeSet<String> =
        visit.lines.iter().map(|line| line.fingerprint(&visit.member_id, &visit.patient)).collect();
    assert_eq!(told(&adjudged(&nfm, &visit, 0, &seen)), "0 | CO-18 180");
    let mut late = visit.clone();
    late.lines[0].date = Some(date(2025, 11, 4));
    assert_eq!(told(&adjudged(&nfm, &late, 0, &BTreeSet::new())), "0 | CO-29 180");
    late.lines[0].date = Some(date(2025, 11, 5));
    assert_ne!(told(&adjudged(&nfm, &late, 0, &BTreeSet::new())), "0 | CO-29 180", "the 120th day is in time");
    let nothing = BTreeSet::new();
    let history = History {
        received_on: date(2026, 3, 5),
        deductible_met_cents: 0,
        coverage_in_force: false,
        other_payer_first: false,
        seen_lines: &nothing,
    };
    let done = adjudicate(&nfm, &visit, &history, &Chance::new(1), crate::chance::CERTAIN_BP);
    assert_eq!(told(&done), "0 | CO-27 180");
}

#[test]
fn a_second_payer_pays_what_the_first_left_up_to_its_own_price() {
    let mut visit = claim(vec![line("99213", 18_000)]);
    visit.payer_sequence = "S".into();
    let prior = |paid_cents, patient| PriorLine {
        paid_cents,
        adjustments: vec![
            ("CO".into(), "45".into(), 18_000 - paid_cents - patient),
            ("PR".into(), "2".into(), patient),
        ],
    };
    // Medicaid's fee is 58.88; the first payer paid 40.00 and left 30.00: 18.88 are paid, nobody owes the rest.
    visit.lines[0].prior = vec![prior(4_000, 3_000)];
    assert_eq!(told(&adjudged(&payer("SMD01"), &visit, 0, &BTreeSet::new())), "18.88 | OA-23 150 CO-45 11.12");
    visit.lines[0].prior = vec![prior(9_000, 3_000)];
    assert_eq!(told(&adjudged(&payer("SMD01"), &visit, 0, &BTreeSet::new())), "0 | OA-23 150 CO-45 30");
    assert_eq!(told(&adjudged(&payer("HBL01"), &visit, 0, &BTreeSet::new())), "13.04 | OA-23 150 PR-2 16.96");
}
