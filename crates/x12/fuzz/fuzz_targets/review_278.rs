//! Requests for review and their answers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("HI", "005010X217", "278", bytes);
});
