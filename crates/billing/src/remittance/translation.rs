//! A claim payment in the lines of a claim that a person names: each line of the payer finds its line of ours by number, by
//! code with or without its modifiers, as a part of one that the payer split, or as the sum of several that it bundled.
//! Moves no cent from one line to another, guesses nothing where two ways are open, and posts nothing.

use super::matching::{ClaimFacts, LineFacts, MatchedBy, by_code, by_procedure, submitted};
use super::{Adjustment, ClaimPayment, LinePayment};
use crate::Money;

/// A claim payment under our own numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    /// As it is posted: our number of the claim, our numbers of its lines, the payer's amounts.
    pub payment: ClaimPayment,
    /// How each of those lines was found, in their order.
    pub lines: Vec<MatchedBy>,
}

/// Where a line of the payer belongs.
type Place = (Vec<usize>, MatchedBy);

/// The payment in the claim's own lines. None where a line of it finds no place, or more than one.
pub fn in_our_lines(payment: &ClaimPayment, claim: &ClaimFacts) -> Option<Translated> {
    let places = places(payment, claim)?;
    let (mut said, mut lines) = (Vec::with_capacity(places.len()), Vec::with_capacity(places.len()));
    for (line, (ours, by)) in payment.lines.iter().zip(&places) {
        let ours: Vec<&LineFacts> = ours.iter().filter_map(|place| claim.lines.get(*place)).collect();
        for part in shares(line, &ours) {
            said.push(part);
            lines.push(*by);
        }
    }
    let control_number = claim.control_number.clone();
    Some(Translated { payment: ClaimPayment { control_number, lines: said, ..payment.clone() }, lines })
}

/// The lines of ours that each line of the payer is about.
fn places(payment: &ClaimPayment, claim: &ClaimFacts) -> Option<Vec<Place>> {
    let mut taken = vec![false; claim.lines.len()];
    let mut found: Vec<Option<Place>> = vec![None; payment.lines.len()];
    for (line, slot) in payment.lines.iter().zip(&mut found) {
        let number = &line.line_control_number;
        let place = claim.lines.iter().position(|ours| !number.is_empty() && ours.control_number == *number);
        if let Some(place) = place {
            taken[place] = true;
            *slot = Some((vec![place], MatchedBy::LineControlNumber));
        }
    }
    split(payment, claim, &mut taken, &mut found);
    for (line, slot) in payment.lines.iter().zip(&mut found).filter(|(_, slot)| slot.is_none()) {
        if let Some(place) = by_procedure(line, claim, &taken) {
            taken[place] = true;
            *slot = Some((vec![place], by_code(line, &claim.lines[place])));
        }
    }
    what_is_left(payment, claim, &taken, &mut found);
    found.into_iter().collect()
}

/// Several lines of the payer with one code that together are one line of ours, and none of them is one by itself.
fn split(payment: &ClaimPayment, claim: &ClaimFacts, taken: &mut [bool], found: &mut [Option<Place>]) {
    for (place, ours) in claim.lines.iter().enumerate() {
        let open = |at: &usize| found[*at].is_none() && submitted(&payment.lines[*at]).code == ours.procedure_code;
        let parts: Vec<usize> = (0..payment.lines.len()).filter(open).collect();
        let is_whole = |at: &usize| payment.lines[*at].charge_amount.abs() == ours.amount;
        let same_code = claim.lines.iter().filter(|other| other.procedure_code == ours.procedure_code).count();
        let sum = Money::checked_sum(parts.iter().map(|at| payment.lines[*at].charge_amount.abs()));
        if !taken[place] && same_code == 1 && parts.len() > 1 && !parts.iter().any(is_whole) && sum == Some(ours.amount)
        {
            taken[place] = true;
            parts.iter().for_each(|at| found[*at] = Some((vec![place], MatchedBy::SplitByPayer)));
        }
    }
}

