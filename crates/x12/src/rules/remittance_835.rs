//! Rules of the payment (005010X221A1): service, claim and payment balance, reversals, payments of nothing.
//!
//! AMT segments take no part in any balance. A positive CAS or PLB lowers what is paid.

use crate::amount::Amount;
use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::guide::Tag;
use crate::problem::{Code, Snip};
use crate::rules::{SetRules, adjusted_elements, amount, amount_at};

rules! {
    SERVICE_BALANCE = "835-service-balance", Balance, Code::Balance, "a service's charge less its adjustments is not what was paid for it", "Ask the payer for a corrected remittance; post nothing of this service.";
    CLAIM_BALANCE = "835-claim-balance", Balance, Code::Balance, "a claim's charge less all its adjustments is not what was paid for it", "Ask the payer for a corrected remittance; post nothing of this claim.";
    PAYMENT_BALANCE = "835-payment-balance", Balance, Code::Balance, "the claims paid less the provider adjustments are not the amount of the payment", "Ask the payer for a corrected remittance; post nothing of it.";
    NEGATIVE_PAYMENT = "835-payment-negative", Balance, Code::Situation, "the amount of the payment is negative", "A payer carries a negative balance forward in PLB and pays zero.";
    NEGATIVE_CLAIM = "835-reversal", Situation, Code::Situation, "a claim is negative but is no reversal", "Write status 22 into CLP02 and let the correction follow.";
    POSITIVE_REVERSAL = "835-reversal-sign", Situation, Code::Situation, "a reversal has a positive charge", "Turn the signs of the reversed claim.";
    PAYMENT_METHOD = "835-non-payment", Situation, Code::Situation, "the method says that nothing was paid, but the amount is not zero", "Correct BPR02 or BPR04.";
    ZERO_ADJUSTMENT = "835-zero-adjustment", Balance, Code::Balance, "an adjustment of zero says nothing", "Leave it out.";
}

/// The status of a reversal of a previous payment.
const REVERSAL: &[u8] = b"22";

#[derive(Default)]
struct Claim {
    at_paid: At,
    charge: Amount,
    paid: Amount,
    adjusted: Amount,
    is_broken: bool,
}

#[derive(Default)]
struct Service {
    at_paid: At,
    charge: Amount,
    paid: Amount,
    adjusted: Amount,
    is_broken: bool,
}

/// The state of the rules over a payment.
#[derive(Default)]
pub(super) struct RemittanceRules {
    at_payment: At,
    payment: Amount,
    claims: Amount,
    provider_adjustments: Amount,
    is_broken: bool,
    claim: Claim,
    service: Service,
}

impl SetRules for RemittanceRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        match tag {
            Tag::Payment => self.payment(cells, clean, sink),
            Tag::ClaimPayment => self.claim_payment(cells, clean, sink),
            Tag::ServicePayment => {
                let (charge, paid) = (amount_at(2, cells, sink), amount_at(3, cells, sink));
                let is_broken = !clean || charge.is_none() || paid.is_none();
                self.claim.is_broken |= is_broken;
                self.service = Service {
                    at_paid: cells.at_element(3),
                    charge: charge.unwrap_or_default(),
                    paid: paid.unwrap_or_default(),
                    adjusted: Amount::ZERO,
                    is_broken,
                };
            }
            Tag::ClaimAdjustment | Tag::ServiceAdjustment => self.adjustment(tag, cells, clean, sink),
            Tag::ProviderAdjustments => {
                for n in (4..=14).step_by(2) {
                    match amount(if n <= cells.len() { cells.get(n) } else { b"" }) {
                        Some(sum) if clean => self.provider_adjustments += sum,
                        Some(_) | None => self.is_broken = true,
                    }
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, loop_id: &'static str, _: &Cells<'_>, sink: &mut Sink<'_>) {
        match loop_id {
            "2110" => {
                let service = &self.service;
                if !service.is_broken && service.charge - service.adjusted != service.paid {
                    sink.error_in(&SERVICE_BALANCE, service.at_paid, "2110");
                    self.claim.is_broken = true;
                }
            }
            "2100" => self.close_claim(sink),
            "" if !self.is_broken && self.claims - self.provider_adjustments != self.payment => {
                sink.error_in(&PAYMENT_BALANCE, self.at_payment, "");
            }
            _ => {}
        }
    }

    fn broken(&mut self) {
        self.is_broken = true;
        self.claim.is_broken = true;
        self.service.is_broken = true;
    }
}

impl RemittanceRules {
    fn payment(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        self.at_payment = cells.at_element(2);
        match amount(cells.get(2)) {
            Some(payment) if clean => self.payment = payment,
            Some(_) | None => self.is_broken = true,
        }
        if !clean {
            return;
        }
        if self.payment.is_negative() {
            sink.error(&NEGATIVE_PAYMENT, self.at_payment);
            self.is_broken = true;
        } else if cells.get(4) == b"NON" && !self.payment.is_zero() {
            sink.error(&PAYMENT_METHOD, cells.at_element(4));
            self.is_broken = true;
        }
    }

    fn claim_payment(&mut self, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        let (charge, paid) = (amount_at(3, cells, sink), amount_at(4, cells, sink));
        let is_broken = !clean || charge.is_none() || paid.is_none();
        self.claim = Claim {
            at_paid: cells.at_element(4),
            charge: charge.unwrap_or_default(),
            paid: paid.unwrap_or_default(),
            adjusted: Amount::ZERO,
            is_broken,
        };
        if is_broken {
            self.is_broken = true;
            return;
        }
        self.claims += self.claim.paid;
        let is_reversal = cells.get(2) == REVERSAL;
        if !is_reversal && self.claim.charge.is_negative() {
            sink.error(&NEGATIVE_CLAIM, cells.at_element(3));
            self.claim.is_broken = true;
        } else if is_reversal && self.claim.charge > Amount::ZERO {
            sink.error(&POSITIVE_REVERSAL, cells.at_element(3));
            self.claim.is_broken = true;
        }
    }

    fn adjustment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &mut Sink<'_>) {
        let is_of_service = tag == Tag::ServiceAdjustment;
        let mut zeros: u32 = 0;
        let sum = adjusted_elements(cells).try_fold(Amount::ZERO, |sum, n| {
            let amount = amount_at(n, cells, sink)?;
            zeros |= u32::from(amount.is_zero()) << n;
            sum.checked_add(amount)
        });
        let Some(sum) = sum.filter(|_| clean) else {
            self.claim.is_broken = true;
            self.service.is_broken |= is_of_service;
            return;
        };
        self.claim.adjusted += sum;
        if is_of_service {
            self.service.adjusted += sum;
        }
        while zeros != 0 {
            let n = zeros.trailing_zeros() as usize;
            // What is empty counts as nothing, but says nothing either.
            if !cells.get(n).is_empty() {
                sink.warning(&ZERO_ADJUSTMENT, cells.at_element(n));
            }
            zeros &= zeros - 1;
        }
    }

    fn close_claim(&mut self, sink: &mut Sink<'_>) {
        let claim = &self.claim;
        if claim.is_broken {
            // The claim is told already; the payment's sum follows from it.
            self.is_broken = true;
        } else if claim.charge - claim.adjusted != claim.paid {
            sink.error_in(&CLAIM_BALANCE, claim.at_paid, "2100");
            self.is_broken = true;
        }
    }
}
