//! The four separators that an interchange declares in its own ISA segment.
//!
//! Never guesses: the bytes come from fixed places of the ISA or from the person who writes a file.

/// The separators of one interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    /// Ends an element; byte 4 of the ISA.
    pub element: u8,
    /// Parts a composite; ISA16.
    pub component: u8,
    /// Parts the repetitions of an element; ISA11. None where ISA11 is a letter or a digit (4010 habit).
    pub repetition: Option<u8>,
    /// Ends a segment; the byte after ISA16.
    pub segment: u8,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self { element: b'*', component: b':', repetition: Some(b'^'), segment: b'~' }
    }
}

impl Delimiters {
    /// Whether this byte separates anything in the interchange.
    pub fn contains(&self, byte: u8) -> bool {
        byte == self.element || byte == self.component || byte == self.segment || self.repetition == Some(byte)
    }

    /// Whether every one is ASCII. Another byte can be read from somebody's file; written beside text it would be part of a
    /// letter in UTF-8.
    pub fn are_ascii(&self) -> bool {
        [self.element, self.component, self.segment].iter().chain(&self.repetition).all(u8::is_ascii)
    }

    /// Whether all four differ and none is a letter, a digit or a space, so that data can be told from structure.
    pub fn are_usable(&self) -> bool {
        let mut all = vec![self.element, self.component, self.segment];
        all.extend(self.repetition);
        let distinct = all.iter().enumerate().all(|(at, byte)| !all[..at].contains(byte));
        distinct && all.iter().all(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ')
    }
}
