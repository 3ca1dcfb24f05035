//! The three balances of an 835, checked before any cent is posted. Nothing here repairs what does not add up.
//!
//! Source of the equations: the 835 implementation guide's balancing rules (005010X221A1, section 1.10.2.1): service,
//! claim and payment level. AMT segments never take part.

use super::{Adjustment, ClaimPayment, Remittance};
use crate::Money;

/// Which equation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Equation {
    /// SVC02 − Σ CAS of the line = SVC03.
    Service,
    /// CLP03 − Σ CAS of claim and lines = CLP04.
    Claim,
    /// Σ SVC03 − Σ CAS of the claim = CLP04: the lines carry the whole claim.
    Lines,
    /// Σ CLP04 − Σ PLB = BPR02.
    Payment,
}

/// An equation that fails, where, and by how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imbalance {
    /// Which equation.
    pub equation: Equation,
    /// The line, from 1; none above the line.
    pub line: Option<usize>,
    /// Left side less right side. Saturates where the amounts do not fit 64-bit cents.
    pub difference: Money,
}

impl std::fmt::Display for Imbalance {
    /// The equation with its difference, without patient data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let difference = self.difference;
        match (self.equation, self.line) {
            (Equation::Service, Some(line)) => write!(
                f,
                "line {line}: charge less adjustments differs from what was paid by {difference} (SVC02 − CAS ≠ SVC03)"
            ),
            (Equation::Service, None) => {
                write!(f, "a line's charge less adjustments differs from what was paid by {difference}")
            }
            (Equation::Claim, _) => write!(
                f,
                "the claim's charge less all adjustments differs from what was paid by {difference} (CLP03 − CAS ≠ CLP04)"
            ),
            (Equation::Lines, _) => {
                write!(f, "the lines together differ from the claim's payment by {difference} (SVC03 − CAS ≠ CLP04)")
            }
            (Equation::Payment, _) => write!(
                f,
                "the claims less the provider adjustments differ from the payment by {difference} (CLP04 − PLB ≠ BPR02)"
            ),
        }
    }
}

/// The payment's equation.
pub fn payment(remittance: &Remittance) -> Option<Imbalance> {
    let claims = remittance.claims.iter().map(|claim| claim.paid_amount);
    let adjustments = remittance.provider_adjustments.iter().map(|adjustment| adjustment.amount);
    let difference = total(claims) - total(adjustments) - total([remittance.amount]);
    imbalance(Equation::Payment, None, difference)
}

/// A claim's equations and those of its lines; the first that fails.
pub fn claim(payment: &ClaimPayment) -> Option<Imbalance> {
    for (place, line) in payment.lines.iter().enumerate() {
        let difference = total([line.charge_amount]) - adjusted(&line.adjustments) - total([line.paid_amount]);
        if let Some(found) = imbalance(Equation::Service, Some(place + 1), difference) {
            return Some(found);
        }
    }
    let of_lines: i128 = payment.lines.iter().map(|line| adjusted(&line.adjustments)).sum();
    let of_claim = adjusted(&payment.adjustments);
    let paid = total([payment.paid_amount]);
    let difference = total([payment.charge_amount]) - of_claim - of_lines - paid;
    if let Some(found) = imbalance(Equation::Claim, None, difference) {
        return Some(found);
    }
    if payment.lines.is_empty() {
        return None;
    }
    let lines = total(payment.lines.iter().map(|line| line.paid_amount));
    imbalance(Equation::Lines, None, lines - of_claim - paid)
}

fn adjusted(adjustments: &[Adjustment]) -> i128 {
    total(adjustments.iter().map(|adjustment| adjustment.amount))
}

/// Sums in 128 bits: amounts come from outside and must not stop the program.
fn total(amounts: impl IntoIterator<Item = Money>) -> i128 {
    amounts.into_iter().map(|amount| i128::from(amount.cents())).sum()
}

fn imbalance(equation: Equation, line: Option<usize>, difference: i128) -> Option<Imbalance> {
    let cents = i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN + 1 } else { i64::MAX });
    (difference != 0).then_some(Imbalance { equation, line, difference: Money::from_cents(cents) })
}
