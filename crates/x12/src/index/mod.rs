//! The structural index: where separators stand in a block of bytes, found 64 bytes at a time.
//!
//! Knows bytes, not segments. Every path (AVX-512, AVX2, NEON, portable) gives the same index; a test feeds them the
//! same noise, and so does a fuzz target. This module is the only one of the crate that may hold `unsafe`, and only
//! for the vector instructions.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use crate::delimiters::Delimiters;
pub(crate) use portable::{EACH, zero_bytes};

/// Bytes looked at in one step: one bit for each in a word.
const STEP: usize = 64;

/// What a scan found in a block, as offsets into it. Reused from block to block.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    /// Element separators and segment terminators.
    pub ends: Vec<u32>,
    /// Which of `ends` are terminators.
    pub segments: Vec<u32>,
    /// A bit for each byte of the block that is a component or repetition separator and stands not in `ends`.
    pub parts: Vec<u64>,
    /// A bit for each byte of the block below 0x20 or above 0x7e that is no separator.
    pub strange: Vec<u64>,
}

/// The separators found in 64 bytes, one bit for each byte; the paths differ in how they find these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Masks {
    /// Element separators and terminators.
    ends: u64,
    /// Terminators.
    segments: u64,
    /// Component and repetition separators.
    parts: u64,
    /// Bytes that are no printable ASCII and no separator.
    strange: u64,
}

impl Index {
    /// Empties the index and makes room for a block, so that no step has to ask for room.
    fn begin(&mut self, length: usize) {
        self.ends.clear();
        self.segments.clear();
        self.parts.clear();
        self.strange.clear();
        let words = length / STEP + 1;
        self.parts.reserve(words);
        self.strange.reserve(words);
    }

    /// Writes down the bits of one step; `base` is where its first byte stands.
    #[inline(always)]
    fn push(&mut self, masks: Masks, base: u32) {
        let before = self.ends.len() as u32;
        push_places(masks.ends, base, &mut self.ends);
        self.push_rest(masks, before);
    }

    /// Writes down all but the ends, of which `before` stand before this step.
    #[inline(always)]
    fn push_rest(&mut self, masks: Masks, before: u32) {
        let mut terminators = masks.segments;
        while terminators != 0 {
            let bit = terminators & terminators.wrapping_neg();
            self.segments.push(before + (masks.ends & (bit - 1)).count_ones());
            terminators ^= bit;
        }
        self.parts.push(masks.parts);
        self.strange.push(masks.strange);
    }

    /// Adds a terminator where the block ends without one.
    pub fn close(&mut self, at: u32) {
        self.segments.push(self.ends.len() as u32);
        self.ends.push(at);
    }
}

/// Writes the places of the set bits: four at a time, so that few branches are taken.
#[inline(always)]
fn push_places(mut bits: u64, base: u32, out: &mut Vec<u32>) {
    let count = bits.count_ones() as usize;
    let length = out.len();
    // The places past `count` are cut off again.
    out.resize(length + count.next_multiple_of(4), 0);
    for four in out[length..].chunks_exact_mut(4) {
        for place in four {
            *place = base + (bits.trailing_zeros() & 63);
            bits &= bits.wrapping_sub(1);
        }
    }
    out.truncate(length + count);
}

/// Whether a bit is set for any byte from `from` to before `to`.
#[inline]
pub(crate) fn any_between(words: &[u64], from: u32, to: u32) -> bool {
    if from >= to {
        return false;
    }
    let (first, last) = ((from / 64) as usize, ((to - 1) / 64) as usize);
    let Some(span) = words.get(first..=last) else { return false };
    let head = u64::MAX << (from % 64);
    let tail = u64::MAX >> (63 - (to - 1) % 64);
    match span {
        [one] => one & head & tail != 0,
        [one, middle @ .., end] => one & head != 0 || end & tail != 0 || middle.iter().any(|word| *word != 0),
        [] => false,
    }
}

