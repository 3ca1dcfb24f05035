//! The inputs that fuzzing grew, from their one archive: each with its length in four bytes before it, the lowest first.

use std::path::{Path, PathBuf};

/// Where the archive stands.
pub fn archive() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds.bin")
}

/// Every input, named by its number.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let bytes = std::fs::read(archive()).unwrap_or_else(|error| panic!("{}: {error}", archive().display()));
    let mut rest = bytes.as_slice();
    let mut inputs = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (input, behind) = behind.split_at(u32::from_le_bytes(*length) as usize);
        inputs.push((format!("seed {}", inputs.len()), input.to_vec()));
        rest = behind;
    }
    inputs
}
