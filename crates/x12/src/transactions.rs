//! Typed transactions: one model each, read from a transaction set and written to a [`Writer`](crate::Writer).
//!
//! Reading never fails and judges nothing: it gives the model and what could not be read. Whether a
//! set keeps its guide is the business of [`check`](crate::check), and of
//! [`Writer::finish_accepted`](crate::Writer::finish_accepted), which gives out nothing that `check` rejects.
//!
//! Each module has `read`, whose [`Text`] borrows from the file, `read_owned`, whose model outlives it, and `write`;
//! claims and remittances also have `stream`, which gives owned models from a file of any size. A model is a plain
//! struct with public fields and a default, so building one is filling in what is to be said. Text is empty where the
//! element is absent.

pub mod acknowledgment_999;
pub mod attachment_275;
pub mod claim_837;
pub mod claim_837d;
pub mod claim_837i;
pub mod claim_837p;
pub mod claim_acknowledgment_277ca;
pub mod claim_status_276;
pub mod claim_status_277;
pub mod eligibility_270;
pub mod eligibility_271;
pub mod interchange_acknowledgment_ta1;
pub mod remittance_835;
pub mod review_278;

mod attachment;
mod blocks;
mod claim_status;
mod detail;
mod eligibility;
mod fields;
pub(crate) mod out;
mod party;
mod service;
mod status;
mod text;

pub use claim_status::{
    ClaimStatusItem, ClaimStatuses, LineStatus, PersonStatuses, ProviderStatuses, SubscriberStatuses,
};
pub use detail::Detail;
pub use eligibility::{EligibilityHeader, EligibilityParty, EligibilityPerson, Rejection};
pub use fields::Source;
pub use party::{Address, Contact, Demographics, Name, Party, PartyKind, Reference, Specialty, reference};
pub use service::{
    Adjustment, Adjustments, DatePeriod, OutpatientAdjudication, Procedure, QualifiedAmount, QualifiedQuantity,
    REASONS_PER_CAS, RemittanceDate, When, amount_of, date_of,
};
pub use status::{StatusCode, StatusInformation, Trace};
pub use text::Text;
