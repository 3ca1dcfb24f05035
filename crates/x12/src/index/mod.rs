//! The structural index: where separators stand in a block of bytes, found 64 bytes at a time.
//!
//! Knows bytes, not segments. Every path (AVX2, portable) gives the same index; a test feeds them the same noise.
//! This module is the only one of the crate that may hold `unsafe`, and only for the vector instructions.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

use crate::delimiters::Delimiters;

/// What a scan found in a block, as offsets into it. Reused from block to block.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Element separators and segment terminators.
    pub ends: Vec<u32>,
    /// Component and repetition separators, and bytes below 0x20 or above 0x7e that are no separator of `ends`.
    pub odd: Vec<u32>,
}

/// The bytes a scan looks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    element: u8,
    segment: u8,
    component: u8,
    repetition: u8,
}

impl Wanted {
    pub fn new(delimiters: &Delimiters) -> Self {
        Self {
            element: delimiters.element,
            segment: delimiters.segment,
            component: delimiters.component,
            // Without a repetition separator the component's stands in, so that the kernels need no branch.
            repetition: delimiters.repetition.unwrap_or(delimiters.component),
        }
    }
}

/// Scans a block of at most 4 GiB with the fastest path of this machine.
pub(crate) fn scan(block: &[u8], wanted: Wanted, index: &mut Index) {
    index.ends.clear();
    index.odd.clear();
    #[cfg(target_arch = "x86_64")]
    if avx2::is_available() {
        avx2::scan(block, wanted, index);
        return;
    }
    portable::scan(block, 0, wanted, index);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn every_path_gives_the_same_index_on_noise() {
        if !avx2::is_available() {
            println!("SKIPPED: this machine has no AVX2");
            return;
        }
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..400 {
            let length = (next() % 700) as usize;
            let alphabet: &[u8] = if round % 2 == 0 { b"*~:^AB01 \r\n\x7f\xff\x1f" } else { b"*~ABCDEFGHIJKLMNOPQR" };
            let block: Vec<u8> = (0..length)
                .map(
                    |_| if round % 5 == 0 { next() as u8 } else { alphabet[(next() % alphabet.len() as u64) as usize] },
                )
                .collect();
            let delimiters = match round % 3 {
                0 => Delimiters::default(),
                1 => Delimiters { element: 0x1d, component: 0x1f, repetition: Some(0x1e), segment: b'\n' },
                _ => Delimiters { repetition: None, segment: 0xff, ..Delimiters::default() },
            };
            let wanted = Wanted::new(&delimiters);
            let (mut slow, mut fast) = (Index::default(), Index::default());
            portable::scan(&block, 0, wanted, &mut slow);
            avx2::scan(&block, wanted, &mut fast);
            assert_eq!((slow.ends, slow.odd), (fast.ends, fast.odd), "round {round}, {length} bytes");
        }
    }
}
