//! The domain of medical billing: who was treated, who is covered, what was charged, what was claimed, what came
//! back, who owes what, and who must act. Pure data and decisions.
//!
//! Nothing here reads a clock, rolls dice, touches a file, a database or X12: facts come in as values, decisions go
//! out as values. Names follow GLOSSARY.md.
#![deny(clippy::float_arithmetic)]

pub mod access;
pub mod id;
pub mod phi;

pub mod call_list;
pub mod call_outcome;
pub mod contact;
pub mod counting;
pub mod coverage;
pub mod identifier;
pub mod interaction;
pub mod letters;
pub mod medicare_questions;
pub mod patient;
pub mod payer;
pub mod period;
pub mod person;
pub mod practice;
pub mod provider;
pub mod question;

pub mod cash_request;
pub mod charge;
pub mod encounter;
pub mod fee_schedule;

pub mod claim;
pub mod coordination_of_benefits;
pub mod eligibility;
pub mod remittance;

pub mod allocation;
pub mod balance;
pub mod bank;
pub mod credit;
pub mod deposit;
pub mod estate;
pub mod explain;
pub mod money_rule;
pub mod patient_payment;
pub mod pay_link;
pub mod refund;
pub mod returned_payment;
pub mod statement;
pub mod unclaimed;
pub mod write_off;

pub mod clock;
pub mod problem;
pub mod quality;
pub mod work;

pub use id::*;
pub use ledger::Money;
pub use phi::Phi;
