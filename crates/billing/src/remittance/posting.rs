//! What a remittance does to the books: postings through a clearing account that must reach zero.
//!
//! Decides only; saves nothing, opens no work. A reversal (CLP02 22) is matched here line by line as any payment is; its
//! postings are those of the payment it takes back, turned (`reversal`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use ledger::{Account, Posting};
use uuid::Uuid;

use super::classification::{AdjustmentClass, Classes, Decider, Effect, RuleBook};
use super::matching::{ClaimFacts, LineFacts, MatchedBy, lines};
use super::{Adjustment, ClaimPayment, ProviderAdjustment};
use crate::problem::DeniedPart;
use crate::work::reason::Unpaid;
use crate::{ChargeId, ClaimPaymentId, Money, PayerId, RemittanceId};

mod suspense;
mod within_claim;

pub use suspense::decide_in_suspense;

/// The stored reason of cash from a payer.
pub const PAID: &str = "paid";
/// The stored reason of what stands in suspense because a claim payment does not add up.
pub const DIFFERENCE: &str = "difference";

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
    /// What it leaves to the patient or the next payer is below zero, or more than the charge less what is paid.
    ShareOutOfRange {
        /// What it leaves of one charge.
        left: Money,
        /// What can be left of it.
        most: Money,
    },
}

/// Decides what a balanced claim payment does to a claim of ours, by the rules in force.
///
/// # Errors
/// [`NotPosted`] where a line finds no charge; the claim is then set aside.
pub fn decide(
    payment: &ClaimPayment,
    claim: &ClaimFacts,
    remittance: RemittanceId,
    rules: &RuleBook,
) -> Result<ClaimPosting, NotPosted> {
    decide_as(payment, claim, remittance, &Classes::of(payment, Decider::of(claim), rules))
}

/// As [`decide`], with the meaning of each adjustment: that of a reversal is what it was in what it takes back.
///
/// # Errors
/// As [`decide`].
pub fn decide_as(
    payment: &ClaimPayment,
    claim: &ClaimFacts,
    remittance: RemittanceId,
    classes: &Classes,
) -> Result<ClaimPosting, NotPosted> {
    decide_parts(payment, claim, remittance, classes, &parts(payment, claim, classes)?)
}

fn decide_parts(
    payment: &ClaimPayment,
    claim: &ClaimFacts,
    remittance: RemittanceId,
    classes: &Classes,
    parts: &[Part<'_>],
) -> Result<ClaimPosting, NotPosted> {
    let mut done = ClaimPosting {
        postings: Vec::with_capacity(parts.len() * 6),
        lines: parts.iter().filter_map(|part| part.matched_by.map(|by| (part.line.charge_id, by))).collect(),
        adjustments: classified(payment, parts, classes),
        denied: Money::ZERO,
        undecided: Money::ZERO,
        to_next_payer: Money::ZERO,
    };
    let clearing = Account::EraClearing { remittance: remittance.0 };
    let moved = within_what_was_asked(parts, payment.is_reversal());
    if !payment.is_reversal() {
        within_claim::check_shares(parts, &moved)?;
    }
    within_claim::move_to_paid_lines(&mut done.postings, claim, parts, &moved)?;
    for (part, adjustments) in parts.iter().zip(moved) {
        let books = Books { claim, charge: part.line.charge_id.0 };
        books.pair(&mut done.postings, clearing.clone(), part.paid, PAID.into());
        for Meant { adjustment, class } in adjustments {
            let amount = adjustment.amount;
            let reason: Cow<'static, str> = reason(&adjustment).into();
            match class.effect() {
                Effect::WrittenDown => {
                    let account = Account::Contractual { charge: books.charge };
                    books.pair(&mut done.postings, account, amount, reason);
                }
                Effect::Interest => books.pair(&mut done.postings, Account::Interest, amount, reason),
                // Without a next payer nobody else may be asked: this one is.
                Effect::LeftToNextPayer if claim.next_payer.is_none() => done.denied = plus(done.denied, amount)?,
                Effect::LeftToNext | Effect::LeftToNextPayer => {
                    if claim.next_payer.is_some() {
                        done.to_next_payer = plus(done.to_next_payer, amount)?;
                    }
                    books.pair(&mut done.postings, books.next(), amount, reason);
                }
                Effect::StaysOwed => done.denied = plus(done.denied, amount)?,
                Effect::NotThisPayers | Effect::WithinClaim => {}
            }
        }
    }
    done.undecided = undecided(payment, claim, parts)?;
    Ok(done)
}

/// Why a decision left something with its payer, each reason in its order.
pub fn unpaid_reasons(payment: &ClaimPayment, claim: &ClaimFacts, classes: &Classes) -> Vec<String> {
    classes.with(payment).filter(|(_, class)| stays(claim, *class)).map(|(one, _)| reason(one)).collect()
}

/// What a decision left with its payer, with what it said about each part.
pub fn unpaid_parts<'p>(payment: &'p ClaimPayment, claim: &ClaimFacts, classes: &Classes) -> Vec<Unpaid<'p>> {
    let of_claim = payment.adjustments.iter().zip(&classes.of_claim).map(|(one, class)| (one, class, &[][..]));
    let of_lines = payment.lines.iter().zip(&classes.of_lines).flat_map(|(line, classes)| {
        line.adjustments.iter().zip(classes).map(|(one, class)| (one, class, line.remarks.as_slice()))
    });
    of_claim
        .chain(of_lines)
        .filter(|(_, class, _)| stays(claim, **class))
        .map(|(one, _, remarks)| Unpaid {
            reason: &one.reason,
            remarks: [&payment.remarks, remarks],
            amount: one.amount,
        })
        .collect()
}

