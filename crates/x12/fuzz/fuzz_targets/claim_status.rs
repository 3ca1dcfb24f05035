//! Claim status questions and answers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("HR", "005010X212", "276", bytes);
    x12_fuzz::use_as("HN", "005010X212", "277", bytes);
});
