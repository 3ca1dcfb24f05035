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

impl EligibilityStatus {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            EligibilityStatus::Active => "active",
            EligibilityStatus::Inactive => "inactive",
            EligibilityStatus::Unknown => "unknown",
        }
    }
}

impl EligibilityAnswer {
    /// The answer to "is my insurance active", in plain words for the desk.
    pub fn in_words(&self) -> String {
        let mut words = match self.status {
            EligibilityStatus::Active => format!("Active on {}", self.asked_for),
            EligibilityStatus::Inactive => format!("Not active on {}", self.asked_for),
            EligibilityStatus::Unknown => "The payer could not say".to_owned(),
        };
        if !self.plan_name.is_empty() {
            words.push_str(&format!(", {}", self.plan_name));
        }
        words.push('.');
        if let Some(copay) = self.copay {
            words.push_str(&format!(" Copay ${copay}."));
        }
        match (self.deductible, self.deductible_remaining) {
            (Some(whole), Some(left)) => words.push_str(&format!(" Deductible ${whole}, of which ${left} is left.")),
            (Some(whole), None) => words.push_str(&format!(" Deductible ${whole}.")),
            (None, Some(left)) => words.push_str(&format!(" ${left} of the deductible is left.")),
            (None, None) => {}
        }
        for reason in &self.reasons {
            words.push(' ');
            words.push_str(reason);
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_active_with_copay_and_deductible() {
        let mut answer = EligibilityAnswer {
            status: EligibilityStatus::Active,
            asked_for: jiff::civil::date(2026, 9, 1),
            trace: "E1".into(),
            plan_name: "Gold Plan".into(),
            copay: Some(Money::from_cents(2500)),
            deductible: Some(Money::from_cents(150_000)),
            deductible_remaining: Some(Money::from_cents(35_050)),
            coinsurance_basis_points: None,
            reasons: Vec::new(),
        };
        assert_eq!(
            answer.in_words(),
            "Active on 2026-09-01, Gold Plan. Copay $25.00. Deductible $1,500.00, of which $350.50 is left."
        );
        answer.status = EligibilityStatus::Unknown;
        answer.reasons = vec!["The payer does not find the member.".into()];
        assert!(answer.in_words().starts_with("The payer could not say, Gold Plan. Copay"));
        assert!(answer.in_words().ends_with("does not find the member."));
    }
}
