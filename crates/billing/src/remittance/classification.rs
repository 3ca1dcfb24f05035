//! What an adjustment means for the money: its group and reason together. The reason's meaning is data (`codes::carc`);
//! the group decides who it falls to. What is not known is a denial to be looked at, never a write-off.

use codes::carc::{self, CarcClass};

use super::{Adjustment, AdjustmentGroup};

/// What an adjustment means for the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdjustmentClass {
    /// Above the contract's allowance: written down, owed by nobody.
    Contractual,
    /// Falls to the next payer, or to the patient where there is none.
    Patient,
    /// What an earlier payer paid or wrote down: this payer never owed it, so nothing moves.
    PriorPayer,
    /// Interest inside a claim; negative amounts add to the payment.
    Interest,
    /// Not paid and to be worked: stays owed by the payer.
    Denial,
}

impl AdjustmentClass {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            AdjustmentClass::Contractual => "contractual",
            AdjustmentClass::Patient => "patient",
            AdjustmentClass::PriorPayer => "prior_payer",
            AdjustmentClass::Interest => "interest",
            AdjustmentClass::Denial => "denial",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            AdjustmentClass::Contractual,
            AdjustmentClass::Patient,
            AdjustmentClass::PriorPayer,
            AdjustmentClass::Interest,
            AdjustmentClass::Denial,
        ]
        .into_iter()
        .find(|class| class.as_str() == word)
    }
}

/// What an adjustment means. `is_primary`: the deciding payer pays first, so no payer can have paid before it.
pub fn classify(adjustment: &Adjustment, is_primary: bool) -> AdjustmentClass {
    let of_reason = carc::find(&adjustment.reason).and_then(|carc| carc.class);
    match adjustment.group {
        AdjustmentGroup::PR => AdjustmentClass::Patient,
        // Contract or law: the reason says whether it is a price or a refusal.
        AdjustmentGroup::CO => by_reason(of_reason, is_primary, AdjustmentClass::Contractual),
        // No contract stands behind these, so nothing is written down without a look, except what the law forbids to ask.
        AdjustmentGroup::OA | AdjustmentGroup::PI | AdjustmentGroup::CR => match of_reason {
            Some(CarcClass::DoNotBillPatient) => AdjustmentClass::Contractual,
            other => by_reason(other, is_primary, AdjustmentClass::Denial),
        },
    }
}

fn by_reason(of_reason: Option<CarcClass>, is_primary: bool, contractual: AdjustmentClass) -> AdjustmentClass {
    match of_reason {
        Some(CarcClass::Contractual | CarcClass::Withheld | CarcClass::DoNotBillPatient | CarcClass::Incentive) => {
            contractual
        }
        Some(CarcClass::PriorPayer) if !is_primary => AdjustmentClass::PriorPayer,
        Some(CarcClass::Interest) => AdjustmentClass::Interest,
        Some(
            CarcClass::Patient(_)
            | CarcClass::PriorPayer
            | CarcClass::Denial(_)
            | CarcClass::PaidElsewhere
            | CarcClass::Pending
            | CarcClass::Recoupment
            | CarcClass::Informational,
        )
        | None => AdjustmentClass::Denial,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;

    #[test]
    fn the_group_and_the_reason_decide_together() {
        use AdjustmentClass::*;
        use AdjustmentGroup::*;
        for (group, reason, is_primary, class) in [
            (CO, "45", true, Contractual),
            (CO, "253", true, Contractual),
            (CO, "97", true, Denial),
            (CO, "197", true, Denial),
            (CO, "no such code", true, Denial),
            (PR, "1", true, Patient),
            (PR, "96", true, Patient),
            (CO, "1", true, Denial),
            (OA, "23", false, PriorPayer),
            (OA, "23", true, Denial),
            (PI, "45", true, Denial),
            (OA, "209", true, Contractual),
        ] {
            let adjustment = Adjustment { group, reason: reason.into(), amount: Money::from_cents(1) };
            assert_eq!(classify(&adjustment, is_primary), class, "{group:?}-{reason}");
        }
    }
}
