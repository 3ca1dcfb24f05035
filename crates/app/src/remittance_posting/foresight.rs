//! What a posting decided of each claim, for who asks before it is made. Tells what was decided; decides nothing.

use billing::remittance::advice::share_differs;
use billing::{ClaimId, ClaimPaymentId, Money, PatientId};

use super::{Arrival, Decided, Outcome};

/// What was decided of one claim of a payment.
pub(crate) struct ForeseenClaim {
    pub(crate) id: ClaimPaymentId,
    /// Its place in the payment, from 1; none for one that was set aside with an earlier payment and finds its place.
    pub(crate) place: Option<i64>,
    pub(crate) control_number: String,
    pub(crate) claim: Option<ClaimId>,
    pub(crate) patient: Option<PatientId>,
    pub(crate) state: ForeseenState,
    pub(crate) charged: Money,
    pub(crate) paid: Money,
    pub(crate) denied: Money,
    /// Why it is set aside or matches nothing.
    pub(crate) problem: Option<String>,
    pub(crate) difference: Money,
    /// What somebody should know who posts it, and what stands against nothing.
    pub(crate) advice: Option<String>,
}

/// What would become of a claim of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeseenState {
    /// It would be posted to its claim.
    Posted,
    /// It would take an earlier decision back.
    TakesBack,
    /// It would be set aside with its cash.
    SetAside,
    /// It matches nothing of ours; its cash would wait.
    Unmatched,
    /// It decides nothing.
    Estimate,
}

pub(super) fn claims(decided: &[Decided<'_>]) -> impl Iterator<Item = ForeseenClaim> {
    decided.iter().map(|one| {
        let zero = Money::ZERO;
        let (state, claim, denied, problem, difference) = match &one.outcome {
            Outcome::Posted { claim, takes_back: Some(_), .. } => {
                (ForeseenState::TakesBack, Some((claim.id, Some(claim.patient_id))), zero, None, zero)
            }
            Outcome::Posted { claim, posting, takes_back: None } => {
                (ForeseenState::Posted, Some((claim.id, Some(claim.patient_id))), posting.denied, None, zero)
            }
            Outcome::SetAside { claim, problem, difference, waits_for: _ } => {
                let claim = claim.map(|claim| (claim, None));
                (ForeseenState::SetAside, claim, zero, Some(problem.clone()), *difference)
            }
            Outcome::Unmatched { problem } => (ForeseenState::Unmatched, None, zero, Some(problem.clone()), zero),
            Outcome::Estimate { claim } => (ForeseenState::Estimate, Some((*claim, None)), zero, None, zero),
        };
        ForeseenClaim {
            id: one.id,
            place: match one.arrival {
                Arrival::Now(place) => Some(place),
                Arrival::Before(_) => None,
            },
            control_number: one.payment.control_number.clone(),
            claim: claim.map(|(claim, _)| claim),
            patient: claim.and_then(|(_, patient)| patient),
            state,
            charged: one.payment.charge_amount,
            paid: one.payment.paid_amount,
            denied,
            problem,
            difference,
            advice: share_differs(one.payment).map(|found| found.to_string()),
        }
    })
}
