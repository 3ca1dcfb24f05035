//! Remembers where segments went: the same segment in the same open loops goes to the same place.
//!
//! Never decides: what is not remembered is searched, and whether the place is past is asked anew each time.

use crate::check::cells::Cells;
use crate::guide::{Entry, packed_code};
use crate::segment::SegmentId;

/// Segment ids remembered at a time, each in its open loops. A claim uses some hundred; what falls on one slot replaces
/// another.
const HEADS: usize = 512;
/// The same of segments whose place or codes an element tells.
const TOLD: usize = 1024;
/// Odd, with its bits spread: multiplying by it moves every bit of a key upwards.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Which variant of an entry's rules a segment is looked at by is not known.
pub(crate) const UNKNOWN_VARIANT: u8 = u8::MAX;

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

/// Where a segment goes: to this entry of the loop at this depth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goes {
    pub entry: &'static Entry,
    /// The rest in one word, so that it is copied at once: depth, index, variant, and whether it is told.
    rest: u32,
}

impl Goes {
    pub fn new(entry: &'static Entry, (depth, index): (u8, u8), is_told: bool, variant: u8) -> Self {
        Self { entry, rest: u32::from_le_bytes([depth, index, variant, u8::from(is_told)]) }
    }

    #[inline(always)]
    pub fn depth(&self) -> usize {
        (self.rest & 0xff) as usize
    }

    /// Of the entry in its loop.
    #[inline(always)]
    pub fn index(&self) -> u8 {
        (self.rest >> 8) as u8
    }

    /// Which variant of the entry's own rules looks at it, or [`UNKNOWN_VARIANT`].
    #[inline(always)]
    pub fn variant(&self) -> u8 {
        (self.rest >> 16) as u8
    }

    /// The first element is there and holds one of its codes.
    #[inline(always)]
    pub fn is_told(&self) -> bool {
        self.rest >> 24 != 0
    }
}

/// A segment id in its open loops.
#[derive(Debug, Clone, Copy)]
struct Head {
    path: Path,
    id: SegmentId,
    /// The element, and the component of it where that is not 0, that tells; element 0 where nothing does.
    by: (u8, u8),
    /// What it told last, packed, and where that goes: nearly always it tells the same again.
    last: u64,
    goes: Goes,
}

/// What an element told of a segment.
#[derive(Debug, Clone, Copy)]
struct Told {
    path: Path,
    id: SegmentId,
    told: u64,
    goes: Goes,
}

/// What is remembered; nothing is asked of the memory before the first segment.
#[derive(Default)]
pub(crate) struct Memo {
    heads: Option<Box<[Option<Head>; HEADS]>>,
    told: Option<Box<[Option<Told>; TOLD]>>,
}

#[inline(always)]
fn slot(path: Path, id: SegmentId, told: u64, slots: usize) -> usize {
    let key = path.0 ^ u64::from(id.0) << 20 ^ told;
    // No more bits than count the slots, so that none is past the end.
    (key.wrapping_mul(SPREAD) >> (64 - slots.trailing_zeros())) as usize
}

/// An element or component as codes are packed; never 0, which stands for nothing told.
#[inline(always)]
pub(crate) fn packed_at_place(cells: &Cells<'_>, place: (u8, u8)) -> u64 {
    let packed = match place {
        // Nearly every qualifier is the first element.
        (1, 0) => cells.packed_first(),
        (n, 0) => packed_code(cells.get(usize::from(n))),
        (n, k) => packed_code(cells.component(usize::from(n), usize::from(k))),
    };
    packed.max(1)
}

impl Memo {
    /// Where a segment went before.
    #[inline(always)]
    pub fn recall(&mut self, path: Path, cells: &Cells<'_>) -> Option<Goes> {
        let head = self.heads.as_deref_mut()?[slot(path, cells.id, 0, HEADS)].as_mut()?;
        if head.path != path || head.id != cells.id {
            return None;
        }
        if head.by.0 == 0 {
            return Some(head.goes);
        }
        let told = packed_at_place(cells, head.by);
        if head.last == told {
            return Some(head.goes);
        }
        let other = self.told.as_deref()?[slot(path, cells.id, told, TOLD)].as_ref()?;
        if other.path != path || other.told != told || other.id != cells.id {
            return None;
        }
        (head.last, head.goes) = (told, other.goes);
        Some(other.goes)
    }

    /// Keeps where a segment went; `by` is what told it, element 0 for nothing.
    pub fn keep(&mut self, path: Path, cells: &Cells<'_>, by: (u8, u8), goes: Goes) {
        let id = cells.id;
        let last = if by.0 == 0 { 0 } else { packed_at_place(cells, by) };
        let heads = self.heads.get_or_insert_with(|| Box::new([None; HEADS]));
        heads[slot(path, id, 0, HEADS)] = Some(Head { path, id, by, last, goes });
        if by.0 != 0 {
            let told = self.told.get_or_insert_with(|| Box::new([None; TOLD]));
            told[slot(path, id, last, TOLD)] = Some(Told { path, id, told: last, goes });
        }
    }
}
