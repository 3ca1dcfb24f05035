//! The payer's arithmetic: fees, copay, deductible, coinsurance, bundling, refusals, an earlier payer's part.
//! Pure: the same claim, behaviour, dice and history give the same decision. Never writes X12, never looks at a clock.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::behaviour::{DenialHabit, DenialScope, DenialTrigger, PayerBehaviour};
use crate::cents;
use crate::chance::Chance;
use crate::decision::{Adjustment, LineDecision, Meaning};
use crate::submitted::{Frequency, SubmittedClaim, SubmittedLine};

/// What the payer knows besides the claim itself.
#[derive(Debug, Clone)]
pub struct History<'a> {
    /// When the claim reached the payer.
    pub received_on: Date,
    /// How much of this year's deductible the member has met.
    pub deductible_met_cents: i64,
    /// Whether coverage was in force on the date of service.
    pub coverage_in_force: bool,
    /// Whether the roster shows another payer that goes first.
    pub other_payer_first: bool,
    /// Lines adjudicated before, as fingerprints.
    pub seen_lines: &'a BTreeSet<String>,
}

/// The lines of a decision and the deductible it used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjudicated {
    /// One for each submitted line, in order.
    pub lines: Vec<LineDecision>,
    /// What of the deductible this claim met.
    pub deductible_used_cents: i64,
}

/// Decides a claim. `allowed_bp` scales the allowed amounts: 10,000 at first, the reversal habit's share in a correction,
/// when chance denials are not thrown again.
pub fn adjudicate(
    behaviour: &PayerBehaviour,
    claim: &SubmittedClaim,
    history: &History<'_>,
    dice: &Chance,
    allowed_bp: u32,
) -> Adjudicated {
    let correcting = allowed_bp != crate::chance::CERTAIN_BP;
    let whole = if correcting { None } else { claim_denial(behaviour, claim, history, dice) };
    let mut money = MemberMoney {
        copay_taken: false,
        deductible_left_cents: (behaviour.benefits.deductible_cents - history.deductible_met_cents).max(0),
        deductible_used_cents: 0,
    };
    let mut lines = Vec::with_capacity(claim.lines.len());
    for (index, line) in claim.lines.iter().enumerate() {
        let refusal = match whole {
            Some(habit) => Some(Refusal::of(habit)),
            None => line_refusal(behaviour, claim, line, index, history, dice, correcting),
        };
        lines.push(match refusal {
            Some(refusal) => refused(line, refusal),
            None => paid(behaviour, claim, line, allowed_bp, &mut money),
        });
    }
    Adjudicated { lines, deductible_used_cents: money.deductible_used_cents }
}

/// What the member still has to pay while the claim's lines are walked.
struct MemberMoney {
    copay_taken: bool,
    deductible_left_cents: i64,
    deductible_used_cents: i64,
}

struct Refusal {
    group: String,
    carc: String,
    rarc: Vec<String>,
}

impl Refusal {
    fn of(habit: &DenialHabit) -> Self {
        Self { group: habit.group.clone(), carc: habit.carc.clone(), rarc: habit.rarc.clone() }
    }
}

fn claim_denial<'b>(
    behaviour: &'b PayerBehaviour,
    claim: &SubmittedClaim,
    history: &History<'_>,
    dice: &Chance,
) -> Option<&'b DenialHabit> {
    behaviour.denial.iter().enumerate().filter(|(_, habit)| habit.scope == DenialScope::Claim).find_map(
        |(number, habit)| {
            let concerned = habit.procedures.is_empty()
                || claim.lines.iter().any(|line| habit.procedures.contains(&line.procedure));
            let applies = match habit.when {
                // A replaced claim brings what was missing the first time.
                DenialTrigger::Chance => claim.frequency == Frequency::Original,
                DenialTrigger::NoPriorAuthorization => claim.prior_authorization.is_none(),
                DenialTrigger::LateFiling => is_late(behaviour, claim, history.received_on),
                DenialTrigger::Duplicate => claim.lines.iter().all(|line| is_duplicate(claim, line, history)),
                DenialTrigger::CoverageNotInForce => !history.coverage_in_force,
                DenialTrigger::OtherPayerFirst => history.other_payer_first && !claim.is_secondary(),
            };
            let name = ["claim denial", behaviour.id.as_str(), claim.control_number.as_str(), &number.to_string()];
            (concerned && applies && dice.hits(habit.chance_bp, &name)).then_some(habit)
        },
    )
}

fn line_refusal(
    behaviour: &PayerBehaviour,
    claim: &SubmittedClaim,
    line: &SubmittedLine,
    index: usize,
    history: &History<'_>,
    dice: &Chance,
    correcting: bool,
) -> Option<Refusal> {
    let place = index.to_string();
    for (number, habit) in behaviour.denial.iter().enumerate().filter(|(_, habit)| habit.scope == DenialScope::Line) {
        let concerned = habit.procedures.is_empty() || habit.procedures.contains(&line.procedure);
        let applies = match habit.when {
            DenialTrigger::Chance => claim.frequency == Frequency::Original,
            DenialTrigger::NoPriorAuthorization => {
                claim.prior_authorization.is_none() && line.prior_authorization.is_none()
            }
            DenialTrigger::LateFiling => is_late(behaviour, claim, history.received_on),
            DenialTrigger::Duplicate => !correcting && is_duplicate(claim, line, history),
            DenialTrigger::CoverageNotInForce => !history.coverage_in_force,
            DenialTrigger::OtherPayerFirst => history.other_payer_first && !claim.is_secondary(),
        };
        let name = ["line denial", &behaviour.id, &claim.control_number, &number.to_string(), &place];
        if concerned && applies && dice.hits(habit.chance_bp, &name) {
            return Some(Refusal::of(habit));
        }
    }
    behaviour.bundle.iter().find_map(|habit| {
        let part =
            line.procedure == habit.procedure && !line.modifiers.iter().any(|m| habit.unless_modifier.contains(m));
        let whole_is_there =
            claim.lines.iter().any(|other| habit.into.contains(&other.procedure) && other.date == line.date);
        let noticed = dice.hits(habit.chance_bp, &["bundle", &behaviour.id, &claim.control_number, &place]);
        (part && whole_is_there && noticed).then(|| Refusal {
            group: "CO".into(),
            carc: "97".into(),
            rarc: habit.rarc.clone(),
        })
    })
}

