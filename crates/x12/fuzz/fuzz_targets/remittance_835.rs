//! Remittances.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("HP", "005010X221A1", "835", bytes);
});
