//! A person gives a claim payment its place, or takes it off a claim again. It is posted as the import would post it, by the
//! same judgement; taking it off is a reversal of our own beside it, with the same cash waiting anew. Never changes what the
//! payer said, and never posts what the import would refuse, but for a difference that two people let stand in suspense.

use billing::remittance::classification::{Classes, Decider};
use billing::remittance::matching::MatchedBy;
use billing::remittance::posting::ClaimPosting;
use billing::remittance::translation::in_our_lines;
use billing::remittance::{ClaimPayment, balance, posting, reversal};
use billing::{ClaimId, ClaimPaymentId, Money};
use serde_json::json;
use store::remittance::{CLAIM_PAYMENT, ClaimPaymentFacts, LAST_ORDINAL};
use store::{Tx, params};

use super::decision::{self, Pending};
use super::history::{WaitsFor, where_all_waits};
use super::known::Known;
use super::{Arrival, Decided, Original, Outcome, Sender, entries, pay_from_what_is_held, rows, settlement};
use crate::{Error, suspense};

/// How a claim payment gets its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placing {
    /// As the import would post it: it must add up.
    AsItStands,
    /// With its difference in suspense; two people said so.
    InSuspense,
}

/// Posts a claim payment that waits to a claim. Its work ends with it.
///
/// # Errors
/// `NotFound`; `Refused` where some of its cash has a place already, its lines are none of the claim's, or the import would
/// not post it either.
pub(crate) fn place(tx: &mut Tx, id: ClaimPaymentId, to: ClaimId, how: Placing, why: &str) -> Result<(), Error> {
    let facts = load(tx, id)?;
    if facts.state == "posted" {
        return Err(Error::refused("This payment is posted to a claim already. Take it off that claim first."));
    }
    let payment = &facts.body.0;
    let waits = where_all_waits(tx, id, payment.paid_amount)?.ok_or_else(|| {
        Error::refused("Some of its cash has a place already. Take that back first; it is then matched whole.")
    })?;
    let known = Known::of_claim(tx, to)?;
    let claim = known.index.claims().first().ok_or(Error::NotFound("claim"))?;
    let translated = in_our_lines(payment, claim).ok_or_else(|| {
        Error::refused(format!(
            "A line of it matches no line of claim {}. Split its cash over the lines it pays, or choose another claim.",
            claim.control_number
        ))
    })?;
    let sender = sender(&facts, &known);
    let one = Pending {
        id,
        remittance: facts.remittance_id,
        trace: &facts.trace,
        payment: &translated.payment,
        paid_on: facts.paid_on,
        arrival: Arrival::Before(waits),
        sender,
        waits_for: WaitsFor::Original,
        by_hand: Some(why),
        in_suspense: how == Placing::InSuspense,
    };
    let off = how == Placing::AsItStands && balance::claim(payment).is_some();
    let way = if off { " Split its cash over the lines that it pays, or give it back to the payer." } else { "" };
    let mut decided = decision::by_hand(&known, one).map_err(|problem| {
        Error::refused(format!("It is not posted to claim {}: {problem}.{way}", claim.control_number))
    })?;
    tell_how(&mut decided, id, &translated.lines);
    let open = decided
        .iter()
        .find(|one| one.id == id)
        .map(|one| suspense::of_postings(id, one.postings()))
        .unwrap_or_default();
    rows::insert(tx, &decided, &known.rules)?;
    entries::place(tx, &decided, &known)?;
    settlement::settle(tx, facts.payer_id, &decided, &known)?;
    tx.audit("claim_payment.match", "claim_payment", id, json!({ "cents": payment.paid_amount, "claim": to }));
    if how == Placing::InSuspense {
        suspense::open(tx, &facts, claim, open)?;
    }
    pay_from_what_is_held(tx, &known)
}

/// How each line found its charge is what the person saw, not that it carries our number now.
fn tell_how(decided: &mut [Decided<'_>], id: ClaimPaymentId, found: &[MatchedBy]) {
    let own = decided.iter_mut().find(|one| one.id == id);
    if let Some(Outcome::Posted { posting, .. }) = own.map(|one| &mut one.outcome) {
        for ((_, by), how) in posting.lines.iter_mut().zip(found) {
            *by = *how;
        }
    }
}

impl Decided<'_> {
    /// What it posts.
    pub(crate) fn postings(&self) -> &[ledger::Posting] {
        match &self.outcome {
            Outcome::Posted { posting, .. } => &posting.postings,
            Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. } => &[],
        }
    }
}

