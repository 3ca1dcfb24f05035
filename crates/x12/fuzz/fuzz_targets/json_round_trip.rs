//! JSON and back: the same bytes, whatever the file; a text that is no JSON of ours is refused in words.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| x12_fuzz::round_trips_as_json(bytes));
