//! A file kept byte for byte: every segment with the bytes that follow it, so that what is not edited is written back
//! as it was, with its delimiters, line breaks, byte order mark and trailing bytes.
//!
//! Judges nothing and needs no guide. Holds the whole file: what must not, such as the check, reads blocks instead, or
//! lets the pieces pass by.

mod edit;
mod passing;
mod scan;

use std::borrow::Cow;

use crate::delimiters::Delimiters;
use crate::segment::Segment;

pub use edit::EditError;
pub use passing::LONGEST_PIECE;
pub(crate) use passing::{Passed, Passing};

/// A file as it stands, and as it was edited.
#[derive(Clone, Default)]
pub struct Document<'a> {
    /// The bytes before the first segment: a byte order mark, blanks, or the whole of a file that is no X12.
    lead: Cow<'a, [u8]>,
    pieces: Vec<Piece<'a>>,
}

/// A segment and the bytes up to the next one.
#[derive(Clone, Default)]
pub(crate) struct Piece<'a> {
    /// Without its terminator; empty only for bytes between interchanges that belong to no segment.
    pub raw: Cow<'a, [u8]>,
    /// The terminator, line breaks, and whatever else stands before the next segment.
    pub tail: Cow<'a, [u8]>,
    /// Where the segment stood in the file that was read; of an inserted one, where its neighbour stood.
    pub start: usize,
    /// The separators of its interchange.
    pub delimiters: Delimiters,
}

/// Shows how much there is, never what: segments carry names and diagnoses.
impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} segments)", self.pieces.len())
    }
}

impl<'a> Document<'a> {
    /// Takes a file apart. Never fails: a file without an ISA has no segments.
    pub fn read(bytes: &'a [u8]) -> Self {
        scan::document(bytes)
    }

    pub(crate) fn from_pieces(lead: Cow<'a, [u8]>, pieces: Vec<Piece<'a>>) -> Self {
        Self { lead, pieces }
    }

    pub(crate) fn pieces(&self) -> &[Piece<'a>] {
        &self.pieces
    }

    pub(crate) fn pieces_mut(&mut self) -> &mut [Piece<'a>] {
        &mut self.pieces
    }

    /// Changes bytes that stand around segments; a byte order mark and terminators stay.
    pub(crate) fn redact_filling(&mut self, change: impl Fn(u8) -> u8) {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        if self.pieces.is_empty() {
            return;
        }
        let from = if self.lead.starts_with(MARK) { MARK.len() } else { 0 };
        if self.lead[from..].iter().any(|byte| change(*byte) != *byte) {
            self.lead.to_mut()[from..].iter_mut().for_each(|byte| *byte = change(*byte));
        }
        for piece in &mut self.pieces {
            piece.redact_filling(&change);
        }
    }

    pub(crate) fn into_pieces(self) -> Vec<Piece<'a>> {
        self.pieces
    }

    pub(crate) fn lead(&self) -> &[u8] {
        &self.lead
    }

    /// How many segments there are, envelopes included.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there is no segment.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Segment `index`, counted from 0.
    pub fn segment(&self, index: usize) -> Option<Segment<'_>> {
        self.pieces.get(index).map(|piece| piece.segment(index))
    }

    /// Every segment in order; its `ordinal` is its index here.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.pieces.iter().enumerate().map(|(index, piece)| piece.segment(index))
    }

    /// The segment whose bytes hold this byte of the file that was read.
    pub fn index_at(&self, byte: u64) -> Option<usize> {
        let byte = usize::try_from(byte).ok()?;
        self.pieces.partition_point(|piece| piece.start <= byte).checked_sub(1)
    }

    /// The file: equal to what was read, but for what was edited.
    pub fn to_bytes(&self) -> Vec<u8> {
        let length = self.pieces.iter().map(|piece| piece.raw.len() + piece.tail.len()).sum::<usize>();
        let mut out = Vec::with_capacity(self.lead.len() + length);
        out.extend_from_slice(&self.lead);
        for piece in &self.pieces {
            out.extend_from_slice(&piece.raw);
            out.extend_from_slice(&piece.tail);
        }
        out
    }
}

impl Piece<'_> {
    /// Changes bytes behind the segment; its terminator stays.
    pub fn redact_filling(&mut self, change: impl Fn(u8) -> u8) {
        let terminator = self.delimiters.segment;
        let changed = |byte: u8| if byte == terminator { byte } else { change(byte) };
        if self.tail.iter().any(|byte| changed(*byte) != *byte) {
            self.tail.to_mut().iter_mut().for_each(|byte| *byte = changed(*byte));
        }
    }

    /// The piece with bytes of its own.
    pub fn owned(&self) -> Piece<'static> {
        let own = |bytes: &[u8]| Cow::Owned(bytes.to_vec());
        Piece { raw: own(&self.raw), tail: own(&self.tail), start: self.start, delimiters: self.delimiters }
    }

    /// The piece as a segment.
    pub fn segment(&self, index: usize) -> Segment<'_> {
        Segment::new(&self.raw, self.start, index as u64, self.delimiters)
    }
}
