//! Attachments with binary segments.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("PI", "005010X210", "275", bytes);
    x12_fuzz::use_as("PI", "006020X314", "275", bytes);
});
