//! Institutional claims.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("HC", "005010X223A2", "837", bytes);
});
