//! A file of any size, block after block, for typed messages that are read as they come: each block is indexed once
//! and ends where no loop is cut.
//!
//! Knows envelopes and where loops may be parted, not what stands in them. Memory is one block, or the longest loop.

use std::io::{self, Read};

use super::fields::{Place, Reader, index_block};
use crate::check::source::{Source as _, Stream};
use crate::delimiters::Delimiters;
use crate::file::{ISA_LENGTH, is_isa, is_padding, isa_delimiters};
use crate::ids;
use crate::index::Index;
use crate::segment::SegmentId;

/// How much is indexed at once: the bytes, their index and the claims made of them stay in the first two caches.
const BLOCK: usize = 32 * 1024;
/// The longest claim: a thousand lines, each decided by ten other payers, take less than two megabytes. A longer one
/// is an attack or a broken file, and memory shall stay bounded.
const LONGEST_LOOP: usize = 4 * 1024 * 1024;

/// So many problems are kept with a claim; a faulty file could have any number.
pub(crate) const MOST_PROBLEMS: usize = 100;

/// The blocks of a file, and where reading stands in the open one.
pub(crate) struct Blocks<R> {
    source: Stream<R>,
    /// Whether a block may end before a segment of this id.
    may_part: fn(SegmentId) -> bool,
    index: Index,
    /// The separators of the open interchange.
    delimiters: Option<Delimiters>,
    /// How long the open block is; none is open where it is 0.
    length: usize,
    place: Place,
    has_ended: bool,
}

impl<R: Read> Blocks<R> {
    /// `may_part` tells at which segments loops begin that may be read apart; the envelope always may.
    pub(crate) fn new(reader: R, may_part: fn(SegmentId) -> bool) -> Self {
        Self {
            source: Stream::new(reader),
            may_part,
            index: Index::default(),
            delimiters: None,
            length: 0,
            place: Place::default(),
            has_ended: false,
        }
    }

    /// Stands where reading was left; None at the end of the file, and after an error. What was taken must be given
    /// back with [`leave`](Self::leave).
    pub(crate) fn resume(&mut self) -> io::Result<Option<Reader<'_, 'static>>> {
        if self.has_ended {
            return Ok(None);
        }
        if self.length == 0 {
            let opened = self.open_block();
            if !matches!(opened, Ok(true)) {
                self.has_ended = true;
                return opened.map(|_| None);
            }
        }
        let Some(delimiters) = self.delimiters else { return Ok(None) };
        let block = &self.source.window()[..self.length];
        let base = usize::try_from(self.source.offset()).unwrap_or(usize::MAX);
        let index = std::mem::take(&mut self.index);
        Ok(Some(Reader::resumed(block, index, delimiters, base, self.place)))
    }

    /// Takes back what [`resume`](Self::resume) gave; a block that was read to its end, or to the end of its
    /// interchange, is closed.
    pub(crate) fn leave(&mut self, index: Index, place: Place) {
        (self.index, self.place) = (index, place);
        match place.id() {
            ids::END => self.close(self.length),
            // What follows has separators of its own.
            ids::IEA => {
                self.close(place.rest().min(self.length));
                self.delimiters = None;
            }
            ids::ISA => {
                self.close(place.start());
                self.delimiters = None;
                self.place = Place::at_ordinal(place.ordinal());
            }
            _ => {}
        }
    }

    fn close(&mut self, length: usize) {
        self.source.advance(length);
        self.length = 0;
    }

    /// False at the end of the file.
    fn open_block(&mut self) -> io::Result<bool> {
        let delimiters = match self.delimiters {
            Some(open) => open,
            None => match self.open_interchange()? {
                Some(opened) => opened,
                None => return Ok(false),
            },
        };
        let mut wanted = BLOCK;
        loop {
            self.source.want(wanted)?;
            let window = self.source.window();
            if window.is_empty() {
                return Ok(false);
            }
            index_block(window, &delimiters, &mut self.index);
            let length =
                if self.source.is_whole() { window.len() } else { part(window, &mut self.index, self.may_part) };
            if length > 0 {
                self.length = length;
                self.place = Place::at_ordinal(self.place.next_ordinal());
                return Ok(true);
            }
            if wanted >= LONGEST_LOOP {
                return Err(self.too_long());
            }
            wanted *= 2;
        }
    }

    fn too_long(&self) -> io::Error {
        let megabytes = LONGEST_LOOP / (1024 * 1024);
        let sentence = format!(
            "the loop at byte {} is longer than {megabytes} MB; check the file to see what is wrong with it",
            self.source.offset()
        );
        io::Error::new(io::ErrorKind::InvalidData, sentence)
    }

    /// Passes over blanks and the ISA behind them; None where no other follows.
    fn open_interchange(&mut self) -> io::Result<Option<Delimiters>> {
        loop {
            self.source.want(BLOCK)?;
            let window = self.source.window();
            let skipped = window.iter().take_while(|byte| is_padding(**byte)).count();
            let is_all = skipped == window.len();
            if window.is_empty() {
                return Ok(None);
            }
            self.source.advance(skipped);
            if !is_all {
                break;
            }
        }
        self.source.want(ISA_LENGTH)?;
        let window = self.source.window();
        if !is_isa(window) {
            return Ok(None);
        }
        let delimiters = isa_delimiters(window);
        self.source.advance(ISA_LENGTH);
        self.place = Place::at_ordinal(self.place.next_ordinal() + 1);
        self.delimiters = Some(delimiters);
        Ok(Some(delimiters))
    }
}

/// Cuts the index before the last segment at which loops may be parted, and gives where that is; 0 where there is
/// none but the first.
fn part(window: &[u8], index: &mut Index, may_part: fn(SegmentId) -> bool) -> usize {
    let Index { ends, segments, .. } = &*index;
    for at in (1..segments.len()).rev() {
        let before = segments[at - 1] as usize;
        let mut start = ends[before] as usize + 1;
        let end = ends[before + 1] as usize;
        while start < end && matches!(window[start], b'\r' | b'\n') {
            start += 1;
        }
        let id = SegmentId::new(window.get(start..end).unwrap_or_default());
        // The last may be cut, and with it its id.
        let is_whole = at + 1 < segments.len();
        if is_whole && (ids::is_of_envelope(id) || may_part(id)) {
            index.segments.truncate(at);
            return start;
        }
    }
    0
}
