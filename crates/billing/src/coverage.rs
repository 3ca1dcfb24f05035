//! Coverage: a person's enrollment in a plan, effective-dated and versioned. A claim pins the version it was made from.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::identifier::MemberId;
use crate::person::{Address, Gender, PersonName};
use crate::{CoverageId, PatientId, PayerId, Phi};

/// Which payer pays first (SBR01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CoverageRank {
    /// Pays first.
    Primary,
    /// Pays what the first left.
    Secondary,
    /// Pays what the second left.
    Tertiary,
}

impl CoverageRank {
    /// The value of SBR01.
    pub fn code(self) -> &'static str {
        match self {
            CoverageRank::Primary => "P",
            CoverageRank::Secondary => "S",
            CoverageRank::Tertiary => "T",
        }
    }

    /// Reads P, S or T.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "P" => Some(CoverageRank::Primary),
            "S" => Some(CoverageRank::Secondary),
            "T" => Some(CoverageRank::Tertiary),
            _ => None,
        }
    }
}

/// What the patient is to the subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Relationship {
    /// The patient holds the coverage (18).
    SelfSubscriber,
    /// 01
    Spouse,
    /// 19
    Child,
    /// G8
    Other,
}

impl Relationship {
    /// The value of SBR02 or PAT01.
    pub fn code(self) -> &'static str {
        match self {
            Relationship::SelfSubscriber => "18",
            Relationship::Spouse => "01",
            Relationship::Child => "19",
            Relationship::Other => "G8",
        }
    }

    /// Reads 18, 01, 19; every other value is `Other`.
    pub fn from_code(code: &str) -> Self {
        match code {
            "18" => Relationship::SelfSubscriber,
            "01" => Relationship::Spouse,
            "19" => Relationship::Child,
            _ => Relationship::Other,
        }
    }
}

/// The person who holds the coverage (2010BA).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// Name on the card.
    pub name: PersonName,
    /// Number on the card.
    pub member_id: MemberId,
    /// Birth date.
    pub birth_date: Phi<Date>,
    /// Administrative gender.
    pub gender: Gender,
    /// Address.
    pub address: Address,
}

/// One version of one person's enrollment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Key over all versions.
    pub id: CoverageId,
    /// From 1; a change makes a new version, claims keep theirs.
    pub version: i32,
    /// Who is covered.
    pub patient_id: PatientId,
    /// Who adjudicates.
    pub payer_id: PayerId,
    /// Plan name on the card.
    pub plan_name: String,
    /// Group number; empty when none.
    pub group_number: String,
    /// Who pays first.
    pub rank: CoverageRank,
    /// What the patient is to the subscriber.
    pub relationship: Relationship,
    /// Who holds it.
    pub subscriber: Subscriber,
    /// First covered day.
    pub effective_on: Date,
    /// Last covered day; open when none.
    pub ends_on: Option<Date>,
    /// The member id was filled in by an import: on nobody's card.
    #[serde(default)]
    pub invented: bool,
}

impl Coverage {
    /// Whether the coverage is in force on a day, both ends included.
    pub fn covers(&self, day: Date) -> bool {
        self.effective_on <= day && self.ends_on.is_none_or(|end| day <= end)
    }
}

/// The coverages in force on a day, in the order in which they pay.
pub fn in_force(coverages: &[Coverage], day: Date) -> Vec<&Coverage> {
    let mut found: Vec<&Coverage> = coverages.iter().filter(|coverage| coverage.covers(day)).collect();
    found.sort_by_key(|coverage| coverage.rank);
    found
}
