//! Text that may stand in an X12 element: no separator of the interchange and no control character.
//!
//! X12 has no escape: a `~` inside a name would end the segment and could smuggle in another. Nothing
//! reaches a file except through this type.

use std::borrow::Cow;
use std::fmt;

use crate::delimiters::Delimiters;

/// Text proven to hold no separator and no control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct X12Text<'a>(Cow<'a, str>);

/// The text holds a separator or a control character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotX12Text {
    /// Where the first such character stands, in bytes.
    pub at: usize,
}

impl fmt::Display for NotX12Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a separator or control character stands at byte {} of the text; remove it", self.at)
    }
}

impl std::error::Error for NotX12Text {}

fn is_foreign(character: char, delimiters: &Delimiters) -> bool {
    character.is_control() || u8::try_from(character).is_ok_and(|byte| byte.is_ascii() && delimiters.contains(byte))
}

impl<'a> X12Text<'a> {
    /// Takes the text as it is or refuses it: for control numbers and ids, where a changed character is another id.
    pub fn exact(text: &'a str, delimiters: &Delimiters) -> Result<Self, NotX12Text> {
        match text.char_indices().find(|(_, character)| is_foreign(*character, delimiters)) {
            Some((at, _)) => Err(NotX12Text { at }),
            None => Ok(Self(Cow::Borrowed(text))),
        }
    }

    /// Puts a space where a separator or control character stands: for names, addresses and free text.
    pub fn cleaned(text: &'a str, delimiters: &Delimiters) -> Self {
        match Self::exact(text, delimiters) {
            Ok(exact) => exact,
            Err(_) => Self(Cow::Owned(
                text.chars().map(|character| if is_foreign(character, delimiters) { ' ' } else { character }).collect(),
            )),
        }
    }

    /// Whether a character had to be replaced.
    pub fn was_changed(&self) -> bool {
        matches!(self.0, Cow::Owned(_))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_open_a_segment() {
        let delimiters = Delimiters::default();
        let evil = "DOE~SE*1*0001~\r\nIEA";
        assert_eq!(X12Text::exact(evil, &delimiters), Err(NotX12Text { at: 3 }));
        assert_eq!(X12Text::cleaned(evil, &delimiters).as_str(), "DOE SE 1 0001   IEA");
        assert!(!X12Text::cleaned("MUÑOZ", &delimiters).was_changed());
    }
}
