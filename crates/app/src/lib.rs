//! The use cases: one thin function each. Load, ask the domain, save in one transaction. Nothing here decides about
//! money, codes or permissions by itself; nothing here knows HTTP, HTML, SQL or argv.
#![deny(clippy::float_arithmetic)]

mod approval;
mod digest;
pub mod error;
pub mod provider_ledger;
mod reason;

pub mod access;
pub mod users;

pub mod cases;
pub mod charge_capture;
pub mod medicare_questions;
pub mod registration;

pub mod claim_creation;
pub mod claim_scrub;

pub mod claim_acknowledgment;
pub mod claim_status;
pub mod claim_submission;
pub mod clearinghouse;
pub mod corrected_claim;
pub mod eligibility;
mod follow_up;
pub mod inbound;
pub mod keyed_remittance;
pub mod next_payer;

pub mod adjustment_rules;
pub mod card_fee;
pub mod cash_request;
pub mod remittance_import;
pub mod remittance_posting;
pub mod suspense;
pub mod unapplied_cash;
pub mod unmatched;

pub mod bank;
pub mod credit;
pub mod day_sheet;
pub mod deposit;
pub mod drawer;
pub mod estate;
pub mod limits;
pub mod money_rules;
pub mod patient_account;
pub mod patient_payment;
pub mod patient_statement;
pub mod pay_link;
pub mod period;
pub mod reconciliation;
pub mod refund;
pub mod returned_payment;
pub mod write_off;

pub mod answers;
pub mod calls;
pub mod clocks;
pub mod contact;
pub mod drafts;
pub mod explain;
pub mod inquiry;
pub mod interaction;
pub mod next_best;
pub mod notices;
pub mod problems;
pub mod quality;
pub mod routing;
pub mod saved_views;
pub mod teams;
pub mod worklist;

pub mod backup;
pub mod checkpoint;
pub mod jobs;
pub mod reference;
pub mod verify;

pub mod x12_file;

pub use error::Error;
