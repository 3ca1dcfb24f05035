//! Remittances in small: what balances, what matches, what is posted, each to the cent.

use jiff::civil::date;
use ledger::{Account, AccountKind, Balances};
use uuid::Uuid;

use super::balance::{self, Equation};
use super::classification::RuleBook;
use super::matching::{ClaimFacts, ClaimIndex, LineFacts, MatchedBy, lines};
use super::posting::{self, NotPosted};
use super::*;
use crate::claim::ClaimStatus;
use crate::coverage::CoverageRank;
use crate::{ChargeId, ClaimId, ClaimPaymentId, EncounterId, PatientId, PayerId, RemittanceId};

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

const REMITTANCE: RemittanceId = RemittanceId(Uuid::from_u128(50));

fn adjustments(list: &[(&str, &str, i64)]) -> Vec<Adjustment> {
    list.iter()
        .map(|(group, reason, amount)| Adjustment {
            group: AdjustmentGroup::from_code(group).unwrap(),
            reason: (*reason).to_owned(),
            amount: cents(*amount),
        })
        .collect()
}

fn line(code: &str, number: &str, charge: i64, paid: i64, list: &[(&str, &str, i64)]) -> LinePayment {
    LinePayment {
        procedure: Procedure { code: code.to_owned(), modifiers: Vec::new() },
        submitted_procedure: None,
        charge_amount: cents(charge),
        paid_amount: cents(paid),
        date_of_service: Some(date(2026, 3, 2)),
        line_control_number: number.to_owned(),
        adjustments: adjustments(list),
        remarks: Vec::new(),
        units: None,
        allowed_amount: None,
        raw: String::new(),
    }
}

fn claim_payment(lines: Vec<LinePayment>, list: &[(&str, &str, i64)]) -> ClaimPayment {
    let adjustments = adjustments(list);
    let off: Money = adjustments.iter().map(|a| a.amount).sum();
    ClaimPayment {
        control_number: "C1".to_owned(),
        status_code: "1".to_owned(),
        charge_amount: lines.iter().map(|l| l.charge_amount).sum(),
        paid_amount: lines.iter().map(|l| l.paid_amount).sum::<Money>() - off,
        patient_responsibility: Money::ZERO,
        payer_claim_control_number: "P1".to_owned(),
        adjustments,
        remarks: Vec::new(),
        lines,
        about: About::default(),
        raw: String::new(),
    }
}

fn claim(next_payer: Option<PayerId>) -> ClaimFacts {
    let line = |n: u128, number: &str, code: &str, amount: i64| LineFacts {
        control_number: number.to_owned(),
        charge_id: ChargeId(id(n)),
        procedure_code: code.to_owned(),
        amount: cents(amount),
        asked: None,
        modifiers: None,
    };
    ClaimFacts {
        id: ClaimId(id(1)),
        control_number: "C1".to_owned(),
        patient_id: PatientId(id(2)),
        encounter_id: EncounterId(id(4)),
        payer_id: PayerId(id(3)),
        rank: CoverageRank::Primary,
        is_medicaid: false,
        next_payer,
        status: ClaimStatus::Accepted,
        lines: vec![line(11, "L1", "99214", 14_000), line(12, "L2", "80053", 4_000), line(13, "L3", "80053", 4_000)],
    }
}

fn visit() -> ClaimPayment {
    claim_payment(
        vec![
            line("99214", "L1", 14_000, 7_200, &[("CO", "45", 4_800), ("PR", "3", 2_000)]),
            line("80053", "L2", 4_000, 0, &[("CO", "197", 4_000)]),
            line("80053", "L3", 4_000, 3_000, &[("CO", "45", 1_000)]),
        ],
        &[],
    )
}

/// Charges every line to the payer, then posts; what is left on each kind of account.
fn books(payment: &ClaimPayment, claim: &ClaimFacts) -> Balances {
    let done = posting::decide(payment, claim, REMITTANCE, &RuleBook::default()).unwrap();
    let mut books = Balances::default();
    books.apply(&posting::payment(payment.paid_amount, [], REMITTANCE));
    books.apply(&done.postings);
    assert_eq!(books.of_kind(AccountKind::EraClearing), Money::ZERO, "the clearing account reaches zero");
    assert_eq!(books.trial(), Money::ZERO);
    books
}

