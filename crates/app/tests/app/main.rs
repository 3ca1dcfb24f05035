//! The use cases on both databases: one binary, one module a feature.

mod clinic;
mod patient_money;
mod worklist;
