//! Remembers where segments went: the same segment in the same open loops goes to the same place.
//!
//! Never decides: what is not remembered is searched, and whether the place is past is asked anew each time.

use crate::segment::SegmentId;

/// Places remembered at a time. A claim uses some hundred; what falls on one slot replaces another.
const SLOTS: usize = 512;
/// Odd, with its bits spread: multiplying by it moves every bit of a key upwards.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Which loops are open, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Path(u64);

impl Path {
    /// The path with one more loop open: which entry of the innermost it is, and its table.
    pub fn open<T>(self, via: u8, table: &'static T) -> Self {
        let table = std::ptr::from_ref(table).addr() as u64;
        Self((self.0.rotate_left(23) ^ table ^ u64::from(via) << 48).wrapping_mul(SPREAD))
    }
}

/// Where a segment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goes {
    /// To this entry of the loop at this depth, whatever its elements.
    To(u8, u8),
    /// Its first element tells.
    ByFirstElement,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    path: Path,
    first: u64,
    id: SegmentId,
    goes: Goes,
}

/// What is remembered; nothing is asked of the memory before the first segment.
#[derive(Default)]
pub(crate) struct Memo {
    slots: Vec<Slot>,
}

#[inline]
fn slot(path: Path, id: SegmentId, first: u64) -> usize {
    let key = path.0 ^ u64::from(id.0) << 20 ^ first;
    (key.wrapping_mul(SPREAD) >> (64 - SLOTS.trailing_zeros())) as usize
}

impl Memo {
    /// Where a segment went before; `first` is its first element packed, or 0 to ask whether that matters.
    #[inline]
    pub fn recall(&self, path: Path, id: SegmentId, first: u64) -> Option<Goes> {
        let slot = self.slots.get(slot(path, id, first))?;
        (slot.path == path && slot.first == first && slot.id == id).then_some(slot.goes)
    }

    pub fn keep(&mut self, path: Path, id: SegmentId, first: u64, goes: Goes) {
        if self.slots.is_empty() {
            let empty = Slot { path: Path(0), first: 0, id: SegmentId::default(), goes: Goes::ByFirstElement };
            self.slots.resize(SLOTS, empty);
        }
        self.slots[slot(path, id, first)] = Slot { path, first, id, goes };
    }
}
