//! Answers to what we sent. A TA1 speaks of an interchange, a 999 of groups and sets, a 277CA of claims; each moves
//! exactly the claims it covers.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;

/// One answer, as plain facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acknowledgment {
    /// TA1: of one interchange of ours.
    Interchange(InterchangeAcknowledgment),
    /// 999: of one group of ours.
    Group(GroupAcknowledgment),
    /// 277CA: of claims.
    Claims(ClaimsAcknowledgment),
}

/// TA1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterchangeAcknowledgment {
    /// ISA13 of the file it answers.
    pub interchange: i64,
    /// A accepted, E accepted with errors, R rejected.
    pub accepted: bool,
    /// TA105.
    pub note_code: String,
    /// The segment as it stands in the file.
    pub raw: String,
}

/// 999: of one group with its sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAcknowledgment {
    /// GS06 of the group it answers (AK102).
    pub group: i64,
    /// GS01 of the group it answers (AK101): HC claims, HS eligibility …
    pub functional_id: String,
    /// AK901 is A, E or P.
    pub accepted: bool,
    /// Each set it names.
    pub sets: Vec<SetAcknowledgment>,
    /// AK9 as it stands in the file.
    pub raw: String,
}

/// 999: of one transaction set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAcknowledgment {
    /// ST02 of the set (AK202).
    pub set: i64,
    /// IK501 is A or E.
    pub accepted: bool,
    /// Errors in words: segment, element, code.
    pub errors: Vec<String>,
    /// AK2 to IK5 as they stand in the file.
    pub raw: String,
}

/// 277CA: from whom, and what of each claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsAcknowledgment {
    /// The sender is the payer itself (NM101 PR), not a clearinghouse (AY): only a payer's acceptance is one.
    pub from_payer: bool,
    /// Its name.
    pub sender_name: String,
    /// Which file of ours it speaks of (TRN02 of loop 2200B, the BHT03 we sent); empty when it does not say.
    pub submission_reference: String,
    /// Each claim.
    pub claims: Vec<ClaimAcknowledgment>,
}

/// 277CA: of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAcknowledgment {
    /// Our number (TRN02 of the claim).
    pub control_number: String,
    /// What it says: the first STC's composites first.
    pub statuses: Vec<StatusCode>,
    /// STC02.
    pub status_on: Option<Date>,
    /// STC04, where given.
    pub charge_amount: Option<Money>,
    /// REF 1K.
    pub payer_claim_control_number: Option<String>,
    /// Payer's own words (STC12); empty when none.
    pub message: String,
    /// The claim's segments as they stand in the file.
    pub raw: String,
}

/// One category with its status (STC01, STC10, STC11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCode {
    /// A0 to A8 in a 277CA (code list 507).
    pub category: String,
    /// Code list 508.
    pub status: String,
    /// Entity (code list 98); empty when none.
    pub entity: String,
}

/// What a claim acknowledgment says, all its codes taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimAnswer {
    /// A2: taken into adjudication.
    Accepted,
    /// A0, A1: passed on or received; says nothing yet.
    Received,
    /// A3 to A8: not in the payer's system; mend and send again as an original.
    Rejected,
    /// A category that does not belong into a 277CA; noted, moves nothing.
    Unclear,
}

impl ClaimAcknowledgment {
    /// Reads the codes: one refusal is a refusal, else an acceptance is one.
    pub fn answer(&self) -> ClaimAnswer {
        let has = |wanted: &[&str]| self.statuses.iter().any(|code| wanted.contains(&code.category.as_str()));
        if has(&["A3", "A4", "A6", "A7", "A8"]) {
            ClaimAnswer::Rejected
        } else if has(&["A2"]) {
            ClaimAnswer::Accepted
        } else if has(&["A0", "A1"]) {
            ClaimAnswer::Received
        } else {
            ClaimAnswer::Unclear
        }
    }
}