/// The first byte not before `from` that a bit is set for; past all bytes where there is none.
pub(crate) fn next_set(words: &[u64], from: usize) -> usize {
    let mut at = from / STEP;
    let mut own = u64::MAX << (from % STEP);
    while let Some(word) = words.get(at) {
        let bits = word & own;
        if bits != 0 {
            return at.wrapping_mul(STEP).wrapping_add(bits.trailing_zeros() as usize);
        }
        (at, own) = (at.wrapping_add(1), u64::MAX);
    }
    usize::MAX
}

/// The 64 bits that begin with the one for byte `from`; those past the last word are not set.
#[inline]
pub(crate) fn bits_from(words: &[u64], from: u32) -> u64 {
    let (word, shift) = ((from / 64) as usize, from % 64);
    let low = words.get(word).map_or(0, |bits| bits >> shift);
    // Shifted twice, so that 64 places are none.
    let high = words.get(word.wrapping_add(1)).map_or(0, |bits| bits << 1 << (63 - shift));
    low | high
}

/// Segments that were passed over: how many, and where the first of the others begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Passed {
    pub segments: u64,
    pub bytes: usize,
}

/// Counts segments in one step after the other until one begins that may not be passed over.
#[derive(Debug, Clone, Copy)]
struct Passing {
    passed: Passed,
    /// Whether the next step begins with a segment.
    carry: u64,
}

impl Passing {
    fn new() -> Self {
        Self { passed: Passed::default(), carry: 1 }
    }

    /// Takes the step at `base`: the terminators in it, and the bytes with which no segment may begin that is passed
    /// over. True where such a segment begins.
    #[inline(always)]
    fn step(&mut self, base: usize, terminators: u64, others: u64) -> bool {
        let others = (terminators << 1 | self.carry) & others;
        self.carry = terminators >> 63;
        // All terminators of the step, or those before the segment that ends it.
        let passed = terminators & (others & others.wrapping_neg()).wrapping_sub(1);
        if passed != 0 {
            self.passed.segments += u64::from(passed.count_ones());
            self.passed.bytes = base + STEP - passed.leading_zeros() as usize;
        }
        others != 0
    }
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

/// A way to look at bytes.
#[derive(Clone, Copy)]
struct Path {
    name: &'static str,
    scan: fn(&[u8], Wanted, &mut Index),
    pass: fn(&[u8], u8) -> Passed,
}

/// The path of every machine.
const PORTABLE: Path = Path { name: "portable", scan: portable::scan, pass: portable::pass };

/// Every path this machine can take, the fastest first; the portable one is always there.
fn paths() -> Vec<Path> {
    let mut paths: Vec<Path> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        if avx512::is_available() {
            paths.push(Path { name: "AVX-512", scan: avx512::scan, pass: avx512::pass });
        }
        if avx2::is_available() {
            paths.push(Path { name: "AVX2", scan: avx2::scan, pass: avx2::pass });
        }
    }
    #[cfg(target_arch = "aarch64")]
    if neon::is_available() {
        paths.push(Path { name: "NEON", scan: neon::scan, ..PORTABLE });
    }
    paths.push(PORTABLE);
    paths
}

/// The fastest path of this machine, found once.
static FASTEST: std::sync::LazyLock<Path> = std::sync::LazyLock::new(|| paths().first().copied().unwrap_or(PORTABLE));

/// Scans a block of at most 4 GiB with the fastest path of this machine.
pub(crate) fn scan(block: &[u8], wanted: Wanted, index: &mut Index) {
    (FASTEST.scan)(block, wanted, index);
}

/// Passes over segments that are certainly none of the envelope and hold no binary data; `bytes` begin with a segment.
/// Stops before any other, and short of the end, where each has to be looked at by itself.
pub(crate) fn pass(bytes: &[u8], terminator: u8) -> Passed {
    (FASTEST.pass)(bytes, terminator)
}

/// The name of the path that [`scan`] takes here.
pub(crate) fn path_name() -> &'static str {
    FASTEST.name
}

