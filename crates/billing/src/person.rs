//! Names, addresses and contact data of people and organisations. They identify patients, so `Debug` hides them.

use serde::{Deserialize, Serialize};

/// A person's name as the payer knows it.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PersonName {
    /// Family name.
    pub last: String,
    /// Given name.
    pub first: String,
    /// Middle name or initial; empty when there is none.
    #[serde(default)]
    pub middle: String,
    /// Jr, Sr, III; empty when there is none.
    #[serde(default)]
    pub suffix: String,
}

impl PersonName {
    /// "Ada Quintero".
    pub fn full(&self) -> String {
        [&self.first, &self.middle, &self.last, &self.suffix]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// "Quintero, Ada".
    pub fn sorted(&self) -> String {
        format!("{}, {}", self.last, self.first)
    }
}

/// A postal address in the United States.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    pub line1: String,
    /// Apartment, suite; empty when there is none.
    #[serde(default)]
    pub line2: String,
    /// City.
    pub city: String,
    /// Two-letter state or territory.
    pub state: String,
    /// Five or nine digits, no hyphen.
    pub zip: String,
}

/// How to reach somebody.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Contact {
    /// Ten digits; empty when unknown.
    #[serde(default)]
    pub phone: String,
    /// Empty when unknown.
    #[serde(default)]
    pub email: String,
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([phi])"))
            }
        }
    )*};
}
hidden!(PersonName, Address, Contact);

/// Administrative gender, as the 837's DMG03 takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gender {
    /// F
    Female,
    /// M
    Male,
    /// U
    Unknown,
}

impl Gender {
    /// The value of DMG03.
    pub fn code(self) -> &'static str {
        match self {
            Gender::Female => "F",
            Gender::Male => "M",
            Gender::Unknown => "U",
        }
    }

    /// Reads F, M or U.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "F" => Some(Gender::Female),
            "M" => Some(Gender::Male),
            "U" => Some(Gender::Unknown),
            _ => None,
        }
    }
}
