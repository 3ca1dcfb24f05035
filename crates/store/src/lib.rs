//! The only SQL of the program: one thin layer of our own over the embedded SQLite and over PostgreSQL.
//!
//! `db.read(&actor, practice, |r| …)` and `db.write(&actor, practice, |tx| …)` are the only ways in. Statements are
//! registered constants whose `$1` is always the practice, bound by the connection; rows are structs made by `record!`.
//! It never decides anything about billing: it loads, saves, seals and proves.
#![deny(clippy::float_arithmetic)]

pub mod adjustment_rule;
pub mod audit;
mod audit_read;
mod backup;
mod conn;
mod control_number;
mod db;
mod domain_columns;
mod engine;
mod env;
mod error;
mod head;
pub mod ledger;
mod migrate;
pub mod money_rule;
pub mod patient_account;
pub mod patient_payment;
pub mod patient_statement;
pub mod pay_link;
pub mod payment_return;
pub mod period;
mod postgres;
pub mod practice_limit;
pub mod provider_level;
pub mod quality;
pub mod quality_facts;
pub mod reconciliation;
mod record;
pub mod refund;
mod registry;
pub mod remittance;
mod schema;
mod seal;
mod sqlite;
mod statement;
mod statistics;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod value;
pub mod verify;

pub mod access;
pub mod bank;
pub mod books;
pub mod call;
pub mod cash_request;
pub mod charge;
pub mod claim;
pub mod clock;
pub mod clock_ahead;
pub mod clock_follow;
pub mod contact;
pub mod credit;
pub mod deposit;
pub mod desk_setting;
pub mod eligibility;
pub mod estate;
pub mod follow_up;
pub mod form_draft;
pub mod hands;
pub mod inbound_file;
pub mod inquiry;
pub mod job_run;
pub mod keyed_remittance;
pub mod medicare_questions;
pub mod notice;
pub mod practices;
pub mod problem;
pub mod registration;
pub mod registration_version;
pub mod reports;
pub mod routing;
pub mod saved_view;
pub mod state_refund;
pub mod submission;
pub mod unapplied_cash;
pub mod users;
pub mod views;
pub mod work_case;
pub mod worklist;
pub mod write_off;

pub use audit::{AUDIT_LATEST, AUDIT_OF_SUBJECT, AuditRow};
pub use audit_read::{READS_OF_ACTOR, READS_OF_PATIENT, ReadRow};
pub use backup::restore;
pub use conn::Conn;
pub use db::{Db, NO_PRACTICE, Read, Tx};
pub use engine::embedded_file;
pub use env::Env;
pub use error::{RefusalKind, StoreError};
pub use inquiry::name_key;
pub use record::{Column, Record, TableRecord};
pub use registry::registered;
pub use seal::Recorded;
pub use statement::{Registered, Statement};
pub use value::{Col, Json, JsonText, Kind, Val, serde_to_text, text_to_serde};
