//! What a remittance does to the books: postings through a clearing account that must reach zero.
//!
//! Decides only; saves nothing, opens no work. A reversal (CLP02 22) is matched here line by line as any payment is; its
//! postings are those of the payment it takes back, turned (`reversal`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use ledger::{Account, Posting};
use uuid::Uuid;

use super::classification::{AdjustmentClass, classify};
use super::matching::{ClaimFacts, LineFacts, MatchedBy, lines};
use super::{Adjustment, ClaimPayment, ProviderAdjustment};
use crate::coverage::CoverageRank;
use crate::{ChargeId, Money, PayerId, RemittanceId};

/// The stored reason of cash from a payer.
pub const PAID: &str = "paid";

/// An adjustment with its meaning and the charge it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifiedAdjustment {
    /// The place of the line in the payment, from 1; 0 for an adjustment of the claim as a whole.
    pub line: usize,
    /// The charge; none for an adjustment of the claim as a whole.
    pub charge_id: Option<ChargeId>,
    /// As it stands in the file.
    pub adjustment: Adjustment,
    /// What it means.
    pub class: AdjustmentClass,
}

/// What a claim payment does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPosting {
    /// Postings that sum to zero; none where no money moves.
    pub postings: Vec<Posting>,
    /// Each line's charge, in the order of the payment's lines.
    pub lines: Vec<(ChargeId, MatchedBy)>,
    /// Every adjustment with its meaning.
    pub adjustments: Vec<ClassifiedAdjustment>,
    /// What was not paid and stays owed by the payer.
    pub denied: Money,
    /// What the remittance did not speak of: lines of ours that are not in it.
    pub undecided: Money,
    /// What goes to the next payer.
    pub to_next_payer: Money,
}

/// Why a claim payment cannot be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPosted {
    /// A line of it finds no charge of the claim.
    LineUnmatched,
    /// An amount does not fit.
    TooLarge,
}

/// Decides what a balanced claim payment does to a claim of ours.
///
/// # Errors
/// [`NotPosted`] where a line finds no charge; the claim is then set aside.
pub fn decide(payment: &ClaimPayment, claim: &ClaimFacts, remittance: RemittanceId) -> Result<ClaimPosting, NotPosted> {
    decide_as(payment, claim, remittance, is_refused(payment, claim))
}

/// Whether nothing of a decision is a price that was agreed, so that nothing of it is written down: the payer refused
/// the claim, or it allowed nothing ([`allows_nothing`]).
pub fn is_refused(payment: &ClaimPayment, claim: &ClaimFacts) -> bool {
    payment.is_refused() || allows_nothing(payment, claim)
}

/// Whether a payer says that it processed the claim and yet allows nothing: it pays nothing, leaves nothing to the
/// patient, names no payer before it, and takes the whole charge off by reasons that are each a price or a law. A
/// contract has a price above nothing, so whatever the reasons are called, this is no write-down before somebody looked
/// (a fee schedule without the code, a plan that another one replaced, a claim under a fixed fee). One line of several
/// that is taken off whole beside others that are paid is as common as right, and stays a write-down.
pub fn allows_nothing(payment: &ClaimPayment, claim: &ClaimFacts) -> bool {
    let is_primary = claim.rank == CoverageRank::Primary;
    let mut all = payment.lines.iter().flat_map(|line| &line.adjustments).chain(&payment.adjustments);
    let is_written_down = |one: &Adjustment| classify(one, is_primary) == AdjustmentClass::Contractual;
    payment.charge_amount.is_positive()
        && payment.paid_amount.is_zero()
        && payment.lines.iter().all(|line| line.paid_amount.is_zero())
        && all.all(|one| one.amount.is_zero() || is_written_down(one))
}

