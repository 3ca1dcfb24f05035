//! Control numbers that must not repeat: nearly always they count upwards, and then the highest so far says enough.
//!
//! Remembers numbers one by one only after one that did not count on, and then no more than a limit.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Numbers beyond this many are not remembered one by one: a few megabytes. A repetition of one of them goes unseen
/// in a file whose numbers are in disorder.
const MAX_REMEMBERED: usize = 200_000;
/// Digits of a number that can be compared as one.
const MOST_DIGITS: usize = 18;

/// The control numbers of a group, an interchange or a file.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    highest: Option<u64>,
    /// The first one, while they count upwards.
    lowest: Option<u64>,
    /// All numbers, once they have not counted upwards.
    seen: Option<HashSet<u64>>,
    /// The first numbers, for when they are needed; none where somebody else keeps them.
    first: Option<Vec<u64>>,
}

impl Numbers {
    /// For numbers that nobody else keeps.
    pub fn keeping() -> Self {
        Self { first: Some(Vec::new()), ..Self::default() }
    }

    pub fn clear(&mut self) {
        self.highest = None;
        self.lowest = None;
        self.seen = None;
        if let Some(first) = &mut self.first {
            first.clear();
        }
    }

    /// Adds a number. False when it was there before. `earlier` gives all that were added before, where somebody
    /// keeps them.
    pub fn insert<'n>(&mut self, number: &[u8], earlier: impl Iterator<Item = &'n [u8]>) -> bool {
        let value = value(number);
        if self.seen.is_none() {
            if let Some(value) = value
                && self.highest.is_none_or(|highest| value > highest)
            {
                self.highest = Some(value);
                self.lowest.get_or_insert(value);
                if let Some(first) = self.first.as_mut().filter(|first| first.len() < MAX_REMEMBERED) {
                    first.push(hash(number));
                }
                return true;
            }
            let mut seen: HashSet<u64> = self.first.iter_mut().flat_map(std::mem::take).collect();
            seen.extend(earlier.map(hash).take(MAX_REMEMBERED));
            self.seen = Some(seen);
        }
        let seen = self.seen.get_or_insert_default();
        let hash = hash(number);
        if seen.len() < MAX_REMEMBERED { seen.insert(hash) } else { !seen.contains(&hash) }
    }

    /// Whether all of these and then all of the other count upwards.
    pub fn is_followed_by(&self, other: &Self) -> bool {
        let counts_on = match (self.highest, other.lowest) {
            (Some(highest), Some(lowest)) => lowest > highest,
            (None, _) | (_, None) => true,
        };
        other.seen.is_none() && (other.lowest.is_none() || self.seen.is_none() && counts_on)
    }

    /// Adds numbers that somebody else keeps and that [follow](Self::is_followed_by) these.
    pub fn append(&mut self, other: &Self) {
        self.lowest = self.lowest.or(other.lowest);
        self.highest = other.highest.or(self.highest);
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    significant(bytes).hash(&mut hasher);
    hasher.finish()
}

fn value(bytes: &[u8]) -> Option<u64> {
    let digits = significant(bytes);
    let is_number =
        !bytes.trim_ascii().is_empty() && digits.len() <= MOST_DIGITS && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0, |number, byte| number * 10 + u64::from(byte - b'0')))
}

/// A control number without the leading zeros, which do not tell numbers apart.
pub(super) fn significant(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.trim_ascii();
    if bytes.iter().all(u8::is_ascii_digit) {
        &bytes[bytes.iter().take_while(|byte| **byte == b'0').count()..]
    } else {
        bytes
    }
}
