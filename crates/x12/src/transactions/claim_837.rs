//! What the three claims (837P, 837I, 837D) have in common: the levels of the file, the loops of a claim and of a
//! service line, other payers, and how all of it is read, written and streamed.
//!
//! Each claim gives only what is its own: a part of loop 2300 and a part of loop 2400. Nothing here knows which of the
//! three it serves.

mod claim;
mod levels;
mod other_payer;
mod read;
mod service_line;
mod stream;
mod write;

pub(crate) use claim::{CODES_PER_HI, ClaimPart, read_codes, write_codes};
pub use claim::{Claim, ClaimNote};
pub use levels::{
    BillingProvider, ClaimFile, ClaimInContext, Dependent, PatientInformation, Subscriber, SubscriberInformation,
};
pub use other_payer::{OtherPayer, OtherPayerLine};
pub(crate) use read::read_file;
pub(crate) use service_line::ServicePart;
pub use service_line::{Drug, ServiceLine};
pub use stream::{Claims, StreamedClaim};
pub use write::write;
