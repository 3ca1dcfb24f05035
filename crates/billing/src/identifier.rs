//! Numbers that identify providers, organisations and members: parsed once at the edge, trusted inside.
//! Each knows its own form; whether it exists is asked elsewhere.

use serde::{Deserialize, Serialize};

/// Why a text is not the identifier it should be: what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {problem}")]
pub struct BadIdentifier {
    /// Which identifier, in the reader's words.
    pub what: &'static str,
    /// What is wrong and how to put it right.
    pub problem: String,
}

fn bad(what: &'static str, problem: impl Into<String>) -> BadIdentifier {
    BadIdentifier { what, problem: problem.into() }
}

/// National Provider Identifier: ten digits whose last is a Luhn check digit over "80840" and the first nine
/// (45 CFR 162.406).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Npi(String);

impl Npi {
    /// Reads an NPI; refuses wrong length, other characters and a wrong check digit.
    pub fn parse(text: &str) -> Result<Self, BadIdentifier> {
        let text = text.trim();
        if text.len() != 10 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad("NPI", "must be ten digits"));
        }
        if !luhn_holds(text) {
            return Err(bad("NPI", "fails its check digit; compare it with the provider registry"));
        }
        Ok(Npi(text.to_owned()))
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Luhn over the prefix 80840, which contributes 24 to the sum.
fn luhn_holds(ten_digits: &str) -> bool {
    let sum: u32 = ten_digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            if place % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    (sum + 24).is_multiple_of(10)
}

/// Which kind of tax number it is: an employer's or a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TaxIdKind {
    /// Employer identification number.
    Ein,
    /// Social security number.
    Ssn,
}

/// A federal tax number, nine digits without hyphens.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TaxId {
    /// Employer's or person's.
    pub kind: TaxIdKind,
    digits: String,
}

impl TaxId {
    /// Reads a tax number; hyphens are dropped, everything but nine digits is refused.
    pub fn parse(kind: TaxIdKind, text: &str) -> Result<Self, BadIdentifier> {
        let digits: String = text.chars().filter(|c| *c != '-' && !c.is_whitespace()).collect();
        if digits.len() != 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad("Tax id", "must be nine digits"));
        }
        Ok(TaxId { kind, digits })
    }

    /// The nine digits.
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

impl std::fmt::Debug for TaxId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TaxId({:?}, [hidden])", self.kind)
    }
}

/// Provider taxonomy: ten characters, letters and digits, ending in X.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Taxonomy(String);

impl Taxonomy {
    /// Reads a taxonomy code by its shape; the list itself is licensed and loaded by the user.
    pub fn parse(text: &str) -> Result<Self, BadIdentifier> {
        let text = text.trim().to_ascii_uppercase();
        let shape = text.len() == 10
            && text.ends_with('X')
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !shape {
            return Err(bad("Taxonomy", "must be ten letters and digits ending in X"));
        }
        Ok(Taxonomy(text))
    }

    /// The ten characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! string_conversions {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = BadIdentifier;
            fn try_from(text: String) -> Result<Self, Self::Error> { $name::parse(&text) }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String { value.0 }
        }
    )*};
}
string_conversions!(Npi, Taxonomy, PatientControlNumber);

/// The number on a member's card. Kept as typed, without spaces; never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberId(String);

impl MemberId {
    /// Most characters that NM109 takes (X12 element 67).
    pub const LONGEST: usize = 80;

    /// Reads a member id: 2 to 80 letters, digits and hyphens; spaces are dropped.
    pub fn parse(text: &str) -> Result<Self, BadIdentifier> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let shape =
            (2..=Self::LONGEST).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !shape {
            return Err(bad("Member id", "must be 2 to 80 letters, digits or hyphens; copy it from the card"));
        }
        Ok(MemberId(text))
    }

    /// The characters, for a claim or a page.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MemberId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemberId([phi])")
    }
}

/// Our number of a claim that comes back in CLP01: 1 to 20 capital letters and digits. The standard allows 38, payers
/// are only sure to return 20.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PatientControlNumber(String);

impl PatientControlNumber {
    /// What every payer returns unharmed.
    pub const LONGEST: usize = 20;

    /// Reads a control number by its form.
    pub fn parse(text: &str) -> Result<Self, BadIdentifier> {
        let shape = (1..=Self::LONGEST).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !shape {
            return Err(bad("Patient control number", "must be 1 to 20 capital letters and digits"));
        }
        Ok(PatientControlNumber(text.to_owned()))
    }

    /// The characters, as in CLM01.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number of the `line`th service line (from 1), sent in REF*6R: the claim's, an L, the line. At most 24
    /// characters, within the 30 that payers return.
    pub fn line(&self, line: usize) -> String {
        format!("{}L{line}", self.0)
    }
}

impl std::fmt::Display for PatientControlNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_npi_proves_its_check_digit() {
        for (text, good) in [("1234567893", true), ("1234567890", false), ("12345", false), ("12345678AB", false)] {
            assert_eq!(Npi::parse(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_tax_id_loses_its_hyphen_and_does_not_print() {
        let id = TaxId::parse(TaxIdKind::Ein, "12-3456789").unwrap();
        assert_eq!(id.digits(), "123456789");
        assert!(!format!("{id:?}").contains("123456789"));
        assert!(TaxId::parse(TaxIdKind::Ein, "12-345").is_err());
    }

    #[test]
    fn a_control_number_is_what_payers_return() {
        let number = PatientControlNumber::parse("C20418").unwrap();
        assert_eq!(number.line(2), "C20418L2");
        assert!(PatientControlNumber::parse("c1").is_err());
        assert!(PatientControlNumber::parse("A23456789012345678901").is_err());
    }
}
