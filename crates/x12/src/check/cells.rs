//! A segment as the index sees it: the block and the offsets where its elements end.
//!
//! The nth element is one array read; nothing is copied or decoded.

use crate::delimiters::Delimiters;
use crate::guide::packed_within;
use crate::index::{any_between, bits_from};
use crate::segment::SegmentId;

/// One segment inside a block.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'b> {
    /// The segment id, read once.
    pub id: SegmentId,
    pub block: &'b [u8],
    /// Where the id and each element end.
    pub ends: &'b [u32],
    /// A bit for each component and repetition separator of the block.
    pub parts: &'b [u64],
    /// A bit for each strange byte of the block; empty where there is none.
    pub strange: &'b [u64],
    /// Before which byte of the block no separator of parts and no strange byte stands in the segment; the greatest number
    /// where none follows.
    pub next_part: usize,
    pub start: u32,
    /// Where the block begins in the file.
    pub base: u64,
    pub ordinal: u64,
    pub delimiters: &'b Delimiters,
}

/// Goes from one component of an element to the next.
pub(crate) struct Components<'c, 'b> {
    cells: &'c Cells<'b>,
    begin: usize,
    /// Where the next one begins; None behind the last.
    from: Option<usize>,
    end: usize,
    /// The separators that are left, the lowest bit for the first byte of the element; None for an element that is
    /// searched byte by byte.
    left: Option<u64>,
}

impl<'b> Iterator for Components<'_, 'b> {
    type Item = &'b [u8];

    #[inline(always)]
    fn next(&mut self) -> Option<&'b [u8]> {
        let from = self.from?;
        let to = self.next_separator(from);
        self.from = to.map(|to| to.wrapping_add(1));
        Some(&self.cells.block[from..to.unwrap_or(self.end)])
    }
}

impl Components<'_, '_> {
    #[inline(always)]
    fn next_separator(&mut self, from: usize) -> Option<usize> {
        let Cells { block, delimiters, .. } = self.cells;
        let Some(left) = &mut self.left else {
            let found = block[from..self.end].iter().position(|byte| *byte == delimiters.component);
            return found.map(|length| from.wrapping_add(length));
        };
        while *left != 0 {
            let at = self.begin.wrapping_add(left.trailing_zeros() as usize);
            *left &= left.wrapping_sub(1);
            // A repetition separator parts no components.
            if block[at] == delimiters.component {
                return Some(at);
            }
        }
        None
    }
}

/// A place in the file that a problem can point to later, when the segment is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct At {
    pub segment: SegmentId,
    pub ordinal: u64,
    pub element: u8,
    pub component: u8,
    pub span: (u64, u32),
}

/// A place that an acknowledgment can name; what lies beyond is told at the last such place.
pub(crate) fn narrow(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

impl<'b> Cells<'b> {
    /// Whether a component or repetition separator or a strange byte stands from `from` to before `to` of the block.
    #[inline]
    pub fn is_structured(&self, from: u32, to: u32) -> bool {
        any_between(self.parts, from, to) || (!self.strange.is_empty() && any_between(self.strange, from, to))
    }

    /// The component and repetition separators from `from` to before `to`, the lowest bit for the first byte. None
    /// where the bytes are too many for one word or a strange one is among them.
    #[inline(always)]
    pub fn separators(&self, from: usize, to: usize) -> Option<u64> {
        let (first, last) = (from as u32, to as u32);
        if !self.strange.is_empty() && any_between(self.strange, first, last) {
            return None;
        }
        match to.wrapping_sub(from) {
            0 => Some(0),
            length @ 1..=64 => Some(bits_from(self.parts, first) & u64::MAX >> (64 - length)),
            _ => (!any_between(self.parts, first, last)).then_some(0),
        }
    }

    /// How many elements follow the id.
    pub fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// Where element `n` begins and ends in the block.
    #[inline]
    pub fn bounds(&self, n: usize) -> (usize, usize) {
        match (n, self.ends.get(n)) {
            (_, None) => {
                let end = self.ends[self.ends.len() - 1] as usize;
                (end, end)
            }
            (0, Some(end)) => (self.start as usize, *end as usize),
            (n, Some(end)) => (self.ends[n - 1] as usize + 1, *end as usize),
        }
    }

    /// Element `n` from 1; empty when absent.
    #[inline]
    pub fn get(&self, n: usize) -> &'b [u8] {
        let (from, to) = self.bounds(n);
        &self.block[from..to]
    }

    /// The first element as one integer, as codes are packed; 0 where there is none.
    #[inline(always)]
    pub fn packed_first(&self) -> u64 {
        match self.ends {
            [id, first, ..] => {
                let begin = (*id as usize).wrapping_add(1);
                packed_within(self.block, begin, (*first as usize).wrapping_sub(begin))
            }
            _ => 0,
        }
    }

    /// Component `k` from 1 of element `n`.
    #[inline(never)] // What asks for elements shall not carry the search for components along.
    pub fn component(&self, n: usize, k: usize) -> &'b [u8] {
        crate::segment::nth(self.get(n), self.delimiters.component, k.saturating_sub(1))
    }

    /// The components of element `n`, in order.
    #[inline]
    pub fn components(&self, n: usize) -> Components<'_, 'b> {
        let (begin, end) = self.bounds(n);
        let left = self.separators(begin, end);
        Components { cells: self, begin, from: Some(begin), end, left }
    }

    /// The whole segment.
    pub fn at(&self) -> At {
        let end = self.ends[self.ends.len() - 1];
        At {
            segment: self.id,
            ordinal: self.ordinal,
            element: 0,
            component: 0,
            span: (self.base + u64::from(self.start), end - self.start),
        }
    }

    /// Element `n`.
    #[inline(never)]
    pub fn at_element(&self, n: usize) -> At {
        let (from, to) = self.bounds(n);
        At { element: narrow(n), span: (self.base + from as u64, (to - from) as u32), ..self.at() }
    }

    /// Component `k` of element `n`; the whole element when it has fewer.
    pub fn at_component(&self, n: usize, k: usize) -> At {
        let (from, to) = self.bounds(n);
        let mut start = from;
        let parts = self.block[from..to].split(|byte| *byte == self.delimiters.component);
        for (index, part) in parts.enumerate() {
            if index + 1 == k {
                let span = (self.base + start as u64, part.len() as u32);
                return At { element: narrow(n), component: narrow(k), span, ..self.at() };
            }
            start += part.len() + 1;
        }
        At { component: narrow(k), ..self.at_element(n) }
    }
}
