//! The desk in a browser: pages from the server, plain links and forms, everything with the keyboard.
//!
//! Pages ask `app` and read `store::views`; nothing here names X12, a scrub rule or SQL, and no page is reached
//! without a row in the permission matrix.

mod api;
pub mod assets;
pub mod chart;
mod chips;
mod deposits;
mod desk;
mod filters;
mod layers;
mod limits;
mod page;
mod policy;
mod refusal;
mod routes;
mod session;
mod tables;

pub use desk::Desk;
pub use layers::router;
pub use policy::{ByPolicy, Policy, Route};
pub use routes::table;

mod access_log;
mod adjustments;
mod answers;
mod approvals;
mod bank;
mod calls;
mod claims;
mod contacts;
mod corrections;
mod credits;
mod day_sheet;
mod encounters;
mod find;
mod guarantor;
mod home;
mod inquiries;
mod jobs;
mod keyed_remittances;
mod log_in;
mod log_in_reset;
mod masking;
mod me;
mod medicare_questions;
mod mending;
mod money_rules;
mod patients;
mod pay;
mod pay_links;
mod payers_ledger;
mod payments;
mod periods;
mod posting_preview;
mod reconciliations;
mod refunds;
mod registration;
mod remittances;
mod reports;
mod returned_payments;
mod sent_claims;
mod settings;
mod small_balances;
mod statements;
mod stored_files;
mod unmatched;
mod users;
mod visit_details;
mod visit_hands;
mod visits;
mod work;
mod write_offs;
