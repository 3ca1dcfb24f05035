//! Identifiers of everything that is stored: one newtype each, so that a patient's id can never be passed as a claim's.
//! The value is a version 7 UUID made by the shell from its injected clock and random source, never here.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self { $name(value) }
        }
        impl From<$name> for Uuid {
            fn from(value: $name) -> Uuid { value.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map($name) }
        }
    )*};
}

ids! {
    /// Our tenant: the organisation that uses the system.
    PracticeId,
    /// A person who signs in.
    UserId,
    /// A person who got care.
    PatientId,
    /// Who is responsible for a patient's share.
    GuarantorId,
    /// An insurer or program that adjudicates.
    PayerId,
    /// One person's enrollment in a plan; stays the same over its versions.
    CoverageId,
    /// A person or organisation that gives or bills care.
    ProviderId,
    /// A place where services happen.
    FacilityId,
    /// One visit.
    EncounterId,
    /// One priced service; the unit that the ledger keeps receivables for.
    ChargeId,
    /// One request to one payer, over all its versions.
    ClaimId,
    /// One outbound file with its control numbers.
    SubmissionId,
    /// One inbound file as it arrived.
    InboundFileId,
    /// One 835 payment with its explanations.
    RemittanceId,
    /// One claim inside a remittance.
    ClaimPaymentId,
    /// One answer of a payer about coverage.
    EligibilityId,
    /// A thing a person must do.
    WorkItemId,
    /// A step of a work item, or something that was written down for it.
    WorkStepId,
    /// A question to a colleague about a work item.
    WorkConsultId,
    /// A work item that is offered to a person.
    WorkTransferId,
    /// A work item that went back to the desk below.
    WorkReturnId,
    /// What a practice says of a reason of work.
    OwnReasonId,
    /// A question from outside.
    InquiryId,
    /// A frozen account of what a guarantor owes.
    StatementId,
    /// Money received from a patient.
    PatientPaymentId,
    /// Money that goes back to who paid it.
    RefundId,
    /// A part of a charge that the practice stops asking for.
    WriteOffId,
    /// Something about waiting cash that two people decide.
    CashRequestId,
    /// Money that we hold and that is another's.
    CreditId,
    /// A line of the bank's statement.
    BankLineId,
    /// A figure that a practice set.
    PracticeLimitId,
    /// A contact that was.
    InteractionId,
    /// Something that is so for a person and changes how we may contact them.
    ContactEventId,
    /// Something that was promised.
    PromiseId,
    /// How a payer's telephone is walked through.
    PhoneCardId,
    /// A practice's own days after an outcome of a call.
    CallRuleId,
    /// What a practice said of its desk: a team, a person, an absence, a rule.
    DeskSettingId,
    /// An item that a person was given.
    WorkPullId,
    /// What was said of an accounting month.
    PeriodEventId,
    /// A practice's word on what an adjustment means.
    AdjustmentRuleId,
    /// Cash and checks that go to the bank together.
    DepositSlipId,
    /// A person's drawer as it was counted when it was closed.
    DrawerCloseId,
    /// A line of the bank's statement by which money left.
    BankWithdrawalId,
    /// A patient's payment that came back.
    PaymentReturnId,
    /// A paper remittance that is keyed in.
    KeyedRemittanceId,
    /// A scan of a paper remittance.
    KeyedScanId,
    /// A signed comparison of the bank with the books.
    ReconciliationId,
    /// A view of the worklist that a person keeps.
    SavedViewId,
    /// Something a person was told.
    NoticeId,
    /// What a patient answered about who pays before Medicare.
    MedicareQuestionsId,
    /// How patients reach the card processor's page, as a practice set it.
    PaymentPageId,
    /// A link by which a patient pays.
    PayLinkId,
    /// Once that a patient was handed over to the card processor.
    PayCheckoutId,
    /// What the card processor told of a payment.
    PayNoticeId,
    /// What is known of the estate of a patient who died.
    EstateId,
    /// A rule of the practice about patients' money.
    MoneyRuleId,
    /// A clock that runs, or ran.
    ClockId,
    /// What a practice or a payer's contract says of a kind of clock.
    ClockTermId,
    /// A day on which a practice is closed, or works although it is a holiday.
    PracticeDayId,
    /// A figure that the forecast of clocks counts with.
    WorkPaceId,
    /// A sample of a person's work that was drawn to be reviewed.
    QualityDrawId,
    /// A review of one item of a draw.
    QualityReviewId,
    /// A case that people train with.
    TrainingCaseId,
    /// What a person answered to a training case.
    TrainingAttemptId,
    /// A skill that was given to a person, or taken back.
    SkillEventId,
    /// What keeps coming back, as Tier 3 works on it.
    ProblemId,
    /// What was done about a problem.
    ProblemActionId,
    /// A scrub rule of a practice's own.
    OwnScrubRuleId,
    /// That a person read a training note.
    TrainingReceiptId,
    /// How many cases make a problem, as a practice set it.
    GatheringSettingId,
}
