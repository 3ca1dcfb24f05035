//! Rules of the 277CA (005010X214): totals of accepted and rejected claims agree with the claims that are listed.
//!
//! A level that lists no claims, being rejected whole, is believed.

use crate::amount::Amount;
use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::guide::Tag;
use crate::problem::{Code, Snip};
use crate::rules::{SetRules, amount};

rules! {
    ACCEPTED_QUANTITY = "277ca-accepted-quantity", Balance, Code::Balance, "the number of accepted claims is not that of the claims listed as accepted", "Correct the QTY total.";
    REJECTED_QUANTITY = "277ca-rejected-quantity", Balance, Code::Balance, "the number of rejected claims is not that of the claims listed as rejected", "Correct the QTY total.";
    ACCEPTED_AMOUNT = "277ca-accepted-amount", Balance, Code::Balance, "the accepted amount is not the sum of the claims listed as accepted", "Correct the AMT total.";
    REJECTED_AMOUNT = "277ca-rejected-amount", Balance, Code::Balance, "the rejected amount is not the sum of the claims listed as rejected", "Correct the AMT total.";
    TOTAL_AMOUNT = "277ca-total-amount", Balance, Code::Balance, "the total charge is not the sum of the claims listed", "Correct STC04 of the receiver's status.";
}

/// A total with its place, as the file states it.
type Stated = Option<(Amount, At)>;

/// What a level states, and what its claims add up to.
#[derive(Default)]
struct Level {
    accepted_quantity: Stated,
    rejected_quantity: Stated,
    accepted_amount: Stated,
    rejected_amount: Stated,
    total_amount: Stated,
    claims: u32,
    accepted: u32,
    rejected: u32,
    accepted_sum: Amount,
    rejected_sum: Amount,
    is_broken: bool,
}

/// The state of the rules over a set.
#[derive(Default)]
pub(super) struct ClaimAcknowledgmentRules {
    receiver: Level,
    provider: Level,
    /// A provider without claims leaves the receiver's totals open.
    has_silent_provider: bool,
    in_claim_status: bool,
}

impl SetRules for ClaimAcknowledgmentRules {
    fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, _: &mut Sink<'_>) {
        let stated = || match amount(cells.get(2)) {
            Some(total) if clean => Some((total, cells.at_element(2))),
            Some(_) | None => None,
        };
        match tag {
            Tag::Level => self.in_claim_status = false,
            Tag::ReceiverStatus if clean => {
                self.receiver.total_amount =
                    amount(cells.get(4)).filter(|_| !cells.get(4).is_empty()).map(|total| (total, cells.at_element(4)));
            }
            Tag::AcceptedQuantity => self.receiver.accepted_quantity = stated(),
            Tag::RejectedQuantity => self.receiver.rejected_quantity = stated(),
            Tag::AcceptedAmount => self.receiver.accepted_amount = stated(),
            Tag::RejectedAmount => self.receiver.rejected_amount = stated(),
            Tag::ProviderAcceptedQuantity => self.provider.accepted_quantity = stated(),
            Tag::ProviderRejectedQuantity => self.provider.rejected_quantity = stated(),
            Tag::ProviderAcceptedAmount => self.provider.accepted_amount = stated(),
            Tag::ProviderRejectedAmount => self.provider.rejected_amount = stated(),
            Tag::ClaimStatus if !self.in_claim_status => self.claim(cells, clean),
            _ => {}
        }
    }

    fn close(&mut self, loop_id: &'static str, _: &Cells<'_>, sink: &mut Sink<'_>) {
        match loop_id {
            "2200D" => self.in_claim_status = false,
            "2000C" => {
                let provider = std::mem::take(&mut self.provider);
                self.has_silent_provider |= provider.claims == 0;
                judge(&provider, "2200C", sink);
            }
            "2000B" => {
                let mut receiver = std::mem::take(&mut self.receiver);
                receiver.is_broken |= self.has_silent_provider;
                judge(&receiver, "2200B", sink);
                self.has_silent_provider = false;
            }
            _ => {}
        }
    }

    fn broken(&mut self) {
        self.receiver.is_broken = true;
        self.provider.is_broken = true;
    }
}

impl ClaimAcknowledgmentRules {
    /// The first status of a claim decides.
    fn claim(&mut self, cells: &Cells<'_>, clean: bool) {
        self.in_claim_status = true;
        let charge = amount(cells.get(4)).filter(|_| clean);
        for level in [&mut self.receiver, &mut self.provider] {
            level.claims += 1;
            let Some(charge) = charge else {
                level.is_broken = true;
                continue;
            };
            if cells.get(3) == b"U" {
                level.rejected += 1;
                level.rejected_sum += charge;
            } else {
                level.accepted += 1;
                level.accepted_sum += charge;
            }
        }
    }
}

/// Tells the first total that is wrong; the others mostly follow from it.
fn judge(level: &Level, loop_id: &'static str, sink: &mut Sink<'_>) {
    if level.is_broken || level.claims == 0 {
        return;
    }
    let number = |count: u32| Amount::from_cents(i64::from(count) * 100);
    let totals: [(Stated, Amount, &Rule); 5] = [
        (level.accepted_quantity, number(level.accepted), &ACCEPTED_QUANTITY),
        (level.rejected_quantity, number(level.rejected), &REJECTED_QUANTITY),
        (level.accepted_amount, level.accepted_sum, &ACCEPTED_AMOUNT),
        (level.rejected_amount, level.rejected_sum, &REJECTED_AMOUNT),
        (level.total_amount, level.accepted_sum + level.rejected_sum, &TOTAL_AMOUNT),
    ];
    for (stated, counted, rule) in totals {
        if let Some((total, at)) = stated
            && total != counted
        {
            sink.error_in(rule, at, loop_id);
            return;
        }
    }
}
