//! A reader as a pipe or a network is one: pieces of changing length, never where a segment ends.

use std::io::{self, Read};

/// Gives a file in pieces of changing length.
pub struct Dribble<'b> {
    bytes: &'b [u8],
    next: usize,
    most: usize,
}

impl<'b> Dribble<'b> {
    /// Pieces of at most `most` bytes.
    pub fn new(bytes: &'b [u8], most: usize) -> Dribble<'b> {
        Dribble { bytes, next: 1, most }
    }
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.next = self.next * 5 % self.most + 1;
        let length = self.next.min(buffer.len()).min(self.bytes.len());
        buffer[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}
