//! 837P (005010X222A1 and A2): professional claims.
//!
//! The patient of a claim is the subscriber (loop 2000B) or a dependent (loop 2000C); callers need
//! not know: [`ClaimFile::claims`] yields every claim with the people it is about. No flag of a
//! claim has a default here: what is not in the data is not in the file.

mod model;
mod other_payer;
mod read;
mod service_line;
mod write;

pub(crate) use model::ClaimLoop;
pub use model::{
    BillingProvider, Claim, ClaimFile, ClaimInContext, ClaimNote, Dependent, PatientInformation, Subscriber,
    SubscriberInformation,
};
pub use other_payer::{OtherPayer, OtherPayerLine};
pub use read::read;
pub(crate) use read::read_file;
pub use service_line::{Drug, ServiceLine};
pub(crate) use service_line::{read_attachment, write_attachments};
pub use write::write;
pub(crate) use write::write_file;
