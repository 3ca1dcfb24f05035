//! The index in plain Rust, for every machine and for the last bytes of a block.
//!
//! Eight bytes at a time in one word, with the compares spelled out in arithmetic; beside it the byte by byte form,
//! which is the reference that every path is tested against.

use super::{Index, Masks, STEP, Wanted};

/// A byte in each place of a word.
pub(crate) const EACH: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte of a word.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Scans a block.
pub(super) fn scan(block: &[u8], wanted: Wanted, index: &mut Index) {
    index.begin(block.len());
    let (steps, rest) = block.as_chunks::<STEP>();
    for (step, bytes) in steps.iter().enumerate() {
        index.push(masks(bytes, wanted), (step * STEP) as u32);
    }
    scan_rest(rest, steps.len() * STEP, wanted, index);
}

/// The last bytes of a block, fewer than a step.
pub(super) fn scan_rest(rest: &[u8], base: usize, wanted: Wanted, index: &mut Index) {
    if rest.is_empty() {
        return;
    }
    // Padded with a byte that is nothing.
    let mut bytes = [b'0'; STEP];
    bytes[..rest.len()].copy_from_slice(rest);
    let inside = u64::MAX >> (STEP - rest.len());
    let found = masks(&bytes, wanted);
    let found = Masks {
        ends: found.ends & inside,
        segments: found.segments & inside,
        parts: found.parts & inside,
        strange: found.strange & inside,
    };
    index.push(found, base as u32);
}

fn masks(bytes: &[u8; STEP], wanted: Wanted) -> Masks {
    let each = |byte: u8| EACH * u64::from(byte);
    let (element, segment) = (each(wanted.element), each(wanted.segment));
    let (component, repetition) = (each(wanted.component), each(wanted.repetition));
    let mut found = Masks::default();
    let (words, _) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let is_segment = zero_bytes(word ^ segment);
        let is_end = is_segment | zero_bytes(word ^ element);
        let is_part = (zero_bytes(word ^ component) | zero_bytes(word ^ repetition)) & !is_end;
        // Below 0x20: the three highest bits are not set.
        let is_low = zero_bytes(word & each(0xe0));
        let is_strange = (is_low | zero_bytes(word ^ each(0x7f)) | word & HIGH) & !is_end & !is_part;
        let shift = at * 8;
        found.ends |= gather(is_end) << shift;
        found.segments |= gather(is_segment) << shift;
        found.parts |= gather(is_part) << shift;
        found.strange |= gather(is_strange) << shift;
    }
    found
}

/// The highest bit of each byte that is zero. Exact: no carry runs from one byte into the next.
#[inline]
pub(crate) fn zero_bytes(word: u64) -> u64 {
    !(((word & !HIGH) + !HIGH) | word | !HIGH)
}

/// The highest bits of the eight bytes, side by side.
fn gather(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The reference: byte by byte, with nothing clever.
pub(super) fn scan_bytewise(block: &[u8], wanted: Wanted, index: &mut Index) {
    index.begin(block.len());
    index.parts.resize(block.len().div_ceil(STEP), 0);
    index.strange.resize(block.len().div_ceil(STEP), 0);
    for (at, byte) in block.iter().enumerate() {
        if *byte == wanted.segment {
            index.close(at as u32);
        } else if *byte == wanted.element {
            index.ends.push(at as u32);
        } else if *byte == wanted.component || *byte == wanted.repetition {
            index.parts[at / STEP] |= 1 << (at % STEP);
        } else if !(0x20..0x7f).contains(byte) {
            index.strange[at / STEP] |= 1 << (at % STEP);
        }
    }
}
