//! List prices of the practice: what a service is charged at, by procedure and modifier, on a day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;

/// One dated price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeScheduleItem {
    /// Five-character HCPCS or CPT code.
    pub procedure: String,
    /// Empty, or the modifier that changes the price (TC, 26 …).
    pub modifier: String,
    /// Price of one unit.
    pub unit_price: Money,
    /// First day it holds.
    pub effective_on: Date,
}

/// The price of one unit on a day: the latest that is effective, the exact modifier before none.
pub fn price_on(items: &[FeeScheduleItem], procedure: &str, modifiers: &[String], day: Date) -> Option<Money> {
    let candidates = || items.iter().filter(|item| item.procedure == procedure && item.effective_on <= day);
    candidates()
        .filter(|item| modifiers.contains(&item.modifier))
        .max_by_key(|item| item.effective_on)
        .or_else(|| candidates().filter(|item| item.modifier.is_empty()).max_by_key(|item| item.effective_on))
        .map(|item| item.unit_price)
}
