//! The index in plain Rust, for every machine and for the last bytes of a block.
//!
//! Eight bytes at a time in one word, with the compares spelled out in arithmetic; beside it the byte by byte form,
//! which is the reference that every path is tested against.

use super::{Index, Masks, Passed, Passing, STEP, Wanted};

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

/// First and second letters of the segments of the envelope and of those with binary data.
pub(super) const FIRST: [u8; 4] = *b"SGIB";
pub(super) const SECOND: [u8; 5] = *b"TESID";

/// Passes over segments.
pub(super) fn pass(bytes: &[u8], terminator: u8) -> Passed {
    let each = |byte: u8| EACH * u64::from(byte);
    let is_any = |word: u64, of: &[u8]| of.iter().fold(0, |found, byte| found | zero_bytes(word ^ each(*byte)));
    let mut passing = Passing::new();
    for (step, following) in bytes.windows(STEP + 1).step_by(STEP).enumerate() {
        let (mut terminators, mut others) = (0, 0);
        for at in (0..STEP).step_by(8) {
            let word = |from: usize| following[from..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
            let (first, second) = (word(at), word(at + 1));
            // Capital letters are 0x41 to 0x5a: with 0x3f and 0x25 added to seven bits, the highest bit tells.
            let seven = first & !HIGH;
            let is_capital = seven.wrapping_add(each(0x3f)) & !seven.wrapping_add(each(0x25)) & !first & HIGH;
            let is_other = !is_capital & HIGH | is_any(first, &FIRST) & is_any(second, &SECOND);
            terminators |= gather(zero_bytes(first ^ each(terminator))) << at;
            others |= gather(is_other) << at;
        }
        if passing.step(step * STEP, terminators, others) {
            break;
        }
    }
    passing.passed
}

/// The same, byte by byte.
pub(super) fn pass_bytewise(bytes: &[u8], terminator: u8) -> Passed {
    let mut passed = Passed::default();
    let whole = bytes.len().saturating_sub(1) / STEP * STEP;
    let mut begins = true;
    for at in 0..whole {
        let is_other = !bytes[at].is_ascii_uppercase() || FIRST.contains(&bytes[at]) && SECOND.contains(&bytes[at + 1]);
        if begins && is_other {
            break;
        }
        begins = bytes[at] == terminator;
        if begins {
            passed = Passed { segments: passed.segments + 1, bytes: at + 1 };
        }
    }
    passed
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
