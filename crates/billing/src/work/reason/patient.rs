//! Reasons of the patient side that are about a bill, a payment or coverage. Each answers to one code of the catalogue.
//! Words and numbers are the program’s; a practice sets its own over them.

use crate::clock::ClockKind;

use super::spec::{Family, ReasonSpec, RequiredData as Data, Side, Skill};
use super::{Desk, ResolutionCode as Code};

pub(super) const BILL_QUESTION: ReasonSpec = ReasonSpec {
    title: "Why do I owe this?",
    catalogue: Some("P01"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 900,
    checklist: &[
        "Verify two identifiers",
        "Open the ledger in plain words",
        "Read what the payer allowed, paid and left, with its reason",
    ],
    required: &[Data::Account, Data::Statement],
    resolutions: &[Code::Explained, Code::ItemizedSent, Code::PaymentTaken],
    playbook: "Read the account's answer aloud: charge, what the plan allowed and paid, what is left and why. Send the itemized bill where it is asked for.",
};

pub(super) const PAY_NOW: ReasonSpec = ReasonSpec {
    title: "Pay now, or a card was declined",
    catalogue: Some("P02"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 1,
    clock: None,
    chance: 950,
    checklist: &[
        "Verify two identifiers",
        "Confirm the balance",
        "Take the payment or the new card",
        "Offer the receipt",
    ],
    required: &[Data::Account, Data::Balance, Data::PaymentMethod],
    resolutions: &[Code::PaymentTaken, Code::PlanMade, Code::Explained],
    playbook: "Say the balance and what it is for, take the payment, give the receipt. Never write a card number into a note.",
};

pub(super) const PAYMENT_PLAN: ReasonSpec = ReasonSpec {
    title: "Payment plan asked for",
    catalogue: Some("P03"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 850,
    checklist: &[
        "Confirm the balance",
        "Offer the months that the policy allows",
        "Get consent to keep the card",
        "Have it signed",
    ],
    required: &[Data::Account, Data::Balance],
    resolutions: &[Code::PlanMade, Code::PaymentTaken, Code::ReferredToAid, Code::Explained],
    playbook: "Offer a plan within the practice's least payment. Longer or smaller plans are Tier 2's to approve. Mention financial assistance.",
};

pub(super) const INSURANCE_CHANGE: ReasonSpec = ReasonSpec {
    title: "Wrong or new insurance",
    catalogue: Some("P04"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: Some(ClockKind::StatementHold),
    chance: 800,
    checklist: &[
        "Copy the card, both sides",
        "Ask eligibility for each date of service",
        "Check how long each claim may still be filed",
        "Hold the statement",
    ],
    required: &[Data::Account, Data::InsuranceCard, Data::EffectiveDates, Data::EligibilityAnswer],
    resolutions: &[Code::CoverageUpdated, Code::Rebilled, Code::StatementHeld, Code::PatientBilled, Code::Explained],
    playbook: "Enter the coverage with its days, ask the payer about each date of service, bill it before the filing limit. Hold the statement until it decided.",
};

pub(super) const COVERAGE_DISPUTE: ReasonSpec = ReasonSpec {
    title: "The plan should have paid",
    catalogue: Some("P05"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::Denials,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 450,
    checklist: &[
        "Ask for the explanation of benefits",
        "Compare it with the remittance",
        "Say why the plan did not pay",
        "Escalate where the plan erred",
    ],
    required: &[Data::Account, Data::Claim, Data::Eob, Data::Decision],
    resolutions: &[Code::Explained, Code::Reprocessed, Code::Appealed, Code::Rebilled],
    playbook: "Compare what the plan told the patient with what it told us. Where both say the same, explain it and how the patient may complain to the plan. Where the plan erred, escalate with both papers.",
};

pub(super) const STATEMENT_MISMATCH: ReasonSpec = ReasonSpec {
    title: "Bill and explanation of benefits do not match",
    catalogue: Some("P06"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 700,
    checklist: &[
        "Ask for the explanation of benefits",
        "Compare line by line",
        "Look for a remittance that is not posted",
        "Call back",
    ],
    required: &[Data::Account, Data::Statement, Data::Eob],
    resolutions: &[Code::Explained, Code::Posted, Code::Corrected, Code::StatementHeld],
    playbook: "Put the two side by side. A remittance that is missing or not posted goes to the poster; hold the statement meanwhile and promise a day.",
};

pub(super) const CHARGE_NOT_MINE: ReasonSpec = ReasonSpec {
    title: "Charge is not mine, or was not received",
    catalogue: Some("P07"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Clinical,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 300,
    checklist: &["Read the note of the visit", "Ask the provider", "Consider identity theft", "Hold the statement"],
    required: &[Data::Account, Data::Encounter, Data::Note],
    resolutions: &[Code::Corrected, Code::Voided, Code::Explained, Code::IncidentOpened, Code::Upheld],
    playbook: "Compare the visit's note with what was billed. Not done: void it, pay back who paid. Somebody else's care: tell compliance the same day.",
};

pub(super) const CODING_DISPUTE: ReasonSpec = ReasonSpec {
    title: "The code is wrong",
    catalogue: Some("P08"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Coder,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 350,
    checklist: &["Read the note of the visit", "Have a certified coder review it", "Answer in writing"],
    required: &[Data::Account, Data::Encounter, Data::Note, Data::Codes],
    resolutions: &[Code::Recoded, Code::Upheld, Code::Explained],
    playbook: "A coder compares note and code. Change it only where the note, or the provider's dated addendum, supports it; never to get paid.",
};

pub(super) const AUTHORIZATION_QUESTION: ReasonSpec = ReasonSpec {
    title: "Prior authorization problem",
    catalogue: Some("P09"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 500,
    checklist: &[
        "Find the authorization's number, units and days",
        "Ask the payer",
        "Escalate where it was decided against us",
    ],
    required: &[Data::Account, Data::Authorization, Data::Coverage],
    resolutions: &[Code::RetroAuthorized, Code::Explained, Code::Appealed, Code::CoverageUpdated],
    playbook: "Look for number, units and days. One that exists and was not on the claim: have it corrected. None: ask for one after the fact inside the payer's window.",
};

pub(super) const ESTIMATE_REQUEST: ReasonSpec = ReasonSpec {
    title: "Estimate or price asked for",
    catalogue: Some("P10"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 1,
    clock: Some(ClockKind::EstimateAsked),
    chance: 900,
    checklist: &[
        "Ask what is planned and when",
        "Ask benefits of the plan",
        "Price it by the fee schedule",
        "Send the estimate in writing",
    ],
    required: &[Data::Codes, Data::Coverage, Data::EligibilityAnswer],
    resolutions: &[Code::EstimateGiven, Code::Explained],
    playbook: "Whoever is uninsured or does not use a plan gets a good-faith estimate in writing: within one business day of scheduling at least three business days ahead, within three where it was asked for or scheduled ten days ahead.",
};

pub(super) const BILL_OVER_ESTIMATE: ReasonSpec = ReasonSpec {
    title: "Bill is $400 or more above the estimate",
    catalogue: Some("P11"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::EstimateDispute),
    chance: 400,
    checklist: &[
        "Put estimate and bill side by side, by provider",
        "Hold collection and late fees",
        "Adjust or explain",
        "Answer the dispute",
    ],
    required: &[Data::Account, Data::Estimate, Data::Statement],
    resolutions: &[Code::Adjusted, Code::Explained, Code::DisputeAnswered],
    playbook: "The patient may start a dispute within 120 days of the bill. Stop collection while it lasts. Adjust what was not foreseeable to the estimate, or show the medical reason.",
};

pub(super) const SURPRISE_BILL: ReasonSpec = ReasonSpec {
    title: "Surprise or out-of-network bill",
    catalogue: Some("P12"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::OpenNegotiation),
    chance: 500,
    checklist: &[
        "Was it an emergency, or care in an in-network facility",
        "Is notice and consent on file",
        "Compute the in-network share again",
        "Hold the statement",
    ],
    required: &[Data::Account, Data::NetworkStatus, Data::Encounter, Data::Decision],
    resolutions: &[Code::CostShareRecomputed, Code::Refunded, Code::Explained, Code::Upheld],
    playbook: "Where the No Surprises Act protects the patient, only the in-network share may be asked. What is left is between us and the plan: Tier 3 decides on negotiation.",
};

pub(super) const FINANCIAL_ASSISTANCE: ReasonSpec = ReasonSpec {
    title: "Financial assistance",
    catalogue: Some("P13"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 600,
    checklist: &[
        "Send policy and application in plain words",
        "Hold collection",
        "Look whether Medicaid would pay",
        "Decide by the scale",
    ],
    required: &[Data::Account, Data::Application, Data::Balance],
    resolutions: &[Code::AidGranted, Code::AidDenied, Code::CoverageUpdated, Code::PlanMade],
    playbook: "Everybody who asks gets policy and application. Stop collection while it is open. Approve by the practice's scale, or say why not and how to ask again.",
};

pub(super) const REFUND_REQUEST: ReasonSpec = ReasonSpec {
    title: "Credit or refund asked for",
    catalogue: Some("P14"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::RefundDue),
    chance: 900,
    checklist: &["Is anything else open, at us or the plan", "Whose money is it", "Ask for the refund to its source"],
    required: &[Data::Account, Data::Ledger],
    resolutions: &[Code::Refunded, Code::Transferred, Code::Explained],
    playbook: "Money goes back to who paid it, the way it came, after open claims and balances were looked at. What a payer paid too much follows its own rule of 60 days.",
};

pub(super) const PAYMENT_TO_FIND: ReasonSpec = ReasonSpec {
    title: "Payment to find: paid twice, or not on the account",
    catalogue: Some("P15"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::Payments,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 900,
    checklist: &[
        "Ask for day, amount and how it was paid",
        "Look in unapplied cash and other accounts",
        "Apply it or have it paid back",
    ],
    required: &[Data::Account, Data::PaymentTrace],
    resolutions: &[Code::Posted, Code::Transferred, Code::Refunded, Code::Explained],
    playbook: "Find it by amount and day, in unapplied cash too. Apply it to what is owed; what was paid twice goes back.",
};
