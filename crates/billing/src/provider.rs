//! People and places that give care.

use serde::{Deserialize, Serialize};

use crate::identifier::{Npi, Taxonomy};
use crate::person::{Address, PersonName};
use crate::{FacilityId, ProviderId};

/// A person who gives, refers, orders or supervises care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Key.
    pub id: ProviderId,
    /// Name as enrolled.
    pub name: PersonName,
    /// Individual NPI.
    pub npi: Npi,
    /// Specialty.
    pub taxonomy: Taxonomy,
    /// Works in this practice (may render) or only refers to it.
    pub in_practice: bool,
    /// The NPI was filled in by an import: nobody's real one.
    #[serde(default)]
    pub invented: bool,
}

/// What a claim needs of a provider, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderOnClaim {
    /// Key of the provider it was made from.
    pub provider_id: ProviderId,
    /// Name as enrolled.
    pub name: PersonName,
    /// Individual NPI.
    pub npi: Npi,
    /// Specialty; sent for the rendering provider.
    pub taxonomy: Option<Taxonomy>,
}

impl From<&Provider> for ProviderOnClaim {
    fn from(provider: &Provider) -> Self {
        ProviderOnClaim {
            provider_id: provider.id,
            name: provider.name.clone(),
            npi: provider.npi.clone(),
            taxonomy: Some(provider.taxonomy.clone()),
        }
    }
}

/// Where services happen, when not at the billing address (2310C).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facility {
    /// Key.
    pub id: FacilityId,
    /// Name.
    pub name: String,
    /// Organisation NPI, where it has one.
    pub npi: Option<Npi>,
    /// Street address with a nine-digit ZIP.
    pub address: Address,
    /// Certificate that payers ask for with laboratory services; 10 characters, third is D.
    pub clia_number: Option<String>,
}
