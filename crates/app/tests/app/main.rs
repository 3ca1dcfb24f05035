//! The use cases on both databases: one binary, one module a feature.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

mod answers_and_desks;
mod approvals;
mod backup;
mod carrier;
mod checkpoints;
mod claim_exchange;
mod claim_preparation;
mod claims_on_their_way;
mod clinic;
mod conflicting_rights;
mod daily_jobs;
mod damaged_answers;
mod decisions_as_said;
mod decisions_in_any_order;
mod delivery_kill;
mod earlier_versions;
mod explanations;
mod foreign_answers;
mod late_coverage;
mod late_lines;
mod patient_books;
mod patient_money;
mod payer_files;
mod practice_day;
mod query_plans;
mod read_again;
mod remittance;
mod remittance_kill;
mod remittances_of_others;
mod sealed_records;
mod staff;
mod start_codes;
mod two_payers;
mod unapplied_cash;
mod worklist;