#[test]
fn a_visit_is_paid_written_down_moved_to_the_patient_and_partly_denied() {
    let done = posting::decide(&visit(), &claim(None), REMITTANCE, &RuleBook::default()).unwrap();
    assert_eq!((done.denied, done.undecided), (cents(4_000), Money::ZERO));
    assert!(done.lines.iter().all(|(_, by)| *by == MatchedBy::LineControlNumber));
    let books = books(&visit(), &claim(None));
    assert_eq!(books.of_kind(AccountKind::InTransit), cents(10_200));
    assert_eq!(books.of_kind(AccountKind::Contractual), cents(5_800));
    assert_eq!(books.of_kind(AccountKind::PatientReceivable), cents(2_000));
    // Of 220.00 charged, 180.00 leave the payer's receivable; the denied 40.00 stay owed.
    assert_eq!(books.of_kind(AccountKind::PayerReceivable), cents(-18_000));
    assert_eq!(books.of(&Account::PayerReceivable { charge: id(12), payer: id(3) }), Money::ZERO);
}

#[test]
fn the_patients_share_goes_to_the_next_payer_where_there_is_one() {
    let next = PayerId(id(99));
    let done = posting::decide(&visit(), &claim(Some(next)), REMITTANCE, &RuleBook::default()).unwrap();
    assert_eq!(done.to_next_payer, cents(2_000));
    let books = books(&visit(), &claim(Some(next)));
    assert_eq!(books.of_kind(AccountKind::PatientReceivable), Money::ZERO);
    assert_eq!(books.of(&Account::PayerReceivable { charge: id(11), payer: next.0 }), cents(2_000));
}

/// The same payment taken back: every sign turned.
fn turned(payment: &ClaimPayment) -> ClaimPayment {
    let mut back = payment.clone();
    back.status_code = "22".to_owned();
    back.charge_amount = -back.charge_amount;
    back.paid_amount = -back.paid_amount;
    back.adjustments.iter_mut().for_each(|a| a.amount = -a.amount);
    for line in &mut back.lines {
        line.charge_amount = -line.charge_amount;
        line.paid_amount = -line.paid_amount;
        line.adjustments.iter_mut().for_each(|a| a.amount = -a.amount);
    }
    back
}

#[test]
fn a_reversal_undoes_the_posting_account_by_account() {
    let next = claim(Some(PayerId(id(99))));
    assert_eq!(balance::claim(&turned(&visit())), None);
    let done = posting::decide(&visit(), &next, REMITTANCE, &RuleBook::default()).unwrap();
    let later = RemittanceId(id(51));
    let undone = reversal::undo(&done.postings, later);
    let mut books = Balances::default();
    books.apply(&done.postings);
    books.apply(&undone);
    assert_eq!(books.of(&Account::EraClearing { remittance: later.0 }), cents(-10_200), "it clears where it came");
    assert_eq!(books.of_kind(AccountKind::EraClearing), Money::ZERO);
    let rest = |account: &Account| !matches!(account, Account::EraClearing { .. });
    assert!(books.iter().filter(|(account, _)| rest(account)).all(|(_, balance)| balance.is_zero()));
}

#[test]
fn a_reversal_finds_the_payment_whose_amounts_it_turns() {
    use reversal::NoOriginal::{NeverPosted, OtherAmounts, TakenBackBefore};
    let (first, mut second, back) = (visit(), visit(), turned(&visit()));
    second.payer_claim_control_number = "P2".to_owned();
    let mut other = visit();
    other.lines[1].adjustments[0].reason = "50".to_owned();
    let mut back_of_second = back.clone();
    back_of_second.payer_claim_control_number = "P2".to_owned();
    let mut in_old_manner = back.clone();
    in_old_manner.lines.iter_mut().flat_map(|l| &mut l.adjustments).for_each(|a| a.group = AdjustmentGroup::CR);
    let mut part = back.clone();
    part.lines.pop();
    part.charge_amount += cents(4_000);
    part.paid_amount += cents(3_000);
    assert_eq!(balance::claim(&part), None);
    let cases: [(&str, Vec<&ClaimPayment>, &ClaimPayment, Result<usize, reversal::NoOriginal>); 10] = [
        ("nothing before", vec![], &back, Err(NeverPosted)),
        ("the one before", vec![&first], &back, Ok(0)),
        ("written CR", vec![&first], &in_old_manner, Ok(0)),
        ("of two by the payer's number", vec![&second, &first], &back_of_second, Ok(0)),
        ("of two alike the later", vec![&first, &first], &back, Ok(1)),
        ("a part of it", vec![&first], &part, Err(OtherAmounts)),
        ("other reasons", vec![&other], &back, Err(OtherAmounts)),
        ("taken back before", vec![&first, &back], &back, Err(TakenBackBefore)),
        ("paid again", vec![&first, &back, &first], &back, Ok(2)),
        ("corrected", vec![&first, &back, &other], &back, Err(TakenBackBefore)),
    ];
    for (story, payments, reversal, found) in cases {
        let history: Vec<(usize, &ClaimPayment)> = payments.into_iter().enumerate().collect();
        assert_eq!(reversal::original(&history, reversal), found, "{story}");
    }
}

