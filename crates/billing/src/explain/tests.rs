//! Stories of visits, and the law that the numbers always sum to the charge.

use jiff::civil::date;
use ledger::AccountKind::{self, Contractual, PatientReceivable, PayerReceivable, Revenue, WriteOff};
use uuid::Uuid;

use super::*;

const CHARGE: ChargeId = ChargeId(Uuid::from_u128(1));
const NORTH: PayerId = PayerId(Uuid::from_u128(10));
const LAKE: PayerId = PayerId(Uuid::from_u128(11));

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn posting(kind: &str, id: u128, reason: &str, account: AccountKind, payer: Option<PayerId>, amount: i64) -> Movement {
    Movement {
        charge_id: CHARGE,
        on: date(2026, 8, 27),
        account,
        payer_id: payer,
        amount: cents(amount),
        reason: reason.to_owned(),
        source: Source { kind: kind.to_owned(), id: Uuid::from_u128(id) },
    }
}

fn charged(payer: Option<PayerId>, amount: i64) -> Vec<Movement> {
    let owed = if payer.is_some() { PayerReceivable } else { PatientReceivable };
    vec![posting("charge", 1, "charge", owed, payer, amount), posting("charge", 1, "charge", Revenue, None, -amount)]
}

fn paid(id: u128, payer: PayerId, paid: i64, contractual: i64, shares: &[(&str, i64)]) -> Vec<Movement> {
    let mut all = vec![
        posting("claim_payment", id, "paid", PayerReceivable, Some(payer), -paid),
        posting("claim_payment", id, "CO-45", PayerReceivable, Some(payer), -contractual),
        posting("claim_payment", id, "CO-45", Contractual, None, contractual),
    ];
    for (reason, amount) in shares {
        all.push(posting("claim_payment", id, reason, PayerReceivable, Some(payer), -amount));
        all.push(posting("claim_payment", id, reason, PatientReceivable, None, *amount));
    }
    all
}

fn facts(movements: Vec<Movement>, denials: Vec<Denial>) -> VisitFacts {
    VisitFacts {
        encounter_id: EncounterId(Uuid::from_u128(2)),
        date_of_service: date(2026, 8, 27),
        charges: vec![ChargeFacts {
            charge_id: CHARGE,
            code: "99213".into(),
            words: "Office visit".into(),
            amount: cents(14_000),
        }],
        movements,
        denials,
        payers: [(NORTH, "Northfield".to_owned()), (LAKE, "Union Lake".to_owned())].into(),
        asked: [NORTH].into(),
        closed: BTreeSet::new(),
        awaits_coverage: false,
    }
}

fn said(facts: &VisitFacts) -> String {
    explain(facts).say(Language::English).join(" ").replace('\u{a0}', " ")
}

#[test]
fn a_copay_is_told_from_charge_to_remainder() {
    let movements = [charged(Some(NORTH), 14_000), paid(5, NORTH, 7_200, 4_800, &[("PR-3", 2_000)])].concat();
    let facts = facts(movements, vec![]);
    assert_eq!(
        said(&facts),
        "We charged $140.00 for your visit on August 27, 2026. Your plan, Northfield, allowed $92.00 of the $140.00 \
         charge; it paid $72.00. Nobody owes the $48.00 above the plan’s price. $20.00 is your copay, a fixed part of \
         each visit. That leaves $20.00 for you to pay."
    );
    let told = explain(&facts);
    let rows: Vec<(StepKind, i64, i64)> =
        told.steps.iter().map(|step| (step.kind, step.amount.cents(), step.remains.cents())).collect();
    assert_eq!(
        rows,
        [
            (StepKind::Charged, 14_000, 14_000),
            (StepKind::AbovePlanPrice, -4_800, 9_200),
            (StepKind::PaidByPlan, -7_200, 2_000),
            (StepKind::MovedToPatient(PatientShare::Copay), 2_000, 2_000),
        ]
    );
    assert_eq!(told.charges[0].standing, told.standing);
}