/// Takes a claim payment off the claim that it is posted to: what it did is undone by a further entry, and the same payment
/// waits anew with its cash. Gives the one that waits.
///
/// # Errors
/// `NotFound`; `Refused` for a reversal, or a decision that does not stand.
pub(crate) fn take_off(tx: &mut Tx, id: ClaimPaymentId, why: &str) -> Result<ClaimPaymentId, Error> {
    let facts = load(tx, id)?;
    let claim_id = facts.claim_id.filter(|_| facts.state == "posted");
    let claim_id = claim_id.ok_or_else(|| Error::refused("This payment is posted to no claim."))?;
    let known = Known::of_claim(tx, claim_id)?;
    let claim = known.index.claims().first().ok_or(Error::NotFound("claim"))?;
    let payment = &facts.body.0;
    let history = known.earlier.history(claim_id, &[], std::iter::empty());
    let original = known.earlier.place_of(id).map(Original::Earlier);
    let original = original.filter(|one| reversal::standing(&history).contains(one)).ok_or_else(|| {
        Error::refused("This decision was taken back, or takes one back, so it is not taken off its claim.")
    })?;
    let back = turned(payment);
    let (back_in_ours, lines) =
        in_our_lines(&back, claim).map_or((back.clone(), Vec::new()), |found| (found.payment, found.lines));
    let before = known.earlier.classes(original, &[], claim, &known.rules);
    let classes =
        Classes::of(&back_in_ours, Decider::of(claim), &known.rules).mirrored(&back_in_ours, payment, &before);
    let mut undone = posting::decide_as(&back_in_ours, claim, facts.remittance_id, &classes).unwrap_or(ClaimPosting {
        postings: Vec::new(),
        lines: Vec::new(),
        adjustments: Vec::new(),
        denied: Money::ZERO,
        undecided: Money::ZERO,
        to_next_payer: Money::ZERO,
    });
    undone.lines.iter_mut().zip(&lines).for_each(|((_, by), how)| *by = *how);
    undone.postings = reversal::undo(known.earlier.postings(original, &[]), facts.remittance_id);
    let waits = match balance::claim(payment) {
        Some(found) => Outcome::SetAside {
            claim: known.index.find(payment).map(|of| of.id),
            problem: found.to_string(),
            difference: found.difference,
            waits_for: None,
        },
        None => Outcome::Unmatched { problem: format!("it was taken off claim {}", claim.control_number) },
    };
    let new = ClaimPaymentId(tx.new_id());
    let (last,) = tx.query_one(&LAST_ORDINAL, params![facts.remittance_id])?;
    let today = tx.today();
    let reversal_id = ClaimPaymentId(tx.new_id());
    let one = |id, payment, ordinal, outcome| Decided {
        id,
        remittance: facts.remittance_id,
        trace: &facts.trace,
        payment,
        paid_on: today,
        arrival: Arrival::Now(ordinal),
        outcome,
        by_hand: Some(why),
    };
    let taken_back = Outcome::Posted { claim, posting: undone, takes_back: Some(original) };
    let decided = [one(reversal_id, &back_in_ours, last + 1, taken_back), one(new, payment, last + 2, waits)];
    let payer = facts.payer_id.or(Some(claim.payer_id));
    rows::insert(tx, &decided, &known.rules)?;
    entries::take_off(tx, payer, &decided, &known, id)?;
    settlement::settle(tx, payer, &decided, &known)?;
    tx.audit("claim_payment.unmatch", "claim_payment", id, json!({ "cents": payment.paid_amount, "waits_as": new }));
    pay_from_what_is_held(tx, &known)?;
    Ok(new)
}

fn load(tx: &Tx, id: ClaimPaymentId) -> Result<ClaimPaymentFacts, Error> {
    tx.query_opt(&CLAIM_PAYMENT, params![id])?.ok_or(Error::NotFound("payment"))
}

fn sender<'a>(facts: &'a ClaimPaymentFacts, known: &'a Known) -> Sender<'a> {
    let payer = facts.payer_id.and_then(|payer| known.payers.get(&payer));
    Sender {
        payer: facts.payer_id,
        identifier: payer.map_or("", |payer| &payer.payer_identifier),
        name: &facts.payer_name,
        is_vouched: true,
    }
}

/// The same payment with every sign turned, as a payer takes one back.
fn turned(payment: &ClaimPayment) -> ClaimPayment {
    let mut back = payment.clone();
    back.status_code = "22".to_owned();
    back.raw.clear();
    (back.charge_amount, back.paid_amount) = (-back.charge_amount, -back.paid_amount);
    back.patient_responsibility = -back.patient_responsibility;
    back.adjustments.iter_mut().for_each(|adjustment| adjustment.amount = -adjustment.amount);
    for line in &mut back.lines {
        line.raw.clear();
        (line.charge_amount, line.paid_amount) = (-line.charge_amount, -line.paid_amount);
        line.adjustments.iter_mut().for_each(|adjustment| adjustment.amount = -adjustment.amount);
    }
    back
}
