//! The practice: our tenant, and the billing provider of its claims.

use serde::{Deserialize, Serialize};

use crate::identifier::{Npi, TaxId, Taxonomy};
use crate::person::{Address, Contact};
use crate::{Money, PracticeId};

/// The organisation that uses the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practice {
    /// Its key on every row.
    pub id: PracticeId,
    /// Legal name, as the payers have it.
    pub name: String,
    /// Who asks to be paid.
    pub billing: BillingProvider,
    /// Where payment goes if elsewhere than the billing address.
    pub pay_to: Option<Address>,
    /// IANA time zone of the front desk; decides what "today" is.
    pub time_zone: String,
    /// Conflicting roles may be held by one person, with a daily report to the owner.
    pub solo: bool,
    /// Who submits its files: name and identifier known to the clearinghouse (1000A).
    pub submitter_id: String,
    /// People to call about a file.
    pub contact: Contact,
    /// What an account may owe at most to be swept as a small balance; zero for a practice that sweeps none.
    #[serde(default)]
    pub small_balance: Money,
}

/// Who asks to be paid (2010AA).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingProvider {
    /// Organisation name.
    pub name: String,
    /// Organisation NPI.
    pub npi: Npi,
    /// Specialty.
    pub taxonomy: Taxonomy,
    /// Tax number, as on the W-9.
    pub tax_id: TaxId,
    /// A street address with a nine-digit ZIP; payers refuse a PO box here.
    pub address: Address,
}
