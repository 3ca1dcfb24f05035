//! The text of an element: borrowed from the file it was read from, or owned, and then without allocating where it is
//! short, as nearly every element of X12 is.
//!
//! Never holds bytes that are no UTF-8; Latin-1 is decoded when it is read, so that no byte is lost.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use crate::segment::decode;

/// So many bytes stand in the value itself: with them it is as large as a `String`. Names, codes, dates and numbers
/// are shorter nearly always.
const SHORT: usize = 22;

/// The text of an element. Empty means absent. Reads as a `str`; a `Text<'static>` is owned and outlives its file.
#[derive(Clone)]
pub struct Text<'a>(Kept<'a>);

#[derive(Clone)]
enum Kept<'a> {
    /// UTF-8 in the first `length` bytes; what follows them means nothing.
    Short {
        length: u8,
        bytes: [u8; SHORT],
    },
    Borrowed(&'a str),
    Long(Box<str>),
}

impl<'a> Text<'a> {
    /// No text.
    pub const EMPTY: Text<'static> = Text(Kept::Short { length: 0, bytes: [0; SHORT] });

    /// The text as a `str`.
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // Only UTF-8 is ever put there, so the other case does not occur.
            Kept::Short { length, bytes } => std::str::from_utf8(&bytes[..usize::from(*length)]).unwrap_or_default(),
            Kept::Borrowed(text) => text,
            Kept::Long(text) => text,
        }
    }

    /// Whether there is no text.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the text has.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Short { length, .. } => usize::from(*length),
            Kept::Borrowed(text) => text.len(),
            Kept::Long(text) => text.len(),
        }
    }

    /// The same text, which borrows nothing.
    pub fn into_owned(self) -> Text<'static> {
        match self.0 {
            Kept::Short { length, bytes } => Text(Kept::Short { length, bytes }),
            Kept::Borrowed(text) => Text::own(text),
            Kept::Long(text) => Text(Kept::Long(text)),
        }
    }

    /// A copy of a text.
    fn own(text: &str) -> Text<'static> {
        Text::short(text.as_bytes()).unwrap_or_else(|| Text(Kept::Long(text.into())))
    }

    /// Borrows the bytes of an element.
    pub(crate) fn borrowed(bytes: &'a [u8]) -> Self {
        match decode(bytes) {
            Cow::Borrowed(text) => Text(Kept::Borrowed(text)),
            Cow::Owned(text) => text.into(),
        }
    }

    /// Copies the bytes of an element.
    #[inline]
    pub(crate) fn copied(bytes: &[u8]) -> Text<'static> {
        Text::short_ascii(bytes).unwrap_or_else(|| Text::own(&decode(bytes)))
    }

    /// Copies the bytes of an element where they are short and ASCII, as nearly always.
    #[inline]
    pub(crate) fn short_ascii(bytes: &[u8]) -> Option<Text<'static>> {
        if bytes.is_ascii() { Text::short(bytes) } else { None }
    }

    /// Short text in the value itself; the bytes are UTF-8.
    #[inline]
    fn short(text: &[u8]) -> Option<Text<'static>> {
        let mut bytes = [0; SHORT];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Text(Kept::Short { length: text.len() as u8, bytes }))
    }
}

impl Default for Text<'_> {
    #[inline]
    fn default() -> Self {
        Text::EMPTY
    }
}

impl Deref for Text<'_> {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        self
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<Text<'_>> for &str {
    fn eq(&self, other: &Text<'_>) -> bool {
        *self == other.as_str()
    }
}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text(Kept::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Text<'a> {
    fn from(text: &'a String) -> Self {
        Text(Kept::Borrowed(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Text::short(text.as_bytes()).unwrap_or_else(|| Text(Kept::Long(text.into_boxed_str())))
    }
}

impl<'a> From<Cow<'a, str>> for Text<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        match text.0 {
            Kept::Long(text) => text.into_string(),
            Kept::Short { .. } | Kept::Borrowed(_) => text.as_str().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_however_it_is_kept() {
        for text in
            ["", "A1", "MUÑOZ", "EXACTLY TWENTY TWO BYT", "TWENTY THREE BYTES LONG", "A LONGER NAME THAN MOST ÑÑÑÑ"]
        {
            let borrowed = Text::borrowed(text.as_bytes());
            let copied = Text::copied(text.as_bytes());
            assert_eq!(borrowed, copied, "{text}");
            assert_eq!((copied.as_str(), copied.len(), copied.is_empty()), (text, text.len(), text.is_empty()));
            assert_eq!(borrowed.clone().into_owned(), Text::from(text.to_owned()), "{text}");
            assert_eq!(String::from(copied), text);
            assert_eq!(format!("{borrowed:?} {borrowed}"), format!("{text:?} {text}"));
        }
    }

    #[test]
    fn names_in_latin_1_lose_no_byte_also_when_copied() {
        let long = [b"MU\xd1OZ ".repeat(6), b"\xd1".to_vec()].concat();
        for bytes in [&b"MU\xd1OZ"[..], &long] {
            assert_eq!(Text::copied(bytes), Text::borrowed(bytes));
            assert!(Text::copied(bytes).starts_with("MUÑOZ"));
        }
    }

    #[test]
    fn a_text_is_no_larger_than_a_string() {
        assert_eq!(size_of::<Text<'_>>(), size_of::<String>());
    }
}
