//! Which of our claims and charges a claim payment is about. Our line control number decides first, then the claim's
//! number, then procedure and charge. What is ambiguous is unmatched: nothing is guessed.

use std::collections::HashMap;

use super::{ClaimPayment, LinePayment};
use crate::claim::ClaimStatus;
use crate::coverage::CoverageRank;
use crate::{ChargeId, ClaimId, EncounterId, Money, PatientId, PayerId};

/// A claim of ours as the books see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFacts {
    /// Key.
    pub id: ClaimId,
    /// Our number.
    pub control_number: String,
    /// Who got care.
    pub patient_id: PatientId,
    /// The visit.
    pub encounter_id: EncounterId,
    /// Who was asked to pay.
    pub payer_id: PayerId,
    /// Which payer in the order of payers.
    pub rank: CoverageRank,
    /// It is a Medicaid program.
    pub is_medicaid: bool,
    /// Who pays after it, where somebody does.
    pub next_payer: Option<PayerId>,
    /// Where it is.
    pub status: ClaimStatus,
    /// Its lines.
    pub lines: Vec<LineFacts>,
}

/// A line of a claim of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFacts {
    /// Our number of the line (REF 6R).
    pub control_number: String,
    /// The charge it asks payment for.
    pub charge_id: ChargeId,
    /// What was done.
    pub procedure_code: String,
    /// What it costs.
    pub amount: Money,
    /// What this payer was asked for of it: the share that the payer before it left. None where it pays first.
    pub asked: Option<Money>,
}

/// How a line of the remittance found its charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// REF 6R.
    LineControlNumber,
    /// Procedure code, with the charge where the code stands twice.
    Procedure,
}

impl MatchedBy {
    /// The stored words.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchedBy::LineControlNumber => "line control number",
            MatchedBy::Procedure => "procedure",
        }
    }
}

/// Claims of ours, found by their numbers.
#[derive(Debug, Clone, Default)]
pub struct ClaimIndex {
    claims: Vec<ClaimFacts>,
    by_number: HashMap<String, usize>,
    by_line: HashMap<String, usize>,
}

impl ClaimIndex {
    /// Puts claims in the index.
    pub fn new(claims: Vec<ClaimFacts>) -> ClaimIndex {
        let mut index = ClaimIndex { claims, ..ClaimIndex::default() };
        for (place, claim) in index.claims.iter().enumerate() {
            index.by_number.insert(claim.control_number.clone(), place);
            for line in &claim.lines {
                index.by_line.insert(line.control_number.clone(), place);
            }
        }
        index
    }

    /// Every claim.
    pub fn claims(&self) -> &[ClaimFacts] {
        &self.claims
    }

    /// The one claim that a payment is about. None where its numbers name no claim of ours, or two.
    pub fn find(&self, payment: &ClaimPayment) -> Option<&ClaimFacts> {
        let mut places = payment.lines.iter().filter_map(|line| self.by_line.get(&line.line_control_number).copied());
        let by_line = places.next();
        if places.any(|place| Some(place) != by_line) {
            return None;
        }
        let by_number = self.by_number.get(&payment.control_number).copied();
        match (by_line, by_number) {
            (Some(line), Some(number)) if line != number => None,
            (Some(place), _) | (None, Some(place)) => self.claims.get(place),
            (None, None) => None,
        }
    }
}

/// The claim's line that each line of the payment is about; none where one of them finds no charge.
pub fn lines<'c>(payment: &ClaimPayment, claim: &'c ClaimFacts) -> Option<Vec<(&'c LineFacts, MatchedBy)>> {
    let mut taken = vec![false; claim.lines.len()];
    let mut found: Vec<Option<(usize, MatchedBy)>> = payment
        .lines
        .iter()
        .map(|line| {
            let number = &line.line_control_number;
            let place = claim.lines.iter().position(|ours| !number.is_empty() && ours.control_number == *number)?;
            taken[place] = true;
            Some((place, MatchedBy::LineControlNumber))
        })
        .collect();
    for (line, slot) in payment.lines.iter().zip(&mut found) {
        if slot.is_none() && line.line_control_number.is_empty() {
            let place = by_procedure(line, claim, &taken)?;
            taken[place] = true;
            *slot = Some((place, MatchedBy::Procedure));
        }
    }
    found.into_iter().map(|slot| slot.map(|(place, by)| (&claim.lines[place], by))).collect()
}

/// The free line with the procedure that we sent and its charge; or the only free one with that procedure.
fn by_procedure(line: &LinePayment, claim: &ClaimFacts, taken: &[bool]) -> Option<usize> {
    let code = line.submitted_procedure.as_ref().map_or(&line.procedure.code, |submitted| &submitted.code);
    let charge = line.charge_amount.abs();
    let free = || claim.lines.iter().enumerate().filter(|(place, ours)| !taken[*place] && ours.procedure_code == *code);
    // Two free lines with the same code and charge are worth the same: the first is as right as the second.
    if let Some((place, _)) = free().find(|(_, ours)| ours.amount == charge) {
        return Some(place);
    }
    let mut only = free();
    match (only.next(), only.next()) {
        (Some((place, _)), None) => Some(place),
        (Some(_), Some(_)) | (None, _) => None,
    }
}
