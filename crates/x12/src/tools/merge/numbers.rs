//! Control numbers that are taken: a file of a million sets counts on, so that rows of numbers take no room.
//!
//! Knows no segments.

use std::collections::BTreeMap;

/// The numbers so far, as rows: the first of a row, and its last.
#[derive(Default)]
pub(super) struct Numbers {
    rows: BTreeMap<u64, u64>,
}

impl Numbers {
    /// Takes a number. Where it was taken before, the next free one behind all is taken instead, and given.
    pub fn take(&mut self, number: u64) -> Option<u64> {
        let before = self.rows.range(..=number).next_back().map(|(first, last)| (*first, *last));
        if before.is_none_or(|(_, last)| last < number) {
            self.add(number, before);
            return None;
        }
        let last = self.rows.last_key_value().map(|(first, last)| (*first, *last));
        let free = last.map_or(1, |(_, last)| last.saturating_add(1));
        self.add(free, last);
        Some(free)
    }

    /// Adds a free number behind the row before it.
    fn add(&mut self, number: u64, before: Option<(u64, u64)>) {
        // Two rows that a number joins become one.
        let end = number.checked_add(1).and_then(|next| self.rows.remove(&next)).unwrap_or(number);
        match before.filter(|(_, last)| last.checked_add(1) == Some(number)) {
            Some((first, _)) => self.rows.insert(first, end),
            None => self.rows.insert(number, end),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_numbers_are_given_anew_behind_all_and_rows_take_no_room() {
        let mut numbers = Numbers::default();
        for number in [1, 2, 3, 7, 5, 6, 4] {
            assert_eq!(numbers.take(number), None, "{number}");
        }
        assert_eq!(numbers.rows.len(), 1);
        assert_eq!((numbers.take(3), numbers.take(8), numbers.take(100)), (Some(8), Some(9), None));
        assert_eq!((numbers.take(7), numbers.take(10), numbers.take(0)), (Some(101), None, None));
        assert_eq!(numbers.rows, BTreeMap::from([(0, 10), (100, 101)]));
        assert_eq!(numbers.take(u64::MAX), None);
    }
}
