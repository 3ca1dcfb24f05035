//! What earlier payers decided of a claim's services, as the claim to the next payer tells it (2320, 2330, 2430), and what
//! they left for it to pay. Made from a claim of ours and the decision that stands for it; never from a price or a guess.
//!
//! Rule of the guide (005010X222A1): for each earlier payer, line by line, charge = paid + adjustments; and the claim's
//! charge = paid + all adjustments. What does not add up is no decision to pass on: [`PriorPayer::imbalance`] says so.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::charge::{Procedure, Units};
use crate::claim::{ClaimBody, PayerOnClaim, ServiceLine};
use crate::coverage::{CoverageRank, MedicareSecondaryType, Relationship, Subscriber};
use crate::payer::MEDICAID;
use crate::remittance::classification::Classes;
use crate::remittance::matching::{ClaimFacts, lines};
use crate::remittance::posting::{self, NotPosted};
use crate::remittance::{Adjustment, ClaimPayment};
use crate::{ChargeId, Money, PayerId};

/// What a payer that was asked before decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorPayer {
    /// The payer of ours.
    pub payer_id: PayerId,
    /// As it stood on the claim to it (2330B, SBR09).
    pub payer: PayerOnClaim,
    /// Its place in the order, as it was asked (SBR01).
    pub rank: CoverageRank,
    /// Why Medicare was not first, where it was that payer (SBR05).
    #[serde(default)]
    pub medicare_secondary: Option<MedicareSecondaryType>,
    /// Group number; empty when none (SBR03).
    pub group_number: String,
    /// Plan name (SBR04).
    pub plan_name: String,
    /// Who holds that coverage (2330A).
    pub subscriber: Subscriber,
    /// What the patient is to that person (SBR02).
    pub relationship: Relationship,
    /// Its number of the claim (REF F8 of 2330B); empty when it gave none.
    pub payer_claim_control_number: String,
    /// Day of its payment (DTP 573).
    pub decided_on: Date,
    /// What it paid in all (AMT D).
    pub paid_amount: Money,
    /// Its adjustments of the claim as a whole (CAS of 2320).
    pub adjustments: Vec<Adjustment>,
    /// Its remark codes of the claim as a whole (MOA).
    pub remarks: Vec<String>,
    /// Each line (2430); none where it decided the claim as a whole.
    pub lines: Vec<PriorLine>,
    /// What it left to whoever pays after it, charge by charge.
    pub left: Vec<LeftOver>,
}

/// What a payer decided of one charge (2430).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorLine {
    /// The charge.
    pub charge_id: ChargeId,
    /// What it paid for (SVD03).
    pub procedure: Procedure,
    /// Quantity (SVD05).
    pub units: Units,
    /// What it paid (SVD02).
    pub paid_amount: Money,
    /// Its adjustments (CAS).
    pub adjustments: Vec<Adjustment>,
}

/// A charge's share that a payer left to the next one, or to the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOver {
    /// The charge.
    pub charge_id: ChargeId,
    /// How much; never below zero.
    pub amount: Money,
}

/// Makes what the next payer is told from the body of a claim that was decided, its facts, and the decision that stands.
///
/// # Errors
/// [`NotPosted`] where a line of the decision is no line of the claim.
pub fn prior_payer(
    body: &ClaimBody,
    facts: &ClaimFacts,
    (payment, classes): (&ClaimPayment, &Classes),
    decided_on: Date,
) -> Result<PriorPayer, NotPosted> {
    let number = &payment.payer_claim_control_number;
    let known = body.payer_claim_control_number.clone().unwrap_or_default();
    Ok(PriorPayer {
        payer_id: facts.payer_id,
        payer: body.payer.clone(),
        rank: body.rank,
        medicare_secondary: body.medicare_secondary,
        group_number: body.group_number.clone(),
        plan_name: body.plan_name.clone(),
        subscriber: body.subscriber.clone(),
        relationship: body.relationship,
        payer_claim_control_number: if number.is_empty() { known } else { number.clone() },
        decided_on,
        paid_amount: payment.paid_amount,
        adjustments: merged(&payment.adjustments),
        remarks: payment.remarks.clone(),
        lines: prior_lines(body, facts, payment)?,
        left: left(facts, payment, classes)?,
    })
}

/// The claim as the matching of remittances knows it.
pub fn facts_of(claim: &crate::claim::Claim) -> ClaimFacts {
    let body = &claim.body;
    ClaimFacts {
        id: claim.id,
        control_number: claim.control_number.as_str().to_owned(),
        patient_id: claim.patient_id,
        encounter_id: claim.encounter_id,
        payer_id: claim.payer_id,
        rank: body.rank,
        is_medicaid: body.payer.filing_indicator == MEDICAID,
        next_payer: None,
        status: claim.status,
        lines: body
            .lines
            .iter()
            .map(|line| crate::remittance::matching::LineFacts {
                control_number: line.control_number.clone(),
                charge_id: line.charge_id,
                procedure_code: line.procedure.code.clone(),
                amount: line.charge_amount,
                asked: body.asked_of(line.charge_id),
                modifiers: Some(line.procedure.modifiers.clone()),
            })
            .collect(),
    }
}

