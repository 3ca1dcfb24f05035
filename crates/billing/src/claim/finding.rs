//! What the scrub found in a claim: one result of one rule, with the hand that mends it and the field to mend.

use serde::{Deserialize, Serialize};

/// Whether the finding stops the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// A person may let it pass with a reason.
    Warning,
    /// The claim is held until it is mended.
    Error,
}

/// Whose hands mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Hand {
    /// Registration or charge data: Tier 1.
    FrontDesk,
    /// A code must change: the coder.
    Coder,
}

/// One result of one rule. Its sentences name no patient.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id, such as "billing-zip-plus-four".
    pub rule: String,
    /// Whether it stops the claim.
    pub severity: Severity,
    /// Whose hands mend it.
    pub hand: Hand,
    /// The field to mend, such as "billing.address.zip" or "lines[2].units".
    pub field: String,
    /// What is wrong, in one sentence.
    pub problem: String,
    /// What to do, in one sentence.
    pub remedy: String,
}

/// A warning that a person let pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The rule whose warning passes.
    pub rule: String,
    /// The field it was about.
    pub field: String,
    /// Why.
    pub reason: String,
}
