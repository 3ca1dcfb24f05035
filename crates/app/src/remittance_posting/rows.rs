//! What was decided as rows beside the books: each claim of a payment, its lines and adjustments with their meaning.

use std::collections::HashMap;

use billing::Money;
use billing::remittance::classification::{AdjustmentClass, Decider, RuleBook};
use billing::remittance::posting::{ClaimPosting, ClassifiedAdjustment};
use billing::remittance::{AdjustmentGroup, ClaimPayment};
use store::remittance::{ClaimPaymentRow, LineAdjustmentRow, LinePaymentRow, PLACE_PAYMENT, RESTATE_PAYMENT};
use store::{Json, Tx, params};

use super::{Arrival, Decided, Outcome};
use crate::Error;

/// What was decided of each claim. What was set aside before has its row, which says from now on that it was posted.
pub(super) fn insert(tx: &mut Tx, decided: &[Decided<'_>], rules: &RuleBook) -> Result<(), Error> {
    let mut rulings = Rulings { rules, known: HashMap::new() };
    let (mut claims, mut lines, mut adjustments) = (Vec::with_capacity(decided.len()), Vec::new(), Vec::new());
    for one in decided {
        match (&one.arrival, &one.outcome) {
            (Arrival::Now(ordinal), _) => claims.push(claim_payment_row(*ordinal, one)),
            (Arrival::Before(_), Outcome::Posted { claim, posting, .. }) => {
                tx.execute(&PLACE_PAYMENT, params![one.id, posting.denied, claim.id, one.by_hand])?;
            }
            (Arrival::Before(_), Outcome::SetAside { problem, .. }) => {
                tx.execute(&RESTATE_PAYMENT, params![one.id, problem.as_str()])?;
            }
            (Arrival::Before(_), Outcome::Unmatched { .. } | Outcome::Estimate { .. }) => {}
        }
        if let Outcome::Posted { claim, posting, .. } = &one.outcome {
            line_rows(one, (posting, Decider::of(claim)), &mut rulings, &mut lines, &mut adjustments);
        }
    }
    tx.insert_many(&claims)?;
    tx.insert_many(&lines)?;
    Ok(tx.insert_many(&adjustments)?)
}

fn claim_payment_row(ordinal: i64, one: &Decided<'_>) -> ClaimPaymentRow {
    let (state, claim_id, problem, difference, denied) = match &one.outcome {
        Outcome::Posted { claim, posting, .. } => {
            ("posted", Some(claim.id), one.by_hand.map(str::to_owned), Money::ZERO, posting.denied)
        }
        Outcome::SetAside { claim, problem, difference, waits_for: _ } => {
            ("set_aside", *claim, Some(problem.clone()), *difference, Money::ZERO)
        }
        Outcome::Unmatched { problem } => ("unmatched", None, Some(problem.clone()), Money::ZERO, Money::ZERO),
        // Set aside without a problem: lists call it an estimate.
        Outcome::Estimate { claim } => ("set_aside", Some(*claim), None, Money::ZERO, Money::ZERO),
    };
    let payment = one.payment;
    ClaimPaymentRow {
        id: one.id,
        remittance_id: one.remittance,
        ordinal,
        claim_id,
        control_number: payment.control_number.clone(),
        status_code: payment.status_code.clone(),
        charge_cents: payment.charge_amount,
        paid_cents: payment.paid_amount,
        patient_responsibility_cents: payment.patient_responsibility,
        payer_claim_control_number: payment.payer_claim_control_number.clone(),
        state: state.to_owned(),
        problem,
        difference_cents: difference,
        denied_cents: denied,
        body: Json(payment.clone()),
    }
}

/// Which rows decided, each named once however many adjustments it is for.
struct Rulings<'r> {
    rules: &'r RuleBook,
    known: HashMap<(Decider, AdjustmentGroup, String, Vec<String>), (AdjustmentClass, String)>,
}

impl Rulings<'_> {
    /// The name of the row behind a meaning; where the whole decision gave another than the row says, what that was.
    fn name(&mut self, decider: Decider, payment: &ClaimPayment, of: &ClassifiedAdjustment) -> String {
        let one = &of.adjustment;
        let line = of.line.checked_sub(1).and_then(|place| payment.lines.get(place));
        let of_line = line.map_or(&[][..], |line| &line.remarks);
        let remarks = [payment.remarks.as_slice(), of_line].concat();
        let key = (decider, one.group, one.reason.clone(), remarks);
        let (class, name) = self.known.entry(key).or_insert_with(|| {
            let ruling = self.rules.classify(decider, one, [&payment.remarks, of_line]);
            (ruling.class, self.rules.name_of(&ruling))
        });
        if *class == of.class {
            return name.clone();
        }
        match of.class {
            AdjustmentClass::Bundled => "lines paid together (CO-97 and 94)".to_owned(),
            _ if payment.is_reversal() => "as in the decision that it takes back".to_owned(),
            _ => format!("the claim was refused or allowed nothing, over {name}"),
        }
    }
}

fn line_rows(
    one: &Decided<'_>,
    (posting, decider): (&ClaimPosting, Decider),
    rulings: &mut Rulings<'_>,
    lines: &mut Vec<LinePaymentRow>,
    adjustments: &mut Vec<LineAdjustmentRow>,
) {
    for ((line, (charge, by)), ordinal) in one.payment.lines.iter().zip(&posting.lines).zip(1..) {
        lines.push(LinePaymentRow {
            claim_payment_id: one.id,
            ordinal,
            charge_id: Some(*charge),
            procedure_code: line.procedure.code.clone(),
            charge_cents: line.charge_amount,
            paid_cents: line.paid_amount,
            matched_by: by.as_str().to_owned(),
        });
    }
    for (classified, ordinal) in posting.adjustments.iter().zip(1..) {
        adjustments.push(LineAdjustmentRow {
            claim_payment_id: one.id,
            line_ordinal: classified.line as i64,
            ordinal,
            charge_id: classified.charge_id,
            adjustment_group: classified.adjustment.group.code().to_owned(),
            reason: classified.adjustment.reason.clone(),
            amount_cents: classified.adjustment.amount,
            class: classified.class,
            ruled_by: rulings.name(decider, one.payment, classified),
        });
    }
}