/// The one line of the payer that is left is the one of ours that is left, or all of them together, where the charges say
/// so.
fn what_is_left(payment: &ClaimPayment, claim: &ClaimFacts, taken: &[bool], found: &mut [Option<Place>]) {
    let mut open = (0..payment.lines.len()).filter(|at| found[*at].is_none());
    let (Some(at), None) = (open.next(), open.next()) else { return };
    let free: Vec<usize> = (0..claim.lines.len()).filter(|place| !taken[*place]).collect();
    let sum = Money::checked_sum(free.iter().map(|place| claim.lines[*place].amount));
    if sum != Some(payment.lines[at].charge_amount.abs()) {
        return;
    }
    let by = if free.len() == 1 { MatchedBy::Charge } else { MatchedBy::BundledByPayer };
    found[at] = (!free.is_empty()).then_some((free, by));
}

/// A line of the payer as one line for each of ours: amounts by what each costs, to the cent, each with its own equation.
fn shares(line: &LinePayment, ours: &[&LineFacts]) -> Vec<LinePayment> {
    if let [only] = ours {
        return vec![LinePayment { line_control_number: only.control_number.clone(), ..line.clone() }];
    }
    let weights: Vec<u64> = ours.iter().map(|one| one.amount.cents().unsigned_abs()).collect();
    let charges = line.charge_amount.allocate(&weights);
    let by_reason: Vec<Vec<Money>> = line.adjustments.iter().map(|one| one.amount.allocate(&weights)).collect();
    let rounded = line.paid_amount.allocate(&weights);
    let adjusted: Money = line.adjustments.iter().map(|one| one.amount).sum();
    let adds_up = line.charge_amount - adjusted == line.paid_amount;
    let share = |(place, one): (usize, &&LineFacts)| {
        let adjustments: Vec<Adjustment> = line
            .adjustments
            .iter()
            .zip(&by_reason)
            .map(|(of, shares)| Adjustment { amount: shares[place], ..of.clone() })
            .collect();
        let off: Money = adjustments.iter().map(|adjustment| adjustment.amount).sum();
        LinePayment {
            line_control_number: one.control_number.clone(),
            charge_amount: charges[place],
            // Each share is rounded by itself; where the whole adds up, so does each part.
            paid_amount: if adds_up { charges[place] - off } else { rounded[place] },
            adjustments,
            ..line.clone()
        }
    };
    ours.iter().enumerate().map(share).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::charge::Procedure;
    use crate::claim::ClaimStatus;
    use crate::coverage::CoverageRank;
    use crate::remittance::{About, AdjustmentGroup, balance};
    use crate::{ChargeId, ClaimId, EncounterId, PatientId, PayerId};

    fn cents(cents: i64) -> Money {
        Money::from_cents(cents)
    }

    fn said(code: &str, modifiers: &[&str], charge: i64, paid: i64) -> LinePayment {
        let adjustment =
            Adjustment { group: AdjustmentGroup::CO, reason: "45".to_owned(), amount: cents(charge - paid) };
        LinePayment {
            procedure: Procedure {
                code: code.to_owned(),
                modifiers: modifiers.iter().map(|one| (*one).to_owned()).collect(),
            },
            submitted_procedure: None,
            charge_amount: cents(charge),
            paid_amount: cents(paid),
            date_of_service: Some(date(2026, 3, 2)),
            line_control_number: String::new(),
            adjustments: vec![adjustment],
            remarks: Vec::new(),
            units: None,
            allowed_amount: None,
            raw: String::new(),
        }
    }

    fn payment(lines: Vec<LinePayment>) -> ClaimPayment {
        ClaimPayment {
            control_number: "THEIRS".to_owned(),
            status_code: "1".to_owned(),
            charge_amount: lines.iter().map(|line| line.charge_amount).sum(),
            paid_amount: lines.iter().map(|line| line.paid_amount).sum(),
            patient_responsibility: Money::ZERO,
            payer_claim_control_number: String::new(),
            adjustments: Vec::new(),
            remarks: Vec::new(),
            lines,
            about: About::default(),
            raw: String::new(),
        }
    }

    fn claim(lines: &[(&str, &[&str], i64)]) -> ClaimFacts {
        let line = |(place, (code, modifiers, amount)): (usize, &(&str, &[&str], i64))| LineFacts {
            control_number: format!("L{}", place + 1),
            charge_id: ChargeId(Uuid::from_u128(place as u128 + 10)),
            procedure_code: (*code).to_owned(),
            amount: cents(*amount),
            asked: None,
            modifiers: Some(modifiers.iter().map(|one| (*one).to_owned()).collect()),
        };
        ClaimFacts {
            id: ClaimId(Uuid::from_u128(1)),
            control_number: "C1".to_owned(),
            patient_id: PatientId(Uuid::from_u128(2)),
            encounter_id: EncounterId(Uuid::from_u128(4)),
            payer_id: PayerId(Uuid::from_u128(3)),
            rank: CoverageRank::Primary,
            next_payer: None,
            is_medicaid: false,
            status: ClaimStatus::Accepted,
            lines: lines.iter().enumerate().map(line).collect(),
        }
    }

    fn found(payment: &ClaimPayment, claim: &ClaimFacts) -> Option<Vec<(String, i64, MatchedBy)>> {
        let done = in_our_lines(payment, claim)?;
        assert_eq!(done.payment.control_number, "C1");
        assert_eq!(balance::claim(&done.payment), None, "what added up adds up in our lines");
        assert_eq!(done.payment.paid_amount, payment.paid_amount);
        let lines = done.payment.lines.iter().zip(done.lines);
        Some(lines.map(|(line, by)| (line.line_control_number.clone(), line.paid_amount.cents(), by)).collect())
    }

    #[test]
    fn a_line_is_found_by_code_and_its_modifiers_decide_between_two() {
        let two_sides = claim(&[("73560", &["LT"], 9_000), ("73560", &["RT"], 9_000)]);
        let right_first = payment(vec![said("73560", &["RT"], 9_000, 5_000), said("73560", &["LT"], 9_000, 4_000)]);
        let expected =
            vec![("L2".to_owned(), 5_000, MatchedBy::Procedure), ("L1".to_owned(), 4_000, MatchedBy::Procedure)];
        assert_eq!(found(&right_first, &two_sides), Some(expected));
        let dropped = payment(vec![said("99214", &[], 14_000, 7_200)]);
        let changed = claim(&[("99214", &["25"], 14_000)]);
        assert_eq!(found(&dropped, &changed), Some(vec![("L1".to_owned(), 7_200, MatchedBy::OtherModifiers)]));
    }

    #[test]
    fn a_split_line_a_bundle_and_a_changed_code_find_their_places() {
        let ours = claim(&[("97110", &[], 12_000), ("80053", &[], 4_000)]);
        let split = payment(vec![
            said("97110", &[], 4_000, 2_000),
            said("97110", &[], 8_000, 5_000),
            said("80053", &[], 4_000, 3_000),
        ]);
        let by = found(&split, &ours).unwrap();
        assert_eq!(
            by.iter().map(|one| one.2).collect::<Vec<_>>(),
            [MatchedBy::SplitByPayer, MatchedBy::SplitByPayer, MatchedBy::Procedure]
        );
        assert_eq!(by.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["L1", "L1", "L2"]);
        let panel = claim(&[("82040", &[], 1_000), ("82247", &[], 1_001), ("82310", &[], 999)]);
        let bundle = found(&payment(vec![said("80053", &[], 3_000, 1_999)]), &panel).unwrap();
        assert_eq!(bundle.iter().map(|one| one.1).sum::<i64>(), 1_999);
        assert!(bundle.iter().all(|one| one.2 == MatchedBy::BundledByPayer) && bundle.len() == 3);
        let recoded = found(&payment(vec![said("99213", &[], 14_000, 7_000)]), &claim(&[("99214", &[], 14_000)]));
        assert_eq!(recoded, Some(vec![("L1".to_owned(), 7_000, MatchedBy::Charge)]));
    }

    #[test]
    fn what_fits_no_line_or_two_ways_is_not_translated() {
        let ours = claim(&[("97110", &[], 12_000), ("80053", &[], 4_000)]);
        for lines in [
            vec![said("11111", &[], 500, 100)],
            vec![said("11111", &[], 12_000, 100), said("22222", &[], 4_000, 100)],
            vec![said("97110", &[], 4_000, 2_000), said("97110", &[], 7_999, 5_000)],
        ] {
            assert_eq!(in_our_lines(&payment(lines.clone()), &ours), None, "{lines:?}");
        }
        assert!(in_our_lines(&payment(Vec::new()), &ours).unwrap().lines.is_empty());
    }
}
