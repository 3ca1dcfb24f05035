//! One priced service, before any claim: the unit that the ledger keeps receivables for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{ChargeId, EncounterId, Money, PatientId};

/// A service by code, with its modifiers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Procedure {
    /// Five-character HCPCS or CPT code.
    pub code: String,
    /// Up to four two-character modifiers, in order.
    pub modifiers: Vec<String>,
}

/// The stored reason of a charge that another owes now, before any payer decided.
pub const TRANSFER: &str = "transfer";

/// Most modifiers a line carries (SV101-3 to -6).
pub const MOST_MODIFIERS: usize = 4;

/// Quantity of service in thousandths, so that 1.5 units are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Units(i64);

impl Units {
    /// One unit.
    pub const ONE: Units = Units(1000);

    /// Whole units.
    pub fn whole(units: i64) -> Self {
        Units(units.saturating_mul(1000))
    }

    /// Thousandths of a unit.
    pub fn from_thousandths(thousandths: i64) -> Self {
        Units(thousandths)
    }

    /// Thousandths of a unit.
    pub fn thousandths(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for Units {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 1000, (self.0 % 1000).abs());
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let rest = format!("{rest:03}");
        write!(f, "{whole}.{}", rest.trim_end_matches('0'))
    }
}

impl std::str::FromStr for Units {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "Units must be a number with at most three decimals, such as 1 or 1.5".to_owned();
        let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        if rest.len() > 3 || !rest.bytes().all(|b| b.is_ascii_digit()) || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| wrong())? };
        let rest: i64 = format!("{rest:0<3}").parse().map_err(|_| wrong())?;
        whole.checked_mul(1000).and_then(|n| n.checked_add(rest)).map(Units).ok_or_else(wrong)
    }
}

/// A drug by its National Drug Code (LIN03, CTP).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drug {
    /// Eleven digits.
    pub ndc: String,
    /// Quantity in thousandths of the unit.
    pub quantity: Units,
    /// F2, GR, ME, ML or UN.
    pub unit: String,
}

/// One priced service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Key; receivables are kept by it.
    pub id: ChargeId,
    /// The visit.
    pub encounter_id: EncounterId,
    /// Who was seen.
    pub patient_id: PatientId,
    /// Its place in the visit, from 1.
    pub line_number: i32,
    /// When the service happened.
    pub date_of_service: Date,
    /// What was done.
    pub procedure: Procedure,
    /// Which diagnoses of the visit it is for, from 1, most important first, at most four.
    pub diagnosis_pointers: Vec<u8>,
    /// Quantity.
    pub units: Units,
    /// Price of all units.
    pub amount: Money,
    /// The drug given, for drug codes.
    pub drug: Option<Drug>,
}

/// Most diagnosis pointers a line carries (SV107).
pub const MOST_POINTERS: usize = 4;

#[cfg(test)]
mod tests {
    use super::Units;

    #[test]
    fn units_are_exact_and_print_short() {
        for (text, printed) in [("1", "1"), ("1.5", "1.5"), ("0.25", "0.25"), ("12.340", "12.34")] {
            assert_eq!(text.parse::<Units>().unwrap().to_string(), printed);
        }
        for text in ["1.2345", "-1", "x", "1,5"] {
            assert!(text.parse::<Units>().is_err(), "{text}");
        }
    }
}
