//! Remembers where segments went: the same segment in the same open loops goes to the same place.
//!
//! Never decides: what is not remembered is searched, and whether the place is past is asked anew each time.

use crate::segment::SegmentId;

/// Places remembered at a time. A claim uses some hundred; what falls on one slot replaces another.
const SLOTS: usize = 1024;
/// Odd, with its bits spread: multiplying by it moves every bit of a key upwards.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Which loops are open, as one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Path(u64);

impl Path {
    /// Nothing open in the guide of this number.
    pub fn of_guide(number: usize) -> Self {
        Self((number as u64 + 1).wrapping_mul(SPREAD))
    }

    /// The path with one more loop open: which entry of the innermost it is, and its number in the guide.
    pub fn open(self, via: u8, number: u16) -> Self {
        let opened = u64::from(number) << 8 | u64::from(via);
        // The highest bits depend on all others: they come down to where the next numbers go.
        Self((self.0.rotate_left(29) ^ opened).wrapping_mul(SPREAD))
    }
}

/// Where a segment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goes {
    /// To this entry of the loop at this depth, whatever its elements.
    To(u8, u8),
    /// This element, or this component of it where that is not 0, tells.
    By(u8, u8),
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    path: Path,
    told: u64,
    id: SegmentId,
    goes: Goes,
}

/// What is remembered; nothing is asked of the memory before the first segment.
#[derive(Default)]
pub(crate) struct Memo {
    slots: Option<Box<[Slot; SLOTS]>>,
}

#[inline(always)]
fn slot(path: Path, id: SegmentId, told: u64) -> usize {
    let key = path.0 ^ u64::from(id.0) << 20 ^ told;
    // No more bits than count the slots, so that none is past the end.
    (key.wrapping_mul(SPREAD) >> (64 - SLOTS.trailing_zeros())) as usize
}

impl Memo {
    /// Where a segment went before; `told` is what tells, packed, or 0 to ask what that is.
    #[inline(always)]
    pub fn recall(&self, path: Path, id: SegmentId, told: u64) -> Option<Goes> {
        let slot = &self.slots.as_deref()?[slot(path, id, told)];
        (slot.path == path && slot.told == told && slot.id == id).then_some(slot.goes)
    }

    pub fn keep(&mut self, path: Path, id: SegmentId, told: u64, goes: Goes) {
        let empty = Slot { path: Path(0), told: 0, id: SegmentId::default(), goes: Goes::By(0, 0) };
        let slots = self.slots.get_or_insert_with(|| Box::new([empty; SLOTS]));
        slots[slot(path, id, told)] = Slot { path, told, id, goes };
    }
}
