//! Claim acknowledgments.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("HN", "005010X214", "277", bytes);
});
