//! Which posted payment a reversal (CLP02 22) takes back, and the postings that undo it. A reversal repeats the whole
//! payment with every sign turned (X12 RFI 1147), so the original is known by its amounts; what
//! mirrors no payment that stands undoes nothing. Never decides anew where an amount belongs: it goes back from where it
//! went, whatever coverages say today.

use std::collections::BTreeMap;

use ledger::{Account, Posting};

use super::{Adjustment, AdjustmentGroup, ClaimPayment};
use crate::{Money, RemittanceId};

/// Why a reversal undoes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoOriginal {
    /// No payment was posted for the claim.
    NeverPosted,
    /// The payment it mirrors was taken back already.
    TakenBackBefore,
    /// It takes back other amounts than any payment of the claim.
    OtherAmounts,
}

impl NoOriginal {
    /// The words that its sentence begins with; a stored sentence is known again by them.
    pub fn lead(self) -> &'static str {
        match self {
            NoOriginal::NeverPosted => "it takes back a payment that was never posted",
            NoOriginal::TakenBackBefore => "it takes back a payment that was taken back before",
            NoOriginal::OtherAmounts => "it takes back other amounts than any payment that stands for the claim",
        }
    }

    /// Whether a payment that is still to come may be what the reversal takes back.
    pub fn may_come(self) -> bool {
        match self {
            NoOriginal::NeverPosted | NoOriginal::OtherAmounts => true,
            NoOriginal::TakenBackBefore => false,
        }
    }
}

impl std::fmt::Display for NoOriginal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.lead())?;
        f.write_str(match self {
            NoOriginal::NeverPosted => {
                "; import the earlier remittance, and it is posted together with that one; or ask the payer which \
                 payment it means"
            }
            NoOriginal::TakenBackBefore => "; ask the payer which of the two stands",
            NoOriginal::OtherAmounts => {
                "; if an earlier remittance is missing, import it, and it is posted together with that one; else ask \
                 the payer for a reversal of the whole payment and a new decision"
            }
        })
    }
}

/// The payment that a reversal takes back: of those posted for the claim, oldest first, the latest that stands and
/// whose amounts the reversal turns; one with the payer's own number before others. Earlier reversals in the history
/// are paired first, in their order.
///
/// # Errors
/// [`NoOriginal`]: nothing is to be undone.
pub fn original<T: Copy>(history: &[(T, &ClaimPayment)], reversal: &ClaimPayment) -> Result<T, NoOriginal> {
    let Paired { standing, taken_back } = paired(history);
    if let Some((key, _)) = mirrored(&standing, reversal).and_then(|place| standing.get(place)) {
        return Ok(*key);
    }
    Err(if standing.is_empty() && taken_back.is_empty() {
        NoOriginal::NeverPosted
    } else if taken_back.iter().any(|payment| mirrors(payment, reversal)) {
        NoOriginal::TakenBackBefore
    } else {
        NoOriginal::OtherAmounts
    })
}

/// The decisions of a claim's history that stand, in its order: those that no reversal took back, whether it came after
/// its decision or before.
pub fn standing<T: Copy>(history: &[(T, &ClaimPayment)]) -> Vec<T> {
    paired(history).standing.into_iter().map(|(key, _)| key).collect()
}

/// A history whose reversals have found the payments they take back.
struct Paired<'p, T> {
    standing: Vec<(T, &'p ClaimPayment)>,
    taken_back: Vec<&'p ClaimPayment>,
}

fn paired<'p, T: Copy>(history: &[(T, &'p ClaimPayment)]) -> Paired<'p, T> {
    let mut paired = Paired { standing: Vec::with_capacity(history.len()), taken_back: Vec::new() };
    // Reversals that came before what they take back.
    let mut early: Vec<&ClaimPayment> = Vec::new();
    for (key, payment) in history {
        if payment.is_reversal() {
            match mirrored(&paired.standing, payment) {
                Some(place) => paired.taken_back.push(paired.standing.remove(place).1),
                None => early.push(payment),
            }
        } else if let Some(place) = early.iter().position(|reversal| mirrors(payment, reversal)) {
            early.remove(place);
            paired.taken_back.push(payment);
        } else {
            paired.standing.push((*key, payment));
        }
    }
    paired
}

/// The place of the latest payment that a reversal turns, the payer's own number first.
fn mirrored<T>(standing: &[(T, &ClaimPayment)], reversal: &ClaimPayment) -> Option<usize> {
    let number = &reversal.payer_claim_control_number;
    let by_number =
        |payment: &ClaimPayment| payment.payer_claim_control_number == *number && mirrors(payment, reversal);
    standing
        .iter()
        .rposition(|(_, payment)| by_number(payment))
        .or_else(|| standing.iter().rposition(|(_, payment)| mirrors(payment, reversal)))
}

/// Whether every amount of the payment stands in the reversal with its sign turned: charge, payment, and what each
/// reason took. Payers of 4010 habits write the group CR, so then the reason alone is compared.
pub fn mirrors(payment: &ClaimPayment, reversal: &ClaimPayment) -> bool {
    let is_turned = |one: Money, other: Money| one.checked_add(other) == Some(Money::ZERO);
    let by_reason_only = adjustments(reversal).any(|adjustment| adjustment.group == AdjustmentGroup::CR);
    is_turned(payment.charge_amount, reversal.charge_amount)
        && is_turned(payment.paid_amount, reversal.paid_amount)
        && totals(payment, by_reason_only, 1) == totals(reversal, by_reason_only, -1)
}

fn adjustments(payment: &ClaimPayment) -> impl Iterator<Item = &Adjustment> {
    payment.lines.iter().flat_map(|line| &line.adjustments).chain(&payment.adjustments)
}

/// What each reason took in all, in cents times `sign`; reasons that took nothing in the end are left out. 128 bits:
/// amounts come from outside.
fn totals(payment: &ClaimPayment, by_reason_only: bool, sign: i128) -> BTreeMap<(&'static str, &str), i128> {
    let mut totals = BTreeMap::new();
    for adjustment in adjustments(payment) {
        let group = if by_reason_only { "" } else { adjustment.group.code() };
        *totals.entry((group, adjustment.reason.as_str())).or_insert(0) += sign * i128::from(adjustment.amount.cents());
    }
    totals.retain(|_, cents| *cents != 0);
    totals
}

/// The original's postings with their signs turned, account by account; only the cash clears through the remittance that
/// takes it back.
pub fn undo(original: &[Posting], remittance: RemittanceId) -> Vec<Posting> {
    original
        .iter()
        .map(|posting| {
            let account = match &posting.account {
                Account::EraClearing { .. } => Account::EraClearing { remittance: remittance.0 },
                other => other.clone(),
            };
            Posting { account, amount: -posting.amount, reason: posting.reason.clone() }
        })
        .collect()
}
