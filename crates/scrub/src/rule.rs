//! One rule: who it is, what it says, why, and the pure function that checks.

use billing::claim::{Finding, Hand, Severity};

use crate::ScrubInput;

/// One rule of the scrub.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, as its file's, with hyphens.
    pub id: &'static str,
    /// What must hold, in one sentence.
    pub title: &'static str,
    /// Whether a finding stops the claim.
    pub severity: Severity,
    /// Whose hands mend it.
    pub hand: Hand,
    /// Why it matters, in one sentence.
    pub why: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// Looks at a claim; an empty answer is a pass.
    pub check: fn(&ScrubInput<'_>) -> Vec<Finding>,
}

impl Rule {
    /// A finding of this rule. The sentences name no patient, no diagnosis and no member number.
    pub fn finding(&self, field: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding {
            rule: self.id.to_owned(),
            severity: self.severity,
            hand: self.hand,
            field: field.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// "error" or "warning".
    pub fn severity_word(&self) -> &'static str {
        match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }

    /// "Tier 1" or "coder".
    pub fn hand_word(&self) -> &'static str {
        match self.hand {
            Hand::FrontDesk => "Tier 1",
            Hand::Coder => "coder",
        }
    }
}
