//! A remittance: one payment of a payer with its explanations, as plain facts read from an 835. Amounts keep the
//! signs of the file: a positive adjustment reduces the payment.

pub mod advice;
pub mod auto_posting;
pub mod balance;
pub mod candidate;
pub mod classification;
pub mod crossover;
pub mod matching;
pub mod outside;
pub mod posting;
pub mod provider_level;
pub mod reversal;
pub mod settled;
pub mod source;
pub mod translation;
pub mod virtual_card;
pub mod words;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::charge::{Procedure, Units};

/// Who the difference between charge and payment falls to (CAS01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AdjustmentGroup {
    /// Contract or regulation: not the patient's.
    CO,
    /// Patient responsibility.
    PR,
    /// Other; read before anything is written off.
    OA,
    /// Payer's own reduction, without a contract behind it.
    PI,
    /// Correction or reversal, from the days of 4010; accepted on input only.
    CR,
}

impl AdjustmentGroup {
    /// Every group.
    pub const ALL: [AdjustmentGroup; 5] =
        [AdjustmentGroup::CO, AdjustmentGroup::PR, AdjustmentGroup::OA, AdjustmentGroup::PI, AdjustmentGroup::CR];

    /// The value of CAS01.
    pub fn code(self) -> &'static str {
        match self {
            AdjustmentGroup::CO => "CO",
            AdjustmentGroup::PR => "PR",
            AdjustmentGroup::OA => "OA",
            AdjustmentGroup::PI => "PI",
            AdjustmentGroup::CR => "CR",
        }
    }

    /// Reads CAS01.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "CO" => Some(AdjustmentGroup::CO),
            "PR" => Some(AdjustmentGroup::PR),
            "OA" => Some(AdjustmentGroup::OA),
            "PI" => Some(AdjustmentGroup::PI),
            "CR" => Some(AdjustmentGroup::CR),
            _ => None,
        }
    }
}

/// One difference between charge and payment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Adjustment {
    /// Who it falls to.
    pub group: AdjustmentGroup,
    /// Reason (CARC).
    pub reason: String,
    /// Positive reduces the payment.
    pub amount: Money,
}

/// One payment with its explanations (one ST 835).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remittance {
    /// Payer's name (N1 PR).
    pub payer_name: String,
    /// Payer's number in the trace (TRN03).
    pub payer_trace_id: String,
    /// Electronic payer id (N104 or REF 2U); empty when the file has none.
    pub payer_identifier: String,
    /// Payee's NPI (N1 PE).
    pub payee_npi: String,
    /// Check or EFT number (TRN02).
    pub trace: String,
    /// ACH, CHK, NON … (BPR04).
    pub method: String,
    /// Day of the payment (BPR16).
    pub paid_on: Date,
    /// What was paid in all (BPR02).
    pub amount: Money,
    /// Each claim.
    pub claims: Vec<ClaimPayment>,
    /// Money outside any claim.
    pub provider_adjustments: Vec<ProviderAdjustment>,
}

/// What a remittance says of one claim (CLP).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimPayment {
    /// Our number (CLP01).
    pub control_number: String,
    /// CLP02: 1, 2, 3, 4, 19 to 23, 25.
    pub status_code: String,
    /// CLP03.
    pub charge_amount: Money,
    /// CLP04.
    pub paid_amount: Money,
    /// CLP05, information only.
    pub patient_responsibility: Money,
    /// CLP07.
    pub payer_claim_control_number: String,
    /// Adjustments of the claim as a whole.
    pub adjustments: Vec<Adjustment>,
    /// Remark codes (MOA, MIA).
    pub remarks: Vec<String>,
    /// Each line; may be none.
    pub lines: Vec<LinePayment>,
    /// Whom and which visit it is about, in the payer's words; empty in what an earlier build stored.
    #[serde(default, skip_serializing_if = "About::is_empty")]
    pub about: About,
    /// The claim's segments as they stand in the file.
    pub raw: String,
}

/// Whom and which visit a claim payment is about, in the payer's words: what a person would search by. Never part of what
/// makes a payment itself, and never of its balances.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The patient's family name (NM103 of QC).
    pub last_name: String,
    /// The patient's given name (NM104 of QC).
    pub first_name: String,
    /// The member's id (NM109 of QC, else of IL).
    pub member_id: String,
    /// Who gave the care (NM109 of 82, where it is an NPI).
    pub rendering_npi: String,
    /// First day of the care (DTM 232), where the claim as a whole has one.
    pub first_day: Option<Date>,
    /// The carrier that the payer passed the claim on to (NM103 of TT); empty where it names none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub passed_on_to: String,
}

impl About {
    /// Whether the payer says nothing of it.
    pub fn is_empty(&self) -> bool {
        *self == About::default()
    }
}

impl ClaimPayment {
    /// A decision taken back (CLP02 22).
    pub fn is_reversal(&self) -> bool {
        self.status_code == "22"
    }

    /// The payer refused the claim (CLP02 4) or never took it as its own (23): whatever the adjustments say, nothing of
    /// it is a price that was agreed, so nothing is written down.
    pub fn is_refused(&self) -> bool {
        matches!(self.status_code.as_str(), "4" | "23")
    }

    /// An estimate before the care (CLP02 25): no decision, and no money.
    pub fn is_estimate(&self) -> bool {
        self.status_code == "25"
    }
}

/// What a remittance says of one line (SVC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePayment {
    /// What was paid for (SVC01).
    pub procedure: Procedure,
    /// What we sent, where it differs (SVC06).
    pub submitted_procedure: Option<Procedure>,
    /// SVC02.
    pub charge_amount: Money,
    /// SVC03.
    pub paid_amount: Money,
    /// DTM 472 or 150.
    pub date_of_service: Option<Date>,
    /// Our number of the line (REF 6R); empty when the payer dropped it.
    pub line_control_number: String,
    /// Adjustments.
    pub adjustments: Vec<Adjustment>,
    /// Remark codes (LQ HE).
    pub remarks: Vec<String>,
    /// How many units it is about (SVC07, else SVC05); none where the payer gave no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Units>,
    /// What the contract permits (AMT B6), information only.
    pub allowed_amount: Option<Money>,
    /// The line's segments as they stand in the file.
    pub raw: String,
}

/// Money outside any claim (PLB).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderAdjustment {
    /// WO, FB, 72, L6, CS …
    pub reason: String,
    /// The payer's reference, often our control number or theirs; empty when none.
    pub reference: String,
    /// Positive reduces the payment.
    pub amount: Money,
}

#[cfg(test)]
mod tests;