#[test]
fn the_same_story_is_told_in_spanish() {
    let movements = [charged(Some(NORTH), 14_000), paid(5, NORTH, 7_200, 4_800, &[("PR-3", 2_000)])].concat();
    let told = explain(&facts(movements, vec![]));
    assert_eq!(
        told.say(Language::of_tag("es")).join(" ").replace('\u{a0}', " "),
        "Cobramos $140.00 por su visita del 27 de agosto de 2026. Su plan, Northfield, aprobó $92.00 del cargo de \
         $140.00; pagó $72.00. Nadie debe los $48.00 que superan el precio del plan. $20.00 son su copago, una parte \
         fija de cada visita. Le quedan por pagar $20.00."
    );
    let denial = Denial {
        charge_id: Some(CHARGE),
        payer_id: NORTH,
        on: date(2026, 9, 14),
        amount: cents(14_000),
        reason: "CO-197".into(),
    };
    let denied = explain(&facts(charged(Some(NORTH), 14_000), vec![denial]));
    let words = denied.say(Language::Spanish).join(" ");
    assert!(words.contains("no ha pagado $140.00 porque no encontró una aprobación previa. Lo estamos"), "{words}");
    for (english, spanish) in denied.say(Language::English).iter().zip(denied.say(Language::Spanish)) {
        assert_ne!(*english, spanish);
    }
}

#[test]
fn what_the_law_takes_off_a_payment_is_part_of_the_price() {
    let withheld = [
        posting("claim_payment", 5, "CO-253", PayerReceivable, Some(NORTH), -128),
        posting("claim_payment", 5, "CO-253", Contractual, None, 128),
    ];
    let movements =
        [charged(Some(NORTH), 14_000), paid(5, NORTH, 6_272, 6_600, &[("PR-2", 1_000)]), withheld.to_vec()].concat();
    let facts = facts(movements, vec![]);
    assert_eq!(
        said(&facts),
        "We charged $140.00 for your visit on August 27, 2026. Your plan, Northfield, allowed $74.00 of the $140.00 \
         charge; it paid $62.72. Nobody owes the $66.00 above the plan’s price. $1.28 was taken off what Northfield \
         pays, by law or by its contract with us; nobody owes it. $10.00 is your coinsurance, your share of the plan’s \
         price. That leaves $10.00 for you to pay."
    );
    let kinds: Vec<StepKind> = explain(&facts).steps.iter().map(|step| step.kind).collect();
    let share = StepKind::MovedToPatient(PatientShare::Coinsurance);
    use StepKind::*;
    assert_eq!(kinds, [Charged, AbovePlanPrice, WithheldByPlan, PaidByPlan, share]);
}

#[test]
fn what_the_plan_denied_is_named_and_not_billed() {
    let denial = Denial {
        charge_id: Some(CHARGE),
        payer_id: NORTH,
        on: date(2026, 9, 14),
        amount: cents(14_000),
        reason: "CO-197".into(),
    };
    let facts = facts(charged(Some(NORTH), 14_000), vec![denial]);
    assert_eq!(
        said(&facts),
        "We charged $140.00 for your visit on August 27, 2026. Your plan, Northfield, allowed nothing of the $140.00 \
         charge. So far Northfield has not paid $140.00 because it found no approval in advance. We are taking this up \
         with the plan; it is not billed to you. You owe nothing for this visit."
    );
}

#[test]
fn what_the_plan_has_not_decided_is_not_billed() {
    let facts = facts(charged(Some(NORTH), 14_000), vec![]);
    assert!(said(&facts).contains("$140.00 is with Northfield, which has not decided yet; it is not billed to you."));
    assert!(said(&facts).ends_with("You owe nothing for this visit."));
}

#[test]
fn a_second_plan_takes_what_the_first_left() {
    let to_next = [
        posting("claim_payment", 5, "PR-2", PayerReceivable, Some(NORTH), -2_000),
        posting("claim_payment", 5, "PR-2", PayerReceivable, Some(LAKE), 2_000),
    ];
    let movements = [
        charged(Some(NORTH), 14_000),
        paid(5, NORTH, 7_200, 4_800, &[]),
        to_next.to_vec(),
        vec![posting("claim_payment", 6, "paid", PayerReceivable, Some(LAKE), -1_500)],
        vec![
            posting("claim_payment", 6, "PR-1", PayerReceivable, Some(LAKE), -500),
            posting("claim_payment", 6, "PR-1", PatientReceivable, None, 500),
        ],
        vec![posting("patient_payment", 7, "payment", PatientReceivable, None, -500)],
    ]
    .concat();
    let facts = facts(movements, vec![]);
    assert_eq!(
        said(&facts),
        "We charged $140.00 for your visit on August 27, 2026. Your plan, Northfield, allowed $92.00 of the $140.00 \
         charge; it paid $72.00. Your next plan, Union Lake, paid $15.00. Nobody owes the $48.00 above the plan’s \
         price. $5.00 is your deductible, the part you pay before your plan pays. You have paid $5.00. You owe nothing \
         for this visit."
    );
}