/// Scans a file block after block and gives how many separators it has: what the bench compares with a plain copy.
pub(crate) fn count_separators(bytes: &[u8], delimiters: &Delimiters, block: usize) -> usize {
    let (wanted, mut index) = (Wanted::new(delimiters), Index::default());
    bytes
        .chunks(block)
        .map(|block| {
            scan(block, wanted, &mut index);
            index.ends.len()
        })
        .sum()
}

/// Panics where two paths disagree on these bytes; the first four choose the separators.
pub(crate) fn paths_agree(bytes: &[u8]) {
    let delimiters = match bytes {
        [element, component, repetition, segment, ..] if bytes.len().is_multiple_of(3) => Delimiters {
            element: *element,
            component: *component,
            repetition: (repetition % 4 != 0).then_some(*repetition),
            segment: *segment,
        },
        _ => Delimiters::default(),
    };
    let wanted = Wanted::new(&delimiters);
    let mut scalar = Index::default();
    portable::scan_bytewise(bytes, wanted, &mut scalar);
    let passed = portable::pass_bytewise(bytes, delimiters.segment);
    for Path { name, scan, pass } in paths() {
        let mut index = Index::default();
        scan(bytes, wanted, &mut index);
        assert!(index == scalar, "the {name} path differs from the byte by byte one on {} bytes", bytes.len());
        assert!(pass(bytes, delimiters.segment) == passed, "the {name} path passes over other segments");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random numbers that are the same in every run.
    fn noise() -> impl FnMut() -> u64 {
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        }
    }

    #[test]
    #[cfg(target_arch = "aarch64")]
    fn a_64_bit_arm_takes_neon_and_has_the_portable_path_beside_it() {
        assert_eq!(paths().iter().map(|path| path.name).collect::<Vec<_>>(), ["NEON", "portable"]);
    }

    #[test]
    fn every_path_gives_the_same_index_on_noise() {
        let mut next = noise();
        for round in 0..600 {
            let length = (next() % 700) as usize;
            let alphabet: &[u8] = match round % 3 {
                0 => b"*~:^AB01 \r\n\x7f\xff\x1f",
                1 if round % 2 == 0 => b"*~ABCDEFGHIJKLMNOPQRST",
                1 => b"*~ACFHJKLMNOPQRSVTEI",
                _ => b"*~",
            };
            let bytes: Vec<u8> = (0..length)
                .map(
                    |_| if round % 5 == 0 { next() as u8 } else { alphabet[(next() % alphabet.len() as u64) as usize] },
                )
                .collect();
            paths_agree(&bytes);
        }
    }

    #[test]
    fn every_byte_is_classed_alike_at_every_place() {
        for byte in 0..=u8::MAX {
            for at in 0..130 {
                let mut bytes = vec![b'A'; 130];
                bytes[at] = byte;
                paths_agree(&bytes);
            }
        }
    }

    #[test]
    fn bits_are_found_between_two_places_and_not_beside_them() {
        let mut next = noise();
        for _ in 0..2000 {
            let words: Vec<u64> =
                (0..4).map(|_| if next().is_multiple_of(3) { 1 << (next() % 64) } else { 0 }).collect();
            let (from, to) = ((next() % 257) as u32, (next() % 257) as u32);
            let slow = (from..to).any(|at| words[(at / 64) as usize] >> (at % 64) & 1 == 1);
            assert_eq!(any_between(&words, from, to), slow, "{from}..{to} of {words:x?}");
            let next = (from as usize..256).find(|at| words[at / 64] >> (at % 64) & 1 == 1);
            assert_eq!(next_set(&words, from as usize), next.unwrap_or(usize::MAX), "{from} of {words:x?}");
            for at in 0..64 {
                let is_set =
                    words.get(((from + at) / 64) as usize).is_some_and(|word| word >> ((from + at) % 64) & 1 == 1);
                assert_eq!(bits_from(&words, from) >> at & 1 == 1, is_set, "{from} and {at} of {words:x?}");
            }
        }
    }
}
