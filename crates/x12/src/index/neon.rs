//! The index with NEON, the vector instructions of every 64-bit Arm processor: four loads of 16 bytes, compares, and
//! the lanes folded into one bit a byte by pairwise additions.
//!
//! Never reads past the block: the last bytes go through the portable path.
#![allow(unsafe_code)]

use std::arch::aarch64::{
    uint8x16_t, vandq_u8, vceqq_u8, vcgeq_u8, vcltq_u8, vdupq_n_u8, vgetq_lane_u64, vld1q_u8, vorrq_u8, vpaddq_u8,
    vreinterpretq_u64_u8,
};

use super::{Index, Masks, STEP, Wanted, portable};

/// The bit of each of eight bytes, twice.
static BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

/// Whether this machine has the instructions; the answer is kept by the standard library.
pub(super) fn is_available() -> bool {
    std::arch::is_aarch64_feature_detected!("neon")
}

/// Scans a block.
pub(super) fn scan(block: &[u8], wanted: Wanted, index: &mut Index) {
    debug_assert!(is_available());
    index.begin(block.len());
    let (steps, rest) = block.as_chunks::<STEP>();
    // SAFETY: `is_available` was true before this was chosen, so the processor has NEON.
    unsafe { scan_steps(steps, wanted, index) };
    portable::scan_rest(rest, steps.len() * STEP, wanted, index);
}

#[target_feature(enable = "neon")]
unsafe fn scan_steps(steps: &[[u8; STEP]], wanted: Wanted, index: &mut Index) {
    let element = vdupq_n_u8(wanted.element);
    let segment = vdupq_n_u8(wanted.segment);
    let component = vdupq_n_u8(wanted.component);
    let repetition = vdupq_n_u8(wanted.repetition);
    let space = vdupq_n_u8(0x20);
    let delete = vdupq_n_u8(0x7f);
    for (step, bytes) in steps.iter().enumerate() {
        let (mut ends, mut segments, mut parts, mut strange) = ([space; 4], [space; 4], [space; 4], [space; 4]);
        for quarter in 0..4 {
            // SAFETY: a step has 64 bytes, so 16 can be read at offsets 0, 16, 32 and 48.
            let data = unsafe { vld1q_u8(bytes.as_ptr().add(quarter * 16)) };
            segments[quarter] = vceqq_u8(data, segment);
            ends[quarter] = vorrq_u8(vceqq_u8(data, element), segments[quarter]);
            parts[quarter] = vorrq_u8(vceqq_u8(data, component), vceqq_u8(data, repetition));
            strange[quarter] = vorrq_u8(vcltq_u8(data, space), vcgeq_u8(data, delete));
        }
        let mut found =
            Masks { ends: bits(ends), segments: bits(segments), parts: bits(parts), strange: bits(strange) };
        found.parts &= !found.ends;
        found.strange &= !(found.ends | found.parts);
        index.push(found, (step * STEP) as u32);
    }
}

/// One bit for each of 64 lanes that are all ones or all zeros.
#[target_feature(enable = "neon")]
fn bits(lanes: [uint8x16_t; 4]) -> u64 {
    // SAFETY: BITS has 16 bytes.
    let bit = unsafe { vld1q_u8(BITS.as_ptr()) };
    let [a, b, c, d] = lanes.map(|lane| vandq_u8(lane, bit));
    let halves = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(halves, halves)))
}
