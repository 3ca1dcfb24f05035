//! The index with AVX2: two loads of 32 bytes, compares and bit masks, then the places of the set bits written out.
//!
//! Never reads past the block: the last bytes go through the portable path.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8,
};

use super::portable::{self, FIRST, SECOND};
use super::{Index, Masks, Passed, Passing, STEP, Wanted};

/// Whether this machine has the instructions; the answer is kept by the standard library.
pub(super) fn is_available() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// Scans a block.
pub(super) fn scan(block: &[u8], wanted: Wanted, index: &mut Index) {
    debug_assert!(is_available());
    index.begin(block.len());
    let (steps, rest) = block.as_chunks::<STEP>();
    // SAFETY: `is_available` was true before this was chosen, so the processor has AVX2, BMI1 and POPCNT.
    unsafe { scan_steps(steps, wanted, index) };
    portable::scan_rest(rest, steps.len() * STEP, wanted, index);
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
unsafe fn scan_steps(steps: &[[u8; STEP]], wanted: Wanted, index: &mut Index) {
    let element = _mm256_set1_epi8(wanted.element as i8);
    let segment = _mm256_set1_epi8(wanted.segment as i8);
    let component = _mm256_set1_epi8(wanted.component as i8);
    let repetition = _mm256_set1_epi8(wanted.repetition as i8);
    let space = _mm256_set1_epi8(0x20);
    let delete = _mm256_set1_epi8(0x7f);
    for (step, bytes) in steps.iter().enumerate() {
        let mut found = Masks::default();
        for half in 0..2 {
            // SAFETY: a step has 64 bytes, so 32 can be read at offset 0 and at offset 32; the load needs no alignment.
            let data = unsafe { _mm256_loadu_si256(bytes.as_ptr().add(half * 32).cast::<__m256i>()) };
            let bits = |lanes: __m256i| u64::from(_mm256_movemask_epi8(lanes) as u32) << (half * 32);
            let is_segment = _mm256_cmpeq_epi8(data, segment);
            let is_end = _mm256_or_si256(_mm256_cmpeq_epi8(data, element), is_segment);
            let is_part = _mm256_or_si256(_mm256_cmpeq_epi8(data, component), _mm256_cmpeq_epi8(data, repetition));
            // Signed: bytes from 0x80 on are negative, so one compare finds them and the control characters.
            let is_strange = _mm256_or_si256(_mm256_cmpgt_epi8(space, data), _mm256_cmpeq_epi8(data, delete));
            found.ends |= bits(is_end);
            found.segments |= bits(is_segment);
            found.parts |= bits(is_part);
            found.strange |= bits(is_strange);
        }
        found.parts &= !found.ends;
        found.strange &= !(found.ends | found.parts);
        index.push(found, (step * STEP) as u32);
    }
}

/// Passes over segments.
pub(super) fn pass(bytes: &[u8], terminator: u8) -> Passed {
    debug_assert!(is_available());
    // SAFETY: `is_available` was true before this was chosen, so the processor has AVX2, BMI1 and POPCNT.
    unsafe { pass_steps(bytes, terminator) }
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
unsafe fn pass_steps(bytes: &[u8], terminator: u8) -> Passed {
    let each = |byte: u8| _mm256_set1_epi8(byte as i8);
    let (terminator, before_capitals, after_capitals) = (each(terminator), each(b'A' - 1), each(b'Z' + 1));
    let (firsts, seconds) = (FIRST.map(each), SECOND.map(each));
    let mut passing = Passing::new();
    for (step, following) in bytes.windows(STEP + 1).step_by(STEP).enumerate() {
        let (mut terminators, mut others) = (0, 0);
        for half in 0..2 {
            // SAFETY: there is one byte more than a step, so 32 can be read at offsets 0, 1, 32 and 33.
            let (data, next) = unsafe {
                (
                    _mm256_loadu_si256(following.as_ptr().add(half * 32).cast::<__m256i>()),
                    _mm256_loadu_si256(following.as_ptr().add(half * 32 + 1).cast::<__m256i>()),
                )
            };
            let bits = |lanes: __m256i| u64::from(_mm256_movemask_epi8(lanes) as u32) << (half * 32);
            let first = firsts.iter().fold(0, |found, letter| found | bits(_mm256_cmpeq_epi8(data, *letter)));
            let second = seconds.iter().fold(0, |found, letter| found | bits(_mm256_cmpeq_epi8(next, *letter)));
            // Signed: bytes from 0x80 on are negative and no capitals.
            let capital =
                bits(_mm256_cmpgt_epi8(data, before_capitals)) & bits(_mm256_cmpgt_epi8(after_capitals, data));
            terminators |= bits(_mm256_cmpeq_epi8(data, terminator));
            others |= (bits(each(u8::MAX)) & !capital) | first & second;
        }
        if passing.step(step * STEP, terminators, others) {
            break;
        }
    }
    passing.passed
}