/// What a decision denied, by line: why, which procedure, with which remarks. What a payer kept for another claim, or paid
/// to somebody else, is no denial.
pub fn denied_parts(payment: &ClaimPayment, classes: &Classes) -> Vec<DeniedPart> {
    let is_denied = |class: &AdjustmentClass| *class == AdjustmentClass::Denial;
    let of_claim = payment.adjustments.iter().zip(&classes.of_claim).map(|(one, class)| (one, class, None));
    let of_lines = payment.lines.iter().zip(&classes.of_lines).flat_map(|(line, classes)| {
        line.adjustments.iter().zip(classes).map(move |(one, class)| (one, class, Some(line)))
    });
    of_claim
        .chain(of_lines)
        .filter(|(_, class, _)| is_denied(class))
        .map(|(one, _, line)| DeniedPart {
            carc: one.reason.clone(),
            procedure: line.map(|line| line.submitted_procedure.as_ref().unwrap_or(&line.procedure).code.clone()),
            remarks: payment.remarks.iter().chain(line.iter().flat_map(|line| &line.remarks)).cloned().collect(),
        })
        .collect()
}

/// Whether an amount of a class stays with the payer.
fn stays(claim: &ClaimFacts, class: AdjustmentClass) -> bool {
    match class.effect() {
        Effect::StaysOwed => true,
        Effect::LeftToNextPayer => claim.next_payer.is_none(),
        Effect::WrittenDown | Effect::LeftToNext | Effect::NotThisPayers | Effect::WithinClaim | Effect::Interest => {
            false
        }
    }
}

/// An adjustment with what it means.
#[derive(Debug, Clone)]
struct Meant {
    adjustment: Adjustment,
    class: AdjustmentClass,
}

impl Meant {
    fn all(adjustments: &[Adjustment], classes: &[AdjustmentClass]) -> Vec<Meant> {
        let pairs = adjustments.iter().zip(classes);
        pairs.map(|(one, class)| Meant { adjustment: one.clone(), class: *class }).collect()
    }

    fn share(&self, amount: Money) -> Meant {
        Meant { adjustment: Adjustment { amount, ..self.adjustment.clone() }, class: self.class }
    }
}

/// A charge's part of a claim payment: cash and adjustments that add up to what the payer saw as its charge.
struct Part<'c> {
    line: &'c LineFacts,
    /// None for a payment without lines, where every charge gets its share.
    matched_by: Option<MatchedBy>,
    /// What the payer saw as the charge.
    charge: Money,
    paid: Money,
    adjustments: Vec<Meant>,
}

/// Cuts the payment by charge. What concerns the claim as a whole is shared out to the cent: among the lines by what
/// was paid for them, or among all charges by their amount where the payer named no lines.
fn parts<'c>(payment: &ClaimPayment, claim: &'c ClaimFacts, classes: &Classes) -> Result<Vec<Part<'c>>, NotPosted> {
    let of_claim = Meant::all(&payment.adjustments, &classes.of_claim);
    if payment.lines.is_empty() {
        return Ok(shared(payment, claim, &of_claim));
    }
    let matched = lines(payment, claim).ok_or(NotPosted::LineUnmatched)?;
    let mut parts: Vec<Part<'c>> = matched
        .iter()
        .zip(payment.lines.iter().zip(&classes.of_lines))
        .map(|((line, by), (of, classes))| Part {
            line,
            matched_by: Some(*by),
            charge: of.charge_amount,
            paid: of.paid_amount,
            adjustments: Meant::all(&of.adjustments, classes),
        })
        .collect();
    let weights: Vec<u64> = payment.lines.iter().map(|line| line.paid_amount.cents().unsigned_abs()).collect();
    for meant in &of_claim {
        for (part, share) in parts.iter_mut().zip(meant.adjustment.amount.allocate(&weights)) {
            part.paid = part.paid.checked_sub(share).ok_or(NotPosted::TooLarge)?;
            part.adjustments.push(meant.share(share));
        }
    }
    Ok(parts)
}