#[test]
fn claim_level_adjustments_are_shared_out_and_lose_no_cent() {
    let payment = claim_payment(
        vec![line("99214", "L1", 14_000, 10_000, &[("CO", "45", 4_000)]), line("80053", "L2", 4_000, 4_000, &[])],
        &[("CO", "253", 333), ("PR", "2", 1_001)],
    );
    assert_eq!(balance::claim(&payment), None);
    let books = books(&payment, &claim(None));
    assert_eq!(books.of_kind(AccountKind::InTransit), cents(14_000 - 333 - 1_001));
    assert_eq!(books.of_kind(AccountKind::PatientReceivable), cents(1_001));
    assert_eq!(books.of_kind(AccountKind::Contractual), cents(4_333));
    let done = posting::decide(&payment, &claim(None), REMITTANCE, &RuleBook::default()).unwrap();
    assert_eq!(done.undecided, cents(4_000), "the third charge is not spoken of");
}

#[test]
fn a_payment_without_lines_is_shared_among_the_charges() {
    let mut payment = claim_payment(Vec::new(), &[]);
    payment.charge_amount = cents(22_000);
    payment.paid_amount = cents(10_001);
    payment.adjustments = adjustments(&[("CO", "45", 11_999)]);
    assert_eq!(balance::claim(&payment), None);
    let books = books(&payment, &claim(None));
    assert_eq!(books.of_kind(AccountKind::PayerReceivable), cents(-22_000));
    let done = posting::decide(&payment, &claim(None), REMITTANCE, &RuleBook::default()).unwrap();
    assert_eq!(done.undecided, Money::ZERO);
}