#[test]
fn a_visit_without_a_plan_is_the_patients() {
    let movements =
        [charged(None, 14_000), vec![posting("patient_payment", 7, "payment", PatientReceivable, None, -4_000)]]
            .concat();
    assert_eq!(
        said(&facts(movements, vec![])),
        "We charged $140.00 for your visit on August 27, 2026. No plan was billed for this visit, so the $140.00 is \
         yours to pay. You have paid $40.00. That leaves $100.00 for you to pay."
    );
}

#[test]
fn a_plan_found_late_is_asked_first_and_what_the_patient_paid_is_kept_until_the_share_is_known() {
    let visit_paid = vec![posting("patient_payment", 7, "payment", PatientReceivable, None, -5_000)];
    let mut waiting = facts([charged(None, 14_000), visit_paid.clone()].concat(), vec![]);
    waiting.awaits_coverage = true;
    assert_eq!(
        said(&waiting),
        "We charged $140.00 for your visit on August 27, 2026. You have paid $50.00. We do not know yet who pays the \
         $90.00: tell us your plan of that day, or that there is none. Until then it is not billed to you."
    );
    let late = vec![
        posting("patient_payment", 7, "payment-kept", PatientReceivable, None, 5_000),
        posting("encounter", 2, "transfer", PayerReceivable, Some(NORTH), 14_000),
        posting("encounter", 2, "transfer", PatientReceivable, None, -14_000),
    ];
    let mut known = facts([charged(None, 14_000), visit_paid.clone(), late.clone()].concat(), vec![]);
    known.asked.clear();
    assert_eq!(
        said(&known),
        "We charged $140.00 for your visit on August 27, 2026. $140.00 is due from Northfield; no claim was sent to it \
         yet, and it is not billed to you. You owe nothing for this visit."
    );
    let decided = [
        charged(None, 14_000),
        visit_paid,
        late,
        paid(5, NORTH, 7_200, 4_800, &[("PR-3", 2_000)]),
        vec![posting("unapplied_patient", 8, "payment", PatientReceivable, None, -2_000)],
    ];
    let decided = facts(decided.concat(), vec![]);
    assert_eq!(
        said(&decided),
        "We charged $140.00 for your visit on August 27, 2026. Your plan, Northfield, allowed $92.00 of the $140.00 \
         charge; it paid $72.00. Nobody owes the $48.00 above the plan’s price. $20.00 is your copay, a fixed part of \
         each visit. You have paid $20.00. You owe nothing for this visit."
    );
    let rows: Vec<(StepKind, i64)> =
        explain(&decided).steps.iter().map(|step| (step.kind, step.amount.cents())).collect();
    assert_eq!(
        rows,
        [
            (StepKind::Charged, 14_000),
            (StepKind::PaidByPatient, -5_000),
            (StepKind::KeptForPatient, 5_000),
            (StepKind::NowWithPlan, 14_000),
            (StepKind::AbovePlanPrice, -4_800),
            (StepKind::PaidByPlan, -7_200),
            (StepKind::MovedToPatient(PatientShare::Copay), 2_000),
            (StepKind::PaidByPatient, -2_000),
        ]
    );
}

#[test]
fn what_no_plan_is_asked_for_is_said_to_be_the_patients() {
    let to_patient = vec![
        posting("encounter", 2, "transfer", PayerReceivable, Some(NORTH), -14_000),
        posting("encounter", 2, "transfer", PatientReceivable, None, 14_000),
    ];
    let billed = facts([charged(Some(NORTH), 14_000), to_patient].concat(), vec![]);
    assert!(said(&billed).ends_with(
        "No plan was billed for this visit, so the $140.00 is yours to pay. That leaves $140.00 for you to pay."
    ));
    assert_eq!(explain(&billed).steps[1].kind, StepKind::BilledToPatient);
}

