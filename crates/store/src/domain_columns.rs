//! How the domain's words stand in columns: one line each.

use billing::bank::BankLineState;
use billing::cash_request::{CashRequestKind, CashRequestState};
use billing::claim::submission::SubmissionStatus;
use billing::claim::{ClaimStatus, Hand, Severity};
use billing::clock::{ClockKind, ClockState};
use billing::coverage::CoverageRank;
use billing::credit::CreditState;
use billing::deposit::{DrawerState, ItemKind, SlipState, WithdrawalState};
use billing::encounter::EncounterStatus;
use billing::refund::RefundState;
use billing::returned_payment::ReturnState;
use billing::work::inquiry::{Channel, InquiryReason};
use billing::work::{Desk, Skill, WorkReason, WorkState};
use billing::write_off::{WriteOffReason, WriteOffState};

use crate::col_texts;

col_texts!(
    ClaimStatus: |status| status.as_str(), |text| ClaimStatus::parse(text);
    SubmissionStatus: |status| status.as_str(), |text| SubmissionStatus::parse(text);
    CoverageRank: |rank| rank.code(), |text| CoverageRank::from_code(text);
    WorkReason: |reason| reason.as_str(), |text| WorkReason::parse(text);
    Skill: |skill| skill.as_str(), |text| Skill::parse(text);
    Desk: |desk| desk.as_str(), |text| Desk::parse(text);
    WorkState: |state| state.as_str(), |text| WorkState::parse(text);
    BankLineState: |state| state.as_str(), |text| BankLineState::parse(text);
    ReturnState: |state| state.as_str(), |text| ReturnState::parse(text);
    SlipState: |state| state.as_str(), |text| SlipState::parse(text);
    ItemKind: |kind| kind.as_str(), |text| ItemKind::parse(text);
    DrawerState: |state| state.as_str(), |text| DrawerState::parse(text);
    WithdrawalState: |state| state.as_str(), |text| WithdrawalState::parse(text);
    RefundState: |state| state.as_str(), |text| RefundState::parse(text);
    CashRequestKind: |kind| kind.as_str(), |text| CashRequestKind::parse(text);
    CashRequestState: |state| state.as_str(), |text| CashRequestState::parse(text);
    CreditState: |state| state.as_str(), |text| CreditState::parse(text);
    WriteOffState: |state| state.as_str(), |text| WriteOffState::parse(text);
    WriteOffReason: |reason| reason.as_str(), |text| WriteOffReason::parse(text);
    Channel: |channel| channel.as_str(), |text| Channel::parse(text);
    InquiryReason: |reason| reason.as_str(), |text| InquiryReason::parse(text);
    ClockKind: |kind| kind.as_str(), |text| ClockKind::parse(text);
    ClockState: |state| state.as_str(), |text| ClockState::parse(text);
    EncounterStatus: |status| match status {
        EncounterStatus::Open => "open",
        EncounterStatus::Billed => "billed",
        EncounterStatus::NotBillable => "not_billable",
    }, |text| match text {
        "open" => Some(EncounterStatus::Open),
        "billed" => Some(EncounterStatus::Billed),
        "not_billable" => Some(EncounterStatus::NotBillable),
        _ => None,
    };
    Severity: |severity| match severity { Severity::Warning => "warning", Severity::Error => "error" },
        |text| match text {
            "warning" => Some(Severity::Warning),
            "error" => Some(Severity::Error),
            _ => None,
        };
    Hand: |hand| match hand { Hand::FrontDesk => "front_desk", Hand::Coder => "coder" },
        |text| match text {
            "front_desk" => Some(Hand::FrontDesk),
            "coder" => Some(Hand::Coder),
            _ => None,
        };
);
