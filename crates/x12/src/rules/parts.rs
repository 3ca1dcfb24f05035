//! Finds components one after the other, so that an element is walked through once however many of them are wanted.
//!
//! Copies nothing; what is absent is empty.

use crate::check::cells::Cells;

/// Where a walk through the components of an element stands.
pub(super) struct Parts<'c, 'b> {
    cells: &'c Cells<'b>,
    element: u8,
    /// The component found last, and where it begins and ends.
    component: u8,
    from: usize,
    to: usize,
    /// Where the element begins and ends.
    begin: usize,
    end: usize,
    /// The separators behind the component found last, the lowest bit for the element's first byte; None for an
    /// element that is searched byte by byte.
    left: Option<u64>,
}

impl<'c, 'b> Parts<'c, 'b> {
    pub fn new(cells: &'c Cells<'b>) -> Self {
        Self { cells, element: 0, component: 0, from: 0, to: 0, begin: 0, end: 0, left: None }
    }

    /// Where component `k` of element `n` begins and ends in the block, or the whole element for 0.
    #[inline(always)]
    pub fn find(&mut self, n: u8, k: u8) -> (usize, usize) {
        if k == 0 { self.cells.bounds(usize::from(n)) } else { self.component(n, k) }
    }

    /// Whether component `k` was looked for and the element ends before it.
    #[inline]
    pub fn is_past(&self, k: u8) -> bool {
        k > 0 && self.from == self.end
    }

    fn component(&mut self, n: u8, k: u8) -> (usize, usize) {
        if self.element != n || self.component > k {
            self.begin(n);
        }
        while self.component < k {
            self.step();
        }
        (self.from, self.to)
    }

    /// Goes to the first component of an element.
    fn begin(&mut self, n: u8) {
        let (begin, end) = self.cells.bounds(usize::from(n));
        (self.element, self.component) = (n, 0);
        (self.begin, self.end) = (begin, end);
        self.left = self.cells.separators(begin, end);
        // Before the first byte, where a separator would stand.
        self.to = begin.wrapping_sub(1);
    }

    /// Goes to the next component; past the last one all are empty.
    fn step(&mut self) {
        self.component = self.component.saturating_add(1);
        if self.to == self.end {
            self.from = self.end;
            return;
        }
        self.from = self.to.wrapping_add(1);
        self.to = self.next_separator().unwrap_or(self.end);
    }

    fn next_separator(&mut self) -> Option<usize> {
        let Cells { block, delimiters, .. } = self.cells;
        let Some(left) = &mut self.left else {
            let found = block[self.from..self.end].iter().position(|byte| *byte == delimiters.component);
            return found.map(|length| self.from + length);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::Delimiters;
    use crate::index::{Index, Wanted, scan};
    use crate::segment::SegmentId;

    #[test]
    fn components_are_found_as_a_search_byte_by_byte_finds_them() {
        let long = format!("CLM*A:B*{}:{}:Z*::~", "X".repeat(40), "Y".repeat(40));
        for text in ["SV1*HC:99213:25*10*:*A:^B:C~", "SV1*~", "SV1~", "SV1*A\u{1}:B*:C~", "HI*A:B^C:D*::E~", &long] {
            let delimiters = Delimiters::default();
            let mut index = Index::default();
            scan(text.as_bytes(), Wanted::new(&delimiters), &mut index);
            let cells = Cells {
                id: SegmentId::new(b"SV1"),
                block: text.as_bytes(),
                ends: &index.ends,
                parts: &index.parts,
                strange: &index.strange,
                next_part: 0,
                start: 0,
                base: 0,
                ordinal: 0,
                delimiters: &delimiters,
            };
            let mut parts = Parts::new(&cells);
            for (n, k) in (0..60_u8).map(|round| (1 + round % 5, round / 2 % 5)).chain((1..30).map(|k| (1, k))) {
                let (from, to) = parts.find(n, k);
                let slow = if k == 0 { cells.get(n.into()) } else { cells.component(n.into(), k.into()) };
                assert_eq!(&cells.block[from..to], slow, "{text} {n} {k}");
            }
        }
    }
}
