//! Tools for whole files: split, merge, compare, redact and count whatever comes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| x12_fuzz::use_tools(bytes));
