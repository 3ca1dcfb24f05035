//! The pieces of a file one after the other, through one buffer: what [`Document`](super::Document) holds whole, passed by.
//!
//! Gives the same pieces at the same places; memory is the longest of them, up to a limit.

use std::borrow::Cow;
use std::io::{self, Read};

use super::Piece;
use super::scan::{Cut, Cutter, MoreNeeded};
use crate::outline::{Outliner, Placed};
use crate::segment::Segment;

/// How much is asked of a reader at once.
const READ_AT_ONCE: usize = 64 * 1024;
/// The longest segment with what follows it: attached documents are that long, and a file without terminators shall not
/// fill the memory.
pub const LONGEST_PIECE: usize = 64 * 1024 * 1024;

/// A file that passes by.
pub(crate) struct Passing<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where the current piece stands in the buffer.
    from: usize,
    to: usize,
    /// Where the buffer begins in the file.
    base: u64,
    has_ended: bool,
    cutter: Cutter,
    current: Option<Cut>,
    following: Option<Cut>,
    lead: Vec<u8>,
    count: u64,
    outliner: Outliner,
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
        let mut passing = Self {
            reader,
            buffer: Vec::new(),
            from: 0,
            to: 0,
            base: 0,
            has_ended: false,
            cutter: Cutter::default(),
            current: None,
            following: None,
            lead: Vec::new(),
            count: 0,
            outliner: Outliner::default(),
        };
        let first = passing.with_enough(0, |cutter, bytes, is_all| cutter.lead(bytes, is_all))?;
        let Some(first) = first else { return Ok(None) };
        passing.lead = passing.buffer[..first].to_vec();
        passing.from = first;
        passing.following = passing.cut(0)?;
        Ok(Some(passing))
    }

    /// The bytes before the first segment.
    pub fn lead(&self) -> &[u8] {
        &self.lead
    }

    /// The next piece. None behind the last.
    pub fn next(&mut self) -> io::Result<Option<Passed<'_>>> {
        if let Some(current) = self.current.take() {
            self.from += current.next;
        }
        let Some(current) = self.following.take() else { return Ok(None) };
        // Cut before anything is lent: it may move the buffer.
        self.following = self.cut(current.next)?;
        self.current = Some(current);
        let index = self.count as usize;
        self.count += 1;
        let start = self.base + self.from as u64;
        let bytes = &self.buffer[self.from..self.to];
        let next = self.following.map(|cut| {
            let raw = &bytes[current.next..current.next + cut.raw];
            Segment::new(raw, (start + current.next as u64) as usize, self.count, cut.delimiters)
        });
        let piece = Piece {
            raw: Cow::Borrowed(&bytes[..current.raw]),
            tail: Cow::Borrowed(&bytes[current.raw..current.next]),
            start: start as usize,
            delimiters: current.delimiters,
        };
        let placed = self.outliner.place(&piece.segment(index), next.as_ref());
        let next = next.map(|next| next.span().start as u64);
        Ok(Some(Passed { piece, placed, index, next }))
    }

    /// Cuts the piece that begins so many bytes behind the current place. None at the end of the file.
    fn cut(&mut self, behind: usize) -> io::Result<Option<Cut>> {
        self.want(behind + 1)?;
        if self.to - self.from <= behind {
            return Ok(None);
        }
        self.with_enough(behind, |cutter, bytes, is_all| cutter.next(bytes, is_all)).map(Some)
    }

    fn with_enough<T>(
        &mut self,
        behind: usize,
        cut: impl Fn(&mut Cutter, &[u8], bool) -> Result<T, MoreNeeded>,
    ) -> io::Result<T> {
        let mut wanted = 1;
        loop {
            self.want(behind + wanted)?;
            let bytes = &self.buffer[self.from + behind..self.to];
            match cut(&mut self.cutter, bytes, self.has_ended) {
                Ok(found) => return Ok(found),
                Err(MoreNeeded) if bytes.len() >= LONGEST_PIECE => {
                    let words = format!(
                        "a segment with what follows it is longer than {} MB at byte {}; check the file and mend it first",
                        LONGEST_PIECE / (1024 * 1024),
                        self.base + (self.from + behind) as u64
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
        self.base += self.from as u64;
        self.to -= self.from;
        self.from = 0;
        let room = bytes.max(READ_AT_ONCE);
        if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
        while self.to < bytes {
            match self.reader.read(&mut self.buffer[self.to..]) {
                Ok(0) => {
                    self.has_ended = true;
                    break;
                }
                Ok(read) => self.to += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