/// As [`decide`], saying whether the adjustments are those of a refused claim: a reversal repeats them without its word.
///
/// # Errors
/// As [`decide`].
pub fn decide_as(
    payment: &ClaimPayment,
    claim: &ClaimFacts,
    remittance: RemittanceId,
    is_refused: bool,
) -> Result<ClaimPosting, NotPosted> {
    let meaning = Meaning { is_primary: claim.rank == CoverageRank::Primary, is_refused };
    let parts = parts(payment, claim)?;
    let mut done = ClaimPosting {
        postings: Vec::with_capacity(parts.len() * 6),
        lines: parts.iter().filter_map(|part| part.matched_by.map(|by| (part.line.charge_id, by))).collect(),
        adjustments: classified(payment, &parts, meaning),
        denied: Money::ZERO,
        undecided: Money::ZERO,
        to_next_payer: Money::ZERO,
    };
    let clearing = Account::EraClearing { remittance: remittance.0 };
    for (part, adjustments) in parts.iter().zip(within_what_was_asked(&parts, meaning, payment.is_reversal())) {
        let books = Books { claim, charge: part.line.charge_id.0 };
        books.pair(&mut done.postings, clearing.clone(), part.paid, PAID.into());
        for adjustment in adjustments {
            let class = meaning.of(&adjustment);
            let reason: Cow<'static, str> = reason(&adjustment).into();
            match class {
                AdjustmentClass::Contractual => {
                    let account = Account::Contractual { charge: books.charge };
                    books.pair(&mut done.postings, account, adjustment.amount, reason);
                }
                AdjustmentClass::Interest => {
                    books.pair(&mut done.postings, Account::Interest, adjustment.amount, reason);
                }
                AdjustmentClass::Patient => {
                    if claim.next_payer.is_some() {
                        done.to_next_payer = plus(done.to_next_payer, adjustment.amount)?;
                    }
                    books.pair(&mut done.postings, books.next(), adjustment.amount, reason);
                }
                AdjustmentClass::Denial => done.denied = plus(done.denied, adjustment.amount)?,
                AdjustmentClass::PriorPayer => {}
            }
        }
    }
    done.undecided = undecided(payment, claim, &parts)?;
    Ok(done)
}

/// What decides the meaning of an adjustment beside itself.
#[derive(Clone, Copy)]
struct Meaning {
    is_primary: bool,
    is_refused: bool,
}

impl Meaning {
    /// In a refused claim an adjustment that would be written down is owed still.
    fn of(self, adjustment: &Adjustment) -> AdjustmentClass {
        match classify(adjustment, self.is_primary) {
            AdjustmentClass::Contractual if self.is_refused => AdjustmentClass::Denial,
            class => class,
        }
    }
}

/// A charge's part of a claim payment: cash and adjustments that add up to what the payer saw as its charge.
struct Part<'c> {
    line: &'c LineFacts,
    /// None for a payment without lines, where every charge gets its share.
    matched_by: Option<MatchedBy>,
    paid: Money,
    adjustments: Vec<Adjustment>,
}

/// Cuts the payment by charge. What concerns the claim as a whole is shared out to the cent: among the lines by what
/// was paid for them, or among all charges by their amount where the payer named no lines.
fn parts<'c>(payment: &ClaimPayment, claim: &'c ClaimFacts) -> Result<Vec<Part<'c>>, NotPosted> {
    if payment.lines.is_empty() {
        return Ok(shared(payment, claim));
    }
    let matched = lines(payment, claim).ok_or(NotPosted::LineUnmatched)?;
    let mut parts: Vec<Part<'c>> = matched
        .iter()
        .zip(&payment.lines)
        .map(|((line, by), of)| Part {
            line,
            matched_by: Some(*by),
            paid: of.paid_amount,
            adjustments: of.adjustments.clone(),
        })
        .collect();
    let weights: Vec<u64> = payment.lines.iter().map(|line| line.paid_amount.cents().unsigned_abs()).collect();
    for adjustment in &payment.adjustments {
        for (part, share) in parts.iter_mut().zip(adjustment.amount.allocate(&weights)) {
            part.paid = part.paid.checked_sub(share).ok_or(NotPosted::TooLarge)?;
            part.adjustments.push(Adjustment { amount: share, ..adjustment.clone() });
        }
    }
    Ok(parts)
}

