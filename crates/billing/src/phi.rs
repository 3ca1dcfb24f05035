//! Health information that never prints by accident: `Debug` and `Display` show a placeholder, and reading the value is
//! a named call that a reviewer can search for.

use serde::{Deserialize, Serialize};

/// A value that identifies a patient or tells of their health.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Wraps a value at the edge where it enters.
    pub fn new(value: T) -> Self {
        Phi(value)
    }

    /// The value itself. The caller takes responsibility for where it goes: a page, a claim, a letter; never a log.
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// The value by move, under the same duty as [`Phi::reveal`].
    pub fn into_revealed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Phi<T> {
    fn from(value: T) -> Self {
        Phi(value)
    }
}

impl<T> std::fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[phi]")
    }
}

impl<T> std::fmt::Display for Phi<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[phi]")
    }
}

#[cfg(test)]
mod tests {
    use super::Phi;

    #[test]
    fn a_wrapped_name_does_not_print() {
        let name = Phi::new("Ada Quintero".to_owned());
        assert_eq!(format!("{name:?} {name}"), "[phi] [phi]");
        assert_eq!(name.reveal(), "Ada Quintero");
    }
}
