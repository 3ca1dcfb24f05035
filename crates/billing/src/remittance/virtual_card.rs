//! Payments by virtual card: which they are, and what they cost. A card is no standard way to pay a claim: the guide of the
//! 835 (005010X221A1) has no value for it, and a plan must pay by EFT where it is asked (45 CFR 162.925). Opts out of nothing
//! by itself.

use super::Remittance;
use super::provider_level::{Behaviour, behaviour_of};
use crate::Money;

/// Values of BPR04 by which payers tell a card. X12 RFI 1887: this guide has none, and later guides add VCC.
const CARD_METHODS: [&str; 2] = ["VCC", "CCC"];

/// What a card costs where the payment does not say it: about three percent, in basis points, as processors of cards
/// commonly ask of practices.
const COMMON_FEE_BP: u32 = 300;

/// The most that a fee may be, in basis points: card processors ask two to five percent, and twice that is a slip.
pub const MOST_FEE_BP: u32 = 1_000;

/// The code under which a fee stands as cost, beside those of PLB.
pub const FEE_CODE: &str = "CARD";

/// What a card costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardFee {
    /// The payment itself keeps a fee.
    Stated(Money),
    /// It does not say; so much it commonly is.
    About(Money),
}

impl CardFee {
    /// How much.
    pub fn amount(self) -> Money {
        match self {
            CardFee::Stated(amount) | CardFee::About(amount) => amount,
        }
    }
}

impl std::fmt::Display for CardFee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CardFee::Stated(amount) => write!(f, "fee {amount}"),
            CardFee::About(amount) => write!(f, "fee about {amount}"),
        }
    }
}

/// Whether a way of payment (BPR04) is a card.
pub fn is_card(method: &str) -> bool {
    CARD_METHODS.contains(&method)
}

/// The fee of a payment that came as a card; none for any other, and for one of nothing.
pub fn fee(remittance: &Remittance) -> Option<CardFee> {
    if !is_card(&remittance.method) || !remittance.amount.is_positive() {
        return None;
    }
    let fees = remittance.provider_adjustments.iter().filter(|one| behaviour_of(&one.reason) == Behaviour::Fee);
    let stated = Money::checked_sum(fees.map(|one| one.amount)).filter(|amount| amount.is_positive());
    Some(match stated {
        Some(amount) => CardFee::Stated(amount),
        None => CardFee::About(remittance.amount.share(COMMON_FEE_BP).unwrap_or(Money::ZERO)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remittance::ProviderAdjustment;

    fn payment(method: &str, cents: i64, fees: &[i64]) -> Remittance {
        let fee = |cents: &i64| ProviderAdjustment {
            reason: "AH".into(),
            reference: String::new(),
            amount: Money::from_cents(*cents),
        };
        Remittance {
            payer_name: String::new(),
            payer_trace_id: String::new(),
            payer_identifier: String::new(),
            payee_npi: String::new(),
            trace: String::new(),
            method: method.into(),
            paid_on: jiff::civil::date(2026, 3, 2),
            amount: Money::from_cents(cents),
            claims: Vec::new(),
            provider_adjustments: fees.iter().map(fee).collect(),
        }
    }

    #[test]
    fn a_card_costs_what_the_payment_says_or_about_three_percent() {
        let cents = Money::from_cents;
        for (payment, expected) in [
            (payment("VCC", 10_000, &[]), Some(CardFee::About(cents(300)))),
            (payment("VCC", 10_000, &[250]), Some(CardFee::Stated(cents(250)))),
            (payment("ACH", 10_000, &[250]), None),
            (payment("CHK", 10_000, &[]), None),
            (payment("VCC", 0, &[]), None),
        ] {
            assert_eq!(fee(&payment), expected, "{}", payment.method);
        }
    }
}
