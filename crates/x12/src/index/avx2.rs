//! The index with AVX2: two loads, compares and a bit mask for 64 bytes, then the set bits written out.
//!
//! Never reads past the block: the last bytes go through the portable path.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256i, _mm256_andnot_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8,
};

use super::{Index, Wanted, portable};

/// Bytes looked at in one step.
const STEP: usize = 64;

/// Whether this machine has the instructions; the answer is kept by the standard library.
pub(super) fn is_available() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// Scans a block.
pub(super) fn scan(block: &[u8], wanted: Wanted, index: &mut Index) {
    debug_assert!(is_available());
    let whole = block.len() - block.len() % STEP;
    // SAFETY: `is_available` was true before this was chosen, so the processor has AVX2 and BMI1.
    unsafe { scan_whole(&block[..whole], wanted, index) };
    portable::scan(block, whole, wanted, index);
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
unsafe fn scan_whole(block: &[u8], wanted: Wanted, index: &mut Index) {
    let element = _mm256_set1_epi8(wanted.element as i8);
    let segment = _mm256_set1_epi8(wanted.segment as i8);
    let component = _mm256_set1_epi8(wanted.component as i8);
    let repetition = _mm256_set1_epi8(wanted.repetition as i8);
    let space = _mm256_set1_epi8(0x20);
    let delete = _mm256_set1_epi8(0x7f);
    for (step, bytes) in block.chunks_exact(STEP).enumerate() {
        let mut ends: u64 = 0;
        let mut odd: u64 = 0;
        for half in 0..2 {
            // SAFETY: a chunk has 64 bytes, so 32 can be read at offset 0 and at offset 32; the load needs no alignment.
            let data = unsafe { _mm256_loadu_si256(bytes.as_ptr().add(half * 32).cast::<__m256i>()) };
            let is_end = _mm256_or_si256(_mm256_cmpeq_epi8(data, element), _mm256_cmpeq_epi8(data, segment));
            let is_part = _mm256_or_si256(_mm256_cmpeq_epi8(data, component), _mm256_cmpeq_epi8(data, repetition));
            // Signed: bytes from 0x80 on are negative, so one compare finds them and the control characters.
            let is_strange = _mm256_or_si256(_mm256_cmpgt_epi8(space, data), _mm256_cmpeq_epi8(data, delete));
            let is_odd = _mm256_andnot_si256(is_end, _mm256_or_si256(is_part, is_strange));
            ends |= u64::from(_mm256_movemask_epi8(is_end) as u32) << (half * 32);
            odd |= u64::from(_mm256_movemask_epi8(is_odd) as u32) << (half * 32);
        }
        let base = (step * STEP) as u32;
        write_bits(ends, base, &mut index.ends);
        write_bits(odd, base, &mut index.odd);
    }
}

#[target_feature(enable = "bmi1,popcnt")]
fn write_bits(mut bits: u64, base: u32, out: &mut Vec<u32>) {
    let count = bits.count_ones() as usize;
    if count == 0 {
        return;
    }
    out.reserve(STEP);
    let length = out.len();
    // Eight at a time without a branch for each bit; what is written past `count` is cut off by `set_len`.
    let mut written = 0;
    while written < count {
        for lane in 0..8 {
            // SAFETY: `reserve` made room for 64 more, and written + lane is at most 63.
            unsafe { out.as_mut_ptr().add(length + written + lane).write(base + bits.trailing_zeros()) };
            bits &= bits.wrapping_sub(1);
        }
        written += 8;
    }
    // SAFETY: the first `count` places after `length` were written above.
    unsafe { out.set_len(length + count) };
}