fn is_late(behaviour: &PayerBehaviour, claim: &SubmittedClaim, received_on: Date) -> bool {
    let Some(first) = claim.first_date() else { return false };
    claim.frequency == Frequency::Original
        && !claim.is_secondary()
        && first.duration_until(received_on).as_hours() > behaviour.timing.filing_limit_days * 24
}

fn is_duplicate(claim: &SubmittedClaim, line: &SubmittedLine, history: &History<'_>) -> bool {
    claim.frequency == Frequency::Original
        && history.seen_lines.contains(&line.fingerprint(&claim.member_id, &claim.patient))
}

fn blank(line: &SubmittedLine) -> LineDecision {
    LineDecision {
        qualifier: line.qualifier.clone(),
        procedure: line.procedure.clone(),
        modifiers: line.modifiers.clone(),
        units: line.units,
        date: line.date,
        line_control_number: line.line_control_number.clone(),
        charge_cents: line.charge_cents,
        allowed_cents: 0,
        paid_cents: 0,
        adjustments: Vec::new(),
        remarks: Vec::new(),
    }
}

fn adjust(decision: &mut LineDecision, group: &str, carc: &str, cents: i64, meaning: Meaning) {
    if cents != 0 {
        decision.adjustments.push(Adjustment { group: group.into(), carc: carc.into(), cents, meaning });
    }
}

/// A refused line: the whole charge under one reason. PR refusals are the patient's; all others are denials to work.
fn refused(line: &SubmittedLine, refusal: Refusal) -> LineDecision {
    let mut decision = blank(line);
    let meaning = if refusal.group == "PR" { Meaning::PatientShare } else { Meaning::Denied };
    adjust(&mut decision, &refusal.group, &refusal.carc, line.charge_cents, meaning);
    if line.charge_cents != 0 {
        decision.remarks = refusal.rarc;
    }
    decision
}

fn paid(
    behaviour: &PayerBehaviour,
    claim: &SubmittedClaim,
    line: &SubmittedLine,
    allowed_bp: u32,
    money: &mut MemberMoney,
) -> LineDecision {
    if let Some(left) = line.left_to_patient_cents().filter(|_| claim.is_secondary()) {
        return paid_after_another(behaviour, line, left);
    }
    let full = behaviour.allowed_cents(&line.procedure, line.units, line.charge_cents);
    let allowed = cents::share(full, allowed_bp).min(line.charge_cents);
    let mut decision = blank(line);
    decision.allowed_cents = allowed;
    adjust(&mut decision, "CO", "45", line.charge_cents - allowed, Meaning::Contractual);
    let mut left = allowed;
    if !behaviour.benefits.free_procedures.contains(&line.procedure) {
        match behaviour.copay_of(&line.procedure) {
            Some(copay) => {
                let copay_cents = if money.copay_taken { 0 } else { copay.cents.min(left) };
                money.copay_taken = true;
                left -= copay_cents;
                adjust(&mut decision, "PR", "3", copay_cents, Meaning::PatientShare);
            }
            None => {
                let deductible = money.deductible_left_cents.min(left);
                money.deductible_left_cents -= deductible;
                money.deductible_used_cents += deductible;
                left -= deductible;
                adjust(&mut decision, "PR", "1", deductible, Meaning::PatientShare);
                let coinsurance = cents::share(left, behaviour.benefits.coinsurance_bp);
                left -= coinsurance;
                adjust(&mut decision, "PR", "2", coinsurance, Meaning::PatientShare);
            }
        }
    }
    let held_back = cents::share(left, behaviour.benefits.sequestration_bp);
    left -= held_back;
    adjust(&mut decision, "CO", "253", held_back, Meaning::Contractual);
    decision.paid_cents = left;
    decision
}

/// Pays after another payer: up to the patient's part that one left, no more than this plan's own price.
fn paid_after_another(behaviour: &PayerBehaviour, line: &SubmittedLine, left_to_patient: i64) -> LineDecision {
    let allowed = behaviour.allowed_cents(&line.procedure, line.units, line.charge_cents);
    let left = left_to_patient.clamp(0, line.charge_cents);
    let prior_paid: i64 = line.prior.iter().map(|prior| prior.paid_cents).sum();
    let pays = (allowed - prior_paid).clamp(0, left);
    let mut decision = blank(line);
    decision.allowed_cents = allowed;
    decision.paid_cents = pays;
    adjust(&mut decision, "OA", "23", line.charge_cents - left, Meaning::PriorPayer);
    // A program that pays last takes its price as payment in full (42 CFR 447.15); other plans leave the rest to the patient.
    if behaviour.claim_filing == "MC" {
        adjust(&mut decision, "CO", "45", left - pays, Meaning::Contractual);
    } else {
        adjust(&mut decision, "PR", "2", left - pays, Meaning::PatientShare);
    }
    decision
}

#[cfg(test)]
#[path = "adjudication_tests.rs"]
mod tests;
