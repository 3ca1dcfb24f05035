//! What a payer says coverage is, on a day (270 asked, 271 answered).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;

/// Whether the coverage is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EligibilityStatus {
    /// EB01 1 to 5.
    Active,
    /// EB01 6 to 8.
    Inactive,
    /// The payer could not say (AAA), with a reason.
    Unknown,
}

/// One answer, in plain facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EligibilityAnswer {
    /// Whether it is in force.
    pub status: EligibilityStatus,
    /// The day asked about.
    pub asked_for: Date,
    /// The trace number we sent (TRN02).
    pub trace: String,
    /// Plan name the payer gave; empty when none.
    pub plan_name: String,
    /// Copay of an office visit (EB01 B).
    pub copay: Option<Money>,
    /// Deductible of the year (EB01 C, period 23).
    pub deductible: Option<Money>,
    /// What is left of it (EB01 C, period 29).
    pub deductible_remaining: Option<Money>,
    /// Coinsurance in basis points: 2000 is 20 % (EB01 A).
    pub coinsurance_basis_points: Option<i32>,
    /// Reject reason codes (AAA03) in our own words; empty when none.
    pub reasons: Vec<String>,
}
