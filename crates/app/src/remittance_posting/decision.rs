//! What each claim of a payment comes to: posted, set aside, unmatched, or an estimate. Judges each with what stands at
//! that point, whether that was said before, in the same payment, or earlier and set aside. Saves nothing.

use std::collections::HashMap;

use billing::claim::status::{Refused, next};
use billing::claim::{ClaimEvent, ClaimStatus};
use billing::remittance::matching::ClaimFacts;
use billing::remittance::posting::{self, NotPosted};
use billing::remittance::{ClaimPayment, balance, reversal};
use billing::{ClaimId, ClaimPaymentId, Money, RemittanceId};
use edi::remittance_835::ReadRemittance;
use jiff::civil::Date;
use store::Tx;

use super::history::{EARLIER_VERSION, Waiting, WaitsFor};
use super::known::Known;
use super::{Arrival, Decided, Outcome, Sender};

/// What a claim payment makes of a claim in a place; refused where the claim cannot have been decided.
pub(super) fn event_of(
    payment: &ClaimPayment,
    status: ClaimStatus,
    follow_up_on: Option<Date>,
) -> Result<ClaimEvent, Refused> {
    let event = if payment.is_reversal() {
        ClaimEvent::Reversed { follow_up_on: follow_up_on.unwrap_or(Date::MAX) }
    } else {
        ClaimEvent::Adjudicated
    };
    next(status, &event).map(|_| event)
}

/// Decides every claim of a payment in its order; a reversal that stands before what it takes back is decided after it.
/// What was set aside before and finds its place by this payment comes last.
pub(super) fn decide_all<'a>(
    tx: &Tx,
    id: RemittanceId,
    set: &'a ReadRemittance,
    known: &'a Known,
    sender: Sender<'_>,
) -> Vec<Decided<'a>> {
    let unreadable: HashMap<usize, &str> =
        set.problems.iter().filter_map(|p| p.claim.map(|claim| (claim, p.sentence.as_str()))).collect();
    let paid_on = set.remittance.paid_on;
    let mut desk = Deciding::new(known, set.remittance.claims.len());
    let mut early = Vec::new();
    for ((place, payment), ordinal) in set.remittance.claims.iter().enumerate().zip(1_i64..) {
        let outcome = match unreadable.get(&place) {
            Some(sentence) => Outcome::SetAside {
                claim: known.index.find(payment).map(|claim| claim.id),
                problem: (*sentence).to_owned(),
                difference: Money::ZERO,
                waits_for: None,
            },
            None => desk.decide(payment, id, sender),
        };
        if matches!(&outcome, Outcome::SetAside { waits_for: Some(WaitsFor::Original), .. }) {
            early.push((payment, ordinal));
            continue;
        }
        let arrival = Arrival::Now(ordinal);
        desk.take(Decided { id: ClaimPaymentId(tx.new_id()), remittance: id, payment, paid_on, arrival, outcome });
    }
    for (payment, ordinal) in early {
        let outcome = desk.decide(payment, id, sender);
        let arrival = Arrival::Now(ordinal);
        desk.take(Decided { id: ClaimPaymentId(tx.new_id()), remittance: id, payment, paid_on, arrival, outcome });
    }
    // A reversal takes back nothing that was decided after it.
    desk.take_up(|waiting| waiting.waits_for == WaitsFor::Original && waiting.paid_on >= paid_on);
    desk.decided
}

/// What was set aside and finds its place now.
pub(super) fn take_up(known: &Known) -> Vec<Decided<'_>> {
    let mut desk = Deciding::new(known, 0);
    desk.take_up(|_| true);
    desk.decided
}

/// Decisions being taken, one after the other.
struct Deciding<'a> {
    known: &'a Known,
    decided: Vec<Decided<'a>>,
    /// Where claims are that were decided so far.
    statuses: HashMap<ClaimId, ClaimStatus>,
}

impl<'a> Deciding<'a> {
    fn new(known: &'a Known, claims: usize) -> Self {
        Deciding { known, decided: Vec::with_capacity(claims), statuses: HashMap::new() }
    }

    fn status(&self, claim: &ClaimFacts) -> ClaimStatus {
        self.statuses.get(&claim.id).copied().unwrap_or(claim.status)
    }

    fn take(&mut self, one: Decided<'a>) {
        if let Outcome::Posted { claim, .. } = &one.outcome {
            let status = self.status(claim);
            let moved = event_of(one.payment, status, None).and_then(|event| next(status, &event));
            self.statuses.insert(claim.id, moved.unwrap_or(status));
        }
        self.decided.push(one);
    }

