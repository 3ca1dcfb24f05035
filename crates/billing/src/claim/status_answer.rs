//! What a payer answers when asked where a claim is (277). It informs and moves nothing: only acknowledgments and
//! remittances change where a claim is.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::acknowledgment::{InterchangeEnds, StatusCode};
use super::named_parties::NamedParties;
use crate::Money;

/// One answer, as plain facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimStatusAnswer {
    /// Who sent the answer to whom.
    pub ends: InterchangeEnds,
    /// Who answers, and whom (NM1*PR and NM1*1P above the claim).
    pub parties: NamedParties,
    /// The number we asked by (TRN02).
    pub trace: String,
    /// What it says, most telling first.
    pub statuses: Vec<StatusCode>,
    /// STC02.
    pub status_on: Option<Date>,
    /// STC04.
    pub charge_amount: Option<Money>,
    /// STC05.
    pub paid_amount: Option<Money>,
    /// STC08.
    pub paid_on: Option<Date>,
    /// STC09: check or EFT number; empty when none.
    pub payment_number: String,
    /// REF 1K.
    pub payer_claim_control_number: Option<String>,
    /// STC12, the payer's own words; empty when none.
    pub message: String,
    /// The claim's segments as they stand in the file.
    pub raw: String,
}
