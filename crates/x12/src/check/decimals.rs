//! Amounts read while the elements of a segment are checked, so that the rules need not read them again.
//!
//! Holds those of one segment only, and of them those that are written plainly.

use crate::amount::Amount;

/// As many as an element's bit can tell apart.
const PLACES: usize = 32;

/// The amounts of the segment that was checked last, by element.
#[derive(Default)]
pub(crate) struct Decimals {
    /// A bit for each that is there.
    there: u32,
    cents: [i64; PLACES],
}

impl Decimals {
    /// Forgets all: the next segment comes.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.there = 0;
    }

    /// Keeps the cents of the element with this bit.
    #[inline(always)]
    pub fn keep(&mut self, bit: u32, cents: i64) {
        self.there |= bit;
        self.cents[bit.trailing_zeros() as usize % PLACES] = cents;
    }

    /// The amount in an element, if it was read.
    #[inline]
    pub fn get(&self, n: usize) -> Option<Amount> {
        let is_there = n < PLACES && self.there >> n & 1 == 1;
        is_there.then(|| Amount::from_cents(self.cents[n % PLACES]))
    }
}