fn shared<'c>(payment: &ClaimPayment, claim: &'c ClaimFacts) -> Vec<Part<'c>> {
    let weights: Vec<u64> = claim.lines.iter().map(|line| line.amount.cents().unsigned_abs()).collect();
    let paid = payment.paid_amount.allocate(&weights);
    let mut parts: Vec<Part<'c>> = claim
        .lines
        .iter()
        .zip(paid)
        .map(|(line, paid)| Part { line, matched_by: None, paid, adjustments: Vec::new() })
        .collect();
    for adjustment in &payment.adjustments {
        for (part, share) in parts.iter_mut().zip(adjustment.amount.allocate(&weights)) {
            part.adjustments.push(Adjustment { amount: share, ..adjustment.clone() });
        }
    }
    parts
}

fn classified(payment: &ClaimPayment, parts: &[Part<'_>], meaning: Meaning) -> Vec<ClassifiedAdjustment> {
    let mut all = Vec::new();
    for adjustment in &payment.adjustments {
        let class = meaning.of(adjustment);
        all.push(ClassifiedAdjustment { line: 0, charge_id: None, adjustment: adjustment.clone(), class });
    }
    for ((place, line), part) in payment.lines.iter().enumerate().zip(parts) {
        for adjustment in &line.adjustments {
            let class = meaning.of(adjustment);
            let charge_id = Some(part.line.charge_id);
            all.push(ClassifiedAdjustment { line: place + 1, charge_id, adjustment: adjustment.clone(), class });
        }
    }
    all
}

/// Each part's adjustments as they move money. A payer that pays after another was asked for no more than that one left, so
/// it can neither leave the patient nor write down more: of what it names beyond, the earlier payer disposed, and it never
/// was this one's. The patient's share goes before a write-down, so that what the last payer said of it stands.
fn within_what_was_asked(parts: &[Part<'_>], meaning: Meaning, is_reversal: bool) -> Vec<Vec<Adjustment>> {
    let mut moved: Vec<Vec<Adjustment>> = parts.iter().map(|part| part.adjustments.clone()).collect();
    if is_reversal || parts.iter().all(|part| part.line.asked.is_none()) {
        return moved;
    }
    let mut left: BTreeMap<ChargeId, Money> = BTreeMap::new();
    for part in parts {
        let asked = left.entry(part.line.charge_id).or_insert_with(|| part.line.asked.unwrap_or(part.line.amount));
        // Amounts come from outside: one that is out of all measure leaves nothing.
        *asked = asked.checked_sub(part.paid).unwrap_or(Money::ZERO);
    }
    left.values_mut().for_each(|left| *left = (*left).max(Money::ZERO));
    for class in [AdjustmentClass::Patient, AdjustmentClass::Contractual] {
        for (part, adjustments) in parts.iter().zip(&mut moved) {
            let Some(left) = left.get_mut(&part.line.charge_id) else { continue };
            for one in adjustments.iter_mut().filter(|one| meaning.of(one) == class) {
                one.amount = one.amount.min(*left);
                *left = left.checked_sub(one.amount).unwrap_or(*left);
            }
        }
    }
    moved
}

/// The patient's share of a decision, charge by charge, as the decision says it: what the next payer is asked for.
///
/// # Errors
/// As [`decide`].
pub fn patient_shares(payment: &ClaimPayment, claim: &ClaimFacts) -> Result<Vec<(ChargeId, Money)>, NotPosted> {
    let meaning = Meaning { is_primary: claim.rank == CoverageRank::Primary, is_refused: is_refused(payment, claim) };
    let parts = parts(payment, claim)?;
    let mut shares: Vec<(ChargeId, Money)> = Vec::with_capacity(parts.len());
    for (part, moved) in parts.iter().zip(within_what_was_asked(&parts, meaning, payment.is_reversal())) {
        let of_patient = moved.iter().filter(|one| meaning.of(one) == AdjustmentClass::Patient).map(|one| one.amount);
        let share = Money::checked_sum(of_patient).ok_or(NotPosted::TooLarge)?;
        match shares.iter_mut().find(|(charge, _)| *charge == part.line.charge_id) {
            Some((_, known)) => *known = plus(*known, share)?,
            None => shares.push((part.line.charge_id, share)),
        }
    }
    Ok(shares)
}

/// Charges of ours that the payment does not speak of.
fn undecided(payment: &ClaimPayment, claim: &ClaimFacts, parts: &[Part<'_>]) -> Result<Money, NotPosted> {
    if payment.is_reversal() {
        return Ok(Money::ZERO);
    }
    let absent = claim.lines.iter().filter(|line| parts.iter().all(|part| part.line.charge_id != line.charge_id));
    Money::checked_sum(absent.map(|line| line.amount)).ok_or(NotPosted::TooLarge)
}

fn plus(one: Money, other: Money) -> Result<Money, NotPosted> {
    one.checked_add(other).ok_or(NotPosted::TooLarge)
}

/// The stored reason of an adjustment: "CO-45".
pub fn reason(adjustment: &Adjustment) -> String {
    format!("{}-{}", adjustment.group.code(), adjustment.reason)
}

struct Books<'a> {
    claim: &'a ClaimFacts,
    charge: Uuid,
}

impl Books<'_> {
    /// Who owes the patient's share: the next payer, else the patient.
    fn next(&self) -> Account {
        let charge = self.charge;
        match self.claim.next_payer {
            Some(payer) => Account::PayerReceivable { charge, payer: payer.0 },
            None => Account::PatientReceivable { charge, patient: self.claim.patient_id.0 },
        }
    }

    /// Moves an amount out of what the payer owes.
    fn pair(&self, postings: &mut Vec<Posting>, to: Account, amount: Money, reason: Cow<'static, str>) {
        if amount.is_zero() {
            return;
        }
        let from = Account::PayerReceivable { charge: self.charge, payer: self.claim.payer_id.0 };
        postings.push(Posting::debit(to, amount, reason.clone()));
        postings.push(Posting::credit(from, amount, reason));
    }
}

/// Postings for the cash of a claim payment that is not posted to a claim: it waits as the payer's unapplied money.
/// Money taken back for an unknown claim, and money of an unknown payer, waits in suspense.
pub fn set_aside(paid: Money, payer: Option<PayerId>, remittance: RemittanceId) -> Vec<Posting> {
    if paid.is_zero() {
        return Vec::new();
    }
    let waiting = match payer {
        Some(payer) if paid.is_positive() => Account::UnappliedPayer { payer: payer.0 },
        Some(_) | None => Account::Suspense,
    };
    let clearing = Account::EraClearing { remittance: remittance.0 };
    vec![Posting::debit(clearing, paid, PAID), Posting::credit(waiting, paid, PAID)]
}

/// Postings for the payment itself and what it holds outside any claim, each with the account where it stands
/// ([`super::provider_level::account`]). Positive provider adjustments reduce the payment.
pub fn payment<'a>(
    amount: Money,
    outside: impl IntoIterator<Item = (&'a ProviderAdjustment, Account)>,
    remittance: RemittanceId,
) -> Vec<Posting> {
    let clearing = Account::EraClearing { remittance: remittance.0 };
    let mut postings = Vec::new();
    if !amount.is_zero() {
        postings.push(Posting::debit(Account::InTransit { remittance: remittance.0 }, amount, PAID));
        postings.push(Posting::credit(clearing.clone(), amount, PAID));
    }
    for (adjustment, account) in outside {
        if adjustment.amount.is_zero() {
            continue;
        }
        let reason = format!("{}{}", super::provider_level::POSTED_AS, adjustment.reason);
        postings.push(Posting::debit(account, adjustment.amount, reason.clone()));
        postings.push(Posting::credit(clearing.clone(), adjustment.amount, reason));
    }
    postings
}
