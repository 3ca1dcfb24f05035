//! Any bytes: nothing panics, and what is written for them can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    x12_fuzz::use_all(bytes);
});
