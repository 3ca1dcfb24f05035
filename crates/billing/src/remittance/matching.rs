//! Which of our claims and charges a claim payment is about. Our line control number decides first, then the claim's
//! number, then procedure and charge. What is ambiguous is unmatched: nothing is guessed.

use std::collections::{BTreeMap, HashMap};

use super::{ClaimPayment, LinePayment};
use crate::charge::Procedure;
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
    /// Modifiers as we sent them; none where nobody asked for them, because our numbers of the lines decide.
    pub modifiers: Option<Vec<String>>,
}

/// How a line of the remittance found its charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// REF 6R.
    LineControlNumber,
    /// Procedure code, with the charge where the code stands twice.
    Procedure,
    /// As [`MatchedBy::Procedure`], where the payer changed, dropped or added modifiers.
    OtherModifiers,
    /// The payer answered one line of ours in several of its own, which add up to it. Only where a person says so.
    SplitByPayer,
    /// The payer answered several lines of ours in one of its own, which is their sum. Only where a person says so.
    BundledByPayer,
    /// The one line that was left has this charge, under another code. Only where a person says so.
    Charge,
}

impl MatchedBy {
    /// The stored words.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchedBy::LineControlNumber => "line control number",
            MatchedBy::Procedure => "procedure",
            MatchedBy::OtherModifiers => "procedure, other modifiers",
            MatchedBy::SplitByPayer => "split by the payer",
            MatchedBy::BundledByPayer => "bundled by the payer",
            MatchedBy::Charge => "charge",
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
            *slot = Some((place, by_code(line, &claim.lines[place])));
        }
    }
    found.into_iter().map(|slot| slot.map(|(place, by)| (&claim.lines[place], by))).collect()
}

/// A charge that a payer decided and that is not what we billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherCharge {
    /// What the payer says was charged.
    pub said: Money,
    /// What we billed.
    pub billed: Money,
}

impl std::fmt::Display for OtherCharge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let OtherCharge { said, billed } = self;
        write!(
            f,
            "it decides a charge of {said} where {billed} was billed (SVC02, CLP03); ask the payer for a reversal and a \
             decision of what was billed"
        )
    }
}

/// The first charge of the payment that is not the one we billed, all lines of it that are about one line of ours taken
/// together: a line that the payer split has the charge once. A payment without lines is about the whole claim; one that
/// charges nothing decides no charge, as interest that comes later.
pub fn other_charge(payment: &ClaimPayment, claim: &ClaimFacts) -> Option<OtherCharge> {
    let differs =
        |said: Money, billed: Money| (said != billed && !said.is_zero()).then_some(OtherCharge { said, billed });
    if payment.lines.is_empty() {
        return differs(payment.charge_amount, Money::checked_sum(claim.lines.iter().map(|line| line.amount))?);
    }
    let mut charges: BTreeMap<ChargeId, (Money, Money)> = BTreeMap::new();
    for ((ours, _), said) in lines(payment, claim)?.into_iter().zip(&payment.lines) {
        let (sum, _) = charges.entry(ours.charge_id).or_insert((Money::ZERO, ours.amount));
        // What does not fit 64-bit cents is refused where it is posted.
        *sum = sum.checked_add(said.charge_amount)?;
    }
    charges.into_values().find_map(|(said, billed)| differs(said, billed))
}

/// The free line with the procedure that we sent and its charge; or the only free one with that procedure.
pub(super) fn by_procedure(line: &LinePayment, claim: &ClaimFacts, taken: &[bool]) -> Option<usize> {
    let code = &submitted(line).code;
    let charge = line.charge_amount.abs();
    let free = || claim.lines.iter().enumerate().filter(|(place, ours)| !taken[*place] && ours.procedure_code == *code);
    let exact = |(_, ours): &(usize, &LineFacts)| ours.amount == charge && !has_other_modifiers(line, ours);
    if let Some((place, _)) = free().find(exact) {
        return Some(place);
    }
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

/// What we sent, as the payer repeats it (SVC06), else what it paid for (SVC01).
pub(super) fn submitted(line: &LinePayment) -> &Procedure {
    line.submitted_procedure.as_ref().unwrap_or(&line.procedure)
}

/// By its code; said with whether the modifiers are those that we sent.
pub(super) fn by_code(line: &LinePayment, ours: &LineFacts) -> MatchedBy {
    if has_other_modifiers(line, ours) { MatchedBy::OtherModifiers } else { MatchedBy::Procedure }
}

/// Whether the payer names other modifiers than we sent, in whatever order. What nobody asked for differs in nothing.
fn has_other_modifiers(line: &LinePayment, ours: &LineFacts) -> bool {
    let sorted = |modifiers: &[String]| {
        let mut modifiers = modifiers.to_vec();
        modifiers.sort_unstable();
        modifiers
    };
    ours.modifiers.as_ref().is_some_and(|sent| sorted(sent) != sorted(&submitted(line).modifiers))
}
