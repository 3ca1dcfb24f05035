//! Acknowledgments.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_as("FA", "005010X231A1", "999", bytes);
});
