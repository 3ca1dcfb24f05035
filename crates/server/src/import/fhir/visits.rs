//! What an import makes of the bundles: patients, practitioners and visits ready to be entered, and the count of all
//! that could not be mapped. Plain data; holds no FHIR and decides no date.

use std::collections::BTreeMap;

use billing::identifier::{MemberId, Npi};
use billing::person::{Address, Contact, Gender, PersonName};
use jiff::civil::Date;

/// Everything that an import wants to enter.
#[derive(Debug, Default)]
pub struct ImportPlan {
    /// Patients with their coverages.
    pub patients: Vec<PlannedPatient>,
    /// Practitioners who took part in at least one visit.
    pub practitioners: Vec<PlannedPractitioner>,
    /// Facilities outside the practice where a visit took place.
    pub facilities: Vec<PlannedFacility>,
    /// Visits in the order of their new dates, patient by patient.
    pub visits: Vec<PlannedVisit>,
    /// What could not be mapped.
    pub unmapped: Unmapped,
}

/// A patient to register.
#[derive(Debug, Clone)]
pub struct PlannedPatient {
    /// Key in the system it came from; a second import finds the patient by it.
    pub source_key: String,
    /// Name.
    pub name: PersonName,
    /// Birth date.
    pub birth_date: Date,
    /// Administrative gender.
    pub gender: Gender,
    /// Home address.
    pub address: Address,
    /// Telephone and e-mail.
    pub contact: Contact,
    /// "en" or "es".
    pub language: String,
    /// Coverages in the order of their days.
    pub coverages: Vec<CoveragePeriod>,
    /// Identities were filled in by the profile.
    pub invented: bool,
}

/// A coverage over some days.
#[derive(Debug, Clone)]
pub struct CoveragePeriod {
    /// Key for a second import.
    pub source_key: String,
    /// The payer's electronic id.
    pub payer_identifier: String,
    /// The payer's name, to make it where it is missing.
    pub payer_name: String,
    /// Claim filing indicator, to make the payer where it is missing.
    pub filing_indicator: String,
    /// Days within which the payer takes a claim, to make the payer where it is missing.
    pub filing_limit_days: i32,
    /// Plan on the card.
    pub plan_name: String,
    /// Number on the card.
    pub member_id: MemberId,
    /// First covered day.
    pub effective_on: Date,
    /// Last covered day; open when none.
    pub ends_on: Option<Date>,
}

/// A practitioner to enter as a provider.
#[derive(Debug, Clone)]
pub struct PlannedPractitioner {
    /// Key for a second import.
    pub source_key: String,
    /// Name.
    pub name: PersonName,
    /// NPI, read or invented.
    pub npi: Npi,
    /// The NPI was invented.
    pub invented: bool,
}

/// A facility to enter: a hospital's emergency room, for instance.
#[derive(Debug, Clone)]
pub struct PlannedFacility {
    /// Key for a second import.
    pub source_key: String,
    /// Name.
    pub name: String,
    /// NPI; invented where the profile may.
    pub npi: Option<Npi>,
    /// Street address.
    pub address: Address,
}

/// A visit to capture.
#[derive(Debug, Clone)]
pub struct PlannedVisit {
    /// Key for a second import.
    pub source_key: String,
    /// Who was seen.
    pub patient_key: String,
    /// Who did the service.
    pub practitioner_key: String,
    /// The date it is entered with.
    pub date_of_service: Date,
    /// The date in the bundle, where that is another.
    pub original_date: Option<Date>,
    /// Two-digit setting code.
    pub place_of_service: String,
    /// Where, when not at the practice.
    pub facility_key: Option<String>,
    /// Nobody insures it: the patient pays.
    pub self_pay: bool,
    /// ICD-10-CM codes without dots, the principal first.
    pub diagnoses: Vec<String>,
    /// The services.
    pub charges: Vec<PlannedCharge>,
}

/// A service to price from the fee schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCharge {
    /// HCPCS or CPT code.
    pub procedure: String,
    /// Modifiers.
    pub modifiers: Vec<String>,
    /// Diagnoses it is for, from 1.
    pub diagnosis_pointers: Vec<u8>,
}

/// Resources that did not become part of a bill, counted by type and reason.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Unmapped(BTreeMap<(String, String), usize>);

impl Unmapped {
    /// Counts one more.
    pub fn count(&mut self, resource: &str, reason: impl Into<String>) {
        self.count_many(resource, reason, 1);
    }

    /// Counts several of one kind.
    pub fn count_many(&mut self, resource: &str, reason: impl Into<String>, how_many: usize) {
        if how_many > 0 {
            *self.0.entry((resource.to_owned(), reason.into())).or_default() += how_many;
        }
    }

    /// Type, reason, count, in that order.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.0.iter().map(|((resource, reason), count)| (resource.as_str(), reason.as_str(), *count))
    }

    /// All together.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}
