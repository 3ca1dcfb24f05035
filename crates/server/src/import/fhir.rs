//! FHIR R4 bundles to visits: read the files, resolve their references, map their codes, and say what could not be
//! mapped. Pure: bytes in, plain structs out; a profile decides dates and identities, `tierline import fhir` saves.

mod bundle;
mod code_maps;
mod entry;
mod happened;
mod identities;
mod people;
mod plan;
mod profile;
mod resources;
mod visits;

pub use bundle::{Bundles, SourceFile, read_files};
pub use entry::{Entered, enter};
pub use plan::plan;
pub use profile::Profile;
pub use visits::{
    CoveragePeriod, ImportPlan, PlannedCharge, PlannedFacility, PlannedPatient, PlannedPractitioner, PlannedVisit,
    Unmapped,
};
