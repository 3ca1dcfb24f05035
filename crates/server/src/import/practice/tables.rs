//! The tables of the file a practice is set up from, field by field as they are written. Shape only; nothing is judged.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub practice: PracticeTable,
    #[serde(default)]
    pub providers: Vec<ProviderTable>,
    #[serde(default)]
    pub facilities: Vec<FacilityTable>,
    #[serde(default)]
    pub payers: Vec<PayerTable>,
    #[serde(default)]
    pub fees: Vec<FeeTable>,
    #[serde(default)]
    pub people: Vec<PersonTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticeTable {
    pub name: String,
    pub submitter_id: String,
    pub time_zone: String,
    #[serde(default)]
    pub solo: bool,
    pub phone: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub small_balance: String,
    pub billing: BillingTable,
    pub pay_to: Option<AddressTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingTable {
    pub name: String,
    pub npi: String,
    pub taxonomy: String,
    pub tax_id: String,
    pub tax_id_kind: Option<String>,
    pub address: AddressTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressTable {
    pub line1: String,
    #[serde(default)]
    pub line2: String,
    pub city: String,
    pub state: String,
    pub zip: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderTable {
    pub last: String,
    pub first: String,
    #[serde(default)]
    pub middle: String,
    #[serde(default)]
    pub suffix: String,
    pub npi: String,
    pub taxonomy: String,
    #[serde(default = "yes")]
    pub in_practice: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityTable {
    pub name: String,
    pub npi: Option<String>,
    pub clia_number: Option<String>,
    pub address: AddressTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayerTable {
    pub name: String,
    pub payer_identifier: String,
    pub filing_indicator: String,
    pub route: Option<String>,
    #[serde(default)]
    pub answers_from: Vec<String>,
    #[serde(default)]
    pub remits_as: Vec<String>,
    pub filing_limit_days: Option<i32>,
    pub appeal_days: Option<i32>,
    pub acknowledgment_due_days: Option<i32>,
    pub follow_up_days: Option<i32>,
    pub takes_replacements: Option<bool>,
    pub needs_referral: Option<bool>,
    pub secondary_filing_days: Option<i32>,
    pub corrected_claim_days: Option<i32>,
    pub bills_after_others: Option<bool>,
    pub crosses_over: Option<bool>,
    pub auto_posting: Option<billing::remittance::auto_posting::AutoPosting>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeTable {
    pub procedure: String,
    #[serde(default)]
    pub modifier: String,
    pub price: String,
    pub effective_on: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonTable {
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
}
