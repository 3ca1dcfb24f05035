//! Every path of the structural index gives the same index, whatever the bytes and the separators.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| x12::measuring::index_paths_agree(bytes));
