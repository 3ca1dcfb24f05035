//! What a segment may be while its place is looked for: the guesses of one walk, and which element tells it.
//!
//! Never decides: the place does.

use crate::check::cells::Cells;
use crate::check::memo::packed_at_place;
use crate::guide::Entry;

/// What a segment without a certain place may be.
#[derive(Debug, Default)]
pub(crate) struct Guess {
    pub(crate) takes_unknown: Option<(usize, u8)>,
    /// Its place is past.
    pub(crate) behind: Option<(usize, u8)>,
    /// A required place of the nearest loop that has the id, its qualifier apart.
    pub(crate) awaited: Option<(usize, u8)>,
    /// The nearest loop that has the id, how many places it has there, and the first.
    pub(crate) nearest: Option<(usize, u32, u8)>,
}

impl Guess {
    pub(crate) fn consider(&mut self, depth: usize, index: u8, entry: &Entry, is_awaited: bool) {
        if entry.takes_unknown {
            self.takes_unknown.get_or_insert((depth, index));
        }
        match &mut self.nearest {
            None => self.nearest = Some((depth, 1, index)),
            Some((nearest, count, _)) if *nearest == depth => *count += 1,
            Some(_) => return,
        }
        if is_awaited && self.awaited.is_none() {
            self.awaited = Some((depth, index));
        }
    }

    /// The one place that the nearest loop has for the id.
    pub(crate) fn only(&self) -> Option<(usize, u8)> {
        self.nearest.filter(|(_, count, _)| *count == 1).map(|(depth, _, index)| (depth, index))
    }
}

/// What of a segment tells its place, found while entries are asked.
pub(crate) enum Teller {
    Nothing,
    /// This element or component, packed.
    One((u8, u8), u64),
    /// More than one: then nothing is remembered.
    Several,
}

impl Teller {
    /// The qualifier of an entry, packed.
    #[inline]
    pub(crate) fn ask(&mut self, entry: &Entry, cells: &Cells<'_>) -> u64 {
        match self {
            Self::One(place, packed) if *place == entry.qualifier_at => *packed,
            Self::One(..) | Self::Several => {
                *self = Self::Several;
                packed_at_place(cells, entry.qualifier_at)
            }
            Self::Nothing => {
                let packed = packed_at_place(cells, entry.qualifier_at);
                *self = Self::One(entry.qualifier_at, packed);
                packed
            }
        }
    }
}
