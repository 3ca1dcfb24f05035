//! Payers and the settings that differ between them. A payer's habit is a value here, never an `if` on its name.

use serde::{Deserialize, Serialize};

use crate::PayerId;
use crate::remittance::auto_posting::AutoPosting;

/// An insurer or program that adjudicates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Key.
    pub id: PayerId,
    /// Name as on the card.
    pub name: String,
    /// Electronic payer id (NM109 of 2010BB, qualifier PI).
    pub payer_identifier: String,
    /// Claim filing indicator (SBR09): CI commercial, MB Medicare part B, MC Medicaid, BL Blue, 16 Medicare HMO …
    pub filing_indicator: String,
    /// Its habits.
    pub settings: PayerSettings,
}

/// The claim filing indicator of Medicaid programs.
pub const MEDICAID: &str = "MC";

/// Whether it is Medicare itself, part A or B; a Medicare plan of an insurer settles its order with the insurer.
pub fn is_medicare(filing_indicator: &str) -> bool {
    matches!(filing_indicator, "MA" | "MB")
}

/// What differs between payers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerSettings {
    /// Days from the date of service within which a first claim must be accepted (contract).
    pub filing_limit_days: i32,
    /// Days from the remittance within which a first-level appeal must be filed (contract or law).
    pub appeal_days: i32,
    /// Where its files go: the receiver's identifier (ISA08, GS03), one batch per route.
    pub route: String,
    /// Other identifiers under which that receiver signs its answers (ISA06); most sign with the one they are sent to.
    #[serde(default)]
    pub answers_from: Vec<String>,
    /// Other electronic payer ids under which it pays and answers (N104 or REF 2U of the 835, NM109 of a 271, 277 or
    /// 277CA): a parent company, an administrator, a crossover. Most use their own.
    #[serde(default)]
    pub remits_as: Vec<String>,
    /// Days after sending when a missing 999 becomes work.
    pub acknowledgment_due_days: i32,
    /// Days after acceptance when a missing remittance becomes work.
    pub follow_up_days: i32,
    /// Takes replacement and void claims (frequency 7 and 8); Medicare part B does not.
    pub takes_replacements: bool,
    /// A referring provider is required.
    pub needs_referral: bool,
    /// Days from an earlier payer's decision within which a claim after it must be accepted; none where the first limit
    /// counts from the date of service as ever.
    #[serde(default)]
    pub secondary_filing_days: Option<i32>,
    /// Days from its remittance within which a corrected claim must be accepted; none where the first limit goes on.
    #[serde(default)]
    pub corrected_claim_days: Option<i32>,
    /// What an earlier payer left is billed to it by itself; else a person says so each time.
    #[serde(default = "yes")]
    pub bills_after_others: bool,
    /// Passes its claims on to the patient's next plan without saying so in its remittance: nobody bills that plan before
    /// it had its time.
    #[serde(default)]
    pub crosses_over: bool,
    /// When its payments are posted by themselves; those that are not wait for a person.
    #[serde(default)]
    pub auto_posting: AutoPosting,
}

fn yes() -> bool {
    true
}

impl Default for PayerSettings {
    fn default() -> Self {
        PayerSettings {
            filing_limit_days: 90,
            appeal_days: 180,
            route: "CLEARING".to_owned(),
            answers_from: Vec::new(),
            remits_as: Vec::new(),
            acknowledgment_due_days: 2,
            follow_up_days: 30,
            takes_replacements: true,
            needs_referral: false,
            secondary_filing_days: None,
            corrected_claim_days: None,
            bills_after_others: true,
            crosses_over: false,
            auto_posting: AutoPosting::default(),
        }
    }
}
