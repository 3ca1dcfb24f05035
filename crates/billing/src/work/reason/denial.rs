//! Reasons that a decision opens: what a payer left unpaid of what it was asked for. All are Tier 2’s, whatever the code.
//! Words and numbers are the program’s; a practice sets its own over them.

use crate::clock::ClockKind;

use super::spec::{Family, ReasonSpec, RequiredData as Data, Side, Skill};
use super::{Desk, ResolutionCode as Code};

pub(super) const DENIED: ReasonSpec = ReasonSpec {
    title: "Denied by the payer",
    catalogue: None,
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: Some(ClockKind::AppealFirst),
    chance: 400,
    checklist: &["Read reason and remark codes", "Compare with claim and note", "Correct, appeal or accept"],
    required: &[Data::Claim, Data::Decision],
    resolutions: &[
        Code::Corrected,
        Code::Appealed,
        Code::Rebilled,
        Code::Reprocessed,
        Code::PatientBilled,
        Code::Accepted,
        Code::WrittenOff,
    ],
    playbook: "Read the reason and remark codes. Correct, appeal within the payer's limit, or accept with a reason. Never bill the patient for it.",
};

pub(super) const DENIED_ELIGIBILITY: ReasonSpec = ReasonSpec {
    title: "Denied: not covered that day",
    catalogue: Some("Y06"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: Some(ClockKind::AppealFirst),
    chance: 550,
    checklist: &[
        "Ask eligibility for the day again",
        "Compare name, birth date and member id",
        "Look for other coverage",
        "Correct and bill again",
    ],
    required: &[Data::Claim, Data::Decision, Data::EligibilityAnswer],
    resolutions: &[Code::Rebilled, Code::CoverageUpdated, Code::Appealed, Code::PatientBilled, Code::WrittenOff],
    playbook: "A wrong member id is corrected and billed again. Covered after all: show the payer its own answer. No coverage that day: another plan, or the patient.",
};

pub(super) const DENIED_OTHER_PAYER: ReasonSpec = ReasonSpec {
    title: "Denied: another plan is first",
    catalogue: Some("Y07"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: Some(ClockKind::AppealFirst),
    chance: 650,
    checklist: &["Which plan is first by the rules", "Has the patient told the plans", "Bill in the right order"],
    required: &[Data::Claim, Data::Decision, Data::Coverage],
    resolutions: &[Code::Rebilled, Code::CoverageUpdated, Code::Reprocessed, Code::PatientBilled, Code::WrittenOff],
    playbook: "Ask which plan the payer has on file. Correct the order and bill the first one; where the payer errs, the patient tells it, then it is decided again.",
};

pub(super) const DENIED_AUTHORIZATION: ReasonSpec = ReasonSpec {
    title: "Denied: authorization",
    catalogue: Some("Y08"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 400,
    checklist: &[
        "Is there one, with these units and days",
        "Does the payer allow one after the fact",
        "Appeal with the notes",
    ],
    required: &[Data::Claim, Data::Decision, Data::Authorization, Data::Note],
    resolutions: &[Code::RetroAuthorized, Code::Corrected, Code::Appealed, Code::Accepted, Code::WrittenOff],
    playbook: "One that exists goes out on a corrected claim. None: ask for one after the fact inside its window, or appeal with what made it urgent. Rarely the patient's.",
};

pub(super) const DENIED_MEDICAL_NECESSITY: ReasonSpec = ReasonSpec {
    title: "Denied: medical necessity",
    catalogue: Some("Y09"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Clinical,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 450,
    checklist: &[
        "Read the policy of the payer",
        "Compare with the note",
        "Is a waiver or notice on file",
        "Ask for a peer-to-peer talk in its window",
    ],
    required: &[Data::Claim, Data::Decision, Data::Note, Data::Codes],
    resolutions: &[Code::Appealed, Code::Corrected, Code::PatientBilled, Code::Accepted, Code::WrittenOff],
    playbook: "Work it with a clinical eye: the policy's criteria beside the note. Appeal with a packet. The patient owes only what a valid notice says.",
};

pub(super) const DENIED_BUNDLED: ReasonSpec = ReasonSpec {
    title: "Denied: counted into another service",
    catalogue: Some("Y10"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Coder,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 350,
    checklist: &["Which pair of codes", "May a modifier part them", "Does the note support it"],
    required: &[Data::Claim, Data::Decision, Data::Codes, Data::Note],
    resolutions: &[Code::Corrected, Code::Appealed, Code::Accepted, Code::WrittenOff],
    playbook: "Where no modifier may part the pair, accept it. Where one may and the note shows a separate service, send a corrected claim.",
};

pub(super) const DENIED_CODING: ReasonSpec = ReasonSpec {
    title: "Denied: code, modifier or diagnosis",
    catalogue: Some("Y11"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Coder,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 600,
    checklist: &["Which code does the remark name", "Was it in force that day", "What does the note support"],
    required: &[Data::Claim, Data::Decision, Data::Codes, Data::Note],
    resolutions: &[Code::Corrected, Code::Recoded, Code::Appealed, Code::Accepted, Code::WrittenOff],
    playbook: "A coder looks at code sets of the day and at the note. Correct what the note supports; never change a diagnosis to get paid.",
};

pub(super) const DENIED_DUPLICATE: ReasonSpec = ReasonSpec {
    title: "Denied: duplicate",
    catalogue: Some("Y12"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: Some(ClockKind::AppealFirst),
    chance: 500,
    checklist: &[
        "Find what the first one was decided as",
        "Same day, code, units and provider",
        "Two services: which modifier says so",
    ],
    required: &[Data::Claim, Data::Decision, Data::OriginalClaim],
    resolutions: &[Code::ClosedAsDuplicate, Code::Corrected, Code::Appealed, Code::Accepted],
    playbook: "The first one was paid: close this. The first one was denied: work that one. Two services in truth: correct with the modifier, or appeal with the notes.",
};

pub(super) const DENIED_TIMELY_FILING: ReasonSpec = ReasonSpec {
    title: "Denied: filed too late",
    catalogue: Some("Y13"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 300,
    checklist: &[
        "When did the payer accept it first",
        "Make the proof packet",
        "Is there a rule of exception",
        "Appeal in time",
    ],
    required: &[Data::Claim, Data::Decision, Data::Acknowledgment, Data::FilingLimit],
    resolutions: &[Code::Appealed, Code::Reprocessed, Code::WrittenOff],
    playbook: "Our stored acknowledgments prove the day. Appeal with them. Without proof it is written off by two people; it is never the patient's.",
};

pub(super) const DENIED_NOT_COVERED: ReasonSpec = ReasonSpec {
    title: "Denied: not covered, or benefit used up",
    catalogue: Some("Y14"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 300,
    checklist: &[
        "Read the benefits",
        "Is a notice or consent on file",
        "May the patient be asked",
        "Is there another plan",
    ],
    required: &[Data::Claim, Data::Decision, Data::Coverage, Data::EligibilityAnswer],
    resolutions: &[
        Code::PatientBilled,
        Code::OtherPayerBilled,
        Code::Appealed,
        Code::Corrected,
        Code::Accepted,
        Code::WrittenOff,
    ],
    playbook: "Ask the next plan first. The patient owes it only where group code, contract and a signed notice say so.",
};

pub(super) const DENIED_INFORMATION: ReasonSpec = ReasonSpec {
    title: "Denied: information or papers missing",
    catalogue: Some("Y15"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::Denials,
    side: Side::Payer,
    first_action: 1,
    resolve: 3,
    clock: Some(ClockKind::AppealFirst),
    chance: 750,
    checklist: &["Read which remark", "Gather the paper or the field", "Corrected claim or papers alone"],
    required: &[Data::Claim, Data::Decision, Data::StatusCodes],
    resolutions: &[Code::InformationSent, Code::Corrected, Code::Rebilled, Code::Appealed, Code::WrittenOff],
    playbook: "The remark names what is missing. Data: a corrected claim. Papers: send them with the payer's number, before its day.",
};

pub(super) const DENIED_PROVIDER: ReasonSpec = ReasonSpec {
    title: "Denied: provider not enrolled",
    catalogue: Some("Y16"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::PayerRelations,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 450,
    checklist: &[
        "Which number and since when",
        "What does the payer's roster say",
        "Hold the claims of this provider",
        "Ask for an earlier day",
    ],
    required: &[Data::Claim, Data::Decision, Data::ProviderNumber],
    resolutions: &[Code::Rebilled, Code::Reprocessed, Code::Appealed, Code::WrittenOff],
    playbook: "Stop the next ones before they are denied too. Ask the payer to make the enrollment effective earlier, then have them decided again.",
};

pub(super) const DENIED_FEE: ReasonSpec = ReasonSpec {
    title: "Paid less than agreed",
    catalogue: Some("Y17"),
    family: Family::Denial,
    desk: Desk::Tier2,
    skill: Skill::PayerRelations,
    side: Side::Payer,
    first_action: 1,
    resolve: 5,
    clock: Some(ClockKind::AppealFirst),
    chance: 600,
    checklist: &["Contract, code and day", "What was allowed against what was agreed", "Is it one claim or a batch"],
    required: &[Data::Claim, Data::Decision, Data::Contract],
    resolutions: &[Code::ContractDisputed, Code::Reprocessed, Code::Accepted, Code::WrittenOff],
    playbook: "Show the schedule of the contract beside what was allowed. The same code from the same payer goes in one letter; a pattern goes to Tier 3.",
};
