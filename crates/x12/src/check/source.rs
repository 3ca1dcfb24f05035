//! Where a file's bytes come from: memory, or a reader through one buffer that is used again and again.
//!
//! Knows bytes only. What lies before the current place is gone; what lies after it is asked for by length.

use std::io::{self, Read};

use crate::check::aside::{Found, Told};

/// How much is asked of a reader at once: one block of the checker, so that little has to be moved to the front;
/// a page cache answers in some microseconds.
const READ_AT_ONCE: usize = 64 * 1024;

/// Reads on until so many bytes of a buffer are filled. Whether the file ended before.
pub(crate) fn fill(reader: &mut impl Read, buffer: &mut [u8], filled: &mut usize, least: usize) -> io::Result<bool> {
    while *filled < least {
        match reader.read(&mut buffer[*filled..]) {
            Ok(0) => return Ok(true),
            Ok(read) => *filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// A window into a file that only moves on.
pub(crate) trait Source {
    /// The bytes at hand from the current place on.
    fn window(&self) -> &[u8];
    /// The current place, counted from the beginning of the file.
    fn offset(&self) -> u64;
    /// Moves the current place on, within the window.
    fn advance(&mut self, bytes: usize);
    /// Makes the window at least so long, unless the file ends before.
    fn want(&mut self, bytes: usize) -> io::Result<()>;
    /// Whether the file ends with the window.
    fn is_whole(&self) -> bool;
    /// The byte before the current place; none at the beginning.
    fn before(&self) -> Option<u8>;

    /// How far from here the next span begins that was checked aside.
    fn to_aside(&mut self) -> io::Result<Option<u64>> {
        Ok(None)
    }
    /// What was found in the span that begins here, and how long it is. The span counts as taken.
    fn aside(&mut self) -> Option<(Found, u64)> {
        None
    }
    /// Gives up the next span.
    fn drop_aside(&mut self) {}
    /// Looks for no spans any more.
    fn look_no_further(&mut self) {}
    /// Moves the current place on, also past the window.
    fn pass(&mut self, _bytes: u64) {}
    /// What checks aside shall take for told.
    fn told(&self) -> Option<&Told> {
        None
    }
}

/// A file in memory.
pub(crate) struct Memory<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Memory<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl Source for Memory<'_> {
    fn window(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn offset(&self) -> u64 {
        self.at as u64
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.bytes.len().min(self.at + bytes);
    }

    fn want(&mut self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn is_whole(&self) -> bool {
        true
    }

    fn before(&self) -> Option<u8> {
        self.at.checked_sub(1).map(|at| self.bytes[at])
    }
}

/// A file that is read as it comes.
pub(crate) struct Stream<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The current place in the buffer.
    from: usize,
    /// How far the buffer is filled.
    to: usize,
    /// Where the buffer begins in the file.
    base: u64,
    has_ended: bool,
    before: Option<u8>,
}

impl<R: Read> Stream<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; READ_AT_ONCE], from: 0, to: 0, base: 0, has_ended: false, before: None }
    }
}

impl<R: Read> Source for Stream<R> {
    fn window(&self) -> &[u8] {
        &self.buffer[self.from..self.to]
    }

    fn offset(&self) -> u64 {
        self.base + self.from as u64
    }

    fn advance(&mut self, bytes: usize) {
        let to = self.to.min(self.from + bytes);
        if to > self.from {
            self.before = Some(self.buffer[to - 1]);
        }
        self.from = to;
    }

    fn want(&mut self, bytes: usize) -> io::Result<()> {
        if self.to - self.from >= bytes || self.has_ended {
            return Ok(());
        }
        // What is left moves to the front; it is less than was wanted, a part of a block.
        self.buffer.copy_within(self.from..self.to, 0);
        self.base += self.from as u64;
        self.to -= self.from;
        self.from = 0;
        if self.buffer.len() < bytes {
            self.buffer.resize(bytes, 0);
        }
        self.has_ended = fill(&mut self.reader, &mut self.buffer, &mut self.to, bytes)?;
        Ok(())
    }

    fn is_whole(&self) -> bool {
        self.has_ended
    }

    fn before(&self) -> Option<u8> {
        self.before
    }
}
