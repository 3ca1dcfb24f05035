//! Eligibility questions and answers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("HS", "005010X279A1", "270", bytes);
    x12_fuzz::use_as("HB", "005010X279A1", "271", bytes);
});
