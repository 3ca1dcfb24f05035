//! Who we are, who treats, who pays, who comes: practice, providers, facilities, payers, prices, patients, guarantors
//! and coverages.
//!
//! A coverage is never overwritten: a change is a new version, and claims keep the one they were made from. A change of
//! data that a held claim waits for scrubs that claim again in the same transaction. Nothing here talks to a payer.

mod change;
mod coverage;
pub mod entry;
mod guarantor;
mod lookalike;
mod patient;
mod setup;

pub use change::{
    Subject, change_payer, change_provider, save_payer_settings_in, save_practice, save_practice_in, version_of,
    versions_of,
};

pub use coverage::{CoverageData, add_coverage, change_coverage, coverage_history, pay_first};
pub use guarantor::{GuarantorData, change_guarantor};
pub use lookalike::{Lookalike, lookalikes};
pub use patient::{
    NewGuarantor, PatientData, PatientRecord, change_patient, patient_by_account, patient_by_source, register_patient,
    show_patient,
};
pub use setup::{
    FacilityData, PayerData, ProviderData, facilities, facilities_in, fee_schedule, payers, payers_in, practice_of,
    providers, providers_in, register_facility, register_facility_in, register_payer, register_payer_in,
    register_practice, register_practice_in, register_provider, register_provider_in, set_price, set_price_in,
};

/// What a registration made or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered<T> {
    /// Its key.
    pub id: T,
    /// False where the source key (or NPI, or electronic payer id) was there already, so that nothing was added.
    pub is_new: bool,
}

impl<T> Registered<T> {
    fn new(id: T) -> Self {
        Registered { id, is_new: true }
    }

    fn known(id: T) -> Self {
        Registered { id, is_new: false }
    }
}