#[test]
fn a_decision_taken_back_puts_everything_where_it_was() {
    let first = paid(5, NORTH, 7_200, 4_800, &[("PR-3", 2_000)]);
    let back: Vec<Movement> = first
        .iter()
        .cloned()
        .map(|mut movement| {
            movement.amount = -movement.amount;
            movement.source.id = Uuid::from_u128(8);
            movement
        })
        .collect();
    let facts = facts([charged(Some(NORTH), 14_000), first, back].concat(), vec![]);
    let told = explain(&facts);
    assert_eq!(told.standing.with_payers, cents(14_000));
    assert_eq!(told.standing.paid_by_payers, Money::ZERO);
    assert!(told.steps.iter().any(|step| step.kind == StepKind::TakenBackByPlan));
    assert!(said(&facts).ends_with("You owe nothing for this visit."));
}

#[test]
fn whatever_is_posted_the_numbers_sum_to_the_charge() {
    let mut seed = 7_u64;
    let mut next = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..3_000 {
        let charge = next(50_000) as i64 + 1;
        let mut movements = charged(if next(5) == 0 { None } else { Some(NORTH) }, charge);
        let mut denials = Vec::new();
        for id in 0..u128::from(next(6)) {
            let amount = next(20_000) as i64 - 4_000;
            let payer = if next(2) == 0 { NORTH } else { LAKE };
            movements.extend(match next(8) {
                0 => paid(100 + id, payer, amount, next(9_000) as i64, &[("PR-1", next(5_000) as i64)]),
                1 => paid(100 + id, payer, amount, 0, &[("PR-2", 700), ("PR-3", 2_000)]),
                2 => vec![posting("patient_payment", 100 + id, "payment", PatientReceivable, None, -amount)],
                3 => vec![
                    posting("write_off", 100 + id, "small", PatientReceivable, None, -amount),
                    posting("write_off", 100 + id, "small", WriteOff, None, amount),
                ],
                4 => vec![
                    posting("claim_payment", 100 + id, "PR-2", PayerReceivable, Some(NORTH), -amount),
                    posting("claim_payment", 100 + id, "PR-2", PayerReceivable, Some(LAKE), amount),
                ],
                5 => vec![
                    posting("encounter", 100 + id, "transfer", PatientReceivable, None, -amount),
                    posting("encounter", 100 + id, "transfer", PayerReceivable, Some(payer), amount),
                ],
                6 => vec![posting("patient_payment", 100, "payment-kept", PatientReceivable, None, amount)],
                _ => vec![],
            });
            if next(3) == 0 {
                let reason = "CO-16".to_owned();
                denials.push(Denial {
                    charge_id: Some(CHARGE),
                    payer_id: payer,
                    on: date(2026, 9, 1),
                    amount: cents(amount),
                    reason,
                });
            }
        }
        let told = explain(&facts(movements, denials));
        let standing = told.standing;
        assert_eq!(standing.unexplained(), Money::ZERO);
        assert_eq!(standing.charged, cents(charge));
        let remains = told.steps.last().map(|step| step.remains).unwrap();
        assert_eq!(remains, standing.with_payers + standing.patient_owes);
        let changes: Money = told.steps.iter().filter(|s| !s.kind.moves_only()).map(|s| s.amount).sum();
        assert_eq!(changes, remains);
        // The sentences about payers' open amounts add up to what is with payers.
        let mut open = Money::ZERO;
        for sentence in &told.sentences {
            match sentence {
                Sentence::Denied { amount, .. }
                | Sentence::WithPlan { amount, .. }
                | Sentence::AskedOfNobody { amount, .. }
                | Sentence::DueFromPlan { amount, .. } => open += *amount,
                Sentence::PlanOverpaid { amount, .. } => open -= *amount,
                Sentence::Charged { .. }
                | Sentence::PlanDecided { .. }
                | Sentence::NobodyOwes { .. }
                | Sentence::Withheld { .. }
                | Sentence::Share { .. }
                | Sentence::SetApart { .. }
                | Sentence::NoPlan { .. }
                | Sentence::PatientPaid { .. }
                | Sentence::WrittenOff { .. }
                | Sentence::PatientOwes { .. }
                | Sentence::AwaitsCoverage { .. }
                | Sentence::NothingOwed
                | Sentence::PatientOverpaid { .. } => {}
            }
        }
        assert_eq!(open, standing.with_payers);
    }
}
