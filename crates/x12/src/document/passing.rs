//! The pieces of a file one after the other, through one buffer: what [`Document`](super::Document) holds whole, passed by.
//!
//! Gives the same pieces at the same places; memory is the longest of them, up to a limit.

use std::borrow::Cow;
use std::io::{self, Read};

use super::Piece;
use super::scan::{Cut, Cutter, MoreNeeded};
use crate::check::binary;
use crate::check::source::fill;
use crate::delimiters::Delimiters;
use crate::outline::{Outliner, Placed};
use crate::segment::Segment;

/// How much is asked of a reader at once.
const READ_AT_ONCE: usize = 64 * 1024;
/// The longest segment with what follows it: attached documents are that long, and a file without terminators shall not
/// fill the memory.
pub const LONGEST_PIECE: usize = 64 * 1024 * 1024;
/// The longest piece of a set whose context is sought: the check reads no longer segments, and holds no longer binary
/// data.
const LONGEST_IN_CONTEXT: usize = 1024 * 1024;

/// A file that passes by.
pub(crate) struct Passing<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where the current piece stands in the buffer.
    from: usize,
    to: usize,
    has_ended: bool,
    cutter: Cutter,
    current: Option<Found>,
    following: Option<Found>,
    /// The longest piece that is held.
    longest: usize,
    /// Data of longer binary segments is passed over, not given.
    leaves_out_data: bool,
    /// The places of segments are wanted.
    finds_places: bool,
    lead: Vec<u8>,
    count: u64,
    outliner: Outliner,
}

/// A piece that was cut.
#[derive(Clone, Copy)]
struct Found {
    cut: Cut,
    /// Where it begins in the file.
    start: u64,
    /// Bytes of it that were passed over.
    left_out: u64,
}

/// One piece as it passes.
pub(crate) struct Passed<'p> {
    pub piece: Piece<'p>,
    /// Where it stands.
    pub placed: Placed,
    /// How many pieces were before it.
    pub index: usize,
    /// Where the next piece begins; none behind the last.
    pub next: Option<u64>,
}

impl Passed<'_> {
    pub fn segment(&self) -> Segment<'_> {
        self.piece.segment(self.index)
    }
}

impl<R: Read> Passing<R> {
    /// Begins to read. None where the file holds no interchange.
    pub fn begin(reader: R) -> io::Result<Option<Self>> {
        Self::new(reader, LONGEST_PIECE).begun()
    }

    fn begun(mut self) -> io::Result<Option<Self>> {
        let first = self.with_enough(0, 0, |cutter, bytes, is_all| cutter.lead(bytes, is_all))?;
        let Some(first) = first else { return Ok(None) };
        self.lead = self.buffer[..first].to_vec();
        self.from = first;
        self.following = self.cut(0, first as u64)?;
        Ok(Some(self))
    }

    /// Begins to read for a tool that needs no loops: every piece is placed in the interchange. Holds pieces up to this
    /// length.
    pub fn begin_without_places(reader: R, longest: usize) -> io::Result<Option<Self>> {
        let mut passing = Self::new(reader, longest);
        passing.finds_places = false;
        passing.begun()
    }

    /// Begins to read at the first segment of a set, which stands at a byte of the file in a group of a version. The
    /// data of binary segments that are longer than the check holds is left out.
    pub fn begin_at_set(reader: R, start: u64, delimiters: Delimiters, group_version: &str) -> io::Result<Self> {
        let mut passing = Self::new(reader, LONGEST_IN_CONTEXT);
        passing.leaves_out_data = true;
        passing.cutter = Cutter::inside(delimiters);
        passing.outliner = Outliner::in_group(group_version);
        passing.following = passing.cut(0, start)?;
        Ok(passing)
    }

    /// Begins to read at the ISA of an interchange, which stands at a byte of the file, without places. The data of
    /// binary segments that are longer than the check holds is left out.
    pub fn begin_at_interchange(reader: R, start: u64) -> io::Result<Self> {
        Self { leaves_out_data: true, ..Self::new(reader, LONGEST_IN_CONTEXT) }.begun_inside(start, Cutter::default())
    }

    /// Begins to read at any segment of an interchange, as [`Self::begin_at_interchange`] does at its first.
    pub fn begin_at_segment(reader: R, start: u64, delimiters: Delimiters) -> io::Result<Self> {
        let passing = Self { leaves_out_data: true, ..Self::new(reader, LONGEST_IN_CONTEXT) };
        passing.begun_inside(start, Cutter::inside(delimiters))
    }

    /// Begins to read at any segment of an interchange, for a tool that needs every byte. Holds pieces up to this length.
    pub fn begin_whole_at_segment(reader: R, start: u64, delimiters: Delimiters, longest: usize) -> io::Result<Self> {
        Self::new(reader, longest).begun_inside(start, Cutter::inside(delimiters))
    }

    fn begun_inside(mut self, start: u64, cutter: Cutter) -> io::Result<Self> {
        self.finds_places = false;
        self.cutter = cutter;
        self.following = self.cut(0, start)?;
        Ok(self)
    }

