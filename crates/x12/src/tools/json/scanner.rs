//! JSON read byte by byte through one buffer: what a reader asks for next, never a tree.
//!
//! Knows nothing of X12. Texts go to whoever takes them, piece by piece, however long they are.

use std::io::{self, Read};

/// How much is read at once.
const READ_AT_ONCE: usize = 64 * 1024;
/// Texts are handed over in pieces of about this length, in bytes.
const TEXT_AT_ONCE: usize = 16 * 1024;
/// Objects and arrays nested deeper are no file of ours: guides nest loops less than ten deep.
const DEEPEST: usize = 64;
/// Names of fields are short; of a longer one only so much is compared.
const LONGEST_NAME: usize = 64;

/// Why reading ended.
#[derive(Debug)]
pub(super) enum Stop {
    /// The JSON is not what it should be: what was expected, and the byte where.
    Wrong(&'static str, u64),
    /// The file cannot be read.
    File(io::Error),
    /// The output takes no more.
    Output(io::Error),
}

/// Reads JSON.
pub(super) struct Scanner<R> {
    reader: R,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    /// Where the buffer begins in the text.
    base: u64,
    depth: usize,
}

impl<R: Read> Scanner<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; READ_AT_ONCE], from: 0, to: 0, base: 0, depth: 0 }
    }

    pub fn wrong(&self, message: &'static str) -> Stop {
        Stop::Wrong(message, self.base + self.from as u64)
    }

    /// The next byte, which stays.
    fn peek_raw(&mut self) -> Result<Option<u8>, Stop> {
        while self.from == self.to {
            self.base += self.to as u64;
            (self.from, self.to) = (0, 0);
            match self.reader.read(&mut self.buffer) {
                Ok(0) => return Ok(None),
                Ok(read) => self.to = read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::File(error)),
            }
        }
        Ok(Some(self.buffer[self.from]))
    }

    /// The next byte that is not blank, which stays.
    pub fn peek(&mut self) -> Result<Option<u8>, Stop> {
        while let Some(byte) = self.peek_raw()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.from += 1;
        }
        Ok(None)
    }

    /// Takes this byte, if it is the next that is not blank.
    pub fn takes(&mut self, byte: u8) -> Result<bool, Stop> {
        let is_next = self.peek()? == Some(byte);
        self.from += usize::from(is_next);
        Ok(is_next)
    }

    /// Opens an array or object whose opening bracket is next.
    pub fn open(&mut self) -> Result<(), Stop> {
        self.from += 1;
        self.depth += 1;
        // The bracket that is too much is what is wrong.
        if self.depth > DEEPEST { Err(self.wrong("the JSON is nested too deep")) } else { Ok(()) }
    }

    /// Whether another item follows; takes the comma before it, or the closing bracket.
    pub fn goes_on(&mut self, closing: u8, is_first: &mut bool) -> Result<bool, Stop> {
        match self.peek()? {
            Some(byte) if byte == closing => {
                self.from += 1;
                self.depth -= 1;
                Ok(false)
            }
            Some(b',') if !*is_first => {
                self.from += 1;
                Ok(true)
            }
            Some(_) if *is_first => {
                *is_first = false;
                Ok(true)
            }
            Some(_) | None => Err(self.wrong("a comma or the end of the list was expected")),
        }
    }

    /// The name of the next field of an object, with its colon; none behind the last.
    pub fn field(&mut self, is_first: &mut bool) -> Result<Option<String>, Stop> {
        if !self.goes_on(b'}', is_first)? {
            return Ok(None);
        }
        if !self.takes(b'"')? {
            return Err(self.wrong("the name of a field was expected"));
        }
        let mut name = String::new();
        self.text(&mut |text| {
            if name.len() < LONGEST_NAME {
                name.push_str(text);
            }
            Ok(())
        })?;
        if !self.takes(b':')? {
            return Err(self.wrong("a colon was expected"));
        }
        Ok(Some(name))
    }

    /// Hands over the text whose opening quote was taken.
    pub fn text(&mut self, take: &mut dyn FnMut(&str) -> Result<(), Stop>) -> Result<(), Stop> {
        let mut held: Vec<u8> = Vec::new();
        loop {
            let byte = self.peek_raw()?.ok_or(self.wrong("a text does not end"))?;
            self.from += 1;
            match byte {
                b'"' => break,
                b'\\' => {
                    let character = self.escaped()?;
                    held.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                plain => held.push(plain),
            }
            if held.len() >= TEXT_AT_ONCE {
                let whole = match std::str::from_utf8(&held) {
                    Ok(_) => held.len(),
                    // The last character may still be on its way.
                    Err(error) if error.error_len().is_none() => error.valid_up_to(),
                    Err(_) => return Err(self.wrong("a text is no UTF-8")),
                };
                self.hand_over(&held[..whole], take)?;
                held.drain(..whole);
            }
        }
        self.hand_over(&held, take)
    }

    fn hand_over(&self, bytes: &[u8], take: &mut dyn FnMut(&str) -> Result<(), Stop>) -> Result<(), Stop> {
        take(std::str::from_utf8(bytes).map_err(|_| self.wrong("a text is no UTF-8"))?)
    }

    fn escaped(&mut self) -> Result<char, Stop> {
        let byte = self.peek_raw()?.ok_or(self.wrong("a text does not end"))?;
        self.from += 1;
        Ok(match byte {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.four_hex()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    for expected in *b"\\u" {
                        if self.peek_raw()? != Some(expected) {
                            return Err(self.wrong("half of a character stands alone"));
                        }
                        self.from += 1;
                    }
                    let second = self.four_hex()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(self.wrong("half of a character stands alone"));
                    }
                    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code).ok_or(self.wrong("half of a character stands alone"))?
            }
            b'"' | b'\\' | b'/' => char::from(byte),
            _ => return Err(self.wrong("an unknown escape")),
        })
    }

    fn four_hex(&mut self) -> Result<u32, Stop> {
        let start = self.wrong("four hexadecimal digits were expected");
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek_raw()?.and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(start) };
            self.from += 1;
            code = code * 16 + digit;
        }
        Ok(code)
    }

    /// Takes any value and forgets it.
    pub fn skip(&mut self) -> Result<(), Stop> {
        match self.peek()? {
            Some(b'"') => {
                self.from += 1;
                self.text(&mut |_| Ok(()))
            }
            Some(b'[') => {
                self.open()?;
                let mut is_first = true;
                while self.goes_on(b']', &mut is_first)? {
                    self.skip()?;
                }
                Ok(())
            }
            Some(b'{') => {
                self.open()?;
                let mut is_first = true;
                while self.field(&mut is_first)?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
            Some(byte) if byte.is_ascii_alphanumeric() || byte == b'-' => {
                let is_rest = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
                while self.peek_raw()?.is_some_and(is_rest) {
                    self.from += 1;
                }
                Ok(())
            }
            Some(_) | None => Err(self.wrong("a value was expected")),
        }
    }
}
