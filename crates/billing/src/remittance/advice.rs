//! What a payer says of the patient's share beside what its adjustments leave: CLP05 is information and stands in no balance
//! of the 835 (005010X221A1: SVC, CLP and BPR balance by charges, payments and adjustments alone). Where the two differ a
//! person is told; the adjustments decide all the same.

use super::{AdjustmentGroup, ClaimPayment};
use crate::Money;

/// CLP05 and the sum of the adjustments of group PR, where both are said and differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareDiffers {
    /// CLP05.
    pub said: Money,
    /// What the adjustments of group PR leave.
    pub left: Money,
}

impl std::fmt::Display for ShareDiffers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (said, left) = (self.said, self.left);
        write!(f, "CLP05 says {said} for the patient, the adjustments (CAS PR) leave {left}: the adjustments decide")
    }
}

/// Where a decision's CLP05 and its adjustments differ. One that says nothing there, and one that takes a decision back,
/// differ in nothing.
pub fn share_differs(payment: &ClaimPayment) -> Option<ShareDiffers> {
    let said = payment.patient_responsibility;
    if said.is_zero() || payment.is_reversal() {
        return None;
    }
    let of_patient = payment.adjustments.iter().chain(payment.lines.iter().flat_map(|line| &line.adjustments));
    let amounts = of_patient.filter(|one| one.group == AdjustmentGroup::PR).map(|one| one.amount);
    let left = Money::checked_sum(amounts)?;
    (left != said).then_some(ShareDiffers { said, left })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remittance::Adjustment;

    fn payment(status: &str, said: i64, adjustments: &[(AdjustmentGroup, i64)]) -> ClaimPayment {
        ClaimPayment {
            control_number: "C1".into(),
            status_code: status.into(),
            charge_amount: Money::ZERO,
            paid_amount: Money::ZERO,
            patient_responsibility: Money::from_cents(said),
            payer_claim_control_number: String::new(),
            adjustments: adjustments
                .iter()
                .map(|(group, cents)| Adjustment {
                    group: *group,
                    reason: "1".into(),
                    amount: Money::from_cents(*cents),
                })
                .collect(),
            remarks: Vec::new(),
            lines: Vec::new(),
            about: Default::default(),
            raw: String::new(),
        }
    }

    #[test]
    fn a_share_that_its_adjustments_do_not_leave_is_told() {
        use AdjustmentGroup::{CO, PR};
        for (status, said, adjustments, differs) in [
            ("1", 2_500, &[(PR, 2_000)][..], true),
            ("1", 2_000, &[(PR, 1_500), (PR, 500), (CO, 900)], false),
            ("1", 2_500, &[(CO, 2_500)], true),
            ("1", 0, &[(PR, 2_000)], false),
            ("22", 2_000, &[(PR, -2_000)], false),
        ] {
            let found = share_differs(&payment(status, said, adjustments));
            assert_eq!(found.is_some(), differs, "{status} {said} {adjustments:?}");
        }
    }
}