fn prior_lines(body: &ClaimBody, facts: &ClaimFacts, payment: &ClaimPayment) -> Result<Vec<PriorLine>, NotPosted> {
    if payment.lines.is_empty() {
        return Ok(Vec::new());
    }
    let matched = lines(payment, facts).ok_or(NotPosted::LineUnmatched)?;
    let mut found: Vec<PriorLine> = Vec::with_capacity(matched.len());
    for ((ours, _), said) in matched.iter().zip(&payment.lines) {
        // A payer may answer one line of ours in several of its own: together they are its decision.
        if let Some(known) = found.iter_mut().find(|known| known.charge_id == ours.charge_id) {
            known.paid_amount = known.paid_amount.checked_add(said.paid_amount).ok_or(NotPosted::TooLarge)?;
            known.adjustments.extend(said.adjustments.iter().cloned());
            continue;
        }
        let units =
            body.lines.iter().find(|line| line.charge_id == ours.charge_id).map_or(Units::ONE, |line| line.units);
        found.push(PriorLine {
            charge_id: ours.charge_id,
            procedure: said.procedure.clone(),
            units,
            paid_amount: said.paid_amount,
            adjustments: said.adjustments.clone(),
        });
    }
    for line in &mut found {
        line.adjustments = merged(&line.adjustments);
    }
    Ok(found)
}

/// One adjustment for each group and reason, and none of zero: a reason stands once in a CAS (X12 RFI 213).
fn merged(adjustments: &[Adjustment]) -> Vec<Adjustment> {
    let mut all: Vec<Adjustment> = Vec::with_capacity(adjustments.len());
    for one in adjustments {
        match all.iter_mut().find(|known| known.group == one.group && known.reason == one.reason) {
            Some(known) if known.amount.checked_add(one.amount).is_some() => known.amount += one.amount,
            Some(_) | None => all.push(one.clone()),
        }
    }
    all.retain(|one| !one.amount.is_zero());
    all.sort_by_key(|one| one.group);
    all
}

/// What is left to whoever pays next, by charge: the patient's share as the decision says it.
fn left(facts: &ClaimFacts, payment: &ClaimPayment, classes: &Classes) -> Result<Vec<LeftOver>, NotPosted> {
    let shares = posting::left_shares(payment, facts, classes)?;
    Ok(shares.into_iter().map(|(charge_id, amount)| LeftOver { charge_id, amount: amount.max(Money::ZERO) }).collect())
}

impl PriorPayer {
    /// The decision on a charge; none where it decided the claim as a whole, or not this charge.
    pub fn line(&self, charge: ChargeId) -> Option<&PriorLine> {
        self.lines.iter().find(|line| line.charge_id == charge)
    }

    /// What it left of a charge.
    pub fn left_of(&self, charge: ChargeId) -> Money {
        self.left.iter().filter(|one| one.charge_id == charge).map(|one| one.amount).sum()
    }

    /// What it left of all charges.
    pub fn left_in_all(&self) -> Money {
        self.left.iter().map(|one| one.amount).sum()
    }

    /// Which sum fails over these lines, and by how much, in a sentence; none where the decision may be passed on.
    pub fn imbalance(&self, lines: &[ServiceLine]) -> Option<String> {
        let name = &self.payer.name;
        if !self.lines.is_empty() {
            for line in lines {
                let Some(said) = self.line(line.charge_id) else {
                    return Some(format!("{name} did not decide line {}.", line.number));
                };
                let off = cents(line.charge_amount) - cents(said.paid_amount) - total(&said.adjustments);
                if off != 0 {
                    let off = Money::from_cents(i64::try_from(off).unwrap_or(i64::MAX));
                    return Some(format!(
                        "Line {}: what {name} paid and adjusted differs from the charge by {off}.",
                        line.number
                    ));
                }
            }
            if let Some(other) =
                self.lines.iter().find(|said| lines.iter().all(|line| line.charge_id != said.charge_id))
            {
                return Some(format!("{name} decided {}, which is no line of this claim.", other.procedure.code));
            }
        }
        let charged: i128 = lines.iter().map(|line| cents(line.charge_amount)).sum();
        let of_lines: i128 = self.lines.iter().map(|line| total(&line.adjustments)).sum();
        let off = charged - cents(self.paid_amount) - total(&self.adjustments) - of_lines;
        (off != 0).then(|| {
            let off = Money::from_cents(i64::try_from(off).unwrap_or(i64::MAX));
            format!("What {name} paid and adjusted of the whole claim differs from its charge by {off}.")
        })
    }
}

/// 128 bits: amounts come from outside.
fn cents(amount: Money) -> i128 {
    i128::from(amount.cents())
}

fn total(adjustments: &[Adjustment]) -> i128 {
    adjustments.iter().map(|one| cents(one.amount)).sum()
}
