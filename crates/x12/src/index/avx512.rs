//! The index with AVX-512: one load and one compare instruction for each separator and 64 bytes, and the places of the
//! set bits written sixteen at a time by the compressing store of VBMI2.
//!
//! Never reads past the block: the last bytes go through the portable path. Never writes past what was reserved.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask,
    _mm512_cmpge_epu8_mask, _mm512_cmplt_epi8_mask, _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32,
    _mm512_loadu_si512, _mm512_maskz_compress_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_storeu_si512,
    _mm512_sub_epi8,
};

use super::portable::{self, FIRST, SECOND};
use super::{Index, Masks, Passed, Passing, STEP, Wanted};

/// How many bytes ahead of a step are asked for.
const AHEAD: usize = 16 * STEP;

/// 0 to 63: the place of each byte in its step.
static PLACES: [u8; STEP] = {
    let mut places = [0; STEP];
    let mut at = 0;
    while at < STEP {
        places[at] = at as u8;
        at += 1;
    }
    places
};

/// Whether this machine has the instructions; the answer is kept by the standard library.
pub(super) fn is_available() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vbmi2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// Scans a block.
pub(super) fn scan(block: &[u8], wanted: Wanted, index: &mut Index) {
    debug_assert!(is_available());
    index.begin(block.len());
    let (steps, rest) = block.as_chunks::<STEP>();
    // SAFETY: `is_available` was true before this was chosen, so the processor has these instructions.
    unsafe { scan_steps(steps, wanted, index) };
    portable::scan_rest(rest, steps.len() * STEP, wanted, index);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,popcnt")]
unsafe fn scan_steps(steps: &[[u8; STEP]], wanted: Wanted, index: &mut Index) {
    let element = _mm512_set1_epi8(wanted.element as i8);
    let segment = _mm512_set1_epi8(wanted.segment as i8);
    let component = _mm512_set1_epi8(wanted.component as i8);
    let repetition = _mm512_set1_epi8(wanted.repetition as i8);
    let space = _mm512_set1_epi8(0x20);
    let delete = _mm512_set1_epi8(0x7f);
    for (step, bytes) in steps.iter().enumerate() {
        // What another core has read into memory comes slowly. A prefetch reads nothing, wherever it points.
        _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().wrapping_add(AHEAD).cast());
        // SAFETY: a step has 64 bytes; the load needs no alignment.
        let data = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast::<__m512i>()) };
        let segments = _mm512_cmpeq_epi8_mask(data, segment);
        let ends = _mm512_cmpeq_epi8_mask(data, element) | segments;
        let parts = (_mm512_cmpeq_epi8_mask(data, component) | _mm512_cmpeq_epi8_mask(data, repetition)) & !ends;
        // Signed: bytes from 0x80 on are negative, so one compare finds them and the control characters.
        let strange = (_mm512_cmplt_epi8_mask(data, space) | _mm512_cmpeq_epi8_mask(data, delete)) & !ends & !parts;
        let before = index.ends.len() as u32;
        // SAFETY: this function is only called where the instructions are there.
        unsafe { push_places(ends, (step * STEP) as u32, &mut index.ends) };
        index.push_rest(Masks { ends, segments, parts, strange }, before);
    }
}

/// Passes over segments.
pub(super) fn pass(bytes: &[u8], terminator: u8) -> Passed {
    debug_assert!(is_available());
    // SAFETY: `is_available` was true before this was chosen, so the processor has these instructions.
    unsafe { pass_steps(bytes, terminator) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,popcnt")]
unsafe fn pass_steps(bytes: &[u8], terminator: u8) -> Passed {
    let terminator = _mm512_set1_epi8(terminator as i8);
    let (firsts, seconds) =
        (FIRST.map(|byte| _mm512_set1_epi8(byte as i8)), SECOND.map(|byte| _mm512_set1_epi8(byte as i8)));
    let (first_capital, capitals) = (_mm512_set1_epi8(b'A' as i8), _mm512_set1_epi8(26));
    let mut passing = Passing::new();
    for (step, following) in bytes.windows(STEP + 1).step_by(STEP).enumerate() {
        // SAFETY: there is one byte more than a step, so 64 can be read from the first and from the second on.
        let (data, next) = unsafe {
            (
                _mm512_loadu_si512(following.as_ptr().cast::<__m512i>()),
                _mm512_loadu_si512(following.as_ptr().add(1).cast::<__m512i>()),
            )
        };
        let first = firsts.iter().fold(0, |found, letter| found | _mm512_cmpeq_epi8_mask(data, *letter));
        let second = seconds.iter().fold(0, |found, letter| found | _mm512_cmpeq_epi8_mask(next, *letter));
        let no_capital = _mm512_cmpge_epu8_mask(_mm512_sub_epi8(data, first_capital), capitals);
        if passing.step(step * STEP, _mm512_cmpeq_epi8_mask(data, terminator), no_capital | first & second) {
            break;
        }
    }
    passing.passed
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,popcnt")]
unsafe fn push_places(bits: u64, base: u32, out: &mut Vec<u32>) {
    let count = bits.count_ones() as usize;
    let length = out.len();
    out.reserve(STEP);
    // SAFETY: PLACES has 64 bytes; the load needs no alignment.
    let all = unsafe { _mm512_loadu_si512(PLACES.as_ptr().cast::<__m512i>()) };
    let packed = _mm512_maskz_compress_epi8(bits, all);
    let base = _mm512_set1_epi32(base as i32);
    let quarters = [
        _mm512_castsi512_si128(packed),
        _mm512_extracti32x4_epi32::<1>(packed),
        _mm512_extracti32x4_epi32::<2>(packed),
        _mm512_extracti32x4_epi32::<3>(packed),
    ];
    for (quarter, places) in quarters.into_iter().enumerate() {
        if quarter * 16 >= count {
            break;
        }
        let wide = _mm512_add_epi32(_mm512_cvtepu8_epi32(places), base);
        // SAFETY: `reserve` made room for 64 more, and the last of the four quarters ends there.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().add(length + quarter * 16).cast::<__m512i>(), wide) };
    }
    // SAFETY: at least `count` places after `length` were written above.
    unsafe { out.set_len(length + count) };
}
