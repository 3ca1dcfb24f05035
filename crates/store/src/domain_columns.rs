//! How the domain's words stand in columns: one line each.

use billing::claim::ClaimStatus;
use billing::claim::submission::SubmissionStatus;
use billing::coverage::CoverageRank;
use billing::work::inquiry::{Channel, InquiryReason};
use billing::work::{Desk, WorkReason, WorkState};

use crate::col_texts;

col_texts!(
    ClaimStatus: |status| status.as_str(), |text| ClaimStatus::parse(text);
    SubmissionStatus: |status| status.as_str(), |text| SubmissionStatus::parse(text);
    CoverageRank: |rank| rank.code(), |text| CoverageRank::from_code(text);
    WorkReason: |reason| reason.as_str(), |text| WorkReason::parse(text);
    Desk: |desk| desk.as_str(), |text| Desk::parse(text);
    WorkState: |state| state.as_str(), |text| WorkState::parse(text);
    Channel: |channel| channel.as_str(), |text| Channel::parse(text);
    InquiryReason: |reason| reason.as_str(), |text| InquiryReason::parse(text);
);
