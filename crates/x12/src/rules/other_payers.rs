//! Coordination of benefits in a claim: what each earlier payer paid and adjusted makes up the charge.
//!
//! Two sums: line by line (SVD02 + CAS = SV102), and claim by claim (AMT*D + all CAS = CLM02) where the payer
//! told what it paid. Holds amounts of the open claim only.

use crate::amount::Amount;
use crate::check::cells::{At, Cells};
use crate::check::element::rules;
use crate::check::sink::{Rule, Sink};
use crate::guide::Tag;
use crate::problem::{Code, MAX_KEPT_PROBLEMS, Snip};
use crate::rules::{adjustments, amount_at};

rules! {
    LINE_BALANCE = "claim-cob-line", Balance, Code::Balance, "what another payer paid and adjusted on a line is not the line's charge", "Correct SVD02 or the CAS amounts of the line.";
    CLAIM_BALANCE = "claim-cob-claim", Balance, Code::Balance, "what another payer paid and adjusted is not the claim's charge", "Correct AMT*D or the CAS amounts of the payer.";
    UNKNOWN_PAYER = "claim-cob-payer", Situation, Code::Situation, "a line names a payer that is none of the claim's other payers", "Write the id of loop 2330B into SVD01.";
}

/// The longest payer id that is compared whole; NM109 has 80 characters.
const PAYER_ID: usize = 80;
/// So many unknown payers of a claim are remembered, to tell each once; a claim has ten other payers at most.
const MAX_UNKNOWN: usize = 10;

/// One of the other payers.
#[derive(Default)]
struct Payer {
    id: Vec<u8>,
    paid: Option<(Amount, At)>,
    adjusted: Amount,
    is_broken: bool,
    has_faulty_id: bool,
}

/// A payer's decision on the open line.
struct Decision {
    at: At,
    at_payer: At,
    payer: Vec<u8>,
    total: Amount,
    adjusted: Amount,
    is_broken: bool,
}

/// The other payers of the open claim.
#[derive(Default)]
pub(super) struct OtherPayers {
    payers: Vec<Payer>,
    decision: Option<Decision>,
    line_charge: Option<Amount>,
    /// Payers that lines named and the claim does not have.
    unknown: Vec<Vec<u8>>,
    /// Lines that do not balance, told when the claim's own sum holds: a line's charge that is wrong breaks both.
    unbalanced: Vec<At>,
}

impl OtherPayers {
    pub fn begin_claim(&mut self) {
        self.payers.clear();
        self.unknown.clear();
        self.unbalanced.clear();
        self.decision = None;
    }

    pub fn begin_line(&mut self, charge: Option<Amount>) {
        self.line_charge = charge;
        self.decision = None;
    }

    /// One of the segments of loops 2320, 2330B and 2430.
    pub fn segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &Sink<'_>) {
        match tag {
            Tag::OtherSubscriber => self.payers.push(Payer::default()),
            Tag::OtherDecision => {
                let total = amount_at(2, cells, sink);
                self.decision = Some(Decision {
                    at: cells.at_element(2),
                    at_payer: cells.at_element(1),
                    payer: cells.get(1).iter().copied().take(PAYER_ID).collect(),
                    total: total.unwrap_or_default(),
                    adjusted: Amount::ZERO,
                    is_broken: !clean || total.is_none(),
                });
            }
            Tag::LineAdjustment => {
                if let Some(decision) = &mut self.decision {
                    match adjustments(cells, sink) {
                        Some(sum) if clean => decision.adjusted += sum,
                        Some(_) | None => decision.is_broken = true,
                    }
                }
            }
            _ => self.payer_segment(tag, cells, clean, sink),
        }
    }

    fn payer_segment(&mut self, tag: Tag, cells: &Cells<'_>, clean: bool, sink: &Sink<'_>) {
        let Some(payer) = self.payers.last_mut() else { return };
        payer.is_broken |= !clean;
        match tag {
            Tag::OtherAdjustment => match adjustments(cells, sink) {
                Some(sum) => payer.adjusted += sum,
                None => payer.is_broken = true,
            },
            Tag::OtherPaid => match amount_at(2, cells, sink) {
                Some(paid) => payer.paid = Some((paid, cells.at_element(2))),
                None => payer.is_broken = true,
            },
            Tag::OtherPayer if !clean => payer.has_faulty_id = true,
            Tag::OtherPayer => payer.id = cells.get(9).iter().copied().take(PAYER_ID).collect(),
            _ => {}
        }
    }

    /// Loop 2430 closes.
    pub fn close_line_decision(&mut self, sink: &mut Sink<'_>) {
        let Some(decision) = self.decision.take() else { return };
        let Some(payer) = self.payers.iter_mut().find(|payer| payer.id == decision.payer) else {
            // An id that is faulty in 2330B was told there; a payer that is unknown is told once.
            let is_told = self.payers.iter().any(|payer| payer.has_faulty_id) || self.unknown.contains(&decision.payer);
            if !decision.is_broken && !is_told {
                sink.error_in(&UNKNOWN_PAYER, decision.at_payer, "2430");
            }
            if self.unknown.len() < MAX_UNKNOWN {
                self.unknown.push(decision.payer);
            }
            // Whose decision it is stays open, so no payer's sum means anything.
            self.payers.iter_mut().for_each(|payer| payer.is_broken = true);
            return;
        };
        payer.adjusted += decision.adjusted;
        if decision.is_broken {
            payer.is_broken = true;
        } else if self.line_charge.is_some_and(|charge| charge != decision.total + decision.adjusted) {
            if self.unbalanced.len() < MAX_KEPT_PROBLEMS {
                self.unbalanced.push(decision.at);
            }
            payer.is_broken = true;
        }
    }

    /// The claim closes with this charge.
    pub fn close_claim(&mut self, charge: Amount, sink: &mut Sink<'_>) {
        for at in self.unbalanced.drain(..) {
            sink.error_in(&LINE_BALANCE, at, "2430");
        }
        for payer in &self.payers {
            if let Some((paid, at)) = payer.paid
                && !payer.is_broken
                && paid + payer.adjusted != charge
            {
                sink.error_in(&CLAIM_BALANCE, at, "2320");
            }
        }
    }
}
