//! A claim payment that does not add up, posted all the same because two people said so: what its equations are off by stands in
//! a suspense of its own. Never leaves a line of ours with a share of the difference, and never moves more of one than the
//! payer still owes for it.

use std::collections::BTreeMap;

use ledger::{Account, Posting};

use super::{
    Books, ClaimPosting, DIFFERENCE, Meant, NotPosted, Part, decide_parts, parts, plus, within_what_was_asked,
};
use crate::remittance::ClaimPayment;
use crate::remittance::classification::{Classes, Effect};
use crate::remittance::matching::ClaimFacts;
use crate::{ChargeId, ClaimPaymentId, Money, RemittanceId};

/// As [`super::decide_as`], for a claim payment that does not add up: what its equations are off by leaves the payer's
/// receivable for the suspense of this one claim payment, and cash that its lines do not explain waits there too. Gives what
/// stands in suspense, debit positive.
///
/// # Errors
/// As [`super::decide`].
pub fn decide_in_suspense(
    payment: &ClaimPayment,
    claim: &ClaimFacts,
    remittance: RemittanceId,
    classes: &Classes,
    item: ClaimPaymentId,
) -> Result<(ClaimPosting, Money), NotPosted> {
    let parts = parts(payment, claim, classes)?;
    let mut done = decide_parts(payment, claim, remittance, classes, &parts)?;
    let suspense = Account::Suspense { item: item.0 };
    let mut open = Money::ZERO;
    for (charge, difference) in differences(&parts, payment.is_reversal())? {
        Books { claim, charge: charge.0 }.pair(&mut done.postings, suspense.clone(), difference, DIFFERENCE.into());
        open = plus(open, difference)?;
    }
    let told = Money::checked_sum(parts.iter().map(|part| part.paid)).ok_or(NotPosted::TooLarge)?;
    let unexplained = told.checked_sub(payment.paid_amount).ok_or(NotPosted::TooLarge)?;
    if !unexplained.is_zero() {
        let clearing = Account::EraClearing { remittance: remittance.0 };
        done.postings.push(Posting::debit(suspense, unexplained, DIFFERENCE));
        done.postings.push(Posting::credit(clearing, unexplained, DIFFERENCE));
    }
    Ok((done, plus(open, unexplained)?))
}

/// What each charge's equation is off by, as far as the books show it: never more than the payer would be left owing, and
/// never turned against it.
fn differences(parts: &[Part<'_>], is_reversal: bool) -> Result<Vec<(ChargeId, Money)>, NotPosted> {
    let mut off: BTreeMap<ChargeId, (Money, Money)> = BTreeMap::new();
    for (part, moved) in parts.iter().zip(within_what_was_asked(parts, is_reversal)) {
        let sum = |all: &mut dyn Iterator<Item = &Meant>| {
            Money::checked_sum(all.map(|one| one.adjustment.amount)).ok_or(NotPosted::TooLarge)
        };
        let adjusted = sum(&mut part.adjustments.iter())?;
        // What an earlier payer disposed of was never asked of this one; where this one pays first it is still owed.
        let counts = |one: &&Meant| one.class.effect() != Effect::NotThisPayers || part.line.asked.is_none();
        let told = sum(&mut moved.iter().filter(counts))?;
        let asked = part.line.asked.unwrap_or(part.line.amount);
        let (difference, left) = off.entry(part.line.charge_id).or_insert((Money::ZERO, asked));
        let of_part = part.charge.checked_sub(adjusted).and_then(|rest| rest.checked_sub(part.paid));
        *difference = plus(*difference, of_part.ok_or(NotPosted::TooLarge)?)?;
        *left = left.checked_sub(told).and_then(|left| left.checked_sub(part.paid)).ok_or(NotPosted::TooLarge)?;
    }
    let within = |difference: Money, left: Money| difference.clamp(left.min(Money::ZERO), left.max(Money::ZERO));
    Ok(off.into_iter().map(|(charge, (difference, left))| (charge, within(difference, left))).collect())
}
