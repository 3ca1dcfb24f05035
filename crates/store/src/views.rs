//! What screens show: one file a screen, read only. Every look at a patient's record is noted in the audit.

pub mod access_log;
pub mod claim;
pub mod claim_money;
pub mod claims;
pub mod day_sheet;
pub mod explain;
pub mod home;
pub mod inquiries;
pub mod patient_ledger;
pub mod patients;
pub mod practice;
pub mod practice_totals;
pub mod queue;
pub mod remittances;
pub mod timely_filing;
pub mod unmatched;
pub mod wall;
pub mod work;