    /// Takes up what was set aside and can be posted now, until nothing more can.
    fn take_up(&mut self, may: impl Fn(&Waiting) -> bool) {
        let known = self.known;
        let mut waiting: Vec<&'a Waiting> = known.earlier.waiting.iter().filter(|waiting| may(waiting)).collect();
        loop {
            let before = waiting.len();
            let mut still = Vec::with_capacity(before);
            for one in waiting {
                let payer = one.payer.and_then(|payer| known.payers.get(&payer));
                let sender = Sender {
                    payer: one.payer,
                    identifier: payer.map_or("", |payer| &payer.payer_identifier),
                    name: payer.map_or("another payer", |payer| &payer.name),
                };
                match self.decide(&one.payment, one.remittance, sender) {
                    outcome @ Outcome::Posted { .. } => self.take(Decided {
                        id: one.id,
                        remittance: one.remittance,
                        payment: &one.payment,
                        paid_on: one.paid_on,
                        arrival: Arrival::Before(one.account.clone()),
                        outcome,
                    }),
                    Outcome::SetAside { .. } | Outcome::Unmatched { .. } | Outcome::Estimate { .. } => still.push(one),
                }
            }
            if still.is_empty() || still.len() == before {
                return;
            }
            waiting = still;
        }
    }

    fn decide(&self, payment: &ClaimPayment, id: RemittanceId, sender: Sender<'_>) -> Outcome<'a> {
        let known = self.known;
        let claim = known.index.find(payment);
        let set_aside = |problem: String, difference: Money, waits_for: Option<WaitsFor>| Outcome::SetAside {
            claim: claim.map(|claim| claim.id),
            problem,
            difference,
            waits_for,
        };
        if let Some(imbalance) = balance::claim(payment) {
            return set_aside(imbalance.to_string(), imbalance.difference, None);
        }
        let Some(claim) = claim else {
            return Outcome::Unmatched { problem: "its numbers name no claim of ours, or more than one".to_owned() };
        };
        if let Some(problem) = not_a_decision(payment).or_else(|| sender.objection(claim, known)) {
            return set_aside(problem, Money::ZERO, None);
        }
        if payment.is_estimate() {
            return Outcome::Estimate { claim: claim.id };
        }
        let takes_back = match payment.is_reversal().then(|| known.earlier.original(claim.id, payment, &self.decided)) {
            None => None,
            Some(Ok(original)) => Some(original),
            Some(Err(no_original)) => {
                let waits_for = no_original.may_come().then_some(WaitsFor::Original);
                return set_aside(no_original.to_string(), Money::ZERO, waits_for);
            }
        };
        if event_of(payment, self.status(claim), None).is_err() {
            return if known.mended.contains(&claim.id) {
                set_aside(EARLIER_VERSION.to_owned(), Money::ZERO, Some(WaitsFor::Version))
            } else {
                set_aside("it decides a claim that was never sent".to_owned(), Money::ZERO, None)
            };
        }
        let decision = takes_back.and_then(|original| known.earlier.payment(original, &self.decided));
        let is_refused = posting::is_refused(decision.unwrap_or(payment), claim);
        match posting::decide_as(payment, claim, id, is_refused) {
            Ok(mut posting) => {
                if let Some(original) = takes_back {
                    posting.postings = reversal::undo(known.earlier.postings(original, &self.decided), id);
                }
                Outcome::Posted { claim, posting, takes_back }
            }
            Err(NotPosted::LineUnmatched) => {
                Outcome::Unmatched { problem: "a line of it matches no line of the claim".to_owned() }
            }
            Err(NotPosted::TooLarge) => set_aside("an amount is too large".to_owned(), Money::ZERO, None),
        }
    }
}

/// Amounts that no decision has, whatever adds up.
fn not_a_decision(payment: &ClaimPayment) -> Option<String> {
    let paid = payment.paid_amount;
    if payment.is_estimate() && !paid.is_zero() {
        return Some(format!(
            "an estimate (CLP02 25) pays nothing, and this one says {paid}; ask the payer what it is for"
        ));
    }
    (paid.is_negative() && !payment.is_reversal()).then(|| {
        format!(
            "it pays {paid} without being a reversal (CLP02 22); ask the payer for a reversal of the earlier payment and \
             a new decision"
        )
    })
}