#[test]
fn one_cent_anywhere_breaks_an_equation() {
    type Mutation = (&'static str, fn(&mut ClaimPayment), Equation);
    let mutate: [Mutation; 6] = [
        ("SVC02", |c| c.lines[0].charge_amount += cents(1), Equation::Service),
        ("SVC03", |c| c.lines[1].paid_amount += cents(1), Equation::Service),
        ("CAS", |c| c.lines[2].adjustments[0].amount += cents(1), Equation::Service),
        ("CLP03", |c| c.charge_amount += cents(1), Equation::Claim),
        ("CLP04", |c| c.paid_amount += cents(1), Equation::Claim),
        (
            "both",
            |c| {
                c.charge_amount += cents(1);
                c.paid_amount += cents(1)
            },
            Equation::Lines,
        ),
    ];
    assert_eq!(balance::claim(&visit()), None);
    for (what, change, equation) in mutate {
        let mut payment = visit();
        change(&mut payment);
        let found = balance::claim(&payment).expect(what);
        assert_eq!((found.equation, found.difference.abs()), (equation, cents(1)), "{what}");
    }
}

#[test]
fn lines_without_our_number_find_their_charge_by_procedure_or_not_at_all() {
    let unnumbered = |mut payment: ClaimPayment| {
        payment.lines.iter_mut().for_each(|l| l.line_control_number.clear());
        payment
    };
    let done = posting::decide(&unnumbered(visit()), &claim(None), REMITTANCE, &RuleBook::default()).unwrap();
    let charges: Vec<ChargeId> = done.lines.iter().map(|(charge, _)| *charge).collect();
    assert_eq!(charges, [ChargeId(id(11)), ChargeId(id(12)), ChargeId(id(13))]);
    let mut other = visit();
    other.lines[0].line_control_number = "NOT OURS".to_owned();
    assert_eq!(posting::decide(&other, &claim(None), REMITTANCE, &RuleBook::default()), Err(NotPosted::LineUnmatched));
    let mut bundled = unnumbered(visit());
    bundled.lines[0].procedure.code = "99213".to_owned();
    assert_eq!(
        posting::decide(&bundled, &claim(None), REMITTANCE, &RuleBook::default()),
        Err(NotPosted::LineUnmatched)
    );
    bundled.lines[0].submitted_procedure = Some(Procedure { code: "99214".to_owned(), modifiers: Vec::new() });
    assert!(posting::decide(&bundled, &claim(None), REMITTANCE, &RuleBook::default()).is_ok());
}

#[test]
fn a_line_without_our_number_is_posted_by_its_code_and_told_whether_the_payer_changed_its_modifiers() {
    let mut ours = claim(None);
    ours.lines[0].modifiers = Some(vec!["25".to_owned(), "GT".to_owned()]);
    let mut payment = visit();
    payment.lines[0].line_control_number.clear();
    for (modifiers, by) in [
        (&["GT", "25"][..], MatchedBy::Procedure),
        (&["25"], MatchedBy::OtherModifiers),
        (&[], MatchedBy::OtherModifiers),
        (&["25", "GT", "59"], MatchedBy::OtherModifiers),
    ] {
        payment.lines[0].procedure.modifiers = modifiers.iter().map(|one| (*one).to_owned()).collect();
        let found = lines(&payment, &ours).unwrap();
        assert_eq!((found[0].0.control_number.as_str(), found[0].1), ("L1", by), "{modifiers:?}");
    }
}

#[test]
fn a_payment_finds_the_one_claim_its_numbers_name() {
    let mut other = claim(None);
    other.id = ClaimId(id(77));
    other.control_number = "C2".to_owned();
    other.lines.iter_mut().for_each(|l| l.control_number.push('X'));
    let index = ClaimIndex::new(vec![claim(None), other]);
    let found = |payment: &ClaimPayment| index.find(payment).map(|c| c.id);
    assert_eq!(found(&visit()), Some(ClaimId(id(1))));
    let mut wrong_number = visit();
    wrong_number.control_number = "TYPO".to_owned();
    assert_eq!(found(&wrong_number), Some(ClaimId(id(1))), "the line's number is enough");
    wrong_number.control_number = "C2".to_owned();
    assert_eq!(found(&wrong_number), None, "two claims are named: nothing is guessed");
    wrong_number.lines.clear();
    assert_eq!(found(&wrong_number), Some(ClaimId(id(77))));
}

#[test]
fn money_outside_claims_and_money_without_a_claim_keep_the_clearing_at_zero() {
    let plb = |reason: &str, amount: i64| ProviderAdjustment {
        reason: reason.to_owned(),
        reference: "R1".to_owned(),
        amount: cents(amount),
    };
    let adjustments = [plb("WO", 5_000), plb("L6", -150), plb("CS", 25)];
    let payer = Some(PayerId(id(3)));
    let amount = cents(20_000 - 3_000) - cents(5_000 - 150 + 25);
    let mut books = Balances::default();
    let placed = adjustments.iter().map(|one| (one, provider_level::account(one, payer, "R1")));
    books.apply(&posting::payment(amount, placed, REMITTANCE));
    books.apply(&posting::set_aside(cents(20_000), payer, REMITTANCE, ClaimPaymentId(id(50))));
    books.apply(&posting::set_aside(cents(-3_000), payer, REMITTANCE, ClaimPaymentId(id(51))));
    assert_eq!(books.of_kind(AccountKind::EraClearing), Money::ZERO);
    assert_eq!(books.of_kind(AccountKind::UnappliedPayer), cents(-20_000));
    assert_eq!(books.of_kind(AccountKind::Suspense), cents(3_000));
    assert_eq!(books.of_kind(AccountKind::Interest), cents(-150));
    assert_eq!(books.of(&Account::Recoupment { payer: id(3), reference: "R1".into() }), cents(5_025));
}
