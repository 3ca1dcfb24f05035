//! Code sets of US medical billing: diagnoses, procedures, modifiers, places, adjustment reasons, remarks,
//! claim status, and the shapes of identifiers (NPI, EIN, ZIP, taxonomy, NDC, CLIA).
//!
//! Everything here is a pure look-up in tables that ship with the crate: no clock, no file, no network. A question
//! about validity therefore always names the date it is asked for. The crate knows nothing of claims or money.
//!
//! What it never holds: descriptions owned by the AMA (CPT), ADA (CDT), AHA (NUBC) or X12. Those codes are accepted
//! by shape, and the words beside X12's values are our own. `data/README.md` names the source of each table.

pub mod carc;
pub mod claim_status;
pub mod entity;
pub mod excludes;
pub mod hcpcs;
pub mod icd10cm;
pub mod identifier;
pub mod load;
pub mod modifier;
pub mod npi;
pub mod place_of_service;
pub mod postal;
pub mod procedure;
pub mod rarc;
pub mod service_type;
pub mod taxonomy;

mod packed;
mod table;
mod word_index;
