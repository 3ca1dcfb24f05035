//! A payer takes back what was refunded: of a charge whose credit went back to the payer or the patient, or is on its way
//! there. The books are right by themselves, because a reversal undoes only what the decision did; that somebody stops a
//! refund, or asks for the money a second time taken, is work. Moves nothing.

use std::collections::{BTreeMap, BTreeSet};

use billing::refund::{RefundPart, RefundState};
use billing::remittance::matching::ClaimFacts;
use billing::work::{WorkItem, WorkLinks, WorkReason};
use billing::{ChargeId, Money, RemittanceId};
use ledger::AccountKind;
use store::ledger::charge_balances;
use store::refund::{OWED_BEYOND_CHARGE, RefundRow, STANDING_REFUNDS_OF_PATIENTS};
use store::{Tx, params};

use super::{Decided, Outcome, distinct};
use crate::Error;
use crate::worklist::{self, NewWork};

/// Opens work for every claim that was taken back although a refund stands for it.
pub(super) fn mind(tx: &mut Tx, decided: &[Decided<'_>]) -> Result<(), Error> {
    let mut taken_back: BTreeMap<billing::ClaimId, (&ClaimFacts, &Decided<'_>)> = BTreeMap::new();
    for one in decided {
        if let Outcome::Posted { claim, takes_back: Some(_), .. } = &one.outcome {
            taken_back.insert(claim.id, (*claim, one));
        }
    }
    if taken_back.is_empty() {
        return Ok(());
    }
    let patients = distinct(taken_back.values().map(|(claim, _)| claim.patient_id));
    let refunds = tx.query_in(&STANDING_REFUNDS_OF_PATIENTS, params![], &patients)?;
    if refunds.is_empty() {
        return Ok(());
    }
    let mut work = Vec::new();
    for (claim, one) in taken_back.values() {
        let owed = owed_again(tx, claim)?;
        for refund in &refunds {
            let counts = |part: &&RefundPart| match (part.charge_id, refund.payer_id) {
                (Some(charge), _) => owed.by_anybody.contains(&charge),
                // Kept money of the patient names no charge: it counts where the patient owes of this claim again.
                (None, None) => owed.by_patient,
                (None, Some(_)) => false,
            };
            let amount: Money = refund.parts.0.iter().filter(counts).map(|part| part.amount).sum();
            let is_of_payer = refund.payer_id.is_none_or(|payer| payer == claim.payer_id);
            if amount.is_positive() && is_of_payer && refund.patient_id == claim.patient_id {
                work.push(of_refund(claim, one.remittance, one.trace, refund, amount));
            }
        }
    }
    worklist::open_or_restate(tx, work)
}

/// What of a claim is owed after the posting: what a new decision settled is no question.
struct Owed {
    by_anybody: BTreeSet<ChargeId>,
    by_patient: bool,
}

fn owed_again(tx: &Tx, claim: &ClaimFacts) -> Result<Owed, Error> {
    let charges: Vec<_> = claim.lines.iter().map(|line| line.charge_id.0).collect();
    let receivable = [AccountKind::PayerReceivable, AccountKind::PatientReceivable];
    let mut owed = charge_balances(tx, &charges)?;
    owed.retain(|row| receivable.contains(&row.account) && row.cents.is_positive());
    Ok(Owed {
        by_patient: owed.iter().any(|row| row.account == AccountKind::PatientReceivable),
        by_anybody: owed.into_iter().map(|row| ChargeId(row.charge_id)).collect(),
    })
}

fn of_refund(claim: &ClaimFacts, by: RemittanceId, trace: &str, refund: &RefundRow, amount: Money) -> NewWork {
    let whose = if refund.payer_id.is_some() { "the payer" } else { "the patient" };
    let stands = match refund.state {
        RefundState::Asked => "is asked for, and waits for approval",
        RefundState::Approved => "is approved, and not sent yet",
        RefundState::Sent => "was sent",
        RefundState::Refused | RefundState::Withdrawn => "did not happen",
    };
    let reason = WorkReason::RefundTakenBack;
    NewWork {
        reason,
        subject_key: format!("{}:{}:{}", reason.as_str(), claim.id, refund.id),
        summary: format!(
            "Payment {trace} takes claim {} back, and refund {} of {amount} to {whose} {stands}",
            claim.control_number, refund.refund_number
        ),
        links: WorkLinks {
            patient_id: Some(claim.patient_id),
            encounter_id: Some(claim.encounter_id),
            payer_id: Some(claim.payer_id),
            remittance_id: Some(by),
            ..WorkLinks::default()
        },
        money_at_stake: amount,
        deadline_on: None,
    }
}

/// Refuses to end work while a payer owes more for the visit than it costs: nobody else would ask for it.
pub(crate) fn refuse_while_owed_twice(tx: &Tx, item: &WorkItem) -> Result<(), Error> {
    let Some(visit) = item.links.encounter_id.filter(|_| item.reason == WorkReason::RefundTakenBack) else {
        return Ok(());
    };
    let beyond: Money = tx.query(&OWED_BEYOND_CHARGE, params![visit])?.iter().map(|(_, cents)| *cents).sum();
    if beyond.is_zero() {
        return Ok(());
    }
    Err(Error::refused(format!(
        "The payer owes {beyond} more than the visit costs, because it took back what was refunded as well. Withdraw the \
         refund, or wait for the payer's new decision or its acknowledgment; until then leave the item open with a note."
    )))
}
