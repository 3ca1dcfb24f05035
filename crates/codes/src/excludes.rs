//! Pairs of diagnoses that the ICD-10-CM tabular list says do not go together (its Excludes1 notes).
//!
//! The book allows a pair when the two conditions are unrelated, so this is material for a warning, never for an
//! error. Notes on chapters name no codes and are left out.

use std::sync::OnceLock;

use crate::icd10cm::normalized;
use crate::packed::Packed;

/// A span of codes by their beginnings: `A15`..`A19`, or one prefix twice.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: &'static str,
    to: &'static str,
}

impl Span {
    fn holds(&self, code: &str) -> bool {
        let head = |length: usize| code.get(..length.min(code.len())).unwrap_or("");
        code.len() >= self.from.len() && head(self.from.len()) >= self.from && head(self.to.len()) <= self.to
    }
}

struct Note {
    owner: Span,
    excluded: Span,
}

/// True when either code's entry (or a heading above it) excludes the other.
pub fn excludes1(one: &str, other: &str) -> bool {
    let (one, other) = (normalized(one), normalized(other));
    one != other && (says(&one, &other) || says(&other, &one))
}

fn says(owner: &str, excluded: &str) -> bool {
    let Some(bucket) = owner.bytes().next().and_then(bucket_of) else {
        return false;
    };
    notes()
        .get(bucket)
        .is_some_and(|notes| notes.iter().any(|note| note.owner.holds(owner) && note.excluded.holds(excluded)))
}

/// One bucket per first letter, so that a question reads a few hundred notes and not all of them.
fn bucket_of(letter: u8) -> Option<usize> {
    letter.is_ascii_uppercase().then(|| usize::from(letter - b'A'))
}

fn notes() -> &'static Vec<Vec<Note>> {
    static TABLE: OnceLock<Packed> = OnceLock::new();
    static NOTES: OnceLock<Vec<Vec<Note>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| Packed::unpack("Excludes1", include_bytes!("../data/icd10cm_excludes1.tsv.z")));
    NOTES.get_or_init(|| {
        let mut buckets: Vec<Vec<Note>> = (0..26).map(|_| Vec::new()).collect();
        for at in 0..table.len() {
            let mut cells = table.line(at).split('\t');
            let mut next = || cells.next().unwrap_or("");
            let note = Note { owner: Span { from: next(), to: next() }, excluded: Span { from: next(), to: next() } };
            if let Some(bucket) = note.owner.from.bytes().next().and_then(bucket_of).and_then(|at| buckets.get_mut(at))
            {
                bucket.push(note);
            }
        }
        buckets
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_on_a_heading_reaches_the_codes_below_it_from_both_sides() {
        // A04 (other bacterial intestinal infections) excludes A18.32; B20 is told apart from Z21.
        assert!(excludes1("A04.5", "A18.32"));
        assert!(excludes1("A18.32", "A04.5"));
        // E10 (type 1) and E11 (type 2) exclude each other.
        assert!(excludes1("E10.9", "E11.9"));
    }

    #[test]
    fn common_neighbours_are_not_excluded() {
        assert!(!excludes1("E11.9", "I10"));
        assert!(!excludes1("E11.9", "E11.9"));
        assert!(!excludes1("", "I10"));
    }
}
