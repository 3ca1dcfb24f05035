//! What no row of the table may break. Each rule stands here once, and a test beside it tries to break it.

use codes::carc::{self, CarcClass, DenialKind};
use codes::rarc;

use super::{AdjustmentClass, Decider, Effect};
use crate::remittance::{Adjustment, AdjustmentGroup};

/// Why a class that a row gives does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The law forbids asking the patient: a remark or reason of the Medicare savings programs, or Medicaid decided.
    ProtectedByLaw,
    /// A group other than PR and OA is never the patient's.
    GroupIsNotThePatients,
    /// What we missed or a law took is never the patient's.
    ReasonIsNotThePatients,
    /// Under CO a denial is worked; it closes no line.
    DenialIsWorked,
    /// Under OA nothing is written off by itself.
    OtherIsRead,
    /// A share that the plan sets is not waived by a table.
    ShareIsNotWaived,
    /// The first payer has no payer before it.
    NothingBefore,
    /// One adjustment by itself is no pair of lines.
    NeedsBothLines,
}

impl Guard {
    /// Every rule.
    pub const ALL: [Guard; 8] = [
        Guard::ProtectedByLaw,
        Guard::GroupIsNotThePatients,
        Guard::ReasonIsNotThePatients,
        Guard::DenialIsWorked,
        Guard::OtherIsRead,
        Guard::ShareIsNotWaived,
        Guard::NothingBefore,
        Guard::NeedsBothLines,
    ];

    /// What it says.
    pub fn words(self) -> &'static str {
        match self {
            Guard::ProtectedByLaw => {
                "The law forbids asking the patient for it (Medicare savings programs, Medicaid): only another payer can owe it."
            }
            Guard::GroupIsNotThePatients => {
                "Only what a payer names PR or OA can be the patient's; CO, PI and CR never are."
            }
            Guard::ReasonIsNotThePatients => {
                "What was sent late or twice, and what a law takes from the payment, is never the patient's."
            }
            Guard::DenialIsWorked => "Under CO a reason that denies is worked: it never closes a line.",
            Guard::OtherIsRead => "Under OA nothing is written off by itself: somebody reads it first.",
            Guard::ShareIsNotWaived => {
                "A deductible, coinsurance or copay is not written down by a table: a share waived as a habit is an inducement."
            }
            Guard::NothingBefore => "The first payer has no payer before it.",
            Guard::NeedsBothLines => {
                "Lines that are paid together are read from the whole claim, never from one adjustment of it."
            }
        }
    }
}

/// The class that stands, and the rule that another one failed.
pub(super) fn guarded(
    class: AdjustmentClass,
    decider: Decider,
    adjustment: &Adjustment,
    remarks: [&[String]; 2],
) -> (AdjustmentClass, Option<Guard>) {
    let kind = carc::find(&adjustment.reason).and_then(|carc| carc.class);
    match class.effect() {
        Effect::LeftToNext => patient(class, decider, adjustment, (kind, remarks)),
        Effect::WrittenDown => match adjustment.group {
            AdjustmentGroup::OA if kind == Some(CarcClass::DoNotBillPatient) => {
                (AdjustmentClass::NeverPatient, Some(Guard::OtherIsRead))
            }
            AdjustmentGroup::OA => (AdjustmentClass::Denial, Some(Guard::OtherIsRead)),
            AdjustmentGroup::CO if matches!(kind, Some(CarcClass::Denial(_))) => {
                (AdjustmentClass::Denial, Some(Guard::DenialIsWorked))
            }
            AdjustmentGroup::PR if matches!(kind, Some(CarcClass::Patient(_))) => {
                let stands = patient(AdjustmentClass::Patient, decider, adjustment, (kind, remarks)).0;
                (stands, Some(Guard::ShareIsNotWaived))
            }
            AdjustmentGroup::CO | AdjustmentGroup::PR | AdjustmentGroup::PI | AdjustmentGroup::CR => (class, None),
        },
        Effect::NotThisPayers if decider.is_primary => (AdjustmentClass::Denial, Some(Guard::NothingBefore)),
        Effect::WithinClaim => (AdjustmentClass::Denial, Some(Guard::NeedsBothLines)),
        Effect::NotThisPayers | Effect::LeftToNextPayer | Effect::Interest | Effect::StaysOwed => (class, None),
    }
}

fn patient(
    class: AdjustmentClass,
    decider: Decider,
    adjustment: &Adjustment,
    (kind, remarks): (Option<CarcClass>, [&[String]; 2]),
) -> (AdjustmentClass, Option<Guard>) {
    let is_protected = |code: &String| rarc::find(code).is_some_and(|remark| remark.forbids_billing_patient());
    if remarks.into_iter().flatten().any(is_protected) || kind == Some(CarcClass::DoNotBillPatient) {
        return (AdjustmentClass::NeverPatient, Some(Guard::ProtectedByLaw));
    }
    match adjustment.group {
        AdjustmentGroup::PR | AdjustmentGroup::OA => {}
        AdjustmentGroup::CO | AdjustmentGroup::PI | AdjustmentGroup::CR => {
            return (AdjustmentClass::Denial, Some(Guard::GroupIsNotThePatients));
        }
    }
    match kind {
        Some(CarcClass::Denial(DenialKind::FilingLimit | DenialKind::Duplicate) | CarcClass::Withheld) => {
            (AdjustmentClass::Denial, Some(Guard::ReasonIsNotThePatients))
        }
        Some(CarcClass::Patient(_)) => (class, None),
        // Beyond the shares that a Medicaid program sets, its payment is payment in full.
        Some(_) | None if decider.is_medicaid => (AdjustmentClass::NeverPatient, Some(Guard::ProtectedByLaw)),
        Some(_) | None => (class, None),
    }
}
