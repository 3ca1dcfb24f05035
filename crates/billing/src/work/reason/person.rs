//! Reasons of the patient side that are about a person: contact, records, rights, death, complaint.
//! Words and numbers are the program’s; a practice sets its own over them.

use crate::clock::ClockKind;

use super::spec::{Family, ReasonSpec, RequiredData as Data, Side, Skill};
use super::{Desk, ResolutionCode as Code};

pub(super) const INQUIRY: ReasonSpec = ReasonSpec {
    title: "Inquiry",
    catalogue: None,
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 800,
    checklist: &["Verify two identifiers", "Answer from the account", "Write down what was said"],
    required: &[Data::Summary],
    resolutions: &[Code::Explained, Code::QuestionAnswered, Code::ContactUpdated, Code::ReferredOn],
    playbook: "Verify two identifiers, answer from the account, write down what was said. Escalate with a handover if it needs a decision.",
};

pub(super) const COMPLAINT: ReasonSpec = ReasonSpec {
    title: "Complaint or dispute",
    catalogue: Some("P26"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Patient,
    first_action: 1,
    resolve: 1,
    clock: Some(ClockKind::ComplaintAcknowledgment),
    chance: 300,
    checklist: &[
        "Acknowledge within one business day",
        "Stop statements for what is disputed",
        "Find the cause",
        "Answer in writing",
    ],
    required: &[Data::Summary],
    resolutions: &[Code::ResponseSent, Code::Adjusted, Code::Corrected, Code::Upheld],
    playbook: "Acknowledge within one business day. Stop statements for what is disputed. Answer in writing, name the cause.",
};

pub(super) const CONTACT_CHANGE: ReasonSpec = ReasonSpec {
    title: "Address, e-mail, language or paperless",
    catalogue: Some("P17"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 1,
    clock: None,
    chance: 900,
    checklist: &["Verify two identifiers", "Enter it", "Ask consent for text and e-mail"],
    required: &[Data::Account, Data::Contact],
    resolutions: &[Code::ContactUpdated],
    playbook: "Enter it where it stands and send the next statement there. Texts and e-mails need a dated consent.",
};

pub(super) const ACCOUNT_AT_AGENCY: ReasonSpec = ReasonSpec {
    title: "Account at the agency",
    catalogue: Some("P18"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::Payments,
    side: Side::Agency,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 250,
    checklist: &["Find the agency's number", "Is there a reason to recall it", "Tell the agency the same day"],
    required: &[Data::Account, Data::AgencyNumber, Data::Balance],
    resolutions: &[Code::RecalledFromAgency, Code::LeftAtAgency, Code::PaymentTaken, Code::Explained],
    playbook: "Recall where insurance is open, aid was asked for, it is disputed, paid, or the person died or is bankrupt. Money that comes here is told to the agency at once.",
};

pub(super) const DEBT_DISPUTE: ReasonSpec = ReasonSpec {
    title: "Validation, dispute or cease contact",
    catalogue: Some("P19"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Compliance,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: None,
    chance: 250,
    checklist: &[
        "Set the flag of contact first",
        "Stop the agency",
        "Gather what proves the debt",
        "Answer in writing",
    ],
    required: &[Data::Account, Data::WrittenNotice, Data::Ledger],
    resolutions: &[Code::DisputeAnswered, Code::FlagSet, Code::WrittenOff, Code::Adjusted],
    playbook: "First set the flag, so that nobody calls. Send the proof of the debt: services, payments, dates. Nothing goes on before the answer left.",
};

pub(super) const RECORDS_REQUEST: ReasonSpec = ReasonSpec {
    title: "Records or itemized bill asked for",
    catalogue: Some("P20"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 10,
    clock: Some(ClockKind::RecordsRequest),
    chance: 900,
    checklist: &[
        "Is the request in writing",
        "Verify who asks and for whom",
        "Gather what was asked for",
        "Deliver it and log it",
    ],
    required: &[Data::Account, Data::RequestForm],
    resolutions: &[Code::RecordsDelivered, Code::RecordsRefused, Code::ItemizedSent],
    playbook: "The law gives 30 days; our aim is 10. Ask no more than a fee for the copy. A refusal is written and names the way to complain.",
};

pub(super) const REPRESENTATIVE: ReasonSpec = ReasonSpec {
    title: "Representative, power of attorney, minor or divorce",
    catalogue: Some("P21"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 800,
    checklist: &["Copy the paper", "Does it name this person and this matter", "Until when", "Enter scope and days"],
    required: &[Data::Account, Data::AuthorityDocument],
    resolutions: &[Code::AuthorityRecorded, Code::AuthorityRefused],
    playbook: "Speak with nobody before the paper is on file. A decree of divorce binds the parents, not us: who signed for the account owes it. Doubt goes to Tier 2.",
};

pub(super) const DECEASED: ReasonSpec = ReasonSpec {
    title: "Patient died",
    catalogue: Some("P22"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Compliance,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::EstateClaim),
    chance: 200,
    checklist: &[
        "Stop statements and calls",
        "Bill what insurance still owes",
        "Ask for date, county and representative",
        "Claim against the estate in time",
    ],
    required: &[Data::Account, Data::DeathDate, Data::AuthorityDocument, Data::Ledger],
    resolutions: &[Code::EstateClaimed, Code::WrittenOff, Code::InsuranceBilled],
    playbook: "Stop everything that leaves. Insurance pays first. A claim against the estate has a day by the state's law; without an estate two people write it off.",
};

pub(super) const BANKRUPTCY: ReasonSpec = ReasonSpec {
    title: "Bankruptcy",
    catalogue: Some("P23"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Compliance,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: Some(ClockKind::BankruptcyClaim),
    chance: 50,
    checklist: &[
        "Write down case, chapter and court",
        "Stop every demand, the agency's too",
        "File the proof of claim",
        "Insurance may still be billed",
    ],
    required: &[Data::Account, Data::BankruptcyCase, Data::Ledger],
    resolutions: &[Code::ProofOfClaimFiled, Code::WrittenOff, Code::FlagSet],
    playbook: "From the filing on nothing may be demanded for older debts. Flag the account first. File the proof of claim in time; write off after the discharge.",
};

pub(super) const OTHER_LIABILITY: ReasonSpec = ReasonSpec {
    title: "Work, auto or other liability",
    catalogue: Some("P24"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 600,
    checklist: &[
        "Ask day and place of the accident",
        "Get claim number and adjuster",
        "Ask the questions before Medicare",
        "Bill who is first",
    ],
    required: &[Data::Account, Data::AccidentClaim, Data::Encounter],
    resolutions: &[Code::OtherPayerBilled, Code::StatementHeld, Code::LienFiled, Code::Explained],
    playbook: "Work and auto pay before health plans. Enter the claim number with its adjuster, bill them first; letters of protection and liens are Tier 2's.",
};

pub(super) const PROTECTED_FROM_BILLING: ReasonSpec = ReasonSpec {
    title: "Medicare, Medicaid or QMB: must not be billed",
    catalogue: Some("P25"),
    family: Family::Question,
    desk: Desk::Tier2,
    skill: Skill::Compliance,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 700,
    checklist: &[
        "Ask eligibility for the day",
        "Read the remarks of the remittance",
        "Stop the statement",
        "Pay back what was taken",
    ],
    required: &[Data::Account, Data::EligibilityAnswer, Data::Decision],
    resolutions: &[Code::BalanceCancelled, Code::Refunded, Code::OtherPayerBilled, Code::Upheld],
    playbook: "Whoever has QMB or Medicaid for the service owes no cost share beyond what the program says. Cancel it, pay back, bill Medicaid.",
};

pub(super) const LEGAL_OR_PRIVACY: ReasonSpec = ReasonSpec {
    title: "Discrimination, breach, threat or legal",
    catalogue: Some("P27"),
    family: Family::Question,
    desk: Desk::Tier3,
    skill: Skill::Compliance,
    side: Side::Patient,
    first_action: 1,
    resolve: 2,
    clock: None,
    chance: 0,
    checklist: &[
        "Tell the compliance officer today",
        "Keep everything as it is",
        "Write down the facts only",
        "Speak of it to nobody else",
    ],
    required: &[Data::Summary],
    resolutions: &[Code::IncidentOpened, Code::ResponseSent, Code::NoIncident],
    playbook: "The compliance officer decides. Delete nothing, promise nothing, answer no lawyer yourself. Days of the breach rules begin when anybody here knew.",
};

pub(super) const RETURNED_MAIL: ReasonSpec = ReasonSpec {
    title: "Returned mail",
    catalogue: Some("P28"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::ReturnedMail),
    chance: 300,
    checklist: &[
        "Compare with the card and the last visit",
        "Ask the post's change of address",
        "Try portal and telephone",
        "Mark the address bad",
    ],
    required: &[Data::Account, Data::ReturnedItem, Data::Contact],
    resolutions: &[Code::ContactUpdated, Code::FlagSet],
    playbook: "Send nothing more to a bad address. Find the new one by the post, the portal or the next visit.",
};

pub(super) const CONSENT_WITHDRAWN: ReasonSpec = ReasonSpec {
    title: "Consent for card or texts withdrawn",
    catalogue: Some("P29"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::FrontDesk,
    side: Side::Patient,
    first_action: 0,
    resolve: 1,
    clock: None,
    chance: 900,
    checklist: &["Verify two identifiers", "Revoke it now", "Confirm it"],
    required: &[Data::Account, Data::ConsentLog],
    resolutions: &[Code::ConsentRevoked],
    playbook: "Revoke it while the person is there, with day and words; stop what was planned with it, and confirm.",
};

pub(super) const ACCESS_NEED: ReasonSpec = ReasonSpec {
    title: "Interpreter or accessibility",
    catalogue: Some("P30"),
    family: Family::Question,
    desk: Desk::Tier1,
    skill: Skill::Spanish,
    side: Side::Patient,
    first_action: 1,
    resolve: 1,
    clock: None,
    chance: 900,
    checklist: &["Ask what is needed", "Give the call to who can", "Write the need on the account"],
    required: &[Data::Account, Data::Need],
    resolutions: &[Code::FlagSet, Code::Explained],
    playbook: "A qualified interpreter costs the patient nothing; family does not interpret. Write language and need on the account, so that the next call begins right.",
};
