//! The desk as people use it: over HTTP and in a real browser, on a small practice that the demo's own use cases made.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot be set up must stop

mod about_money;
mod access;
mod access_log;
mod approvals;
mod browser;
mod corrections;
mod day;
mod engines;
mod links;
mod log_ins;
mod masking;
mod office;
mod panes;
mod pay_links;
mod posting_preview;
mod practice;
mod programs;
mod quality;
mod read_again;
mod refusals;
mod screens;
mod solo_mode;
mod statement_twice;
mod stories;
mod unmatched;
mod visitor;
