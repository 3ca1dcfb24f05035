//! What may be done after an answer, each with the page that does it; what this person may not is shown with who may.

use billing::PatientId;
use billing::access::{Action, Actor, ResourceState};
use billing::claim::ClaimStatus;
use billing::question::Question;

use super::words::is_at_home;
use crate::access::allow;
use crate::patient_account::{ClaimLine, PatientAccount};

/// A next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it says.
    pub label: String,
    /// The page that does it.
    pub href: String,
    /// Why this person may not, and who may; none where they may.
    pub refused: Option<String>,
}

/// The steps after an answer.
pub(super) fn after(question: Question, actor: &Actor, account: &PatientAccount) -> Vec<Step> {
    let patient = account.patient.id;
    let offer = Offer { actor, patient };
    let claims = || account.visits.iter().flat_map(|visit| &visit.claims);
    let mut steps = match question {
        Question::WhyBill => vec![
            offer.on_account("Take a payment", "/payments/new", Action::TakeCashPayment),
            offer.on_account("Make a statement", "", Action::SendStatement),
            offer.on_account("Hold the statement", "#hold", Action::SendStatement),
        ],
        Question::Balance => vec![
            offer.on_account("Take a payment", "/payments/new", Action::TakeCashPayment),
            offer.on_account("Make a statement", "", Action::SendStatement),
            offer.on_account("Ask for a refund", "#refund", Action::RequestRefund),
        ],
        Question::GotPayment => {
            let receipt = account.payments.first().map(|payment| {
                let place = format!("/payments/{}", payment.id);
                offer.on_account("Print the receipt", &place, Action::ViewPatient)
            });
            let mut steps: Vec<Step> = receipt.into_iter().collect();
            steps.push(offer.on_account("Take a payment", "/payments/new", Action::TakeCashPayment));
            steps.push(offer.step(
                "Look among unmatched payments".into(),
                "/remittances/unmatched".into(),
                Action::ViewDeposits,
                false,
            ));
            steps
        }
        Question::InsuranceActive => vec![
            offer.on_account("Ask the plan: active today? (270)", "", Action::VerifyInsurance),
            offer.on_account("Enter a new card", "/coverages/new", Action::EditCoverage),
            offer.on_account("Hold the statement until it is clear", "#hold", Action::SendStatement),
        ],
        Question::WhyDenied => claims()
            .filter(|claim| claim.status == ClaimStatus::Adjudicated)
            .flat_map(|claim| {
                [
                    offer.on_claim("Send a corrected claim", claim, Action::SendCorrectedClaim),
                    offer.on_claim("Appeal", claim, Action::SendAppeal),
                ]
            })
            .collect(),
        Question::BilledWrongly => vec![
            offer.on_account("Hold the statement", "#hold", Action::SendStatement),
            offer.on_account("Record the dispute", "/contact", Action::EditDemographics),
            offer.on_account("Ask for a write-off", "#write-off", Action::RequestWriteOff),
        ],
        Question::Resubmit => claims().filter_map(|claim| offer.again(claim)).collect(),
        Question::NeverGotIt => claims().flat_map(|claim| offer.with_proof(claim)).collect(),
    };
    steps.push(offer.step("Escalate with a handover".to_owned(), "#escalate".to_owned(), Action::EscalateWork, false));
    steps
}

struct Offer<'o> {
    actor: &'o Actor,
    patient: PatientId,
}

impl Offer<'_> {
    fn step(&self, label: String, href: String, action: Action, adjudicated: bool) -> Step {
        let denied = allow(self.actor, action, &ResourceState::claim(adjudicated)).err();
        Step { label, href, refused: denied.map(|denied| denied.to_string()) }
    }

    fn on_account(&self, label: &str, place: &str, action: Action) -> Step {
        self.step(label.to_owned(), format!("/patients/{}{place}", self.patient), action, false)
    }

    fn on_claim(&self, label: &str, claim: &ClaimLine, action: Action) -> Step {
        let decided =
            !is_at_home(claim.status) && matches!(claim.status, ClaimStatus::Adjudicated | ClaimStatus::Closed);
        self.step(format!("{label}: {}", claim.control_number), format!("/claims/{}", claim.id), action, decided)
    }

    /// What sends a claim again, where anything does.
    fn again(&self, claim: &ClaimLine) -> Option<Step> {
        match claim.status {
            ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Rejected => {
                Some(self.on_claim("Mend and scrub it", claim, Action::SubmitInitialClaim))
            }
            ClaimStatus::Ready | ClaimStatus::Closed => None,
            ClaimStatus::Submitted => {
                Some(self.on_claim("Send the same file again", claim, Action::SubmitInitialClaim))
            }
            ClaimStatus::Accepted => {
                Some(self.on_claim("Ask the plan where it is (276)", claim, Action::VerifyInsurance))
            }
            ClaimStatus::Adjudicated => {
                Some(self.on_claim("Send a corrected claim", claim, Action::SendCorrectedClaim))
            }
        }
    }

    /// What answers a plan that says it never got a claim.
    fn with_proof(&self, claim: &ClaimLine) -> Vec<Step> {
        match claim.status {
            ClaimStatus::Submitted | ClaimStatus::Accepted => vec![
                self.on_claim("Ask the plan where it is (276)", claim, Action::VerifyInsurance),
                self.on_claim("Send again with the proof of its acceptance", claim, Action::SubmitInitialClaim),
                self.step(
                    format!("Call {}", claim.payer_name),
                    format!("/calls/{}", claim.payer_id),
                    Action::LogInquiry,
                    false,
                ),
            ],
            ClaimStatus::Draft
            | ClaimStatus::Held
            | ClaimStatus::Ready
            | ClaimStatus::Rejected
            | ClaimStatus::Adjudicated
            | ClaimStatus::Closed => self.again(claim).into_iter().collect(),
        }
    }
}