fn shared<'c>(payment: &ClaimPayment, claim: &'c ClaimFacts, of_claim: &[Meant]) -> Vec<Part<'c>> {
    let weights: Vec<u64> = claim.lines.iter().map(|line| line.amount.cents().unsigned_abs()).collect();
    let paid = payment.paid_amount.allocate(&weights);
    let charged = payment.charge_amount.allocate(&weights);
    let mut parts: Vec<Part<'c>> = claim
        .lines
        .iter()
        .zip(charged.into_iter().zip(paid))
        .map(|(line, (charge, paid))| Part { line, matched_by: None, charge, paid, adjustments: Vec::new() })
        .collect();
    for meant in of_claim {
        for (part, share) in parts.iter_mut().zip(meant.adjustment.amount.allocate(&weights)) {
            part.adjustments.push(meant.share(share));
        }
    }
    parts
}

fn classified(payment: &ClaimPayment, parts: &[Part<'_>], classes: &Classes) -> Vec<ClassifiedAdjustment> {
    let mut all = Vec::new();
    for (adjustment, class) in payment.adjustments.iter().zip(&classes.of_claim) {
        all.push(ClassifiedAdjustment { line: 0, charge_id: None, adjustment: adjustment.clone(), class: *class });
    }
    for (((place, line), classes), part) in payment.lines.iter().enumerate().zip(&classes.of_lines).zip(parts) {
        for (adjustment, class) in line.adjustments.iter().zip(classes) {
            let charge_id = Some(part.line.charge_id);
            let (line, adjustment, class) = (place + 1, adjustment.clone(), *class);
            all.push(ClassifiedAdjustment { line, charge_id, adjustment, class });
        }
    }
    all
}

/// Each part's adjustments as they move money. A payer that pays after another was asked for no more than that one left, so
/// it can neither leave the patient nor write down more: of what it names beyond, the earlier payer disposed, and it never
/// was this one's. The patient's share goes before a write-down, so that what the last payer said of it stands.
fn within_what_was_asked(parts: &[Part<'_>], is_reversal: bool) -> Vec<Vec<Meant>> {
    let mut moved: Vec<Vec<Meant>> = parts.iter().map(|part| part.adjustments.clone()).collect();
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
    let is_left = |effect: Effect| matches!(effect, Effect::LeftToNext | Effect::LeftToNextPayer);
    let is_written_down = |effect: Effect| effect == Effect::WrittenDown;
    for is_meant in [&is_left as &dyn Fn(Effect) -> bool, &is_written_down] {
        for (part, adjustments) in parts.iter().zip(&mut moved) {
            let Some(left) = left.get_mut(&part.line.charge_id) else { continue };
            for one in adjustments.iter_mut().filter(|one| is_meant(one.class.effect())) {
                let amount = &mut one.adjustment.amount;
                *amount = (*amount).min(*left);
                *left = left.checked_sub(*amount).unwrap_or(*left);
            }
        }
    }
    moved
}

/// What a decision left of each charge, as the decision says it: what the next payer is asked for.
///
/// # Errors
/// As [`decide`].
pub fn left_shares(
    payment: &ClaimPayment,
    claim: &ClaimFacts,
    classes: &Classes,
) -> Result<Vec<(ChargeId, Money)>, NotPosted> {
    let parts = parts(payment, claim, classes)?;
    let mut shares: Vec<(ChargeId, Money)> = Vec::with_capacity(parts.len());
    for (part, moved) in parts.iter().zip(within_what_was_asked(&parts, payment.is_reversal())) {
        let is_left = |one: &&Meant| matches!(one.class.effect(), Effect::LeftToNext | Effect::LeftToNextPayer);
        let amounts = moved.iter().filter(is_left).map(|one| one.adjustment.amount);
        let share = Money::checked_sum(amounts).ok_or(NotPosted::TooLarge)?;
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
/// Money taken back for an unknown claim, and money of an unknown payer, waits in the suspense of this claim payment.
pub fn set_aside(paid: Money, payer: Option<PayerId>, remittance: RemittanceId, item: ClaimPaymentId) -> Vec<Posting> {
    if paid.is_zero() {
        return Vec::new();
    }
    let waiting = match payer {
        Some(payer) if paid.is_positive() => Account::UnappliedPayer { payer: payer.0 },
        Some(_) | None => Account::Suspense { item: item.0 },
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
