//! Reasons of the payer, agency and practice side, before or beside a decision. Each answers to one code of the catalogue.
//! Words and numbers are the program’s; a practice sets its own over them.

use crate::clock::ClockKind;

use super::spec::{Family, ReasonSpec, RequiredData as Data, Side, Skill};
use super::{Desk, ResolutionCode as Code};

pub(super) const CLAIM_NOT_ON_FILE: ReasonSpec = ReasonSpec {
    title: "Payer has no such claim",
    catalogue: Some("Y01"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: Some(ClockKind::TimelyFiling),
    chance: 700,
    checklist: &[
        "Is the payer's id right",
        "Was the file accepted, and the claim",
        "Was the patient covered that day",
        "How long may it be filed",
    ],
    required: &[Data::Claim, Data::Acknowledgment, Data::EligibilityAnswer, Data::FilingLimit],
    resolutions: &[Code::Resubmitted, Code::ProofSent, Code::CoverageUpdated, Code::Explained],
    playbook: "Show the acknowledgment where the payer accepted it and ask to search again. Never arrived: send it again the same day, with proof of the first time near the filing limit.",
};

pub(super) const CLAIM_PENDED: ReasonSpec = ReasonSpec {
    title: "In process beyond prompt pay",
    catalogue: Some("Y02"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: Some(ClockKind::PromptPay),
    chance: 750,
    checklist: &["Ask why and until when", "Compare with the state's days for prompt pay", "Set the next day"],
    required: &[Data::Claim, Data::ReceivedDate, Data::PayerClaimNumber],
    resolutions: &[Code::NextDateSet, Code::InformationSent, Code::InterestClaimed],
    playbook: "Ask what it waits for. Papers: send them. Nothing: name the day of prompt pay, set the next date; interest that is due is Tier 2's to claim.",
};

pub(super) const PAYMENT_NOT_RECEIVED: ReasonSpec = ReasonSpec {
    title: "Set to pay, money not here",
    catalogue: Some("Y03"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::Payments,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: None,
    chance: 850,
    checklist: &[
        "Ask day, number and amount",
        "Was it cashed, where did it go",
        "Is the remittance missing",
        "Ask for a trace",
    ],
    required: &[Data::Claim, Data::PayDate, Data::CheckData],
    resolutions: &[Code::PaymentTraced, Code::Reissued, Code::RemittanceRetrieved, Code::NextDateSet],
    playbook: "A check not cashed in 30 days is stopped and issued again; a cashed one is traced. An electronic payment has a trace number: give it to the poster.",
};

pub(super) const PAID_TO_WRONG_PAYEE: ReasonSpec = ReasonSpec {
    title: "Paid to the patient or another payee",
    catalogue: Some("Y04"),
    family: Family::Payer,
    desk: Desk::Tier2,
    skill: Skill::PayerRelations,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 600,
    checklist: &[
        "Ask to whom, where and when",
        "Compare tax form, enrollment and assignment",
        "Ask for recovery and a new payment",
    ],
    required: &[Data::Claim, Data::CheckData, Data::Decision],
    resolutions: &[Code::Reissued, Code::PatientBilled, Code::Corrected],
    playbook: "Where the assignment was on the claim, the payer must pay again. Paid to the patient rightly: ask the patient with the explanation of benefits.",
};

pub(super) const COVERAGE_ORDER: ReasonSpec = ReasonSpec {
    title: "Another plan may be first",
    catalogue: Some("Y07"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 700,
    checklist: &[
        "Ask the patient which plans there are",
        "Decide the order by the rules",
        "Have the patient tell the plans",
        "Correct the coverages",
    ],
    required: &[Data::Account, Data::Coverage, Data::EligibilityAnswer],
    resolutions: &[Code::CoverageUpdated, Code::Rebilled, Code::PatientBilled, Code::Explained],
    playbook: "Before the payer decided: ask the patient, set the order of plans, and let the claim leave to the first one.",
};

pub(super) const DUPLICATE_CLAIM: ReasonSpec = ReasonSpec {
    title: "Looks like a duplicate",
    catalogue: Some("Y12"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 600,
    checklist: &[
        "Find the first claim",
        "Same day, code, units and provider",
        "Two services in truth: does a modifier say so",
    ],
    required: &[Data::Claim, Data::OriginalClaim],
    resolutions: &[Code::ClosedAsDuplicate, Code::Corrected, Code::Resubmitted],
    playbook: "Before the payer decided: two services need the modifier that says so; one service is sent once.",
};

pub(super) const INFORMATION_WANTED: ReasonSpec = ReasonSpec {
    title: "Payer asks for papers or data",
    catalogue: Some("Y15"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Payer,
    first_action: 1,
    resolve: 2,
    clock: Some(ClockKind::AttachmentAnswer),
    chance: 700,
    checklist: &["Read which document", "Gather it", "Send it with the control number", "Set the next date"],
    required: &[Data::Claim, Data::StatusCodes],
    resolutions: &[Code::InformationSent, Code::Corrected, Code::NextDateSet],
    playbook: "Send what was asked for and nothing else, with the payer's number on each page, before its day.",
};

pub(super) const PAYER_AUDIT: ReasonSpec = ReasonSpec {
    title: "Down-coding, review before payment, or audit",
    catalogue: Some("Y18"),
    family: Family::Payer,
    desk: Desk::Tier3,
    skill: Skill::Compliance,
    side: Side::Payer,
    first_action: 1,
    resolve: 10,
    clock: Some(ClockKind::AttachmentAnswer),
    chance: 400,
    checklist: &[
        "Write down scope and last day",
        "Log each record that leaves",
        "Have a coder review the sample",
        "Answer in time",
    ],
    required: &[Data::RequestLetter, Data::Claim, Data::Note],
    resolutions: &[Code::RecordsDelivered, Code::ResponseSent, Code::Appealed, Code::Accepted],
    playbook: "One person answers. Ask for more time before the day, not after. Look whether the finding could be extrapolated, and tell the owner.",
};

pub(super) const REFUND_DEMANDED: ReasonSpec = ReasonSpec {
    title: "Payer demands money back",
    catalogue: Some("Y19"),
    family: Family::Payer,
    desk: Desk::Tier2,
    skill: Skill::PayerRelations,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::RecoupmentRebuttal),
    chance: 500,
    checklist: &[
        "Is it our claim, and is it true",
        "By when may we object",
        "When would it be taken",
        "Agree or rebut",
    ],
    required: &[Data::DemandLetter, Data::Claim, Data::Decision],
    resolutions: &[Code::AgreedToRepay, Code::Rebutted, Code::Refunded, Code::Appealed],
    playbook: "Valid: agree and let it be taken, or ask for a refund by two people. Not valid: rebut in time; that stops the taking where the law says so.",
};

pub(super) const APPEAL_STATUS: ReasonSpec = ReasonSpec {
    title: "Appeal: status or next level",
    catalogue: Some("Y22"),
    family: Family::Payer,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealSecond),
    chance: 500,
    checklist: &["When was the decision due", "What did they decide", "Until when may the next level be asked"],
    required: &[Data::Claim, Data::AppealLevel, Data::Decision],
    resolutions: &[Code::NextLevelFiled, Code::Won, Code::Accepted, Code::NextDateSet],
    playbook: "No decision on its day: ask in writing and complain. Lost: the next level or an external review has its own day.",
};

pub(super) const REGULATOR_COMPLAINT: ReasonSpec = ReasonSpec {
    title: "Complaint about a payer to its regulator",
    catalogue: Some("Y23"),
    family: Family::Payer,
    desk: Desk::Tier3,
    skill: Skill::PayerRelations,
    side: Side::Regulator,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 500,
    checklist: &["Gather claims, dates and words", "Which office decides", "File its form", "Follow its number"],
    required: &[Data::Summary, Data::Claim],
    resolutions: &[Code::ComplaintFiled, Code::Reprocessed, Code::Accepted],
    playbook: "One complaint for one pattern, with the claims as a list. The payer must answer the office within its days.",
};

pub(super) const PROVIDER_QUERY: ReasonSpec = ReasonSpec {
    title: "Question to the provider",
    catalogue: Some("Y24"),
    family: Family::Payer,
    desk: Desk::Tier2,
    skill: Skill::Coder,
    side: Side::Practice,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 800,
    checklist: &["Ask without leading", "Wait for a dated addendum", "Code by what stands there"],
    required: &[Data::Encounter, Data::Note],
    resolutions: &[Code::AddendumReceived, Code::Recoded, Code::Upheld],
    playbook: "Ask what was meant, with choices that include none of these. A code follows only the signed, dated note.",
};

pub(super) const CLIENT_QUESTION: ReasonSpec = ReasonSpec {
    title: "Question of the practice",
    catalogue: Some("Y25"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Practice,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 900,
    checklist: &[
        "Which report or account",
        "Answer with the numbers behind it",
        "Escalate where it is about the contract",
    ],
    required: &[Data::Summary],
    resolutions: &[Code::QuestionAnswered, Code::CreditGiven],
    playbook: "Answer with the report and its rows. What the contract promises is the manager's to say.",
};

pub(super) const ENROLLMENT: ReasonSpec = ReasonSpec {
    title: "Enrollment for claims, remittances or transfers",
    catalogue: Some("Y26"),
    family: Family::Payer,
    desk: Desk::Tier1,
    skill: Skill::PayerRelations,
    side: Side::Payer,
    first_action: 1,
    resolve: 10,
    clock: None,
    chance: 900,
    checklist: &[
        "Which transactions",
        "Fill in and sign the payer's form",
        "Wait for the day it starts",
        "Send a test file",
        "Switch it on",
    ],
    required: &[Data::EnrollmentForm, Data::ProviderNumber],
    resolutions: &[Code::EnrollmentOn, Code::NextDateSet],
    playbook: "Note the day it starts; claims before it go the old way. Switch it on after the test file was accepted.",
};

pub(super) const SYSTEM_FAILURE: ReasonSpec = ReasonSpec {
    title: "System or interface failed",
    catalogue: Some("Y27"),
    family: Family::Payer,
    desk: Desk::Tier3,
    skill: Skill::Technical,
    side: Side::Practice,
    first_action: 0,
    resolve: 1,
    clock: None,
    chance: 900,
    checklist: &["Since when, what is waiting", "Replay what waits", "Tell who is concerned"],
    required: &[Data::Summary],
    resolutions: &[Code::Fixed, Code::NoActionNeeded],
    playbook: "Nothing is typed twice: what waits is replayed. Look at the doctor's page and verify before and after.",
};

pub(super) const SUSPECTED_FRAUD: ReasonSpec = ReasonSpec {
    title: "Suspected fraud, identity theft or subpoena",
    catalogue: Some("Y28"),
    family: Family::Payer,
    desk: Desk::Tier3,
    skill: Skill::Compliance,
    side: Side::Practice,
    first_action: 0,
    resolve: 2,
    clock: None,
    chance: 0,
    checklist: &["Tell the compliance officer today", "Keep everything", "Say nothing to who it is about"],
    required: &[Data::Summary],
    resolutions: &[Code::IncidentOpened, Code::NoIncident, Code::ResponseSent],
    playbook: "Only compliance works this. Nothing is deleted, corrected or explained before it decided.",
};
