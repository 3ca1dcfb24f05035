//! Desks: whose queue work stands in, and the tier of each.

use serde::{Deserialize, Serialize};

/// The level of the desk, not a payer's network tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// First contact, registration, clean submission, explaining, payments.
    One,
    /// Denials, rejections that are not front-desk data, disputes, appeals, complaints.
    Two,
    /// Root causes, compliance, oversight.
    Three,
}

impl Tier {
    /// 1, 2 or 3.
    pub fn number(self) -> i32 {
        match self {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 3,
        }
    }

    /// The tier above; none above the third.
    pub fn above(self) -> Option<Tier> {
        match self {
            Tier::One => Some(Tier::Two),
            Tier::Two => Some(Tier::Three),
            Tier::Three => None,
        }
    }
}

/// Whose queue an item stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Desk {
    /// Tier 1.
    Tier1,
    /// Tier 2.
    Tier2,
    /// Tier 3.
    Tier3,
    /// Certified coders: a code must change or be confirmed.
    Coder,
    /// Payment posters: money that does not add up or has no claim.
    Poster,
}

impl Desk {
    /// Every desk.
    pub const ALL: [Desk; 5] = [Desk::Tier1, Desk::Tier2, Desk::Tier3, Desk::Coder, Desk::Poster];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Desk::Tier1 => "tier1",
            Desk::Tier2 => "tier2",
            Desk::Tier3 => "tier3",
            Desk::Coder => "coder",
            Desk::Poster => "poster",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|desk| desk.as_str() == word)
    }

    /// What a page says.
    pub fn label(self) -> &'static str {
        match self {
            Desk::Tier1 => "Tier 1",
            Desk::Tier2 => "Tier 2",
            Desk::Tier3 => "Tier 3",
            Desk::Coder => "Coder",
            Desk::Poster => "Poster",
        }
    }

    /// The tier of the desk, for reports: coders and posters are specialists beside Tier 2.
    pub fn tier(self) -> Tier {
        match self {
            Desk::Tier1 => Tier::One,
            Desk::Tier2 | Desk::Coder | Desk::Poster => Tier::Two,
            Desk::Tier3 => Tier::Three,
        }
    }

    /// Where an item goes when this desk cannot end it.
    pub fn above(self) -> Option<Desk> {
        match self {
            Desk::Tier1 | Desk::Coder | Desk::Poster => Some(Desk::Tier2),
            Desk::Tier2 => Some(Desk::Tier3),
            Desk::Tier3 => None,
        }
    }
}
