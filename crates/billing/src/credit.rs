//! Money that we hold and that is another's: how long we may keep it. Pure: days come in, days go out. Moves nothing, and
//! decides for nobody that money is owed back: the books say that.
//!
//! What a federal program overpaid must be reported and returned within 60 days of the day it was identified, and that
//! clock stands still during a timely investigation of related overpayments, until it ends and at most until 180 days after
//! that day (42 CFR 401.305(b), in force since 2025-01-01). The same days are kept for every payer: a contract may say
//! otherwise, and then less time is no harm.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days from the day an overpayment is identified to the day it must be back. Source: 42 CFR 401.305(b)(1).
pub const RETURN_DAYS: i32 = 60;
/// Days after the same day on which a suspension ends at the latest. Source: 42 CFR 401.305(b)(3).
pub const INVESTIGATION_DAYS: i32 = 180;
/// Days before its deadline when a credit is called urgent: time for a second person to approve and for the mail.
pub const URGENT_DAYS: i32 = 14;

/// Where a credit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditState {
    /// It stands, and the clock runs.
    Open,
    /// Related overpayments are looked for, and the clock stands still.
    Investigating,
    /// Nothing stands there any more.
    Ended,
}

impl CreditState {
    /// Every state, in the order of a credit's life.
    pub const ALL: [CreditState; 3] = [CreditState::Open, CreditState::Investigating, CreditState::Ended];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            CreditState::Open => "open",
            CreditState::Investigating => "investigating",
            CreditState::Ended => "ended",
        }
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            CreditState::Open => "To give back",
            CreditState::Investigating => "Investigated",
            CreditState::Ended => "Ended",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<CreditState> {
        CreditState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Whether the law itself sets the days: Medicare part A and B, and Medicaid, by claim filing indicator.
pub fn is_federal(filing_indicator: &str) -> bool {
    matches!(filing_indicator, "MA" | "MB" | "MC")
}

/// A search for related overpayments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Investigation {
    /// Its first day.
    pub begun_on: Date,
    /// The day on which it was concluded.
    pub ended_on: Option<Date>,
}

/// The last day on which an investigation may begin.
pub fn begin_by(identified_on: Date) -> Date {
    identified_on.saturating_add(RETURN_DAYS.days())
}

/// The day on which an investigation ends at the latest.
pub fn end_by(identified_on: Date) -> Date {
    identified_on.saturating_add(INVESTIGATION_DAYS.days())
}

/// The day by which the money must be back; while an investigation goes on, the latest day that it can lead to.
pub fn return_by(identified_on: Date, investigation: Option<Investigation>) -> Date {
    let plain = begin_by(identified_on);
    let Some(investigation) = investigation.filter(|one| one.begun_on <= plain) else { return plain };
    let latest = end_by(identified_on);
    let end = investigation.ended_on.unwrap_or(latest).min(latest).max(investigation.begun_on);
    let stood_still = end - investigation.begun_on;
    plain.saturating_add(stood_still)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_clock_stands_still_while_related_overpayments_are_looked_for_and_no_longer_than_the_law_lets_it() {
        let found = date(2026, 1, 1);
        let looked = |begun_on, ended_on| Some(Investigation { begun_on, ended_on });
        for (story, investigation, by) in [
            ("nobody investigates", None, date(2026, 3, 2)),
            ("ten days of it", looked(date(2026, 1, 11), Some(date(2026, 1, 21))), date(2026, 3, 12)),
            ("ended on the day it began", looked(date(2026, 1, 11), Some(date(2026, 1, 11))), date(2026, 3, 2)),
            ("under way: 180 days, and the 50 that were left", looked(date(2026, 1, 11), None), date(2026, 8, 19)),
            ("longer than 180 days counts 180", looked(date(2026, 1, 11), Some(date(2026, 9, 1))), date(2026, 8, 19)),
            ("begun too late, it suspends nothing", looked(date(2026, 3, 3), None), date(2026, 3, 2)),
        ] {
            assert_eq!(return_by(found, investigation), by, "{story}");
        }
        assert_eq!(end_by(found), date(2026, 6, 30));
    }

    #[test]
    fn the_law_sets_the_days_of_federal_programs_alone() {
        assert!(is_federal("MB") && is_federal("MC") && !is_federal("CI") && !is_federal("16"));
    }
}
