//! The index in plain Rust, for every machine and for the tail of a block.
//!
//! The reference that the vector paths are tested against.

use super::{Index, Wanted};

/// Scans from `from` to the end of the block.
pub(super) fn scan(block: &[u8], from: usize, wanted: Wanted, index: &mut Index) {
    let mut class = [0_u8; 256];
    for (byte, class) in class.iter_mut().enumerate() {
        *class = if (0x20..0x7f).contains(&byte) { 0 } else { 2 };
    }
    class[usize::from(wanted.component)] = 2;
    class[usize::from(wanted.repetition)] = 2;
    class[usize::from(wanted.element)] = 1;
    class[usize::from(wanted.segment)] = 1;
    for (at, byte) in block.iter().enumerate().skip(from) {
        match class[usize::from(*byte)] {
            0 => {}
            1 => index.ends.push(at as u32),
            _ => index.odd.push(at as u32),
        }
    }
}
