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

/// Why Medicare pays after another payer (SBR05). The value is mandatory on such a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MedicareSecondaryType {
    /// 12: 65 or older, with a plan of an employer, one's own or the spouse's.
    WorkingAged,
    /// 13: kidney disease, in the months in which an employer's plan goes first.
    KidneyDisease,
    /// 14: an auto or other no-fault insurer.
    NoFault,
    /// 15: workers' compensation.
    WorkersCompensation,
    /// 16: the Public Health Service or another federal agency.
    FederalAgency,
    /// 41: black lung.
    BlackLung,
    /// 42: the Veterans Administration.
    Veterans,
    /// 43: disabled and below 65, with a large employer's plan.
    Disabled,
    /// 47: another's liability.
    Liability,
}

impl MedicareSecondaryType {
    /// Every type, in the order of their codes.
    pub const ALL: [MedicareSecondaryType; 9] = [
        MedicareSecondaryType::WorkingAged,
        MedicareSecondaryType::KidneyDisease,
        MedicareSecondaryType::NoFault,
        MedicareSecondaryType::WorkersCompensation,
        MedicareSecondaryType::FederalAgency,
        MedicareSecondaryType::BlackLung,
        MedicareSecondaryType::Veterans,
        MedicareSecondaryType::Disabled,
        MedicareSecondaryType::Liability,
    ];

    /// The value of SBR05.
    pub fn code(self) -> &'static str {
        match self {
            MedicareSecondaryType::WorkingAged => "12",
            MedicareSecondaryType::KidneyDisease => "13",
            MedicareSecondaryType::NoFault => "14",
            MedicareSecondaryType::WorkersCompensation => "15",
            MedicareSecondaryType::FederalAgency => "16",
            MedicareSecondaryType::BlackLung => "41",
            MedicareSecondaryType::Veterans => "42",
            MedicareSecondaryType::Disabled => "43",
            MedicareSecondaryType::Liability => "47",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// What a form says.
    pub fn words(self) -> &'static str {
        match self {
            MedicareSecondaryType::WorkingAged => "65 or older, with a plan of an employer",
            MedicareSecondaryType::KidneyDisease => "kidney disease, employer's plan goes first",
            MedicareSecondaryType::NoFault => "auto or no-fault insurance",
            MedicareSecondaryType::WorkersCompensation => "workers' compensation",
            MedicareSecondaryType::FederalAgency => "federal agency",
            MedicareSecondaryType::BlackLung => "black lung program",
            MedicareSecondaryType::Veterans => "Veterans Administration",
            MedicareSecondaryType::Disabled => "disabled, with a large employer's plan",
            MedicareSecondaryType::Liability => "another's liability",
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
    /// Why Medicare pays after another, where this is Medicare and it does.
    #[serde(default)]
    pub medicare_secondary: Option<MedicareSecondaryType>,
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