    fn new(reader: R, longest: usize) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            from: 0,
            to: 0,
            has_ended: false,
            cutter: Cutter::default(),
            current: None,
            following: None,
            longest,
            leaves_out_data: false,
            finds_places: true,
            lead: Vec::new(),
            count: 0,
            outliner: Outliner::default(),
        }
    }

    /// The bytes before the first segment.
    pub fn lead(&self) -> &[u8] {
        &self.lead
    }

    /// The next piece. None behind the last.
    pub fn next(&mut self) -> io::Result<Option<Passed<'_>>> {
        if let Some(current) = self.current.take() {
            self.from += current.cut.next;
        }
        let Some(current) = self.following.take() else { return Ok(None) };
        let (cut, start) = (current.cut, current.start);
        // Cut before anything is lent: it may move the buffer.
        self.following = self.cut(cut.next, start + cut.next as u64 + current.left_out)?;
        self.current = Some(current);
        let index = self.count as usize;
        self.count += 1;
        let bytes = &self.buffer[self.from..self.to];
        let next = self.following.map(|following| {
            let raw = &bytes[cut.next..cut.next + following.cut.raw];
            Segment::new(raw, following.start as usize, self.count, following.cut.delimiters)
        });
        let piece = Piece {
            raw: Cow::Borrowed(&bytes[..cut.raw]),
            tail: Cow::Borrowed(&bytes[cut.raw..cut.next]),
            start: start as usize,
            delimiters: cut.delimiters,
        };
        let placed = match self.finds_places {
            true => self.outliner.place(&piece.segment(index), next.as_ref()),
            false => Placed::in_envelope(0),
        };
        let next = next.map(|next| next.span().start as u64);
        Ok(Some(Passed { piece, placed, index, next }))
    }

    /// Cuts the piece that begins so many bytes behind the current place, at a byte of the file. None at the end of
    /// the file.
    fn cut(&mut self, behind: usize, start: u64) -> io::Result<Option<Found>> {
        self.want(behind + 1)?;
        if self.to - self.from <= behind {
            return Ok(None);
        }
        if self.leaves_out_data
            && let Some(found) = self.cut_without_data(behind, start)?
        {
            return Ok(Some(found));
        }
        let cut = self.with_enough(behind, start, |cutter, bytes, is_all| cutter.next(bytes, is_all))?;
        Ok(Some(Found { cut, start, left_out: 0 }))
    }

    /// Cuts a binary segment that says it is longer than any that is held, and leaves its data out. None for any other,
    /// and where the file ends before: then its length is a lie.
    fn cut_without_data(&mut self, behind: usize, start: u64) -> io::Result<Option<Found>> {
        self.want(behind + 3)?;
        let Some(delimiters) = self.cutter.delimiters() else { return Ok(None) };
        let bytes = &self.buffer[self.from + behind..self.to];
        if !bytes.starts_with(b"BIN") && !bytes.starts_with(b"BDS") {
            return Ok(None);
        }
        self.want(behind + self.longest)?;
        let bytes = &self.buffer[self.from + behind..self.to];
        let found = binary::beyond(bytes, &delimiters, self.longest).filter(|_| bytes.len() >= self.longest);
        let Some(found) = found else { return Ok(None) };
        let mut left_out = self.leave_out(behind + found.data, found.length)?;
        // Whatever stands up to the next terminator is the rest of this segment.
        loop {
            self.want(behind + found.data + 1)?;
            let bytes = &self.buffer[self.from + behind + found.data..self.to];
            match bytes.iter().position(|byte| *byte == delimiters.segment) {
                None if !bytes.is_empty() => {
                    let length = bytes.len() as u64;
                    left_out += self.leave_out(behind + found.data, length)?;
                }
                end => {
                    left_out += self.leave_out(behind + found.data, end.unwrap_or(0) as u64)?;
                    break;
                }
            }
        }
        let cut = self
            .with_enough(behind, start, |cutter, bytes, is_all| cutter.tail(bytes, found.data, delimiters, is_all))?;
        Ok(Some(Found { cut, start, left_out }))
    }

    /// Takes so many bytes out of the window, from so many behind the current place; gives how many there were.
    fn leave_out(&mut self, behind: usize, bytes: u64) -> io::Result<u64> {
        let mut left = bytes;
        while left > 0 {
            self.want(behind + 1)?;
            let at = self.from + behind;
            let here = left.min((self.to - at) as u64) as usize;
            if here == 0 {
                break;
            }
            self.buffer.copy_within(at + here..self.to, at);
            self.to -= here;
            left -= here as u64;
        }
        Ok(bytes - left)
    }

    fn with_enough<T>(
        &mut self,
        behind: usize,
        start: u64,
        cut: impl Fn(&mut Cutter, &[u8], bool) -> Result<T, MoreNeeded>,
    ) -> io::Result<T> {
        let mut wanted = 1;
        loop {
            self.want(behind + wanted)?;
            let bytes = &self.buffer[self.from + behind..self.to];
            match cut(&mut self.cutter, bytes, self.has_ended) {
                Ok(found) => return Ok(found),
                Err(MoreNeeded) if bytes.len() >= self.longest => {
                    let words = format!(
                        "a segment with what follows it is longer than {} MB at byte {}; check the file and mend it first",
                        self.longest / (1024 * 1024),
                        start
                    );
                    return Err(io::Error::new(io::ErrorKind::InvalidData, words));
                }
                Err(MoreNeeded) => wanted = (2 * bytes.len()).max(READ_AT_ONCE),
            }
        }
    }

    /// Makes the window at least so long, unless the file ends before.
    fn want(&mut self, bytes: usize) -> io::Result<()> {
        if self.to - self.from >= bytes || self.has_ended {
            return Ok(());
        }
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        let room = bytes.max(READ_AT_ONCE);
        if self.buffer.is_empty() {
            self.buffer = vec![0; room];
        } else if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
        self.has_ended = fill(&mut self.reader, &mut self.buffer, &mut self.to, bytes)?;
        Ok(())
    }
}
