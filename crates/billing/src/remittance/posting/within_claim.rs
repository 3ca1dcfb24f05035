//! What a decision does between the lines of one claim, and what it may leave of each: lines that were paid together, and
//! shares that can be a patient's. Never moves anything out of the claim.

use std::collections::BTreeMap;

use ledger::{Account, Posting};

use super::{Meant, NotPosted, Part, plus, reason};
use crate::remittance::classification::Effect;
use crate::remittance::matching::ClaimFacts;
use crate::{ChargeId, Money};

/// Nobody is left less than nothing of a charge, nor more than the charge less what is paid of it. Of a payer that pays after
/// another only the first is asked: what it names beyond its share was never its to move.
pub(super) fn check_shares(parts: &[Part<'_>], moved: &[Vec<Meant>]) -> Result<(), NotPosted> {
    let mut charges: BTreeMap<ChargeId, (Money, Money)> = BTreeMap::new();
    let mut asked_again = Vec::new();
    for (part, adjustments) in parts.iter().zip(moved) {
        let charge = part.line.charge_id;
        let (left, most) = charges.entry(charge).or_insert((Money::ZERO, part.line.amount));
        *most = most.checked_sub(part.paid).ok_or(NotPosted::TooLarge)?;
        for one in adjustments {
            let amount = one.adjustment.amount;
            match one.class.effect() {
                Effect::LeftToNext | Effect::LeftToNextPayer => *left = plus(*left, amount)?,
                // Both are below zero where they add to what is paid.
                Effect::Interest | Effect::WithinClaim => {
                    *most = most.checked_sub(amount).ok_or(NotPosted::TooLarge)?;
                }
                Effect::WrittenDown | Effect::NotThisPayers | Effect::StaysOwed => {}
            }
        }
        if part.line.asked.is_some() {
            asked_again.push(charge);
        }
    }
    for (charge, (left, most)) in charges {
        let most = most.max(Money::ZERO);
        if left.is_negative() || (left > most && !asked_again.contains(&charge)) {
            return Err(NotPosted::ShareOutOfRange { left, most });
        }
    }
    Ok(())
}

/// What was taken off a line because it was paid with another is owed for that other: first taken off, first given.
pub(super) fn move_to_paid_lines(
    postings: &mut Vec<Posting>,
    claim: &ClaimFacts,
    parts: &[Part<'_>],
    moved: &[Vec<Meant>],
) -> Result<(), NotPosted> {
    let is_bundled = |one: &&Meant| one.class.effect() == Effect::WithinClaim;
    let all =
        || parts.iter().zip(moved).flat_map(|(part, of)| of.iter().filter(is_bundled).map(move |one| (part, one)));
    let mut paid_with: Vec<(ChargeId, Money)> = Vec::new();
    for (part, one) in all().filter(|(_, one)| one.adjustment.amount.is_negative()) {
        paid_with
            .push((part.line.charge_id, Money::ZERO.checked_sub(one.adjustment.amount).ok_or(NotPosted::TooLarge)?));
    }
    let of = |charge: ChargeId| Account::PayerReceivable { charge: charge.0, payer: claim.payer_id.0 };
    for (part, one) in all().filter(|(_, one)| one.adjustment.amount.is_positive()) {
        let mut rest = one.adjustment.amount;
        for (charge, open) in paid_with.iter_mut().filter(|(_, open)| open.is_positive()) {
            let amount = rest.min(*open);
            if !amount.is_positive() {
                break;
            }
            postings.push(Posting::debit(of(*charge), amount, reason(&one.adjustment)));
            postings.push(Posting::credit(of(part.line.charge_id), amount, reason(&one.adjustment)));
            rest = rest.checked_sub(amount).ok_or(NotPosted::TooLarge)?;
            *open = open.checked_sub(amount).ok_or(NotPosted::TooLarge)?;
        }
    }
    Ok(())
}
