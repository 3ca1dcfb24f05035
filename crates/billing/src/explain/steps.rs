//! The steps of an explanation: postings grouped by cause, each step changing what remains, to the last cent.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::reason::is_withheld;
use super::{PatientShare, Step, StepKind};
use crate::Money;
use crate::balance::{Effect, Movement, Source};
use crate::charge::TRANSFER;
use crate::patient_payment::{PAYMENT_KEPT, PAYMENT_RETURNED};

/// Postings with one cause (source and reason), over all charges, in the order the cause first appears. A visit changes
/// hands and kept money is applied more than once under one source: each time is a cause of its own.
pub(super) fn causes(movements: &[Movement]) -> Vec<(Date, Source, String, Effect)> {
    let mut places: BTreeMap<(Source, String), usize> = BTreeMap::new();
    let mut causes: Vec<(Date, Source, String, Effect)> = Vec::new();
    for movement in movements {
        let key = (movement.source.clone(), movement.reason.clone());
        let known = places.get(&key).copied();
        let may_repeat = is_transfer(&key.0, &key.1) || key.0.kind == "unapplied_patient";
        let place = match known {
            Some(place) if !may_repeat || place + 1 == causes.len() => place,
            Some(_) | None => {
                causes.push((movement.on, movement.source.clone(), movement.reason.clone(), Effect::default()));
                places.insert(key, causes.len() - 1);
                causes.len() - 1
            }
        };
        if let Some((_, _, _, effect)) = causes.get_mut(place) {
            effect.add(movement);
        }
    }
    causes
}

pub(super) fn steps(movements: &[Movement]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (on, source, reason, effect) in causes(movements) {
        // Who gives decides; of a transfer, who takes is asked.
        let gives = !is_transfer(&source, &reason);
        let payer_id = effect
            .payers
            .iter()
            .find(|(_, amount)| amount.is_negative() == gives)
            .or_else(|| effect.payers.iter().next())
            .map(|(payer, _)| *payer);
        for (kind, amount) in parts(&effect, &source, &reason) {
            let (reason, source) = (reason.clone(), source.clone());
            steps.push(Step { kind, on, payer_id, reason, amount, remains: Money::ZERO, source });
        }
    }
    // One decision is read in one order, whatever the order of its postings.
    for decision in steps.chunk_by_mut(|one, next| one.source == next.source) {
        decision.sort_by_key(|step| step.kind.place_in_decision());
    }
    let mut remains = Money::ZERO;
    for step in &mut steps {
        if !step.kind.moves_only() {
            remains += step.amount;
        }
        step.remains = remains;
    }
    steps
}

/// Who owes changed before a payer decided: no decision, only another to ask.
pub(super) fn is_transfer(source: &Source, reason: &str) -> bool {
    source.kind == "encounter" && reason == TRANSFER
}

/// What one cause did, as steps: what changes the remainder first, then what only moved.
fn parts(effect: &Effect, source: &Source, reason: &str) -> Vec<(StepKind, Money)> {
    let mut parts = Vec::new();
    let mut push = |kind: StepKind, amount: Money| {
        if !amount.is_zero() {
            parts.push((kind, amount));
        }
    };
    push(StepKind::Charged, effect.charged);
    let adjusted = match effect.adjusted.is_negative() {
        true => StepKind::DecisionTakenBack,
        false if is_withheld(reason) => StepKind::WithheldByPlan,
        false => StepKind::AbovePlanPrice,
    };
    push(adjusted, -effect.adjusted);
    push(StepKind::WrittenOff, -effect.written_off);
    let in_suspense = effect.in_suspense(reason);
    push(StepKind::SetApart, -in_suspense);
    let cash = effect.cash() - in_suspense;
    let paid = match (effect.cash_is_patients(source), cash.is_negative()) {
        (true, true) if reason == PAYMENT_KEPT => StepKind::KeptForPatient,
        (true, true) if reason == PAYMENT_RETURNED => StepKind::CameBackUnpaid,
        (true, false) => StepKind::PaidByPatient,
        (true, true) => StepKind::ReturnedToPatient,
        (false, false) => StepKind::PaidByPlan,
        (false, true) => StepKind::TakenBackByPlan,
    };
    push(paid, -cash);
    let only_moves = effect.charged.is_zero() && effect.adjusted.is_zero() && effect.written_off.is_zero();
    if only_moves && effect.cash().is_zero() {
        if is_transfer(source, reason) {
            let forward: Money = effect.payers.values().filter(|amount| amount.is_positive()).sum();
            push(StepKind::NowWithPlan, forward);
            push(StepKind::BilledToPatient, if effect.patient.is_positive() { effect.patient } else { Money::ZERO });
        } else if effect.patient.is_zero() {
            let forward: Money = effect.payers.values().filter(|amount| amount.is_positive()).sum();
            push(StepKind::MovedToNextPlan, forward);
        } else {
            push(StepKind::MovedToPatient(PatientShare::from_reason(reason)), effect.patient);
        }
    }
    parts
}
