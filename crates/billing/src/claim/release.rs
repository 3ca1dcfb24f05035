//! The proof that a claim was scrubbed: only [`CleanClaim`] can be written as an 837, and only a scrub without open
//! findings makes one.

use super::finding::{Finding, Severity, Waiver};
use super::{Claim, ClaimStatus};

/// A claim that may leave the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanClaim {
    claim: Claim,
}

/// Why a claim may not leave: the findings that stand in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// Errors, and warnings without a reason.
    pub findings: Vec<Finding>,
}

impl Claim {
    /// Releases the claim if no error and no warning without a reason stands in the way.
    pub fn release(self, findings: &[Finding], waivers: &[Waiver]) -> Result<CleanClaim, (Box<Claim>, HeldBack)> {
        let open: Vec<Finding> = findings.iter().filter(|finding| !is_waived(finding, waivers)).cloned().collect();
        if open.is_empty() {
            Ok(CleanClaim { claim: self })
        } else {
            Err((Box::new(self), HeldBack { findings: open }))
        }
    }

    /// Takes up a claim whose release was stored: its status is `Ready` or `Submitted`.
    pub fn released_earlier(self) -> Option<CleanClaim> {
        matches!(self.status, ClaimStatus::Ready | ClaimStatus::Submitted).then_some(CleanClaim { claim: self })
    }
}

fn is_waived(finding: &Finding, waivers: &[Waiver]) -> bool {
    finding.severity == Severity::Warning
        && waivers.iter().any(|w| w.rule == finding.rule && w.field == finding.field && !w.reason.trim().is_empty())
}

impl CleanClaim {
    /// The claim inside.
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The claim by move, to store it.
    pub fn into_claim(self) -> Claim {
        self.claim
    }
}
